"""The amounts of a plan around its pins: years down the tree, pinned months across it, the rest by season.

    year 120, even, East's January pinned at 30        Jan   other months   year
      East   60                                   East   30            30     60
        rita 30                                   rita   15  (30 x 1/2)       30
        sam  30                                   sam    15                   30
      West   60                                   West    5            55     60   as if nothing were pinned

1. Years: siblings split their parent's year by weight, between their bounds (`bounds`, `spread`).
2. Months pinned at a team: its people (and teams below with pins of their own) share them in a table whose rows are
   their years and whose columns are the pinned months and one column for all the others (`tables`).
3. Every leaf spreads what is left of its year over its open months by season x factor.

Amounts depend on the pins alone, not on the order in which they were set. With a solution from before, only what a pin
touches is done again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from quarterdeck.engine.cascade.bounds import WHAT, YEAR, Bounds, Pins, Rails, bounds, clash
from quarterdeck.engine.cascade.row_parts import row_parts
from quarterdeck.engine.cascade.spread import Spread, spread
from quarterdeck.engine.cascade.tables import Cut, fitted, margins, whole_table
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR

if TYPE_CHECKING:
    from quarterdeck.engine.cascade.shape import Shape
    from quarterdeck.engine.cascade.tables import Floats, Matrix

OPEN: Final = -1
"""Stands in `fixed` where a leaf's month follows from the season."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Months pinned at a team, shared out among those below it."""

    key: tuple[object, ...]
    """All that the table was made from: while it stays the same, so does the table."""
    units: list[int]
    months: list[int]
    amounts: Matrix


@dataclass(frozen=True, slots=True)
class Solution:
    """Whole amounts of every node's year and every leaf's month, and what they were made from."""

    pins: dict[tuple[int, int], int]
    bounds: Bounds
    years: list[int]
    fixed: Matrix
    """Leaf x month: what pins say, else OPEN."""
    by_leaf: Matrix
    """Leaf x month: the amounts."""
    shared: dict[int, Shared]
    touched: set[int]
    """Nodes whose year changed against the solution before, all of them without one."""


def solution(shape: Shape, amount: int, pins: Pins, rails: Rails, before: Solution | None = None) -> Solution:
    """Amounts around pins, within rails. Raises Refusal (`goal_pins`) where a sum on the way cannot be met."""
    limits = bounds(shape, pins, rails)
    low, high = limits.years.get(0, (amount, amount))
    if not low <= amount <= high:
        raise clash(shape.nodes[0].node_id, "year", amount, low if amount < low else high, "what is fixed below it")
    years, touched = _years(shape, amount, limits, before)
    fixed, shared = _fixed(shape, pins, limits, years, before.shared if before else {})
    by_leaf = _by_leaf(shape, np.array(years, dtype=np.int64)[shape.leaves], fixed, before)
    return Solution(dict(pins), limits, years, fixed, by_leaf, shared, touched)


def year_split(shape: Shape, parent: int, amount: int, limits: Bounds) -> Spread:
    """How the children of a node share its year."""
    children = shape.children[parent]
    weights = [shape.weights[child] for child in children]
    given = [limits.years.get(child) for child in children]
    if not any(given):
        return spread(amount, weights)
    return spread(
        amount, weights, names=[shape.nodes[child].node_id for child in children], whole=shape.nodes[parent].node_id,
        minimum=[one[0] if one else 0 for one in given], maximum=[one[1] if one else MAX_MINOR for one in given],
    )  # fmt: skip


def _years(shape: Shape, amount: int, limits: Bounds, before: Solution | None) -> tuple[list[int], set[int]]:
    """Every node's year and the nodes whose year is new; subtrees in which nothing changed are left as they were."""
    years = list(before.years) if before else [0] * len(shape.nodes)
    dirty = _dirty(shape, limits, before)
    touched = set() if before and before.years[0] == amount else {0}
    years[0] = amount
    waiting = [0]
    while waiting:
        parent = waiting.pop()
        if not shape.children[parent]:
            continue
        found = year_split(shape, parent, years[parent], limits)
        for child, part in zip(shape.children[parent], found.amounts, strict=True):
            is_new = before is None or years[child] != part
            if is_new:
                years[child] = part
                touched.add(child)
            if is_new or child in dirty:
                waiting.append(child)
    return years, touched


