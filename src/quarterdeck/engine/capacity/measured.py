"""Drivers of capacity measured from a company's own past, each with how sure one can be.

    rita  12 months  480,000    a ramped month brings 38,333; 8 times in 10 between 28,386 and 48,280 (3 people)
    sam   12 months  360,000
    uli   6 months   310,000

    2 of 14.5 people a year left: 0.138 a year; 8 times in 10 between 0.037 and 0.366

Sources: a ratio estimate with the linearised variance, people being the sample (Cochran, Sampling Techniques, 1977,
chapter 6); a Poisson count with its exact limits by the Wilson and Hilferty cube root (Garwood, Biometrika 28, 1936).
See docs/methods/capacity-drivers.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from quarterdeck.terms.money import whole

if TYPE_CHECKING:
    from collections.abc import Sequence

INSIDE: Final = 0.8
"""How often the true value lies inside a range: eight times in ten."""
_Z: Final = 1.2815515655446004
"""The standard normal's value that is exceeded one time in ten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A measured driver, its range, and what it rests on; value None: nothing to measure by."""

    value: Fraction | None
    low: Fraction | None = None
    high: Fraction | None = None
    n: int = 0
    """People, leavers or seats, whatever is counted."""
    over: Fraction = Fraction()
    """What they are counted over: months, years."""


def productivity(brought: Sequence[tuple[int, Fraction]]) -> Estimate:
    """What a fully ramped month brings, whole: the sum brought over the sum of ramped months, one pair per person.

    Without months there is no value, with fewer than two people no range. The range is held above zero.

    >>> found = productivity([(480_000, Fraction(12)), (360_000, Fraction(12)), (310_000, Fraction(6))])
    >>> int(found.value), int(found.low), int(found.high), found.n
    (38333, 28386, 48280, 3)
    """
    known = [(amount, months) for amount, months in brought if months > 0]
    months = sum((month for _, month in known), Fraction())
    if not months:
        return Estimate(value=None)
    ratio = Fraction(sum(amount for amount, _ in known)) / months
    value, n = Fraction(whole(max(ratio, Fraction()))), len(known)
    if n == 1:
        return Estimate(value=value, n=n, over=months)
    spread = sum(float(amount - ratio * month) ** 2 for amount, month in known) * n / (n - 1)
    off = _student(n - 1) * math.sqrt(spread) / float(months)
    low, high = (Fraction(round(max(float(value) + sign * off, 0.0))) for sign in (-1, 1))
    return Estimate(value=value, low=low, high=high, n=n, over=months)


def attrition_rate(n_left: int, person_years: Fraction) -> Estimate:
    """The share of people who leave in a year, at most all: leavers over people a year, with its range.

    >>> found = attrition_rate(2, Fraction(29, 2))
    >>> round(float(found.value), 3), round(float(found.low), 3), round(float(found.high), 3)
    (0.138, 0.037, 0.366)
    >>> round(float(attrition_rate(0, Fraction(10)).high), 2)
    0.23
    """
    if person_years <= 0:
        return Estimate(value=None)
    one = Fraction(1)
    low, high = (
        Fraction(str(round(min(limit / float(person_years), 1.0), 4))) for limit in (_below(n_left), _above(n_left))
    )
    return Estimate(value=min(n_left / person_years, one), low=low, high=high, n=n_left, over=person_years)


def median(days: Sequence[int]) -> Estimate:
    """The middle of some counts of days (the mean of the two middle ones, whole), their range from first to last.

    >>> found = median([30, 90, 45])
    >>> int(found.value), int(found.low), int(found.high), found.n
    (45, 30, 90, 3)
    """
    if not days:
        return Estimate(value=None)
    ranked = sorted(days)
    middle = Fraction(ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2], 2)
    return Estimate(
        value=Fraction(whole(middle)), low=Fraction(ranked[0]), high=Fraction(ranked[-1]), n=len(ranked),
    )  # fmt: skip


def _student(freedom: int) -> float:
    """Student's t that is exceeded one time in ten: exact for one degree, else Cornish and Fisher's expansion."""
    if freedom == 1:
        return 3.0777
    terms = ((_Z**3 + _Z) / 4, (5 * _Z**5 + 16 * _Z**3 + 3 * _Z) / 96)
    third = (3 * _Z**7 + 19 * _Z**5 + 17 * _Z**3 - 15 * _Z) / 384
    return _Z + terms[0] / freedom + terms[1] / freedom**2 + third / freedom**3


def _below(count: int) -> float:
    return count * (1 - 1 / (9 * count) - _Z / (3 * math.sqrt(count))) ** 3 if count else 0.0


def _above(count: int) -> float:
    more = count + 1
    return more * (1 - 1 / (9 * more) + _Z / (3 * math.sqrt(more))) ** 3
