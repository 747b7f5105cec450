"""Keeps `records.Total` a function of the current facts: by what each write changed, or all anew.

    facts before   t-1 call rita 3 March                 stored   activity 3 March rita call   1
    facts after    t-1 call rita 3 March, t-2 likewise   delta    activity 3 March rita call  +1  (and for March)

A write hands in the totals of what it touched, before and after; their difference is added to what is stored, so that a
late or corrected fact costs what it touches and not what there is. Sums are whole numbers, hence the order of writes
does not matter; what comes to nothing is deleted. `totals_differences` recomputes and compares: `doctor` runs it.
Source of the method: incremental view maintenance of aggregates (Gupta and Mumick, 1995).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import narwhals as nw
import polars as pl

from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.engine.metrics.measures import MEASURES, month_totals, person_totals, totals
from quarterdeck.records.models import Activity, Booking, Payment, Return, Total
from quarterdeck.services import frames
from quarterdeck.services.bulk import connection, frames_read, rows_framed, rows_inserted, rows_merged
from quarterdeck.services.journal import journaled
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.frames import FRAMES
from quarterdeck.terms.tables import column_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from quarterdeck.services.actor import Actor
    from quarterdeck.terms.tables import Frame, LazyFrame

    Progress = Callable[[int, int, str], None]

STORED: Final = tuple(
    name for name in MEASURES if any(term.measure == name for metric in METRICS.values() for term in metric.terms)
)
"""Measures that some metric reads; a row of totals nobody reads would cost a third of an import."""
OF_TOUCHED: Final = tuple(name for name in STORED if MEASURES[name].scope != "account")
"""Measures that the touched facts and deals decide alone."""
OF_ACCOUNTS: Final = tuple(name for name in STORED if MEASURES[name].scope == "account")
"""Measures for which everything about the touched accounts must be read."""

PER_SLICE: Final = ("m", "d")
"""Grains of rows by person, product, segment and detail: calendar months, days."""
PER_PERSON: Final = ("pm", "pd")
"""The same of a person as a whole. Product and segment split months until they are as many as the facts."""

_KEY: Final = list(FRAMES["totals"].key)
_SUMS: Final = ["n", "amount_minor", "n_days"]
_IDS: Final = ["person_id", "product_id", "segment_id"]
_COLUMNS: Final = ["grain", *_KEY, *_SUMS]
_AT_ONCE: Final = 25
"""People whose totals are compared at once."""
STORED_KEY: Final = [field.attname for field in Total._meta.pk_fields]
"""A row's key, in the order in which the table lies."""


def day_totals(facts: Mapping[str, Frame], measures: Iterable[str]) -> pl.DataFrame:
    """TOTALS of days of these facts, ids 0 where nobody or nothing is named. Refuses sums that do not fit 64 bits."""
    there = {name: frame.lazy() for name, frame in facts.items() if len(frame)}
    wanted = [name for name in measures if _is_fed(name, there)]
    if not wanted:
        return no_totals()
    summed: pl.DataFrame = nw.to_native(totals(there, wanted).collect(backend="polars"))
    return _whole(summed)


def _is_fed(measure: str, facts: Mapping[str, object]) -> bool:
    source = MEASURES[measure].source
    needs = {"opportunity_moves": ("opportunity_states",), "customer_moves": ("opportunity_states", "bookings")}
    return any(name in facts for name in needs.get(source, (source,)))


def no_totals() -> pl.DataFrame:
    """TOTALS without a row."""
    dtypes = dict.fromkeys((*_IDS, *_SUMS), pl.Int64) | {"starts_on": pl.Date}
    return pl.DataFrame(schema={name: dtypes.get(name, pl.String) for name in (*_KEY, *_SUMS)})


def _whole(rows: pl.DataFrame) -> pl.DataFrame:
    if rows.select(pl.any_horizontal(pl.col(_SUMS).is_null().any())).item():
        raise Refusal("The facts were not written.", "Their sum does not fit 64 bits.",
            "Look for absurd amounts among them.", "overflow")  # fmt: skip
    return rows.select(
        pl.col(name).cast(pl.Int64).fill_null(0) if name in _IDS else pl.col(name)
        for name in column_names(FRAMES["totals"])
    ).select(*_KEY, *_SUMS)


