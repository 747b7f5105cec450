"""How many hires close what is missing, by when they must start, and by when their seats must be opened.

missing 216,000   start        one hire brings   hires   open the seat by
1 January    121,000           2       2 November       too late
1 April       88,000           3       31 January
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from quarterdeck.engine.capacity.hires import Hire, hire_options, last_hire_on
from quarterdeck.engine.capacity.ramp import Attrition, Outlook

if TYPE_CHECKING:
    from quarterdeck.services.capacity.room import Room
    from quarterdeck.services.capacity.shapes import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Were all to start on one day: what one brings until the year's end, how many it takes, when to open the seats."""

    starts_on: dt.date
    one_hire: int
    n_hires: int | None
    """None: one brings nothing in time."""
    open_seat_by: dt.date
    is_in_time: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hiring:
    """What is missing, and the ways to close it by hiring."""

    missing: int
    options: tuple[Option, ...]
    n_hires: int | None
    """The fewest that close it, starting on the first day still possible."""
    start_by: dt.date | None
    """The last day on which that many may start."""
    open_by: dt.date | None
    """The last day to open their seats."""
    one_hire: int
    """What one brings who starts on the first day still possible."""
    starts_on: dt.date | None
    """That day."""


def hiring(room: Room, found: Outcome) -> Hiring:
    """The hires that close the gap of an outcome; those planned are in it already."""
    missing = max(-found.year.gap, 0)
    productive, fill = found.brings, found.drivers["days_to_fill"].whole
    outlook = outlook_left(room, found)
    if outlook is None or productive <= 0:
        return Hiring(
            missing=missing, options=(), n_hires=None, start_by=None, open_by=None, one_hire=0, starts_on=None
        )  # fmt: skip
    hire = Hire(productive_minor=productive, days_to_fill=fill)
    rows = hire_options(missing, hire, outlook, as_of=room.as_of)
    names = ("starts_on", "one_hire_minor", "n_hires", "open_seat_by", "is_in_time")
    options = tuple(Option(**dict(zip(_OPTION, row, strict=True))) for row in rows.select(names).iter_rows())
    first = next((one for one in options if one.is_in_time), None)
    n_hires = first.n_hires if first else None
    last = last_hire_on(missing, n_hires, hire, outlook) if n_hires else None
    return Hiring(
        missing=missing, options=options, n_hires=n_hires, start_by=last,
        open_by=last - dt.timedelta(days=fill) if last else None, one_hire=first.one_hire if first else 0,
        starts_on=first.starts_on if first else None,
    )  # fmt: skip


_OPTION = ("starts_on", "one_hire", "n_hires", "open_seat_by", "is_in_time")


def outlook_left(room: Room, found: Outcome) -> Outlook | None:
    """The months of the plan that begin after the day; None where there are none."""
    months = room.found.ground.months
    first = next((at for at, month in enumerate(months) if month.starts_on > room.as_of), None)
    if first is None:
        return None
    drivers, ramp = found.drivers, found.drivers["ramp_months"].whole
    shape: Any = drivers["attrition_shape"].value
    counted: Any = drivers["attrition_counted"].value
    return Outlook(
        months=months[first:], ramp=[Fraction(at, ramp + 1) for at in range(1, ramp + 1)],
        attrition=Attrition(annual=drivers["attrition"].ratio, shape=shape, counted=counted),
        season=[Fraction(str(round(weight, 9))) for weight in found.season[first:]],
    )  # fmt: skip
