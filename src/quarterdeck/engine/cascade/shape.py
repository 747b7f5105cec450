"""What stays the same under every pin: the tree, the months, the weights.

    tree            season 1 1 2, sam half in March        weights          profile (leaf x month)
    team            rita  1 1 1                            rita  1  x 4/4   rita  1 1 2
      rita   1      sam   1 1 1/2                          sam   1  x 3/4   sam   1 1 1
      sam    1

Nodes are numbers from the root down, so the nodes below one, and the leaves below it, are stretches of numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import gcd, lcm
from typing import TYPE_CHECKING, Any

import numpy as np

from quarterdeck.engine.cascade.factors import MILLION, MOST_MILLIONTHS, monthly_millionths
from quarterdeck.engine.cascade.tree import Node, tree
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.engine.cascade.tables import Matrix
    from quarterdeck.terms.period import Period
    from quarterdeck.terms.tables import Frame


@dataclass(frozen=True, slots=True)
class Shape:
    """A tree of nodes 0, 1, ... from the root down, and the months over which its leaves spread their year."""

    nodes: list[Node]
    number: dict[str, int]
    """The number of each node_id."""
    parents: list[int]
    """The number of the node above; -1 for the root."""
    children: list[list[int]]
    depth: list[int]
    leaves: list[int]
    first_leaf: Matrix
    end_leaf: Matrix
    """The leaves below a node are leaves[first_leaf:end_leaf]; a leaf is below itself."""
    weights: list[int]
    """What each node weighs among its siblings, after factors; all on one scale."""
    factors: dict[int, Fraction]
    """The part of its own weight that a leaf with factors carries."""
    months: list[Period]
    rule: str
    """How leaves spread: season, or even where no month weighs anything."""
    season: list[int]
    profile: Matrix
    """What each month weighs for each leaf: leaf x month, whole, some above zero."""
    scale: int = 1
    """What a weight of one counts in `weights`: with factors, more."""

    def ancestors(self, node: int) -> list[int]:
        """The nodes above one, nearest first."""
        found = []
        while (node := self.parents[node]) >= 0:
            found.append(node)
        return found

    def sums(self, by_leaf: Matrix) -> Matrix:
        """Sums over the leaves below each node: nodes x columns from leaves x columns (64-bit whole numbers)."""
        before = np.zeros((len(by_leaf) + 1, *by_leaf.shape[1:]), dtype=by_leaf.dtype)
        np.cumsum(by_leaf, axis=0, out=before[1:])  # may wrap modulo 2^64; differences that fit are right
        found: Matrix = before[self.end_leaf] - before[self.first_leaf]
        return found


def shape(nodes: Frame, months: Sequence[Period], season: Sequence[int | Fraction], factors: Frame | None) -> Shape:
    """The shape of a plan from frames of NODES and FACTORS. Raises Refusal for what is no tree, season or calendar."""
    if not months or any(after.starts_on < before.ends_on for before, after in pairwise(months)):
        why = "Its months are missing, out of order or overlap."
        raise Refusal("The goal was not cascaded.", why, "Check the fiscal calendar.", "goal_months")
    rule, whole = _season_weights(season, len(months))
    found = tree(nodes)
    number = {node.node_id: at for at, node in enumerate(found)}
    parents = [-1 if node.parent_id is None else number[node.parent_id] for node in found]
    depth = [0] * len(found)
    for at in range(1, len(found)):
        depth[at] = depth[parents[at]] + 1
    leaves = [at for at, node in enumerate(found) if not node.children]
    first, end = _stretches(found, parents, leaves)
    carried = _carried(found, number, leaves, factors, months)
    profile, shares = _profile(carried, whole, len(leaves))
    weights = [node.weight for node in found]
    if carried:
        weights = _weights(found, parents, dict(zip(leaves, shares, strict=True)), sum(whole) * MILLION)
    of_leaf = {leaves[row]: Fraction(shares[row], sum(whole) * MILLION) for row in carried}
    children = [[number[child.node_id] for child in node.children] for node in found]
    return Shape(
        found, number, parents, children, depth, leaves, first, end, weights, of_leaf, list(months), rule, whole,
        profile, sum(whole) * MILLION if carried else 1,
    )  # fmt: skip


def _season_weights(season: Sequence[int | Fraction], n_months: int) -> tuple[str, list[int]]:
    """The rule, and the season as whole weights without a common divisor."""
    if len(season) != n_months:
        why = f"The season has {len(season)} weights for {n_months} months."
        raise Refusal("The goal was not cascaded.", why, "Give one weight per month.", "goal_season")
    if min(season) < 0:
        why = f"A season's weight is {min(season)}."
        raise Refusal("The goal was not cascaded.", why, "Use weights of zero or more.", "goal_season")
    exact = [Fraction(weight) for weight in season]
    if not any(exact):
        return "even", [1] * n_months
    scale = lcm(*(weight.denominator for weight in exact))
    whole = [int(weight * scale) for weight in exact]
    return "season", [weight // gcd(*whole) for weight in whole]


def _stretches(nodes: list[Node], parents: list[int], leaves: list[int]) -> tuple[Matrix, Matrix]:
    """First leaf and end of the leaves below each node."""
    first, end = np.zeros(len(nodes), dtype=np.int64), np.zeros(len(nodes), dtype=np.int64)
    for row, leaf in enumerate(leaves):
        first[leaf], end[leaf] = row, row + 1
    for at in range(len(nodes) - 1, -1, -1):
        if nodes[at].children:
            first[at] = first[at + 1]  # the first child comes next
        if parents[at] >= 0:
            end[parents[at]] = max(end[parents[at]], end[at])
    return first, end


def _carried(
    nodes: list[Node], number: dict[str, int], leaves: list[int], factors: Frame | None, months: Sequence[Period]
) -> dict[int, list[int]]:
    """Millionths per month of each row of leaves that has factors, of its own or of a node above it."""
    if factors is None:
        return {}
    given = monthly_millionths(factors, months)
    if unknown := sorted(set(given) - set(number)):
        why = f"{unknown[0]} is not in the tree."
        raise Refusal("The factors were not used.", why, "Leave it out.", "goal_factors", row=unknown[0])
    own = {number[node]: row for node, row in given.items()}
    found: dict[int, list[int]] = {}
    down: dict[int, list[int]] = {}
    rows = {leaf: row for row, leaf in enumerate(leaves)}
    for at, node in enumerate(nodes):
        above = down.get(number[node.parent_id]) if node.parent_id is not None else None
        mine = own.get(at)
        if above and mine:
            mine = [round(Fraction(one * other, MILLION)) for one, other in zip(above, mine, strict=True)]
        if carried := mine or above:
            down[at] = carried
            if at in rows:
                found[rows[at]] = carried
    return found


def _profile(carried: dict[int, list[int]], season: list[int], n_leaves: int) -> tuple[Matrix, list[int]]:
    """What months weigh for each leaf, and the season-weighted sum of each leaf's factors in millionths."""
    dtype: Any = np.int64 if sum(season) * MOST_MILLIONTHS < 2**62 else object
    profile = np.tile(np.array(season, dtype=dtype), (n_leaves, 1))
    shares = [sum(season) * MILLION] * n_leaves
    for row, millionths in carried.items():
        weighed = [weight * share for weight, share in zip(season, millionths, strict=True)]
        shares[row] = sum(weighed)
        divisor = gcd(*weighed) or 1
        profile[row] = [weight // divisor for weight in weighed] if any(weighed) else season
    return profile, shares


def _weights(nodes: list[Node], parents: list[int], shares: dict[int, int], full: int) -> list[int]:
    """Weights times what the leaves carry; a node without a weight of its own weighs what its leaves do."""
    found, below = [0] * len(nodes), [0] * len(nodes)
    for at in range(len(nodes) - 1, -1, -1):
        node = nodes[at]
        own = max(node.given or 0, 0)
        below[at] = below[at] if node.children else own * shares[at]
        found[at] = below[at] if node.given is None or not node.children else own * full
        if parents[at] >= 0:
            below[parents[at]] += below[at]
    return found
