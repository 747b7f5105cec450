from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.connectors.files.days import day_from_text, days, proven_order

END_OF_MARCH = dt.date(2025, 3, 31)


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-31", "2025-03-31T23:59:59Z", "2025-03-31 4:30:42",
        "2025-03-31 19:17:37.819 UTC", "2025/3/31", "2025.03.31",
        "20250331", "31.03.2025", "31/3/25", "3/31/2025", "3/31/2025 2:05 PM",
        "31-03-2025 14:05", "31 Mar 2025", "31-Mar-25",
        "31. March 2025", "Mar 31, 2025", "March 31 2025", "31MAR2025",
    ],
)  # fmt: skip
def test_a_day_that_can_only_mean_one_thing_is_read(text: str) -> None:
    assert days(pl.Series("day", [text]), "ask")[0].to_list() == [END_OF_MARCH]


@pytest.mark.parametrize(
    "text",
    [
        "soon",
        "2025-02-30",
        "31/02/2025",
        "13/13/2025",
        "0001-01-01",
        "1899-12-31",
        "45000",
        "2025-03",
        "Foo 31, 2025",
        "31/31/31/31",
        "\uff12\uff10\uff12\uff15",
    ],
)
def test_what_is_no_day_is_unreadable(text: str) -> None:
    values, broken = days(pl.Series("day", [text]), "ask")
    assert values.to_list() == [None]
    assert broken == {text: "unreadable_date"}


def test_a_day_that_could_be_swapped_is_asked_about() -> None:
    assert days(pl.Series("day", ["03/04/2025"]), "ask")[1] == {"03/04/2025": "ambiguous_date"}


def test_the_same_number_twice_needs_no_question() -> None:
    assert day_from_text("03/03/2025", "ask") == dt.date(2025, 3, 3)


def test_one_value_proves_the_order_of_the_column() -> None:
    assert proven_order(pl.Series(["03/04/2025", "25/04/2025"])) == "day-first"
    assert proven_order(pl.Series(["03/04/2025", "04/25/2025"])) == "month-first"


def test_values_that_prove_both_orders_prove_none() -> None:
    assert proven_order(pl.Series(["25/04/2025", "04/25/2025"])) == "ask"


def test_iso_refuses_every_other_way() -> None:
    assert days(pl.Series("day", ["31.03.2025", "2025-03-31"]), "iso")[1] == {"31.03.2025": "unreadable_date"}


def test_empty_cells_stay_empty() -> None:
    assert days(pl.Series("day", [None, None], dtype=pl.String), "ask")[0].to_list() == [None, None]


@settings(max_examples=80, deadline=None)
@given(st.dates(dt.date(1970, 1, 1), dt.date(2069, 12, 31)), st.sampled_from(["%d/%m/%Y", "%d.%m.%y", "%d-%b-%Y"]))
def test_any_day_said_day_first_comes_back(day: dt.date, shape: str) -> None:
    assert day_from_text(day.strftime(shape), "day-first") == day
