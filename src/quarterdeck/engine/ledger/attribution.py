"""Whose each booking is: the person on it, else its deal's owner that day, else its territory's holder that day.

    bookings    o-1  2025-03-28  person -     deal d-1  territory north
    states      d-1  [2025-01-14, )  rita
    attributed  o-1  2025-03-28  person rita  attributed_by deal

Returns and payments follow their booking, whoever that was. Where the person a booking counts for is not the one who
held its territory that day, a finding says so; the figure keeps the rule above.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import narwhals as nw

from quarterdeck.engine.ledger.dtypes import common_dtype
from quarterdeck.terms.findings import Finding

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

BOOKINGS_FILE: Final = "bookings"


def attributed(bookings: Frame, states: Frame, territories: Frame) -> Frame:
    """The bookings with `person_id` filled and `attributed_by`: "booking", "deal", "territory" or "nobody".

    `bookings` has booking_id, person_id, opportunity_id, territory_id (nullable all but the first) and booked_on;
    `states` are OPPORTUNITY_STATES; `territories` has territory_id, person_id, effective_from, effective_to. Same rows
    in the same order. Where ranges overlap the later one holds. Costs two joins.

    >>> import datetime as dt
    >>> bookings = nw.from_dict({"booking_id": ["o-1", "o-2"], "person_id": ["sam", None],
    ...     "opportunity_id": [None, None],
    ...     "territory_id": [None, "north"], "booked_on": [dt.date(2025, 3, 28)] * 2}, backend="polars")
    >>> states = nw.from_dict({"opportunity_id": ["d-1"], "person_id": ["rita"], "effective_from": [None],
    ...     "effective_to": [None]}, backend="polars")
    >>> territories = nw.from_dict({"territory_id": ["north"], "person_id": ["rita"], "effective_from": [None],
    ...     "effective_to": [None]}, backend="polars")
    >>> attributed(bookings, states, territories).select("person_id", "attributed_by").rows()
    [('sam', 'booking'), ('rita', 'territory')]
    """
    rows = bookings.with_row_index("at")
    rows = _with_holder(rows, states, "opportunity_id", "owner_id")
    rows = _with_holder(rows, territories, "territory_id", "territory_person_id")
    said = {"booking": "person_id", "deal": "owner_id", "territory": "territory_person_id"}
    by = nw.lit("nobody")
    for source, name in reversed(said.items()):
        by = nw.when(~nw.col(name).is_null()).then(nw.lit(source)).otherwise(by)
    filled = rows.with_columns(attributed_by=by, person_id=nw.coalesce(*said.values()))
    return filled.sort("at").select(*bookings.columns, "attributed_by")


def following(rows: Frame, bookings: Frame) -> Frame:
    """Returns or payments with the person_id, account_id, product_id, segment_id and attributed_by of their booking.

    One row per row handed in, in its order; a row of an unknown booking counts for nobody.

    >>> payments = nw.from_dict({"payment_id": ["p-1"], "booking_id": ["o-1"]}, backend="polars")
    >>> booked = nw.from_dict({"booking_id": ["o-1"], "person_id": ["rita"], "account_id": ["a"], "product_id": ["x"],
    ...     "segment_id": [None], "attributed_by": ["deal"]}, backend="polars")
    >>> following(payments, booked)["person_id"].to_list()
    ['rita']
    """
    names = ["person_id", "account_id", "product_id", "segment_id", "attributed_by"]
    kept = rows.select([name for name in rows.columns if name not in names]).with_row_index("at")
    source = bookings.select("booking_id", *names).unique("booking_id", keep="any")
    joined = kept.join(source, on="booking_id", how="left").sort("at").drop("at")
    return joined.with_columns(nw.col("attributed_by").fill_null(nw.lit("nobody")))


def attribution_findings(bookings: Frame, states: Frame, territories: Frame) -> list[Finding]:
    """Bookings that count for somebody who did not hold their territory that day, and bookings that count for nobody.

    Takes what `attributed` takes. One finding per pair of people (or one for nobody), counting its bookings.
    """
    rows = attributed(bookings, states, territories).with_row_index("at")
    rows = _with_holder(rows, territories, "territory_id", "territory_person_id").sort("booking_id")
    elsewhere = rows.filter((nw.col("person_id") != nw.col("territory_person_id")).fill_null(value=False))
    found = [
        _elsewhere(str(person), str(holder), group)
        for (person, holder), group in elsewhere.group_by("person_id", "territory_person_id")
    ]
    nobody = rows.filter(nw.col("attributed_by") == "nobody")
    return sorted(found, key=lambda finding: finding.message) + ([_nobody(nobody)] if len(nobody) else [])


def _elsewhere(person: str, holder: str, rows: Frame) -> Finding:
    first = rows.row(0)[rows.columns.index("booking_id")]
    by = " and ".join(sorted(set(rows["attributed_by"].to_list())))
    return Finding(
        file=BOOKINGS_FILE, row=None, column="person", value=str(first), rule="booking_in_another_territory",
        severity="note", n_rows=len(rows),
        message=f"Counted for {person} (by {by}), in a territory that {holder} held that day; first {first}.",
        remedy="Nothing, if the sale was theirs; else correct the person on the booking or the territory's holder.",
    )  # fmt: skip


def _nobody(rows: Frame) -> Finding:
    first = rows["booking_id"][0]
    return Finding(
        file=BOOKINGS_FILE, row=None, column="person", value=str(first), rule="booking_of_nobody", severity="warning",
        n_rows=len(rows), message=f"Neither the booking, its deal nor its territory names a person; first {first}.",
        remedy="Name a person, a deal or a territory that somebody held that day.",
    )  # fmt: skip


def _with_holder(rows: Frame, dated: Frame, key: str, name: str) -> Frame:
    """Add the person whom dated rows of the same key name on the booking's day."""
    person = common_dtype([rows.schema["person_id"], dated.schema["person_id"]])
    of_key = nw.col(key).cast(common_dtype([rows.schema[key], dated.schema[key]]))
    ranges = dated.select(
        of_key, nw.col("effective_from", "effective_to").cast(nw.Date), nw.col("person_id").cast(person).alias(name)
    )
    rows = rows.with_columns(of_key, nw.col("person_id").cast(person))
    joined = rows.select("at", key, "booked_on").join(ranges, on=key)
    begins, ends, day = nw.col("effective_from"), nw.col("effective_to"), nw.col("booked_on")
    held = joined.filter(begins.is_null() | (begins <= day), ends.is_null() | (ends > day), ~nw.col(name).is_null())
    latest = held.sort("at", "effective_from", name).unique("at", keep="last")
    return rows.join(latest.select("at", name), on="at", how="left")
