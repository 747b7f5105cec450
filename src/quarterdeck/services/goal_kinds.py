"""The ways in which a goal is said besides a plain amount: growth with relief, market share, a mix; and over years.

growth 10 %, relief 2 % multiplied, on 1,000,000       1,078,000
market 50,000,000 growing 10 %, share 5 %               2,750,000
base 2,000,000, retained 90 %, expansion 15 %, new      1,800,000 + 300,000 + 650,000

What was said stays with the goal (`how`), with the parts that it comes to. See docs/methods/goal-kinds.md.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.engine.cascade.goals import goal_path, market_share_goal, mixed_goal
from quarterdeck.engine.cascade.quotas import historic_quota
from quarterdeck.engine.cascade.weights import goal_amount
from quarterdeck.services.plans.potential import market_sizes
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR

if TYPE_CHECKING:
    from quarterdeck.terms.period import Period

_WHAT: Final = "The goal was not set."
MOST_YEARS: Final = 10
How = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Shares of markets to be won: by segment id, of their size before the year grown by `growth`."""

    shares: tuple[tuple[int, Decimal], ...]
    growth: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """What is kept of last year, what it expands by (ratios of it), and new business in minor units or things."""

    retained: Decimal
    expansion: Decimal
    new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Years:
    """A goal for several years: how many with the first, what the last one comes to, and the path between them."""

    n_years: int
    end: int
    path: str
    """compound or linear; mandatory."""


def grown(last_year: int, growth: Decimal | Fraction, relief: Decimal | Fraction | None, rule: str) -> tuple[int, How]:
    """Growth on last year, less relief where there is any; its rule (additive, multiplicative) is mandatory then."""
    if not relief:
        if rule:
            why = "It is said how relief combines with growth, and there is none."
            raise _refusal(why, "Give a relief, or no rule.", "goal_relief")
        return goal_amount(last_year, growth), {}
    amount = historic_quota(last_year, growth, relief=relief, relief_rule=rule)  # type: ignore[arg-type]  # checked there
    return amount, {"relief": str(relief), "relief_rule": rule}


def won_share(market: Market, year: Period) -> tuple[int, How]:
    """Shares of markets as their size was known on the last day before the year; each rounded once, then summed."""
    before = year.starts_on - dt.timedelta(days=1)
    sizes = {pk: (name, size) for pk, name, size in market_sizes(before)}
    rows: list[How] = []
    for segment, share in market.shares:
        if segment not in sizes:
            why = f"The size of a market is not known on {before}."
            raise _refusal(why, "Import potentials by segment, or leave it out.", "goal_market")
        name, size = sizes[segment]
        amount = market_share_goal(size, market.growth, share)
        rows.append({"segment_id": segment, "name": name, "size": size, "share": str(share), "amount": amount})
    total = sum(row["amount"] for row in rows)
    if not 0 < total <= MAX_MINOR:
        raise _refusal("Those shares come to nothing, or to too much.", "Give the share of a market.", "goal_market")
    return total, {"market_growth": str(market.growth), "sized_on": str(before), "segments": rows}


def mixed(mix: Mix, last_year: int) -> tuple[int, How]:
    """A goal from what is kept of last year, what it expands by, and what is new."""
    parts = mixed_goal(max(last_year, 0), retained=mix.retained, expansion=mix.expansion, new=mix.new)
    rows = [{"part": part, "amount": amount} for part, amount in parts.select("part", "amount").iter_rows()]
    total = sum(row["amount"] for row in rows)
    if not total:
        raise _refusal("The parts come to nothing.", "Give new business, or retention of a last year.", "goal_mix")
    said = {"base": last_year, "retained": str(mix.retained), "expansion": str(mix.expansion), "parts": rows}
    return total, said


def later_years(first: int, years: Years) -> list[int]:
    """Amounts of the years after the first, by a named path to the last one's."""
    if not 2 <= years.n_years <= MOST_YEARS:  # noqa: PLR2004  several
        why = f"{years.n_years} years are no path."
        raise _refusal(why, f"Give 2 to {MOST_YEARS} years, the first included.", "goal_path")
    if not 0 < years.end <= MAX_MINOR:
        raise _refusal(f"The last year comes to {years.end}.", "Give an amount above zero.", "goal_path")
    return goal_path(first, years.end, years.n_years - 1, path=years.path)  # type: ignore[arg-type]  # checked there


def _refusal(why: str, next_step: str, rule: str) -> Refusal:
    return Refusal(_WHAT, why, next_step, rule)
