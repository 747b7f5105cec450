"""What a plan is spread by: last year, potential, a blend of both, base plus a share of the growth, evenly, as given.

    goal 660    last year  potential    history  potential  blend 1/2  growth share  even
    rita              300        100        330        132        231           312   220
    sam               100        150        110        198        154           118   220
    zoe               200        250        220        330        275           230   220

A basis names its conventions: who has no potential weighs `mean` (of those beside) or `none`; a base may have grown by
`growth` less `relief`, added or multiplied. They stand in `weight_from` of each leaf. See
docs/methods/quota-weights.md.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import narwhals as nw

from quarterdeck.engine.cascade.quotas import (
    Relief,
    blended_weights,
    growth_share_weights,
    historic_quota,
    potential_weights,
)
from quarterdeck.engine.cascade.weights import Newcomers, even_weights, history_weights, is_leaf, weighted
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quarterdeck.terms.tables import Frame

BasisKind = Literal["history", "potential", "blend", "growth_share", "even", "weights"]
BY_POTENTIAL: Final = ("potential", "blend", "growth_share")
"""Kinds that need a potential, and a word on who has none."""
Exact = Decimal | Fraction | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """By what a plan is spread, with the conventions that its kind asks for. Raises Refusal for one left unsaid."""

    kind: BasisKind
    unknown: Newcomers | None = None
    """What a leaf without a potential weighs; mandatory by potential."""
    history_share: Exact | None = None
    """Of a blend: the part that goes by last year, from 0 to 1; mandatory there."""
    growth: Exact = 0
    """Of a growth share: what each base has grown by before the rest is shared by potential."""
    relief: Exact = 0
    relief_rule: Relief | None = None
    """How relief combines with growth; mandatory where there is relief."""
    potential_of: str = ""
    """Of what the potential is, in a word, for the reasons: accounts, territories, segments."""
    weights: Mapping[str, int] = field(default_factory=dict)
    """Given ones by node."""

    def __post_init__(self) -> None:
        """Refuse what leaves a convention open, or names one that means nothing here."""
        if self.kind not in get_args(BasisKind):
            raise _refusal(f"There is no basis '{self.kind}'.", f"Choose one of {', '.join(get_args(BasisKind))}.")
        if (self.kind in BY_POTENTIAL) != (self.unknown in get_args(Newcomers)):
            raise _refusal("It is not said what who has no potential weighs.", "Say mean or none; of potential only.")
        if (self.kind == "blend") != (self.history_share is not None):
            raise _refusal("It is not said how much goes by last year.", "Give a share from 0 to 1, of a blend only.")
        if not 0 <= (self.history_share or 0) <= 1:
            raise _refusal("Less than nothing or more than all cannot go by last year.", "Give a share from 0 to 1.")
        is_grown = bool(self.growth or self.relief)
        if (is_grown and self.kind != "growth_share") or bool(self.relief) != bool(self.relief_rule):
            why = "It is not said whether relief is added to growth or multiplied with it, or nothing has either."
            raise _refusal(why, "Say additive or multiplicative where there is relief, of a growth share only.")


def based_weights(
    nodes: Frame, goal: int, basis: Basis, history: Mapping[str, int], potential: Mapping[str, int]
) -> Frame:
    """The same nodes with the weight of each leaf, and in `weight_from` where it comes from. One row per node.

    `history` and `potential`: whole amounts by node; a leaf that is not in them has none that is known. What is below
    zero counts as zero, so it never outranks what is above. Where a basis is empty for all, everybody weighs the same.

    >>> tree = nw.from_dict({"node_id": ["t", "a", "b"], "parent_id": [None, "t", "t"]}, backend="polars")
    >>> half, past, market = (Basis(kind="blend", unknown="none", history_share=Fraction(1, 2)),
    ...     {"a": 300, "b": 100}, {"a": 200, "b": 600})
    >>> based_weights(tree, 400, half, past, market).select("weight", "weight_from").rows()
    [(None, None), (400, '50 % by last year, 50 % by potential'), (400, '50 % by last year, 50 % by potential')]
    """
    nodes = nodes.with_columns(weight=nw.lit(None).cast(nw.Int64))
    leaves = {node for node, leaf in zip(nodes["node_id"].to_list(), is_leaf(nodes), strict=True) if leaf}
    past = {node: amount for node, amount in history.items() if node in leaves and amount}
    if basis.kind == "weights":
        given = [basis.weights.get(node) for node in nodes["node_id"].to_list()]
        return nodes.with_columns(nw.new_series("weight", given, nw.Int64, backend="polars"))
    if basis.kind == "even" or (basis.kind == "history" and not past):
        return even_weights(nodes)
    if basis.kind == "history":
        return history_weights(nodes, _framed(past))
    return _by_potential(nodes, goal, basis, past, {node: potential[node] for node in leaves if node in potential})


def _by_potential(nodes: Frame, goal: int, basis: Basis, past: dict[str, int], known: dict[str, int]) -> Frame:
    market, filled = _filled(nodes, known, basis.unknown or "none")
    of = f"potential of {basis.potential_of}" if basis.potential_of else "potential"
    if not any(amount > 0 for amount in market.values()) and basis.kind == "potential":
        return even_weights(nodes)
    if basis.kind == "potential":
        return _told(potential_weights(nodes, _framed(market)), filled, f"own {of}", f"the mean {of} of those beside")
    if basis.kind == "blend":
        has_past, has_market = (any(amount > 0 for amount in each.values()) for each in (past, market))
        share = Fraction(basis.history_share or 0)
        found = blended_weights(nodes, _framed(past), _framed(market), history_share=share)
        share = Fraction(1) if not has_market else share if has_past else Fraction(0)
        said = f"{_percent(share)} by last year, {_percent(1 - share)} by {of}"
        return _told(found, filled, said, f"{said}, which is the mean of those beside")
    found = growth_share_weights(nodes, goal, _framed(_bases(basis, past)), _framed(market))
    said = f"last year{_grown(basis)} and a share of the growth by {of}"
    return _told(found, filled, said, f"{said}, which is the mean of those beside")


def _grown(basis: Basis) -> str:
    if not (basis.growth or basis.relief):
        return ""
    rule = "subtracted from it" if basis.relief_rule == "additive" else "multiplied with it"
    relief = f", relief of {_percent(basis.relief)} {rule}" if basis.relief else ""
    return f" grown by {_percent(basis.growth)}{relief}"


def _percent(ratio: Exact) -> str:
    return f"{float(ratio * 100):g} %"


def _bases(basis: Basis, past: dict[str, int]) -> dict[str, int]:
    """Last year's amounts after growth and relief, each rounded once; nothing grows from nothing."""
    if not (basis.growth or basis.relief):
        return past
    rule = basis.relief_rule or "additive"
    return {
        node: historic_quota(amount, basis.growth, relief=basis.relief, relief_rule=rule) if amount > 0 else 0
        for node, amount in past.items()
    }


