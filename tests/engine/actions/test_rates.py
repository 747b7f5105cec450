from typing import Any

import narwhals as nw
import numpy as np
import pytest

from quarterdeck.engine.actions.rates import MAX_STRENGTH, MIN_STRENGTH, shrunken_rates, team_rate
from quarterdeck.terms.tables import Frame


def _rows(*rows: tuple[int | None, int | None]) -> Frame:
    data: dict[str, Any] = {"n": [n for n, _ in rows], "hits": [hits for _, hits in rows]}
    return nw.from_dict(data, {"n": nw.Int64, "hits": nw.Int64}, backend="polars")


def test_who_has_no_tries_has_the_rate_of_the_team() -> None:
    row = shrunken_rates(_rows((0, 0), (100, 40))).rows(named=True)[0]
    assert (row["own_rate"], row["weight_on_own"], row["rate"]) == (None, 0, 0.4)


def test_a_rate_lies_between_own_and_team_and_nearer_to_own_with_more_tries() -> None:
    few, many = shrunken_rates(_rows((4, 4), (400, 400)), _rows((100, 50)))["rate"].to_list()
    assert 0.5 < few < many < 1


def test_reps_who_are_alike_take_the_largest_strength() -> None:
    pooled = team_rate(_rows(*[(100, 30)] * 8))
    assert (pooled.strength, pooled.rule) == (MAX_STRENGTH, "alike")


def test_reps_who_could_not_differ_more_take_the_smallest_strength() -> None:
    pooled = team_rate(_rows(*[(100, 0), (100, 100)] * 4))
    assert (pooled.strength, pooled.rule) == (MIN_STRENGTH, "moments")


@pytest.mark.parametrize("rows", [[(50, 10), (50, 40)], [(50, 0)] * 5, [(50, 50)] * 5, [(1, 1), (1, 0), (1, 1)]])
def test_a_team_that_says_too_little_takes_the_fallback(rows: list[tuple[int, int]]) -> None:
    assert team_rate(_rows(*rows)).rule == "too_few"


def test_the_estimate_finds_the_strength_that_made_the_data() -> None:
    random = np.random.default_rng(5)
    n = random.integers(20, 400, 3000)
    hits = random.binomial(n, random.beta(0.3 * 40, 0.7 * 40, 3000))
    assert team_rate(_rows(*zip(n.tolist(), hits.tolist(), strict=True))).strength == pytest.approx(40, rel=0.1)


def test_a_strength_that_is_given_is_used_and_named() -> None:
    row = shrunken_rates(_rows((10, 10)), _rows((10, 0)), strength=10).rows(named=True)[0]
    assert (row["rate"], row["strength"], row["strength_rule"]) == (0.5, 10, "given")


def test_a_strength_of_nothing_leaves_the_own_rate() -> None:
    assert shrunken_rates(_rows((10, 10), (0, 0)), strength=0)["rate"].to_list() == [1, 1]


def test_without_a_try_anywhere_no_rate_is_known() -> None:
    for team in (None, _rows()):
        row = shrunken_rates(_rows((0, 0), (None, None)), team).rows(named=True)[0]
        assert (row["team_rate"], row["rate"]) == (None, None)


def test_a_team_without_tries_leaves_the_own_rate() -> None:
    assert shrunken_rates(_rows((10, 5)), _rows((0, 0)))["rate"].to_list() == [0.5]


def test_more_hits_than_tries_count_as_all_and_negative_counts_as_none() -> None:
    assert shrunken_rates(_rows((2, 5), (2, -5), (-3, 1)))["own_rate"].to_list() == [1, 0, None]


def test_nobody_gives_an_empty_frame_with_its_columns() -> None:
    assert "rate" in shrunken_rates(_rows()).columns
