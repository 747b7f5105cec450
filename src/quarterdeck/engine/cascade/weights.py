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
    if last_year <= 0:
        raise _refusal(
            f"Last year's amount is {last_year}, and growth on that means nothing.", "Give an amount instead."
        )
    factor = 1 + exact_ratio(growth)
    if factor < 0:
        raise _refusal(f"Growth of {growth} leaves less than nothing.", "Give growth of -1 or more.")
    amount = int(last_year * factor + Fraction(1, 2))
    if amount > MAX_MINOR:
        raise _refusal(f"{amount} is more than a column holds.", "Give a smaller growth.")
    return amount


def exact_ratio(value: Decimal | Fraction | int) -> Fraction:
    """A ratio as a fraction. Raises Refusal for what is no number; a float is our fault: it was never exact.

    >>> exact_ratio(Decimal("0.08"))
    Fraction(2, 25)
    """
    if isinstance(value, float):
        msg = f"a ratio is exact, not the float {value!r}"
        raise QuarterdeckFault(msg)
    if isinstance(value, Decimal) and not value.is_finite():
        raise _refusal(f"{value} is no number.", "Give a ratio like 0.08 for 8 %.")
    return Fraction(value)


def even_weights(nodes: Frame) -> Frame:
    """The same nodes, each leaf weighing 1 and each team as many as it has leaves. One row per node."""
    leaves = is_leaf(nodes)
    weights = [1 if leaf else None for leaf in leaves]
    return weighted(nodes, weights, ["one each" if leaf else None for leaf in leaves])


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
    leaves = is_leaf(nodes)
    rows = list(zip(nodes["node_id"].to_list(), nodes["parent_id"].to_list(), leaves, strict=True))
    known: dict[str | None, list[int]] = defaultdict(list)
    for node, parent, leaf in rows:
        if leaf and node in own:
            known[parent].append(max(own[node], 0))
    found = [
        _history_weight(own.get(node), known[parent], newcomers) if leaf else (None, None)
        for node, parent, leaf in rows
    ]
    return weighted(nodes, [weight for weight, _ in found], [rule for _, rule in found])


def _history_weight(own: int | None, siblings: list[int], newcomers: Newcomers) -> tuple[int | None, str | None]:
    if own is not None:
        return own, "own history"
    if siblings and newcomers == "mean":
        return int(Fraction(sum(siblings), len(siblings)) + Fraction(1, 2)), "mean of siblings"
    return None, None


def is_leaf(nodes: Frame) -> list[bool]:
    """Whether each node has nobody below it."""
    parents = set(nodes["parent_id"].to_list())
    return [node not in parents for node in nodes["node_id"].to_list()]


def weighted(nodes: Frame, weights: list[int | None], rules: list[str | None]) -> Frame:
    """The same nodes with weights and where each comes from. Raises Refusal for a weight that no column holds."""
    if any(weight is not None and abs(weight) > MAX_MINOR for weight in weights):
        raise _refusal("A weight is more than a column holds.", "Check last year's amounts.")
    backend = nodes.implementation
    return nodes.with_columns(
        nw.new_series("weight", weights, nw.Int64, backend=backend),
        nw.new_series("weight_from", rules, nw.String, backend=backend),
    )


def _refusal(why: str, next_step: str) -> Refusal:
    return Refusal("The goal was not set.", why, next_step, "goal_amount")
