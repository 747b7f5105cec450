"""Goals and the targets they come down to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from quarterdeck.records.models.base import Fact
from quarterdeck.records.models.market import Territory
from quarterdeck.records.models.people import Person, Position, Team
from quarterdeck.terms.templates import LAYERS, PERIOD_KINDS

BASES = ("history", "even", "weights")


class Goal(Fact):
    """A long-term number for a team (the company's root, as a rule), a metric and a fiscal year."""

    metric = models.CharField(max_length=40)
    team = models.ForeignKey(Team, models.PROTECT, related_name="goals")
    fiscal_year = models.IntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    amount = models.BigIntegerField(help_text="Minor units, or a count.")
    growth = models.CharField(
        max_length=30, blank=True, help_text="Exact decimal ratio on last year, when set by growth."
    )
    basis = models.CharField(max_length=10, choices=[(basis, basis) for basis in BASES], default="history")
    weights = models.JSONField(default=dict, help_text="Given weights by node id, for the basis 'weights'.")
    set_by = models.ForeignKey("records.User", models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True)

    class Meta(Fact.Meta):
        db_table = "goal"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(ends_on__gt=models.F("starts_on")), name="goal_at_least_a_day"),
        ]


class Target(Fact):
    """A number to reach, of exactly one holder, for a metric and a fiscal period."""

    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="targets")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="targets")
    position = models.ForeignKey(Position, models.PROTECT, null=True, blank=True, related_name="targets")
    territory = models.ForeignKey(Territory, models.PROTECT, null=True, blank=True, related_name="targets")
    metric = models.CharField(max_length=40)
    period_kind = models.CharField(max_length=7, choices=[(kind, kind) for kind in PERIOD_KINDS])
    starts_on = models.DateField()
    ends_on = models.DateField()
    layer = models.CharField(max_length=6, choices=[(layer, layer) for layer in LAYERS], default="plan")
    amount = models.BigIntegerField(help_text="Minor units, or a count.")
    is_quota = models.BooleanField(default=False)
    goal = models.ForeignKey(Goal, models.PROTECT, null=True, blank=True, related_name="targets")
    derivation = models.JSONField(default=dict)

    class Meta(Fact.Meta):
        db_table = "target"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(ends_on__gt=models.F("starts_on")), name="target_at_least_a_day"),
            models.CheckConstraint(
                condition=Q(person__isnull=False, team=None, position=None, territory=None)
                | Q(person=None, team__isnull=False, position=None, territory=None)
                | Q(person=None, team=None, position__isnull=False, territory=None)
                | Q(person=None, team=None, position=None, territory__isnull=False),
                name="target_has_one_holder",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["metric", "starts_on", "ends_on"], name="target_by_period"),
        ]
