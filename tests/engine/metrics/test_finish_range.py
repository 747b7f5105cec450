"""The range in which a year may end: how often the end lies inside, and what it does where there is little to go by."""

from __future__ import annotations

import doctest
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.metrics.finish_range import INSIDE, finish_range
from quarterdeck.terms.money import MAX_MINOR

SEASON = [3, 2, 5, 3, 2, 5, 2, 1, 5, 3, 3, 10]


def invented(n_years: int, seed: int = 7) -> np.ndarray:
    """Years whose months bring the season, give or take as much as the method takes for granted."""
    season = np.array(SEASON) * 10_000.0
    return np.random.default_rng(seed).normal(season, 40 * np.sqrt(season), (n_years, 12)).round().astype(int)


@pytest.mark.parametrize("n_over", [3, 6, 10])
def test_eight_years_in_ten_end_inside(n_over: int) -> None:
    n_inside, years = 0, invented(800)
    for year in years:
        passed = [1] * n_over + [0] * (12 - n_over)
        made = finish_range([*map(int, year[:n_over]), *([0] * (12 - n_over))], SEASON, passed, can_fall=True)
        n_inside += (made.low[-1] or 0) <= year.sum() <= (made.high[-1] or 0)
    assert n_inside / len(years) == pytest.approx(INSIDE, abs=0.04)


def test_the_middle_keeps_the_season_and_not_an_even_pace() -> None:
    made = finish_range([30, 20, 50, 0], [3, 2, 5, 10], [1, 1, 1, 0])
    assert (made.low[-1], made.middle[-1], made.high[-1]) == (200, 200, 200)
    assert made.level == pytest.approx(10)
    assert made.spread == 0


def test_the_running_month_counts_for_the_part_that_has_passed() -> None:
    made = finish_range([100, 100, 100, 50], [1, 1, 1, 1], [1, 1, 1, 0.5])
    assert made.middle == (None, None, 300, 400)
    assert made.n_months == 4


@pytest.mark.parametrize(
    ("brought", "season", "passed", "state"),
    [
        ([1, 2, 0, 0], [1, 1, 1, 1], [1, 1, 0.9, 0], "too_few_months"),
        ([0, 0, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0], "too_few_months"),
        ([1, 2, 3, 0], [0, 0, 0, 1], [1, 1, 1, 0], "no_season"),
        ([1, 2, 3, 4], [1, 1, 1, 1], [1, 1, 1, 1], "over"),
        ([], [], [], "too_few_months"),
    ],
)
def test_where_nothing_can_be_said_the_state_says_why(
    brought: list[int], season: list[int], passed: list[float], state: str
) -> None:
    made = finish_range(brought, season, passed)
    assert made.state == state
    assert made.high == ((None, None, None, 10) if state == "over" else (None,) * len(brought))


def test_what_was_brought_stays_unless_returns_are_counted() -> None:
    wild, season, passed = [1_000, 0, 0, 0], [1, 1, 1, 1], [1, 1, 1, 0]
    assert finish_range(wild, season, passed).low[-1] == 1_000
    assert (finish_range(wild, season, passed, can_fall=True).low[-1] or 0) < 1_000


def test_an_end_beyond_what_a_column_holds_is_its_largest() -> None:
    made = finish_range([2**62, 2**62, 0, 0], [1, 1, 1, 1], [1, 1, 1, 0])
    assert made.high[-1] == MAX_MINOR


@given(
    st.lists(st.integers(-(2**40), 2**40), min_size=12, max_size=12),
    st.lists(st.integers(0, 10**6), min_size=12, max_size=12),
    st.integers(3, 11),
    st.sampled_from([0, 1 / 31, 0.5, 30 / 31]),
)
@settings(max_examples=60, deadline=None)
def test_a_range_is_ordered_widens_and_is_the_same_in_any_unit_of_the_season(
    brought: list[int], season: list[int], n_over: int, part: float
) -> None:
    passed = [1.0] * n_over + [part] + [0.0] * (11 - n_over)
    brought = [amount if share else 0 for amount, share in zip(brought, passed, strict=True)]
    made = finish_range(brought, season, passed, can_fall=True)
    if made.state != "known":
        assert sum(share > 0 for share in season[:n_over]) + bool(part and season[n_over]) < 3
        return
    ends = [triple for triple in zip(made.low, made.middle, made.high, strict=True) if None not in triple]
    assert all(low <= middle <= high for low, middle, high in ends)
    assert len(ends) == 13 - n_over
    widths = [high - low for low, _, high in ends]
    assert all(later >= earlier - 1 for earlier, later in pairwise(widths))
    again = finish_range(brought, [2 * weight for weight in season], passed, can_fall=True)
    assert again.high[-1] == pytest.approx(made.high[-1], rel=1e-9, abs=1)


def test_the_page_of_the_method_says_the_truth() -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "methods" / "projected-range.md"
    found = doctest.testfile(str(page), module_relative=False)
    assert found.attempted >= 4
    assert found.failed == 0
