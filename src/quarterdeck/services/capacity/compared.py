"""Two scenarios of one part of a plan side by side, or one beside the plan as it stands: drivers on top, money below.

the plan      Hire two in spring
planned hires   none          2 in March 2026      differs
attrition       6.8 %         6.8 %
year: expected  4,620,000     5,010,000            +390,000
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.services.capacity.drivers import source_said
from quarterdeck.services.capacity.fields import DriverField, driver_fields
from quarterdeck.services.capacity.outcomes import outcome
from quarterdeck.services.capacity.pages import CapacityPage, page_of
from quarterdeck.services.capacity.room import Room
from quarterdeck.services.capacity.scenarios import ScenarioSeen, scenarios_of
from quarterdeck.services.capacity.specs import OVERRIDDEN
from quarterdeck.services.capacity.values import value_said
from quarterdeck.services.listing import Listing
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.tables import Column

if TYPE_CHECKING:
    import datetime as dt

    from quarterdeck.services.actor import Actor
    from quarterdeck.services.capacity.drivers import Driver
    from quarterdeck.services.capacity.shapes import Line

AMOUNTS: Final = ("goal", "capacity", "expected", "gap")
AS_IT_STANDS: Final = "The plan now"


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverPair:
    """A driver in both: its values in words, where each comes from, and whether they differ."""

    name: str
    title: str
    about: str
    left: str
    right: str
    left_why: str
    right_why: str
    differs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePair:
    """A month, a team or the year in both; None where one has nobody there and asks for nothing."""

    key: str
    name: str
    left: Line | None
    right: Line | None

    def cell(self, amount: str) -> tuple[int, int, int]:
        """An amount in both, and by how much the right one is more."""
        left, right = (0 if line is None else int(getattr(line, amount)) for line in (self.left, self.right))
        return left, right, right - left

    @property
    def cells(self) -> list[tuple[str, int, int, int]]:
        """Goal, capacity, expected and gap."""
        return [(name, *self.cell(name)) for name in AMOUNTS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two outcomes side by side."""

    plan_id: int
    plan: str
    team_id: int
    team: str
    unit: str
    left: ScenarioSeen | None
    right: ScenarioSeen | None
    """None: the plan as it stands."""
    left_name: str
    right_name: str
    drivers: tuple[DriverPair, ...]
    """Those that differ first."""
    year: LinePair
    months: tuple[LinePair, ...]
    teams: tuple[LinePair, ...]
    left_page: CapacityPage
    right_page: CapacityPage
    fields: tuple[DriverField, ...]
    """The form that changes the right one."""
    idle: tuple[str, ...]
    """Titles of drivers that a scenario names and that move nothing: nothing is measured to hold them against."""

    @property
    def is_same_goal(self) -> bool:
        """Whether both ask for the same in every month."""
        return all(pair.cell("goal")[2] == 0 for pair in (*self.months, *self.teams))

    @property
    def doubled(self) -> tuple[str, ...]:
        """Amounts of which each side has a column of its own."""
        return AMOUNTS[1:] if self.is_same_goal else AMOUNTS


def compared(actor: Actor, left_id: int | None, right_id: int | None, as_of: dt.date) -> Compared:
    """Two scenarios of the same part of a plan; None is the plan as it stands. Raises Refusal (`scenario_pair`)."""
    asked = scenarios_of(actor, [number for number in (left_id, right_id) if number is not None])
    seen = [None if number is None else asked[number] for number in (left_id, right_id)]
    known = [pair for pair in seen if pair is not None]
    if not known:
        raise _not_alike("No scenario is named.")
    first = known[0][1]
    if any((one.plan_id, one.team_id) != (first.plan_id, first.team_id) for _, one in known):
        raise _not_alike(f"{known[0][1].name} and {known[-1][1].name} are about different plans or teams.")
    left, right = (None if pair is None else pair[1] for pair in seen)
    return compared_in(Room(known[0][0], as_of), first.team_id, left, right)


def _not_alike(why: str) -> Refusal:
    return Refusal("They were not compared.", why, "Choose two of one team's part of a plan.", "scenario_pair")


def compared_in(room: Room, team_id: int, left: ScenarioSeen | None, right: ScenarioSeen | None) -> Compared:
    """The same in a room that is known: what is measured is measured once."""
    sides = [dict(one.overrides) if one else {} for one in (left, right)]
    outcomes = [outcome(room, team_id, overrides) for overrides in sides]
    pages = [page_of(room, team_id, made) for made in outcomes]
    names = [one.name if one else AS_IT_STANDS for one in (left, right)]
    named = [name for name in OVERRIDDEN if name in outcomes[0].drivers or any(name in side for side in sides)]
    pairs = [tuple(made.drivers.get(name) or room.driver(name, team_id) for made in outcomes) for name in named]
    first, second = outcomes
    return Compared(
        plan_id=pages[0].plan_id, plan=pages[0].plan, team_id=team_id, team=pages[0].team, unit=pages[0].unit,
        left=left, right=right, left_name=names[0], right_name=names[1],
        drivers=tuple(sorted((_driver(room, a, b) for a, b in pairs), key=lambda one: not one.differs)),
        year=LinePair(key="year", name="The year", left=first.year, right=second.year),
        months=_paired(first.months, second.months), teams=_paired(first.teams, second.teams),
        fields=driver_fields(room, team_id, sides[1]), left_page=pages[0], right_page=pages[1],
        idle=tuple(b.title for a, b in pairs if b.name in {"win_rate", "average_deal"} and b.measured is None),
    )  # fmt: skip


def _driver(room: Room, left: Driver, right: Driver) -> DriverPair:
    a, b = (value_said(one.name, one.value, room.currency) for one in (left, right))
    return DriverPair(
        name=left.name, title=left.title, about=left.about, left=a, right=b, left_why=source_said(left),
        right_why=source_said(right),
        differs=left.value != right.value,
    )  # fmt: skip


def _paired(left: tuple[Line, ...], right: tuple[Line, ...]) -> tuple[LinePair, ...]:
    others = {line.key: line for line in right}
    mine = {line.key: line for line in left}
    return tuple(
        LinePair(key=key, name=(mine.get(key) or others[key]).name, left=mine.get(key), right=others.get(key))
        for key in dict.fromkeys([*mine, *others])
    )


def compared_listing(found: Compared) -> Listing[Mapping[str, Any]]:
    """The months and the year as a file: each amount of the left, of the right, and by how much they differ."""
    kind: Any = "money" if found.unit == "money" else "count"
    rows: list[Mapping[str, Any]] = []
    for pair in (*found.months, *found.teams, found.year):
        row: dict[str, Any] = {"name": pair.name}
        for amount in AMOUNTS:
            row |= dict(zip((f"{amount}_left", f"{amount}_right", f"{amount}_more"), pair.cell(amount), strict=True))
        rows.append(row)
    names = [f"{amount}_{side}" for amount in AMOUNTS for side in ("left", "right", "more")]
    columns = (Column("name", "text", "What."), *(Column(name, kind, name) for name in names))
    title = f"{found.left_name} and {found.right_name}"
    return Listing(title=title, columns=columns, rows=tuple(rows), n_rows=len(rows), is_more=False)
