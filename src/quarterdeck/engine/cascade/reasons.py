"""Why each amount of a plan is what it is, as JSON that adds up: exact + rounding = amount.

    cell      rule      exact                                        rounding   amount
    rita Jan  pin       50                                                  0       50
    rita Feb  season    (120 - 50) x 1/3 = 70/3                          -1/3       23
    rita      weight    of the team's 360: 1 of 3 = 120                     0      120
    team Feb  children  the sum of 3

Rules of a year: root, weight, even, pin, minimum, maximum, settled (forced by pins that cross each other), hedge.
Rules of a month: season, even, pin, settled, shared (its part of a month pinned above it), children, plan (street
layer). The part of a pinned month also has `fitted`, what the table moved it by so that all years and months agree.
"""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from quarterdeck.engine.cascade.bounds import YEAR
from quarterdeck.engine.cascade.factors import MILLION
from quarterdeck.engine.cascade.solving import OPEN, open_weights, year_split
from quarterdeck.engine.cascade.street import street_split
from quarterdeck.engine.cascade.tree import notes

if TYPE_CHECKING:
    from quarterdeck.engine.cascade.plan import Layer, Plan
    from quarterdeck.engine.cascade.spread import Spread
    from quarterdeck.engine.cascade.tables import Matrix

_SAFE = 2**62
Reason = dict[str, Any]


def year_reason(plan: Plan, node: int, layer: Layer) -> Reason:
    """How one node's year came about."""
    parent = plan.shape.parents[node]
    if parent < 0:
        return _root_reason(plan, layer)
    at = plan.shape.children[parent].index(node)
    return _child_reason(plan, layer, parent, at, _split(plan, layer, parent))


def year_reasons(plan: Plan, layer: Layer) -> list[str]:
    """The same for every node, as JSON; each family of siblings is split once."""
    found = [json.dumps(_root_reason(plan, layer))] + [""] * (len(plan.shape.nodes) - 1)
    for parent, children in enumerate(plan.shape.children):
        split = _split(plan, layer, parent) if children else None
        for at, child in enumerate(children):
            if split:
                found[child] = json.dumps(_child_reason(plan, layer, parent, at, split), ensure_ascii=False)
    return found


def _split(plan: Plan, layer: Layer, parent: int) -> Spread:
    amount = plan.years(layer)[parent]
    if layer == "plan":
        return year_split(plan.shape, parent, amount, plan.plan.bounds)
    return street_split(plan.shape, parent, amount, plan.street.weights)


def _root_reason(plan: Plan, layer: Layer) -> Reason:
    if layer == "plan":
        return {"rule": "root", "amount": plan.amount}
    by_depth: dict[int, int] = {}
    for leaf in plan.shape.leaves:
        depth = plan.shape.depth[leaf]
        by_depth[depth] = by_depth.get(depth, 0) + plan.plan.years[leaf]
    exact = sum((amount * _compound(plan, depth) for depth, amount in by_depth.items()), Fraction(0))
    amount = plan.street.years[0]
    return {
        "rule": "hedge", "amount": amount, "plan_amount": plan.amount, "exact": str(exact),
        "rounding": str(amount - exact), "hedges": [str(hedge) for hedge in plan.hedges],
    }  # fmt: skip


def _compound(plan: Plan, depth: int) -> Fraction:
    found = Fraction(1)
    for hedge in plan.hedges[:depth]:
        found *= 1 + hedge
    return found


def _child_reason(plan: Plan, layer: Layer, parent: int, at: int, split: Spread) -> Reason:
    node = plan.shape.children[parent][at]
    amount, parent_amount = split.amounts[at], plan.years(layer)[parent]
    exact = split.exact(at)
    reason: Reason = {
        "rule": _year_rule(plan, layer, node, split.rules[at]), "parent_id": plan.shape.nodes[parent].node_id,
        "parent_amount": parent_amount, "weight": int(split.weights[at]), "weight_of_all": int(split.open_weight),
        "n_siblings": len(split.amounts), "exact": str(exact), "rounding": str(amount - exact),
    }  # fmt: skip
    if split.open_amount != parent_amount:
        reason["open_amount"] = split.open_amount
    if layer == "street":
        return reason | {"plan_amount": plan.plan.years[node]}
    if plan.shape.scale > 1:
        reason["weight_scale"] = plan.shape.scale
    if node in plan.shape.factors:
        reason["factor"] = str(plan.shape.factors[node])
    return reason | notes(plan.shape.nodes[node])


def _year_rule(plan: Plan, layer: Layer, node: int, rule: str) -> str:
    if layer == "plan" and (node, YEAR) in plan.plan.pins:
        return "pin" if (node, YEAR) in plan.pins else "settled"
    return rule


