"""Sums of seats by month and by team, beside what the plan asks for and what was brought.

over      expected = brought            running   expected = brought + what its days left can bring
to come   expected = what can be brought
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from quarterdeck.engine.cascade.weights import goal_amount
from quarterdeck.services.capacity.shapes import HEADS, Line, Seat
from quarterdeck.terms.money import parts as split

if TYPE_CHECKING:
    from quarterdeck.services.capacity.room import Room
    from quarterdeck.services.capacity.values import Value

Ends = Sequence[list[int] | None]


@dataclass(frozen=True, slots=True)
class _Months:
    """What one group of seats asks for, brought and can bring, month by month."""

    goal: list[int]
    brought: list[int | None]
    seats: list[Seat]

    def amounts(self, column: str) -> list[int]:
        return [sum(seat.months[at][column] for seat in self.seats) for at in range(len(self.goal))]

    def heads(self) -> list[dict[str, Any]]:
        return [
            {name: sum(seat.months[at][name] for seat in self.seats) for name in HEADS} for at in range(len(self.goal))
        ]

    def expected(self) -> list[int]:
        left = self.amounts("left_minor")
        return [(brought or 0) + more for brought, more in zip(self.brought, left, strict=True)]


def lines(
    room: Room, team: int, seats: Iterable[Seat], overrides: Mapping[str, Value], ends: Ends
) -> tuple[Line, tuple[Line, ...], tuple[Line, ...]]:
    """The year, its months, and the teams right below with who is right in the team."""
    groups = groups_of(room, team, seats)
    weights = {name: room.figures.year(name) for name in groups if name.startswith("team:")}
    goal, months = _goal(room, team, overrides)
    direct = f"people:{team}"
    weights[direct] = room.figures.year(f"team:{team}") - sum(weights.values())
    asked = dict(zip(weights, _shares(goal, list(weights.values())), strict=True))
    brought = {name: _brought(room, int(name.partition(":")[2])) for name in weights if name.startswith("team:")}
    whole = _Months(months, _brought(room, team), [seat for group in groups.values() for seat in group])
    brought[direct] = _less(whole.brought, list(brought.values()))
    names = room.scene.team_names
    teams = tuple(
        _year(name, _name(names, name, team, alone=len(groups) == 1), _Months([0] * len(months), brought[name], group),
            asked[name])
        for name, group in groups.items()
        if group or asked[name] or any(brought[name])
    )  # fmt: skip
    return _year("year", room.found.plan.name, whole, goal, ends), _month_lines(room, whole, ends), teams


def groups_of(room: Room, team: int, seats: Iterable[Seat]) -> dict[str, list[Seat]]:
    """Seats by the team right below in which they lie, those right in the team last."""
    names = room.scene.team_names
    of = {
        below: f"team:{child}"
        for child in sorted(room.staff.children(team), key=lambda child: (names.get(child, ""), child))
        for below in room.staff.below(child)
    }
    found: dict[str, list[Seat]] = {name: [] for name in (*dict.fromkeys(of.values()), f"people:{team}")}
    for seat in seats:
        found[of.get(seat.team_id, f"people:{team}")].append(seat)
    return found


def _name(names: Mapping[int, str], key: str, team: int, *, alone: bool) -> str:
    if key.startswith("team:"):
        return names.get(int(key.partition(":")[2]), key)
    return names.get(team, key) if alone else f"Right in {names.get(team, key)}"


def _goal(room: Room, team: int, overrides: Mapping[str, Value]) -> tuple[int, list[int]]:
    """The year and its months: the plan's, or a scenario's amount or growth spread like the plan's."""
    node = f"team:{team}"
    year, cells = room.figures.year(node), list(room.figures.cells(node))
    if "goal_amount" in overrides:
        year = int(overrides["goal_amount"])
    elif "growth" in overrides:
        year = goal_amount(room.found.ground.nodes[node].last_year, Fraction(str(overrides["growth"])))
    else:
        return year, cells
    return year, _shares(year, cells)


def _shares(whole: int, weights: list[int]) -> list[int]:
    """A whole spread like other amounts; evenly where they are nothing or below it."""
    known = [max(weight, 0) for weight in weights]
    if sum(weights) == whole:
        return weights
    return split(whole, known if any(known) else [1] * len(known))


def _brought(room: Room, team: int) -> list[int | None]:
    months = room.found.ground.months
    return [
        room.past.teams.get((team, month.starts_on), 0) if month.starts_on <= room.as_of else None for month in months
    ]


def _less(whole: list[int | None], others: list[list[int | None]]) -> list[int | None]:
    return [
        None if amount is None else amount - sum(other[at] or 0 for other in others) for at, amount in enumerate(whole)
    ]


def _year(key: str, name: str, group: _Months, goal: int, ends: Ends = (None, None)) -> Line:
    heads, n = group.heads(), len(group.goal)
    known = [amount for amount in group.brought if amount is not None]
    return Line(
        key=key, name=name, goal=goal, capacity=sum(group.amounts("capacity_minor")),
        brought=sum(known) if known else None, expected=sum(group.expected()),
        low=None if ends[0] is None else sum(ends[0]), high=None if ends[1] is None else sum(ends[1]),
        **{column: sum(month[column] for month in heads) / n for column in HEADS},
    )  # fmt: skip


def _month_lines(room: Room, whole: _Months, ends: Ends) -> tuple[Line, ...]:
    amounts, expected, heads = whole.amounts("capacity_minor"), whole.expected(), whole.heads()
    low, high = ends
    rows: list[dict[str, Any]] = [
        {
            "key": str(month.starts_on), "name": month.name, "goal": whole.goal[at], "capacity": amounts[at],
            "brought": whole.brought[at], "expected": expected[at], "low": low[at] if low else None,
            "high": high[at] if high else None,
        }
        for at, month in enumerate(room.found.ground.months)
    ]  # fmt: skip
    return tuple(Line(**row, **heads[at]) for at, row in enumerate(rows))
