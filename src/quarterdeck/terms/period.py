"""A stretch of days, half-open: the first day belongs to it, the end day does not.

Two periods that touch share no day, so months add up to their year without a day counted twice.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

PeriodKind = Literal["day", "week", "month", "quarter", "year", "custom"]


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days `[starts_on, ends_on)`, with the name people use for it.

    >>> june = Period(dt.date(2025, 6, 1), dt.date(2025, 7, 1), "month", "June 2025")
    >>> dt.date(2025, 6, 30) in june, dt.date(2025, 7, 1) in june, june.n_days
    (True, False, 30)
    """

    starts_on: dt.date
    ends_on: dt.date
    kind: PeriodKind = "custom"
    name: str = ""

    def __post_init__(self) -> None:
        """Refuse a period without a day: every later sum over it would be silently empty."""
        if self.ends_on <= self.starts_on:
            msg = f"a period needs at least one day: {self.starts_on} to {self.ends_on}"
            raise ValueError(msg)

    def __contains__(self, day: object) -> bool:
        """Whether the day lies inside."""
        return isinstance(day, dt.date) and self.starts_on <= day < self.ends_on

    @property
    def n_days(self) -> int:
        """Calendar days in the period."""
        return (self.ends_on - self.starts_on).days

    @property
    def last_day(self) -> dt.date:
        """The last day that belongs to the period; what a page shows as its end."""
        return self.ends_on - dt.timedelta(days=1)

    def until(self, day: dt.date) -> Period | None:
        """Return the part up to and including `day`; None when it has not begun by then.

        >>> Period(dt.date(2025, 6, 1), dt.date(2025, 7, 1)).until(dt.date(2025, 6, 10)).n_days
        10
        """
        end = min(self.ends_on, day + dt.timedelta(days=1))
        return Period(self.starts_on, end, "custom", self.name) if end > self.starts_on else None
