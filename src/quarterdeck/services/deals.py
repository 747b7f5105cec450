"""Deals as they stood on a day: the list, and one deal's page.

    as of 2017-10-31     deal   stage      owner  amount      opened_on    closed_on
                         d-1    Engaging   rita   48,000.00   2017-01-14
                         d-2    Won        sam    12,000.00   2017-02-01   2017-10-30

A deal has one state on each day since it began. Deals of which nobody knows when they began have no day: they are in no
dated figure and in no dated list, but under a filter of their own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Max, OuterRef, Q, Subquery

from quarterdeck.records.models import Activity, Booking, Opportunity, OpportunityState, OpportunityVersion
from quarterdeck.services import access
from quarterdeck.services.deal_names import labels
from quarterdeck.services.desks.shapes import DealRow
from quarterdeck.services.kept import kept
from quarterdeck.services.listing import Layout, Listing, Page, listed
from quarterdeck.terms.tables import Column
from quarterdeck.terms.templates import STAGE_KINDS

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from quarterdeck.services.actor import Actor

LAYOUT: Final = Layout(
    title="Deals",
    columns=(
        Column("code", "id", "The deal's code."),
        Column("name", "text", "The name people use."),
        Column("account", "text", "Who buys."),
        Column("product", "text", "What is bought."),
        Column("person", "text", "Who works on it."),
        Column("stage", "text", "Where it stood on the day."),
        Column("stage_kind", "choice", "Open, won or lost."),
        Column("forecast_category", "choice", "What its owner promised."),
        Column("amount_minor", "money", "What it was worth."),
        Column("opened_on", "day", "The day it began."),
        Column("close_on", "day", "The day it was expected to close."),
        Column("closed_on", "day", "The day it was won or lost."),
        Column("last_activity_on", "day", "The newest activity about it."),
    ),
    sorts={
        "close_on": ("close_on", "pk"),
        "amount_minor": ("amount_minor", "pk"),
        "opened_on": ("opened_on", "pk"),
        "since": ("effective_from", "pk"),
        "name": ("opportunity__name", "pk"),
        "code": ("opportunity__code", "pk"),
        "stage": ("stage", "pk"),
        "person": ("person__name", "pk"),
        "account": ("account__name", "pk"),
        "product": ("product__name", "pk"),
    },
    sums=("amount_minor",),
)

_ROW: Final = {
    **{name: name for name in ("opportunity_id", "stage", "stage_kind", "forecast_category", "amount_minor")},
    **{name: name for name in ("person_id", "account_id", "product_id", "opened_on", "close_on", "effective_from")},
    "code": "opportunity__code",
    "name": "opportunity__name",
    "person": "person__name",
    "account": "account__name",
    "product": "product__name",
}
"""Columns of a DealRow, and where they come from. Plain values: a page of model objects costs four times as much."""

_CHANGES: Final = ("stage", "forecast_category", "person", "close_on", "amount_minor")
"""What of a deal is followed over time."""

SHOWN: Final = 100
"""Activities and bookings shown on a deal's page; the rest are in their own lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DealFilter:
    """Which deals are wanted; what is empty does not filter."""

    stage_kind: str = ""
    stage: str = ""
    forecast_category: str = ""
    person_id: int | None = None
    people: frozenset[int] | None = None
    account_id: int | None = None
    product_id: int | None = None
    segment_id: int | None = None
    closes_from: dt.date | None = None
    closes_to: dt.date | None = None
    text: str = ""
    is_undated: bool = False
    """Deals of which nobody knows when they began, instead of those with a day."""
    is_without_account: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRow:
    """A deal from one change to the next."""

    effective_from: dt.date | None
    effective_to: dt.date | None
    stage: str
    stage_kind: str
    forecast_category: str
    amount_minor: int | None
    person: str
    close_on: dt.date | None
    changed: tuple[str, ...] = ()
    """Columns that differ from the state before; none for the first one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRow:
    """An activity as a list shows it."""

    activity_id: int
    code: str
    kind: str
    happened_on: dt.date
    person_id: int | None
    person: str
    account_id: int | None = None
    account: str = ""
    opportunity_id: int | None = None
    opportunity: str = ""
    minutes: int | None = None
    outcome: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRow:
    """An order or invoice line as a list shows it."""

    booking_id: int
    code: str
    kind: str
    booked_on: dt.date
    amount_minor: int
    person: str
    credited_by: str
    product: str
    account: str = ""
    opportunity_id: int | None = None
    account_id: int | None = None
    person_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """What a source said about a deal, and until when it was believed."""

    source_system: str
    source_id: str
    known_at: dt.datetime
    superseded_at: dt.datetime | None
    batch_id: int | None
    stage: str
    amount_minor: int | None
    source_amount_minor: int | None
    source_currency: str
    exchange_rate: str
    exchange_rate_on: dt.date | None
    competitor: str
    loss_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DealPage:
    """One deal: where it stood on the day, how it came there, and what was done and said about it."""

    deal: DealRow
    as_of: dt.date
    states: tuple[StateRow, ...]
    """Its whole history up to the day, newest first."""
    activities: tuple[WorkRow, ...]
    bookings: tuple[BookingRow, ...]
    sources: tuple[SourceRow, ...]


def deals(
    actor: Actor, *, as_of: dt.date, where: DealFilter | None = None, page: Page | None = None
) -> Listing[DealRow]:
    """Deals as they stood on the day, of the owners that the actor sees; at most four queries and the tree's two."""
    states = OpportunityState.objects.only("pk", "opportunity_id", "amount_minor")  # `_rows_of` reads what is shown
    page = page or Page()
    if not page.after:  # else the key leads
        states = states.filter(stage_kind__in=STAGE_KINDS)  # what the index by day begins with
    wanted = _filtered(access.states_seen(actor, states, as_of), where or DealFilter())
    return listed(LAYOUT, wanted, page, lambda states: _rows_of(states, as_of))


