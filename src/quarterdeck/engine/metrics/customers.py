"""When an account became a customer: the day of its first standing win or booking.

    2025-03-28  d-1 won by rita        account_new  2025-03-28  rita  +1
    2025-04-10  d-1 opened again       account_new  2025-04-10  rita  -1
    2025-05-02  o-9 booked by sam      account_new  2025-05-02  sam   +1

What stands is counted per account and day; the account is a customer while the count is above zero. A win that is
taken back with nothing else standing takes the customer back too, so the sum up to any day is right as of that day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import narwhals as nw

from quarterdeck.engine.metrics.moves import opportunity_moves

if TYPE_CHECKING:
    from quarterdeck.terms.tables import LazyFrame

_CREDIT: Final = ("person_id", "product_id", "segment_id")
_ACCOUNT: Final = "account_id"


def customer_moves(states: LazyFrame | None, bookings: LazyFrame | None) -> LazyFrame:
    """One row per account and day on which it became (change 1) or ceased to be (-1) a customer, and for whom.

    Takes OPPORTUNITY_STATES and BOOKINGS, either of which may be missing. Of several wins and bookings on the first
    day a win counts before a booking, then the smaller code. Accounts that are not known are left out.

    >>> import datetime as dt
    >>> deal = {"opportunity_id": [1, 1], "account_id": [3, 3], "person_id": [7, 8], "product_id": [2, 2],
    ...     "segment_id": [4, 4], "stage": ["Demo", "Won"], "stage_kind": ["open", "won"], "amount_minor": [50, 48],
    ...     "effective_from": [dt.date(2025, 1, 14), dt.date(2025, 3, 28)], "opened_on": [dt.date(2025, 1, 14)] * 2}
    >>> states = nw.from_dict(deal, backend="polars").lazy()
    >>> customer_moves(states, None).collect().select("account_id", "day", "change", "person_id").rows()
    [(3, datetime.date(2025, 3, 28), 1, 8)]
    """
    parts = ([] if states is None else _wins(states)) + ([] if bookings is None else [_booked(bookings)])
    events = nw.concat(parts).filter(~nw.col(_ACCOUNT).is_null(), ~nw.col("day").is_null())
    order = ["day", "rank", "code"]
    first = {name: nw.col(name).first().over(_ACCOUNT, "day", order_by=order) for name in _CREDIT}
    days = events.with_columns(**first).group_by(_ACCOUNT, "day", *_CREDIT).agg(nw.col("standing").sum().cast(nw.Int64))
    stands = nw.col("standing").cum_sum().over(_ACCOUNT, order_by="day") > 0
    is_in = days.with_columns(is_in=stands.cast(nw.Int64))
    was = nw.col("is_in").shift(1).over(_ACCOUNT, order_by="day").fill_null(0)
    changes = is_in.with_columns(change=nw.col("is_in") - was).filter(nw.col("change") != 0)
    before = {name: nw.col(name).shift(1).over(_ACCOUNT, order_by="day") for name in _CREDIT}
    shifted = changes.with_columns(value.alias(f"was_{name}") for name, value in before.items())
    lost = nw.col("change") < 0
    return shifted.with_columns(
        nw.when(lost).then(nw.col(f"was_{name}")).otherwise(nw.col(name)).alias(name) for name in _CREDIT
    )


def _wins(states: LazyFrame) -> list[LazyFrame]:
    """Wins that begin (ranked first) and wins that are taken back (last: they credit nobody)."""
    moves = opportunity_moves(states)
    won, was_won = nw.col("stage_kind") == "won", (nw.col("was_stage_kind") == "won").fill_null(value=False)
    return [
        _events(moves.filter(won & ~was_won), "effective_from", "opportunity_id", 0, 1),
        _events(moves.filter(~won & was_won), "effective_from", "opportunity_id", 2, -1),
    ]


def _booked(bookings: LazyFrame) -> LazyFrame:
    return _events(bookings, "booked_on", "booking_id", 1, 1)


def _events(rows: LazyFrame, day: str, code: str, rank: int, standing: int) -> LazyFrame:
    return rows.select(
        nw.col(_ACCOUNT), nw.col(day).alias("day"), nw.lit(rank).cast(nw.Int64).alias("rank"),
        nw.col(code).cast(nw.String).alias("code"), nw.lit(standing).cast(nw.Int64).alias("standing"), *_CREDIT,
    )  # fmt: skip
