"""The facts behind a figure: the rows that were summed, each with a link, cut into pages.

    won_amount of person:7 in January   ->   2018-01-09  deal d-1     Hollis Tools   20,000.00
                                             2018-01-22  deal d-7     Bent & Sons    12,000.00

A team's rows are those of the people who were in it on each fact's day (tree "then") or who are in it on the as-of day
("now"): the same rule by which the figure was summed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Final

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from quarterdeck.engine.metrics.definitions import metric_named
from quarterdeck.records.models import Activity, Booking, Opportunity, OpportunityState, Payment, Return
from quarterdeck.services import access, frames
from quarterdeck.services.deal_names import deal_label
from quarterdeck.services.listing import APART, Layout, Listing, Page, listed
from quarterdeck.services.scene import Scene, holder_of
from quarterdeck.terms.tables import Column

if TYPE_CHECKING:
    from quarterdeck.terms.period import Period

LAYOUT: Final = Layout(
    title="Facts behind the figure",
    columns=(
        Column("day", "day", "The day it counts."),
        Column("noun", "text", "What kind of fact."),
        Column("code", "id", "The code in its source."),
        Column("name", "text", "What it is called."),
        Column("what", "text", "Stage, kind or reason."),
        Column("person", "text", "Whose it is."),
        Column("account", "text", "With whom."),
        Column("product", "text", "Which product."),
        Column("amount_minor", "money", "What it is worth."),
    ),
    sorts={"day": ("-day", "-pk")},
    full=frozenset({"day"}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact behind a figure. `noun` and `noun_id` name its page; activities and bookings have none of their own."""

    day: dt.date | None
    noun: str
    noun_id: int
    code: str
    name: str
    what: str
    person: str
    account: str
    product: str
    amount_minor: int | None

    @property
    def beside(self) -> str:
        """A deal's code, unless that is all it is called by: two deals may be called alike."""
        return self.code if self.noun == "deal" and self.code != self.name else ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rows of some measures are: a queryset with a `day`, and whose they are."""

    rows: QuerySet[Any]
    person: str
    product: str = "product_id"
    segment: str = "segment_id"


def facts(  # noqa: PLR0913, PLR0917  the question of the figure
    scene: Scene, metric: str, holder: str, period: Period, tree: str, where: tuple[str, str], page: Page
) -> Listing[Fact] | None:
    """Facts behind a metric's figure; those of its first measure, which the others refer to. None where none are kept.

    Rows of people whom the actor does not see stay hidden, also where the actor sees the team's total.
    """
    definition = metric_named(metric)
    if not definition.terms:
        return None
    measures = {term.measure for term in definition.terms}
    details = {term.detail for term in definition.terms if term.detail}
    source = _source(scene, measures, period, definition.kind == "stock")
    if source is None:
        return None
    rows = source.rows
    if details and "activity" in measures:
        rows = rows.filter(kind__in=details)
    rows, parts = _whose(_sliced(rows, source, where), scene, holder, tree, source.person)
    return listed(LAYOUT, rows, page, _rows, parts=parts or [rows])


def _source(scene: Scene, measures: set[str], period: Period, is_stock: bool) -> Source | None:  # noqa: FBT001
    """The rows of the first measure that has any."""
    first, last = period.starts_on, min(period.last_day, scene.as_of)
    if is_stock:
        on_day = OpportunityState.objects.filter(access.stood_on(last), stage_kind="open", effective_from__isnull=False)
        return _deals(on_day)
    if kinds := {
        "opportunity_won": "won",
        "opportunity_cycle": "won",
        "opportunity_lost": "lost",
        "account_new": "won",
    }:
        wanted = sorted({kinds[name] for name in measures if name in kinds})
        if wanted:
            of_kinds = OpportunityState.objects.alias(kind=Coalesce("stage_kind", Value(""))).filter(kind__in=wanted)
            return _deals(_begun(of_kinds, first, last))  # not by the index of kinds: those of a day are few
    if "opportunity_opened" in measures:
        opened = OpportunityState.objects.filter(opened_on=F("effective_from"))
        return _deals(_begun(opened, first, last))
    if measures & {"stage_entered", "stage_left", "stage_passed"}:
        left = OpportunityState.objects.filter(stage_kind="open", effective_to__gte=first, effective_to__lte=last)
        return _deals(left.annotate(day=F("effective_to")))
    return _of_facts(scene, measures, first, last)


def _begun(states: QuerySet[Any], first: dt.date, last: dt.date) -> QuerySet[Any]:
    return states.filter(effective_from__gte=first, effective_from__lte=last)


def _deals(states: QuerySet[Any]) -> Source:
    if "day" not in states.query.annotations:
        states = states.annotate(day=F("effective_from"))
    gone = Opportunity.objects.filter(withdrawn_at__isnull=False)
    names = states.exclude(opportunity__in=gone).select_related("opportunity", "person", "account", "product")
    return Source(names, "person_id")


def _of_facts(scene: Scene, measures: set[str], first: dt.date, last: dt.date) -> Source | None:
    if measures & {"activity", "activity_minutes"}:
        done = frames.known(Activity, scene.known_at).filter(happened_on__gte=first, happened_on__lte=last)
        return Source(
            done.annotate(day=F("happened_on")).select_related("person", "account", "opportunity"), "person_id"
        )
    if "booking" in measures:
        booked = frames.known(Booking, scene.known_at).filter(booked_on__gte=first, booked_on__lte=last)
        names = booked.annotate(day=F("booked_on")).select_related("credited", "account", "product")
        return Source(names, "credited_id", segment="account__segment_id")
    for name, model, day in (("payment", Payment, "paid_on"), ("return", Return, "returned_on")):
        if name in measures:
            rows = frames.known(model, scene.known_at).filter(**{f"{day}__gte": first, f"{day}__lte": last})
            booking = Booking.current.filter(
                source_system=OuterRef("source_system"), source_id=OuterRef("booking_source_id")
            )
            columns = {"holder_id": "credited_id", "bought_id": "product_id", "part_id": "account__segment_id",
                "who": "credited__name", "whom": "account__name"}  # fmt: skip
            found = {alias: Subquery(booking.values(column)[:1]) for alias, column in columns.items()}
            return Source(rows.annotate(day=F(day), **found), "holder_id", "bought_id", "part_id")
    return None


def _sliced(rows: QuerySet[Any], source: Source, where: tuple[str, str]) -> QuerySet[Any]:
    slice_by, value = where
    fields = {"product_id": source.product, "segment_id": source.segment, "person_id": source.person}
    if not slice_by:
        return rows
    if slice_by == "detail":
        return rows.filter(**{"kind" if rows.model is Activity else "stage": value})
    return rows.filter(**({f"{fields[slice_by]}": int(value)} if value else {f"{fields[slice_by]}__isnull": True}))


def _whose(
    rows: QuerySet[Any], scene: Scene, holder: str, tree: str, person: str
) -> tuple[QuerySet[Any], list[QuerySet[Any]]]:
    """Rows of the holder's people whom the actor sees, whole and in parts; of who came or went, those of their days."""
    kind, number = holder_of(holder)
    seen = access.people_seen(scene.actor, scene.as_of)
    if kind != "team":
        own = rows.filter(**{person: number})
        return (own if seen is None or number in seen else own.none()), []
    always = [(dt.date.min, dt.date.max)]
    spans = [(pk, *always[0]) for pk in scene.people_now(number)] if tree == "now" else scene.spans_of(number)
    spans = [span for span in spans if seen is None or span[0] in seen]
    if len(spans) <= APART:
        conditions = [_days_of(person, span) for span in spans]
        return rows.filter(_any_of(conditions)), [rows.filter(condition) for condition in conditions]
    walked = rows.alias(whose_id=Coalesce(person, Value(0)))  # as listing.of_people does
    staying = Q(whose_id__in=[pk for pk, *days in spans if tuple(days) == always[0]])
    moving = [_days_of("whose_id", span) for span in spans if span[1:] != always[0]]
    return walked.filter(_any_of([staying, *moving])), []