def difference(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """What must be added to `before` to get `after`: one row per key that differs."""
    return summed([after, before.with_columns(-pl.col(name) for name in _SUMS)])


def summed(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The parts added up per key, without rows that come to nothing."""
    rows = pl.concat([no_totals(), *parts]).group_by(_KEY).agg(pl.col(_SUMS).sum())
    return rows.filter(pl.any_horizontal(pl.col(_SUMS) != 0))


def all_grains(days: pl.DataFrame) -> pl.DataFrame:
    """Rows of the stored table: days, calendar months, and both of each person as a whole, in the table's order."""
    people = _coarser(days, person_totals)
    parts = {"d": days, "m": _coarser(days, month_totals), "pd": people, "pm": _coarser(people, month_totals)}
    rows = [rows.with_columns(grain=pl.lit(grain)).select(_COLUMNS) for grain, rows in parts.items()]
    return pl.concat(rows).sort(STORED_KEY)


def _coarser(rows: pl.DataFrame, sums: Callable[[LazyFrame], LazyFrame]) -> pl.DataFrame:
    return _whole(nw.to_native(sums(nw.from_native(rows.lazy())).collect()))


def totals_changed(delta: pl.DataFrame) -> None:
    """Add a difference of day totals to the stored rows, in the caller's transaction."""
    if not delta.height:
        return
    sums = ", ".join(f"{name} = total.{name} + excluded.{name}" for name in _SUMS)
    rows_merged("total", all_grains(delta), f"ON CONFLICT ({', '.join(STORED_KEY)}) DO UPDATE SET {sums}")
    with connection().cursor() as cursor:  # literals, not parameters: the partial index on nothing is found by them
        cursor.execute("DELETE FROM total WHERE n = 0 AND amount_minor = 0 AND n_days = 0")


def totals_from_facts(progress: Progress | None = None) -> pl.DataFrame:
    """The day totals that the current facts come to, read anew; activities in parts, so that memory stays small."""
    booked = frames.booking_rows(frames.known(Booking))
    facts = {
        "opportunity_states": frames.opportunity_states(),
        "bookings": named_bookings(booked),
        "payments": frames.following("payments", frames.known(Payment), booked),
        "returns": frames.following("returns", frames.known(Return), booked),
    }
    parts = [day_totals(facts, STORED)]
    columns = {name: name for name in column_names(FRAMES["activities"])} | {"activity_id": "id"}
    n_done, n_rows = 0, Activity.current.count() if progress else 0
    for rows in frames_read(Activity.current.all(), *columns.values()):
        part = nw.from_native(rows.rename({"id": "activity_id"}), eager_only=True)
        parts.append(day_totals({"activities": part}, OF_TOUCHED))
        n_done += rows.height
        if progress:
            progress(n_done, n_rows, "summing activities")
    return summed(parts)


def named_bookings(booked: pl.DataFrame) -> Frame:
    """BOOKINGS known by their source: an undone correction brings a row back under another id, but of the same name."""
    name = pl.concat_str("source_system", pl.lit(":"), "source_id")
    return frames.framed(FRAMES["bookings"], booked.with_columns(booking_id=name))


def totals_rebuilt(actor: Actor, progress: Progress | None = None) -> int:
    """Compute all totals anew and replace what is stored; returns the number of rows."""
    with journaled(actor, "totals_rebuilt", "total") as entry:
        rows = all_grains(totals_from_facts(progress))
        Total.objects.all().delete()
        rows_inserted(Total, rows)
        entry.about("", f"Totals computed anew from all facts: {rows.height:,} rows")
    return rows.height


def totals_differences() -> pl.DataFrame:
    """Stored totals that are not what the facts come to: grain, key, and by how much the stored row is too high.

    No rows means that all is well. Some people at a time, as the table lies, so that memory stays small.
    """
    days = totals_from_facts()
    firsts = days["person_id"].unique().sort().to_list()[::_AT_ONCE] or [0]
    edges = [None, *firsts[1:], None]
    return pl.concat([_differences(days, begin, end) for begin, end in pairwise(edges)]).sort("grain", *_KEY)


def _differences(days: pl.DataFrame, begin: int | None, end: int | None) -> pl.DataFrame:
    """Those of people from `begin` to before `end`; None is open."""
    stored, right = Total.objects.all(), days
    if begin is not None:
        stored, right = stored.filter(person_id__gte=begin), right.filter(pl.col("person_id") >= begin)
    if end is not None:
        stored, right = stored.filter(person_id__lt=end), right.filter(pl.col("person_id") < end)
    negative = all_grains(right).with_columns(-pl.col(name) for name in _SUMS)
    rows = pl.concat([rows_framed(stored, *_COLUMNS).select(_COLUMNS), negative])
    summed_up = rows.group_by(["grain", *_KEY]).agg(pl.col(_SUMS).sum())
    return summed_up.filter(pl.any_horizontal(pl.col(_SUMS) != 0))
