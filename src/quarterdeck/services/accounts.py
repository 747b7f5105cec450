"""Accounts: everybody sees the names, so that nobody calls twice; deals, activities and bookings only of whom they see.

account        segment        territory   owner   |  its page: open deals, won deals, activities, bookings, reports
Hollis Tools   manufacturing  north       rita    |
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Case, F, Q, Value, When

from quarterdeck.records.models import Account, Activity, Booking, FieldReport, OpportunityState
from quarterdeck.services import access
from quarterdeck.services.activities_list import report_rows
from quarterdeck.services.deals import SHOWN, BookingRow, WorkRow, booking_rows, deal_rows, work_rows
from quarterdeck.services.listing import Layout, Listing, Page, listed
from quarterdeck.terms.tables import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from quarterdeck.services.actor import Actor
    from quarterdeck.services.desks.shapes import DealRow, ReportRow

LAYOUT: Final = Layout(
    title="Accounts",
    columns=(
        Column("code", "id", "The account's code."),
        Column("name", "text", "The name people use."),
        Column("segment", "text", "The part of the market it belongs to."),
        Column("territory", "text", "The territory it lies in."),
        Column("owner", "text", "Who looks after it."),
        Column("country", "text", "Where it is."),
        Column("parent", "text", "The account it belongs to."),
    ),
    sorts={
        "name": ("name", "pk"), "code": ("code", "pk"), "segment": ("segment__name", "pk"),
        "territory": ("territory__name", "pk"), "owner": ("owner_seen", "pk"), "country": ("country", "pk"),
    },
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFilter:
    """Which accounts are wanted; what is empty does not filter."""

    segment_id: int | None = None
    territory_id: int | None = None
    owner_id: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """An account as a list shows it."""

    account_id: int
    code: str
    name: str
    segment: str
    territory: str
    owner: str
    country: str
    parent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage:
    """One account: its deals as of the day, what was done, booked and said; of people whom the actor sees."""

    account: AccountRow
    as_of: dt.date
    deals: tuple[DealRow, ...]
    activities: tuple[WorkRow, ...]
    bookings: tuple[BookingRow, ...]
    reports: tuple[ReportRow, ...]


def accounts(
    actor: Actor, *, as_of: dt.date, where: AccountFilter | None = None, page: Page | None = None
) -> Listing[AccountRow]:
    """Accounts; at most two queries."""
    where = where or AccountFilter()
    same = {name: value for name in ("segment_id", "territory_id", "owner_id") if (value := getattr(where, name))}
    found = access.accounts_seen(actor, Account.visible.filter(**same), as_of)
    if where.owner_id and not access.sees_person(actor, where.owner_id, as_of):
        found = found.none()
    for word in where.text.split():
        found = found.filter(Q(name__icontains=word) | Q(code__icontains=word))
    return listed(LAYOUT, _with_names(actor, found, as_of), page or Page(), _rows)


def account(actor: Actor, account_id: int, as_of: dt.date) -> AccountPage:
    """An account's page. Raises Refusal (`not_visible`)."""
    named = access.accounts_seen(actor, Account.visible.filter(pk=account_id), as_of)
    found = _with_names(actor, named, as_of).first()
    if found is None:
        raise access.not_visible("account")
    states = access.states_seen(actor, OpportunityState.objects.filter(account_id=account_id), as_of)
    states = states.filter(opportunity__withdrawn_at=None)
    done = Activity.current.filter(account_id=account_id, happened_on__lte=as_of)
    booked = Booking.current.filter(account_id=account_id, booked_on__lte=as_of)
    said = FieldReport.current.filter(account_id=account_id, reported_on__lte=as_of)
    said = access.activities_seen(actor, said, as_of).select_related("person", "account", "opportunity")
    return AccountPage(
        account=_rows([found])[0],
        as_of=as_of,
        deals=tuple(deal_rows(states.order_by("stage_kind", "-effective_from", "-pk")[:SHOWN], as_of)),
        activities=tuple(work_rows(access.activities_seen(actor, done, as_of), as_of)),
        bookings=tuple(booking_rows(access.bookings_seen(actor, booked, as_of))),
        reports=tuple(report_rows(said.order_by("-reported_on", "-pk")[:SHOWN], as_of)),
    )


def _with_names(actor: Actor, found: QuerySet[Any], as_of: dt.date) -> QuerySet[Any]:
    """An owner out of sight is empty, and is sorted by as empty: the order would tell as well."""
    seen = access.people_seen(actor, as_of)
    is_seen = Q(owner__isnull=False) if seen is None else Q(owner_id__in=seen)
    shown = Case(When(is_seen, then=F("owner__name")), default=Value(""))
    named: QuerySet[Any] = found.annotate(owner_seen=shown).select_related("segment", "territory", "parent")
    return named


def _rows(found: Sequence[Any]) -> list[AccountRow]:
    return [
        AccountRow(
            account_id=one.pk, code=one.code, name=one.name, segment=one.segment.name if one.segment else "",
            territory=one.territory.name if one.territory else "", owner=one.owner_seen,
            country=one.country, parent=one.parent.name if one.parent else "",
        )
        for one in found
    ]  # fmt: skip
