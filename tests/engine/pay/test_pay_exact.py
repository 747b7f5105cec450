"""Columns of fractions are exact at any size, in both of their widths."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.pay.exact import ROUNDING_RULES, Exact, chosen
from quarterdeck.terms.errors import Refusal

NUMBER = st.fractions(max_denominator=10**6) | st.integers(-(2**70), 2**70).map(Fraction)
COLUMN = st.lists(NUMBER, min_size=1, max_size=4)


def _column(values: list[Fraction]) -> Exact:
    num = np.array([value.numerator for value in values], dtype=object)
    den = np.array([value.denominator for value in values], dtype=object)
    small = max(map(abs, [*num, *den])) < 2**62
    return Exact.of(num.astype(np.int64) if small else num, den.astype(np.int64) if small else den)


@given(COLUMN, NUMBER)
@settings(max_examples=60, deadline=None)
def test_reckoning_is_that_of_fractions(values: list[Fraction], other: Fraction) -> None:
    column, one = _column(values), Exact.of(other)
    assert (column + one).fractions() == [value + other for value in values]
    assert (column - one).fractions() == [value - other for value in values]
    assert (column * one).fractions() == [value * other for value in values]
    assert (column / one).fractions() == [value / other if other else None for value in values]
    assert column.larger(one).fractions() == [max(value, other) for value in values]
    assert column.smaller(one).fractions() == [min(value, other) for value in values]
    assert column.less(one).tolist() == [value < other for value in values]
    assert column.same(column).all()


@given(
    st.lists(st.fractions(-(10**9), 10**9, max_denominator=1000), min_size=1, max_size=4),
    st.sampled_from(ROUNDING_RULES),
    st.sampled_from([1, 5, 100]),
)
@settings(max_examples=60, deadline=None)
def test_rounding_is_by_its_rule(values: list[Fraction], rule: str, unit: int) -> None:
    for value, found in zip(values, _column(values).rounded(rule, unit).tolist(), strict=True):  # type: ignore[arg-type]
        exact = value / unit
        floor = abs(exact).__floor__()
        rest = abs(exact) - floor
        up = {
            "half_away_from_zero": rest >= Fraction(1, 2),
            "half_even": rest > Fraction(1, 2) or (rest == Fraction(1, 2) and floor % 2 == 1),
            "down": False,
            "up": rest > 0,
        }[rule]
        assert found == (1 if value > 0 else -1) * (floor + up) * unit


def test_what_no_column_holds_is_refused() -> None:
    assert Exact.of(2**63 - 1).rounded() == 2**63 - 1
    with pytest.raises(Refusal) as refused:
        (Exact.of(2**62) * Exact.of(2)).rounded()
    assert refused.value.rule == "overflow"


def test_the_unknown_stays_unknown_and_counts_for_nothing() -> None:
    unknown = Exact.of([1, 2], known=[True, False])
    assert (unknown + Exact.of(1)).fractions() == [2, None]
    assert unknown.rounded().tolist() == [1, 0]
    assert chosen(np.array([False, True]), Exact.of(7), unknown).fractions() == [1, 7]


def test_no_rows_are_no_trouble() -> None:
    assert (Exact.of(np.zeros(0, dtype=np.int64)) * Exact.of(Fraction(1, 3))).rounded().tolist() == []
