import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0008_moves_and_mixes"),
    ]

    operations = [
        migrations.AddField(
            model_name="goal",
            name="how",
            field=models.JSONField(
                blank=True, default=dict, help_text="How the amount came about, and its shape, where said."
            ),
        ),
        migrations.AlterField(
            model_name="planedit",
            name="kind",
            field=models.CharField(
                choices=[
                    ("pin", "pin"),
                    ("rail", "rail"),
                    ("hedge", "hedge"),
                    ("basis", "basis"),
                    ("carry", "carry"),
                    ("undo", "undo"),
                    ("redo", "redo"),
                ],
                max_length=5,
            ),
        ),
        migrations.AlterField(
            model_name="planedit",
            name="lines",
            field=models.JSONField(default=list, help_text="Pins, rails, hedges, a basis, or what seats carry."),
        ),
        migrations.CreateModel(
            name="Potential",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_system", models.CharField(max_length=40)),
                ("source_id", models.CharField(max_length=300)),
                ("known_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("effective_from", models.DateField(blank=True, null=True)),
                ("amount_minor", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="potentials",
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
                    "segment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="potentials",
                        to="records.segment",
                    ),
                ),
                (
                    "territory",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="potentials",
                        to="records.territory",
                    ),
                ),
            ],
            options={
                "db_table": "potential",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("superseded_at", None)),
                        fields=("source_system", "source_id"),
                        name="potential_one_current",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            ("superseded_at", None),
                            ("superseded_at__gte", F("known_at")),
                            _connector="OR",
                        ),
                        name="potential_known_before_superseded",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("account__isnull", False), ("territory", None), ("segment", None)),
                            Q(("account", None), ("territory__isnull", False), ("segment", None)),
                            Q(("account", None), ("territory", None), ("segment__isnull", False)),
                            _connector="OR",
                        ),
                        name="potential_of_one",
                    ),
                    models.CheckConstraint(condition=Q(("amount_minor__gte", 0)), name="potential_not_below_zero"),
                ],
            },
        ),
    ]
