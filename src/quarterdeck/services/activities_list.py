"""Activities and field reports, newest first.

happened_on   kind     person   account        outcome
2025-03-04    meeting  rita     Hollis Tools   asked for an offer
2025-03-03    call     rita     Hollis Tools   reached
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q

from quarterdeck.records.models import Activity, FieldReport
from quarterdeck.services import access
from quarterdeck.services.deal_names import labels
from quarterdeck.services.deals import WorkRow, worked
from quarterdeck.services.desks.shapes import ReportRow
from quarterdeck.services.listing import Layout, Listing, Page, listed, of_people
from quarterdeck.terms.tables import Column

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from quarterdeck.services.actor import Actor

LAYOUT: Final = Layout(
    title="Activities",
    columns=(
        Column("happened_on", "day", "The day it happened."),
        Column("kind", "choice", "What it was."),
        Column("person", "text", "Who did it."),
        Column("account", "text", "With whom."),
        Column("opportunity", "text", "About which deal."),
        Column("minutes", "count", "How long it took.", unit="minutes"),
        Column("outcome", "text", "What came of it."),
        Column("subject", "text", "A few words about it."),
        Column("code", "id", "The activity's code."),
    ),
    sorts={"happened_on": ("-happened_on", "-pk"), "kind": ("kind", "-happened_on", "-pk")},
)

REPORTS: Final = Layout(
    title="Field reports",
    columns=(
        Column("reported_on", "day", "The day."),
        Column("person", "text", "Who reported."),
        Column("text", "text", "What the field answered."),
        Column("account", "text", "About whom."),
        Column("opportunity", "text", "About which deal."),
    ),
    sorts={"reported_on": ("-reported_on", "-pk")},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityFilter:
    """Which activities are wanted; what is empty does not filter. `ends_on` is the first day no longer wanted."""

    pk: int | None = None
    kind: str = ""
    person_id: int | None = None
    account_id: int | None = None
    opportunity_id: int | None = None
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    text: str = ""


def activities(
    actor: Actor, *, as_of: dt.date, where: ActivityFilter | None = None, page: Page | None = None
) -> Listing[WorkRow]:
    """Activities up to the day, of people that the actor sees; at most two queries and the tree's two."""
    where = where or ActivityFilter()
    found = Activity.current.filter(happened_on__lte=as_of)
    same = {
        name: value
        for name in ("pk", "kind", "person_id", "account_id", "opportunity_id")
        if (value := getattr(where, name))
    }
    found = _between(found.filter(**same), "happened_on", where)
    for word in where.text.split():
        found = found.filter(Q(subject__icontains=word) | Q(outcome__icontains=word))
    seen = access.people_seen(actor, as_of)
    found, parts = of_people(found.select_related("person", "account", "opportunity"), "person_id", seen)
    is_few = same.keys() - {"kind"}
    return listed(LAYOUT, found, page or Page(), lambda rows: worked(rows, as_of), parts=() if is_few else parts)


def field_reports(
    actor: Actor, *, as_of: dt.date, where: ActivityFilter | None = None, page: Page | None = None
) -> Listing[ReportRow]:
    """Field reports up to the day, of people that the actor sees."""
    where = where or ActivityFilter()
    seen = access.activities_seen(actor, FieldReport.current.filter(reported_on__lte=as_of), as_of)
    same = {name: value for name in ("person_id", "account_id", "opportunity_id") if (value := getattr(where, name))}
    found = _between(seen.filter(**same), "reported_on", where).select_related("person", "account", "opportunity")
    return listed(REPORTS, found, page or Page(), lambda rows: report_rows(rows, as_of))


def report_rows(reports: Iterable[FieldReport], as_of: dt.date) -> list[ReportRow]:
    """Field reports that come with their names; one query when a deal has none."""
    found = list(reports)
    called = labels((report.opportunity for report in found if report.opportunity), as_of)
    return [
        ReportRow(
            report_id=report.pk, person=report.person.name, reported_on=report.reported_on, text=report.text,
            account=report.account.name if report.account else "",
            opportunity=called.get(report.opportunity_id or 0, ""),
            person_id=report.person_id, account_id=report.account_id, opportunity_id=report.opportunity_id,
        )
        for report in found
    ]  # fmt: skip


def _between(rows: QuerySet[Any], field: str, where: ActivityFilter) -> QuerySet[Any]:
    if where.starts_on:
        rows = rows.filter(**{f"{field}__gte": where.starts_on})
    if where.ends_on:
        rows = rows.filter(**{f"{field}__lt": where.ends_on})
    return rows
