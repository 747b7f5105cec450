from __future__ import annotations

from fractions import Fraction

import pytest

from quarterdeck.faces.web.numbers import compact, exactly, shown


@pytest.mark.parametrize(
    ("value", "unit", "currency", "text"),
    [
        (50, "money", "USD", "1"),
        (49, "money", "USD", "0"),
        (-49, "money", "USD", "0"),
        (-50, "money", "USD", "\u22121"),
        (2**63 - 1, "money", "USD", "92,233,720,368,547,758"),
        (12_345, "money", "KWD", "12"),
        (0, "ratio", "USD", "0.0 %"),
        (float("nan"), "ratio", "USD", "—"),
        (float("inf"), "ratio", "USD", "—"),
        (Fraction(1, 3), "count", "USD", "0.3"),
        (2.774, "times", "USD", "2.8 \u00d7"),
    ],
)
def test_a_desk_shows_whole_units_rounded_half_up(value: float, unit: str, currency: str, text: str) -> None:
    assert shown(value, unit, currency) == text


def test_the_exact_amount_keeps_every_cent() -> None:
    assert exactly(2**63 - 1, "money", "USD") == "92,233,720,368,547,758.07 USD"


def test_an_amount_that_is_no_whole_minor_unit_is_still_written() -> None:
    assert exactly(Fraction(100, 3), "money", "USD") == "0.333333 USD"


def test_what_is_not_defined_is_a_dash() -> None:
    assert (shown(None, "money"), exactly(None, "ratio")) == ("—", "—")


@pytest.mark.parametrize(
    ("value", "unit", "currency", "text"),
    [
        (0, "money", "USD", "0"),
        (99_949, "money", "USD", "999"),
        (99_950, "money", "USD", "1.00 k"),
        (-1_234_500_00, "money", "USD", "\u22121.23 M"),
        (2**63 - 1, "money", "USD", "92,200 T"),
        (1_234_500, "money", "KWD", "1.23 k"),
        (float("nan"), "count", "USD", "—"),
    ],
)
def test_an_end_of_a_range_is_shown_to_three_digits(value: float, unit: str, currency: str, text: str) -> None:
    assert compact(value, unit, currency) == text
