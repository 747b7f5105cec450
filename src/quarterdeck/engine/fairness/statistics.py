"""The statistics of fairness: rank correlation, a share and their intervals, dispersion, bimodality.

    ranks 1 2 3 4 against 2 1 4 3        rho 0.6, from -0.89 to 0.99: four people prove nothing

Source: Spearman (1904) with the standard error of Bonett and Wright, Sample size requirements for estimating Pearson,
Kendall and Spearman correlations (Psychometrika, 2000); Wilson (1927); bimodality coefficient of Pfister et al., Good
things peak in pairs (Frontiers in Psychology, 2013). See docs/methods/fairness.md.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

Real = npt.NDArray[np.float64]
Interval = tuple[float | None, float | None]

_Z: Final = 1.959964
_FEWEST_FOR_INTERVAL: Final = 4
_FEWEST_FOR_SHAPE: Final = 4


def rank_correlation(one: Real, other: Real) -> float | None:
    """Spearman's rho, ties sharing their mean rank; None with fewer than two pairs or where one side is all alike.

    >>> round(rank_correlation(np.array([1.0, 2, 3, 4]), np.array([2.0, 1, 4, 3])), 6)
    0.6
    """
    if len(one) < 2:  # noqa: PLR2004  a line needs two points
        return None
    a, b = _ranks(one) - (len(one) + 1) / 2, _ranks(other) - (len(one) + 1) / 2
    spread = math.sqrt(float((a * a).sum()) * float((b * b).sum()))
    return max(min(float((a * b).sum()) / spread, 1.0), -1.0) if spread > 0 else None


def correlation_interval(rho: float, n: int) -> Interval:
    """The 95 % interval of a rank correlation; empty below four pairs, or where every rank agrees.

    >>> [round(end, 2) for end in correlation_interval(0.6, 20)]
    [0.17, 0.84]
    """
    if n < _FEWEST_FOR_INTERVAL or abs(rho) >= 1:
        return None, None
    error = _Z * math.sqrt((1 + rho * rho / 2) / (n - 3))
    return math.tanh(math.atanh(rho) - error), math.tanh(math.atanh(rho) + error)


def share_interval(hits: int, n: int) -> Interval:
    """Wilson's 95 % interval of a share; empty without anybody.

    >>> [round(end, 2) for end in share_interval(8, 10)]
    [0.49, 0.94]
    """
    if n == 0:
        return None, None
    share, z2 = hits / n, _Z * _Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def variation(values: Real) -> float | None:
    """Sample standard deviation (n - 1) / mean; None with fewer than two or a mean not above zero.

    >>> round(variation(np.array([88.0, 68, 89, 92, 103])), 6)
    0.143964
    """
    mean = float(values.mean()) if len(values) > 1 else 0.0
    return float(values.std(ddof=1)) / mean if mean > 0 else None


def middle_half(values: Real) -> tuple[float, float] | None:
    """First and third quartile by linear interpolation (Hyndman and Fan's type 7); None with fewer than two."""
    if len(values) < 2:  # noqa: PLR2004  one value has no spread
        return None
    return float(np.quantile(values, 0.25)), float(np.quantile(values, 0.75))


def bimodality(values: Real) -> float | None:
    """The bimodality coefficient, 5/9 for even, more for two heaps (or for much skew); None below four or all alike.

    (skewness^2 + 1) / (kurtosis + 3 (n - 1)^2 / ((n - 2)(n - 3))), both corrected for the sample, kurtosis in excess.

    >>> round(bimodality(np.array([1.0] * 10 + [2.0] * 10)), 3)
    0.767
    """
    n = len(values)
    if n < _FEWEST_FOR_SHAPE or float(np.ptp(values)) == 0:
        return None
    off = values - values.mean()
    off = off / math.sqrt(float((off * off).mean()))
    skew = float((off**3).mean()) * math.sqrt(n * (n - 1)) / (n - 2)
    excess = ((n + 1) * (float((off**4).mean()) - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
    return (skew * skew + 1) / (excess + 3 * (n - 1) ** 2 / ((n - 2) * (n - 3)))


def _ranks(values: Real) -> Real:
    """Ranks from 1, ties sharing their mean."""
    _, where, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = counts.cumsum()
    return np.asarray(((ends - counts + 1 + ends) / 2)[where], dtype=np.float64)
