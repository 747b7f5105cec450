"""What each payee reached in each period, to date in its window, and the target it is held against.

    sales  rita  January  9,000   February  4,000      window year   ->   to date 9,000 and 13,000
    quota  rita  120,000.00 a year                     target        ->   120,000 in both, or 10,000 and 20,000 to date

Sums come from the engine that holds the rows, as whole numbers; the rest is arrays over cells (person x period).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np

from quarterdeck.engine.pay.definitions import ACTIVE_SHARE
from quarterdeck.engine.pay.exact import Array, Exact
from quarterdeck.engine.pay.facts import collected
from quarterdeck.engine.pay.language import names
from quarterdeck.engine.pay.values import evaluated
from quarterdeck.terms.pay import MEASURES

if TYPE_CHECKING:
    from quarterdeck.engine.pay.credits import Crediting
    from quarterdeck.engine.pay.definitions import Measure
    from quarterdeck.engine.pay.grid import Grid
    from quarterdeck.terms.tables import Frame, LazyFrame


@dataclass
class Reached:
    """Measures over all cells, as they become known: the scope in which expressions on periods are evaluated."""

    cells: Grid
    values: Mapping[str, Exact]
    in_period: dict[str, Array] = field(default_factory=dict)
    to_date: dict[str, Exact] = field(default_factory=dict)
    targets: dict[str, Exact] = field(default_factory=dict)

    def value(self, name: str) -> Exact:
        """A measure to date, or a value, by cell."""
        return self.to_date[name] if name in self.to_date else self.values[name]

    def target(self, name: str) -> Exact:
        """A measure's target by cell; unknown where it is zero or less, since nothing can be held against that."""
        found = self.targets[name]
        return Exact(found.num, found.den, found.known & np.asarray(found.num > 0, dtype=np.bool_))


def reached(crediting: Crediting, values: Mapping[str, Exact]) -> Reached:
    """Every measure of the plan, in the plan's order, in which each comes after those it is made of."""
    cells = crediting.cells
    share = Exact.of(cells.active_days.ravel(), np.tile(cells.n_days, len(cells.payees)))
    found = Reached(cells, {**values, ACTIVE_SHARE: share})
    for name, measure in cells.plan.measures.items():
        if measure.score is not None:
            found.to_date[name] = evaluated(measure.score, found)
            continue
        found.in_period[name] = sums(crediting, measure)
        found.to_date[name] = Exact.of(to_date(found.in_period[name], measure, cells).ravel())
        if measure.target is not None:
            found.targets[name] = measure_target(measure, found)
    return found


def days_of(cells: Grid, years_later: int = 0) -> Frame:
    """happened_on and period_at: every day with the pay period in which it counts, that many fiscal years later."""
    days: list[int] = []
    periods: list[int] = []
    for at, period in enumerate(cells.periods):
        begins, ends = period.starts_on, period.ends_on
        if years_later:
            calendar = cells.plan.calendar
            number = calendar.year_of(begins)
            of_year = calendar.periods(
                calendar.year(number).starts_on, calendar.year(number).ends_on, cells.plan.period
            )
            before = calendar.year(number - years_later)
            same = calendar.periods(before.starts_on, before.ends_on, cells.plan.period)[of_year.index(period)]
            begins, ends = same.starts_on, same.ends_on
        found = range(begins.toordinal(), ends.toordinal())
        days += found
        periods += [at] * len(found)
    epoch = np.datetime64("0001-01-01").astype("datetime64[D]")
    dates = epoch + (np.array(days, dtype=np.int64) - 1).astype("timedelta64[D]")
    frame = nw.from_dict({"happened_on": dates, "period_at": np.array(periods, dtype=np.int64)}, backend="polars")
    return frame.with_columns(nw.col("happened_on").cast(nw.Date))


def sums(crediting: Crediting, measure: Measure) -> Array:
    """The measure in each period alone, by payee and period; what the company did stands with everybody."""
    cells = crediting.cells
    crediting.check_sizes(measure)
    rows = in_periods(crediting, crediting.rows(measure, by_day=True), measure)
    value = nw.col("value")
    by = value.max() if measure.aggregate == "maximum" else value.sum()
    grouped = collected(rows.group_by("payee_at", "period_at").agg(value=by).with_columns(value.cast(nw.Int64)))
    found = np.zeros(cells.shape, dtype=np.int64)
    payee, period, summed = (grouped[name].to_numpy().astype(np.int64) for name in ("payee_at", "period_at", "value"))
    if measure.credit.to == "company":
        found[:, period] = summed
    else:
        found[payee, period] = summed
    return found


def in_periods(crediting: Crediting, rows: LazyFrame, measure: Measure) -> LazyFrame:
    """Credits with the pay period in which they count."""
    days = crediting.facts.lifted(days_of(crediting.cells, measure.years_later))
    return rows.join(days, on="happened_on")


def to_date(values: Array, measure: Measure, cells: Grid) -> Array:
    """Sums or maxima in the window up to each period; of a rolling window, of its last periods.

    >>> from types import SimpleNamespace
    >>> from quarterdeck.engine.pay.definitions import Measure
    >>> two_quarters = SimpleNamespace(window_of=lambda window: np.array([0, 0, 0, 1]))
    >>> to_date(np.array([[1, 2, 3, 4]]), Measure("sales", window="quarter"), two_quarters).tolist()
    [[1, 3, 6, 4]]
    >>> to_date(np.array([[1, 2, 3, 4]]), Measure("sales", window="rolling", n_periods=2), two_quarters).tolist()
    [[1, 3, 5, 7]]
    """
    add = np.maximum if measure.aggregate == "maximum" else np.add
    found = values.copy()
    if measure.window == "rolling":
        for back in range(1, min(measure.n_periods, values.shape[1])):
            found[:, back:] = add(found[:, back:], values[:, :-back])
        return found
    window = cells.window_of(measure.window)
    for at in range(1, values.shape[1]):
        if window[at] == window[at - 1] and measure.window != "deal":
            found[:, at] = add(found[:, at - 1], values[:, at])
    return found


