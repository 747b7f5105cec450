"""What people did, and what they heard in the field."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from quarterdeck.records.models.base import Fact
from quarterdeck.records.models.deals import Opportunity
from quarterdeck.records.models.market import Account
from quarterdeck.records.models.people import Person
from quarterdeck.terms.templates import ACTIVITY_KINDS


class Activity(Fact):
    """A call, an email, a meeting, a demo, a proposal, or another thing done."""

    kind = models.CharField(max_length=8, choices=[(kind, kind) for kind in ACTIVITY_KINDS])
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="activities", db_index=False)
    happened_on = models.DateField()
    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="activities")
    opportunity = models.ForeignKey(Opportunity, models.PROTECT, null=True, blank=True, related_name="activities")
    minutes = models.IntegerField(null=True, blank=True)
    outcome = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=300, blank=True)

    class Meta(Fact.Meta):
        db_table = "activity"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "happened_on", "kind"], name="activity_by_person"),
            models.Index(fields=["happened_on"], name="activity_by_day"),
        ]


class FieldReport(Fact):
    """What the field answered: a sentence or two from a person, about an account or a deal or the market."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="field_reports")
    reported_on = models.DateField()
    text = models.TextField()
    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="field_reports")
    opportunity = models.ForeignKey(Opportunity, models.PROTECT, null=True, blank=True, related_name="field_reports")

    class Meta(Fact.Meta):
        db_table = "field_report"
