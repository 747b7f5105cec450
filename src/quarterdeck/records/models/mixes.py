"""The mix of actions: how far people of a team may shift it, and how each has; dated, added and never changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from quarterdeck.records.models.people import Person, Team
from quarterdeck.records.models.plans import Told

MIXED_KINDS = ("proposal", "meeting", "call")


class MixLimit(Told):
    """How far people of a team may shift actions from one kind to another, from a day on."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="mix_limits")
    effective_from = models.DateField()
    percent = models.SmallIntegerField(help_text="Most of a kind that may go to another; 0: none.")

    class Meta:
        db_table = "mix_limit"
        ordering: ClassVar[list[str]] = ["effective_from", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="mix_limit_is_a_part"),
        ]

    def __str__(self) -> str:
        """How far."""
        return f"{self.percent} %"


class MixChoice(Told):
    """How somebody shifts their actions, from a day on: more of one kind, less of another."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="mix_choices")
    effective_from = models.DateField()
    more = models.CharField(max_length=8, choices=[(kind, kind) for kind in MIXED_KINDS])
    fewer = models.CharField(max_length=8, choices=[(kind, kind) for kind in MIXED_KINDS])
    percent = models.SmallIntegerField(help_text="How much of the one goes to the other; 0: as it comes out.")

    class Meta:
        db_table = "mix_choice"
        ordering: ClassVar[list[str]] = ["effective_from", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="mix_choice_is_a_part"),
            models.CheckConstraint(condition=~Q(more=models.F("fewer")), name="mix_choice_of_two_kinds"),
        ]

    def __str__(self) -> str:
        """How far."""
        return f"{self.percent} % of {self.fewer} to {self.more}"
