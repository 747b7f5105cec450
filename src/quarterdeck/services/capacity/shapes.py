"""What capacity is told as: months, teams, parts of the gap, hires, and the drivers beneath; plain frozen values.

    month     seats  held  vacant  capacity  goal     brought  expected
    January   8      7     1       263,000   280,000  251,000  251,000      over: what it brought
    March     8      6.9   1       259,000   290,000   90,000  220,000      running: brought, and what is still to come
    June      9      7.6   0.4     301,000   310,000           301,000      to come: what can be brought

Amounts are whole minor units or counts, heads expected heads. Months sum to the year, teams to the one above, exactly.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from quarterdeck.services.capacity.drivers import Driver

PARTS = ("full", "vacant", "part_time", "leave", "ramp", "attrition", "hires")
"""From a full house to what can be brought; they add up to it."""
PART_WORDS: Final = {
    "full": "Were every seat held by somebody full time and ramped who stays",
    "vacant": "Nobody sits there", "part_time": "Part time", "leave": "Leave of four weeks or more",
    "ramp": "Still ramping", "attrition": "May have left by then", "hires": "Planned hires, ramp and attrition counted",
}  # fmt: skip
HEADS = ("seats", "vacant", "away", "hires", "heads", "ramped_heads")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A month, a team or a year: what it asks for, what can be brought and is expected, and from how many heads."""

    key: str
    """First day of the month, team:3, people:3 (right in the team) or year."""
    name: str
    goal: int
    capacity: int
    brought: int | None
    """None before it has begun."""
    expected: int
    seats: float
    vacant: float
    away: float
    hires: float
    heads: float
    ramped_heads: float
    low: int | None = None
    high: int | None = None
    """Capacity were productivity and attrition at the ends of their ranges; None where neither has one."""

    @property
    def gap(self) -> int:
        """What is expected less the goal; below zero is missing."""
        return self.expected - self.goal

    @property
    def spare(self) -> int:
        """What can be brought less the goal."""
        return self.capacity - self.goal


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A stretch of a seat, with what it can bring by month; in the order of the outlook."""

    node: str
    team_id: int
    kind: str
    """held, vacant or hire."""
    starts_on: dt.date
    ends_on: dt.date
    tenure_from: dt.date | None
    part_time: float
    position_id: int
    n_heads: int
    months: tuple[Mapping[str, Any], ...]
    """Columns of SEAT_MONTHS, and `left_minor`: what is still to come."""

    def year(self, column: str) -> int:
        """A column of amounts, summed over the year."""
        return sum(month[column] for month in self.months)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a team's part of a plan can bring under some drivers."""

    year: Line
    months: tuple[Line, ...]
    teams: tuple[Line, ...]
    parts: Mapping[str, int]
    """The year's parts, from a full house to its capacity."""
    drivers: Mapping[str, Driver]
    seats: tuple[Seat, ...]
    season: tuple[float, ...]
    brings: int
    """What a ramped head of the team brings in an average month, a scenario's win rate and deals counted."""
