"""Public holidays as rows, so that whoever counts working days takes them as data.

    US, 2025   ->   country   day
                    US        2025-01-01
                    US        2025-01-20
                    ...

Source: the package `holidays` (public holidays of ISO 3166 countries and their parts), observed days included.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import holidays
import narwhals as nw

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

_CODES = holidays.list_supported_countries()


def is_country(code: str) -> bool:
    """Whether public holidays are known for a country, or for a part of one written like 'DE-BY'.

    >>> is_country("US"), is_country("DE-BY"), is_country("Atlantis")
    (True, True, False)
    """
    country, _, part = code.partition("-")
    return country in _CODES and (not part or part in _CODES[country])


def public_holidays(countries: Iterable[str | None], years: Iterable[int]) -> Frame:
    """Public holidays, one row per country and day, in order. Unknown and empty countries have none (see `is_country`).

    Calendar years, not fiscal ones. Costs about 5 ms per country and year.

    >>> public_holidays(["US", None, "??"], [2025]).rows()[0]
    ('US', datetime.date(2025, 1, 1))
    """
    asked = sorted({code for code in countries if code and is_country(code)})
    span = sorted(set(years))
    rows = [(code, day) for code in asked for day in sorted(_days(code, span))]
    data = {"country": [code for code, _ in rows], "day": [day for _, day in rows]}
    schema: dict[str, Any] = {"country": nw.String, "day": nw.Date}
    return nw.from_dict(data, schema, backend="polars")


def _days(code: str, years: list[int]) -> list[dt.date]:
    country, _, part = code.partition("-")
    # Observing a New Year's Day brings in days of the year before.
    return [day for day in holidays.country_holidays(country, subdiv=part or None, years=years) if day.year in years]
