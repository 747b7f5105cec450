"""Rates for a plan in another currency than the company's: what one unit of each currency is worth in the plan's.

    company USD, plan EUR      EUR 1.25 (USD per EUR)  GBP 1.50     ->   USD 0.8    GBP 1.2     from the later day on

Rates of exchange are kept against the company's currency. A rate into the plan's is the quotient of two of them,
rounded to as many digits as the engine multiplies exactly (seven, for rates about one), and it is this rounded rate
that the statement shows. Source: triangulation, as in Council Regulation (EC) 1103/97, article 4(4).
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from quarterdeck.engine.pay.exact import fraction
from quarterdeck.records.models import ExchangeRate
from quarterdeck.services.bulk import rows_framed
from quarterdeck.services.frames import known
from quarterdeck.terms.money import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

EXCHANGE: Final[dict[str, Any]] = {"currency": pl.String, "on": pl.Date, "rate": pl.String}
_EXACTLY: Final = 2**51
"""As large may numerator times denominator of a rate be (`engine.pay.prepared`), with both currencies' minor units."""
_MINOR: Final = 1000
_MOST_DIGITS: Final = 8


def pay_exchange(known_at: dt.datetime, into: str, home: str) -> pl.DataFrame:
    """PAY_EXCHANGE into a plan's currency, as known at the instant; one query."""
    rows = rows_framed(known(ExchangeRate, known_at).order_by("currency", "on"), "currency", "on", "rate")
    said: dict[str, list[tuple[dt.date, Fraction]]] = {home: [(dt.date.min, Fraction(1))]}
    for currency, on, rate in rows.iter_rows():
        said.setdefault(currency, []).append((on, fraction(rate)))
    of_plan = said.pop(into, [])
    found = [
        (currency, on, rate_text(rate / worth))
        for currency, rates in sorted(said.items())
        for on, rate, worth in _together(rates, of_plan)
    ]
    return pl.DataFrame(found, schema=EXCHANGE, orient="row")


def _together(
    rates: list[tuple[dt.date, Fraction]], of_plan: list[tuple[dt.date, Fraction]]
) -> Iterator[tuple[dt.date, Fraction, Fraction]]:
    """Every day on which one of two series changes, from the first on which both are known."""
    for day in sorted({on for on, _ in (*rates, *of_plan)} - {dt.date.min}):
        rate, worth = (
            next((value for on, value in reversed(series) if on <= day), None) for series in (rates, of_plan)
        )
        if rate is not None and worth is not None:
            yield day, rate, worth


def rate_text(rate: Fraction) -> str:
    """A rate as an exact decimal of as many digits as pay multiplies exactly, at most eight.

    >>> rate_text(Fraction(4, 5)), rate_text(Fraction(2, 3)), rate_text(Fraction(1, 150)), rate_text(Fraction(30000))
    ('0.8', '0.666667', '0.0066667', '30000')
    """
    digits = _MOST_DIGITS
    while digits and rate * 100**digits * _MINOR > _EXACTLY:
        digits -= 1
    units = whole(rate * 10**digits)
    text = f"{units:0{digits + 1}}"
    return f"{text[:-digits]}.{text[-digits:]}".rstrip("0").rstrip(".") if digits else text
