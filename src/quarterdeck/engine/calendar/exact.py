"""Days and ratios as fractions: what a float, or a sum of float shares, was meant to be.

0.1 + 0.2 of a day  ->  3/10        0.333333 of a day  ->  1/3        a rate of 0.35  ->  7/20
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from quarterdeck.terms.errors import Refusal

_LARGEST_DENOMINATOR: Final = 10_000
_RATIO_DENOMINATOR: Final = 1_000_000


@lru_cache(maxsize=65_536)
def exact_days(days: float) -> Fraction:
    """The fraction of days that a float means: the nearest with a small denominator; nothing for what is no number.

    >>> exact_days(0.1 + 0.2), exact_days(20.5), exact_days(0.333333), exact_days(float("nan"))
    (Fraction(3, 10), Fraction(41, 2), Fraction(1, 3), Fraction(0, 1))
    """
    return Fraction(days).limit_denominator(_LARGEST_DENOMINATOR) if math.isfinite(days) else Fraction(0)


def exact_ratio(
    value: Decimal | Fraction | float, name: str, *, least: int | None = 0, most: int | None = 1
) -> Fraction:
    """The fraction that a rate or share means; a float is the nearest with a small denominator.

    Raises Refusal for what is no number or lies outside `least` to `most` (None: no bound), calling it by its name.

    >>> exact_ratio(0.35, "rate"), exact_ratio(Decimal("1.5"), "growth", most=None)
    (Fraction(7, 20), Fraction(3, 2))
    """
    if not math.isfinite(value):
        raise _refusal(name, value, "It is no number.")
    exact = Fraction(value).limit_denominator(_RATIO_DENOMINATOR) if isinstance(value, float) else Fraction(value)
    if (least is not None and exact < least) or (most is not None and exact > most):
        raise _refusal(name, value, f"It must lie between {_bound(least)} and {_bound(most)}.")
    return exact


def _bound(value: int | None) -> str:
    return "any number" if value is None else str(value)


def _refusal(name: str, value: object, why: str) -> Refusal:
    return Refusal(f"The {name} of {value} was not used.", why, "Give a ratio like 0.25 for a quarter.", "ratio")
