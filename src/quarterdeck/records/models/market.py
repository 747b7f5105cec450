"""Who is sold to and what: accounts, segments, territories and their holders, products, and what could be sold."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from quarterdeck.records.models.base import DatedFact, Fact, Noun
from quarterdeck.records.models.people import Person


class Segment(Noun):
    """A part of the market."""

    class Meta:
        db_table = "segment"


class Territory(Noun):
    """A set of accounts that somebody looks after."""

    class Meta:
        db_table = "territory"


class TerritoryHolding(DatedFact):
    """Who held a territory, from when to when; no person means vacant."""

    territory = models.ForeignKey(Territory, models.PROTECT, related_name="holdings")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="holdings")

    class Meta(DatedFact.Meta):
        db_table = "territory_holding"


class Product(Noun):
    """What is sold."""

    family = models.CharField(max_length=200, blank=True)
    list_price_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)

    class Meta:
        db_table = "product"


class Account(Noun):
    """A company sold to."""

    segment = models.ForeignKey(Segment, models.PROTECT, null=True, blank=True, related_name="accounts")
    territory = models.ForeignKey(Territory, models.PROTECT, null=True, blank=True, related_name="accounts")
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="accounts")
    country = models.CharField(max_length=60, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    class Meta:
        db_table = "account"


class Potential(Fact):
    """What could be sold in a year to one account or territory, or the size of a segment; until the next one."""

    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="potentials")
    territory = models.ForeignKey(Territory, models.PROTECT, null=True, blank=True, related_name="potentials")
    segment = models.ForeignKey(Segment, models.PROTECT, null=True, blank=True, related_name="potentials")
    effective_from = models.DateField(null=True, blank=True)
    amount_minor = models.BigIntegerField()

    class Meta(Fact.Meta):
        db_table = "potential"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(account__isnull=False, territory=None, segment=None)
                | Q(account=None, territory__isnull=False, segment=None)
                | Q(account=None, territory=None, segment__isnull=False),
                name="potential_of_one",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="potential_not_below_zero"),
        ]
