"""How much of a full month each node carries: ramp by tenure, part time, leave, vacancies, working days.

    rita starts on 1 February, ramp 1/2, then full      dated   0 until Feb, 0.5 in Feb, 1 from March
    and is away from 11 to 21 March                             0 from the 11th to the 20th
                                                        factors January 0, February 0.5, March 21/31

A month's factor is the mean over its days of the product of what holds on each day. The factor takes part twice: a
leaf's weight counts by the season-weighted mean of its factors, and its year is spread by season x factor.
See docs/methods/pins.md.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import narwhals as nw

from quarterdeck.engine.calendar.exact import exact_days
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.frames import DATED_FACTORS, FACTORS, WORK_DAYS

if TYPE_CHECKING:
    from quarterdeck.terms.period import Period
    from quarterdeck.terms.tables import Frame

DayCount = Literal["calendar", "weekdays"]
MILLION: Final = 10**6
"""Factors are kept to the millionth, so that sums of products stay whole."""
MOST_MILLIONTHS: Final = 100 * MILLION
"""Nobody carries more than a hundred months in one."""
_SATURDAY: Final = 5
_SCHEMA: Final[dict[str, Any]] = {"node_id": nw.String, "starts_on": nw.Date, "factor": nw.Float64}
_Row = tuple[dt.date, dt.date, Fraction]


def factors(dated: Frame, months: Sequence[Period], *, day_count: DayCount) -> Frame:
    """Rows of FACTORS, one per node of `dated` (rows of DATED_FACTORS) and month: the mean over the days of the month.

    `day_count` says which days are counted: all of the calendar, or Monday to Friday. Rows of one node that hold on the
    same day multiply; a day without a row counts as 1. Raises Refusal for a factor below zero or an unknown day count.

    >>> from quarterdeck.terms.period import Period
    >>> rows = {"node_id": ["rita"], "factor": [0.5], "effective_from": [dt.date(2025, 1, 17)], "effective_to": [None]}
    >>> january = Period(dt.date(2025, 1, 1), dt.date(2025, 2, 1))
    >>> found = factors(nw.from_dict(rows, {"node_id": nw.String, "factor": nw.Float64, "effective_from": nw.Date,
    ...     "effective_to": nw.Date}, backend="polars"), [january], day_count="calendar")
    >>> round(found["factor"][0] * 62)
    47
    """
    if day_count not in get_args(DayCount):
        raise _refusal(f"There is no day count '{day_count}'.", f"Choose one of {', '.join(get_args(DayCount))}.")
    by_node: dict[str, list[_Row]] = defaultdict(list)
    for row in DATED_FACTORS.check(dated).iter_rows(named=True):
        begins, ends = row["effective_from"] or dt.date.min, row["effective_to"] or dt.date.max
        by_node[row["node_id"]].append((begins, ends, _checked(row["factor"], row["node_id"])))
    found = [
        (node, month.starts_on, _mean(rows, month, day_count)) for node, rows in by_node.items() for month in months
    ]
    return _framed(found)


def ramp_factors(starts: Mapping[str, dt.date], ramp: Sequence[Fraction | float]) -> Frame:
    """Rows of DATED_FACTORS for people who start on a day: nothing before, then `ramp` by month of tenure, then full.

    A month of tenure runs from the day of the month on which somebody started (or its last day) to the next.

    >>> found = ramp_factors({"rita": dt.date(2025, 1, 31)}, [0.25, 0.5])
    >>> [(str(begins), str(ends), share) for begins, ends, share in found.select(
    ...     "effective_from", "effective_to", "factor").iter_rows()]
    [('None', '2025-01-31', 0.0), ('2025-01-31', '2025-02-28', 0.25), ('2025-02-28', '2025-03-31', 0.5)]
    """
    rows: list[tuple[str, float, dt.date | None, dt.date]] = []
    for node, begins in starts.items():
        days = [_months_later(begins, at) for at in range(len(ramp) + 1)]
        rows.append((node, 0.0, None, begins))
        rows += [(node, float(share), days[at], days[at + 1]) for at, share in enumerate(ramp)]
    names = ("node_id", "factor", "effective_from", "effective_to")
    schema: dict[str, Any] = {name: DATED_FACTORS.schema[name] for name in names}
    return nw.from_dict({name: [row[at] for row in rows] for at, name in enumerate(names)}, schema, backend="polars")


def working_day_factors(work_days: Frame, months: Sequence[Period], full: Sequence[int]) -> Frame:
    """Rows of FACTORS from WORK_DAYS (person_id is the node): days worked in a month over the `full` days it has.

    Raises Refusal where a month has no full days but somebody worked, or lengths differ.

    >>> from quarterdeck.terms.period import Period
    >>> days = {"person_id": ["rita", "rita"], "day": [dt.date(2025, 1, 2), dt.date(2025, 1, 3)], "share": [1.0, 0.5]}
    >>> january = Period(dt.date(2025, 1, 1), dt.date(2025, 2, 1))
    >>> working_day_factors(nw.from_dict(days, backend="polars"), [january], [3])["factor"].to_list()
    [0.5]
    """
    if len(full) != len(months) or min(full, default=0) < 0:
        raise _refusal(f"{len(full)} counts of working days for {len(months)} months.", "Give one per month.")
    found = []
    for month, most in zip(months, full, strict=True):
        inside = WORK_DAYS.check(work_days).filter(nw.col("day") >= month.starts_on, nw.col("day") < month.ends_on)
        worked: dict[str, Fraction] = defaultdict(Fraction)
        for node, share in inside.select("person_id", "share").iter_rows():
            worked[node] += exact_days(share)
        if worked and not most:
            raise _refusal(f"Somebody works in {month.starts_on:%B %Y}, which has no full days.", "Count them.")
        nodes = sorted(set(work_days["person_id"].to_list()))
        found += [(node, month.starts_on, worked[node] / most if most else Fraction(1)) for node in nodes]
    return _framed(found)


def monthly_millionths(found: Frame, months: Sequence[Period]) -> dict[str, list[int]]:
    """Factors of every node that has any, in millionths, a number per month; causes of one month multiply."""
    at = {month.starts_on: number for number, month in enumerate(months)}
    causes: dict[str, list[list[int]]] = defaultdict(lambda: [[] for _ in months])
    for node, starts_on, factor in FACTORS.check(found).select("node_id", "starts_on", "factor").iter_rows():
        if starts_on in at:
            _require(factor, node)
            causes[node][at[starts_on]].append(round(factor * MILLION))
    return {node: [_product(row) for row in rows] for node, rows in causes.items()}


def _product(millionths: list[int]) -> int:
    """Shares in millionths multiplied, rounded once."""
    if len(millionths) == 1:
        return millionths[0]
    return min(round(Fraction(prod(millionths) * MILLION, MILLION ** len(millionths))), MOST_MILLIONTHS)


def _require(factor: float, node: str) -> None:
    if not 0 <= factor * MILLION <= MOST_MILLIONTHS:  # also what is no number
        raise _refusal(f"The factor of {node} is {factor}.", "Give a share of zero or more, such as 0.5.", node)


def _checked(factor: float, node: str) -> Fraction:
    _require(factor, node)
    return Fraction(factor).limit_denominator(MILLION)


def _mean(rows: list[_Row], month: Period, day_count: DayCount) -> Fraction:
    """Over the days of a month, stretch by stretch between the days on which something begins or ends."""
    cuts = {month.starts_on, month.ends_on}
    cuts |= {day for begins, ends, _ in rows for day in (begins, ends) if month.starts_on < day < month.ends_on}
    days, n_all, carried = sorted(cuts), 0, Fraction(0)
    for first, end in pairwise(days):
        n_days = _n_days(first, end, day_count)
        share = Fraction(1)
        for begins, ends, factor in rows:
            share *= factor if begins <= first < ends else 1
        n_all, carried = n_all + n_days, carried + n_days * share
    return carried / n_all if n_all else Fraction(1)


def _n_days(first: dt.date, end: dt.date, day_count: DayCount) -> int:
    n_days = (end - first).days
    if day_count == "calendar":
        return n_days
    return sum((first.weekday() + at) % 7 < _SATURDAY for at in range(n_days))


def _months_later(day: dt.date, n_months: int) -> dt.date:
    year, month = divmod(day.month - 1 + n_months, 12)
    last = calendar.monthrange(day.year + year, month + 1)[1]
    return dt.date(day.year + year, month + 1, min(day.day, last))


def _framed(rows: list[tuple[str, dt.date, Fraction]]) -> Frame:
    columns: dict[str, list[Any]] = {name: [row[at] for row in rows] for at, name in enumerate(_SCHEMA)}
    columns["factor"] = [float(row[2]) for row in rows]
    return FACTORS.check(nw.from_dict(columns, _SCHEMA, backend="polars"))


def _refusal(why: str, next_step: str, row: str = "") -> Refusal:
    return Refusal("The factors were not used.", why, next_step, "goal_factors", row=row)