def _days_of(person: str, span: tuple[int, dt.date, dt.date]) -> Q:
    member, begins, ends = span
    days: dict[str, Any] = {"day__gte": begins} if begins > dt.date.min else {}
    return Q(**{person: member}, **days, **({"day__lt": ends} if ends < dt.date.max else {}))


def _any_of(conditions: list[Q]) -> Q:
    return reduce(or_, conditions, Q(pk__in=[]))


def _rows(found: Sequence[Any]) -> list[Fact]:
    return [_fact(row) for row in found]


def _fact(row: Any) -> Fact:  # noqa: ANN401  a row of one of five models
    if isinstance(row, OpportunityState):
        return Fact(
            day=row.day, noun="deal", noun_id=row.opportunity_id, code=row.opportunity.code,  # type: ignore[attr-defined]  # annotated
            name=deal_label(row.opportunity.name, row.opportunity.code, _name(row.account), _name(row.product)),
            what=row.stage, person=_name(row.person), account=_name(row.account), product=_name(row.product),
            amount_minor=row.amount_minor,
        )  # fmt: skip
    if isinstance(row, Activity):
        return Fact(
            day=row.happened_on, noun="activity", noun_id=row.pk, code=row.source_id, name=row.subject or row.kind,
            what=row.kind, person=_name(row.person), account=_name(row.account), product="", amount_minor=None,
        )  # fmt: skip
    if isinstance(row, Booking):
        return Fact(
            day=row.booked_on, noun="booking", noun_id=row.pk, code=row.source_id, name=row.source_id,
            what=f"{row.kind}, credited by {row.credited_by or 'nobody'}", person=_name(row.credited),
            account=_name(row.account), product=_name(row.product), amount_minor=row.amount_minor,
        )  # fmt: skip
    noun = "payment" if isinstance(row, Payment) else "return"
    return Fact(
        day=row.day, noun=noun, noun_id=row.pk, code=row.source_id, name=row.booking_source_id,
        what=getattr(row, "reason", ""), person=row.who or "", account=row.whom or "", product="",
        amount_minor=row.amount_minor,
    )  # fmt: skip


def _name(noun: Any) -> str:  # noqa: ANN401  any noun
    return noun.name if noun else ""
