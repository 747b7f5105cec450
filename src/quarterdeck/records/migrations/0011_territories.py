"""Accounts move between territories by proposals that managers accept; what was proposed and answered is append-only."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLES = ("territory_proposal", "territory_move", "territory_step")
_ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def _to(model, related_name="+", **more):
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=model, **more)


def _maybe(model, **more):
    return _to(model, blank=True, null=True, **more)


def protect(apps, schema_editor):
    """Make the database itself refuse to change or delete what was proposed and answered."""
    if schema_editor.connection.vendor == "sqlite":
        for table in TABLES:
            for verb in ("UPDATE", "DELETE"):
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, 'territory proposals are append-only'); END"
                )
        return
    schema_editor.execute(
        "CREATE FUNCTION quarterdeck_territory_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'territory proposals are append-only'; END $$"
    )
    for table in TABLES:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION quarterdeck_territory_append_only()"
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
        schema_editor.execute("DROP FUNCTION quarterdeck_territory_append_only()")


class Migration(migrations.Migration):
    dependencies = [("records", "0010_acceptances_and_payroll_files")]
    operations = [
        migrations.CreateModel(
            name="TerritoryProposal",
            fields=[
                _ID,
                ("at", models.DateTimeField()),
                ("name", models.CharField(max_length=200)),
                ("effective_on", models.DateField(help_text="First day in the new territory.")),
                ("as_of", models.DateField(help_text="The day from which its measures were read.")),
                (
                    "asked",
                    models.JSONField(
                        help_text="Measures with weights, how they are weighed, tolerance, budget, locks."
                    ),
                ),
                (
                    "found",
                    models.JSONField(
                        help_text="Indices by territory and balance by measure, before and after; disruption."
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("by", _maybe(settings.AUTH_USER_MODEL)),
            ],
            options={"db_table": "territory_proposal", "ordering": ["-pk"]},
        ),
        migrations.CreateModel(
            name="TerritoryStep",
            fields=[
                _ID,
                ("at", models.DateTimeField()),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("accepted", "accepted"),
                            ("taken_back", "taken_back"),
                            ("declined", "declined"),
                            ("withdrawn", "withdrawn"),
                            ("moved", "moved"),
                        ],
                        max_length=10,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("by", _maybe(settings.AUTH_USER_MODEL)),
                ("proposal", _to("records.territoryproposal", "steps")),
                (
                    "team",
                    _maybe("records.team", help_text="Whose part; empty: all of it, or territories that nobody holds."),
                ),
            ],
            options={"db_table": "territory_step", "ordering": ["pk"]},
        ),
        migrations.CreateModel(
            name="TerritoryMove",
            fields=[
                _ID,
                ("reason", models.TextField()),
                ("amounts", models.JSONField(default=dict, help_text="What the account has of each measure.")),
                ("account", _to("records.account")),
                ("from_owner", _maybe("records.person")),
                ("from_territory", _maybe("records.territory")),
                ("proposal", _to("records.territoryproposal", "moves")),
                ("to_territory", _to("records.territory")),
            ],
            options={
                "db_table": "territory_move",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("proposal", "account"), name="territory_move_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AccountHolding",
            fields=[
                _ID,
                ("source_system", models.CharField(max_length=40)),
                ("source_id", models.CharField(max_length=300)),
                ("known_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("effective_from", models.DateField(blank=True, null=True)),
                ("effective_to", models.DateField(blank=True, null=True)),
                ("account", _to("records.account", "holdings")),
                ("batch", _maybe("records.batch")),
                ("owner", _maybe("records.person")),
                ("territory", _maybe("records.territory")),
            ],
            options={
                "db_table": "account_holding",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("source_system", "source_id"),
                        name="accountholding_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at", None), ("superseded_at__gte", models.F("known_at")), _connector="OR"
                        ),
                        name="accountholding_known_before_superseded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_from", None),
                            ("effective_to", None),
                            ("effective_to__gt", models.F("effective_from")),
                            _connector="OR",
                        ),
                        name="accountholding_at_least_a_day",
                    ),
                ],
            },
        ),
        migrations.AlterField(
            model_name="notice",
            name="after",
            field=models.BigIntegerField(
                blank=True, help_text="Their year from now on; empty: not about a number.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="plan",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to="records.plan",
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="territory_proposal",
            field=models.ForeignKey(
                blank=True,
                help_text="Instead of a plan: accounts that moved.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to="records.territoryproposal",
            ),
        ),
        migrations.RunPython(protect, release),
    ]
