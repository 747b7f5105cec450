import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLES = ("comp_plan_acceptance", "comp_plan_reminder", "pay_setting", "payroll_code", "payroll_file")


def protect(apps, schema_editor):
    """As 0006: the database itself refuses to change or delete what was accepted, set or handed over."""
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for table in TABLES:
        if not is_sqlite:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION quarterdeck_pay_append_only()"
            )
            continue
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'pay is append-only'); END"
            )


def release(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for table in TABLES:
        if not is_sqlite:
            schema_editor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
            continue
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER {table}_no_{verb}")


class Migration(migrations.Migration):
    dependencies = [("records", "0009_potentials")]
    operations = [
        migrations.CreateModel(
            name="PaySetting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "name",
                    models.CharField(
                        choices=[("adp", "adp"), ("gusto", "gusto"), ("capitalisation", "capitalisation")],
                        max_length=20,
                    ),
                ),
                ("effective_from", models.DateField()),
                ("values", models.JSONField(default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"db_table": "pay_setting", "ordering": ["pk"]},
        ),
        migrations.CreateModel(
            name="PayrollCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("system", models.CharField(choices=[("adp", "adp"), ("gusto", "gusto")], max_length=10)),
                ("code", models.CharField(blank=True, max_length=40)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payroll_codes", to="records.person"
                    ),
                ),
            ],
            options={
                "db_table": "payroll_code",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["system", "person"], name="payroll_code_of_person")],
            },
        ),
        migrations.CreateModel(
            name="PayrollFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "layout",
                    models.CharField(
                        choices=[("csv", "csv"), ("xlsx", "xlsx"), ("adp", "adp"), ("gusto", "gusto")], max_length=10
                    ),
                ),
                ("number", models.IntegerField(help_text="From 1 for each layout of a batch.")),
                ("name", models.CharField(max_length=100)),
                ("sha256", models.CharField(max_length=64)),
                ("n_rows", models.IntegerField()),
                ("total_minor", models.BigIntegerField()),
                ("data", models.TextField(help_text="The bytes in base64.")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "payroll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="records.payroll"
                    ),
                ),
            ],
            options={
                "db_table": "payroll_file",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("payroll", "layout", "number"), name="payroll_file_one_of_a_number")
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanAcceptance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("name", models.CharField(help_text="As they wrote it.", max_length=300)),
                ("document", models.JSONField(help_text="Everything the document said.")),
                ("document_sha256", models.CharField(max_length=64)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plan_acceptances",
                        to="records.person",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acceptances",
                        to="records.compplanversion",
                    ),
                ),
            ],
            options={
                "db_table": "comp_plan_acceptance",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "version", "document_sha256"), name="comp_plan_acceptance_once_of_a_document"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanReminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="plan_reminders", to="records.person"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="records.compplanversion",
                    ),
                ),
            ],
            options={
                "db_table": "comp_plan_reminder",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["person", "version"], name="comp_plan_reminder_of_person")],
            },
        ),
        migrations.RunPython(protect, release),
    ]
