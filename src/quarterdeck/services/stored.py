"""Stored totals as a frame: months where a whole month is meant, days where it is cut.

    asked: January and February 2025, as of 2025-02-10, rita joined the team on 2025-01-20

    rita   days    2025-01-01 to 2025-01-31       she counts for the team from the 20th
    rita   days    2025-02-01 to 2025-02-10       the running month
    sam    months  before 2025-02-01              for stocks since ever, for flows since the first day asked for
    sam    days    2025-02-01 to 2025-02-10

So a desk reads some thousand rows however many facts there are. People who count for the same holders all the time are
summed by the database, to one of them. What was known at an earlier instant is summed from the facts as they were known
then: right, and slower.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl
from django.db import DataError, OperationalError

from quarterdeck.engine.metrics.definitions import Metric, metric_named
from quarterdeck.engine.metrics.measures import MEASURES
from quarterdeck.records.models import Activity, Booking, Payment, Return
from quarterdeck.services import frames
from quarterdeck.services.bulk import among, connection, is_sqlite
from quarterdeck.services.kept import kept
from quarterdeck.services.totals import PER_PERSON, PER_SLICE, day_totals, named_bookings
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.frames import TOTALS
from quarterdeck.terms.tables import column_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from django.db.models import QuerySet

    from quarterdeck.terms.period import Period
    from quarterdeck.terms.tables import Frame

_DAY: Final = dt.timedelta(days=1)
_SLICES: Final[tuple[str, ...]] = ("product_id", "segment_id", "detail")
_SUMS: Final = ("n", "amount_minor", "n_days")
_STOCKS: Final = frozenset({"pipeline"})
"""Measures whose totals count from the first one on."""

_ASKED: Final = {
    "person_id": "bigint", "place": "bigint", "grain": "text", "measure": "text", "begins": "date", "ends": "date",
}  # fmt: skip
"""What is asked of the table: rows of one person, grain and measure in `[begins, ends)`, summed to a place."""

_MANY: Final = 100
"""People of whom months are still read anew each time."""

Stretch = tuple[bool, dt.date, dt.date]
"""Whether it is read by days, its first day, the day after its last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which totals are wanted; `since` is the first day that flows need."""

    measures: frozenset[str]
    since: dt.date
    as_of: dt.date
    people: Collection[int]
    """Whose. A mapping says to whom of them the database sums each: services.scene.Scene.alike."""
    slices: frozenset[str] = frozenset()
    """Of product_id and segment_id: those to keep apart. The rest is summed by the database."""
    details: frozenset[str] = frozenset()
    """Measures of which stages, or kinds of activity, are kept apart."""
    daily_from: dt.date | None = None
    """From here on days are needed; at the latest from the first day of the month of `as_of`."""
    edges: frozenset[dt.date] = frozenset()
    """Days on which a period begins or ends: a month with one inside is read by days."""
    moves: Mapping[int, frozenset[dt.date]] = field(default_factory=dict)
    """By person, the days on which they change team; as edges, for them alone."""
    version: int | None = None
    """The data's version, where it was read already."""


def measures_of(metrics: Iterable[str]) -> frozenset[str]:
    """The measures that metrics add up."""
    return frozenset(term.measure for metric in _with_factors(metrics) for term in metric.terms)


def details_of(metrics: Iterable[str]) -> frozenset[str]:
    """The measures of which one of the metrics takes only a part."""
    return frozenset(term.measure for metric in _with_factors(metrics) for term in metric.terms if term.detail)


def _with_factors(metrics: Iterable[str]) -> list[Metric]:
    named = [metric_named(name) for name in metrics]
    return named + [metric_named(name) for metric in named for name, _ in metric.factors]


def edges_of(periods: Sequence[Period]) -> frozenset[dt.date]:
    """The days on which periods begin and end."""
    return frozenset(day for period in periods for day in (period.starts_on, period.ends_on))


def totals(wanted: Wanted, *, known_at: dt.datetime | None = None) -> Frame:
    """TOTALS up to and with `as_of`, months before the running one summed to their first day; one query.

    Of a stock everything since its beginning is there, whatever `since` says. Raises Refusal (`overflow`).
    """
    rows = _of_facts(wanted, known_at) if known_at else _of_table(wanted)
    empty = {name: pl.col(name).replace(0, None) for name in ("person_id", "product_id", "segment_id")}
    return TOTALS.check(nw.from_native(rows.with_columns(**empty).select(column_names(TOTALS)), eager_only=True))


def _of_table(wanted: Wanted) -> pl.DataFrame:
    """What was before the running month, of many people, is read once per version of the data."""
    places: dict[tuple[str, int], int] = {}
    asked = list(_asked(wanted, places))
    slices = [name for name in _SLICES if name in wanted.slices or (name == "detail" and wanted.details)]
    if len(wanted.people) <= _MANY:
        return _summed(asked, slices, list(places))
    parts: dict[bool, list[Any]] = {False: [], True: []}
    for row in asked:
        parts[row[-1] > wanted.as_of].append(row)
    question = json.dumps([parts[False], slices, list(places)], default=str).encode()
    name = f"totals {blake2b(question).hexdigest()}"
    past = kept(name, lambda: _summed(parts[False], slices, list(places)), wanted.version)
    return pl.concat([past, _summed(parts[True], slices, list(places))])