def _dirty(shape: Shape, limits: Bounds, before: Solution | None) -> set[int]:
    """Nodes with a change of bounds at or below them."""
    if before is None:
        return set()
    names = {*limits.years, *before.bounds.years}
    changed = {node for node in names if limits.years.get(node) != before.bounds.years.get(node)}
    return {above for node in changed for above in (node, *shape.ancestors(node))}


def _fixed(
    shape: Shape, pins: Pins, limits: Bounds, years: list[int], before: dict[int, Shared]
) -> tuple[Matrix, dict[int, Shared]]:
    """Months of leaves that pins decide: their own, and their share of months pinned above them."""
    fixed = np.full((len(shape.leaves), len(shape.months)), OPEN, dtype=np.int64)
    held: dict[int, dict[int, int]] = {}
    for (node, month), amount in pins.items():
        if month != YEAR:
            if shape.children[node]:
                held.setdefault(node, {})[month] = amount
            else:
                fixed[shape.first_leaf[node], month] = amount
    found: dict[int, Shared] = {}
    for node in sorted(held):  # from the top down: a table may fix months of teams below
        shared = found[node] = _shared(shape, node, held, limits, years, before.get(node))
        for unit, amounts in zip(shared.units, shared.amounts.tolist(), strict=True):
            if unit in held:
                held[unit] |= zip(shared.months, amounts, strict=False)
        of_leaves = [row for row, unit in enumerate(shared.units) if unit not in held]
        rows = shape.first_leaf[[shared.units[row] for row in of_leaves]]
        fixed[rows[:, np.newaxis], shared.months] = shared.amounts[of_leaves, : len(shared.months)]
    return fixed, found


def _shared(  # noqa: PLR0913, PLR0917  a table is all of these
    shape: Shape, node: int, held: dict[int, dict[int, int]], limits: Bounds, years: list[int], before: Shared | None
) -> Shared:
    """The table of a node's pinned months (and one column of all others) among the leaves and pinned teams below."""
    units = _units(shape, node, held)
    months = sorted(held[node])
    rest = years[node] - sum(held[node].values())
    is_whole = len(months) == len(shape.months)
    if rest < 0 or (is_whole and rest):
        raise clash(shape.nodes[node].node_id, "year", years[node], years[node] - rest, "its pinned months")
    rows = np.array([years[unit] for unit in units], dtype=np.int64)
    columns = [held[node][month] for month in months] + ([] if is_whole else [rest])
    low, high = _unit_bounds(units, months, limits, len(columns))
    key = (tuple(units), tuple(months), tuple(columns), rows.tobytes(), low.tobytes(), high.tobytes())
    if before and before.key == key:
        return before
    given = margins(rows, columns, low, high)
    short = np.flatnonzero((given.low.sum(axis=1) > given.rows) | (given.high.sum(axis=1) < given.rows)).tolist()
    if short:
        name = shape.nodes[units[short[0]]].node_id
        raise clash(name, "year", int(rows[short[0]]), int(sum(given.low[short[0]])), "its pinned months")
    found = whole_table(fitted(_seed(shape, node, units, months, years), given), given)
    if isinstance(found, Cut):
        raise _cut(shape, node, found, units, months)
    return Shared(key, units, months, found)


def _units(shape: Shape, node: int, held: dict[int, dict[int, int]]) -> list[int]:
    """Teams with pinned months right below a node, and its leaves outside of these."""
    found, waiting = [], list(shape.children[node])
    while waiting:
        at = waiting.pop()
        if at in held or not shape.children[at]:
            found.append(at)
        else:
            waiting += shape.children[at]
    return sorted(found)


