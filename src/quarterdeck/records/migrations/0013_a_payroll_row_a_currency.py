from importlib import import_module

from django.db import migrations, models

PROTECT = import_module("quarterdeck.records.migrations.0007_splits_and_rates").protect


class Migration(migrations.Migration):
    dependencies = [("records", "0012_capacity")]
    operations = [
        migrations.RemoveConstraint(model_name="payrollrow", name="payroll_row_once"),
        migrations.AddConstraint(
            model_name="payrollrow",
            constraint=models.UniqueConstraint(fields=("payroll", "person", "currency"), name="payroll_row_once"),
        ),
        migrations.RunPython(PROTECT, migrations.RunPython.noop),
    ]
