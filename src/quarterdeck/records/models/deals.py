"""Opportunities: what the sources said, and the gap-free history that follows from it.

`OpportunityVersion` (as it stands) and `OpportunityChange` (what changed when) are facts. `OpportunityState` is derived
from both by engine.ledger.states and is made anew for an opportunity whenever one of its facts changes.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models.functions import Coalesce

from quarterdeck.records.models.base import Fact, Noun
from quarterdeck.records.models.market import Account, Product, Segment
from quarterdeck.records.models.people import Person
from quarterdeck.terms.templates import FORECAST_CATEGORIES, STAGE_KINDS

STAGE_KIND_CHOICES = [(kind, kind) for kind in STAGE_KINDS]
CATEGORY_CHOICES = [(name, name.replace("_", " ")) for name in FORECAST_CATEGORIES]


class Opportunity(Noun):
    """A deal; everything that changes about it is in its states."""

    class Meta:
        db_table = "opportunity"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["id"], condition=models.Q(withdrawn_at__isnull=False), name="opportunity_withdrawn"),
        ]
        verbose_name_plural = "opportunities"


class _Standing(models.Model):
    """Where a deal stands, as said by a source or derived."""

    stage = models.CharField(max_length=100)
    stage_kind = models.CharField(max_length=4, choices=STAGE_KIND_CHOICES)
    forecast_category = models.CharField(max_length=10, choices=CATEGORY_CHOICES, blank=True)
    amount_minor = models.BigIntegerField(null=True, blank=True)
    close_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True


class _Quoted(models.Model):
    """The amount as the source wrote it, when its currency is not the company's."""

    source_amount_minor = models.BigIntegerField(null=True, blank=True)
    source_currency = models.CharField(max_length=3, blank=True)
    exchange_rate = models.CharField(max_length=30, blank=True, help_text="Exact decimal, company currency per unit.")
    exchange_rate_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True


class OpportunityVersion(_Standing, _Quoted, Fact):
    """A deal as its source said that it stands."""

    opportunity = models.ForeignKey(Opportunity, models.PROTECT, related_name="versions")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="+")
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    competitor = models.CharField(max_length=200, blank=True)
    loss_reason = models.CharField(max_length=200, blank=True)

    class Meta(Fact.Meta):
        db_table = "opportunity_version"


class OpportunityChange(_Standing, _Quoted, Fact):
    """What a source said changed about a deal, and from which day."""

    opportunity = models.ForeignKey(Opportunity, models.PROTECT, related_name="changes")
    effective_from = models.DateField()
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Fact.Meta):
        db_table = "opportunity_change"


class OpportunityState(_Standing):
    """Derived: a deal from one change to the next, gap-free; no first day means that nobody knows when it began."""

    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="states")
    effective_from = models.DateField(null=True, blank=True)
    effective_to = models.DateField(null=True, blank=True)
    until = models.GeneratedField(
        expression=Coalesce("effective_to", models.Value(dt.date.max)), output_field=models.DateField(), db_persist=True
    )
    """`effective_to`, or the last day there is: how a deal stood on a day is then one range of an index."""
    opened_on = models.DateField(null=True, blank=True)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="deal_states", db_index=False
    )
    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="deal_states")
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    segment = models.ForeignKey(Segment, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)

    class Meta:
        db_table = "opportunity_state"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "stage_kind", "until", "effective_from"], name="state_by_person"),
            models.Index(
                fields=["stage_kind", "until", "effective_from", "close_on", "opportunity"], name="state_by_kind"
            ),
            models.Index(fields=["effective_from"], name="state_by_day"),
        ]

    def __str__(self) -> str:
        """Deal, stage and first day."""
        return f"{self.opportunity_id} {self.stage} from {self.effective_from}"
