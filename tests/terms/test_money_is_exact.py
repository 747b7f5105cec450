from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.terms.money import MAX_MINOR, Money, minor_from_text, parts

WEIGHTS = st.lists(st.integers(0, 10**12), min_size=1, max_size=40).filter(any)


@given(st.integers(-(10**15), 10**15), WEIGHTS)
def test_parts_sum_to_the_whole(total: int, weights: list[int]) -> None:
    assert sum(parts(total, weights)) == total


@given(st.integers(0, 10**15), WEIGHTS)
def test_a_larger_weight_never_gets_less(total: int, weights: list[int]) -> None:
    shares = parts(total, weights)
    by_weight = [share for _, share in sorted(zip(weights, shares, strict=True))]
    assert all(
        left <= right
        for (w_left, left), (w_right, right) in zip(
            sorted(zip(weights, shares, strict=True)), sorted(zip(weights, shares, strict=True))[1:], strict=False
        )
        if w_left < w_right
    ), by_weight


@given(st.integers(0, 10**15), WEIGHTS)
def test_every_part_is_within_one_unit_of_its_exact_share(total: int, weights: list[int]) -> None:
    whole = sum(weights)
    assert all(
        abs(share - Fraction(total * weight, whole)) < 1
        for share, weight in zip(parts(total, weights), weights, strict=True)
    )


def test_weights_without_a_sum_are_refused() -> None:
    with pytest.raises(ValueError, match="more than zero"):
        parts(10, [0, 0])


def test_negative_weights_are_refused() -> None:
    with pytest.raises(ValueError, match="non-negative"):
        parts(10, [3, -1])


@pytest.mark.parametrize(
    ("text", "mark", "scale", "minor"),
    [
        ("1234.5", ".", 1, 123450),
        ("1,234,567.89", ".", 1, 123456789),
        ("1.234.567,89", ",", 1, 123456789),
        ("$ 1 234.00", ".", 1, 123400),
        ("12'345.60", ".", 1, 1234560),
        ("(1,000.01)", ".", 1, -100001),
        ("250-", ".", 1, -25000),
        ("1.5", ".", 1000, 150000),
        ("USD 12", ".", 1, 1200),
        ("0.005", ".", 1, 1),
        ("1e3", ".", 1, 100000),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, mark: str, scale: int, minor: int) -> None:
    assert minor_from_text(text, "USD", decimal_mark=mark, scale=scale) == minor


@pytest.mark.parametrize("text", ["", "abc", "1,23,4", "12.34.56", "NaN", "Infinity", "--5", "=1+1", "1,2345"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        minor_from_text(text, "USD")


def test_an_amount_beyond_64_bits_is_refused_not_wrapped() -> None:
    with pytest.raises(OverflowError):
        Money(MAX_MINOR + 1, "USD")
    with pytest.raises(OverflowError):
        minor_from_text("1" + "0" * 30, "USD")
