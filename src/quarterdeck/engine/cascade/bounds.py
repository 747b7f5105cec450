"""What pins and guard rails leave open: the least and the most of each node's year and months.

    East   January pinned at 50                       January 50..50   year >= 70
      rita  January pinned at 30, year pinned at 60   January 30..30   year 60..60
      sam   February pinned at 10                     February 10..10  year >= 10

Only nodes with a pin or rail, and those above them, have bounds; all others may be anything from zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.frames import PINS, RAILS
from quarterdeck.terms.money import MAX_MINOR

if TYPE_CHECKING:
    from quarterdeck.engine.cascade.shape import Shape
    from quarterdeck.terms.tables import Frame

YEAR: Final = -1
"""Where a pin of a whole year stands among the months."""
Pins: TypeAlias = Mapping[tuple[int, int], int]
"""Amounts by node and month (or YEAR)."""
Rails: TypeAlias = Mapping[int, tuple[int, int]]
"""Least and most of a node's year."""
WHAT: Final = "The plan was not made."


@dataclass(slots=True)
class Bounds:
    """Least and most per node; a node that is missing may be anything from zero."""

    years: dict[int, tuple[int, int]] = field(default_factory=dict)
    months: dict[int, tuple[list[int], list[int]]] = field(default_factory=dict)


def bounds(shape: Shape, pins: Pins, rails: Rails) -> Bounds:
    """Bounds of every node with a pin or rail at or below it. Raises Refusal where a node's own clash.

    What lies below a node and the node itself must agree; whether all fit together shows only when they are spread.
    """
    of_node: dict[int, dict[int, int]] = {}
    for (node, month), amount in pins.items():
        of_node.setdefault(node, {})[month] = amount
    skeleton = {above for node in {*of_node, *rails} for above in (node, *shape.ancestors(node))}
    found = Bounds()
    for node in sorted(skeleton, reverse=True):  # children before their parents
        _node_bounds(shape, node, of_node.get(node, {}), rails.get(node, (0, MAX_MINOR)), found)
    return found


def _node_bounds(shape: Shape, node: int, own: Mapping[int, int], rail: tuple[int, int], found: Bounds) -> None:
    below = [child for child in shape.children[node] if child in found.years]
    is_all = bool(below) and len(below) == len(shape.children[node])
    least, most = sum(found.years[child][0] for child in below), MAX_MINOR
    if is_all:
        most = min(sum(found.years[child][1] for child in below), MAX_MINOR)
    monthly = [child for child in below if child in found.months]
    if monthly or own.keys() - {YEAR}:
        low, high = _month_bounds(shape, node, own, monthly, found)
        found.months[node] = low, high
        least, most = max(least, sum(low)), min(most, sum(high))
    low_year, high_year = max(least, rail[0]), min(most, rail[1])
    if YEAR in own:
        _agree(shape.nodes[node].node_id, own[YEAR], (low_year, high_year), "year")
        low_year = high_year = own[YEAR]
    if low_year > high_year:
        raise clash(shape.nodes[node].node_id, "year", high_year, low_year, "what is fixed below it")
    found.years[node] = low_year, high_year


def _month_bounds(
    shape: Shape, node: int, own: Mapping[int, int], monthly: list[int], found: Bounds
) -> tuple[list[int], list[int]]:
    n_months = len(shape.months)
    low, high = [0] * n_months, [MAX_MINOR] * n_months
    for child in monthly:
        low = [one + other for one, other in zip(low, found.months[child][0], strict=True)]
    if monthly and len(monthly) == len(shape.children[node]):
        sums = [sum(each) for each in zip(*(found.months[child][1] for child in monthly), strict=True)]
        high = [min(each, MAX_MINOR) for each in sums]
    for month, amount in own.items():
        if month != YEAR:
            when = f"{shape.months[month].starts_on:%B %Y}"
            _agree(shape.nodes[node].node_id, amount, (low[month], high[month]), when)
            low[month] = high[month] = amount
    return low, high


def _agree(name: str, amount: int, limits: tuple[int, int], when: str) -> None:
    low, high = limits
    if not low <= amount <= high:
        raise clash(name, when, amount, low if amount < low else high, "what is fixed below it, or its rails")


def clash(node: str, when: str, amount: int, fixed: int, what: str) -> Refusal:
    """The refusal of one sum that cannot be."""
    by, word = abs(fixed - amount), "at least" if fixed > amount else "at most"
    why = f"{node} has {amount} in the {when}, but {what} come to {word} {fixed}: {by} apart."
    return Refusal(
        WHAT, why.replace("in the year", "for the year"), f"Change one of them by {by}.", "goal_pins", row=node
    )


def pins_of(shape: Shape, frame: Frame | None) -> dict[tuple[int, int], int | None]:
    """Pins by node and month from a frame of PINS. Raises Refusal for cells the plan does not have, and below zero."""
    if frame is None:
        return {}
    months = {month.starts_on: at for at, month in enumerate(shape.months)}
    found: dict[tuple[int, int], int | None] = {}
    for node, starts_on, amount in PINS.check(frame).select("node_id", "starts_on", "amount").iter_rows():
        if node not in shape.number or (starts_on is not None and starts_on not in months):
            why = f"{node} has no cell for {starts_on or 'the year'}."
            raise Refusal(WHAT, why, "Pin a node of the tree and the first day of a month.", "goal_pins", row=node)
        if amount is not None and amount < 0:
            raise Refusal(WHAT, f"The pin of {node} is {amount}.", "Pin zero or more.", "goal_pins", row=node)
        found[shape.number[node], YEAR if starts_on is None else months[starts_on]] = amount
    return found


def rails_of(shape: Shape, frame: Frame | None) -> dict[int, tuple[int, int]]:
    """Rails by node from a frame of RAILS. Raises Refusal (`goal_rails`) for what bounds nothing."""
    found: dict[int, tuple[int, int]] = {}
    rows = [] if frame is None else RAILS.check(frame).select("node_id", "minimum", "maximum").rows()
    for node, minimum, maximum in rows:
        low, high = minimum or 0, MAX_MINOR if maximum is None else maximum
        if node not in shape.number or not 0 <= low <= high:
            why = f"{node} is not in the tree, or its rails {minimum} and {maximum} leave nothing between them."
            raise Refusal(WHAT, why, "Give a minimum of zero or more and a maximum above it.", "goal_rails", row=node)
        found[shape.number[node]] = low, high
    return found
