"""What is left of a target, over the working days that are left.

    remaining   days left   share today   per day   today
    1,000       4           1             250       250
    1,000       3.5         0.5           286       143    a half day needs half
    1,000       0           0                              nothing can be said: the time is over
    -50         4           1             0         0      reached

See docs/methods/needed-per-day.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from quarterdeck.engine.calendar.exact import exact_days

State = Literal["open", "reached", "not_working_today", "no_days_left"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """What a full working day and today need, in the unit of the target; None when no day is left to do it in."""

    per_day: int | None
    today: int | None
    state: State


def needed(remaining: int, work_days_left: float, share_today: float = 1.0) -> Needed:
    """The amount needed per full working day that is left, and today, both rounded up to a whole unit.

    `work_days_left` counts today and part days as parts. Today never needs more than what remains.

    >>> needed(1000, 3.5, 0.5)
    Needed(per_day=286, today=143, state='open')
    >>> needed(1000, 0, 0)
    Needed(per_day=None, today=None, state='no_days_left')
    """
    if remaining <= 0:
        return Needed(per_day=0, today=0, state="reached")
    left, share = exact_days(work_days_left), exact_days(share_today)
    if left <= 0:
        return Needed(per_day=None, today=None, state="no_days_left")
    per_day = math.ceil(remaining / left)
    if share <= 0:
        return Needed(per_day=per_day, today=0, state="not_working_today")
    return Needed(per_day=per_day, today=math.ceil(remaining * min(share / left, Fraction(1))), state="open")