def _unit_bounds(units: list[int], months: list[int], limits: Bounds, n_columns: int) -> tuple[Matrix, Matrix]:
    low = np.zeros((len(units), n_columns), dtype=np.int64)
    high = np.full((len(units), n_columns), MAX_MINOR, dtype=np.int64)
    for row, unit in enumerate(units):
        if unit in limits.months:
            least, most = limits.months[unit]
            others = [month for month in range(len(least)) if month not in months]
            low[row, : len(months)] = [least[month] for month in months]
            high[row, : len(months)] = [most[month] for month in months]
            if n_columns > len(months):
                low[row, -1] = sum(least[month] for month in others)
                high[row, -1] = min(sum(most[month] for month in others), MAX_MINOR)
    return low, high


def _seed(shape: Shape, node: int, units: list[int], months: list[int], years: list[int]) -> Floats:
    """Years by season x factor, in floats: the odds that the table keeps, the open months together in the last column.

    A month that weighs nothing goes by year.
    """
    begin, stop = int(shape.first_leaf[node]), int(shape.end_leaf[node])
    weights = shape.profile[begin:stop].astype(float)
    of_leaves = np.array([years[leaf] for leaf in shape.leaves[begin:stop]], dtype=float)
    by_leaf = weights * (of_leaves / weights.sum(axis=1))[:, np.newaxis]
    first, end = shape.first_leaf[units] - begin, shape.end_leaf[units] - begin
    by_unit = by_leaf[first]
    for row in np.flatnonzero(end - first > 1).tolist():
        by_unit[row] = np.add.reduce(by_leaf[first[row] : end[row]], axis=0)
    seed: Floats = by_unit[:, months]
    if len(months) < len(shape.months):
        others = [month for month in range(len(shape.months)) if month not in months]
        seed = np.hstack([seed, by_unit[:, others].sum(axis=1)[:, np.newaxis]])
    empty = np.flatnonzero(seed.sum(axis=0) == 0)
    seed[:, empty] = np.array([years[unit] for unit in units], dtype=float)[:, np.newaxis]
    return seed


def _cut(shape: Shape, node: int, cut: Cut, units: list[int], months: list[int]) -> Refusal:
    named = ", ".join(f"{shape.months[months[at]].starts_on:%B %Y}" for at in cut.columns if at < len(months))
    who = ", ".join(shape.nodes[units[at]].node_id for at in cut.rows[:3])
    why = f"{who} must have at least {cut.least} in {named or 'the open months'}, where {shape.nodes[node].node_id} has"
    why += f" {cut.most}: {cut.least - cut.most} too many."
    return Refusal(WHAT, why, f"Change a pin by {cut.least - cut.most}.", "goal_pins", row=shape.nodes[node].node_id)


def _by_leaf(shape: Shape, years: Matrix, fixed: Matrix, before: Solution | None) -> Matrix:
    """Every leaf's months: what is fixed, and the rest of its year by season x factor over its open months."""
    found = np.zeros_like(fixed) if before is None else before.by_leaf.copy()
    rows = np.arange(len(years))
    if before is not None:
        was = np.array(before.years, dtype=np.int64)[shape.leaves]
        rows = np.flatnonzero((was != years) | (before.fixed != fixed).any(axis=1))
    if not len(rows):
        return found
    held, sizes = fixed[rows], np.abs(years[rows])
    is_open = held == OPEN
    kept = np.where(is_open, 0, held)
    rest = sizes - kept.sum(axis=1)
    wrong = np.flatnonzero((rest < 0) | ((rest > 0) & ~is_open.any(axis=1)))
    if len(wrong):
        name = shape.nodes[shape.leaves[int(rows[wrong[0]])]].node_id
        raise clash(name, "year", int(years[rows[wrong[0]]]), int(kept[wrong[0]].sum()), "its pinned months")
    signs = np.where(years[rows] < 0, -1, 1)[:, np.newaxis]
    found[rows] = signs * (kept + row_parts(rest, open_weights(shape.profile[rows], is_open)))
    return found


def open_weights(profile: Matrix, is_open: Matrix) -> Matrix:
    """Weights of the open months; one each where these weigh nothing, and where no month is open."""
    weights = np.where(is_open, profile, 0)
    empty = np.flatnonzero(weights.max(axis=1) <= 0)
    weights[empty] = np.where(is_open[empty], 1, 0)
    weights[empty[weights[empty].max(axis=1) <= 0]] = 1
    return weights
