"""Whether revenue changed because the market did or because our share of it did.

    ours 40 of 1,000  ->  43.20 of 1,100       share 4 %  ->  3.93 %

    market  = share before x market's change                4.00      joint "in_share"
    share   = share's change x market now                  -0.80      (separate: x market before, the rest is joint)

Parts are exact, then rounded together so that they sum to the change. Source: planning case mk-06; Kotler and Keller,
Marketing Management (market-share analysis). See docs/methods/market-and-share.md.
"""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, get_args

import narwhals as nw

from quarterdeck.engine.calendar.exact import exact_ratio
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR, whole_parts
from quarterdeck.terms.planning import BRIDGE

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

Joint = Literal["in_share", "in_market", "separate"]


def market_and_share(before: int, after: int, market_before: int, market_after: int, *, joint: Joint) -> Frame:
    """BRIDGE from our revenue before to that after: start, market, share, joint, end; all in minor units.

    `joint` says where share's change times market's change goes. Raises Refusal for a market not above zero, an unknown
    convention.

    >>> market_and_share(4000, 4320, 100_000, 110_000, joint="in_share").select("part", "amount_minor").rows()
    [('start', 4000), ('market', 400), ('share', -80), ('joint', 0), ('end', 4320)]
    """
    if joint not in get_args(Joint):
        raise _refusal(f"'{joint}' is no convention.", f"Choose one of {', '.join(get_args(Joint))}.")
    if market_before <= 0 or market_after <= 0:
        raise _refusal("The market is not above zero.", "Give the market's size before and after.")
    was, now = Fraction(before, market_before), Fraction(after, market_after)
    grown = market_after - market_before
    market = was * grown if joint != "in_market" else now * grown
    share = (now - was) * (market_after if joint == "in_share" else market_before)
    exact = [Fraction(before), market, share, after - before - market - share]
    amounts = [*whole_parts(exact), after]
    if max(map(abs, amounts)) > MAX_MINOR:
        raise _refusal("A part is more than a column holds.", "Check the amounts.")
    data = {
        "part": ["start", "market", "share", "joint", "end"],
        "amount_minor": amounts,
        "because": [json.dumps({"joint": joint, "exact": str(part)}) for part in [*exact, Fraction(after)]],
    }
    return BRIDGE.check(nw.from_dict(data, BRIDGE.schema, backend="polars"))


def share_after_growth(
    share: Decimal | Fraction | float, own_growth: Decimal | Fraction | float, market_growth: Decimal | Fraction | float
) -> Fraction:
    """Our share of a market after both grew. Raises Refusal for a market that shrinks to nothing.

    >>> round(float(share_after_growth(0.04, 0.08, 0.1)), 6)
    0.039273
    """
    own = 1 + exact_ratio(own_growth, "own growth", least=-1, most=None)
    market = 1 + exact_ratio(market_growth, "market growth", least=-1, most=None)
    if market == 0:
        raise _refusal("The market shrinks to nothing.", "Give a growth above -1.")
    return exact_ratio(share, "share") * own / market


def wallet(
    budget_minor: int, revenue_minor: int, target_share: Decimal | Fraction | float
) -> tuple[Fraction, int, int]:
    """Our share of a customer's budget, what of it goes elsewhere, and what is missing to the share aimed at.

    The last is rounded up to a whole minor unit and not below zero. Raises Refusal for a budget not above zero.

    >>> wallet(10_000, 2_500, 0.5)
    (Fraction(1, 4), 7500, 2500)
    """
    if budget_minor <= 0:
        raise _refusal(f"A budget of {budget_minor} has no shares.", "Give a budget above zero.")
    missing = budget_minor * exact_ratio(target_share, "target share") - revenue_minor
    return Fraction(revenue_minor, budget_minor), budget_minor - revenue_minor, max(-(-missing // 1), 0)


def _refusal(why: str, next_step: str) -> Refusal:
    return Refusal("The market was not compared.", why, next_step, "growth")
