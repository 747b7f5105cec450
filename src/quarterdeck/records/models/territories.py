"""Accounts on the move between territories: what was proposed, what managers answered, and where accounts lay when.

proposal 3   from 1 July   a-101  north -> south   "sales: north 30% above its even share, south 30% below"
step         team East accepted by Mona, team West accepted by Wim, all of it moved on 1 July
account      a-101   north   until 1 July   |   south   from 1 July on
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from quarterdeck.records.models.base import DatedFact
from quarterdeck.records.models.market import Account, Territory
from quarterdeck.records.models.people import Person, Team
from quarterdeck.records.models.plans import Told

TERRITORY_STEPS = ("accepted", "taken_back", "declined", "withdrawn", "moved")


class AccountHolding(DatedFact):
    """Where an account lay and who looked after it, from when to when. An account that never moved has no row."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="holdings")
    territory = models.ForeignKey(Territory, models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(DatedFact.Meta):
        db_table = "account_holding"


class TerritoryProposal(Told):
    """Moves of accounts that somebody proposes, with what they saw: measures, indices before and after, disruption."""

    name = models.CharField(max_length=200)
    effective_on = models.DateField(help_text="First day in the new territory.")
    as_of = models.DateField(help_text="The day from which its measures were read.")
    asked = models.JSONField(help_text="Measures with weights, how they are weighed, tolerance, budget, locks.")
    found = models.JSONField(help_text="Indices by territory and balance by measure, before and after; disruption.")
    note = models.TextField(blank=True)

    class Meta:
        db_table = "territory_proposal"
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        """The name people use."""
        return self.name


class TerritoryMove(models.Model):
    """One account that a proposal moves, and why."""

    proposal = models.ForeignKey(TerritoryProposal, models.PROTECT, related_name="moves")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    from_territory = models.ForeignKey(Territory, models.PROTECT, null=True, blank=True, related_name="+")
    to_territory = models.ForeignKey(Territory, models.PROTECT, related_name="+")
    from_owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField()
    amounts = models.JSONField(default=dict, help_text="What the account has of each measure.")

    class Meta:
        db_table = "territory_move"
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["proposal", "account"], name="territory_move_once"),
        ]

    def __str__(self) -> str:
        """Which account goes where."""
        return f"{self.account_id} to {self.to_territory_id}"


class TerritoryStep(Told):
    """What became of a proposal: accepted or declined by a team's manager, taken back, withdrawn, moved."""

    proposal = models.ForeignKey(TerritoryProposal, models.PROTECT, related_name="steps")
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Whose part; empty: all of it, or territories that nobody holds.",
    )  # fmt: skip
    step = models.CharField(max_length=10, choices=[(step, step) for step in TERRITORY_STEPS])
    note = models.TextField(blank=True)

    class Meta:
        db_table = "territory_step"
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        """The step in a word."""
        return self.step
