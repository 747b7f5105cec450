"""Facts as pay reads them: bookings, returns, activities and approved credits as PAY_EVENTS, payments as PAY_RECEIPTS.

    booking o-17   2026-03-03  rita  48,000.00   ->   crm:o-17      2026-03-03  rita   4800000  order     deal d-4
    return  r-2    2026-04-01  o-17   3,000.00   ->   crm:return:r-2  2026-04-01  rita  -300000  return    deal d-4
    payment p-9    2026-05-02  o-17  24,000.00   ->   crm:o-17  2026-05-02  2400000   (a receipt)

An event is known by its source and the id there, so that a correction of it is the same event. Amounts are in the
company's currency, as the import converted them (the source's amount, rate and day are kept with the booking).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from quarterdeck.records.models import Activity, Booking, PayEvent, Payment, Return
from quarterdeck.services.bulk import rows_framed
from quarterdeck.services.frames import known

if TYPE_CHECKING:
    from django.db.models import QuerySet

EVENTS: Final[dict[str, Any]] = {
    "event_id": pl.String, "happened_on": pl.Date, "person_id": pl.String, "amount_minor": pl.Int64,
    "quantity": pl.Int64, "deal_id": pl.String, "invoiced_on": pl.Date, "kind": pl.String, "product": pl.String,
    "account": pl.String, "segment": pl.String,
}  # fmt: skip
"""PAY_EVENTS, and what conditions of a plan may ask for."""
RECEIPTS: Final[dict[str, Any]] = {"event_id": pl.String, "paid_on": pl.Date, "amount_minor": pl.Int64}
RETURNED: Final = "return"
CREDITED: Final = "credit"
_BOOKED: Final = (
    "source_system", "source_id", "booked_on", "credited__code", "amount_minor", "quantity", "opportunity__code",
    "kind", "product__code", "account__code", "segment__code",
)  # fmt: skip


def pay_events(
    known_at: dt.datetime, begins: dt.date, ends: dt.date, *, activities: bool
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Events of the days `[begins, ends)` and receipts for bookings, as known at the instant; five queries at most."""
    booked = rows_framed(_known(Booking, known_at).order_by("pk"), *_BOOKED).with_columns(_id())
    parts = [
        booked.select(
            "event_id", "amount_minor", "quantity", "kind", happened_on="booked_on", person_id="credited__code",
            deal_id="opportunity__code", product="product__code", account="account__code", segment="segment__code",
            invoiced_on=pl.when(pl.col("kind") == "invoice").then("booked_on"),
        ),
        _returned(known_at, booked),
        _credited(known_at),
    ]  # fmt: skip
    if activities:
        parts.append(_done(known_at, begins, ends))
    events = pl.concat([_shaped(part, EVENTS) for part in parts])
    events = events.filter(pl.col("happened_on") >= begins, pl.col("happened_on") < ends)
    return events.sort("happened_on", "event_id"), _received(known_at, booked)


def _known(model: Any, known_at: dt.datetime) -> QuerySet[Any]:  # noqa: ANN401  a fact's model
    return known(model, known_at)


def _id(kind: str = "", column: str = "source_id") -> pl.Expr:
    middle = f":{kind}:" if kind else ":"
    return (pl.col("source_system") + middle + pl.col(column)).alias("event_id")


def _shaped(frame: pl.DataFrame, schema: dict[str, Any]) -> pl.DataFrame:
    """Every column of the schema in its type; what the frame lacks is empty."""
    missing = [pl.lit(None, kind).alias(name) for name, kind in schema.items() if name not in frame.columns]
    return frame.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in schema.items())


def _returned(known_at: dt.datetime, booked: pl.DataFrame) -> pl.DataFrame:
    """What came back, as events below zero of the booking's person, deal and product, on the day it came back."""
    names = ("source_system", "source_id", "booking_source_id", "returned_on", "amount_minor")
    rows = rows_framed(_known(Return, known_at).order_by("pk"), *names)
    whose = booked.select(
        "source_system", pl.col("source_id").alias("booking_source_id"), person_id="credited__code",
        deal_id="opportunity__code", product="product__code", account="account__code", segment="segment__code",
    ).unique(["source_system", "booking_source_id"], keep="last")  # fmt: skip
    rows = rows.with_columns(_id(RETURNED)).join(whose, on=["source_system", "booking_source_id"], how="left")
    return rows.with_columns(
        kind=pl.lit(RETURNED), happened_on="returned_on", amount_minor=-pl.col("amount_minor"), quantity=pl.lit(-1)
    )


def _credited(known_at: dt.datetime) -> pl.DataFrame:
    """Credits that a resolved dispute approved."""
    names = ("source_system", "source_id", "happened_on", "person__code", "amount_minor")
    rows = rows_framed(_known(PayEvent, known_at).order_by("pk"), *names)
    return rows.with_columns(_id(CREDITED), kind=pl.lit(CREDITED), person_id="person__code")


def _done(known_at: dt.datetime, begins: dt.date, ends: dt.date) -> pl.DataFrame:
    """Activities, without an amount; only for plans that ask for a kind of them."""
    done = _known(Activity, known_at).filter(happened_on__gte=begins, happened_on__lt=ends)
    names = ("source_system", "source_id", "happened_on", "person__code", "kind", "opportunity__code", "account__code")
    rows = rows_framed(done.order_by("pk"), *names).with_columns(_id("activity"))
    return rows.with_columns(
        person_id="person__code", deal_id="opportunity__code", account="account__code"
    ).filter(pl.col("person_id").is_not_null())  # fmt: skip


def _received(known_at: dt.datetime, booked: pl.DataFrame) -> pl.DataFrame:
    names = ("source_system", "booking_source_id", "paid_on", "amount_minor")
    rows = rows_framed(_known(Payment, known_at).order_by("pk"), *names).with_columns(_id(column="booking_source_id"))
    rows = rows.join(booked.select("event_id").unique(), on="event_id", how="semi")
    return _shaped(rows, RECEIPTS).sort("event_id", "paid_on")
