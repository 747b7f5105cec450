"""When a company's years, quarters and months begin and end.

A calendar is a rule (or a list of dates), stored as a small JSON object. From it come periods that touch and never
overlap, so that months add up to quarters and quarters to the year:

    rule                                       FY2024 starts   P01 ends before   FY2025 starts
    months, first month 1                      2024-01-01      2024-02-01        2025-01-01
    4-5-4, first month 2, a Sunday as anchor   2024-02-04      2024-03-03        2025-02-02
    dates                                      as listed       as listed         as listed

Week-based years begin on the anchor's weekday nearest to the first day of `first_month`; they have 52 or 53 weeks, and
the 53rd belongs to the last month. Source: National Retail Federation, 4-5-4 calendar ("nearest" form of the 52/53-week
year, US 26 CFR 1.441-2). See docs/methods/fiscal-calendar.md.
"""

from __future__ import annotations

import bisect
import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any, Final, Literal, get_args

from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.period import Period, PeriodKind

CalendarKind = Literal["months", "4-4-5", "4-5-4", "5-4-4", "dates"]
YearName = Literal["start", "end"]

FIRST_YEAR: Final = 2
LAST_YEAR: Final = 9997
"""Years on both sides of which every period is still a representable date."""

_MONTHS: Final = tuple(
    "January February March April May June July August September October November December".split()  # noqa: SIM905  reads as a line
)
_WEEK: Final = dt.timedelta(days=7)
_SHORTEST_YEAR, _LONGEST_YEAR = 330, 400  # days: 12 months of 28 days to 13 months of 30


