"""What a goal is and by which weights it goes down: last year, and growth on it.

    last year: rita 300, sam 100, zoe nothing known    ->   weights 300, 100, 200 (the mean of her siblings)

See docs/methods/cascade.md.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import narwhals as nw

from quarterdeck.terms.errors import QuarterdeckFault, Refusal
from quarterdeck.terms.money import MAX_MINOR

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

Newcomers = Literal["mean", "none"]


def goal_amount(last_year: int, growth: Decimal | Fraction | int) -> int:
    """Last year's amount grown by a ratio (0.08 is 8 % more), rounded once, half away from zero.

    Raises Refusal when growth means nothing: on nothing, below -1, or beyond what a column holds.

    >>> goal_amount(1_000_050, Decimal("0.1")), goal_amount(150, Fraction(-1, 100))
    (1100055, 149)
    """
    if isinstance(growth, float):
        msg = f"growth is an exact ratio, not the float {growth!r}"
        raise QuarterdeckFault(msg)
    if last_year <= 0:
        raise _refusal(
            f"Last year's amount is {last_year}, and growth on that means nothing.", "Give an amount instead."
        )
    if isinstance(growth, Decimal) and not growth.is_finite():
        raise _refusal(f"Growth of {growth} is no number.", "Give growth like 0.08 for 8 % more.")
    factor = 1 + Fraction(growth)
    if factor < 0:
        raise _refusal(f"Growth of {growth} leaves less than nothing.", "Give growth of -1 or more.")
    amount = int(last_year * factor + Fraction(1, 2))
    if amount > MAX_MINOR:
        raise _refusal(f"{amount} is more than a column holds.", "Give a smaller growth.")
    return amount


def even_weights(nodes: Frame) -> Frame:
    """The same nodes, each leaf weighing 1 and each team as many as it has leaves. One row per node."""
    leaves = _is_leaf(nodes)
    weights = [1 if is_leaf else None for is_leaf in leaves]
    return _weighted(nodes, weights, ["one each" if is_leaf else None for is_leaf in leaves])


def history_weights(nodes: Frame, history: Frame, *, newcomers: Newcomers = "mean") -> Frame:
    """The same nodes with last year's amounts as weights of the leaves, and where each comes from. One row per node.

    `history`: rows of (node_id, amount), which add up; nodes unknown to the tree are left out. A leaf without history
    weighs the mean of its siblings' amounts (rounded half up; below zero counts as zero), or nothing when newcomers get
    "none". Inner nodes have no weight of their own: the cascade sums their leaves.

    >>> nodes = nw.from_dict({"node_id": ["t", "a", "b", "c"], "parent_id": [None, "t", "t", "t"]}, backend="polars")
    >>> past = nw.from_dict({"node_id": ["a", "b"], "amount": [300, 100]}, backend="polars")
    >>> history_weights(nodes, past).select("weight", "weight_from").rows()[1:]
    [(300, 'own history'), (100, 'own history'), (200, 'mean of siblings')]
    """
    own: dict[str, int] = defaultdict(int)
    for node, amount in history.select("node_id", "amount").drop_nulls().iter_rows():
        own[node] += amount
    leaves = _is_leaf(nodes)
    rows = list(zip(nodes["node_id"].to_list(), nodes["parent_id"].to_list(), leaves, strict=True))
    known: dict[str | None, list[int]] = defaultdict(list)
    for node, parent, is_leaf in rows:
        if is_leaf and node in own:
            known[parent].append(max(own[node], 0))
    found = [
        _history_weight(own.get(node), known[parent], newcomers) if is_leaf else (None, None)
        for node, parent, is_leaf in rows
    ]
    return _weighted(nodes, [weight for weight, _ in found], [rule for _, rule in found])


def _history_weight(own: int | None, siblings: list[int], newcomers: Newcomers) -> tuple[int | None, str | None]:
    if own is not None:
        return own, "own history"
    if siblings and newcomers == "mean":
        return int(Fraction(sum(siblings), len(siblings)) + Fraction(1, 2)), "mean of siblings"
    return None, None


def _is_leaf(nodes: Frame) -> list[bool]:
    parents = set(nodes["parent_id"].to_list())
    return [node not in parents for node in nodes["node_id"].to_list()]


def _weighted(nodes: Frame, weights: list[int | None], rules: list[str | None]) -> Frame:
    if any(weight is not None and abs(weight) > MAX_MINOR for weight in weights):
        raise _refusal("A weight is more than a column holds.", "Check last year's amounts.")
    backend = nodes.implementation
    return nodes.with_columns(
        nw.new_series("weight", weights, nw.Int64, backend=backend),
        nw.new_series("weight_from", rules, nw.String, backend=backend),
    )


def _refusal(why: str, next_step: str) -> Refusal:
    return Refusal("The goal was not set.", why, next_step, "goal_amount")