def month_reasons(plan: Plan, layer: Layer, rows: Matrix) -> list[list[str]]:
    """How the months of some leaves (by row) came about, without their years: JSON, put together as text for speed."""
    found = []
    shared: dict[tuple[int, int], tuple[list[int], int]] = {}
    for row, (rule, year, rest, shares, exacts, roundings) in zip(
        rows.tolist(), _by_season(plan, layer, rows), strict=True
    ):
        base = {"rule": rule, "basis": plan.basis, "year_amount": year} | (
            {"open_amount": rest} if rest != year else {}
        )
        begin = json.dumps(base, ensure_ascii=False)[:-1]
        cells = [
            f'{begin}, "share": "{share}", "exact": "{exact}", "rounding": "{rounding}"}}'
            for share, exact, rounding in zip(shares, exacts, roundings, strict=True)
        ]
        if layer == "plan":
            for month in np.flatnonzero(plan.plan.fixed[row] != OPEN).tolist():
                why = _fixed_reason(plan, row, month, shared)
                cells[month] = json.dumps({"basis": plan.basis, "year_amount": year, **why}, ensure_ascii=False)
        found.append(cells)
    return found


_Made = tuple[str, int, int, list[str], list[str], list[str]]


def _by_season(plan: Plan, layer: Layer, rows: Matrix) -> list[_Made]:
    """Rule, year, what is open of it, then shares, exact amounts and roundings of the months, for each row."""
    years = [plan.years(layer)[plan.shape.leaves[row]] for row in rows.tolist()]
    if layer == "plan":
        held = plan.plan.fixed[rows]
        weights = open_weights(plan.shape.profile[rows], held == OPEN)
        rest = np.array(years, dtype=np.int64) - np.where(held == OPEN, 0, held).sum(axis=1)
        rule, amounts = plan.shape.rule, plan.plan.by_leaf[rows] - np.where(held == OPEN, 0, held)
    else:
        weights = np.abs(plan.plan.by_leaf[rows])
        weights[~weights.any(axis=1)] = 1
        rule, rest, amounts = "plan", np.array(years, dtype=np.int64), plan.street.by_leaf[rows]
    most = int(np.abs(rest).max()) * int(weights.max()) + int(weights.sum(axis=1).max())
    if weights.dtype == object or most * 2 >= _SAFE:
        weights, rest, amounts = (each.astype(object) for each in (weights, rest, amounts))
    whole = weights.sum(axis=1)[:, np.newaxis]
    exact = rest[:, np.newaxis] * weights
    texts = [_fractions(tops, whole) for tops in (weights, exact, amounts * whole - exact)]
    return list(zip([rule] * len(years), years, rest.tolist(), *texts, strict=True))


def _fractions(tops: Matrix, whole: Matrix) -> list[list[str]]:
    """Each number over its row's whole in lowest terms, as text."""
    divisors = np.gcd(tops, whole)
    return [
        [f"{top}" if bottom == 1 else f"{top}/{bottom}" for top, bottom in zip(row, bottoms, strict=True)]
        for row, bottoms in zip((tops // divisors).tolist(), (whole // divisors).tolist(), strict=True)
    ]


def _fixed_reason(plan: Plan, row: int, month: int, shared: dict[tuple[int, int], tuple[list[int], int]]) -> Reason:
    """Why a month does not go by season; `shared` keeps the weights under each pinned node, which are long to sum."""
    cell, amount = (plan.shape.leaves[row], month), int(plan.plan.fixed[row, month])
    if cell in plan.plan.pins:
        return {"rule": "pin" if cell in plan.pins else "settled", "exact": str(amount), "rounding": "0"}
    node = _pinned_above(plan, cell[0], month)
    pinned = plan.plan.pins[node, month]
    if (node, month) not in shared:
        weights = _weights(plan, node, month)
        shared[node, month] = weights, sum(weights)
    weights, total = shared[node, month]
    own = weights[row - int(plan.shape.first_leaf[node])]
    exact = Fraction(pinned * own, total) if total else Fraction(0)
    return {
        "rule": "shared", "pinned_id": plan.shape.nodes[node].node_id, "pinned_amount": pinned,
        "weight": own, "weight_of_all": total, "exact": str(exact), "fitted": str(amount - exact), "rounding": "0",
    }  # fmt: skip


def _pinned_above(plan: Plan, leaf: int, month: int) -> int:
    """The nearest node above a leaf whose month is pinned."""
    return next(node for node in plan.shape.ancestors(leaf) if (node, month) in plan.plan.pins)


def _weights(plan: Plan, node: int, month: int) -> list[int]:
    """Years of the leaves below a node by the month's share of season x factor; in millionths where shares differ."""
    first, end = int(plan.shape.first_leaf[node]), int(plan.shape.end_leaf[node])
    rows = plan.shape.profile[first:end]
    years = [plan.plan.years[leaf] for leaf in plan.shape.leaves[first:end]]
    weights, wholes = rows[:, month].tolist(), rows.sum(axis=1).tolist()
    if len(set(wholes)) == 1:
        return [year * weight for year, weight in zip(years, weights, strict=True)]
    return [year * MILLION * weight // whole for year, weight, whole in zip(years, weights, wholes, strict=True)]


def node_reason(plan: Plan, node: int, month: int, layer: Layer) -> str:
    """How a month of a node with others below came about: the sum of these, which a pin may have fixed. JSON."""
    rule = "children"
    if layer == "plan" and (node, month) in plan.plan.pins:
        rule = "pin" if (node, month) in plan.pins else "settled"
    n_children, year = len(plan.shape.children[node]), plan.years(layer)[node]
    found = {"rule": rule, "basis": plan.basis, "n_children": n_children, "year_amount": year}
    return json.dumps(found, ensure_ascii=False)