@dataclass(frozen=True, slots=True, kw_only=True)
class FiscalCalendar:
    """The rule by which a company cuts time into fiscal years, quarters and months.

    `anchor` is the first day of any year of a week-based calendar; it fixes the weekday. A calendar of `dates` lists
    the first day of every month in `month_starts`, ending with the day after the last year; `year_starts` says which
    of them begin a year (empty: every twelfth). A year is named by the calendar year in which it starts or ends.

    Raises Refusal when no calendar is meant by these values.

    >>> calendar = FiscalCalendar(first_month=7, names_year_by="end")
    >>> calendar.year_of(dt.date(2025, 6, 30)), calendar.year_of(dt.date(2025, 7, 1))
    (2025, 2026)
    >>> [quarter.name for quarter in calendar.quarters(2026)][:2], calendar.months(2026)[0].name
    (['Q1 FY2026', 'Q2 FY2026'], 'July 2025')
    >>> retail = FiscalCalendar(kind="4-5-4", first_month=2, anchor=dt.date(2025, 2, 2))
    >>> str(retail.year(2023).starts_on), retail.year(2023).n_days // 7
    ('2023-01-29', 53)
    """

    kind: CalendarKind = "months"
    first_month: int = 1
    anchor: dt.date | None = None
    year_starts: tuple[dt.date, ...] = ()
    month_starts: tuple[dt.date, ...] = ()
    names_year_by: YearName = "start"

    def __post_init__(self) -> None:
        """Refuse a calendar that would not tile time."""
        if self.kind not in get_args(CalendarKind):
            raise _refusal(
                f"'{self.kind}' is no kind of calendar.", f"Choose one of {', '.join(get_args(CalendarKind))}."
            )
        if self.names_year_by not in get_args(YearName):
            raise _refusal(f"A year cannot be named by its '{self.names_year_by}'.", "Choose start or end.")
        if type(self.first_month) is not int or not 1 <= self.first_month <= len(_MONTHS):
            raise _refusal(f"There is no month {self.first_month}.", "Give the first month as a number from 1 to 12.")
        if self.kind == "dates":
            _check_dates(self)
        elif self.kind != "months":
            _check_anchor(self)

    def year(self, number: int) -> Period:
        """The fiscal year of that number. Raises Refusal when the calendar does not reach it."""
        bounds = _bounds(self, number)
        return Period(bounds[0], bounds[-1], "year", self._year_name(number))

    def months(self, number: int) -> list[Period]:
        """The months of a year in order: 12, or 13 where a calendar of dates says so."""
        return [
            Period(start, end, "month", self._month_name(start, position, number))
            for position, (start, end) in enumerate(pairwise(_bounds(self, number)), start=1)
        ]

    def quarters(self, number: int) -> list[Period]:
        """The four quarters of a year; a 13th month belongs to the last."""
        bounds = _bounds(self, number)
        cuts = (*bounds[0:12:3], bounds[-1])
        name = self._year_name(number)
        return [
            Period(start, end, "quarter", f"Q{at} {name}") for at, (start, end) in enumerate(pairwise(cuts), start=1)
        ]

    def year_of(self, day: dt.date) -> int:
        """The number of the fiscal year in which a day lies. Raises Refusal when the calendar does not reach it."""
        return _year_of(self, day)

    def period_of(self, day: dt.date, kind: PeriodKind) -> Period:
        """The day, week, month, quarter or year in which a day lies.

        Weeks count from the first day of a week-based year; elsewhere they begin on Monday (ISO 8601).

        >>> FiscalCalendar().period_of(dt.date(2025, 6, 14), "quarter").name
        'Q2 2025'
        """
        if kind == "day":
            return Period(day, day + dt.timedelta(days=1), "day", day.isoformat())
        if kind == "week":
            return self._week_of(day)
        number = self.year_of(day)
        if kind == "year":
            return self.year(number)
        if kind == "month":
            return _holding(self.months(number), day)
        if kind == "quarter":
            return _holding(self.quarters(number), day)
        raise _refusal(f"A calendar has no period of kind '{kind}'.", "Choose day, week, month, quarter or year.")

    def periods(self, starts_on: dt.date, ends_on: dt.date, kind: PeriodKind) -> list[Period]:
        """Every period of a kind that shares a day with `[starts_on, ends_on)`, in order.

        >>> [p.name for p in FiscalCalendar().periods(dt.date(2025, 1, 31), dt.date(2025, 3, 1), "month")]
        ['January 2025', 'February 2025']
        """
        found, day = [], starts_on
        while day < ends_on:
            found.append(self.period_of(day, kind))
            day = found[-1].ends_on
        return found

    def to_dict(self) -> dict[str, Any]:
        """The calendar as JSON values, without what is left at its default.

        >>> FiscalCalendar(first_month=4).to_dict()
        {'kind': 'months', 'first_month': 4, 'names_year_by': 'start'}
        """
        stored: dict[str, Any] = {
            "kind": self.kind,
            "first_month": self.first_month,
            "anchor": self.anchor and self.anchor.isoformat(),
            "year_starts": [day.isoformat() for day in self.year_starts],
            "month_starts": [day.isoformat() for day in self.month_starts],
            "names_year_by": self.names_year_by,
        }
        return {name: value for name, value in stored.items() if value}

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> FiscalCalendar:
        """The calendar that `to_dict` stored. Raises Refusal when a name or a value means nothing.

        >>> FiscalCalendar.from_dict({"first_month": 4}) == FiscalCalendar(first_month=4)
        True
        """
        if unknown := sorted(set(stored) - set(cls.__slots__)):
            raise _refusal(f"A calendar has no {', '.join(unknown)}.", f"Use only {', '.join(cls.__slots__)}.")
        values = dict(stored)
        try:
            if values.get("anchor"):
                values["anchor"] = dt.date.fromisoformat(values["anchor"])
            for name in ("year_starts", "month_starts"):
                values[name] = tuple(dt.date.fromisoformat(day) for day in values.get(name) or ())
        except (TypeError, ValueError) as error:
            raise _refusal(f"A date is not written as a date: {error}.", "Write dates like 2025-02-01.") from error
        return cls(**values)

    def _week_of(self, day: dt.date) -> Period:
        if self.kind in {"months", "dates"}:
            start, name = day - dt.timedelta(days=day.weekday()), "{0:%G}-W{0:%V}"
            return Period(start, start + _WEEK, "week", name.format(start))
        number = self.year_of(day)
        position = (day - self.year(number).starts_on) // _WEEK
        start = self.year(number).starts_on + position * _WEEK
        return Period(start, start + _WEEK, "week", f"W{position + 1:02} {self._year_name(number)}")

    def _year_name(self, number: int) -> str:
        return f"{number}" if self.kind == "months" and self.first_month == 1 else f"FY{number}"

    def _month_name(self, start: dt.date, position: int, number: int) -> str:
        if self.kind == "months":
            return f"{_MONTHS[start.month - 1]} {start.year}"
        return f"P{position:02} {self._year_name(number)}"


def _refusal(why: str, next_step: str) -> Refusal:
    return Refusal("The fiscal calendar cannot be used.", why, next_step, "fiscal_calendar")


def _holding(periods: list[Period], day: dt.date) -> Period:
    return periods[bisect.bisect_right([period.starts_on for period in periods], day) - 1]