def stages(actor: Actor) -> list[tuple[str, str]]:
    """Stages in which deals ever were, with their kind, for everybody who wears a hat; what a filter offers."""
    found = OpportunityState.objects.order_by("stage_kind", "stage").values_list("stage", "stage_kind").distinct()
    return kept("stages", lambda: list(found)) if actor.is_system or actor.hats else []


def deal(actor: Actor, opportunity_id: int, as_of: dt.date) -> DealPage:
    """A deal's page. Raises Refusal (`not_visible`) for a deal that is not there, or not the actor's to see."""
    seen = access.states_seen(actor, OpportunityState.objects.filter(opportunity_id=opportunity_id), as_of)
    rows = deal_rows(seen.filter(opportunity__withdrawn_at=None), as_of)
    if not rows:
        raise access.not_visible("deal")
    return DealPage(
        deal=rows[0],
        as_of=as_of,
        states=_history(opportunity_id, as_of),
        activities=tuple(work_rows(_about(Activity, opportunity_id).filter(happened_on__lte=as_of), as_of)),
        bookings=tuple(booking_rows(_about(Booking, opportunity_id).filter(booked_on__lte=as_of))),
        sources=_sources(opportunity_id),
    )


def deal_rows(states: QuerySet[OpportunityState], as_of: dt.date) -> list[DealRow]:
    """Rows of deals with their names and the day of the newest activity up to the day; one query."""
    done = Activity.current.filter(opportunity_id=OuterRef("opportunity_id"), happened_on__lte=as_of).order_by()
    newest = done.values("opportunity_id").annotate(last=Max("happened_on")).values("last")
    rows = states.annotate(touched_on=Subquery(newest)).values_list("touched_on", *_ROW.values())
    return [_deal_row(dict(zip(_ROW, row[1:], strict=True)), row[0]) for row in rows]


def work_rows(activities: QuerySet[Any], as_of: dt.date, limit: int = SHOWN) -> list[WorkRow]:
    """Newest activities of a queryset; two queries at most."""
    found = activities.select_related("person", "account", "opportunity").order_by("-happened_on", "-pk")[:limit]
    return worked(list(found), as_of)


def worked(found: Sequence[Activity], as_of: dt.date) -> list[WorkRow]:
    """Activities that come with their names; one query when a deal has none."""
    called = labels((done.opportunity for done in found if done.opportunity), as_of)
    return [_work_row(done, called.get(done.opportunity_id or 0, "")) for done in found]


def _work_row(done: Activity, deal: str) -> WorkRow:
    return WorkRow(
        activity_id=done.pk, code=done.source_id, kind=done.kind, happened_on=done.happened_on,
        person_id=done.person_id, person=_name(done.person), account_id=done.account_id, account=_name(done.account),
        opportunity_id=done.opportunity_id, opportunity=deal, minutes=done.minutes,
        outcome=done.outcome, subject=done.subject,
    )  # fmt: skip


