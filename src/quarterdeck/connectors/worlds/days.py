"""Days of an invented company: working days, the year's season, and the window the facts fill.

Days are whole numbers since 1970-01-01 inside this room, so that 200,000 deals are a few array operations:

    2025-02-28 (a Friday)   ->  20147
    2025-03-01 (a Saturday) ->  20148, rolled back to 20147
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import holidays
import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]

SEASON: Final = (65, 70, 92, 73, 78, 97, 70, 48, 92, 90, 100, 125)
"""Thousandths of a year's bookings by month: a strong last quarter, a weak August."""

NEVER: Final = 10**6
"""A day after all others."""


def number(day: dt.date) -> int:
    """Days since 1970-01-01."""
    return (day - dt.date(1970, 1, 1)).days


def date(day: int) -> dt.date:
    """The date of a day number."""
    return dt.date(1970, 1, 1) + dt.timedelta(days=int(day))


def months(days: Ints) -> Ints:
    """Months since January 1970, for day numbers."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def month_starts(month_numbers: Ints) -> Ints:
    """First day of each month, for months since January 1970."""
    return month_numbers.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


@lru_cache(maxsize=32)
def calendar(country: str, first_year: int, last_year: int) -> np.busdaycalendar:
    """Monday to Friday without the country's public holidays."""
    days = holidays.country_holidays(country, years=range(first_year, last_year + 1))
    return np.busdaycalendar(holidays=sorted(np.datetime64(day, "D") for day in days))


@dataclass(frozen=True)
class Window:
    """From January 1 two years back to the demo's today, with working days by country.

    >>> window = Window(dt.date(2025, 3, 1))
    >>> date(window.start), window.year
    (datetime.date(2023, 1, 1), 2025)
    """

    ends_on: dt.date

    @property
    def year(self) -> int:
        """The running year."""
        return self.ends_on.year

    @property
    def start(self) -> int:
        """The first day of the facts."""
        return number(dt.date(self.year - 2, 1, 1))

    @property
    def today(self) -> int:
        """The last day of the facts."""
        return number(self.ends_on)

    @property
    def plan_change(self) -> int:
        """July 1 of last year, when the East and the West were cut anew."""
        return number(dt.date(self.year - 1, 7, 1))

    @property
    def price_cut(self) -> int:
        """May 1 of last year, when the competitor cut its price."""
        return number(dt.date(self.year - 1, 5, 1))

    def calendar(self, country: str) -> np.busdaycalendar:
        """Working days of a country, a year beyond either end."""
        return calendar(country, self.year - 3, self.year + 2)

    def working(self, first: int, last: int, country: str = "US") -> Ints:
        """Working days from `first` to `last`, both included."""
        days = np.arange(first, last + 1)
        return days[np.is_busday(days.astype("datetime64[D]"), busdaycal=self.calendar(country))]

    def rolled(self, days: Ints, country: str = "US") -> Ints:
        """Each day, or the working day before it."""
        stamps = days.astype("datetime64[D]")
        return np.busday_offset(stamps, 0, roll="backward", busdaycal=self.calendar(country)).astype(np.int64)

    def month_ends(self, month_numbers: Ints) -> Ints:
        """Last calendar day of each month, for months since January 1970."""
        return month_starts(month_numbers + 1) - 1

    def elapsed(self) -> float:
        """The share of the running year's season that lies behind, by working days within the month.

        >>> round(Window(dt.date(2025, 6, 30)).elapsed(), 3)
        0.475
        """
        first = number(self.ends_on.replace(day=1))
        last = int(self.month_ends(months(np.array([first])))[0])
        share = len(self.working(first, self.today)) / len(self.working(first, last))
        return (sum(SEASON[: self.ends_on.month - 1]) + share * SEASON[self.ends_on.month - 1]) / 1000

    def elapsed_quarters(self) -> float:
        """The share of the elapsed season that lies in quarters that are over.

        >>> Window(dt.date(2025, 2, 1)).elapsed_quarters()
        0.0
        """
        over = sum(SEASON[: (self.ends_on.month - 1) // 3 * 3]) / 1000
        return over / self.elapsed() if over else 0.0


def evenly(rank: Ints, offset: Floats | float, step: float = 0.6180339887498949) -> Floats:
    """Numbers in [0, 1) that fill the interval evenly however many are taken (Weyl's sequence).

    Used instead of coin tosses so that a rep's win rate is near what it was meant to be for any seed.

    >>> evenly(np.arange(4), 0.0).round(3).tolist()
    [0.0, 0.618, 0.236, 0.854]
    """
    filled: Floats = ((rank * step + offset) % 1.0).astype(np.float64)
    return filled


def rank_within(groups: Ints) -> Ints:
    """The position of each row among the rows of its group, in row order.

    >>> rank_within(np.array([7, 8, 7, 7])).tolist()
    [0, 0, 1, 2]
    """
    order = np.argsort(groups, kind="stable")
    sorted_groups = groups[order]
    ranks = np.empty(len(groups), dtype=np.int64)
    ranks[order] = np.arange(len(groups)) - np.searchsorted(sorted_groups, sorted_groups)
    return ranks


def stream(seed: int, *part: str) -> np.random.Generator:
    """A generator of its own for each part of a world, so that a change in one leaves the others alone."""
    return np.random.default_rng([seed, *(int.from_bytes(word.encode(), "big") for word in part)])