@lru_cache(maxsize=512)
def _bounds(calendar: FiscalCalendar, number: int) -> tuple[dt.date, ...]:
    """First day of each month of a year, and the first day after the year."""
    if calendar.kind == "dates":
        years = _dated_years(calendar)
        if number not in years:
            raise _refusal(
                f"It has no year {number}: its dates reach from {min(years)} to {max(years)}.",
                "Add the dates of that year.",
            )
        return years[number]
    if not FIRST_YEAR <= number <= LAST_YEAR:
        raise _refusal(f"There is no year {number}.", f"Use years from {FIRST_YEAR} to {LAST_YEAR}.")
    if calendar.kind == "months":
        first = _nominal(calendar, number)
        months = range(first.month - 1, first.month + 12)
        return tuple(dt.date(first.year + month // 12, month % 12 + 1, 1) for month in months)
    weeks = accumulate(int(n) for n in calendar.kind.split("-") * 4)
    start = _week_start(calendar, number)
    inner = [start + n * _WEEK for n in weeks][:-1]
    return (start, *inner, _week_start(calendar, number + 1))


def _nominal(calendar: FiscalCalendar, number: int) -> dt.date:
    """The first day of `first_month` near which year `number` begins."""
    begins_before = calendar.names_year_by == "end" and calendar.first_month > 1
    return dt.date(number - begins_before, calendar.first_month, 1)


def _week_start(calendar: FiscalCalendar, number: int) -> dt.date:
    """The anchor's weekday nearest to the nominal first day: at most three days before or after it."""
    earliest = _nominal(calendar, number) - dt.timedelta(days=3)
    weekday = calendar.anchor.weekday() if calendar.anchor else 0
    return earliest + dt.timedelta(days=(weekday - earliest.weekday()) % 7)


@lru_cache(maxsize=64)
def _dated_years(calendar: FiscalCalendar) -> dict[int, tuple[dt.date, ...]]:
    """Month bounds by year; named by the middle of the first or last month, so that drift never skips a number."""
    months = calendar.month_starts
    starts = [months.index(day) for day in calendar.year_starts] or list(range(0, len(months) - 1, 12))
    if starts[-1] != len(months) - 1:
        starts.append(len(months) - 1)
    years = [months[begin : end + 1] for begin, end in pairwise(starts)]
    half = dt.timedelta(days=15)
    named_by = years[0][0] + half if calendar.names_year_by == "start" else years[0][-1] - half
    return {named_by.year + at: bounds for at, bounds in enumerate(years)}


def _year_of(calendar: FiscalCalendar, day: dt.date) -> int:
    if calendar.kind == "dates":
        numbers = [number for number, bounds in _dated_years(calendar).items() if bounds[0] <= day < bounds[-1]]
        if not numbers:
            raise _refusal(f"Its dates do not reach {day}.", "Add the dates of that year.")
        return numbers[0]
    for number in range(day.year - 1, day.year + 3):
        if FIRST_YEAR <= number <= LAST_YEAR and _bounds(calendar, number)[0] <= day < _bounds(calendar, number)[-1]:
            return number
    raise _refusal(f"{day} lies outside of the years {FIRST_YEAR} to {LAST_YEAR}.", "Check the date.")


def _check_anchor(calendar: FiscalCalendar) -> None:
    anchor = calendar.anchor
    if anchor is None:
        raise _refusal(
            f"A {calendar.kind} year begins on a weekday that nobody named.", "Give the first day of any year."
        )
    numbers = range(max(anchor.year - 1, FIRST_YEAR), min(anchor.year + 2, LAST_YEAR) + 1)
    starts = [_week_start(calendar, number) for number in numbers]
    if anchor not in starts:
        nearest = min(starts, key=lambda day: abs(day - anchor), default="none")
        raise _refusal(
            f"No year begins on {anchor}: the nearest {calendar.kind} year begins on {nearest}.",
            "Correct the anchor or the first month, or list the months' first days as a calendar of dates.",
        )


def _check_dates(calendar: FiscalCalendar) -> None:
    starts = calendar.month_starts
    if any(after <= before for before, after in pairwise(starts)):
        raise _refusal("The months' first days are not in order.", "List each first day once, oldest first.")
    if missing := sorted(set(calendar.year_starts) - set(starts)):
        raise _refusal(f"{missing[0]} begins a year but no month.", "List it among the months' first days.")
    if list(calendar.year_starts) != sorted(set(calendar.year_starts)):
        raise _refusal("The years' first days are not in order.", "List each first day once, oldest first.")
    if len(starts) < 13:  # noqa: PLR2004  twelve months and the day after them
        raise _refusal("It lists less than one whole year.", "List twelve first days and the day after the last month.")
    if calendar.year_starts and calendar.year_starts[0] != starts[0]:
        raise _refusal(f"{starts[0]} belongs to no year.", "Let the first month begin the first year.")
    for bounds in _dated_years(calendar).values():
        n_days = (bounds[-1] - bounds[0]).days
        if len(bounds) - 1 not in {12, 13} or not _SHORTEST_YEAR <= n_days <= _LONGEST_YEAR:
            raise _refusal(
                f"The year from {bounds[0]} has {len(bounds) - 1} months and {n_days} days.",
                "Give each year 12 or 13 months, and end the list with the day after the last one.",
            )
