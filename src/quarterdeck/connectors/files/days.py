"""Days as people and systems write them, to dates; where day and month could be swapped nothing is guessed.

    column            dates: ask                          dates: month-first
    03/04/2025        ambiguous unless the column ...     2025-03-04
    03/31/2025        ... proves it: only a month-first   2025-03-31
    2025-03-31 14:05  2025-03-31                          2025-03-31
    31 Mar 2025       2025-03-31                          2025-03-31

A stamp with a time gives the day as it is written, whatever its zone.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final, Literal

import polars as pl

if TYPE_CHECKING:
    from quarterdeck.connectors.files.mapping import DateOrder

_TIME: Final = r"(?:[T ,]+\d{1,2}[:.]\d{2}.*)?"
_ISO: Final = rf"^\d{{4}}-\d{{2}}-\d{{2}}{_TIME}$"
_YEAR_FIRST: Final = re.compile(rf"^(\d{{4}})[-./](\d{{1,2}})[-./](\d{{1,2}}){_TIME}$")
_COMPACT: Final = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_YEAR_LAST: Final = re.compile(rf"^(\d{{1,2}})[-./ ](\d{{1,2}})[-./ ](\d{{4}}|\d{{2}}){_TIME}$")
_DAY_NAME: Final = re.compile(rf"^(\d{{1,2}})[-./ ]*([A-Za-z]{{3,9}})\.?,?[-./ ]*(\d{{4}}|\d{{2}}){_TIME}$")
_NAME_DAY: Final = re.compile(rf"^([A-Za-z]{{3,9}})\.?[-./ ]*(\d{{1,2}}),?[-./ ]+(\d{{4}}){_TIME}$")
_MONTHS: Final = {
    name: at
    for at, names in enumerate(
        (
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ),
        1,
    )
    for name in (names, names[:3], names[:4])
}
_FIRST_YEAR: Final = 1900
_PIVOT: Final = 70
"""Two-digit years from here on are of the last century."""
_LAST_SHORT: Final = 99
_MONTHS_IN_YEAR: Final = 12

Reading = dt.date | Literal["unreadable_date", "ambiguous_date"]


def day_from_text(text: str, order: DateOrder) -> Reading:
    """The day a text says, or the rule it breaks.

    >>> day_from_text("31.03.25", "ask"), day_from_text("03/04/2025", "ask"), day_from_text("Mar 4, 2025", "ask")
    (datetime.date(2025, 3, 31), 'ambiguous_date', datetime.date(2025, 3, 4))
    >>> day_from_text("03/04/2025", "day-first"), day_from_text("31/03/2025", "month-first")
    (datetime.date(2025, 4, 3), 'unreadable_date')
    """
    if match := _YEAR_FIRST.match(text) or _COMPACT.match(text):
        return _day(*map(int, match.groups()))
    if order == "iso":
        return "unreadable_date"
    if match := _YEAR_LAST.match(text):
        return _year_last(int(match[1]), int(match[2]), _full_year(match[3]), order)
    if match := _DAY_NAME.match(text):
        return _day(_full_year(match[3]), _MONTHS.get(match[2].lower(), 0), int(match[1]))
    if match := _NAME_DAY.match(text):
        return _day(int(match[3]), _MONTHS.get(match[1].lower(), 0), int(match[2]))
    return "unreadable_date"


def _year_last(one: int, two: int, year: int, order: DateOrder) -> Reading:
    if order == "day-first":
        return _day(year, two, one)
    if order == "month-first":
        return _day(year, one, two)
    if one == two or two > _MONTHS_IN_YEAR:
        return _day(year, one, two)
    return _day(year, two, one) if one > _MONTHS_IN_YEAR else "ambiguous_date"


def _full_year(text: str) -> int:
    year = int(text)
    return year if year > _LAST_SHORT else year + (2000 if year < _PIVOT else 1900)


def _day(year: int, month: int, day: int) -> Reading:
    try:
        return dt.date(year, month, day) if year >= _FIRST_YEAR else "unreadable_date"
    except ValueError:
        return "unreadable_date"


def _others(texts: pl.Series) -> list[str]:
    """Distinct texts that are no plain ISO day."""
    return texts.filter(~texts.str.contains(_ISO)).drop_nulls().unique(maintain_order=True).to_list()


def proven_order(texts: pl.Series) -> DateOrder:
    """The order that the values of a column prove: `ask` when none does or when both do.

    >>> proven_order(pl.Series(["03/04/2025", "03/31/2025"])), proven_order(pl.Series(["03/04/2025"]))
    ('month-first', 'ask')
    """
    found = [match for text in _others(texts) if (match := _YEAR_LAST.match(text))]
    day_first = any(int(match[1]) > _MONTHS_IN_YEAR for match in found)
    month_first = any(int(match[2]) > _MONTHS_IN_YEAR for match in found)
    if day_first == month_first:
        return "ask"
    return "day-first" if day_first else "month-first"


def days(texts: pl.Series, order: DateOrder) -> tuple[pl.Series, dict[str, str]]:
    """Dates of a text column (null where there is none), and each text that is no day with the rule it breaks.

    Plain ISO days are read at column speed, all others once per distinct text.
    """
    iso = pl.when(pl.col(texts.name).str.contains(_ISO)).then(
        pl.col(texts.name).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    )
    dates = texts.to_frame().select(iso).to_series()
    dates = pl.select(pl.when(dates >= dt.date(_FIRST_YEAR, 1, 1)).then(dates)).to_series().alias(texts.name)
    rest = texts.filter(dates.is_null()).drop_nulls().unique(maintain_order=True).to_list()
    read = {text: day_from_text(text, order) for text in rest}
    good = {text: day for text, day in read.items() if isinstance(day, dt.date)}
    if good:
        more = texts.replace_strict(list(good), list(good.values()), default=None, return_dtype=pl.Date)
        dates = pl.select(pl.coalesce(dates, more)).to_series().alias(texts.name)
    return dates, {text: day for text, day in read.items() if isinstance(day, str)}
