import django.db.models.deletion
from django.db import migrations, models

REMADE = ("pay_line", "payroll_row")
"""SQLite makes a table anew to add such a column, and its triggers are lost with the old one."""


def protect(apps, schema_editor):
    """As 0006: the database itself refuses to change or delete what a run or a batch has said."""
    if schema_editor.connection.vendor == "sqlite":
        for table in REMADE:
            for verb in ("UPDATE", "DELETE"):
                schema_editor.execute(
                    f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, 'pay is append-only'); END"
                )


class Migration(migrations.Migration):
    dependencies = [("records", "0006_append_only_pay")]
    operations = [
        migrations.AddField(
            model_name="payline",
            name="multiplier",
            field=models.CharField(blank=True, help_text="What the component's multiplier came to.", max_length=60),
        ),
        migrations.AddField(
            model_name="payline",
            name="rate",
            field=models.CharField(
                blank=True, help_text="The component's own rate, exact; a multiplier's base.", max_length=60
            ),
        ),
        migrations.AddField(
            model_name="payrollrow",
            name="currency",
            field=models.CharField(blank=True, help_text="Empty: the batch's.", max_length=3),
        ),
        migrations.CreateModel(
            name="CreditSplit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_system", models.CharField(max_length=40)),
                ("source_id", models.CharField(max_length=300)),
                ("known_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("effective_from", models.DateField(blank=True, null=True)),
                ("effective_to", models.DateField(blank=True, null=True)),
                ("booking_source_id", models.CharField(blank=True, max_length=300)),
                (
                    "role",
                    models.CharField(
                        help_text="split: shares of one whole; any other: beside the owner.", max_length=60
                    ),
                ),
                ("share", models.CharField(help_text="Exact, as 0.5 or 50%.", max_length=30)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.batch",
                    ),
                ),
                (
                    "opportunity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="splits",
                        to="records.opportunity",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.person"
                    ),
                ),
            ],
            options={
                "db_table": "credit_split",
                "abstract": False,
                "indexes": [models.Index(fields=["booking_source_id"], name="split_by_booking")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("source_system", "source_id"),
                        name="creditsplit_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at", None),
                            ("superseded_at__gte", models.F("known_at")),
                            _connector="OR",
                        ),
                        name="creditsplit_known_before_superseded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_from", None),
                            ("effective_to", None),
                            ("effective_to__gt", models.F("effective_from")),
                            _connector="OR",
                        ),
                        name="creditsplit_at_least_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("booking_source_id", ""), ("opportunity__isnull", False)),
                            models.Q(models.Q(("booking_source_id", ""), _negated=True), ("opportunity__isnull", True)),
                            _connector="OR",
                        ),
                        name="credit_split_of_one",
                    ),
                ],
            },
        ),
        migrations.RunPython(protect, migrations.RunPython.noop),
    ]
