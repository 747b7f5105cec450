"""How many people the work takes: classes of accounts, calls a year, minutes a call, over the hours one can sell.

    class   accounts  calls  minutes   hours
    A       150       52     60        7,800
    B       220       24     30        2,640
    C       510       12     15        1,530        11,970 hours / 864 selling hours = 13.85 -> 14 people

Source: Talley's workload method (1961); planning case wl-02. See docs/methods/workload-sizing.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal, get_args

from quarterdeck.engine.calendar.exact import exact_ratio
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import whole

Rounding = Literal["up", "nearest"]
_MINUTES: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountClass:
    """Accounts that are called alike: how many, how often a year, how many minutes each time."""

    n_accounts: int
    calls_per_year: Decimal | Fraction | float
    minutes_per_call: Decimal | Fraction | float

    @property
    def hours(self) -> Fraction:
        """Hours a year, exactly."""
        calls = exact_ratio(self.calls_per_year, "number of calls", most=None)
        minutes = exact_ratio(self.minutes_per_call, "minutes of a call", most=None)
        return self.n_accounts * calls * minutes / _MINUTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Hours of work, hours one person can sell in a year, people exact and whole; `because` is JSON."""

    total_hours: Fraction
    selling_hours: Fraction
    exact: Fraction
    n_people: int
    because: str


def workload(
    classes: Sequence[AccountClass],
    *,
    hours_per_year: Decimal | Fraction | float,
    selling_share: Decimal | Fraction | float,
    rounding: Rounding,
) -> Workload:
    """The people that the calls take. Raises Refusal for no selling time, counts below zero, an unknown rounding.

    >>> classes = [AccountClass(n_accounts=150, calls_per_year=52, minutes_per_call=60)]
    >>> found = workload(classes, hours_per_year=1920, selling_share=0.45, rounding="up")
    >>> int(found.total_hours), int(found.selling_hours), found.n_people
    (7800, 864, 10)
    """
    if rounding not in get_args(Rounding):
        raise _refusal(f"'{rounding}' is no rounding.", f"Choose one of {', '.join(get_args(Rounding))}.")
    if any(each.n_accounts < 0 for each in classes):
        raise _refusal("A class has accounts below zero.", "Give zero or more.")
    hours = exact_ratio(hours_per_year, "hours of a year", most=None)
    selling = hours * exact_ratio(selling_share, "selling share")
    if selling <= 0:
        raise _refusal("Nobody has an hour to sell.", "Give hours and a selling share above zero.")
    total = sum((each.hours for each in classes), Fraction())
    exact = total / selling
    why = {"rounding": rounding, "hours_by_class": [float(each.hours) for each in classes]}
    n_people = math.ceil(exact) if rounding == "up" else whole(exact)
    return Workload(total_hours=total, selling_hours=selling, exact=exact, n_people=n_people, because=json.dumps(why))


def _refusal(why: str, next_step: str) -> Refusal:
    return Refusal("The people were not counted.", why, next_step, "sizing")
