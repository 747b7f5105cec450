import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0003_totals_in_order")]
    operations = [
        migrations.CreateModel(
            name="Amendment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("leaver", "leaver"), ("mover", "mover"), ("amount", "amount"), ("pins", "pins")],
                        max_length=6,
                    ),
                ),
                ("effective_on", models.DateField()),
                ("trigger", models.TextField(help_text="What happened, in words.")),
                ("formula", models.JSONField(help_text="The named conventions and their inputs.")),
                (
                    "moved",
                    models.JSONField(
                        help_text="Node, month, before and after of every cell of the plan layer that changed."
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
            ],
            options={"db_table": "plan_amendment", "ordering": ["pk"]},
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("name", models.CharField(max_length=200)),
                ("metric", models.CharField(max_length=40)),
                ("fiscal_year", models.IntegerField()),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                (
                    "ground",
                    models.JSONField(
                        help_text="Nodes with parent and last year, and the season, as of the year's first day."
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
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="records.goal"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="records.team"
                    ),
                ),
            ],
            options={
                "db_table": "plan",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))), name="plan_at_least_a_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "before",
                    models.BigIntegerField(blank=True, help_text="Their year before; empty: they had none.", null=True),
                ),
                ("after", models.BigIntegerField(help_text="Their year from now on.")),
                ("text", models.TextField()),
                (
                    "seen_at",
                    models.DateTimeField(
                        blank=True, help_text="When they said that they read it; set once.", null=True
                    ),
                ),
                (
                    "amendment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="records.amendment",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="records.person"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="records.plan"
                    ),
                ),
            ],
            options={
                "db_table": "plan_notice",
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["person", "seen_at"], name="plan_notice_unseen")],
            },
        ),
        migrations.AddField(
            model_name="amendment",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="amendments", to="records.plan"
            ),
        ),
        migrations.CreateModel(
            name="PlanEdit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("number", models.IntegerField(help_text="From 1 in each plan; the last one is the plan's version.")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("pin", "pin"),
                            ("rail", "rail"),
                            ("hedge", "hedge"),
                            ("basis", "basis"),
                            ("undo", "undo"),
                            ("redo", "redo"),
                        ],
                        max_length=5,
                    ),
                ),
                ("lines", models.JSONField(default=list, help_text="Pins, rails, hedges or a basis.")),
                ("reason", models.TextField(blank=True)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="edits", to="records.plan"
                    ),
                ),
            ],
            options={
                "db_table": "plan_edit",
                "ordering": ["number"],
                "constraints": [models.UniqueConstraint(fields=("plan", "number"), name="plan_edit_one_of_a_number")],
            },
        ),
        migrations.CreateModel(
            name="PlanState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("submitted", "submitted"),
                            ("returned", "returned"),
                            ("approved", "approved"),
                            ("published", "published"),
                        ],
                        max_length=9,
                    ),
                ),
                ("note", models.TextField(blank=True)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="states", to="records.plan"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        help_text="Whose part; the plan's own team: all.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.team",
                    ),
                ),
            ],
            options={"db_table": "plan_state", "ordering": ["pk"]},
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("node", models.CharField(help_text="Team, person or position, as kind:id.", max_length=40)),
                ("amount", models.BigIntegerField(help_text="Minor units, or a count.")),
                ("reason", models.TextField()),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="proposals", to="records.plan"
                    ),
                ),
            ],
            options={
                "db_table": "plan_proposal",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="plan_proposal_not_below_zero")
                ],
            },
        ),
        migrations.CreateModel(
            name="ProposalAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("is_accepted", models.BooleanField()),
                ("reason", models.TextField(blank=True)),
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
                    "proposal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answer", to="records.proposal"
                    ),
                ),
            ],
            options={"db_table": "plan_proposal_answer"},
        ),
    ]