def _filled(nodes: Frame, known: dict[str, int], unknown: Newcomers) -> tuple[dict[str, int], set[str]]:
    """Potential by leaf, and who got the mean of those beside (rounded half up; below zero counts as zero)."""
    rows = zip(nodes["node_id"].to_list(), nodes["parent_id"].to_list(), is_leaf(nodes), strict=True)
    leaves = [(node, parent) for node, parent, leaf in rows if leaf]
    beside: dict[str | None, list[int]] = defaultdict(list)
    for node, parent in leaves:
        if node in known:
            beside[parent].append(max(known[node], 0))
    if unknown == "none":
        return known, set()
    means = {parent: int(Fraction(sum(each), len(each)) + Fraction(1, 2)) for parent, each in beside.items()}
    filled = {node: means[parent] for node, parent in leaves if node not in known and parent in means}
    return known | filled, set(filled)


def _told(nodes: Frame, filled: set[str], own: str, mean: str) -> Frame:
    """Where weights come from: from a leaf's own facts, or those beside it."""
    rows = zip(nodes["node_id"].to_list(), nodes["weight"].to_list(), nodes["weight_from"].to_list(), strict=True)
    said = [
        None if weight is None else mean if node in filled else was if was == "no potential" else own
        for node, weight, was in rows
    ]
    return weighted(nodes, nodes["weight"].to_list(), said)


def _framed(amounts: Mapping[str, int]) -> Frame:
    schema: dict[str, Any] = {"node_id": nw.String, "amount": nw.Int64}
    return nw.from_dict({"node_id": list(amounts), "amount": list(amounts.values())}, schema, backend="polars")


def _refusal(why: str, next_step: str) -> Refusal:
    return Refusal("The plan was not weighed.", why, next_step, "plan_driver")
