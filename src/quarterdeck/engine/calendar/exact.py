"""Days as fractions: what a sum of float shares was meant to be.

0.1 + 0.2 of a day  ->  3/10        0.333333 of a day  ->  1/3
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache
from typing import Final

_LARGEST_DENOMINATOR: Final = 10_000


@lru_cache(maxsize=65_536)
def exact_days(days: float) -> Fraction:
    """The fraction of days that a float means: the nearest with a small denominator; nothing for what is no number.

    >>> exact_days(0.1 + 0.2), exact_days(20.5), exact_days(0.333333), exact_days(float("nan"))
    (Fraction(3, 10), Fraction(41, 2), Fraction(1, 3), Fraction(0, 1))
    """
    return Fraction(days).limit_denominator(_LARGEST_DENOMINATOR) if math.isfinite(days) else Fraction(0)