def _summed(asked: list[Any], slices: list[str], places: list[tuple[str, int]]) -> pl.DataFrame:
    try:
        found = _read(asked, slices) if asked else []
    except (DataError, OperationalError) as error:
        if "overflow" in str(error) or "out of range" in str(error):
            raise Refusal("The figure was not computed.", "Its sum does not fit 64 bits.",
                "Look for absurd amounts among the facts.", "overflow") from error  # fmt: skip
        raise
    return _framed(found, slices, places)


def _asked(wanted: Wanted, places: dict[tuple[str, int], int]) -> Iterator[tuple[Any, ...]]:
    """What to read, a row per person, measure and stretch of time; fills in which place is whose sum of what."""
    people = wanted.people if isinstance(wanted.people, Mapping) else {pk: pk for pk in wanted.people}
    stretches: dict[tuple[bool, frozenset[dt.date]], list[Stretch]] = {}
    for measure in sorted(wanted.measures):
        is_stock = measure in _STOCKS
        month, day = PER_SLICE if wanted.slices or measure in wanted.details else PER_PERSON
        for person, whose in people.items():
            key = is_stock, wanted.moves.get(person, frozenset())
            if key not in stretches:
                stretches[key] = _stretches(wanted, dt.date.min if is_stock else _first(wanted.since), key[1])
            place = places.setdefault((measure, whose), len(places))
            for is_days, begins, ends in stretches[key]:
                yield person, place, day if is_days else month, measure, begins, ends


def _stretches(wanted: Wanted, since: dt.date, moves: frozenset[dt.date]) -> list[Stretch]:
    """The time from `since` to `as_of` as months, but by days where a month is cut and while it runs."""
    running = _first(min(wanted.daily_from or wanted.as_of, wanted.as_of))
    cut = sorted({_first(day) for day in wanted.edges | moves if day.day > 1 and since <= _first(day) < running})
    found: list[Stretch] = []
    for month in cut:
        found += [(False, since, month), (True, month, since := _next(month))]
    found += [(False, since, max(running, since)), (True, max(running, since), wanted.as_of + _DAY)]
    return [stretch for stretch in found if stretch[1] < stretch[2]]


def _read(asked: list[tuple[Any, ...]], slices: list[str]) -> list[tuple[Any, ...]]:
    """Rows of place, day, slices and sums. People come first in the key of the table, so each is one place in it."""
    if is_sqlite():
        names = ", ".join(f"json_extract(value, '$[{at}]') AS {name}" for at, name in enumerate(_ASKED))
        source = f"(SELECT {names} FROM json_each(%s)) AS asked"
        parameters: list[Any] = [json.dumps(asked, default=str)]
        join = "CROSS JOIN"  # reads the people first: it would start at the totals otherwise
    else:
        columns = ", ".join(f"%s::{kind}[]" for kind in _ASKED.values())
        source = f"unnest({columns}) AS asked ({', '.join(_ASKED)})"
        parameters = [list(column) for column in zip(*asked, strict=True)]
        join = "JOIN"
    keys = ", ".join(["place", "starts_on", *slices])
    shown = ", ".join(["place", "CAST(starts_on AS TEXT)", *slices])
    sums = ", ".join(f"CAST(SUM({name}) AS bigint)" for name in _SUMS)
    with connection().cursor() as cursor:
        cursor.execute(
            f"SELECT {shown}, {sums} FROM {source} {join} total"
            " ON total.person_id = asked.person_id AND total.grain = asked.grain AND total.measure = asked.measure"
            f" AND starts_on >= begins AND starts_on < ends GROUP BY {keys}",
            parameters,
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _framed(rows: list[tuple[Any, ...]], slices: list[str], places: list[tuple[str, int]]) -> pl.DataFrame:
    names = ["place", "starts_on", *slices, *_SUMS]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    texts = {"starts_on", "detail"}
    frame = pl.DataFrame(
        [
            pl.Series(name, column, dtype=pl.String if name in texts else pl.Int64)
            for name, column in zip(names, columns, strict=True)
        ]
    )
    measures = pl.Series([measure for measure, _ in places], dtype=pl.String)
    people = pl.Series([person for _, person in places], dtype=pl.Int64)
    blank = {"product_id": pl.lit(0, pl.Int64), "segment_id": pl.lit(0, pl.Int64), "detail": pl.lit("")}
    return frame.with_columns(
        pl.col("starts_on").str.to_date("%Y-%m-%d"),
        measure=measures.gather(frame["place"]), person_id=people.gather(frame["place"]),
        **{name: value for name, value in blank.items() if name not in slices},
    )  # fmt: skip


def _first(day: dt.date) -> dt.date:
    return day.replace(day=1)


def _next(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=32)).replace(day=1)


def _of_facts(wanted: Wanted, known_at: dt.datetime) -> pl.DataFrame:
    """The same rows, all of them days, from facts as they were known at an instant."""
    facts = _facts(wanted, known_at)
    days = day_totals(facts, [name for name in MEASURES if name in wanted.measures])
    kept = days.filter(pl.col("starts_on") <= wanted.as_of, pl.col("person_id").is_in(sorted(wanted.people)))
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


def _of_people(rows: QuerySet[Any], people: Collection[int]) -> QuerySet[Any]:
    return rows.filter(person_id__among=among(pl.Series(sorted(people), dtype=pl.Int64)))
