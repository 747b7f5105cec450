"""Part of a year's number for part of a year: by days, or by months that weigh differently; and quota that moves.

    800,000.00 for 2019, from 1 June                by days (the first counts)     214 / 365     469,041.10
    12,000.00 of 2019 move on 11 March              old 69 days, new 296 days      2,268.49   and   9,731.51

Whether the first day counts is a choice that has no right answer, so it has to be made. See docs/methods/proration.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal, get_args

import narwhals as nw

from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.frames import MOVED_QUOTA
from quarterdeck.terms.money import parts, whole

if TYPE_CHECKING:
    from quarterdeck.terms.period import Period
    from quarterdeck.terms.tables import Frame

DayCount = Literal["calendar", "weekdays", "thirty_360"]
"""All days; Monday to Friday; twelve months of thirty days."""
FirstDay = Literal["counts", "does_not_count"]
_SATURDAY: Final = 5
_THIRTY: Final = 30


def counted_days(starts_on: dt.date, ends_on: dt.date, day_count: DayCount) -> int:
    """Days of `[starts_on, ends_on)` by a day count; none where it ends before it begins.

    >>> year = dt.date(2019, 1, 1), dt.date(2020, 1, 1)
    >>> [counted_days(*year, count) for count in ("calendar", "weekdays", "thirty_360")]
    [365, 261, 360]
    """
    if day_count not in get_args(DayCount):
        raise _refusal(f"There is no day count '{day_count}'.", f"Choose one of {', '.join(get_args(DayCount))}.")
    n_days = max((ends_on - starts_on).days, 0)
    if day_count == "calendar" or not n_days:
        return n_days
    if day_count == "thirty_360":
        months = (ends_on.year - starts_on.year) * 12 + ends_on.month - starts_on.month
        return max(months * _THIRTY + min(ends_on.day, _THIRTY) - min(starts_on.day, _THIRTY), 0)
    weeks, rest = divmod(n_days, 7)
    return weeks * _SATURDAY + sum((starts_on.weekday() + at) % 7 < _SATURDAY for at in range(rest))


def prorated_by_days(  # noqa: PLR0913  two days and two conventions
    amount: int, period: Period, starts_on: dt.date, ends_on: dt.date, *, day_count: DayCount, first_day: FirstDay
) -> int:
    """The part of a period's amount for `[starts_on, ends_on)`, rounded once, half away from zero.

    What lies outside of the period is left out. `first_day` says whether `starts_on` itself counts. Raises Refusal for
    an unknown convention and a period without a day that counts.

    >>> from quarterdeck.terms.period import Period
    >>> year = Period(dt.date(2019, 1, 1), dt.date(2020, 1, 1))
    >>> prorated_by_days(800_000_00, year, dt.date(2019, 6, 1), year.ends_on, day_count="calendar", first_day="counts")
    46904110
    """
    begins = max(_first(starts_on, first_day), period.starts_on)
    n_all = counted_days(period.starts_on, period.ends_on, day_count)
    if not n_all:
        raise _refusal(f"The period from {period.starts_on} has no day that counts.", "Choose another day count.")
    return whole(Fraction(amount * counted_days(begins, min(ends_on, period.ends_on), day_count), n_all))


def prorated_by_months(  # noqa: PLR0913  two days and two conventions
    amount: int, months: Sequence[Period], weights: Sequence[int | Fraction], starts_on: dt.date, ends_on: dt.date, *,
    day_count: DayCount, first_day: FirstDay,
) -> int:  # fmt: skip
    """The part of a year's amount for `[starts_on, ends_on)` where months weigh differently; a month in part by days.

    >>> from quarterdeck.terms.period import Period
    >>> quarter = [Period(dt.date(2025, at, 1), dt.date(2025, at + 1, 1)) for at in (1, 2, 3)]
    >>> prorated_by_months(1000, quarter, [1, 1, 2], dt.date(2025, 2, 15), dt.date(2025, 4, 1), day_count="calendar",
    ...     first_day="counts")
    625
    """
    if len(weights) != len(months) or min(weights, default=0) < 0 or not sum(weights):
        raise _refusal(f"{len(weights)} weights for {len(months)} months.", "Give one per month, zero or more.")
    begins, held = _first(starts_on, first_day), Fraction(0)
    for month, weight in zip(months, weights, strict=True):
        n_all = counted_days(month.starts_on, month.ends_on, day_count)
        inside = counted_days(max(begins, month.starts_on), min(ends_on, month.ends_on), day_count)
        held += Fraction(weight) * inside / n_all if n_all else 0
    return whole(amount * held / Fraction(sum(weights)))


def moved_quota(
    amounts: Sequence[int], periods: Sequence[Period], moved_on: dt.date, *, day_count: DayCount, first_day: FirstDay
) -> Frame:
    """MOVED_QUOTA: what stays with the old holder and what goes to the new one. One row per period.

    A person, account or territory moves on `moved_on`; `first_day` "counts" gives that day to the new holder. The
    period in which it lies is cut by its days; what is over stays, what has not begun goes. Months keep the season on
    both sides; the year as one period is cut by days alone. Kept and moved sum to the amount in every period, exactly.

    >>> from quarterdeck.terms.period import Period
    >>> quarter = [Period(dt.date(2025, at, 1), dt.date(2025, at + 1, 1)) for at in (1, 2, 3)]
    >>> found = moved_quota([310, 280, 310], quarter, dt.date(2025, 2, 11), day_count="calendar", first_day="counts")
    >>> found.select("kept", "moved").rows()
    [(310, 0), (100, 180), (0, 310)]
    """
    if len(amounts) != len(periods):
        raise _refusal(f"{len(amounts)} amounts for {len(periods)} periods.", "Give one per period.")
    cut = _first(moved_on, first_day)
    moved = []
    for amount, period in zip(amounts, periods, strict=True):
        at = min(max(cut, period.starts_on), period.ends_on)
        old, new = counted_days(period.starts_on, at, day_count), counted_days(at, period.ends_on, day_count)
        moved.append(parts(amount, [old, new])[1] if old + new else (amount if cut <= period.starts_on else 0))
    data = {
        "starts_on": [period.starts_on for period in periods],
        "ends_on": [period.ends_on for period in periods],
        "amount": list(amounts),
        "kept": [amount - part for amount, part in zip(amounts, moved, strict=True)],
        "moved": moved,
    }
    return MOVED_QUOTA.check(nw.from_dict(data, MOVED_QUOTA.schema, backend="polars"))


def _first(day: dt.date, first_day: FirstDay) -> dt.date:
    if first_day not in get_args(FirstDay):
        raise _refusal(f"The first day cannot be '{first_day}'.", "Say counts or does_not_count.")
    return day if first_day == "counts" else day + dt.timedelta(days=1)


def _refusal(why: str, next_step: str) -> Refusal:
    return Refusal("The number was not prorated.", why, next_step, "goal_proration")