def booking_rows(bookings: QuerySet[Any], limit: int = SHOWN) -> list[BookingRow]:
    """Newest bookings of a queryset; one query."""
    found = bookings.select_related("credited", "product", "account").order_by("-booked_on", "-pk")[:limit]
    return [booking_row(line) for line in found]


def booking_row(line: Booking) -> BookingRow:
    """One booking, which comes with its names."""
    return BookingRow(
        booking_id=line.pk, code=line.source_id, kind=line.kind, booked_on=line.booked_on,
        amount_minor=line.amount_minor, person=_name(line.credited), credited_by=line.credited_by,
        product=_name(line.product), account=_name(line.account), opportunity_id=line.opportunity_id,
        account_id=line.account_id, person_id=line.credited_id,
    )  # fmt: skip


def _filtered(states: QuerySet[OpportunityState], where: DealFilter) -> QuerySet[OpportunityState]:
    same = {
        name: value
        for name in ("stage_kind", "stage", "forecast_category", "person_id", "account_id", "product_id", "segment_id")
        if (value := getattr(where, name))
    }
    gone = Opportunity.objects.filter(withdrawn_at__isnull=False)  # few: no need to look at every deal
    found = states.exclude(opportunity__in=gone).filter(effective_from__isnull=where.is_undated, **same)
    if where.is_without_account:
        found = found.filter(account=None)
    if where.people is not None:
        found = found.filter(person_id__in=where.people)
    if where.closes_from:
        found = found.filter(close_on__gte=where.closes_from)
    if where.closes_to:
        found = found.filter(close_on__lt=where.closes_to)
    for word in where.text.split():
        found = found.filter(
            Q(opportunity__name__icontains=word)
            | Q(opportunity__code__icontains=word)
            | Q(account__name__icontains=word)
            | Q(product__name__icontains=word)
        )
    return found


def _rows_of(states: Sequence[OpportunityState], as_of: dt.date) -> list[DealRow]:
    """Rows of one page of states, in its order."""
    order = [state.pk for state in states]
    rows = deal_rows(OpportunityState.objects.filter(pk__in=order), as_of)
    by_deal = {row.opportunity_id: row for row in rows}
    return [by_deal[state.opportunity_id] for state in states]


def _deal_row(row: dict[str, Any], last_activity_on: dt.date | None) -> DealRow:
    begun = row.pop("effective_from")
    closed_on = None if row["stage_kind"] == "open" else begun
    texts: dict[str, Any] = {name: row.pop(name) or "" for name in ("person", "account", "product")}
    return DealRow(**row, **texts, closed_on=closed_on, last_activity_on=last_activity_on)


def _name(noun: Any) -> str:  # noqa: ANN401  any noun
    return noun.name if noun else ""


def _about(model: Any, opportunity_id: int) -> QuerySet[Any]:  # noqa: ANN401  a model of facts
    found: QuerySet[Any] = model.current.filter(opportunity_id=opportunity_id)
    return found


def _history(opportunity_id: int, as_of: dt.date) -> tuple[StateRow, ...]:
    begun = Q(effective_from=None) | Q(effective_from__lte=as_of)
    states = OpportunityState.objects.filter(begun, opportunity_id=opportunity_id).select_related("person")
    rows = [
        StateRow(
            effective_from=state.effective_from, effective_to=state.effective_to, stage=state.stage,
            stage_kind=state.stage_kind, forecast_category=state.forecast_category, amount_minor=state.amount_minor,
            person=_name(state.person), close_on=state.close_on,
        )
        for state in states.order_by("-effective_from")
    ]  # fmt: skip
    return tuple(
        replace(row, changed=tuple(name for name in _CHANGES if getattr(row, name) != getattr(before, name)))
        if before else row
        for row, before in zip(rows, [*rows[1:], None], strict=True)
    )  # fmt: skip


def _sources(opportunity_id: int) -> tuple[SourceRow, ...]:
    versions = OpportunityVersion.objects.filter(opportunity_id=opportunity_id).order_by("-known_at", "-pk")
    names = SourceRow.__slots__
    return tuple(SourceRow(**dict(zip(names, row, strict=True))) for row in versions.values_list(*names))
