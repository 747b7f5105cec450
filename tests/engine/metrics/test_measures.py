"""Facts become totals: what counts, for whom, on which day, and what is left out."""

import datetime as dt

import duckdb
import narwhals as nw
import polars as pl
import pytest

from oracles.worlds import world
from quarterdeck.engine.metrics.measures import MEASURES, totals
from quarterdeck.terms.errors import QuarterdeckFault
from quarterdeck.terms.frames import TOTALS
from quarterdeck.terms.tables import Frame, LazyFrame

DAY = dt.date(2025, 3, 3)


def bookings(*amounts: int) -> LazyFrame:
    n = len(amounts)
    rows = {"booking_id": list(range(n)), "person_id": [7] * n, "booked_on": [DAY] * n, "account_id": [1] * n,
        "product_id": [2] * n, "segment_id": [None] * n, "amount_minor": list(amounts)}  # fmt: skip
    return nw.from_native(pl.DataFrame(rows, schema_overrides={"amount_minor": pl.Int64}).lazy())


def booked(*amounts: int) -> Frame:
    return totals({"bookings": bookings(*amounts)}, ["booking"]).collect()


def test_measures_whose_facts_are_missing_are_left_out() -> None:
    frame = TOTALS.check(totals({"bookings": bookings(5)}).collect())
    assert set(frame["measure"].to_list()) == {"booking", "account_new"}


def test_no_facts_at_all_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match=r".+"):
        totals({})


def test_rows_that_sum_to_nothing_are_dropped() -> None:
    frame = totals({"bookings": bookings(5, -5)}, ["booking"]).collect()
    assert frame.select("n", "amount_minor").rows() == [(2, 0)], "two lines, worth nothing together"
    assert len(booked()) == 0


def test_ids_that_nobody_gave_have_the_type_of_those_given() -> None:
    frame = booked(5)
    assert frame.schema["segment_id"] == nw.Int64
    assert frame["segment_id"].to_list() == [None]


def test_a_sum_beyond_64_bits_is_empty_and_refused_on_both_backends() -> None:
    polars = booked(2**62, 2**62)
    with duckdb.connect() as connection:
        connection.register("bookings", bookings(2**62, 2**62).collect().to_arrow())
        duck = totals({"bookings": nw.from_native(connection.table("bookings"))}, ["booking"]).collect(backend="polars")
    for frame in (polars, duck):
        assert frame["amount_minor"].to_list() == [None]
        with pytest.raises(QuarterdeckFault, match="amount_minor is empty"):
            TOTALS.check(frame)


def test_a_fact_without_a_day_is_in_no_total() -> None:
    undated = bookings(5).with_columns(booked_on=nw.lit(None).cast(nw.Date))
    assert len(totals({"bookings": undated}).collect()) == 0


def test_minutes_are_counted_where_they_are_known() -> None:
    done = {"person_id": [1, 1], "kind": ["call", "call"], "happened_on": [DAY, DAY], "minutes": [None, 25]}
    frame = totals({"activities": nw.from_native(pl.DataFrame(done).lazy())}).collect()
    assert sorted(frame.select("measure", "n").rows()) == [("activity", 2), ("activity_minutes", 25)]


def test_every_measure_of_deals_occurs_in_a_world() -> None:
    made = world(1)
    facts = {"opportunity_states": nw.from_native(made.states.lazy())}
    found = set(totals(facts).collect()["measure"].to_list())
    assert found == {name for name, measure in MEASURES.items() if measure.scope != "row"}


def test_the_totals_of_a_subset_of_measures_are_part_of_all() -> None:
    facts = {"opportunity_states": nw.from_native(world(2).states.lazy())}
    some = totals(facts, ["pipeline"]).collect().to_native().sort(pl.all())
    assert some.equals(totals(facts).collect().to_native().filter(pl.col("measure") == "pipeline").sort(pl.all()))
