"""Facts as pay reads them: bookings, returns, activities and approved credits as PAY_EVENTS, payments as PAY_RECEIPTS.

    booking o-17   2026-03-03  rita  48,000.00   ->   crm:o-17      2026-03-03  rita   4800000  order     deal d-4
    return  r-2    2026-04-01  o-17   3,000.00   ->   crm:return:r-2  2026-04-01  rita  -300000  return    deal d-4
    payment p-9    2026-05-02  o-17  24,000.00   ->   crm:o-17  2026-05-02  2400000   (a receipt)

An event is known by its source and the id there, so that a correction of it is the same event. Amounts are in the
company's currency, as the import converted them; the source's amount, currency, rate and day stand beside. A return is
credited to whom its booking was (`credited_on`).
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from quarterdeck.records.models import Activity, Booking, PayEvent, Payment, Return
from quarterdeck.services.bulk import among, rows_framed
from quarterdeck.services.calendar import company
from quarterdeck.services.frames import known
from quarterdeck.terms.money import whole

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from quarterdeck.services.pay.whose import Whose

EVENTS: Final[dict[str, Any]] = {
    "event_id": pl.String, "happened_on": pl.Date, "person_id": pl.String, "amount_minor": pl.Int64,
    "quantity": pl.Int64, "deal_id": pl.String, "invoiced_on": pl.Date, "credited_on": pl.Date, "kind": pl.String,
    "product": pl.String, "account": pl.String, "segment": pl.String, "source_amount_minor": pl.Int64,
    "source_currency": pl.String, "exchange_rate": pl.String, "exchange_rate_on": pl.Date, "booking_id": pl.String,
}  # fmt: skip
"""PAY_EVENTS, what conditions of a plan may ask for, and the amount as its source wrote it (always filled)."""
RECEIPTS: Final[dict[str, Any]] = {
    "event_id": pl.String, "paid_on": pl.Date, "amount_minor": pl.Int64, "source_amount_minor": pl.Int64,
}  # fmt: skip
"""PAY_RECEIPTS: for plans in the company's currency, and beside it in the currency of the booking."""
RETURNED: Final = "return"
CREDITED: Final = "credit"
_QUOTED: Final = ("source_amount_minor", "source_currency", "exchange_rate", "exchange_rate_on")
_BOOKED: Final = (
    "source_system", "source_id", "booked_on", "credited__code", "amount_minor", "quantity", "opportunity__code",
    "kind", "product__code", "account__code", "segment__code", *_QUOTED,
)  # fmt: skip


