"""How many people are worth their cost: by a table of what each number brings, or by a square-root response.

A head costs 60. What 0, 1, 2, 3, 4 heads bring, and what the last one adds:

    heads    0    1     2     3     4
    brings   0    100   160   220   230
    adds          100   60    60    10       while_above: 1 head;  while_at_least and best_total: 3 heads

The square root says: revenue = scale x sqrt(heads), so profit is highest at (margin x scale / (2 x cost))^2 heads.
Source: marginal analysis of sales force size (Zoltners and Lorimer; planning case hc-04).
See docs/methods/response-sizing.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, get_args

from quarterdeck.engine.calendar.exact import exact_ratio
from quarterdeck.terms.errors import Refusal

MarginalRule = Literal["while_above", "while_at_least", "best_total"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizing:
    """How many heads, what they bring and what is left after their cost (minor units); `because` is JSON."""

    n_heads: int
    brings_minor: int
    profit_minor: int
    because: str


def marginal_sizing(brings_minor: Sequence[int], cost_minor: int, *, rule: MarginalRule) -> Sizing:
    """Heads worth their cost, given what 0, 1, 2, ... heads bring in contribution before their own cost.

    `rule`: hire "while_above" (the next head adds more than it costs), "while_at_least" (no less than it costs), or the
    number with the "best_total" profit, the larger of two equal; they differ where what heads add does not fall.
    Raises Refusal for an empty table, a cost not above zero, an unknown rule.

    >>> [marginal_sizing([0, 100, 160, 220, 230], 60, rule=rule).n_heads
    ...     for rule in ("while_above", "while_at_least", "best_total")]
    [1, 3, 3]
    """
    if not brings_minor or cost_minor <= 0 or rule not in get_args(MarginalRule):
        why = f"{len(brings_minor)} amounts, a cost of {cost_minor} and the rule '{rule}' do not say enough."
        raise _refusal(why, f"Give amounts, a cost above zero and one of {', '.join(get_args(MarginalRule))}.")
    profits = [brought - at * cost_minor for at, brought in enumerate(brings_minor)]
    if rule == "best_total":
        n = max(range(len(profits)), key=lambda at: (profits[at], at))
    else:
        least = 1 if rule == "while_above" else 0
        n = 0
        while n + 1 < len(profits) and profits[n + 1] - profits[n] >= least:
            n += 1
    why_so = {
        "rule": rule,
        "cost_minor": cost_minor,
        "adds": _added(brings_minor, n),
        "next_adds": _added(brings_minor, n + 1),
    }
    return Sizing(n_heads=n, brings_minor=brings_minor[n], profit_minor=profits[n], because=json.dumps(why_so))


def square_root_sizing(scale_minor: int, cost_minor: int, *, margin: Decimal | Fraction | float = 1) -> Sizing:
    """The whole number of heads with the highest profit where revenue = scale x sqrt(heads); the fewer of two equal.

    `scale_minor` is what one head alone brings, `margin` the share of it that is contribution. Revenue is rounded to a
    whole unit, exactly (by an integer root). Raises Refusal for amounts not above zero.

    >>> found = square_root_sizing(1_000_000, 100_000)
    >>> found.n_heads, found.brings_minor, found.profit_minor
    (25, 5000000, 2500000)
    """
    share = exact_ratio(margin, "margin")
    if scale_minor <= 0 or cost_minor <= 0 or share <= 0:
        raise _refusal("Scale, cost or margin is not above zero.", "Give all three above zero.")
    optimum = (share * scale_minor / (2 * cost_minor)) ** 2
    about = math.floor(optimum)
    n = max((about, about + 1), key=lambda heads: (_profit(heads, scale_minor, cost_minor, share), -heads))
    why = {"rule": "square_root", "scale_minor": scale_minor, "cost_minor": cost_minor, "margin": str(share),
           "exact_heads": float(optimum)}  # fmt: skip
    brings = _root(Fraction(scale_minor), n)
    return Sizing(n_heads=n, brings_minor=brings, profit_minor=_profit(n, scale_minor, cost_minor, share),
        because=json.dumps(why))  # fmt: skip


def _profit(heads: int, scale: int, cost: int, share: Fraction) -> int:
    return _root(share * scale, heads) - cost * heads


def _root(scale: Fraction, heads: int) -> int:
    """The whole number nearest to scale x sqrt(heads), by the root of an integer: floats would be off beyond 2^53."""
    squared = 4 * scale * scale * heads
    return (math.isqrt(squared.numerator // squared.denominator) + 1) // 2


def _added(brings: Sequence[int], n: int) -> int | None:
    return brings[n] - brings[n - 1] if 0 < n < len(brings) else None


def _refusal(why: str, next_step: str) -> Refusal:
    return Refusal("The number of heads was not found.", why, next_step, "sizing")
