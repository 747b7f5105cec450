"""Targets: the grid of a team's tree by fiscal month, and one cell set by hand.

    FY2018         January   February  ...  year         below sums to   who derived it
    East           320,000   330,000        3,900,000    3,900,000       cascade
      Rita         110,000   115,000        1,300,000                    cascade, January by hand
      east-4       90,000    92,000         1,080,000                    cascade (vacant)
    difference     0         0              0

A cell is never edited: setting it adds a version, and the sums above stay as they were. The grid shows by how much the
nodes below a team sum to more or less than the team itself, and setting a cell says so at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.records.models import Target
from quarterdeck.services import access
from quarterdeck.services.actor import Actor
from quarterdeck.services.cells import Cell, Cells, cells, effective
from quarterdeck.services.dated import BY_HAND
from quarterdeck.services.desks.words import said
from quarterdeck.services.goals import cell_key
from quarterdeck.services.journal import journaled
from quarterdeck.services.scene import CARRIES, Scene, holder_of
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR
from quarterdeck.terms.templates import LAYERS

if TYPE_CHECKING:
    from quarterdeck.terms.period import Period

_WHAT: Final = "The target was not set."


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell:
    """One node's target in one fiscal month; `below` is what the nodes directly under it sum to."""

    starts_on: dt.date
    amount: int | None
    origin: str
    """cascade, by hand, imported, part of a longer period, or empty where no target is set."""
    below: int | None = None

    @property
    def difference(self) -> int:
        """By how much the nodes below sum to more than this one; 0 where either is not set."""
        return 0 if self.below is None or self.amount is None else self.below - self.amount


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """One node of the tree with its months and its year."""

    holder: str
    name: str
    parent: str
    depth: int
    is_vacant: bool
    cells: tuple[GridCell, ...]
    effective_year: int | None
    """Of a person: their own and that of the positions they hold."""

    @property
    def year(self) -> int | None:
        """The year: what its months sum to."""
        amounts = [cell.amount for cell in self.cells if cell.amount is not None]
        return sum(amounts) if amounts else None

    @property
    def difference(self) -> int:
        """Over the year, by how much the nodes below sum to more."""
        return sum(cell.difference for cell in self.cells)


