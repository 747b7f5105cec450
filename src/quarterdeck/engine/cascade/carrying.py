"""Who carries how much of a full month, and why: facts of seats and the choices of a plan as FACTORS by cause.

    rita started on 1 November, ramp 1/4 1/2 3/4    January  ramp 0.75          part time 0.8
    seat e-4 is vacant, half of it is asked          January  vacancy 0.5
    sam is away 1 to 14 March                        March    leave 0.58

Causes of one month multiply (see factors). A cause that is off leaves everybody at 1. See docs/methods/pins.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, get_args

import narwhals as nw

from quarterdeck.engine.cascade.factors import DayCount, factors, ramp_factors
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.frames import DATED_FACTORS, FACTORS

if TYPE_CHECKING:
    from quarterdeck.terms.period import Period
    from quarterdeck.terms.tables import Frame

CAUSES: Final = ("ramp", "part_time", "leave", "vacancy", "working_days")
MOST_RAMP: Final = 36
"""Months of a ramp; nobody takes longer."""
_Dated = tuple[str, float, dt.date | None, dt.date | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """What is known of one leaf of a plan, all of it as of the day it was read."""

    node: str
    started_on: dt.date | None = None
    """First day of the tenure of whoever holds it, or will; empty: always there."""
    is_vacant: bool = False
    """Vacant until `started_on`, or for good."""
    part_time: Fraction = Fraction(1)
    away: tuple[tuple[dt.date, dt.date, Fraction], ...] = ()
    """First day away, first day back, share of the day."""
    work_days: tuple[int, ...] = ()
    """Working days of each month, by the seat's country."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrying:
    """Which causes a plan counts, and how. Raises Refusal for a choice that means nothing."""

    ramp: tuple[Fraction, ...] = ()
    """Shares by month of tenure, then full; empty: off."""
    part_time: bool = False
    leave: bool = False
    vacancy: Fraction | None = None
    """The share that a vacant seat carries; empty: all of it."""
    working_days: bool = False
    day_count: DayCount | None = None
    """How days are counted; mandatory where ramp, leave or vacancy may cut a month."""

    def __post_init__(self) -> None:
        """Refuse shares outside of 0 to 1 and a day count left unsaid."""
        if len(self.ramp) > MOST_RAMP or not all(0 <= share <= 1 for share in (*self.ramp, self.vacancy or 0)):
            why = "A ramp or a vacancy has a share outside of 0 to 1, or there are too many months."
            raise _refusal(why, f"Give up to {MOST_RAMP} shares from 0 to 1, such as 0.25, 0.5, 0.75.")
        if self.cuts_months != (self.day_count in get_args(DayCount)):
            why = "It is not said which days of a month count."
            raise _refusal(why, "Say calendar or weekdays, where ramp, leave or vacancy is counted.")

    @property
    def cuts_months(self) -> bool:
        """Whether a cause may begin or end inside of a month."""
        return bool(self.ramp) or self.leave or self.vacancy is not None

    @property
    def is_on(self) -> bool:
        """Whether anything is counted."""
        return self.cuts_months or self.part_time or self.working_days


