"""Stored totals as a frame: months where a whole month is meant, days where it is cut.

    asked: January and February 2025, as of 2025-02-10, rita joined the team on 2025-01-20

    Total (month)  2024-12-01 and before          months, for stocks and last year
    Total (day)    2025-01-01 to 2025-01-31       rita's January only: she counts for the team from the 20th
    Total (day)    2025-02-01 to 2025-02-10       the running month

So a desk reads some thousand rows however many facts there are. What was known at an earlier instant is summed from the
facts as they were known then: right, and slower.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl
from django.db.models import F, Q, Sum, Value

from quarterdeck.engine.metrics.definitions import Metric, metric_named
from quarterdeck.engine.metrics.measures import MEASURES
from quarterdeck.records.models import Activity, Booking, Payment, Return, Total
from quarterdeck.services import frames
from quarterdeck.services.bulk import among
from quarterdeck.services.totals import day_totals, named_bookings
from quarterdeck.terms.frames import TOTALS
from quarterdeck.terms.tables import column_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from quarterdeck.terms.period import Period
    from quarterdeck.terms.tables import Frame

_DAY: Final = dt.timedelta(days=1)
_SLICES: Final = ("product_id", "segment_id", "detail")
_SUMS: Final = ("n", "amount_minor", "n_days")
_STOCKS: Final = frozenset({"pipeline"})
"""Measures whose totals count from the first one on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which totals are wanted. `people` None means everybody; `since` is the first day that flows need."""

    measures: frozenset[str]
    since: dt.date
    as_of: dt.date
    people: frozenset[int] | None = None
    merged: frozenset[int] = frozenset()
    """Of the people, those who count for the same holders all the time: the database sums them to the first of them."""
    slices: frozenset[str] = frozenset()
    """Of product_id, segment_id and detail: those to keep apart. The rest is summed by the database."""
    daily_from: dt.date | None = None
    """From here on days are needed; at the latest from the first day of the month of `as_of`."""
    edges: frozenset[dt.date] = frozenset()
    """Days on which a period begins or ends: a month with one inside is read by days."""
    moves: frozenset[dt.date] = field(default=frozenset())
    """Days on which one of the people changes team; as edges."""


def measures_of(metrics: Iterable[str]) -> frozenset[str]:
    """The measures that metrics add up."""
    return frozenset(term.measure for metric in _with_factors(metrics) for term in metric.terms)


def needs_detail(metrics: Iterable[str]) -> bool:
    """Whether one of the metrics takes only a part of a measure."""
    return any(term.detail for metric in _with_factors(metrics) for term in metric.terms)


def _with_factors(metrics: Iterable[str]) -> list[Metric]:
    named = [metric_named(name) for name in metrics]
    return named + [metric_named(name) for metric in named for name, _ in metric.factors]


def edges_of(periods: Sequence[Period]) -> frozenset[dt.date]:
    """The days on which periods begin and end."""
    return frozenset(day for period in periods for day in (period.starts_on, period.ends_on))


def totals(wanted: Wanted, *, known_at: dt.datetime | None = None) -> Frame:
    """TOTALS up to and with `as_of`, months before the running one summed to their first day; one query.

    Of a stock everything since its beginning is there, whatever `since` says.
    """
    rows = _of_facts(wanted, known_at) if known_at else _of_table(wanted)
    empty = {name: pl.col(name).replace(0, None) for name in ("person_id", "product_id", "segment_id")}
    return TOTALS.check(nw.from_native(rows.with_columns(**empty).select(column_names(TOTALS)), eager_only=True))


def _of_table(wanted: Wanted) -> pl.DataFrame:
    keys = ("measure", "starts_on", "person_id", *sorted(wanted.slices))
    rows = Total.objects.filter(measure__in=sorted(wanted.measures))
    parts = []
    if wanted.people is None or wanted.people - wanted.merged:
        apart = None if wanted.people is None else wanted.people - wanted.merged
        parts += _summed(_of_people(rows, apart), wanted, keys, F("person_id"))
    if wanted.merged:
        parts += _summed(_of_people(rows, wanted.merged), wanted, keys, Value(min(wanted.merged)))
    found = list(parts[0].union(*parts[1:], all=True)) if parts else []
    return _framed(found, keys)


def _summed(rows: QuerySet[Total], wanted: Wanted, keys: tuple[str, ...], whose: Any) -> list[QuerySet[Any, Any]]:  # noqa: ANN401
    """One query for the months and one for the days, credited to whom `whose` says."""
    sums = {f"sum_{name}": Sum(name) for name in _SUMS}
    names = ["whose" if name == "person_id" else name for name in keys]
    credited = [part.order_by().annotate(whose=whose) for part in (_months(rows, wanted), _days(rows, wanted))]
    return [part.values(*names).annotate(**sums).values_list(*names, *sums) for part in credited]


def _framed(rows: list[Any], keys: tuple[str, ...]) -> pl.DataFrame:
    types = {"measure": pl.String, "starts_on": pl.Date, "detail": pl.String}
    schema = {name: types.get(name, pl.Int64) for name in (*keys, *_SUMS)}
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    frame = pl.DataFrame(
        [pl.Series(name, column, dtype=kind) for (name, kind), column in zip(schema.items(), columns, strict=True)]
    )
    blank = {"product_id": pl.lit(0, pl.Int64), "segment_id": pl.lit(0, pl.Int64), "detail": pl.lit("")}
    return frame.with_columns(**{name: value for name, value in blank.items() if name not in keys})


def _first(day: dt.date) -> dt.date:
    return day.replace(day=1)


def _next(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=32)).replace(day=1)


def _running(wanted: Wanted) -> dt.date:
    """The first month that is read by days only."""
    return _first(min(wanted.daily_from or wanted.as_of, wanted.as_of))


def _cut(wanted: Wanted) -> list[dt.date]:
    """First days of earlier months in which something begins or ends."""
    days = wanted.edges | wanted.moves
    return sorted({_first(day) for day in days if day.day > 1 and day < _running(wanted)})


def _months(rows: QuerySet[Total], wanted: Wanted) -> QuerySet[Total]:
    whole = rows.filter(_reaches(wanted), grain="m", starts_on__lt=_running(wanted))
    cut = _cut(wanted)
    return whole.exclude(starts_on__in=cut) if cut else whole


def _days(rows: QuerySet[Total], wanted: Wanted) -> QuerySet[Total]:
    cut = _cut(wanted)
    spans = [(month, _next(month)) for month in cut]
    spans.append((_running(wanted), wanted.as_of + _DAY))
    joined: list[tuple[dt.date, dt.date]] = []
    for begin, end in spans:
        if joined and joined[-1][1] == begin:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    inside = Q()
    for begin, end in joined:
        inside |= Q(starts_on__gte=begin, starts_on__lt=end)
    return rows.filter(_reaches(wanted), inside, grain="d")


def _reaches(wanted: Wanted) -> Q:
    """Flows since the day, stocks since ever."""
    since = Q(starts_on__gte=_first(wanted.since))
    stocks = wanted.measures & _STOCKS
    return since | Q(measure__in=sorted(stocks)) if stocks else since


def _of_facts(wanted: Wanted, known_at: dt.datetime) -> pl.DataFrame:
    """The same rows, all of them days, from facts as they were known at an instant."""
    facts = _facts(wanted, known_at)
    days = day_totals(facts, [name for name in MEASURES if name in wanted.measures])
    kept = days.filter(pl.col("starts_on") <= wanted.as_of)
    if wanted.people is not None:
        kept = kept.filter(pl.col("person_id").is_in(sorted(wanted.people)))
    return kept.filter((pl.col("starts_on") >= _first(wanted.since)) | pl.col("measure").is_in(sorted(_STOCKS)))


def _facts(wanted: Wanted, known_at: dt.datetime) -> dict[str, Frame]:
    sources = {MEASURES[name].source for name in wanted.measures}
    facts: dict[str, Frame] = {}
    if sources & {"opportunity_moves", "customer_moves"}:
        facts["opportunity_states"] = frames.opportunity_states(known_at=known_at)
    if sources & {"bookings", "customer_moves", "payments", "returns"}:
        booked = frames.booking_rows(frames.known(Booking, known_at))
        facts["bookings"] = named_bookings(booked)
        facts["payments"] = frames.following("payments", frames.known(Payment, known_at), booked)
        facts["returns"] = frames.following("returns", frames.known(Return, known_at), booked)
    if "activities" in sources:
        done = frames.known(Activity, known_at).filter(
            happened_on__gte=_first(wanted.since), happened_on__lte=wanted.as_of
        )
        facts["activities"] = frames.activities(_of_people(done, wanted.people))
    return facts


def _of_people(rows: QuerySet[Any], people: Collection[int] | None) -> QuerySet[Any]:
    return rows if people is None else rows.filter(person_id__among=among(pl.Series(sorted(people), dtype=pl.Int64)))
