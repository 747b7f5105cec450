"""When pins cross each other: amounts that meet all of them at once, or the sums that clash.

    team   January pinned at 30, year 40               a plan exists only with rita 10 / sam 20 in January:
      rita   year pinned at 10                         both are settled before the rest is spread
      sam    year pinned at 30, February at 15         with sam's February, 15 are left for January: refused,
                                                       "At least 30 is fixed (team January: 30), but there is room
                                                       for 25 (rita year: 10, ...): 5 too many"

Years down the tree, then months up the tree, are one network: what flows into a node's year flows out of its months.
Only nodes with pins or rails and those above them stand in it, the rest of each team as one. Values close to the plan
without pins are tried first. Source: Hoffman's circulation theorem (1960). See docs/methods/pins.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from quarterdeck.engine.cascade.bounds import WHAT, YEAR, Pins, Rails
from quarterdeck.engine.cascade.flows import circulation
from quarterdeck.engine.cascade.solving import solution
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR

if TYPE_CHECKING:
    from quarterdeck.engine.cascade.shape import Shape
    from quarterdeck.engine.cascade.tables import Matrix

WIDTHS: Final = (Fraction(1, 8), Fraction(1, 2), Fraction(2), None)
"""How far from the plan without pins a value may go, as a part of it; tried in order, None is anywhere."""
_GOAL: Final = -2
_NAMED: Final = 4


@dataclass(slots=True)
class _Network:
    """Arcs with the cells they stand for; a cell is a node and a month (or YEAR)."""

    points: dict[tuple[int, int, str], int] = field(default_factory=dict)
    ends: list[tuple[int, int]] = field(default_factory=list)
    cells: list[tuple[int, int] | None] = field(default_factory=list)
    limits: list[tuple[int, int]] = field(default_factory=list)

    def point(self, node: int, month: int, kind: str = "") -> int:
        """The number of a point, new when it was not named before."""
        return self.points.setdefault((node, month, kind), len(self.points))

    def add(self, tail: int, head: int, cell: tuple[int, int] | None, low: int = 0, high: int = MAX_MINOR) -> None:
        """One arc, and the cell whose amount it carries."""
        self.ends.append((tail, head))
        self.cells.append(cell)
        self.limits.append((low, high))


def settled(shape: Shape, amount: int, pins: Pins, rails: Rails) -> dict[tuple[int, int], int]:
    """Pins for every cell of the nodes that bear pins, and above them, that meet all the given ones.

    Raises Refusal (`goal_pins`) naming the sums that clash when no plan meets them. Costs up to a second for hundreds
    of pins that cross each other.
    """
    net = _network(shape, amount, pins, rails)
    plain = solution(shape, amount, {}, {})
    months = shape.sums(plain.by_leaf)
    for width in WIDTHS:
        arcs = [
            (*ends, *_near(limits, cell and _value(cell, plain.years, months), width))
            for ends, cell, limits in zip(net.ends, net.cells, net.limits, strict=True)
        ]
        amounts, reached = circulation(len(net.points), arcs)
        if amounts:
            return {cell: found for cell, found in zip(net.cells, amounts, strict=True) if cell and cell[0] != _GOAL}
    raise _clash(shape, net, reached, amount)


def _value(cell: tuple[int, int], years: list[int], months: Matrix) -> int:
    node, month = cell
    return years[max(node, 0)] if month == YEAR else int(months[node, month])


def _near(limits: tuple[int, int], plain: int | None, width: Fraction | None) -> tuple[int, int]:
    """Limits drawn in to a width around the value without pins."""
    low, high = limits
    if plain is None or width is None:
        return limits
    room = int(plain * width) + 1
    return min(max(low, plain - room), high), max(min(high, plain + room), low)


def _network(shape: Shape, amount: int, pins: Pins, rails: Rails) -> _Network:
    bearing = {node for node, _ in pins} | set(rails)
    skeleton = {above for node in bearing for above in (node, *shape.ancestors(node))} | {0}
    net = _Network()
    end = net.point(_GOAL, YEAR)
    net.add(end, net.point(_GOAL, YEAR, "goal"), (_GOAL, YEAR), amount, amount)
    for node in sorted(skeleton):
        for month in range(len(shape.months)):
            low = high = pins.get((node, month), -1)
            above = net.point(shape.parents[node], month) if node else end
            net.add(net.point(node, month), above, (node, month), *((low, high) if low >= 0 else (0, MAX_MINOR)))
        pin = pins.get((node, YEAR), -1)
        limits = (pin, pin) if pin >= 0 else rails.get(node, (0, MAX_MINOR))
        over = net.point(shape.parents[node], YEAR) if node else net.point(_GOAL, YEAR, "goal")
        net.add(over, net.point(node, YEAR), (node, YEAR), *limits)
        _add_months(shape, net, node, skeleton)
    return net


def _add_months(shape: Shape, net: _Network, node: int, skeleton: set[int]) -> None:
    """From a node's year to its months: directly where nobody below bears pins, else by way of the rest of the team."""
    below = [child for child in shape.children[node] if child in skeleton]
    if below and len(below) == len(shape.children[node]):
        return
    year = net.point(node, YEAR)
    if below:
        year = net.point(node, YEAR, "rest")
        net.add(net.point(node, YEAR), year, None)
    for month in range(len(shape.months)):
        net.add(year, net.point(node, month), None)


def _clash(shape: Shape, net: _Network, reached: set[int], amount: int) -> Refusal:
    """More must enter these points than may leave them: the pins that need it against those that hold it back."""
    needs, holds, least, most = [], [], 0, 0
    for (tail, head), cell, (low, high) in zip(net.ends, net.cells, net.limits, strict=True):
        if head in reached and tail not in reached and low:
            needs.append(_named(shape, cell, low))
            least += low
        if tail in reached and head not in reached:
            holds.append(_named(shape, cell, high))
            most += high
    by = least - most
    room = f"there is room for {most} ({_listed(holds) or 'nothing'})"
    why = f"At least {least} is fixed ({_listed(needs)}), but {room}: {by} too many."
    return Refusal(WHAT, why, f"Change one of these by {by}, or the goal of {amount}.", "goal_pins")


def _named(shape: Shape, cell: tuple[int, int] | None, amount: int) -> str:
    node, month = cell or (_GOAL, YEAR)
    if node == _GOAL:
        return f"the goal {amount}"
    when = "year" if month == YEAR else f"{shape.months[month].starts_on:%B %Y}"
    return f"{shape.nodes[node].node_id} {when}: {amount}"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