def carried(seats: Iterable[Seat], carrying: Carrying, months: Sequence[Period], *, mean_days: Fraction) -> Frame:
    """FACTORS with a further column `cause`: one row per seat, month and cause that is not 1, by node and month.

    `mean_days`: working days of a mean month where working days are counted: a month with more of them weighs more.

    >>> from quarterdeck.terms.period import Period
    >>> january = Period(dt.date(2026, 1, 1), dt.date(2026, 2, 1))
    >>> seats = [Seat(node="rita", started_on=dt.date(2025, 12, 1), part_time=Fraction(4, 5))]
    >>> found = carried(seats, Carrying(ramp=(Fraction(1, 4), Fraction(1, 2)), part_time=True, day_count="calendar"),
    ...     [january], mean_days=Fraction(21))
    >>> found.select("node_id", "cause", "factor").rows()
    [('rita', 'part_time', 0.8), ('rita', 'ramp', 0.5)]
    """
    known, count = list(seats), carrying.day_count or "calendar"
    parts = [
        ("ramp", _counted(_ramped(known, carrying, months), months, count)),
        ("leave", _counted(_away(known, months) if carrying.leave else [], months, count)),
        ("vacancy", _counted(_vacant(known, carrying.vacancy), months, count)),
        ("part_time", _part_time(known, months) if carrying.part_time else []),
        ("working_days", _by_days(known, months, mean_days) if carrying.working_days else []),
    ]
    rows = [(node, month, factor, cause) for cause, found in parts for node, month, factor in found if factor != 1]
    names: dict[str, Any] = {"node_id": nw.String, "starts_on": nw.Date, "factor": nw.Float64, "cause": nw.String}
    columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    return FACTORS.check(nw.from_dict(columns, names, backend="polars")).sort("node_id", "starts_on", "cause")


_Row = tuple[str, dt.date, float]


def _ramped(seats: Sequence[Seat], carrying: Carrying, months: Sequence[Period]) -> Sequence[_Dated]:
    """Shares by month of tenure; a seat that is vacant until then is left to its vacancy before."""
    if not carrying.ramp:
        return []
    long_ago = months[0].starts_on - dt.timedelta(days=31 * (len(carrying.ramp) + 1))
    starts = {seat.node: seat.started_on for seat in seats if seat.started_on and seat.started_on > long_ago}
    names = ("node_id", "factor", "effective_from", "effective_to")
    rows = ramp_factors(starts, carrying.ramp).select(names).iter_rows()
    return [row for row in rows if row[2] is not None]


def _away(seats: Sequence[Seat], months: Sequence[Period]) -> list[_Dated]:
    first, end = months[0].starts_on, months[-1].ends_on
    return [
        (seat.node, float(1 - share), begins, ends)
        for seat in seats
        for begins, ends, share in seat.away
        if begins < end and ends > first
    ]


def _vacant(seats: Sequence[Seat], share: Fraction | None) -> list[_Dated]:
    if share is None:
        return []
    return [(seat.node, float(share), None, seat.started_on) for seat in seats if seat.is_vacant]


def _part_time(seats: Sequence[Seat], months: Sequence[Period]) -> list[_Row]:
    return [(seat.node, month.starts_on, float(seat.part_time)) for seat in seats for month in months]


def _by_days(seats: Sequence[Seat], months: Sequence[Period], mean_days: Fraction) -> list[_Row]:
    return [
        (seat.node, month.starts_on, float(Fraction(n_days) / mean_days))
        for seat in seats
        if seat.work_days and mean_days
        for month, n_days in zip(months, seat.work_days, strict=True)
    ]


def _counted(dated: Sequence[_Dated], months: Sequence[Period], day_count: DayCount) -> list[_Row]:
    names = ("node_id", "factor", "effective_from", "effective_to")
    schema: dict[str, Any] = {name: DATED_FACTORS.schema[name] for name in names}
    frame = nw.from_dict({name: [row[at] for row in dated] for at, name in enumerate(names)}, schema, backend="polars")
    found = factors(frame, months, day_count=day_count)
    return list(found.select("node_id", "starts_on", "factor").iter_rows())


def causes(found: Frame) -> Mapping[str, Mapping[dt.date, list[tuple[str, float]]]]:
    """By node and first day of the month, the causes with the share that each leaves."""
    by_node: dict[str, dict[dt.date, list[tuple[str, float]]]] = {}
    for node, month, factor, cause in found.select("node_id", "starts_on", "factor", "cause").iter_rows():
        by_node.setdefault(node, {}).setdefault(month, []).append((cause, factor))
    return by_node


def _refusal(why: str, next_step: str) -> Refusal:
    return Refusal("The factors were not used.", why, next_step, "plan_driver")