def pay_events(
    known_at: dt.datetime, begins: dt.date, ends: dt.date, *, activities: bool, whose: Whose | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Events of the days `[begins, ends)` and receipts for bookings, as known at the instant.

    Six queries at most; of a few people (`whose`) nine, and their rows are found by index.
    """
    booked = _booked(known_at, whose)
    parts = [
        booked.select(
            "event_id", "amount_minor", "quantity", "kind", *_QUOTED, happened_on="booked_on",
            person_id="credited__code", deal_id="opportunity__code", product="product__code", account="account__code",
            segment="segment__code", invoiced_on=pl.when(pl.col("kind") == "invoice").then("booked_on"),
            booking_id="event_id",
        ),
        _returned(known_at, booked, whose),
        _credited(known_at, whose),
    ]  # fmt: skip
    if activities:
        parts.append(_done(known_at, begins, ends, whose))
    home = company().currency
    events = pl.concat([_shaped(part, EVENTS) for part in parts]).with_columns(*_as_written(home))
    events = events.filter(pl.col("happened_on") >= begins, pl.col("happened_on") < ends)
    return events.sort("happened_on", "event_id"), _received(known_at, booked, home, whose)


def _booked(known_at: dt.datetime, whose: Whose | None) -> pl.DataFrame:
    rows = _known(Booking, known_at)
    found = [rows] if whose is None else whose.bookings(rows, known_at)
    frames = [rows_framed(one.order_by("pk"), *_BOOKED) for one in found]
    return pl.concat(frames).with_columns(_id()).unique("event_id", keep="first", maintain_order=True)


def _as_written(home: str) -> list[pl.Expr]:
    """The source's amount and currency; what came in the company's own is its own source."""
    is_home = pl.col("source_currency").fill_null("").str.len_chars() == 0
    return [
        pl.when(is_home).then("amount_minor").otherwise("source_amount_minor").alias("source_amount_minor"),
        pl.when(is_home).then(pl.lit(home)).otherwise("source_currency").alias("source_currency"),
        pl.when(~is_home).then("exchange_rate").alias("exchange_rate"),
    ]


def _known(model: Any, known_at: dt.datetime) -> QuerySet[Any]:  # noqa: ANN401  a fact's model
    return known(model, known_at)


def _id(kind: str = "", column: str = "source_id") -> pl.Expr:
    middle = f":{kind}:" if kind else ":"
    return (pl.col("source_system") + middle + pl.col(column)).alias("event_id")


def _shaped(frame: pl.DataFrame, schema: dict[str, Any]) -> pl.DataFrame:
    """Every column of the schema in its type; what the frame lacks is empty."""
    missing = [pl.lit(None, kind).alias(name) for name, kind in schema.items() if name not in frame.columns]
    return frame.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in schema.items())


def _returned(known_at: dt.datetime, booked: pl.DataFrame, whose: Whose | None) -> pl.DataFrame:
    """What came back, as events below zero on the day it came back, of whom and what the booking was."""
    names = ("source_system", "source_id", "booking_source_id", "returned_on", "amount_minor", *_QUOTED)
    rows = rows_framed(_for(_known(Return, known_at), booked, whose).order_by("pk"), *names)
    sold = booked.select(
        "source_system", pl.col("source_id").alias("booking_source_id"), person_id="credited__code",
        deal_id="opportunity__code", product="product__code", account="account__code", segment="segment__code",
        credited_on="booked_on", booking_id="event_id",
    ).unique(["source_system", "booking_source_id"], keep="last")  # fmt: skip
    rows = rows.with_columns(_id(RETURNED)).join(
        sold, on=["source_system", "booking_source_id"], how="left" if whose is None else "inner"
    )
    back = [-pl.col(name) for name in ("amount_minor", "source_amount_minor")]
    return rows.with_columns(*back, kind=pl.lit(RETURNED), happened_on="returned_on", quantity=pl.lit(-1))


def _for(rows: QuerySet[Any], booked: pl.DataFrame, whose: Whose | None) -> QuerySet[Any]:
    """Returns or payments, of these bookings where they are few."""
    return rows if whose is None else rows.filter(booking_source_id__among=among(booked["source_id"]))


def _credited(known_at: dt.datetime, whose: Whose | None) -> pl.DataFrame:
    """Credits that a resolved dispute approved."""
    names = ("source_system", "source_id", "happened_on", "person__code", "amount_minor")
    credited = _known(PayEvent, known_at) if whose is None else whose.own(_known(PayEvent, known_at))
    rows = rows_framed(credited.order_by("pk"), *names)
    return rows.with_columns(_id(CREDITED), kind=pl.lit(CREDITED), person_id="person__code")


def _done(known_at: dt.datetime, begins: dt.date, ends: dt.date, whose: Whose | None) -> pl.DataFrame:
    """Activities, without an amount; only for plans that ask for a kind of them."""
    done = _known(Activity, known_at).filter(happened_on__gte=begins, happened_on__lt=ends)
    done = done if whose is None else whose.own(done)
    names = ("source_system", "source_id", "happened_on", "person__code", "kind", "opportunity__code", "account__code")
    rows = rows_framed(done.order_by("pk"), *names).with_columns(_id("activity"))
    return rows.with_columns(
        person_id="person__code", deal_id="opportunity__code", account="account__code"
    ).filter(pl.col("person_id").is_not_null())  # fmt: skip


def _received(known_at: dt.datetime, booked: pl.DataFrame, home: str, whose: Whose | None) -> pl.DataFrame:
    """Money for bookings, at the rate of the booking's day: what is paid in full in its currency is paid in full."""
    names = ("source_system", "booking_source_id", "paid_on", "amount_minor", *_QUOTED)
    paid = _for(_known(Payment, known_at), booked, whose).order_by("pk")
    rows = rows_framed(paid, *names).with_columns(_id(column="booking_source_id"), *_as_written(home))
    worth = booked.with_columns(*_as_written(home)).select(
        "event_id", due="amount_minor", source_due="source_amount_minor", source="source_currency"
    ).unique("event_id", keep="last")  # fmt: skip
    rows = rows.join(worth, on="event_id", how="inner")
    foreign = rows.filter((pl.col("source") != home) | (pl.col("source_currency") != home))
    plain = rows.join(foreign.select("event_id").unique(), on="event_id", how="anti")
    parts = [_shaped(plain.with_columns(source_amount_minor="amount_minor"), RECEIPTS), _of_foreign(foreign)]
    return pl.concat(parts).sort("event_id", "paid_on")


def _of_foreign(rows: pl.DataFrame) -> pl.DataFrame:
    """Receipts of bookings in another currency, or paid in one: exact, a row at a time, since they are few."""
    found = []
    for row in rows.iter_rows(named=True):
        if row["source_currency"] == row["source"]:
            own = row["source_amount_minor"]
            amount = _in_step(own, row["due"], row["source_due"], row["amount_minor"])
        else:
            amount = row["amount_minor"]
            own = _in_step(amount, row["source_due"], row["due"], amount)
        found.append((row["event_id"], row["paid_on"], amount, own))
    return pl.DataFrame(found, schema=RECEIPTS, orient="row")


def _in_step(paid: int, due: int, of: int, otherwise: int) -> int:
    """The same share of `due` as `paid` is of `of`."""
    return whole(Fraction(paid * due, of)) if of else otherwise
