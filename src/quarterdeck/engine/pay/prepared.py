"""Events as a run needs them: known by the day, in the plan's currency, each belonging to a deal.

    e1  2025-03-03  1,000.00 GBP   rate of the day 1.22   ->   e1  2025-03-03  1,220.00 USD   deal e1

Amounts are converted once, event by event, at the rate of the event's day, rounded half away from zero. An amount whose
currency has no rate that day stays empty, and is a finding (see `pay findings`), never a zero.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import narwhals as nw

from quarterdeck.engine.pay.exact import fraction, overflow
from quarterdeck.engine.pay.facts import collected
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import minor_digits
from quarterdeck.terms.pay import PAY_EVENTS

if TYPE_CHECKING:
    from quarterdeck.engine.pay.facts import PayFacts
    from quarterdeck.terms.tables import Frame, LazyFrame

_AMOUNT_LIMIT = 2.0**53
_LARGEST = 2**51
"""So large may numerator times denominator of a rate be, for twice that to divide exactly everywhere."""


def prepared_events(facts: PayFacts, currency: str, begins: dt.date, as_of: dt.date) -> LazyFrame:
    """Events of the days from `begins` up to `as_of`.

    Amount_minor in `currency`, own_minor and own_currency as they came.

    Columns of PAY_EVENTS that the file does not have are empty. Raises Refusal for a rate that is no number or has too
    many digits.
    """
    day = nw.col("happened_on")
    rows = facts.events.filter(day >= begins, day <= as_of)
    schema = rows.collect_schema()
    missing = {
        name: nw.lit(None).cast(kind)
        for name, kind in PAY_EVENTS.schema.items()
        if name not in {*schema, "credited_on"}
    }
    rows = rows.with_columns(**missing) if missing else rows
    if "deal_id" not in missing:
        rows = rows.with_columns(deal_id=nw.coalesce("deal_id", "event_id"))
    else:
        rows = rows.with_columns(deal_id=nw.col("event_id"))
    if "currency" in missing:
        return rows.with_columns(own_minor=nw.col("amount_minor"))
    rows = rows.with_columns(own_minor=nw.col("amount_minor"), currency=nw.col("currency").fill_null(currency))
    daily = _daily_rates(facts.small("exchange"), currency, begins, as_of)
    _check_sizes(rows, daily, currency)
    rates = facts.lifted(daily)
    rows = rows.join(rates, left_on=["currency", "happened_on"], right_on=["rate_of", "rate_on"], how="left")
    rows = with_scaled(rows, "abroad_minor", "amount_minor", Fraction(1), "rate_num", "rate_den")
    home = nw.when(nw.col("currency") == currency).then(nw.col("amount_minor")).otherwise(nw.col("abroad_minor"))
    return rows.with_columns(amount_minor=home).drop("rate_num", "rate_den", "abroad_minor")


def with_scaled(  # noqa: PLR0913, PLR0917  a fraction in its parts
    rows: LazyFrame, name: str, value: str, share: Fraction, num: str | None = None, den: str | None = None
) -> LazyFrame:
    """Add a column `name`: the column `value` x share (x num / den), rounded half away from zero, in whole numbers.

    What exceeds whole denominators is multiplied apart from the rest, so that only the result and num x den must fit 64
    bits. Column by column, because engines copy an expression as often as it is named. Spark divides by way of a float,
    exactly below 2^53, which is why larger amounts are refused (see `credits`).
    """
    if num is None and den is None and share.denominator == 1:
        return rows.with_columns((nw.col(value) * share.numerator).alias(name))
    sign = -1 if share < 0 else 1
    times = nw.lit(abs(share.numerator)).cast(nw.Int64) if num is None else nw.col(num) * abs(share.numerator)
    over = nw.lit(share.denominator).cast(nw.Int64) if den is None else nw.col(den) * share.denominator
    rows = rows.with_columns(
        _size=nw.col(value).abs(), _times=times, _over=over,
        _sign=nw.when(nw.col(value) < 0).then(nw.lit(-sign)).otherwise(nw.lit(sign)).cast(nw.Int64),
    )  # fmt: skip
    rows = rows.with_columns(_whole=(nw.col("_size") // nw.col("_over")).cast(nw.Int64))
    rest = (nw.col("_size") - nw.col("_whole") * nw.col("_over")) * nw.col("_times") * 2 + nw.col("_over")
    rows = rows.with_columns(_rest=(rest // (nw.col("_over") * 2)).cast(nw.Int64))
    found = nw.col("_sign") * (nw.col("_whole") * nw.col("_times") + nw.col("_rest"))
    return rows.with_columns(found.alias(name)).drop("_size", "_times", "_over", "_sign", "_whole", "_rest")


def _check_sizes(rows: LazyFrame, daily: Frame, currency: str) -> None:
    """Refuse foreign amounts that the highest rate would bring beyond 2^53, where engines begin to round."""
    if not len(daily):
        return
    size = nw.col("amount_minor").cast(nw.Float64).abs().max()
    most = collected(rows.filter(nw.col("currency") != currency).select(most=size))["most"][0] or 0.0
    rate = max(1.0, float((daily["rate_num"] / daily["rate_den"]).max()))
    if most * rate > _AMOUNT_LIMIT:
        raise overflow(most * rate)


def _daily_rates(exchange: Frame, currency: str, begins: dt.date, as_of: dt.date) -> Frame:
    """A row per foreign currency and day: the rate last said, as whole numbers, between the two minor units."""
    said: dict[str, list[tuple[dt.date, Fraction]]] = {}
    for abroad, on, text in exchange.select("currency", "on", "rate").iter_rows():
        said.setdefault(abroad, []).append(
            (on, _rate(text) * Fraction(10) ** (minor_digits(currency) - minor_digits(abroad)))
        )
    rows: list[tuple[str, dt.date, int, int]] = []
    for abroad, found in said.items():
        found.sort()
        ends = [*(on for on, _ in found[1:]), as_of + dt.timedelta(days=1)]
        for (on, rate), end in zip(found, ends, strict=True):
            first = max(on, begins).toordinal()
            rows += [
                (abroad, dt.date.fromordinal(day), rate.numerator, rate.denominator)
                for day in range(first, end.toordinal())
            ]
    columns = {
        name: [row[at] for row in rows] for at, name in enumerate(("rate_of", "rate_on", "rate_num", "rate_den"))
    }
    schema: dict[str, Any] = {"rate_of": nw.String, "rate_on": nw.Date, "rate_num": nw.Int64, "rate_den": nw.Int64}
    return nw.from_dict(columns, schema, backend="polars")


def _rate(text: str) -> Fraction:
    try:
        rate = fraction(str(text))
    except ValueError:
        rate = Fraction(0)
    if rate <= 0 or rate.numerator * rate.denominator > _LARGEST:
        raise Refusal("Nothing was paid.", f"{text!r} is no rate of exchange, or has too many digits.",
            "Write it like 1.0842, with at most 8 digits on either side of the point.", "pay_input")  # fmt: skip
    return rate
