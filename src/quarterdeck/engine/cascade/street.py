"""The street layer: every level puts a hedge on top of what it hands down, and children still sum to their parent.

    plan 100, even; hedge 5 % at the company, 10 % at the teams        plan   street
    company                                                            100    115.5
      East   50  ->  rita 25 x 1.05 x 1.10                              50     57.75   (in whole units: 58)
      West   50  ->  zoe  50 x 1.05 x 1.10                              50     57.75

What a leaf carries is its plan times the hedges of all the levels above it; the root's street year is the sum of these,
rounded once, and goes down by them. Months go by the months of the plan. See docs/methods/over-assignment.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Final

import numpy as np

from quarterdeck.engine.cascade.row_parts import row_parts
from quarterdeck.engine.cascade.spread import Spread, spread
from quarterdeck.engine.cascade.tables import Cut, fitted, margins, whole_table
from quarterdeck.terms.errors import QuarterdeckFault, Refusal
from quarterdeck.terms.money import MAX_MINOR, whole

if TYPE_CHECKING:
    from quarterdeck.engine.cascade.shape import Shape
    from quarterdeck.engine.cascade.solving import Solution
    from quarterdeck.engine.cascade.tables import Matrix

_TINY: Final = 1e-9
"""Odds of a month in which the plan has nothing but the street must have something."""


@dataclass(frozen=True, slots=True)
class Street:
    """Whole amounts of the street layer: every node's year and every leaf's months."""

    years: list[int]
    by_leaf: Matrix
    weights: list[int]
    """Plan years times hedges, summed up the tree; by these the street goes down."""


def street(
    shape: Shape, plan: Solution, hedges: Sequence[Fraction], before: tuple[Solution, Street] | None = None
) -> Street:
    """The street layer on a plan: `hedges` by depth, the root's first; a level without one adds nothing.

    Raises Refusal for a hedge below zero and a sum beyond 64 bits. With both layers from before, only what differs is
    redone.
    """
    compound, scale = _compound(hedges, max(shape.depth))
    weights = [0] * len(shape.nodes)
    for leaf in shape.leaves:
        weights[leaf] = plan.years[leaf] * compound[shape.depth[leaf]]
    for node in range(len(shape.nodes) - 1, 0, -1):
        weights[shape.parents[node]] += weights[node]
    amount = whole(Fraction(weights[0], scale))
    if abs(amount) > MAX_MINOR:
        raise _refusal(f"The street layer is {amount}, more than a column holds.", "Use smaller hedges.")
    touched = {above for node in plan.touched for above in (node, *shape.ancestors(node))}
    years = _down(shape, amount, weights, before[1].years if before else None, touched)
    return Street(years, _by_leaf(shape, plan, years, before), weights)


def street_within(shape: Shape, plan: Solution, hedges: Sequence[Fraction], by_month: Sequence[int]) -> Street:
    """The street layer of a subtree whose months are given: shared by plan x hedges, in the odds of the plan's months.

    For a part of a tree whose street amounts must not change above it. `hedges` begin with those of the subtree's root.
    """
    compound, _ = _compound(hedges, max(shape.depth))
    weights = [0] * len(shape.nodes)
    for leaf in shape.leaves:
        weights[leaf] = plan.years[leaf] * compound[shape.depth[leaf]]
    for node in range(len(shape.nodes) - 1, 0, -1):
        weights[shape.parents[node]] += weights[node]
    years = _down(shape, sum(by_month), weights, None, set())
    rows, none = [years[leaf] for leaf in shape.leaves], np.zeros(plan.by_leaf.shape, dtype=np.int64)
    given = margins(rows, by_month, none, none + MAX_MINOR)
    found = whole_table(fitted(plan.by_leaf.astype(float) + _TINY, given), given)
    if isinstance(found, Cut):
        msg = f"a table without bounds has no solution: {found}"
        raise QuarterdeckFault(msg)
    return Street(years, found.astype(np.int64), weights)


def _compound(hedges: Sequence[Fraction], deepest: int) -> tuple[list[int], int]:
    """What a leaf at each depth carries of its plan, as whole numbers over one scale."""
    if min(hedges, default=Fraction(0)) < 0:
        raise _refusal(f"A hedge is {min(hedges)}.", "Give hedges of zero or more, such as 0.05.")
    found = [Fraction(1)]
    for depth in range(deepest):
        found.append(found[-1] * (1 + (Fraction(hedges[depth]) if depth < len(hedges) else 0)))
    scale = lcm(*(share.denominator for share in found))
    return [int(share * scale) for share in found], scale


def _down(shape: Shape, amount: int, weights: list[int], before: list[int] | None, touched: set[int]) -> list[int]:
    """Years of the street layer; a subtree with the same year, untouched below, is left as it was."""
    years = list(before) if before else [0] * len(shape.nodes)
    years[0] = amount
    sign = -1 if amount < 0 else 1
    waiting = [0]
    while waiting:
        parent = waiting.pop()
        children = shape.children[parent]
        if not children:
            continue
        parts = street_split(shape, parent, abs(years[parent]), weights).amounts
        for child, part in zip(children, parts, strict=True):
            if before is None or years[child] != sign * part or child in touched:
                years[child] = sign * part
                waiting.append(child)
    return years


def street_split(shape: Shape, parent: int, amount: int, weights: Sequence[int]) -> Spread:
    """A parent's street year among its children, in their order; `weights` by node.

    Who weighs more in the plan is served first: among equal plan years the odd unit is never a smaller weight's.
    """
    children = shape.children[parent]
    order = sorted(range(len(children)), key=lambda at: -shape.weights[children[at]])
    made = spread(amount, [abs(weights[children[at]]) for at in order])
    place = np.argsort(order).tolist()
    amounts, rules, shares = ([part[at] for at in place] for part in (made.amounts, made.rules, made.weights))
    return replace(made, amounts=amounts, rules=rules, weights=shares)


def _by_leaf(shape: Shape, plan: Solution, years: list[int], before: tuple[Solution, Street] | None) -> Matrix:
    """Each leaf's street year by the months of its plan."""
    of_leaves = np.array(years, dtype=np.int64)[shape.leaves]
    if before is None:
        found, rows = np.zeros_like(plan.by_leaf), np.arange(len(of_leaves))
    else:
        found = before[1].by_leaf.copy()
        was = np.array(before[1].years, dtype=np.int64)[shape.leaves]
        rows = np.flatnonzero((was != of_leaves) | (before[0].by_leaf != plan.by_leaf).any(axis=1))
        found[rows] = 0
    rows = rows[of_leaves[rows] != 0]
    parts = row_parts(np.abs(of_leaves[rows]), np.abs(plan.by_leaf[rows]))
    found[rows] = np.sign(of_leaves[rows])[:, np.newaxis] * parts
    return found


def _refusal(why: str, next_step: str) -> Refusal:
    return Refusal("The street layer was not made.", why, next_step, "goal_hedges")
