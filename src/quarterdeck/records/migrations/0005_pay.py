import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0004_plans")]
    operations = [
        migrations.CreateModel(
            name="CompPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=200, unique=True)),
            ],
            options={"db_table": "comp_plan"},
        ),
        migrations.CreateModel(
            name="CompPlanVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("number", models.IntegerField(help_text="From 1 in each plan.")),
                ("title", models.CharField(max_length=300)),
                ("text", models.TextField(help_text="The file, to the letter.")),
                ("sha256", models.CharField(help_text="Of the text in UTF-8.", max_length=64)),
                ("effective_from", models.DateField()),
                ("effective_to", models.DateField()),
                ("published_at", models.DateTimeField(blank=True, help_text="Set once; empty: a draft.", null=True)),
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
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="records.compplan"
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "comp_plan_version",
                "ordering": ["plan_id", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "number"), name="comp_plan_version_one_of_a_number"),
                    models.CheckConstraint(
                        condition=models.Q(("effective_to__gt", models.F("effective_from"))),
                        name="comp_plan_version_at_least_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayDispute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "event_id",
                    models.CharField(blank=True, help_text="The missing event, as the asker names it.", max_length=400),
                ),
                ("text", models.TextField()),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="disputes", to="records.person"
                    ),
                ),
            ],
            options={"db_table": "pay_dispute", "ordering": ["-pk"]},
        ),
        migrations.CreateModel(
            name="PayEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_system", models.CharField(max_length=40)),
                ("source_id", models.CharField(max_length=300)),
                ("known_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("happened_on", models.DateField()),
                ("amount_minor", models.BigIntegerField(help_text="In the company's currency; below zero takes back.")),
                ("reason", models.TextField()),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.person"
                    ),
                ),
            ],
            options={
                "db_table": "pay_event",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("source_system", "source_id"),
                        name="payevent_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at", None), ("superseded_at__gte", models.F("known_at")), _connector="OR"
                        ),
                        name="payevent_known_before_superseded",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayDisputeNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("note", "note"),
                            ("resolved", "resolved"),
                            ("declined", "declined"),
                            ("reopened", "reopened"),
                        ],
                        max_length=8,
                    ),
                ),
                ("text", models.TextField()),
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
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="records.paydispute"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.payevent",
                    ),
                ),
            ],
            options={"db_table": "pay_dispute_note", "ordering": ["pk"]},
        ),
        migrations.CreateModel(
            name="PayLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField(help_text="Its place in the statement of the plan, from 1.")),
                ("component", models.CharField(blank=True, max_length=200)),
                ("kind", models.CharField(max_length=20)),
                ("event_id", models.CharField(blank=True, max_length=400)),
                ("happened_on", models.DateField(blank=True, null=True)),
                (
                    "for_starts_on",
                    models.DateField(blank=True, help_text="The locked period that a correction is for.", null=True),
                ),
                ("value", models.BigIntegerField(blank=True, null=True)),
                ("before", models.BigIntegerField(blank=True, null=True)),
                ("after", models.BigIntegerField(blank=True, null=True)),
                ("band", models.IntegerField(blank=True, null=True)),
                ("amount_minor", models.BigIntegerField()),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.person",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.compplanversion"
                    ),
                ),
            ],
            options={"db_table": "pay_line"},
        ),
        migrations.AddField(
            model_name="paydispute",
            name="line",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disputes",
                to="records.payline",
            ),
        ),
        migrations.CreateModel(
            name="Payroll",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("number", models.IntegerField(unique=True)),
                ("currency", models.CharField(max_length=3)),
                ("sha256", models.CharField(max_length=64)),
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
            options={"db_table": "payroll", "ordering": ["-number"]},
        ),
        migrations.CreateModel(
            name="PayrollRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("settled_minor", models.BigIntegerField()),
                ("brought_minor", models.BigIntegerField()),
                ("paid_minor", models.BigIntegerField()),
                ("carried_minor", models.BigIntegerField()),
                (
                    "payroll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="records.payroll"
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
                "db_table": "payroll_row",
                "constraints": [
                    models.UniqueConstraint(fields=("payroll", "person"), name="payroll_row_once"),
                    models.CheckConstraint(
                        condition=models.Q(("carried_minor__lte", 0), ("paid_minor__gte", 0)),
                        name="payroll_row_pays_or_carries",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("name", models.CharField(help_text="The period's.", max_length=60)),
                ("known_at", models.DateTimeField()),
                ("engine_version", models.CharField(max_length=40)),
                ("parts", models.JSONField(help_text="Version id, sha256 and days of each plan version that pays.")),
                ("inputs_sha256", models.CharField(max_length=64)),
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
            options={
                "db_table": "pay_run",
                "ordering": ["-starts_on", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))), name="pay_run_at_least_a_day"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="payroll",
            name="run",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="payroll", to="records.payrun"
            ),
        ),
        migrations.CreateModel(
            name="PayPayout",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("component", models.CharField(max_length=200)),
                ("before_minor", models.BigIntegerField()),
                ("to_date_minor", models.BigIntegerField()),
                ("withheld_minor", models.BigIntegerField()),
                ("amount_minor", models.BigIntegerField()),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.person",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.compplanversion"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="%(class)s_rows", to="records.payrun"
                    ),
                ),
            ],
            options={
                "db_table": "pay_payout",
                "indexes": [models.Index(fields=["run", "person"], name="pay_payout_of_person")],
            },
        ),
        migrations.CreateModel(
            name="PayMeasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("measure", models.CharField(max_length=200)),
                ("value", models.BigIntegerField()),
                ("to_date", models.BigIntegerField()),
                ("target", models.BigIntegerField(blank=True, null=True)),
                (
                    "attainment",
                    models.FloatField(blank=True, help_text="For reading; pay comes from the exact ratio.", null=True),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.person",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.compplanversion"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="%(class)s_rows", to="records.payrun"
                    ),
                ),
            ],
            options={
                "db_table": "pay_measure",
                "indexes": [models.Index(fields=["run", "person"], name="pay_measure_of_person")],
            },
        ),
        migrations.AddField(
            model_name="payline",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)s_rows", to="records.payrun"
            ),
        ),
        migrations.CreateModel(
            name="PayInput",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        help_text="events, or a frame of one plan version as version:frame.", max_length=60
                    ),
                ),
                ("n_rows", models.IntegerField()),
                ("data", models.TextField(help_text="Parquet in base64.")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="inputs", to="records.payrun"
                    ),
                ),
            ],
            options={"db_table": "pay_input", "ordering": ["pk"]},
        ),
        migrations.AddField(
            model_name="paydispute",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="disputes", to="records.payrun"
            ),
        ),
        migrations.CreateModel(
            name="PayCredit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("measure", models.CharField(max_length=200)),
                ("event_id", models.CharField(max_length=400)),
                ("happened_on", models.DateField()),
                ("value", models.BigIntegerField(help_text="Minor units, or a count; 0 where the event is gone.")),
                (
                    "was",
                    models.BigIntegerField(blank=True, help_text="What the run before had; empty: nothing.", null=True),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.person",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.compplanversion"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="%(class)s_rows", to="records.payrun"
                    ),
                ),
            ],
            options={
                "db_table": "pay_credit",
                "indexes": [models.Index(fields=["run", "person"], name="pay_credit_of_person")],
            },
        ),
        migrations.CreateModel(
            name="PayRunState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("previewed", "previewed"),
                            ("approved", "approved"),
                            ("locked", "locked"),
                            ("paid", "paid"),
                            ("discarded", "discarded"),
                        ],
                        max_length=9,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("outputs_sha256", models.CharField(blank=True, max_length=64)),
                ("findings", models.JSONField(default=list)),
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
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="states", to="records.payrun"
                    ),
                ),
            ],
            options={
                "db_table": "pay_run_state",
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("run", "state"), name="pay_run_state_once")],
            },
        ),
        migrations.CreateModel(
            name="PaySettlement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("earned_minor", models.BigIntegerField()),
                ("corrected_minor", models.BigIntegerField()),
                ("held_minor", models.BigIntegerField()),
                ("brought_minor", models.BigIntegerField()),
                ("guaranteed_minor", models.BigIntegerField()),
                ("drawn_minor", models.BigIntegerField()),
                ("recovered_minor", models.BigIntegerField()),
                ("carried_minor", models.BigIntegerField()),
                ("paid_minor", models.BigIntegerField()),
                ("debt_minor", models.BigIntegerField()),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.person",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="%(class)s_rows", to="records.payrun"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.compplanversion"
                    ),
                ),
            ],
            options={
                "db_table": "pay_settlement",
                "indexes": [models.Index(fields=["person", "run"], name="pay_settlement_of_person")],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "version", "person"), name="pay_settlement_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CompAssignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_system", models.CharField(max_length=40)),
                ("source_id", models.CharField(max_length=300)),
                ("known_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("effective_from", models.DateField(blank=True, null=True)),
                ("effective_to", models.DateField(blank=True, null=True)),
                (
                    "values",
                    models.JSONField(
                        default=dict, help_text="Exact decimals as text, by the name of the plan's value."
                    ),
                ),
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comp_assignments",
                        to="records.person",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="records.compplan"
                    ),
                ),
            ],
            options={
                "db_table": "comp_assignment",
                "abstract": False,
                "indexes": [models.Index(fields=["person", "effective_from"], name="comp_assign_person__959354_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("source_system", "source_id"),
                        name="compassignment_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at", None), ("superseded_at__gte", models.F("known_at")), _connector="OR"
                        ),
                        name="compassignment_known_before_superseded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_from", None),
                            ("effective_to", None),
                            ("effective_to__gt", models.F("effective_from")),
                            _connector="OR",
                        ),
                        name="compassignment_at_least_a_day",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="payline", index=models.Index(fields=["run", "person", "number"], name="pay_line_in_order")
        ),
        migrations.AddIndex(
            model_name="paydispute", index=models.Index(fields=["person", "run"], name="pay_dispute_of_person")
        ),
    ]
