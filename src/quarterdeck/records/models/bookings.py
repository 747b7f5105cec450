"""What was sold, paid and returned, and what foreign money was worth."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from quarterdeck.records.models.base import DatedFact, Fact
from quarterdeck.records.models.deals import Opportunity, _Quoted
from quarterdeck.records.models.market import Account, Product, Segment, Territory
from quarterdeck.records.models.people import Person
from quarterdeck.terms.templates import BOOKING_KINDS


class Booking(_Quoted, Fact):
    """An order or invoice line. `person` is as the source said; `credited` is whom it counts for, by `credited_by`.

    `credited`, `credited_by` and `segment` (the account's) are derived, and made anew when what they follow from
    changes.
    """

    kind = models.CharField(max_length=7, choices=[(kind, kind) for kind in BOOKING_KINDS], default="order")
    booked_on = models.DateField()
    amount_minor = models.BigIntegerField()
    quantity = models.IntegerField(null=True, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    credited = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="bookings", db_index=False)
    credited_by = models.CharField(max_length=10, blank=True, help_text="booking, deal, territory or nobody")
    segment = models.ForeignKey(Segment, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="bookings")
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="+")
    opportunity = models.ForeignKey(Opportunity, models.PROTECT, null=True, blank=True, related_name="bookings")
    territory = models.ForeignKey(Territory, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Fact.Meta):
        db_table = "booking"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["credited", "booked_on"], name="booking_by_credited"),
            models.Index(fields=["booked_on"], name="booking_by_day"),
        ]


class Payment(_Quoted, Fact):
    """Money that arrived for a booking, known by the booking's own code."""

    booking_source_id = models.CharField(max_length=300)
    paid_on = models.DateField()
    amount_minor = models.BigIntegerField()

    class Meta(Fact.Meta):
        db_table = "payment"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["booking_source_id"], name="payment_by_booking")]


class Return(_Quoted, Fact):
    """What came back of a booking, as a positive amount."""

    booking_source_id = models.CharField(max_length=300)
    returned_on = models.DateField()
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=200, blank=True)

    class Meta(Fact.Meta):
        db_table = "return"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="return_is_positive"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["booking_source_id"], name="return_by_booking")]


class CreditSplit(DatedFact):
    """Who shares a booking or all of a deal's, or is credited beside its owner; for bookings of its days.

    Exactly one of `booking_source_id` (the booking's own code) and `opportunity` is said.
    """

    booking_source_id = models.CharField(max_length=300, blank=True)
    opportunity = models.ForeignKey(Opportunity, models.PROTECT, null=True, blank=True, related_name="splits")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    role = models.CharField(max_length=60, help_text="split: shares of one whole; any other: beside the owner.")
    share = models.CharField(max_length=30, help_text="Exact, as 0.5 or 50%.")

    class Meta(DatedFact.Meta):
        db_table = "credit_split"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *DatedFact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(booking_source_id="", opportunity__isnull=False)
                | (~Q(booking_source_id="") & Q(opportunity__isnull=True)),
                name="credit_split_of_one",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["booking_source_id"], name="split_by_booking")]


class ExchangeRate(Fact):
    """What one unit of a foreign currency was worth from a day until the next row."""

    currency = models.CharField(max_length=3)
    on = models.DateField(db_column="on_day")
    rate = models.CharField(max_length=30, help_text="Exact decimal, company currency per unit.")

    class Meta(Fact.Meta):
        db_table = "exchange_rate"
