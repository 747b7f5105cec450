import datetime as dt

import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"db_table": "user"},
        ),
        migrations.CreateModel(
            name="Company",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(default="Our company", max_length=200)),
                ("currency", models.CharField(default="USD", max_length=3)),
                ("country", models.CharField(default="US", max_length=2)),
                ("time_zone", models.CharField(default="UTC", max_length=60)),
                (
                    "calendar",
                    models.JSONField(
                        default=dict, help_text="See engine.calendar.fiscal; empty means calendar months."
                    ),
                ),
                (
                    "headline_metric",
                    models.CharField(
                        blank=True, help_text="Empty: bookings, or won amount without any.", max_length=40
                    ),
                ),
                (
                    "shows_as_of",
                    models.DateField(blank=True, help_text="The day desks open with; empty means today.", null=True),
                ),
                ("is_demo", models.BooleanField(default=False)),
            ],
            options={"db_table": "company"},
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                (
                    "prefix",
                    models.CharField(help_text="The first characters, so that people tell keys apart.", max_length=12),
                ),
                ("secret_hash", models.CharField(max_length=64, unique=True)),
                ("scopes", models.JSONField(default=list)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tokens", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"db_table": "api_token"},
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("uploaded", "uploaded"),
                            ("reading", "reading"),
                            ("previewed", "previewed"),
                            ("applying", "applying"),
                            ("applied", "applied"),
                            ("undone", "undone"),
                            ("failed", "failed"),
                        ],
                        default="uploaded",
                        max_length=10,
                    ),
                ),
                ("source_system", models.CharField(max_length=40)),
                ("preset", models.CharField(blank=True, max_length=60)),
                ("mapping", models.TextField(blank=True, help_text="The YAML in force; empty means the preset's.")),
                (
                    "translations",
                    models.JSONField(default=dict, help_text="Values mapped in the page: {column: {value: code}}."),
                ),
                ("files", models.JSONField(default=list, help_text="[{name, path, size, sha256}]")),
                ("as_of", models.DateField(blank=True, null=True)),
                (
                    "counts",
                    models.JSONField(default=dict, help_text="{template: {read, new, changed, same, left_out}}"),
                ),
                ("progress", models.JSONField(default=dict, help_text="{done, total, text}")),
                ("error", models.TextField(blank=True)),
                ("created_at", models.DateTimeField()),
                ("applied_at", models.DateTimeField(blank=True, null=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name_plural": "batches", "db_table": "batch"},
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=200, unique=True)),
                ("name", models.CharField(max_length=300)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("country", models.CharField(blank=True, max_length=60)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="records.account",
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
            ],
            options={"db_table": "account"},
        ),
        migrations.CreateModel(
            name="Opportunity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=200, unique=True)),
                ("name", models.CharField(max_length=300)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
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
            ],
            options={
                "verbose_name_plural": "opportunities",
                "db_table": "opportunity",
                "indexes": [
                    models.Index(
                        condition=models.Q(("withdrawn_at__isnull", False)), fields=["id"], name="opportunity_withdrawn"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=200, unique=True)),
                ("name", models.CharField(max_length=300)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("email", models.EmailField(blank=True, max_length=254)),
                (
                    "country",
                    models.CharField(blank=True, help_text="ISO 3166; empty means the company's.", max_length=60),
                ),
                ("part_time", models.DecimalField(decimal_places=4, default=1, max_digits=5)),
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
            ],
            options={
                "db_table": "person",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("part_time__gt", 0), ("part_time__lte", 1)),
                        name="person_part_time_is_a_share",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OpportunityChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_system", models.CharField(max_length=40)),
                ("source_id", models.CharField(max_length=300)),
                ("known_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("stage", models.CharField(max_length=100)),
                (
                    "stage_kind",
                    models.CharField(choices=[("open", "open"), ("won", "won"), ("lost", "lost")], max_length=4),
                ),
                (
                    "forecast_category",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("pipeline", "pipeline"),
                            ("best_case", "best case"),
                            ("commit", "commit"),
                            ("closed", "closed"),
                            ("omitted", "omitted"),
                        ],
                        max_length=10,
                    ),
                ),
                ("amount_minor", models.BigIntegerField(blank=True, null=True)),
                ("close_on", models.DateField(blank=True, null=True)),
                ("source_amount_minor", models.BigIntegerField(blank=True, null=True)),
                ("source_currency", models.CharField(blank=True, max_length=3)),
                (
                    "exchange_rate",
                    models.CharField(blank=True, help_text="Exact decimal, company currency per unit.", max_length=30),
                ),
                ("exchange_rate_on", models.DateField(blank=True, null=True)),
                ("effective_from", models.DateField()),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="records.opportunity"
                    ),
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
            ],
            options={
                "db_table": "opportunity_change",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("source_system", "source_id"),
                        name="opportunitychange_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at", None), ("superseded_at__gte", models.F("known_at")), _connector="OR"
                        ),
                        name="opportunitychange_known_before_superseded",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Leave",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_system", models.CharField(max_length=40)),
                ("source_id", models.CharField(max_length=300)),
                ("known_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("share", models.DecimalField(decimal_places=4, default=1, max_digits=5)),
                ("reason", models.CharField(blank=True, max_length=100)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="leave", to="records.person"
                    ),
                ),
            ],
            options={
                "db_table": "leave",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("source_system", "source_id"),
                        name="leave_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at", None), ("superseded_at__gte", models.F("known_at")), _connector="OR"
                        ),
                        name="leave_known_before_superseded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))), name="leave_at_least_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("share__gt", 0), ("share__lte", 1)), name="leave_share_is_a_share"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254)),
                ("secret_hash", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "invited_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="records.person"
                    ),
                ),
            ],
            options={"db_table": "invitation"},
        ),
        migrations.CreateModel(
            name="FieldReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_system", models.CharField(max_length=40)),
                ("source_id", models.CharField(max_length=300)),
                ("known_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("reported_on", models.DateField()),
                ("text", models.TextField()),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="field_reports",
                        to="records.account",
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
                    "opportunity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="field_reports",
                        to="records.opportunity",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="field_reports", to="records.person"
                    ),
                ),
            ],
            options={
                "db_table": "field_report",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("source_system", "source_id"),
                        name="fieldreport_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at", None), ("superseded_at__gte", models.F("known_at")), _connector="OR"
                        ),
                        name="fieldreport_known_before_superseded",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Activity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_system", models.CharField(max_length=40)),
                ("source_id", models.CharField(max_length=300)),
                ("known_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("call", "call"),
                            ("email", "email"),
                            ("meeting", "meeting"),
                            ("demo", "demo"),
                            ("proposal", "proposal"),
                            ("other", "other"),
                        ],
                        max_length=8,
                    ),
                ),
                ("happened_on", models.DateField()),
                ("minutes", models.IntegerField(blank=True, null=True)),
                ("outcome", models.CharField(blank=True, max_length=200)),
                ("subject", models.CharField(blank=True, max_length=300)),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="activities",
                        to="records.account",
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
                    "opportunity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="activities",
                        to="records.opportunity",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="activities",
                        to="records.person",
                    ),
                ),
            ],
            options={
                "db_table": "activity",
                "abstract": False,
                "indexes": [
                    models.Index(fields=["person", "happened_on", "kind"], name="activity_by_person"),
                    models.Index(fields=["happened_on"], name="activity_by_day"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("source_system", "source_id"),
                        name="activity_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at", None), ("superseded_at__gte", models.F("known_at")), _connector="OR"
                        ),
                        name="activity_known_before_superseded",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="account",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="accounts",
                to="records.person",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="person",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="user",
                to="records.person",
            ),
        ),
        migrations.CreateModel(
            name="Position",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=200, unique=True)),
                ("name", models.CharField(max_length=300)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "hat",
                    models.CharField(
                        choices=[
                            ("rep", "rep"),
                            ("manager", "manager"),
                            ("director", "director"),
                            ("operations", "operations"),
                            ("finance", "finance"),
                            ("department_head", "department head"),
                            ("executive", "executive"),
                        ],
                        max_length=20,
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
            ],
            options={"db_table": "position"},
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=200, unique=True)),
                ("name", models.CharField(max_length=300)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("family", models.CharField(blank=True, max_length=200)),
                ("list_price_minor", models.BigIntegerField(blank=True, null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
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
            ],
            options={"db_table": "product"},
        ),
        migrations.CreateModel(
            name="OpportunityVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_system", models.CharField(max_length=40)),
                ("source_id", models.CharField(max_length=300)),
                ("known_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("stage", models.CharField(max_length=100)),
                (
                    "stage_kind",
                    models.CharField(choices=[("open", "open"), ("won", "won"), ("lost", "lost")], max_length=4),
                ),
                (
                    "forecast_category",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("pipeline", "pipeline"),
                            ("best_case", "best case"),
                            ("commit", "commit"),
                            ("closed", "closed"),
                            ("omitted", "omitted"),
                        ],
                        max_length=10,
                    ),
                ),
                ("amount_minor", models.BigIntegerField(blank=True, null=True)),
                ("close_on", models.DateField(blank=True, null=True)),
                ("source_amount_minor", models.BigIntegerField(blank=True, null=True)),
                ("source_currency", models.CharField(blank=True, max_length=3)),
                (
                    "exchange_rate",
                    models.CharField(blank=True, help_text="Exact decimal, company currency per unit.", max_length=30),
                ),
                ("exchange_rate_on", models.DateField(blank=True, null=True)),
                ("opened_on", models.DateField(blank=True, null=True)),
                ("closed_on", models.DateField(blank=True, null=True)),
                ("competitor", models.CharField(blank=True, max_length=200)),
                ("loss_reason", models.CharField(blank=True, max_length=200)),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.account",
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
                    "opportunity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="records.opportunity"
                    ),
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
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.product",
                    ),
                ),
            ],
            options={
                "db_table": "opportunity_version",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("source_system", "source_id"),
                        name="opportunityversion_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at", None), ("superseded_at__gte", models.F("known_at")), _connector="OR"
                        ),
                        name="opportunityversion_known_before_superseded",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Return",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_system", models.CharField(max_length=40)),
                ("source_id", models.CharField(max_length=300)),
                ("known_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("source_amount_minor", models.BigIntegerField(blank=True, null=True)),
                ("source_currency", models.CharField(blank=True, max_length=3)),
                (
                    "exchange_rate",
                    models.CharField(blank=True, help_text="Exact decimal, company currency per unit.", max_length=30),
                ),
                ("exchange_rate_on", models.DateField(blank=True, null=True)),
                ("booking_source_id", models.CharField(max_length=300)),
                ("returned_on", models.DateField()),
                ("amount_minor", models.BigIntegerField()),
                ("reason", models.CharField(blank=True, max_length=200)),
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
            ],
            options={
                "db_table": "return",
                "abstract": False,
                "indexes": [models.Index(fields=["booking_source_id"], name="return_by_booking")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("source_system", "source_id"),
                        name="return_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at", None), ("superseded_at__gte", models.F("known_at")), _connector="OR"
                        ),
                        name="return_known_before_superseded",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount_minor__gte", 0)), name="return_is_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_system", models.CharField(max_length=40)),
                ("source_id", models.CharField(max_length=300)),
                ("known_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("effective_from", models.DateField(blank=True, null=True)),
                ("effective_to", models.DateField(blank=True, null=True)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="seats", to="records.person"
                    ),
                ),
                (
                    "position",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="seats", to="records.position"
                    ),
                ),
            ],
            options={
                "db_table": "seat",
                "abstract": False,
                "indexes": [models.Index(fields=["person", "effective_from"], name="seat_person__1e740b_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("source_system", "source_id"),
                        name="seat_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at", None), ("superseded_at__gte", models.F("known_at")), _connector="OR"
                        ),
                        name="seat_known_before_superseded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_from", None),
                            ("effective_to", None),
                            ("effective_to__gt", models.F("effective_from")),
                            _connector="OR",
                        ),
                        name="seat_at_least_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Segment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=200, unique=True)),
                ("name", models.CharField(max_length=300)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
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
            ],
            options={"db_table": "segment"},
        ),
        migrations.CreateModel(
            name="OpportunityState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stage", models.CharField(max_length=100)),
                (
                    "stage_kind",
                    models.CharField(choices=[("open", "open"), ("won", "won"), ("lost", "lost")], max_length=4),
                ),
                (
                    "forecast_category",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("pipeline", "pipeline"),
                            ("best_case", "best case"),
                            ("commit", "commit"),
                            ("closed", "closed"),
                            ("omitted", "omitted"),
                        ],
                        max_length=10,
                    ),
                ),
                ("amount_minor", models.BigIntegerField(blank=True, null=True)),
                ("close_on", models.DateField(blank=True, null=True)),
                ("effective_from", models.DateField(blank=True, null=True)),
                ("effective_to", models.DateField(blank=True, null=True)),
                (
                    "until",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce(
                            "effective_to", models.Value(dt.date(9999, 12, 31))
                        ),
                        output_field=models.DateField(),
                    ),
                ),
                ("opened_on", models.DateField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deal_states",
                        to="records.account",
                    ),
                ),
                (
                    "opportunity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="states", to="records.opportunity"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deal_states",
                        to="records.person",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.product",
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.segment",
                    ),
                ),
            ],
            options={
                "db_table": "opportunity_state",
                "indexes": [
                    models.Index(fields=["person", "stage_kind", "until", "effective_from"], name="state_by_person"),
                    models.Index(
                        fields=["stage_kind", "until", "effective_from", "close_on", "opportunity"],
                        name="state_by_kind",
                    ),
                    models.Index(fields=["effective_from"], name="state_by_day"),
                ],
            },
        ),
        migrations.AddField(
            model_name="account",
            name="segment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="accounts",
                to="records.segment",
            ),
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=200, unique=True)),
                ("name", models.CharField(max_length=300)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
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
            ],
            options={"db_table": "team"},
        ),
        migrations.AddField(
            model_name="position",
            name="team",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="positions", to="records.team"
            ),
        ),
        migrations.CreateModel(
            name="Goal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_system", models.CharField(max_length=40)),
                ("source_id", models.CharField(max_length=300)),
                ("known_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("metric", models.CharField(max_length=40)),
                ("fiscal_year", models.IntegerField()),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("amount", models.BigIntegerField(help_text="Minor units, or a count.")),
                (
                    "growth",
                    models.CharField(
                        blank=True, help_text="Exact decimal ratio on last year, when set by growth.", max_length=30
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[("history", "history"), ("even", "even"), ("weights", "weights")],
                        default="history",
                        max_length=10,
                    ),
                ),
                (
                    "weights",
                    models.JSONField(default=dict, help_text="Given weights by node id, for the basis 'weights'."),
                ),
                ("note", models.TextField(blank=True)),
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
                    "set_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="goals", to="records.team"
                    ),
                ),
            ],
            options={
                "db_table": "goal",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("source_system", "source_id"),
                        name="goal_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at", None), ("superseded_at__gte", models.F("known_at")), _connector="OR"
                        ),
                        name="goal_known_before_superseded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))), name="goal_at_least_a_day"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TeamLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_system", models.CharField(max_length=40)),
                ("source_id", models.CharField(max_length=300)),
                ("known_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("effective_from", models.DateField(blank=True, null=True)),
                ("effective_to", models.DateField(blank=True, null=True)),
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
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="child_links",
                        to="records.team",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="links", to="records.team"
                    ),
                ),
            ],
            options={
                "db_table": "team_link",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("source_system", "source_id"),
                        name="teamlink_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at", None), ("superseded_at__gte", models.F("known_at")), _connector="OR"
                        ),
                        name="teamlink_known_before_superseded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_from", None),
                            ("effective_to", None),
                            ("effective_to__gt", models.F("effective_from")),
                            _connector="OR",
                        ),
                        name="teamlink_at_least_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Territory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=200, unique=True)),
                ("name", models.CharField(max_length=300)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
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
            ],
            options={"db_table": "territory"},
        ),
        migrations.CreateModel(
            name="Target",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_system", models.CharField(max_length=40)),
                ("source_id", models.CharField(max_length=300)),
                ("known_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("metric", models.CharField(max_length=40)),
                (
                    "period_kind",
                    models.CharField(
                        choices=[("month", "month"), ("quarter", "quarter"), ("year", "year")], max_length=7
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                (
                    "layer",
                    models.CharField(choices=[("plan", "plan"), ("street", "street")], default="plan", max_length=6),
                ),
                ("amount", models.BigIntegerField(help_text="Minor units, or a count.")),
                ("is_quota", models.BooleanField(default=False)),
                ("derivation", models.JSONField(default=dict)),
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
                    "goal",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="targets",
                        to="records.goal",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="targets",
                        to="records.person",
                    ),
                ),
                (
                    "position",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="targets",
                        to="records.position",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="targets",
                        to="records.team",
                    ),
                ),
                (
                    "territory",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="targets",
                        to="records.territory",
                    ),
                ),
            ],
            options={
                "db_table": "target",
                "abstract": False,
                "indexes": [models.Index(fields=["metric", "starts_on", "ends_on"], name="target_by_period")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("source_system", "source_id"),
                        name="target_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at", None), ("superseded_at__gte", models.F("known_at")), _connector="OR"
                        ),
                        name="target_known_before_superseded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))), name="target_at_least_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("person__isnull", False), ("position", None), ("team", None), ("territory", None)
                            ),
                            models.Q(
                                ("person", None), ("position", None), ("team__isnull", False), ("territory", None)
                            ),
                            models.Q(
                                ("person", None), ("position__isnull", False), ("team", None), ("territory", None)
                            ),
                            models.Q(
                                ("person", None), ("position", None), ("team", None), ("territory__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="target_has_one_holder",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Booking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_system", models.CharField(max_length=40)),
                ("source_id", models.CharField(max_length=300)),
                ("known_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("source_amount_minor", models.BigIntegerField(blank=True, null=True)),
                ("source_currency", models.CharField(blank=True, max_length=3)),
                (
                    "exchange_rate",
                    models.CharField(blank=True, help_text="Exact decimal, company currency per unit.", max_length=30),
                ),
                ("exchange_rate_on", models.DateField(blank=True, null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("order", "order"), ("invoice", "invoice")], default="order", max_length=7
                    ),
                ),
                ("booked_on", models.DateField()),
                ("amount_minor", models.BigIntegerField()),
                ("quantity", models.IntegerField(blank=True, null=True)),
                (
                    "credited_by",
                    models.CharField(blank=True, help_text="booking, deal, territory or nobody", max_length=10),
                ),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bookings",
                        to="records.account",
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
                    "opportunity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bookings",
                        to="records.opportunity",
                    ),
                ),
                (
                    "credited",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bookings",
                        to="records.person",
                    ),
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
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.product",
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.segment",
                    ),
                ),
                (
                    "territory",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.territory",
                    ),
                ),
            ],
            options={
                "db_table": "booking",
                "abstract": False,
                "indexes": [
                    models.Index(fields=["credited", "booked_on"], name="booking_by_credited"),
                    models.Index(fields=["booked_on"], name="booking_by_day"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("source_system", "source_id"),
                        name="booking_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at", None), ("superseded_at__gte", models.F("known_at")), _connector="OR"
                        ),
                        name="booking_known_before_superseded",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="account",
            name="territory",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="accounts",
                to="records.territory",
            ),
        ),
        migrations.CreateModel(
            name="TerritoryHolding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_system", models.CharField(max_length=40)),
                ("source_id", models.CharField(max_length=300)),
                ("known_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("effective_from", models.DateField(blank=True, null=True)),
                ("effective_to", models.DateField(blank=True, null=True)),
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holdings",
                        to="records.person",
                    ),
                ),
                (
                    "territory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="holdings", to="records.territory"
                    ),
                ),
            ],
            options={
                "db_table": "territory_holding",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("source_system", "source_id"),
                        name="territoryholding_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at", None), ("superseded_at__gte", models.F("known_at")), _connector="OR"
                        ),
                        name="territoryholding_known_before_superseded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_from", None),
                            ("effective_to", None),
                            ("effective_to__gt", models.F("effective_from")),
                            _connector="OR",
                        ),
                        name="territoryholding_at_least_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Total",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "person_id",
                        "grain",
                        "measure",
                        "starts_on",
                        "product_id",
                        "segment_id",
                        "detail",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "grain",
                    models.CharField(
                        choices=[
                            ("d", "day by slice"),
                            ("m", "calendar month by slice"),
                            ("pd", "day of the person"),
                            ("pm", "calendar month of the person"),
                        ],
                        max_length=2,
                    ),
                ),
                ("measure", models.CharField(max_length=24)),
                ("starts_on", models.DateField()),
                ("person_id", models.BigIntegerField(default=0)),
                ("product_id", models.BigIntegerField(default=0)),
                ("segment_id", models.BigIntegerField(default=0)),
                ("detail", models.CharField(blank=True, default="", max_length=100)),
                ("n", models.BigIntegerField(default=0)),
                ("amount_minor", models.BigIntegerField(default=0)),
                ("n_days", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "total",
                "indexes": [
                    models.Index(
                        condition=models.Q(("amount_minor", 0), ("n", 0), ("n_days", 0)),
                        fields=["person_id"],
                        name="total_nothing",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExchangeRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_system", models.CharField(max_length=40)),
                ("source_id", models.CharField(max_length=300)),
                ("known_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("currency", models.CharField(max_length=3)),
                ("on", models.DateField(db_column="on_day")),
                ("rate", models.CharField(help_text="Exact decimal, company currency per unit.", max_length=30)),
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
            ],
            options={
                "db_table": "exchange_rate",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("source_system", "source_id"),
                        name="exchangerate_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at", None), ("superseded_at__gte", models.F("known_at")), _connector="OR"
                        ),
                        name="exchangerate_known_before_superseded",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FindingRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.CharField(max_length=300)),
                ("row", models.IntegerField(blank=True, null=True)),
                ("column", models.CharField(blank=True, db_column="column_name", max_length=200)),
                ("value", models.TextField(blank=True)),
                ("rule", models.CharField(max_length=40)),
                (
                    "severity",
                    models.CharField(
                        choices=[("error", "error"), ("warning", "warning"), ("note", "note")], max_length=7
                    ),
                ),
                ("message", models.TextField()),
                ("remedy", models.TextField()),
                ("n_rows", models.IntegerField(default=1)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="findings", to="records.batch"
                    ),
                ),
            ],
            options={
                "db_table": "finding",
                "indexes": [models.Index(fields=["batch", "severity", "rule"], name="finding_batch_i_a68367_idx")],
            },
        ),
        migrations.CreateModel(
            name="JournalEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("actor_name", models.CharField(help_text="As it was then; 'system' without a user.", max_length=300)),
                ("verb", models.CharField(help_text="The service's name, such as goal_set.", max_length=60)),
                ("noun", models.CharField(max_length=40)),
                ("noun_id", models.CharField(blank=True, max_length=60)),
                ("summary", models.CharField(max_length=500)),
                ("before", models.JSONField(blank=True, null=True)),
                ("after", models.JSONField(blank=True, null=True)),
                (
                    "actor",
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
                "verbose_name_plural": "journal entries",
                "db_table": "journal_entry",
                "indexes": [
                    models.Index(fields=["noun", "noun_id"], name="journal_ent_noun_9a44c1_idx"),
                    models.Index(fields=["-at"], name="journal_ent_at_b033c7_idx"),
                ],
            },
        ),
        migrations.CreateModel(
            name="NounChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("noun", models.CharField(help_text="The noun's table.", max_length=40)),
                ("noun_id", models.BigIntegerField()),
                ("before", models.JSONField(help_text="{column: value} of the columns that changed.")),
                ("after", models.JSONField()),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="noun_changes", to="records.batch"
                    ),
                ),
            ],
            options={
                "db_table": "noun_change",
                "indexes": [models.Index(fields=["noun", "noun_id"], name="noun_change_noun_8e6eed_idx")],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_system", models.CharField(max_length=40)),
                ("source_id", models.CharField(max_length=300)),
                ("known_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("source_amount_minor", models.BigIntegerField(blank=True, null=True)),
                ("source_currency", models.CharField(blank=True, max_length=3)),
                (
                    "exchange_rate",
                    models.CharField(blank=True, help_text="Exact decimal, company currency per unit.", max_length=30),
                ),
                ("exchange_rate_on", models.DateField(blank=True, null=True)),
                ("booking_source_id", models.CharField(max_length=300)),
                ("paid_on", models.DateField()),
                ("amount_minor", models.BigIntegerField()),
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
            ],
            options={
                "db_table": "payment",
                "abstract": False,
                "indexes": [models.Index(fields=["booking_source_id"], name="payment_by_booking")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("source_system", "source_id"),
                        name="payment_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("superseded_at", None), ("superseded_at__gte", models.F("known_at")), _connector="OR"
                        ),
                        name="payment_known_before_superseded",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200)),
                ("asked", models.CharField(help_text="SHA-256 of method, path and body.", max_length=64)),
                ("answer", models.TextField(help_text="The answer's JSON.")),
                ("at", models.DateTimeField(db_index=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "idempotency_key",
                "constraints": [models.UniqueConstraint(fields=("user", "key"), name="idempotency_key_once")],
            },
        ),
    ]
