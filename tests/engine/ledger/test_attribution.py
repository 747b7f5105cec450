"""A booking counts for its person, else for its deal's owner, else for its territory's holder, as of the day."""

import datetime as dt
from typing import Any

import narwhals as nw
import polars as pl

from quarterdeck.engine.ledger.attribution import attributed, attribution_findings, following
from quarterdeck.terms.tables import Frame

MARCH, JUNE = dt.date(2025, 3, 1), dt.date(2025, 6, 1)
BOOKINGS = {"booking_id": pl.String, "person_id": pl.String, "opportunity_id": pl.String, "territory_id": pl.String,
    "booked_on": pl.Date}  # fmt: skip
DATED = {"person_id": pl.String, "effective_from": pl.Date, "effective_to": pl.Date}


def frame(schema: dict[str, Any], *rows: tuple[Any, ...]) -> Frame:
    return nw.from_native(pl.DataFrame(rows, schema=schema, orient="row"))


STATES = frame({"opportunity_id": pl.String, **DATED}, ("d-1", "rita", None, JUNE), ("d-1", "sam", JUNE, None))
NORTH = frame({"territory_id": pl.String, **DATED}, ("north", "nora", None, JUNE), ("north", None, JUNE, None))


def booked(*rows: tuple[Any, ...]) -> Frame:
    return frame(BOOKINGS, *rows)


def whose(*row: Any) -> tuple[Any, ...]:
    [found] = attributed(booked(("o-1", *row)), STATES, NORTH).select("person_id", "attributed_by").rows()
    return tuple(found)


def test_the_person_on_the_booking_comes_first() -> None:
    assert whose("wim", "d-1", "north", MARCH) == ("wim", "booking")


def test_without_a_person_the_deals_owner_of_that_day_counts() -> None:
    assert whose(None, "d-1", "north", MARCH) == ("rita", "deal")
    assert whose(None, "d-1", "north", JUNE) == ("sam", "deal")


def test_without_a_deal_the_territorys_holder_of_that_day_counts() -> None:
    assert whose(None, None, "north", MARCH) == ("nora", "territory")


def test_a_vacant_territory_gives_nobody() -> None:
    assert whose(None, None, "north", JUNE) == (None, "nobody")


def test_an_unknown_deal_falls_through_to_the_territory() -> None:
    assert whose(None, "d-9", "north", MARCH) == ("nora", "territory")


def test_overlapping_holders_give_the_later_one_once() -> None:
    both = frame({"territory_id": pl.String, **DATED}, ("north", "nora", None, None), ("north", "wim", MARCH, None))
    got = attributed(booked(("o-1", None, None, "north", JUNE)), STATES, both)
    assert got["person_id"].to_list() == ["wim"]


def test_rows_keep_their_number_and_order() -> None:
    rows = booked(*((f"o-{at}", None, "d-1", "north", JUNE) for at in range(50)))
    assert attributed(rows, STATES, NORTH)["booking_id"].to_list() == rows["booking_id"].to_list()


def test_no_bookings_give_none() -> None:
    assert len(attributed(booked(), STATES, NORTH)) == 0
    assert attribution_findings(booked(), STATES, NORTH) == []


def test_a_booking_in_anothers_territory_is_a_note() -> None:
    rows = booked(("o-1", "wim", None, "north", MARCH), ("o-2", "wim", None, "north", MARCH))
    [finding] = attribution_findings(rows, STATES, NORTH)
    assert (finding.rule, finding.value, finding.n_rows) == ("booking_in_another_territory", "o-1", 2)
    assert "wim" in finding.message
    assert "nora" in finding.message


def test_a_booking_of_nobody_is_a_warning() -> None:
    [finding] = attribution_findings(booked(("o-1", None, None, None, MARCH)), STATES, NORTH)
    assert (finding.rule, finding.severity) == ("booking_of_nobody", "warning")


def test_payments_follow_their_booking_and_unknown_ones_nobody() -> None:
    made = attributed(booked(("o-1", None, "d-1", None, MARCH)), STATES, NORTH).with_columns(
        account_id=nw.lit("a"), product_id=nw.lit("x"), segment_id=nw.lit("s")
    )
    paid = frame({"payment_id": pl.String, "booking_id": pl.String}, ("p-1", "o-1"), ("p-2", "o-9"))
    got = following(paid, made)
    assert got.select("person_id", "attributed_by").rows() == [("rita", "deal"), (None, "nobody")]
