"""Parts sum to their whole within their bounds, more weight never gets less, and what cannot be is refused."""

from fractions import Fraction
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from quarterdeck.engine.cascade.spread import Spread, spread
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR

WEIGHT = st.integers(-3, 9) | st.fractions(-1, 5, max_denominator=7) | st.integers(0, MAX_MINOR)
PART = st.tuples(
    WEIGHT, st.none() | st.integers(-2, 30), st.none() | st.integers(0, 30), st.none() | st.integers(0, 60)
)
PARTS = st.lists(PART, min_size=1, max_size=6)
TOTAL = st.integers(-60, 120) | st.integers(-MAX_MINOR, MAX_MINOR)


def _spread(total: int, rows: list[Any]) -> Spread:
    weights, pins, minimum, maximum = zip(*rows, strict=True)
    return spread(total, weights, pins=pins, minimum=minimum, maximum=maximum)


def _limits(row: Any) -> tuple[int, int]:
    _, pin, least, most = row
    return (pin, pin) if pin is not None else (least or 0, MAX_MINOR if most is None else most)


@given(st.integers(0, 120), PARTS)
@settings(max_examples=150, deadline=None)
def test_parts_sum_to_the_whole_within_their_bounds_or_the_sums_clash(total: int, rows: list[Any]) -> None:
    limits = [_limits(row) for row in rows]
    can_be = all(low <= high for low, high in limits) and sum(x for x, _ in limits) <= total <= sum(
        y for _, y in limits
    )
    try:
        found = _spread(total, rows)
    except Refusal:
        assert not can_be
        return
    assert can_be
    assert sum(found.amounts) == total
    assert all(low <= amount <= high for amount, (low, high) in zip(found.amounts, limits, strict=True))
    for at, amount in enumerate(found.amounts):
        assert abs(found.exact(at) - amount) < 1


@given(TOTAL, st.lists(WEIGHT, min_size=1, max_size=8), st.none() | st.integers(0, 20), st.none() | st.integers(0, 40))
@settings(max_examples=150, deadline=None)
def test_a_larger_weight_never_gets_less_between_the_same_rails(
    total: int, weights: list[Any], least: int | None, most: int | None
) -> None:
    n = len(weights)
    try:
        found = spread(abs(total), weights, minimum=[least] * n, maximum=[most] * n)
    except Refusal:
        assume(False)  # noqa: FBT003  hypothesis names no argument
    by_weight = sorted((max(weight, 0), amount) for weight, amount in zip(weights, found.amounts, strict=True))
    amounts = [amount for _, amount in by_weight]
    assert sorted(amounts) == amounts


@given(TOTAL, st.lists(WEIGHT, min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_a_negative_total_is_the_mirror_image(total: int, weights: list[Any]) -> None:
    assert spread(-total, weights).amounts == [-part for part in spread(total, weights).amounts]


@given(st.integers(0, 10**6), st.lists(WEIGHT, min_size=2, max_size=8))
@settings(max_examples=60, deadline=None)
def test_nothing_without_weight_outranks_what_has_one(total: int, weights: list[Any]) -> None:
    found = spread(total, weights).amounts
    of_none = [part for part, weight in zip(found, weights, strict=True) if weight <= 0]
    of_some = [part for part, weight in zip(found, weights, strict=True) if weight > 0]
    assert not of_none or not of_some or max(of_none) <= min(of_some)


@given(st.integers(0, 1000), st.lists(st.fractions(0, 3, max_denominator=5), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_bounds_that_bind_nobody_change_nothing(total: int, weights: list[Fraction]) -> None:
    n = len(weights)
    assert spread(total, weights).amounts == spread(total, weights, minimum=[0] * n, maximum=[1000] * n).amounts
