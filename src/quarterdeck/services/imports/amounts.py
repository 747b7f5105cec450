"""Foreign amounts in the company's currency, exactly: the source amount, the rate and its day are kept beside them.

    amount  currency  day         rates              amount_minor  source_amount_minor  exchange_rate  exchange_rate_on
    100.00  EUR       2025-03-10  2025-03-01 1.0842  10842         10000                1.0842         2025-03-01

The rate in force is the last one on or before the fact's day. Rounded half up, once. Source: IAS 21, paragraph 21
(the spot rate at the date of the transaction).
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import TYPE_CHECKING, Final

import polars as pl

from quarterdeck.records.models import ExchangeRate
from quarterdeck.services.bulk import rows_framed
from quarterdeck.services.imports.preparing import noted
from quarterdeck.terms.money import minor_digits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quarterdeck.services.imports.writes import Write

MAX_AMOUNT: Final = 10**15
"""Ten trillion dollars. Nine thousand such rows still sum without overflow; a larger amount is a mistake."""

QUOTED: Final = ("source_amount_minor", "source_currency", "exchange_rate", "exchange_rate_on")


def converted(write: Write, rows: pl.DataFrame, days: Sequence[str], own: str) -> pl.DataFrame:
    """The rows with `amount` in minor units of the currency `own`, and with QUOTED; empty where no rate is known.

    `rows` has amount in minor units of `currency` (empty: the company's). The first of `days` that is there decides.
    """
    day = pl.coalesce(days).alias("_day")
    foreign = pl.col("currency").is_not_null() & (pl.col("currency") != own) & pl.col("amount").is_not_null()
    split = rows.with_row_index("_at").with_columns(day)
    home, abroad = split.filter(~foreign), split.filter(foreign)
    nothing = {name: pl.lit(None, dtype=dtype) for name, dtype in _DTYPES.items()}
    if not abroad.height:
        return rows.with_columns(**nothing)
    exchanged = _exchanged(abroad, own)
    unrated = exchanged.filter(pl.col("amount").is_null())
    noted(write, unrated, "missing_rate", "currency", "No rate of {value} is known on the day of the amount.")
    both = pl.concat([home.with_columns(**nothing), exchanged], how="diagonal")
    return both.sort("_at").select(*rows.columns, *QUOTED)


_DTYPES: Final = dict(zip(QUOTED, (pl.Int64, pl.String, pl.String, pl.Date), strict=True))


def _exchanged(rows: pl.DataFrame, own: str) -> pl.DataFrame:
    rates = rows_framed(
        ExchangeRate.current.filter(currency__in=rows["currency"].unique().to_list()), "currency", "on", "rate"
    )
    rates = rates.rename({"on": "exchange_rate_on", "rate": "exchange_rate"}).sort("exchange_rate_on")
    dated = rows.sort("_day", nulls_last=True).join_asof(
        rates, left_on="_day", right_on="exchange_rate_on", by="currency", check_sortedness=False
    )
    known = dated.select("amount", "currency", "exchange_rate").unique()
    amounts = [_exact(amount, currency, own, rate) for amount, currency, rate in known.iter_rows()]
    known = known.with_columns(_amount=pl.Series(amounts, dtype=pl.Int64))
    joined = dated.join(known, on=["amount", "currency", "exchange_rate"], how="left", nulls_equal=True)
    return joined.with_columns(source_amount_minor="amount", source_currency="currency", amount="_amount").drop(
        "_amount"
    )


def _exact(amount: int, currency: str, own: str, rate: str | None) -> int | None:
    """Minor units of one currency in minor units of another; None without a rate or beyond all reason.

    >>> _exact(10_000, "EUR", "USD", "1.0842"), _exact(1_000, "JPY", "USD", "0.0067")
    (10842, 670)
    """
    if rate is None:
        return None
    with localcontext() as context:
        context.prec = 60  # 64-bit amounts times rates of up to 30 digits stay exact
        value = Decimal(amount).scaleb(minor_digits(own) - minor_digits(currency)) * Decimal(rate)
        exact = int(value.to_integral_value(ROUND_HALF_UP))
    return exact if abs(exact) <= MAX_AMOUNT else None
