"""Goals in the ways people say them: growth, share of a market, a mix of new and old business, years, quarters.

    market 50 million growing 10 %, share 4 % -> 5 %      goal 2,750,000
    base 2,000,000, retained 0.9, expansion 0.15, new     goal 1,800,000 + 300,000 + 650,000 = 2,750,000
    from 2,000,000 to 2,662,000 in three years            compound 2,200,000  2,420,000  2,662,000
    a year of 2,750,000 in the shape 22 : 24 : 24 : 30    605,000  660,000  660,000  825,000

Growth on last year is `weights.goal_amount`. Each amount is rounded once, half away from zero; parts sum to their
whole by largest remainder. See docs/methods/goal-kinds.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal, get_args

import narwhals as nw

from quarterdeck.engine.cascade.weights import exact_ratio
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.frames import GOAL_PARTS
from quarterdeck.terms.money import MAX_MINOR, parts, whole

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

Exact = Decimal | Fraction | int
Path = Literal["compound", "linear"]
"""The same growth each year; or the same amount more each year."""
QUARTERS: Final = 4
MOST_YEARS: Final = 100


def market_share_goal(market: int, market_growth: Exact, share: Exact) -> int:
    """The amount that is `share` of a market after it has grown by `market_growth`; rounded once.

    Raises Refusal for a share outside of 0 to 1, growth below -1 and a market below zero.

    >>> market_share_goal(50_000_000, Decimal("0.1"), Decimal("0.05"))
    2750000
    """
    grown, part = exact_ratio(market_growth), exact_ratio(share)
    if market < 0 or grown < -1 or not 0 <= part <= 1:
        why = f"{share} of a market of {market} with growth of {market_growth} means nothing."
        raise _refusal(why, "Give a share from 0 to 1 of a market of zero or more.")
    return _held(whole(market * (1 + grown) * part))


def mixed_goal(base: int, *, retained: Exact, expansion: Exact, new: int) -> Frame:
    """GOAL_PARTS of a goal built from a base: what is retained of it, what it expands by, and new business.

    `retained` and `expansion` are ratios of the base. One row per part; the goal is their sum. Raises Refusal for
    retention outside of 0 to 1 and for anything below zero.

    >>> mixed_goal(2_000_000, retained=Decimal("0.9"), expansion=Decimal("0.15"), new=650_000).rows()
    [('retained', 1800000), ('expansion', 300000), ('new', 650000)]
    """
    kept, grown = exact_ratio(retained), exact_ratio(expansion)
    if base < 0 or new < 0 or grown < 0 or not 0 <= kept <= 1:
        why = f"A base of {base}, retained at {retained}, expanded by {expansion}, with {new} new makes no goal."
        raise _refusal(why, "Give retention from 0 to 1 and nothing below zero.")
    return _parts({"retained": whole(base * kept), "expansion": whole(base * grown), "new": new})


def goal_mix(amount: int, shares: Mapping[str, Exact]) -> Frame:
    """GOAL_PARTS of an amount by stated shares that sum to 1 exactly. One row per part, in the order given.

    >>> goal_mix(100_00, {"new": Decimal("0.35"), "expansion": Decimal("0.25"), "retained": Decimal("0.4")}).rows()
    [('new', 3500), ('expansion', 2500), ('retained', 4000)]
    """
    exact = {kind: exact_ratio(share) for kind, share in shares.items()}
    if min(exact.values(), default=Fraction(0)) < 0 or sum(exact.values()) != 1:
        why = f"The shares sum to {float(sum(exact.values())):g}, or one is below zero."
        raise _refusal(why, "Give shares of zero or more that sum to 1.")
    return _parts(dict(zip(exact, parts(amount, list(exact.values())), strict=True)))


def goal_path(start: int, end: int, n_years: int, *, path: Path) -> list[int]:
    """Amounts of the years from the one after `start` to the one that reaches `end`. One per year, each rounded once.

    A compound path is exact, too: amounts are whole roots, computed without floats. Raises Refusal for an unknown path,
    no years, and a compound path from or to zero or less.

    >>> goal_path(2_000_000, 2_662_000, 3, path="compound"), goal_path(100, 160, 3, path="linear")
    ([2200000, 2420000, 2662000], [120, 140, 160])
    """
    if path not in get_args(Path) or not 1 <= n_years <= MOST_YEARS:
        raise _refusal(
            f"There is no path '{path}' over {n_years} years.", "Say compound or linear, over 1 to 100 years."
        )
    if path == "linear":
        return [_held(whole(start + Fraction((end - start) * at, n_years))) for at in range(1, n_years + 1)]
    if start <= 0 or end <= 0:
        why = f"Growth from {start} to {end} is the same in no year."
        raise _refusal(why, "Give amounts above zero, or a linear path.")
    return [_held(_root(start ** (n_years - at) * end**at, n_years)) for at in range(1, n_years + 1)]


def grown_years(start: int, growths: Sequence[Exact]) -> list[int]:
    """Amounts of the years after `start` with a growth for each: compounded exactly, each year rounded once.

    >>> grown_years(1_000_000, [Decimal("0.1"), Decimal("0.05")])
    [1100000, 1155000]
    """
    found, exact = [], Fraction(start)
    for growth in growths:
        exact *= 1 + exact_ratio(growth)
        if exact <= 0:
            raise _refusal(
                f"Growth of {growth} on {start} leaves nothing.", "Give growth above -1 on an amount above zero."
            )
        found.append(_held(whole(exact)))
    return found


def quarter_amounts(amount: int, shape: Sequence[int | Fraction]) -> list[int]:
    """A year's amount in the shape of its quarters, summing exactly. One per quarter.

    >>> quarter_amounts(2_750_000, [22, 24, 24, 30])
    [605000, 660000, 660000, 825000]
    """
    return parts(amount, _shape(shape))


def shaped_season(
    season: Sequence[int | Fraction], quarters: Sequence[int], shape: Sequence[int | Fraction]
) -> list[Fraction]:
    """A season whose months keep their odds inside of each quarter while quarters follow the shape. One per month.

    `quarters` says in which quarter (0 to 3) each month lies. Months of a quarter that weigh nothing share it evenly.
    With it the cascade's months follow the shape to the unit per leaf; pin the root's months to have quarters exact.

    >>> [str(weight) for weight in shaped_season([1, 1, 2] * 4, [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3], [1, 1, 1, 2])][9:]
    ['1/2', '1/2', '1']
    """
    whole_shape = _shape(shape)
    if len(quarters) != len(season) or set(quarters) != set(range(QUARTERS)):
        raise _refusal("The months do not make four quarters.", "Name the quarter of each month, from 0 to 3.")
    found = []
    for at, quarter in enumerate(quarters):
        inside = [Fraction(season[month]) for month, where in enumerate(quarters) if where == quarter]
        share = Fraction(season[at]) / sum(inside) if sum(inside) else Fraction(1, len(inside))
        found.append(share * Fraction(whole_shape[quarter]))
    return found


def _shape(shape: Sequence[int | Fraction]) -> list[int | Fraction]:
    if len(shape) != QUARTERS or min(shape) < 0 or not sum(shape):
        raise _refusal("A shape has four weights of zero or more.", "Give one per quarter, such as 22, 24, 24, 30.")
    return list(shape)


def _root(power: int, n: int) -> int:
    """The nth root to the nearest whole number, half up: bisection in whole numbers, so no float ever rounds it."""
    low, high = 0, 1 << (power.bit_length() // n + 1)
    while low < high:  # the largest x with (2x - 1)^n <= 2^n x power
        middle = (low + high + 1) // 2
        low, high = (middle, high) if (2 * middle - 1) ** n <= power << n else (low, middle - 1)
    return low


def _held(amount: int) -> int:
    if abs(amount) > MAX_MINOR:
        raise _refusal(f"{amount} is more than a column holds.", "Give smaller numbers.")
    return amount


def _parts(amounts: Mapping[str, int]) -> Frame:
    _held(sum(amounts.values()))
    data = {"part": list(amounts), "amount": list(amounts.values())}
    return GOAL_PARTS.check(nw.from_dict(data, GOAL_PARTS.schema, backend="polars"))


def _refusal(why: str, next_step: str) -> Refusal:
    return Refusal("The goal was not set.", why, next_step, "goal_amount")
