"""Metrics: what there is, and what they are for holders and periods, as of a day, by what was known at an instant."""

import datetime as dt
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router

from quarterdeck.faces.api.answers import Answer
from quarterdeck.faces.api.asked import AsOf, Day
from quarterdeck.faces.api.auth import reads
from quarterdeck.services import metrics as services
from quarterdeck.services.calendar import fiscal_calendar
from quarterdeck.services.metric_pages import definitions, metric_named
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.period import Period

router = Router(tags=["Metrics"])

MAX_PERIODS = 120
_WHAT = "The metrics were not computed."


class Definition(Answer):
    """A metric: what it is and how it is made."""

    name: str = Field(description="Its name, as it is asked for.", examples=["win_rate"])
    title: str = Field(description="What pages call it.", examples=["Win rate"])
    unit: str = Field(description="money (whole minor units), count, ratio (0.25 is a quarter) or days.")
    kind: str = Field(description="flow (adds up over time), stock (stands at a period's end), ratio, or derived.")
    direction: str = Field(description="Whether up or down is better.")
    about: str = Field(description="What it says.")
    formula: str = Field(description="How it is made of measures.")
    slices: list[str] = Field(description="What it can be sliced by.")
    method: str = Field(description="Its page in docs/methods.")


class Definitions(Answer):
    """Every metric."""

    items: list[Definition] = Field(description="In the order in which pages list them.")


class Value(Answer):
    """What a metric is for a holder in a period; a ratio comes with what it was divided from."""

    metric: str = Field(description="Which metric.", examples=["won_amount"])
    unit: str = Field(description="money (whole minor units), count, ratio or days.", examples=["money"])
    holder: str = Field(description="person:7 or team:3.", examples=["team:3"])
    name: str = Field(description="The holder's name.", examples=["East"])
    starts_on: dt.date = Field(description="First day of the period.")
    ends_on: dt.date = Field(description="First day after it.")
    slice: str = Field(description="The slice's key; empty for all, or for none known.")
    slice_name: str = Field(description="What the slice is called; empty without slices.")
    value: float | None = Field(
        description="In the metric's unit. Null when it is not defined, as with nothing to divide by."
    )
    numerator: float | None = Field(description="What was divided, or the sum itself. Null where nothing was.")
    denominator: float | None = Field(description="What it was divided by. Null for plain sums.")


class Values(Answer):
    """Values as of a day."""

    as_of: dt.date = Field(description="The day from which was looked.")
    known_at: dt.datetime | None = Field(description="By what was known then. Null: by what is known now.")
    tree: str = Field(description="Team figures by who was in the team on each fact's day (then), or on the day (now).")
    items: list[Value] = Field(description="One row per metric, holder, period and slice.")


class Wanted(AsOf):
    """Which values."""

    metric: list[str] = Field(min_length=1, max_length=20, description="Names of metrics; give it several times.",
                              examples=[["won_amount", "win_rate"]])  # fmt: skip
    holder: list[str] = Field(
        [], max_length=1000, description="person:7 or team:3; none means every team and person whom you see."
    )
    starts_on: Day = Field(description="First day.", examples=["2025-01-01"])
    ends_on: Day = Field(description="First day after the last.", examples=["2025-07-01"])
    period: Literal["", "month", "quarter", "year"] = Field(
        "", description="Fiscal periods that these days touch; empty: the days themselves as one period."
    )
    slice_by: Literal["", "product_id", "segment_id", "person_id", "detail"] = Field(
        "", description="One row per product, segment, person, or detail (stage, kind of activity)."
    )
    tree: Literal["then", "now"] = Field(
        "then", description="Whose facts are a team's: of people in it on the fact's day, or on the as-of day."
    )
    known_at: dt.datetime | None = Field(
        None, description="Show it by what was known at this instant (with its zone); empty: by what is known now."
    )
    of: str = Field(
        "", max_length=40,
        description="The metric meant by attainment, pace, growth and their kind; empty is the company's own.",
    )  # fmt: skip


@router.get("/metrics", response=Definitions, summary="Definitions of metrics")
def list_metrics(request: HttpRequest) -> dict[str, Any]:
    """Every metric with its unit, formula and slices."""
    reads(request)
    return {"items": definitions()}


@router.get("/metrics/values", response=Values, summary="Values of metrics")
def get_values(request: HttpRequest, wanted: Query[Wanted]) -> dict[str, Any]:
    """Metrics of holders in periods, as of a day.

    Ratios are built from sums and never averaged. Targets, attainment, pace and their kind are asked for with `of`.
    """
    actor = reads(request)
    as_of = wanted.day(actor)
    if wanted.known_at and wanted.known_at.tzinfo is None:
        raise Refusal(_WHAT, "known_at has no zone.", "Write it as 2025-06-30T09:00:00Z.", "invalid")
    for name in (*wanted.metric, *([wanted.of] if wanted.of else [])):
        if name not in services.COMPARING:
            metric_named(name)
    rows = services.metrics(
        actor, wanted.metric, as_of=as_of, periods=_periods(wanted), holders=wanted.holder or None,
        known_at=wanted.known_at, slice_by=wanted.slice_by or None, tree=wanted.tree, of=wanted.of,
    )  # fmt: skip
    units = {name: services.unit_of(name, wanted.of) for name in wanted.metric}
    items = [row | {"unit": units[row["metric"]]} for row in rows.iter_rows(named=True)]
    return {"as_of": as_of, "known_at": wanted.known_at, "tree": wanted.tree, "items": items}


def _periods(wanted: Wanted) -> list[Period]:
    if wanted.ends_on <= wanted.starts_on:
        raise Refusal(
            _WHAT, "The days end before they start.", "Give the first day after the last as ends_on.", "invalid"
        )
    if not wanted.period:
        return [Period(wanted.starts_on, wanted.ends_on)]
    calendar, found, day = fiscal_calendar(), list[Period](), wanted.starts_on
    while day < wanted.ends_on:
        found.append(calendar.period_of(day, wanted.period))
        day = found[-1].ends_on
        if len(found) > MAX_PERIODS:
            raise Refusal(_WHAT, f"That is more than {MAX_PERIODS} periods.", "Ask for fewer days at once.", "too_many")
    return found
