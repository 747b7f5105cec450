"""How many hires close a gap, and by when they must start and their seats be opened.

A gap of 6,000 by the end of April; one hire brings 1,000 a month, nothing in the first; 30 days to fill a seat:

    start       one hire brings   hires   open the seat by
    January 1   3,000             2       2024-12-02
    February 1  2,000             3       2025-01-02
    April 1     0                         2025-03-02

See docs/methods/capacity.md.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import narwhals as nw

from quarterdeck.engine.capacity.ramp import Outlook, presences
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import whole
from quarterdeck.terms.planning import HIRE_OPTIONS

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hire:
    """What one hire brings in a fully ramped month (minor units), and the calendar days it takes to fill a seat."""

    productive_minor: int
    days_to_fill: int = 0

    def __post_init__(self) -> None:
        """Refuse a hire that could never close a gap."""
        if self.productive_minor <= 0 or self.days_to_fill < 0:
            raise _refusal("A hire brings nothing, or is found before it is looked for.", "Give amounts above zero.")


def hire_options(gap_minor: int, hire: Hire, outlook: Outlook, *, as_of: dt.date) -> Frame:
    """HIRE_OPTIONS: one row per month of the outlook, were all hires to start on its first day.

    `gap_minor`: what is missing until the end of the outlook; at zero or below, no hire is needed. Hires are rounded
    up, what one brings is rounded once.

    >>> from quarterdeck.engine.capacity.ramp import Attrition
    >>> from quarterdeck.terms.period import Period
    >>> outlook = Outlook(months=[Period(dt.date(2025, at, 1), dt.date(2025, at + 1, 1)) for at in (1, 2, 3, 4)],
    ...     ramp=[0], attrition=Attrition(annual=0, shape="linear", counted="end"))
    >>> rows = hire_options(6000, Hire(productive_minor=1000, days_to_fill=30), outlook, as_of=dt.date(2024, 12, 20))
    >>> rows.select("one_hire_minor", "n_hires", "is_in_time").rows()
    [(3000, 2, False), (2000, 3, True), (1000, 6, True), (0, None, True)]
    """
    starts = [month.starts_on for month in outlook.months]
    brought = [hire_amount(hire, day, outlook) for day in starts]
    open_by = [day - dt.timedelta(days=hire.days_to_fill) for day in starts]
    why = outlook.told() | {"gap_minor": gap_minor, "as_of": as_of.isoformat(), "days_to_fill": hire.days_to_fill}
    data: dict[str, list[Any]] = {
        "starts_on": starts,
        "one_hire_minor": [whole(amount) for amount in brought],
        "n_hires": [_n_hires(gap_minor, amount) for amount in brought],
        "open_seat_by": open_by,
        "is_in_time": [day >= as_of for day in open_by],
        "because": [json.dumps(why | {"one_hire": str(amount)}) for amount in brought],
    }
    return HIRE_OPTIONS.check(nw.from_dict(data, HIRE_OPTIONS.schema, backend="polars"))


def last_hire_on(gap_minor: int, n_hires: int, hire: Hire, outlook: Outlook) -> dt.date | None:
    """The last day of the outlook on which `n_hires` may start and still close the gap; None when no day will do.

    Every day is tried from the end, so nothing is assumed about the shape of ramp and attrition. Costs a fraction per
    day and month.

    >>> from quarterdeck.engine.capacity.ramp import Attrition
    >>> from quarterdeck.terms.period import Period
    >>> outlook = Outlook(months=[Period(dt.date(2025, at, 1), dt.date(2025, at + 1, 1)) for at in (1, 2, 3, 4)],
    ...     ramp=[0], attrition=Attrition(annual=0, shape="linear", counted="end"))
    >>> str(last_hire_on(6000, 3, Hire(productive_minor=1000), outlook))
    '2025-02-28'
    """
    if n_hires <= 0 and gap_minor > 0:
        return None
    day, first = outlook.months[-1].last_day, outlook.months[0].starts_on
    while day >= first:
        if n_hires * hire_amount(hire, day, outlook) >= gap_minor:
            return day
        day -= _DAY
    return None


def hire_amount(hire: Hire, starts_on: dt.date, outlook: Outlook) -> Fraction:
    """What one hire who starts on a day brings until the end of the outlook, exactly, in minor units."""
    heads = presences(starts_on, None, outlook)
    return sum((hire.productive_minor * head.share * outlook.weight(at) for at, head in enumerate(heads)), Fraction())


def _n_hires(gap_minor: int, brought: Fraction) -> int | None:
    if gap_minor <= 0:
        return 0
    return math.ceil(gap_minor / brought) if brought > 0 else None


def _refusal(why: str, next_step: str) -> Refusal:
    return Refusal("The hires were not counted.", why, next_step, "capacity")
