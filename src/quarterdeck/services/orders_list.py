"""Bookings, and the payments and returns that followed them, up to a day.

booked_on   booking  person  amount          paid_on     payment  booking  amount
2025-03-28  o-1-1    rita    48,000.00       2025-04-15  p-1      o-1-1    24,000.00

A booking is seen by whoever sees the person it counts for; what was paid or came back, by whoever sees its booking.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Exists, OuterRef

from quarterdeck.records.models import Booking, Payment, Return
from quarterdeck.services import access
from quarterdeck.services.deals import BookingRow, booking_row
from quarterdeck.services.listing import Layout, Listing, Page, listed, of_people
from quarterdeck.terms.tables import Column

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from quarterdeck.services.actor import Actor

BOOKINGS: Final = Layout(
    title="Bookings",
    columns=(
        Column("booked_on", "day", "The day it counts."),
        Column("code", "id", "The line's code."),
        Column("kind", "choice", "Order or invoice."),
        Column("person", "text", "Whom it counts for."),
        Column("credited_by", "text", "The rule that said so: booking, deal, territory or nobody."),
        Column("account", "text", "Who bought."),
        Column("product", "text", "What was bought."),
        Column("amount_minor", "money", "Its value."),
    ),
    sorts={
        "booked_on": ("-booked_on", "-pk"), "amount_minor": ("-amount_minor", "-pk"),
        "person": ("credited__name", "pk"),
        "account": ("account__name", "pk"), "product": ("product__name", "pk"), "code": ("source_id", "pk"),
    },
    sums=("amount_minor",),
)  # fmt: skip
PAYMENTS: Final = Layout(
    title="Payments",
    columns=(
        Column("paid_on", "day", "The day it arrived."),
        Column("code", "id", "The payment's code."),
        Column("booking", "id", "The booking it pays, by its code."),
        Column("amount_minor", "money", "How much."),
    ),
    sorts={"paid_on": ("-paid_on", "-pk"), "amount_minor": ("-amount_minor", "-pk")},
    sums=("amount_minor",),
)
RETURNS: Final = Layout(
    title="Returns",
    columns=(
        Column("returned_on", "day", "The day it counts."),
        Column("code", "id", "The return's code."),
        Column("booking", "id", "The booking it came back of, by its code."),
        Column("amount_minor", "money", "Its value, positive."),
        Column("reason", "text", "Why."),
    ),
    sorts={"returned_on": ("-returned_on", "-pk"), "amount_minor": ("-amount_minor", "-pk")},
    sums=("amount_minor",),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """Which are wanted; what is empty does not filter. `ends_on` is the first day no longer wanted."""

    pk: int | None = None
    person_id: int | None = None
    """Whom the booking counts for."""
    account_id: int | None = None
    product_id: int | None = None
    opportunity_id: int | None = None
    booking: str = ""
    """A booking's code, for what followed it."""
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow:
    """Money received."""

    payment_id: int
    code: str
    booking: str
    paid_on: dt.date
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRow:
    """What came back."""

    return_id: int
    code: str
    booking: str
    returned_on: dt.date
    amount_minor: int
    reason: str


def bookings(
    actor: Actor, *, as_of: dt.date, where: OrderFilter | None = None, page: Page | None = None
) -> Listing[BookingRow]:
    """Bookings up to the day that count for people whom the actor sees; at most two queries and the tree's two."""
    where = where or OrderFilter()
    found = Booking.current.filter(booked_on__lte=as_of)
    wanted = {
        "pk": where.pk, "credited_id": where.person_id, "account_id": where.account_id, "product_id": where.product_id,
        "opportunity_id": where.opportunity_id, "source_id": where.booking or None,
    }  # fmt: skip
    found = _between(_same(found, wanted), "booked_on", where).select_related("credited", "product", "account")
    found, parts = of_people(found, "credited_id", access.people_seen(actor, as_of))
    is_few = any(value is not None for value in wanted.values())
    return listed(BOOKINGS, found, page or Page(), lambda rows: [booking_row(line) for line in rows],
        parts=() if is_few else parts)  # fmt: skip


def payments(
    actor: Actor, *, as_of: dt.date, where: OrderFilter | None = None, page: Page | None = None
) -> Listing[PaymentRow]:
    """Payments up to the day, for bookings that the actor sees; at most two queries and the tree's two."""
    found = _following(actor, Payment.current.filter(paid_on__lte=as_of), as_of, where or OrderFilter(), "paid_on")
    return listed(PAYMENTS, found, page or Page(), _payment_rows)


def returns(
    actor: Actor, *, as_of: dt.date, where: OrderFilter | None = None, page: Page | None = None
) -> Listing[ReturnRow]:
    """Returns up to the day, of bookings that the actor sees; at most two queries and the tree's two."""
    found = _following(
        actor, Return.current.filter(returned_on__lte=as_of), as_of, where or OrderFilter(), "returned_on"
    )
    return listed(RETURNS, found, page or Page(), _return_rows)


def _following(actor: Actor, found: QuerySet[Any], as_of: dt.date, where: OrderFilter, day: str) -> QuerySet[Any]:
    found = _between(_same(found, {"pk": where.pk, "booking_source_id": where.booking or None}), day, where)
    whose = {"credited_id": where.person_id, "account_id": where.account_id, "product_id": where.product_id}
    if access.people_seen(actor, as_of) is None and not any(whose.values()):
        return found
    lines = Booking.current.filter(source_system=OuterRef("source_system"), source_id=OuterRef("booking_source_id"))
    return found.filter(Exists(access.bookings_seen(actor, _same(lines, whose), as_of)))


def _same(found: QuerySet[Any], wanted: dict[str, Any]) -> QuerySet[Any]:
    return found.filter(**{name: value for name, value in wanted.items() if value is not None})


def _between(rows: QuerySet[Any], field: str, where: OrderFilter) -> QuerySet[Any]:
    return _same(rows, {f"{field}__gte": where.starts_on, f"{field}__lt": where.ends_on})


def _payment_rows(found: Sequence[Payment]) -> list[PaymentRow]:
    return [
        PaymentRow(payment_id=one.pk, code=one.source_id, booking=one.booking_source_id, paid_on=one.paid_on,
            amount_minor=one.amount_minor)
        for one in found
    ]  # fmt: skip


def _return_rows(found: Sequence[Return]) -> list[ReturnRow]:
    return [
        ReturnRow(return_id=one.pk, code=one.source_id, booking=one.booking_source_id, returned_on=one.returned_on,
            amount_minor=one.amount_minor, reason=one.reason)
        for one in found
    ]  # fmt: skip
