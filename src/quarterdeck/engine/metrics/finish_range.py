"""Where a year may end: its pace against the season, as a range that is as wide as its months have varied.

    season    100   100   200   100     what each month should bring, in any one unit
    brought    90   120   190     ?     330 more of 400: the level is 1
    so far    400                       the months missed it by -10, 20 and -10: a month of 100 varies by about 17
    the end   500, and 8 times in 10 between 465 and 535

A month brings level x season, give or take; the larger a month, the more it varies (variance in proportion to the
season). Then the best level is the plain ratio of sums, and what is still to come has the variance
`spread^2 x left x (1 + left / passed)`: what the months left vary by, and what the level itself is not sure of.
Source of the method: ratio estimator (Cochran, Sampling Techniques, 1977, chapter 6), as in the chain ladder (Mack,
ASTIN Bulletin 23, 1993). See docs/methods/projected-range.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Final, Literal

from quarterdeck.terms.money import MAX_MINOR

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_MONTHS: Final = 3
"""Months that must be over before their variation says anything."""
INSIDE: Final = 0.8
"""How often the end lies inside the range: eight times in ten."""
_T: Final = (3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372, 1.363, 1.356)
"""Student's t that is exceeded one time in ten, by degrees of freedom from 1 on."""

State = Literal["known", "too_few_months", "no_season", "over"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishRange:
    """Sums since the year's start at the end of each month, in minor units or a count.

    They begin with the last month that is over; before it, and where nothing is known, they are None.
    """

    state: State
    low: tuple[int | None, ...]
    middle: tuple[int | None, ...]
    high: tuple[int | None, ...]
    level: float | None = None
    """What was brought, as a share of what the season so far should have brought."""
    spread: float | None = None
    """By how much a month of average size varies, as a share of what it should bring."""
    n_months: int = 0
    """Months that the variation was learned from; the running one counts for its part."""


def finish_range(
    brought: Sequence[int], season: Sequence[float], passed: Sequence[float], *, can_fall: bool = False
) -> FinishRange:
    """Where the year may end, month by month.

    `brought`, `season` and `passed` have one entry per month of the year: minor units (or a count) so far; what the
    month should bring, in any one unit, none below zero; which share of its days has passed, 1 for months that are
    over and 0 for those that have not begun. Unless `can_fall` (returns are counted), what was brought stays. States:
    `too_few_months` when fewer than three are over, `no_season` when those should have brought nothing, `over`.

    >>> made = finish_range([90, 120, 190, 0], [100, 100, 200, 100], [1, 1, 1, 0])
    >>> made.state, made.level, made.low, made.middle, made.high
    ('known', 1.0, (None, None, 400, 465), (None, None, 400, 500), (None, None, 400, 535))
    >>> finish_range([90, 120, 0, 0], [100, 100, 200, 100], [1, 1, 0.2, 0]).state
    'too_few_months'
    """
    nothing = (None,) * len(brought)
    unknown = FinishRange(state="no_season", low=nothing, middle=nothing, high=nothing)
    if brought and min(passed) >= 1:
        end = (*nothing[1:], sum(brought))
        return replace(unknown, state="over", low=end, middle=end, high=end)
    n_over = sum(share >= 1 for share in passed)
    if n_over < LEAST_MONTHS:
        return replace(unknown, state="too_few_months")
    seen = [(a, s * share) for a, s, share in zip(brought, season, passed, strict=True) if s * share > 0]
    if len(seen) < LEAST_MONTHS:
        return unknown
    so_far = math.fsum(part for _, part in seen)
    level = sum(a for a, _ in seen) / so_far
    variance = math.fsum((a - level * s) ** 2 / s for a, s in seen) / (len(seen) - 1)
    left = [max(sum_ - so_far, 0.0) for sum_ in accumulate(season)][n_over:]
    middle = [sum(brought) + level * part for part in left]
    t = _T[min(len(seen) - 1, len(_T)) - 1]
    reach = [t * math.sqrt(variance * part * (1 + part / so_far)) for part in left]
    floor = -MAX_MINOR if can_fall else sum(brought)
    begun = (*((None,) * (n_over - 1)), sum(brought[:n_over]))
    low, mid, high = (
        (*begun, *(_within(end + sign * far, floor) for end, far in zip(middle, reach, strict=True)))
        for sign in (-1, 0, 1)
    )
    spread = math.sqrt(variance / (so_far / len(seen))) / abs(level) if level else None
    return FinishRange(state="known", low=low, middle=mid, high=high, level=level, spread=spread, n_months=len(seen))


def _within(value: float, floor: int) -> int:
    return round(min(max(value, floor), MAX_MINOR))
