from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.connectors.files.amounts import proven_mark, ratios, wholes
from quarterdeck.terms.money import minor_from_text

if TYPE_CHECKING:
    from quarterdeck.connectors.files.mapping import DecimalMark


def read(text: str, mark: DecimalMark = ".", digits: int = 2, scale: Fraction = Fraction(1)) -> int | str | None:
    values, broken = wholes(pl.Series("amount", [text]), digits=digits, mark=mark, scale=scale)
    return broken[text] if text in broken else cast("int | None", values[0])


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1054", 105400), ("-5", -500), ("27998.6", 2799860), ("1,234.50", 123450), ("$1,234.50", 123450),
        ("(12)", -1200), ("12-", -1200),
        ("1 234 567.89", 123456789), ("1'234", 123400),
        ("0.005", 1), ("-0.005", -1), ("1e3", 100000), (".5", 50), ("€ 5", 500),
        ("92233720368547758.07", 2**63 - 1),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them_are_exact(text: str, minor: int) -> None:
    assert read(text) == minor


@pytest.mark.parametrize(
    "text",
    [
        "n/a",
        "-",
        "1.234,50",
        "12,34",
        "1_000",
        "NaN",
        "inf",
        "1e999",
        "=1+1",
        "92233720368547758.08",
        "9" * 400,
        "0x10",
        "12 EUR",
    ],
)
def test_what_is_no_amount_or_too_large_is_unreadable_and_never_wraps(text: str) -> None:
    assert read(text) == "unreadable_amount"


def test_a_decimal_comma_is_read_when_said() -> None:
    assert read("1.234,50", ",") == 123450
    assert read("12,5", ",") == 1250


def test_a_sheet_in_thousands_is_scaled() -> None:
    assert read("12.5", scale=Fraction(1000)) == 1250000
    assert read("12.3456", scale=Fraction(1000)) == 1234560


def test_seconds_become_minutes_rounded_half_up() -> None:
    assert [read(text, digits=0, scale=Fraction(1, 60)) for text in ("30", "29", "90", "0")] == [1, 0, 2, 0]


def test_a_point_before_three_digits_is_asked_about() -> None:
    assert read("1.234", "ask") == "ambiguous_amount"
    assert read("0.125", "ask") == 13
    assert read("1,234", "ask") == 123400


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["1.234", "2.5"], "."),
        (["1.234", "2,5"], ","),
        (["1.234.567"], ","),
        (["1,234,567"], "."),
        (["1,5", "1.5"], "ask"),
        (["1.234"], "ask"),
    ],
)
def test_other_values_of_the_column_prove_the_decimal_mark(texts: list[str], mark: str) -> None:
    assert proven_mark(pl.Series(texts)) == mark


def test_shares_are_ratios() -> None:
    values, broken = ratios(pl.Series("share", ["80%", "0.8", "80 %", None, "most"]), mark=".", scale=Fraction(1))
    assert values.to_list() == [0.8, 0.8, 0.8, None, None]
    assert broken == {"most": "unreadable_number"}


@settings(max_examples=100, deadline=None)
@given(
    st.decimals(min_value=-(10**12), max_value=10**12, places=3, allow_nan=False),
    st.sampled_from([0, 2, 3]),
    st.sampled_from([Fraction(1), Fraction(1000), Fraction(1, 60)]),
)
def test_the_fast_way_agrees_with_exact_arithmetic(amount: Decimal, digits: int, scale: Fraction) -> None:
    for text in {f"{amount:f}", f"{amount:.2f}", f"{amount:.0f}"}:
        exact = Fraction(text) * scale * 10**digits
        half_up = int(abs(exact) + Fraction(1, 2)) * (1 if exact >= 0 else -1)
        assert read(text, digits=digits, scale=scale) == half_up


@settings(max_examples=50, deadline=None)
@given(st.integers(-(10**14), 10**14))
def test_a_written_amount_reads_back(minor: int) -> None:
    assert minor_from_text(f"{Decimal(minor) / 100:,.2f}", "USD") == minor
    assert read(f"{Decimal(minor) / 100:,.2f}") == minor