MOST_ROWS: Final = 150
"""Rows of the grid that a page shows with people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A team's tree by fiscal month."""

    team_id: int
    metric: str
    metric_title: str
    unit: str
    layer: str
    fiscal_year: int
    year: Period
    months: tuple[Period, ...]
    rows: tuple[GridRow, ...]
    """Parents before children, teams before people before vacant seats."""

    @property
    def is_without_people(self) -> bool:
        """Whether a page shows teams only: people are shown team by team where all are too many to read."""
        return len(self.rows) > MOST_ROWS

    @property
    def shown(self) -> tuple[GridRow, ...]:
        """Rows of a page; a file has all of them."""
        return (
            tuple(row for row in self.rows if row.holder.startswith("team:")) if self.is_without_people else self.rows
        )

    @property
    def is_empty(self) -> bool:
        """Whether no target is set for anybody in any month."""
        return all(row.year is None for row in self.rows)

    @property
    def differences(self) -> list[GridRow]:
        """Teams whose nodes below do not sum to them."""
        return [row for row in self.rows if any(cell.difference for cell in row.cells)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTarget:
    """A cell that was set, and what no longer sums because of it."""

    target: Target
    warning: str


def target_grid(  # noqa: PLR0913  what is asked of a grid
    actor: Actor, team_id: int, *, fiscal_year: int, as_of: dt.date, metric: str = "", layer: str = "plan"
) -> Grid:
    """The targets of a team and everything below it, by fiscal month. Raises Refusal (`not_visible`)."""
    team = access.team_for(actor, team_id, as_of)
    scene = Scene(actor, as_of)
    chosen = metric or scene.metric
    if chosen not in METRICS:
        raise Refusal("The targets were not shown.", f"There is no metric '{chosen}'.", "Choose another.", "metric")
    year, months = scene.calendar.year(fiscal_year), scene.calendar.months(fiscal_year)
    found = cells(scene, chosen, year, layer=layer)
    nodes = _nodes(scene, team.pk, found)
    rows = _rows(scene, nodes, found, months, year)
    return Grid(
        team_id=team.pk, metric=chosen, metric_title=METRICS[chosen].title, unit=METRICS[chosen].unit, layer=layer,
        fiscal_year=fiscal_year, year=year, months=tuple(months), rows=tuple(rows),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Node:
    holder: str
    parent: str
    depth: int
    is_vacant: bool = False


def _nodes(scene: Scene, team_id: int, found: Cells) -> list[_Node]:
    """Teams depth first, each with its people and with those seats that carry a target or stand empty."""
    seen = access.people_seen(scene.actor, scene.as_of)
    nodes: list[_Node] = []
    scene.people(scene.people_now(team_id))  # all names in one query, not one for each team
    seats: dict[int, list[tuple[int, int | None, str]]] = {}
    for of, *seat in scene.seats_on(scene.as_of).select("team_id", "position_id", "person_id", "hat").iter_rows():
        seats.setdefault(of, []).append((seat[0], seat[1], seat[2]))

    def walk(team: int, parent: str, depth: int) -> None:
        holder = f"team:{team}"
        nodes.append(_Node(holder, parent, depth))
        for child in scene.children(team):
            walk(child, holder, depth + 1)
        nodes.extend(_seats(scene, team, seats.get(team, []), depth + 1, found, seen))

    walk(team_id, "", 0)
    return list({node.holder: node for node in reversed(nodes)}.values())[::-1]


def _seats(  # noqa: PLR0913, PLR0917  a team, its seats, and what decides about them
    scene: Scene, team: int, rows: list[tuple[int, int | None, str]], depth: int, found: Cells,
    seen: frozenset[int] | None,
) -> list[_Node]:  # fmt: skip
    holder = f"team:{team}"
    people = sorted({
        person for _, person, hat in rows
        if person is not None and (hat == CARRIES or f"person:{person}" in found.by_holder)
        and (seen is None or person in seen)
    })  # fmt: skip
    empty = {position for position, person, hat in rows if person is None and hat == CARRIES}
    carrying = {position for position, _, _ in rows if f"position:{position}" in found.by_holder}
    shown = {pk for pk in empty | carrying if access.sees_position(scene.actor, pk, team, scene.as_of)}
    named = sorted(people, key=lambda pk: scene.name(f"person:{pk}"))
    return [_Node(f"person:{pk}", holder, depth) for pk in named] + [
        _Node(f"position:{pk}", holder, depth, is_vacant=pk in empty) for pk in sorted(shown)
    ]


def _rows(scene: Scene, nodes: list[_Node], found: Cells, months: list[Period], year: Period) -> list[GridRow]:
    own = {node.holder: [_cell(scene, found, node.holder, month) for month in months] for node in nodes}
    children: dict[str, list[str]] = {}
    for node in nodes:
        children.setdefault(node.parent, []).append(node.holder)
    people = [number for kind, number in (holder_of(node.holder) for node in nodes) if kind == "person"]
    years = effective(scene, found, people, year)
    return [
        GridRow(
            holder=node.holder, name=scene.name(node.holder), parent=node.parent, depth=node.depth,
            is_vacant=node.is_vacant, effective_year=_of_person(years, node.holder),
            cells=tuple(
                _with_below(cell, [own[child][at] for child in children.get(node.holder, [])])
                for at, cell in enumerate(own[node.holder])
            ),
        )
        for node in nodes
    ]  # fmt: skip


def _of_person(years: Mapping[int, int | None], holder: str) -> int | None:
    kind, number = holder_of(holder)
    return years.get(number) if kind == "person" else None


def _cell(scene: Scene, found: Cells, holder: str, month: Period) -> GridCell:
    exact = found.of(holder).get((month.starts_on, month.ends_on))
    amount = found.amount(holder, month, scene.calendar)
    origin = "" if amount is None else origin_of(exact)
    return GridCell(starts_on=month.starts_on, amount=amount, origin=origin)


def origin_of(cell: Cell | None) -> str:
    """How a cell came about; without one of its own an amount is part of a longer period's."""
    if cell is None:
        return "part of a longer period"
    if cell.goal_id is not None:
        return "cascade"
    return "by hand" if cell.source_system == BY_HAND else "imported"


def _with_below(cell: GridCell, below: list[GridCell]) -> GridCell:
    amounts = [one.amount for one in below if one.amount is not None]
    total = sum(amounts) if amounts else None
    return GridCell(starts_on=cell.starts_on, amount=cell.amount, origin=cell.origin, below=total)


def target_set(  # noqa: PLR0913  a cell is these
    actor: Actor, holder: str, *, starts_on: dt.date, amount: int, metric: str = "", layer: str = "plan", note: str = ""
) -> SetTarget:
    """Set one month of one holder as a new version; what was there is superseded. Says when sums no longer match.

    `starts_on` is any day of the fiscal month. Raises Refusal for holders that are not the actor's and for nonsense.
    """
    access.require(actor, "set_targets", _WHAT)
    scene = Scene(actor, actor.today)
    chosen = metric or scene.metric
    _check(scene, holder, chosen, amount, layer)
    month = scene.month_of(starts_on)
    with journaled(actor, "target_set", "target") as entry:
        kind, number = holder_of(holder)
        key = cell_key(holder, chosen, "month", month.starts_on, layer)
        before = _superseded(actor, kind, number, chosen, month, layer)
        if before and "plan" in before[-1].derivation:
            raise _refusal("A published plan holds it.", "Amend the plan.", "target_published")
        at = max([actor.now, *(row.known_at for row in before)])
        target = Target.objects.create(
            source_system=BY_HAND, source_id=key, known_at=at, metric=chosen, period_kind="month", layer=layer,
            starts_on=month.starts_on, ends_on=month.ends_on, amount=amount,
            derivation={"by": actor.name, "note": note.strip()}, **{f"{kind}_id": number},
        )  # fmt: skip
        was = before[-1].amount if before else None
        entry.about(
            target.pk, f"Target of {scene.name(holder)} for {month.name} set to {amount:,}",
            before={"amount": was}, after={"amount": amount, "metric": chosen, "layer": layer, "note": note.strip()},
        )  # fmt: skip
    return SetTarget(target=target, warning=_warning(actor, holder, month, chosen, layer))


def _check(scene: Scene, holder: str, metric: str, amount: int, layer: str) -> None:
    if metric not in METRICS or METRICS[metric].kind != "flow":
        raise _refusal(f"'{metric}' does not add up over months.", "Choose a metric that does.", "target_metric")
    if layer not in LAYERS:
        raise _refusal(f"There is no layer '{layer}'.", f"Choose one of {', '.join(LAYERS)}.", "target_layer")
    if isinstance(amount, bool) or not 0 <= amount <= MAX_MINOR:
        raise _refusal(f"{amount} is no target.", "Give a whole number of zero or more.", "target_amount")
    if not sees_holder(scene, holder):
        raise access.not_visible("holder")


def sees_holder(scene: Scene, holder: str) -> bool:
    """Whether a text such as person:7 names somebody whom the actor sees."""
    try:
        kind, number = holder_of(holder)
    except ValueError:
        return False
    return _sees(scene, kind, number) and scene.name(holder) != holder


def _sees(scene: Scene, kind: str, number: int) -> bool:
    """A person or a seat below the actor, a team they see; nobody sets a target of their own without seeing others'."""
    actor, as_of = scene.actor, scene.as_of
    if kind == "person":
        return access.sees_person(actor, number, as_of)
    if kind == "team":
        return access.sees_team(actor, number, as_of)
    seats: Mapping[int, Any] = dict(scene.seats.select("position_id", "team_id").iter_rows())
    return kind == "position" and number in seats and access.sees_position(actor, number, int(seats[number]), as_of)


def _superseded(actor: Actor, kind: str, number: int, metric: str, month: Period, layer: str) -> list[Target]:  # noqa: PLR0913, PLR0917  a cell is these
    """The versions of the cell that held until now, oldest first, whoever brought them."""
    rows = Target.current.filter(
        metric=metric, layer=layer, starts_on=month.starts_on, ends_on=month.ends_on, **{f"{kind}_id": number}
    )
    before = list(rows.select_for_update().order_by("known_at", "pk"))
    at = max([actor.now, *(row.known_at for row in before)])
    rows.filter(source_system=BY_HAND).update(superseded_at=at)
    return before


def _warning(actor: Actor, holder: str, month: Period, metric: str, layer: str) -> str:
    """What no longer sums: the team above the holder, or the holder's own nodes."""
    scene = Scene(actor, month.starts_on if month.starts_on > actor.today else min(actor.today, month.last_day))
    root = _team_of(scene, holder)
    if root is None:
        return ""
    number = scene.calendar.year_of(month.starts_on)
    grid = target_grid(Actor(now=actor.now), root, fiscal_year=number, as_of=scene.as_of, metric=metric, layer=layer)
    unit: Any = METRICS[metric].unit
    off = [
        f"{row.name}: the nodes below sum to {said(abs(cell.difference), unit, scene.company.currency)} "
        f"{'more' if cell.difference > 0 else 'less'} in {month.name}"
        for row in grid.rows
        for cell in row.cells
        if cell.starts_on == month.starts_on and cell.difference
    ]
    return "; ".join(off[:3]) + ("." if off else "")


def _team_of(scene: Scene, holder: str) -> int | None:
    """The team above a holder, or the team itself."""
    kind, number = holder_of(holder)
    if kind == "team":
        parents = [team for team in scene.team_names if number in scene.children(team)]
        return parents[0] if parents else number
    column = "person_id" if kind == "person" else "position_id"
    rows = scene.seats_on(scene.as_of).filter(nw.col(column) == number)["team_id"].to_list()
    return int(rows[0]) if rows else None


def _refusal(why: str, next_step: str, rule: str) -> Refusal:
    return Refusal(_WHAT, why, next_step, rule)
