"""Quota bases beyond last year: historic quota with relief, fair share of potential, a blend, fair share of the growth.

    goal 660     last year   potential   history   fair share   half and half   base plus share of the growth
    rita               300         100       330          132             231                            312
    sam                100         150       110          198             154                            118
    zoe                200         250       220          330             275                            230

All but the first are weights of leaves for the cascade, which makes them sum; `weight_from` says where each comes from.
See docs/methods/quota-weights.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal, get_args

from quarterdeck.engine.cascade.spread import spread
from quarterdeck.engine.cascade.weights import exact_ratio, is_leaf, weighted
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR, parts, whole

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

Relief = Literal["additive", "multiplicative"]
"""base x (1 + growth - relief), or base x (1 + growth) x (1 - relief)."""
Exact = Decimal | Fraction | int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaRails:
    """Bounds outside of which an input is refused, as ratios; empty is no bound."""

    growth_min: Exact | None = None
    growth_max: Exact | None = None
    relief_max: Exact | None = None


_NO_RAILS: Final = QuotaRails()


def historic_quota(
    base: int, growth: Exact, *, relief: Exact = 0, relief_rule: Relief, rails: QuotaRails = _NO_RAILS
) -> int:
    """Last year's amount with growth, less relief for expected losses; rounded once, half away from zero.

    `relief_rule` names how the two combine: vendors differ. Raises Refusal for growth or relief outside of the rails,
    a base that is not above zero, and what leaves less than nothing.

    >>> historic_quota(1000, Decimal("0.1"), relief=Decimal("0.02"), relief_rule="additive")
    1080
    >>> historic_quota(100_000, Decimal("0.1"), relief=Decimal("0.02"), relief_rule="multiplicative")
    107800
    """
    grown, eased = exact_ratio(growth), exact_ratio(relief)
    if relief_rule not in get_args(Relief):
        raise _refusal(f"Relief cannot be '{relief_rule}'.", "Say additive or multiplicative.", "goal_relief")
    if base <= 0:
        raise _refusal(f"Last year's amount is {base}, and growth on that means nothing.", "Give a potential instead.")
    _within("growth", grown, rails.growth_min, rails.growth_max)
    _within("relief", eased, 0, 1 if rails.relief_max is None else rails.relief_max)
    factor = 1 + grown - eased if relief_rule == "additive" else (1 + grown) * (1 - eased)
    if factor < 0 or base * factor > MAX_MINOR:
        raise _refusal(
            f"Growth of {growth} with relief of {relief} leaves nothing or too much.", "Correct one of them."
        )
    return whole(base * factor)


def potential_quota(potential: int, rate: Exact) -> int:
    """The part of a market that is to be won, rounded once, half away from zero.

    >>> potential_quota(4_200_000, Decimal("0.25"))
    1050000
    """
    share = exact_ratio(rate)
    if not 0 <= share <= 1 or potential < 0:
        raise _refusal(f"{rate} of {potential} is no share of a market.", "Give a share from 0 to 1.", "goal_share")
    return whole(potential * share)


def potential_weights(nodes: Frame, potential: Frame) -> Frame:
    """The same nodes with the potential of each leaf (rows of node_id, amount) as weight: fair share. One row per node.

    A leaf without a potential weighs nothing.

    >>> import narwhals as nw
    >>> tree = nw.from_dict({"node_id": ["t", "a", "b"], "parent_id": [None, "t", "t"]}, backend="polars")
    >>> market = nw.from_dict({"node_id": ["a"], "amount": [70]}, backend="polars")
    >>> potential_weights(tree, market).select("weight", "weight_from").rows()
    [(None, None), (70, 'own potential'), (0, 'no potential')]
    """
    own = _sums(potential)
    return _of_leaves(nodes, lambda node: (own.get(node, 0), "own potential" if node in own else "no potential"))


def blended_weights(nodes: Frame, history: Frame, potential: Frame, *, history_share: Exact) -> Frame:
    """The same nodes, each leaf weighing `history_share` of its part of history and the rest of its part of potential.

    Weights are on the scale of the larger of both sums and sum to it exactly (largest remainder). Below zero counts as
    zero. Where one of the two is empty for all, the other counts alone, and `weight_from` says so. Raises Refusal for a
    share outside of 0 to 1.

    >>> import narwhals as nw
    >>> tree = nw.from_dict({"node_id": ["t", "a", "b"], "parent_id": [None, "t", "t"]}, backend="polars")
    >>> past, market = (nw.from_dict({"node_id": ["a", "b"], "amount": each}, backend="polars")
    ...     for each in ([300, 100], [200, 600]))
    >>> blended_weights(tree, past, market, history_share=Decimal("0.5")).select("weight").rows()
    [(None,), (400,), (400,)]
    """
    share = exact_ratio(history_share)
    if not 0 <= share <= 1:
        raise _refusal(f"{history_share} is no share of history.", "Give a share from 0 to 1.", "goal_share")
    leaves = _leaves(nodes)
    past, market = ([max(own.get(leaf, 0), 0) for leaf in leaves] for own in (_sums(history), _sums(potential)))
    share = Fraction(1) if not sum(market) else Fraction(0) if not sum(past) else share
    shares = [
        share * Fraction(one, sum(past) or 1) + (1 - share) * Fraction(other, sum(market) or 1)
        for one, other in zip(past, market, strict=True)
    ]
    scale = max(sum(past), sum(market))
    blended = dict(zip(leaves, parts(scale, shares) if scale else [0] * len(leaves), strict=True))
    told = f"{share} by history, {1 - share} by potential"
    return _of_leaves(nodes, lambda node: (blended[node], told))


def growth_share_weights(nodes: Frame, goal: int, base: Frame, potential: Frame) -> Frame:
    """The same nodes, each leaf weighing its base plus its fair share of what the goal is above all bases.

    The weights sum to the goal, so the cascade hands them down as they are. A goal below the bases takes the same part
    of each base away: who could sell more is not cut more. A base or potential below zero counts as zero; where nobody
    has a potential, the growth is shared evenly.

    >>> import narwhals as nw
    >>> tree = nw.from_dict({"node_id": ["t", "a", "b"], "parent_id": [None, "t", "t"]}, backend="polars")
    >>> past, market = (nw.from_dict({"node_id": ["a", "b"], "amount": each}, backend="polars")
    ...     for each in ([300, 100], [200, 600]))
    >>> growth_share_weights(tree, 440, past, market).select("weight").rows()
    [(None,), (310,), (130,)]
    """
    if goal < 0:
        raise _refusal(f"The goal is {goal}.", "Give one of zero or more.")
    leaves = _leaves(nodes)
    bases, market = ([max(own.get(leaf, 0), 0) for leaf in leaves] for own in (_sums(base), _sums(potential)))
    growth = goal - sum(bases)
    extra = spread(growth, market).amounts if growth >= 0 else [0] * len(leaves)
    kept = bases if growth >= 0 else spread(goal, bases).amounts
    found = {leaf: one + more for leaf, one, more in zip(leaves, kept, extra, strict=True)}
    return _of_leaves(nodes, lambda node: (found[node], f"own base and fair share of {growth} growth"))


def _within(what: str, value: Fraction, low: Exact | None, high: Exact | None) -> None:
    if (low is not None and value < Fraction(low)) or (high is not None and value > Fraction(high)):
        bounds = f"{'any' if low is None else low} to {'any' if high is None else high}"
        why = f"A {what} of {float(value):g} is outside of its rails, {bounds}."
        raise _refusal(why, f"Give a {what} inside of them, or move the rails.", "goal_rails")


def _sums(rows: Frame) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for node, amount in rows.select("node_id", "amount").drop_nulls().iter_rows():
        found[node] += amount
    return found


def _leaves(nodes: Frame) -> list[str]:
    """Leaves by node_id, so that ties do not depend on the order of rows."""
    return sorted(node for node, leaf in zip(nodes["node_id"].to_list(), is_leaf(nodes), strict=True) if leaf)


def _of_leaves(nodes: Frame, weigh: Callable[[str], tuple[int, str]]) -> Frame:
    rows = [
        weigh(node) if leaf else (None, None)
        for node, leaf in zip(nodes["node_id"].to_list(), is_leaf(nodes), strict=True)
    ]
    return weighted(nodes, [weight for weight, _ in rows], [told for _, told in rows])


def _refusal(why: str, next_step: str, rule: str = "goal_amount") -> Refusal:
    return Refusal("The quota was not set.", why, next_step, rule)
