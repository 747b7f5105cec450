"""What a team's part of a plan can bring by month and team, under the drivers that hold or those of a scenario.

    seats, leave ──engine.capacity.seats──> months of each seat ──sums──> months and teams
    plan ──figures──> goal by month and team          facts ──> what was brought so far

The seats of each team are computed with that team's drivers, rounded by seat and month, and summed: so teams sum to the
team above in every month, whatever each of them states.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from quarterdeck.services.capacity.lines import lines
from quarterdeck.services.capacity.seats import capacity_at, productive_of, seats_of
from quarterdeck.services.capacity.shapes import PARTS, Outcome
from quarterdeck.services.capacity.specs import SPECS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quarterdeck.services.capacity.room import Room
    from quarterdeck.services.capacity.values import Value

DRIVES: Final = tuple(spec.name for spec in SPECS.values() if spec.group == "capacity")


def outcome(room: Room, team: int, overrides: Mapping[str, Value] | None = None) -> Outcome:
    """What the team and all below it can bring; `overrides` hold for all of them."""
    given = dict(overrides or {})
    season = season_of(room, given)
    seats = seats_of(room, team, given, season)
    ends = tuple(capacity_at(room, team, given, season, end) for end in ("low", "high"))
    year, months, teams = lines(room, team, seats, given, ends)
    return Outcome(
        year=year, months=months, teams=teams, seats=seats, season=tuple(float(weight) for weight in season),
        parts={part: sum(seat.year(f"{part}_minor") for seat in seats) for part in PARTS},
        drivers={name: room.driver(name, team, given) for name in dict.fromkeys([*DRIVES, *given])},
        brings=productive_of(room, team, given),
    )  # fmt: skip


def season_of(room: Room, overrides: Mapping[str, Value]) -> list[Fraction]:
    """A weight per month, 1 on average."""
    weights = room.found.ground.season
    total = sum(weights, Fraction())
    if overrides.get("season") == "even" or total <= 0:
        return [Fraction(1)] * len(weights)
    return [weight * len(weights) / total for weight in weights]
