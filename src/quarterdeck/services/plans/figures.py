"""What a plan shows: the engine's amounts for its goal, ground and edits, node by node and month by month.

    goal 120, even, rita's January pinned at 10      team:1   30 45 45   year 120
                                                     rita     10 25 25         60
                                                     sam      20 20 20         60

Kept in memory by what they depend on; the next edit of a plan starts from the figures before it (`repinned`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from quarterdeck.engine.cascade.plan import plan, repinned
from quarterdeck.engine.cascade.weights import goal_amount
from quarterdeck.services.plans.edits import YEAR, Edits
from quarterdeck.services.plans.ground import Ground
from quarterdeck.services.plans.seats import factors_of
from quarterdeck.services.plans.weighing import basis_of

if TYPE_CHECKING:
    from quarterdeck.engine.cascade.plan import Layer
    from quarterdeck.engine.cascade.plan import Plan as Solved
    from quarterdeck.records.models import Amendment, Plan
    from quarterdeck.terms.tables import Frame

KEPT: Final = 16
"""Plans kept in memory; 5,000 people take some ten megabytes each."""
_PINS: Final = {"node_id": nw.String, "starts_on": nw.Date, "amount": nw.Int64}
_RAILS: Final = {"node_id": nw.String, "minimum": nw.Int64, "maximum": nw.Int64}


@dataclass(frozen=True, slots=True)
class Figures:
    """A plan's amounts in one layer, in the order of the engine."""

    numbers: dict[str, int]
    months: list[list[int]]
    years: list[int]

    def cells(self, node: str) -> list[int]:
        """A node's months; a seat that an amendment brings has none before it."""
        return self.months[self.numbers[node]] if node in self.numbers else [0] * len(self.months[0])

    def year(self, node: str) -> int:
        """A node's year."""
        return self.years[self.numbers[node]] if node in self.numbers else 0

    def amended(self, starts: Sequence[str], moved: Iterable[Sequence[Any]]) -> Figures:
        """The figures after the cells of an amendment: node, first day of the month, before, after."""
        at = {starts_on: number for number, starts_on in enumerate(starts)}
        cells = {node: self.cells(node) for node in self.numbers}
        for node, starts_on, _, amount in moved:
            cells[node] = list(cells.get(node) or self.cells(node))
            cells[node][at[starts_on]] = amount
        numbers = {node: number for number, node in enumerate(cells)}
        return Figures(numbers, list(cells.values()), [sum(row) for row in cells.values()])


_SOLVED: Final[OrderedDict[str, Solved]] = OrderedDict()
"""Solved plans by what they were solved from, the least used first."""
_LAST: Final[dict[str, tuple[Edits, str]]] = {}
"""By ground, goal and whether months are held, the last edits solved and their key."""


def plan_figures(of: Plan, edits: Edits, layer: Layer = "plan") -> Figures:
    """The amounts of a plan after its edits. Raises Refusal where the edits cannot all be met."""
    solved = solved_plan(of, edits)
    return Figures(solved.shape.number, solved.months(layer).tolist(), solved.years(layer))


def figures_now(of: Plan, edits: Edits, amendments: Iterable[Amendment], layer: Layer = "plan") -> Figures:
    """The same after the amendments of a published plan, oldest first."""
    found = plan_figures(of, edits, layer)
    starts = [str(month.starts_on) for month in Ground(of.ground).months]
    for amendment in amendments:
        found = found.amended(starts, amendment.moved[layer])
    return found


def solved_plan(of: Plan, edits: Edits) -> Solved:
    """The engine's plan with months that are over as they were: open ones carry what edits change."""
    solved = _solved(of, edits)
    return solved if _keeps(solved, edits) else _solved(of, edits.holding(), "held")


def _keeps(solved: Solved, edits: Edits) -> bool:
    if not edits.held:
        return True
    numbers, months = solved.shape.number, solved.months("plan")
    at = {str(month.starts_on): place for place, month in enumerate(solved.shape.months)}
    return all(months[numbers[node]][at[month]] == amount for (node, month), amount in edits.held.items())


def _solved(of: Plan, edits: Edits, kind: str = "") -> Solved:
    """The engine's plan; from memory, from the one before it of its kind, or anew: the same amounts either way."""
    base = _base_key(of)
    key = base + edits.key()
    if key not in _SOLVED:
        last = _LAST.get(base + kind)
        before = _SOLVED.get(last[1]) if last else None
        moved = _moved(last[0], edits) if last and before is not None else None
        _SOLVED[key] = repinned(before, _pins(moved)) if before is not None and moved is not None else _anew(of, edits)
        _LAST[base + kind] = edits, key
        while len(_SOLVED) > KEPT:
            _SOLVED.popitem(last=False)
    _SOLVED.move_to_end(key)
    return _SOLVED[key]


def _base_key(of: Plan) -> str:
    said = json.dumps([of.ground, of.goal.amount, of.goal.basis, of.goal.weights], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _moved(before: Edits, after: Edits) -> dict[tuple[str, str], int | None] | None:
    """Pins that differ; None when something else does, too."""
    names = ("basis", "weights", "conventions", "carry", "rails", "hedges")
    if any(getattr(before, name) != getattr(after, name) for name in names):
        return None
    cells = before.pins.keys() | after.pins.keys()
    return {cell: after.pins.get(cell) for cell in cells if before.pins.get(cell) != after.pins.get(cell)}


def _anew(of: Plan, edits: Edits) -> Solved:
    ground = Ground(of.ground)
    basis = basis_of(edits, of.goal)
    potential = edits.conventions.get("potential", {})
    deepest = max(edits.hedges, default=-1)
    return plan(
        of.goal.amount, ground.weighed(of.goal.amount, basis, potential), ground.months, ground.season,
        basis=basis.kind, pins=_pins(dict(edits.pins)), rails=_rails(ground, edits),
        factors=factors_of(edits.carry, ground.months),
        hedges=[Fraction(edits.hedges.get(depth, "0")) for depth in range(deepest + 1)],
    )  # fmt: skip


def _pins(pins: dict[tuple[str, str], int | None]) -> Frame:
    rows = [(node, None if at == YEAR else dt.date.fromisoformat(at), amount) for (node, at), amount in pins.items()]
    return _framed(rows, _PINS)


def _rails(ground: Ground, edits: Edits) -> Frame | None:
    """Growth on last year as amounts. Raises Refusal for growth on nothing."""
    if not edits.rails:
        return None
    rows = [
        (
            node,
            *(
                None if growth is None else goal_amount(ground.nodes[node].last_year, Decimal(growth))
                for growth in rail
            ),
        )
        for node, rail in edits.rails.items()
    ]
    return _framed(rows, _RAILS)


def _framed(rows: list[tuple[Any, ...]], schema: dict[str, Any]) -> Frame:
    columns = {name: [row[at] for row in rows] for at, name in enumerate(schema)}
    return nw.from_dict(columns, schema, backend="polars")
