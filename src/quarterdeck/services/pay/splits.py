"""Who shares an event: rows of PAY_SPLITS from the splits of bookings and of whole deals.

    credit_split  booking o-17  sam   split    40 %       ->   crm:o-17        sam   split    40 %
    credit_split  deal d-4      eva   overlay  100 %      ->   crm:o-17        eva   overlay  100 %
    return r-2 of o-17                                    ->   crm:return:r-2  sam, eva: as what it takes back

A split of a deal holds for every booking of it in the split's days; what a booking says of its own in a role goes
before. What comes back is shared as it was sold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from quarterdeck.records.models import CreditSplit
from quarterdeck.services.bulk import among, rows_framed
from quarterdeck.services.frames import known

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from quarterdeck.services.pay.whose import Whose

SPLITS: Final[dict[str, Any]] = {
    "event_id": pl.String, "person_id": pl.String, "role": pl.String, "share": pl.String,
}  # fmt: skip
_NAMES: Final = (
    "source_system", "booking_source_id", "opportunity__code", "person__code", "role", "share", "effective_from",
    "effective_to",
)  # fmt: skip
_KEYS: Final = ["event_id", "person_id", "role"]


def pay_splits(known_at: dt.datetime, events: pl.DataFrame, whose: Whose | None = None) -> pl.DataFrame:
    """PAY_SPLITS of bookings and returns among the events, as known at the instant; one query, of a few people two."""
    splits = known(CreditSplit, known_at)
    ways = [splits] if whose is None else _of_events(splits, events)
    rows = pl.concat([rows_framed(one.order_by("pk"), *_NAMES) for one in ways])
    rows = rows.rename({"opportunity__code": "deal_id", "person__code": "person_id"})
    rows = rows.with_columns(booking_id=pl.col("source_system") + ":" + pl.col("booking_source_id"))
    sold = events.filter(pl.col("booking_id").is_not_null()).select(
        "event_id", "booking_id", "deal_id", sold_on=pl.coalesce("credited_on", "happened_on")
    )
    of_bookings = rows.filter(pl.col("deal_id").is_null())
    own = _in_their_days(sold.join(of_bookings.drop("deal_id"), on="booking_id"))
    of_deals = _in_their_days(sold.join(rows.drop("booking_id").drop_nulls("deal_id"), on="deal_id"))
    of_deals = of_deals.join(own.select("event_id", "role").unique(), on=["event_id", "role"], how="anti")
    found = pl.concat([part.select(*SPLITS, "effective_from") for part in (own, of_deals)])
    latest = found.sort("effective_from", nulls_last=False).unique(_KEYS, keep="last", maintain_order=True)
    return latest.select(pl.col(name).cast(kind) for name, kind in SPLITS.items()).sort(_KEYS)


def _of_events(splits: QuerySet[Any], events: pl.DataFrame) -> list[QuerySet[Any]]:
    """Splits of a few events: of their bookings, and of whole deals."""
    ids = events["booking_id"].drop_nulls().unique().to_list()
    bookings = {one[at + 1 :] for one in ids for at, sign in enumerate(one) if sign == ":"}  # after the system's name
    by_booking = splits.filter(booking_source_id__among=sorted(bookings), opportunity=None)
    return [by_booking, splits.filter(opportunity__code__among=among(events["deal_id"]))]


def _in_their_days(rows: pl.DataFrame) -> pl.DataFrame:
    begins, ends = pl.col("effective_from"), pl.col("effective_to")
    return rows.filter(begins.is_null() | (pl.col("sold_on") >= begins), ends.is_null() | (pl.col("sold_on") < ends))
