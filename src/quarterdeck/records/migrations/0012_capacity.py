import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLES = ("capacity_driver", "scenario", "scenario_version")


def protect(apps, schema_editor):
    """Make the database itself refuse to change or delete what was stated."""
    if schema_editor.connection.vendor == "sqlite":
        for table in TABLES:
            for verb in ("UPDATE", "DELETE"):
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, 'scenarios are append-only'); END"
                )
        return
    schema_editor.execute(
        "CREATE FUNCTION quarterdeck_capacity_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'scenarios are append-only'; END $$"
    )
    for table in TABLES:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION quarterdeck_capacity_append_only()"
        )


def release(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for table in TABLES:
        if is_sqlite:
            for verb in ("update", "delete"):
                schema_editor.execute(f"DROP TRIGGER {table}_no_{verb}")
        else:
            schema_editor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    if not is_sqlite:
        schema_editor.execute("DROP FUNCTION quarterdeck_capacity_append_only()")


def _told(name, fields, options):
    by = models.ForeignKey(
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )
    told = [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("at", models.DateTimeField()),
        ("by", by),
    ]
    return migrations.CreateModel(name=name, fields=told + fields, options=options)


def _key(to, related_name):
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to)


class Migration(migrations.Migration):
    dependencies = [("records", "0011_territories")]
    operations = [
        _told(
            "CapacityDriver",
            [
                ("team", _key("records.team", "capacity_drivers")),
                ("name", models.CharField(max_length=30)),
                (
                    "value",
                    models.JSONField(
                        help_text="An exact ratio as text, a whole number or a word; null: measured.", null=True
                    ),
                ),
                ("effective_from", models.DateField()),
                ("reason", models.TextField(blank=True)),
            ],
            {"db_table": "capacity_driver", "ordering": ["effective_from", "pk"]},
        ),
        _told(
            "Scenario",
            [
                ("plan", _key("records.plan", "scenarios")),
                ("team", _key("records.team", "+")),
                ("name", models.CharField(max_length=200)),
            ],
            {"db_table": "scenario", "ordering": ["pk"]},
        ),
        _told(
            "ScenarioVersion",
            [
                ("scenario", _key("records.scenario", "versions")),
                ("number", models.IntegerField(help_text="From 1 in each scenario.")),
                ("overrides", models.JSONField(default=dict, help_text="Values by driver.")),
                (
                    "is_dropped",
                    models.BooleanField(default=False, help_text="Set aside: it is in no list from then on."),
                ),
                ("note", models.TextField(blank=True)),
            ],
            {
                "db_table": "scenario_version",
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("scenario", "number"), name="scenario_version_one_of_a_number")
                ],
            },
        ),
        migrations.RunPython(protect, release),
    ]
