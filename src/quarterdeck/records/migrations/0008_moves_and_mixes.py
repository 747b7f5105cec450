import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLES = ("mix_limit", "mix_choice")
KINDS = ("leaver", "mover", "account", "territory", "amount", "pins")
ACTIONS = ("proposal", "meeting", "call")


def protect(apps, schema_editor):
    """Make the database itself refuse to change or delete how far a mix was allowed, and how it was chosen."""
    if schema_editor.connection.vendor == "sqlite":
        for table in TABLES:
            for verb in ("UPDATE", "DELETE"):
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, 'a mix is append-only'); END"
                )
        return
    schema_editor.execute(
        "CREATE FUNCTION quarterdeck_mix_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a mix is append-only'; END $$"
    )
    for table in TABLES:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION quarterdeck_mix_append_only()"
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
        schema_editor.execute("DROP FUNCTION quarterdeck_mix_append_only()")


def told():
    return [
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
        ("effective_from", models.DateField()),
    ]


class Migration(migrations.Migration):
    dependencies = [("records", "0007_splits_and_rates")]
    operations = [
        migrations.AlterField(
            model_name="amendment",
            name="kind",
            field=models.CharField(choices=[(kind, kind) for kind in KINDS], max_length=9),
        ),
        migrations.AddField(
            model_name="planedit",
            name="held",
            field=models.JSONField(
                default=list,
                help_text="Node, month and amount of cells whose month was over by then; from then on they stay.",
            ),
        ),
        migrations.CreateModel(
            name="MixLimit",
            fields=[
                *told(),
                (
                    "percent",
                    models.SmallIntegerField(help_text="Most of a kind that may go to another; 0: none."),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="mix_limits", to="records.team"
                    ),
                ),
            ],
            options={
                "db_table": "mix_limit",
                "ordering": ["effective_from", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("percent__gte", 0), ("percent__lte", 100)), name="mix_limit_is_a_part"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MixChoice",
            fields=[
                *told(),
                ("more", models.CharField(choices=[(kind, kind) for kind in ACTIONS], max_length=8)),
                ("fewer", models.CharField(choices=[(kind, kind) for kind in ACTIONS], max_length=8)),
                (
                    "percent",
                    models.SmallIntegerField(help_text="How much of the one goes to the other; 0: as it comes out."),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="mix_choices", to="records.person"
                    ),
                ),
            ],
            options={
                "db_table": "mix_choice",
                "ordering": ["effective_from", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("percent__gte", 0), ("percent__lte", 100)), name="mix_choice_is_a_part"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("more", models.F("fewer")), _negated=True), name="mix_choice_of_two_kinds"
                    ),
                ],
            },
        ),
        migrations.RunPython(protect, release),
    ]
