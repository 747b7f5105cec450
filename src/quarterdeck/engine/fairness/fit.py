"""A straight line through what was attained, and how uncertain it is at this number of people.

    size      60   80  100  120  140      slope 0.0025 a unit, 95 % from -0.0011 to 0.0061: it may as well be level
    attained 0.9  0.9  1.1  1.0  1.1      at 100: 1.00, from 0.90 to 1.10

Least squares with Student's t; the band is that of the line, not of a person. It says how much, where the rank
correlation of the pack says whether; neither says why. Source: Draper and Smith, Applied Regression Analysis (1998),
chapter 1. See docs/methods/fairness.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from quarterdeck.engine.fairness.statistics import Real

FEWEST: Final = 3
"""Points from which a line has any uncertainty that can be told."""
SURE: Final = 0.95
MANY: Final = 300
"""Degrees of freedom from which an expansion is exact enough."""
_Z: Final = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A line `level + slope x (x - middle)`, with the 95 % interval of its slope."""

    n: int
    slope: float
    low: float
    high: float
    level: float
    middle: float
    spread: float
    """Sum of squared distances of x from its middle."""
    error: float
    """Half of the 95 % interval of a single mean: Student's t times the residual deviation."""

    @property
    def is_level(self) -> bool:
        """Whether a level line is among those that the points allow."""
        return self.low <= 0 <= self.high

    def at(self, x: float) -> tuple[float, float, float]:
        """The line at x, and the lower and the upper end of its 95 % band."""
        line = self.level + self.slope * (x - self.middle)
        half = self.error * math.sqrt(1 / self.n + (x - self.middle) ** 2 / self.spread)
        return line, line - half, line + half


def fitted(x: Real, y: Real) -> Fit | None:
    """The line through points; None below three of them, or where every x is alike.

    >>> found = fitted(np.array([60.0, 80, 100, 120, 140]), np.array([0.9, 0.9, 1.1, 1.0, 1.1]))
    >>> round(found.slope, 4), round(found.low, 4), round(found.high, 4), found.is_level
    (0.0025, -0.0011, 0.0061, True)
    >>> [round(value, 2) for value in found.at(100)]
    [1.0, 0.9, 1.1]
    """
    n = len(x)
    if n < FEWEST or float(np.ptp(x)) == 0:
        return None
    middle, level = float(x.mean()), float(y.mean())
    spread = float(((x - middle) ** 2).sum())
    slope = float(((x - middle) * (y - level)).sum()) / spread
    left = y - level - slope * (x - middle)
    error = _t(n - 2) * math.sqrt(float((left * left).sum()) / (n - 2))
    half = error / math.sqrt(spread)
    return Fit(
        n=n, slope=slope, low=slope - half, high=slope + half, level=level, middle=middle, spread=spread, error=error
    )  # fmt: skip


def _t(df: int) -> float:
    """Student's t that is exceeded one time in forty on either side, to six digits; by halving.

    >>> [round(_t(df), 4) for df in (1, 2, 3, 28, 400)]
    [12.7062, 4.3027, 3.1824, 2.0484, 1.9659]
    """
    if df > MANY:
        return _Z + (_Z**3 + _Z) / (4 * df)  # the first term of Fisher's expansion
    low, high = 0.0, 20.0
    while high - low > 1e-7:  # noqa: PLR2004  digits
        middle = (low + high) / 2
        low, high = (low, middle) if _inside(middle, df) > SURE else (middle, high)
    return (low + high) / 2


def _inside(t: float, df: int) -> float:
    """The probability that Student's t lies within -t to t (Abramowitz and Stegun 26.7.3 and 26.7.4)."""
    angle = math.atan(t / math.sqrt(df))
    sine, cosine = math.sin(angle), math.cos(angle)
    if df % 2:
        term, total = cosine, 0.0
        for k in range(1, df - 1, 2):
            total += term
            term *= cosine * cosine * (k + 1) / (k + 2)
        return 2 / math.pi * (angle + sine * total)
    term, total = 1.0, 0.0
    for k in range(0, df - 1, 2):
        total += term
        term *= cosine * cosine * (k + 1) / (k + 2)
    return sine * total