def measure_target(measure: Measure, found: Reached) -> Exact:
    """The window's target in every cell.

    Values meant for a stretch of time are summed over the window's periods (up to now, if to date); others hold as they
    are. Prorated, each period counts with the share of its days on the plan.
    """
    assert measure.target is not None  # noqa: S101  the caller asked
    cells, plan = found.cells, found.cells.plan
    is_summed = any(name in plan.values and plan.values[name].per for name in names(measure.target))
    here = evaluated(measure.target, found)
    window = cells.window_of(measure.window)
    if not is_summed:
        return here * active_share(cells, window) if measure.is_target_prorated else here
    here = here * found.values[ACTIVE_SHARE] if measure.is_target_prorated else here
    return _summed(here, window, cells, is_to_date=measure.is_target_to_date)


def active_share(cells: Grid, window: Array) -> Exact:
    """The share of the window's days on which the person is on the plan, by cell."""
    active, days = np.zeros(cells.shape, dtype=np.int64), np.zeros(len(window), dtype=np.int64)
    for number in np.unique(window):
        inside = window == number
        active[:, inside] = cells.active_days[:, inside].sum(axis=1, keepdims=True)
        days[inside] = cells.n_days[inside].sum()
    return Exact.of(active.ravel(), np.tile(days, len(cells.payees)))


def _summed(here: Exact, window: Array, cells: Grid, *, is_to_date: bool) -> Exact:
    """Sum over the periods of each window, leaving out cells nobody knows; unknown where none is known."""
    n_payees, n_periods = cells.shape
    rows = np.arange(n_payees)[:, None] * n_periods
    parts: list[tuple[Exact, Array]] = []
    for number in np.unique(window):
        inside = np.flatnonzero(window == number)
        total, is_any = Exact.of(np.zeros(n_payees, dtype=np.int64)), np.zeros(n_payees, dtype=np.bool_)
        for at in inside:
            one = here.at(rows[:, 0] + at)
            total = total + Exact.of(one.num * one.known, one.den)
            is_any = is_any | one.known
            if is_to_date or at == inside[-1]:
                kept = np.array([at]) if is_to_date else inside
                parts.append((Exact(total.num, total.den, is_any), kept))
    num, den = np.zeros(cells.shape, dtype=object), np.ones(cells.shape, dtype=object)
    known = np.zeros(cells.shape, dtype=np.bool_)
    for part, kept in parts:
        num[:, kept], den[:, kept], known[:, kept] = (
            np.broadcast_to(one, n_payees)[:, None] for one in (part.num, part.den, part.known)
        )
    return Exact(_narrow(num).ravel(), _narrow(den).ravel(), known.ravel())


def _narrow(values: Array) -> Array:
    """As 64 bits where that is enough, since that is many times faster."""
    return values.astype(np.int64) if not values.size or max(abs(values.min()), abs(values.max())) < 2**62 else values


def measures_frame(found: Reached) -> Frame:
    """MEASURES: one row per measure, payee and period that has begun, deals and scores left out."""
    cells = found.cells
    n_now, n_payees = cells.n_now, len(cells.payees)
    pick = (np.arange(n_payees)[:, None] * len(cells.periods) + np.arange(n_now)[None, :]).ravel()
    parts = [
        _measure_rows(name, values, pick, found)
        for name, values in found.in_period.items()
        if cells.plan.measures[name].window != "deal"
    ]
    schema = MEASURES.schema
    if not parts or not len(pick):
        return nw.from_dict({name: [] for name in schema}, schema, backend="polars")
    return nw.concat(parts)


def _measure_rows(name: str, values: Array, pick: Array, found: Reached) -> Frame:
    cells = found.cells
    upto = found.to_date[name].at(pick)
    target = found.targets.get(name)
    unknown = Exact.of(np.zeros(len(pick), dtype=np.int64), known=np.zeros(len(pick), dtype=np.bool_))
    goal = target.at(pick) if target is not None else unknown
    known = np.broadcast_to(goal.known, len(pick))
    ratio = upto / found.target(name).at(pick) if target is not None else unknown
    data = {
        **cell_columns(cells, pick),
        "value": values.ravel()[pick],
        "to_date": upto.rounded(),
        "target": np.broadcast_to(goal.rounded(), len(pick)),
        "is_known": known,
        "attainment": np.broadcast_to(ratio.floats(), len(pick)),
    }
    frame = nw.from_dict(data, backend="polars").with_columns(
        measure=nw.lit(name),
        attainment=nw.col("attainment").fill_nan(None),
        target=nw.when(nw.col("is_known")).then(nw.col("target")),
    )
    return frame.select(list(MEASURES.schema))


def cell_columns(cells: Grid, pick: Array) -> dict[str, object]:
    """person_id, starts_on and ends_on of cells."""
    people = nw.new_series("person_id", cells.payees, nw.String, backend="polars")
    starts = nw.new_series("starts_on", [one.starts_on for one in cells.periods], nw.Date, backend="polars")
    ends = nw.new_series("ends_on", [one.ends_on for one in cells.periods], nw.Date, backend="polars")
    payee, period = pick // len(cells.periods), pick % len(cells.periods)
    return {
        "person_id": nw.to_native(people[payee]),
        "starts_on": nw.to_native(starts[period]),
        "ends_on": nw.to_native(ends[period]),
    }
