import math
from collections.abc import Sequence
from typing import Any

import narwhals as nw
import numpy as np
import pytest

from quarterdeck.engine.fairness.pack import fairness
from quarterdeck.engine.fairness.statistics import bimodality, correlation_interval, rank_correlation, share_interval
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.planning import BACK_CAST
from quarterdeck.terms.tables import Frame


def _cast(rows: Sequence[tuple[int, int, int | None, float | None]]) -> Frame:
    named = [(f"p{at:03}", *row) for at, row in enumerate(rows)]
    data: dict[str, Any] = {name: [row[at] for row in named] for at, name in enumerate(BACK_CAST.schema)}
    return nw.from_dict(data, BACK_CAST.schema, backend="polars")


def _check(rows: list[Any], check: str, **more: Any) -> dict[str, Any]:
    return next(fairness(_cast(rows), **more).filter(nw.col("check") == check).iter_rows(named=True))


RISING = [(80 + at + at % 3 * 4, 100, 1000 * at, -0.01 * at) for at in range(20)]


def test_attainment_that_follows_size_is_told_with_its_interval() -> None:
    found = _check(RISING, "size_correlation")
    assert found["value"] > 0.8
    assert found["low"] > 0
    assert found["means"].startswith("Larger territories attained more")
    assert found["caution"] == "With 20 people, a correlation below 0.45 happens by chance."


def test_more_growth_with_less_attainment_is_told() -> None:
    assert "not to be had" in _check(RISING, "growth_correlation")["means"]


def test_a_few_people_prove_nothing() -> None:
    found = _check([(80, 100, 1, 0.1), (90, 100, 2, 0.2), (120, 100, 3, 0.1)], "size_correlation")
    assert (found["value"], found["low"], found["high"]) == (1.0, None, None)
    assert found["means"].startswith("Attainment does not follow")


def test_unknown_sizes_are_left_out_of_their_correlation_only() -> None:
    rows = [(80, 100, None, 0.1), (90, 100, 2, 0.2), (120, 100, 3, 0.3)]
    assert (_check(rows, "size_correlation")["n"], _check(rows, "cv")["n"]) == (2, 3)


def test_people_without_a_target_are_left_out() -> None:
    assert _check([(80, 0, 1, 0.1), (90, -5, 2, 0.2)], "within")["n"] == 0


def test_the_ends_of_the_tolerance_count() -> None:
    rows = [(80, 100, 1, 0.0), (120, 100, 1, 0.0), (79, 100, 1, 0.0), (121, 100, 1, 0.0)]
    assert _check(rows, "within")["value"] == 0.5
    assert _check([(11 * 10**14, 10**15, 1, 0.0)], "within", within=0.1)["value"] == 1.0


def test_two_heaps_are_seen_and_one_is_not() -> None:
    heaps = [(50 + at % 5, 100, 1, 0.0) for at in range(20)] + [(150 + at % 5, 100, 1, 0.0) for at in range(20)]
    one = [(100 + at, 100, 1, 0.0) for at in (-9, -5, -3, -2, -1, -1, 0, 0, 0, 1, 1, 2, 3, 5, 9)]
    assert _check(heaps, "bimodality")["means"].startswith("Attainment comes in two heaps")
    assert _check(one, "bimodality")["means"] == "Attainment comes in one heap."
    assert "mostly chance" in _check(one, "bimodality")["caution"]


@pytest.mark.parametrize("rows", [[], [(1, 1, 1, 0.1)], [(5, 5, 5, 0.5)] * 6])
def test_nobody_one_and_all_alike_have_no_statistics_but_six_rows(rows: list[Any]) -> None:
    found = fairness(_cast(rows))
    assert len(found) == 6
    assert found.filter(nw.col("check").is_in(["size_correlation", "bimodality"]))["value"].null_count() == 2


def test_order_of_people_changes_nothing() -> None:
    there, back = _cast(RISING), _cast(RISING).sort("holder_id", descending=True)
    assert fairness(there).rows() == fairness(back).rows()


def test_tied_ranks_share_their_mean() -> None:
    assert rank_correlation(np.array([1.0, 1, 2]), np.array([1.0, 2, 2])) == pytest.approx(0.5)


def test_intervals_stay_within_their_bounds() -> None:
    low, high = correlation_interval(0.999, 4)
    assert low is not None
    assert high is not None
    assert -1 <= low <= 0.999 <= high <= 1
    assert [share_interval(hits, 5)[end] for hits, end in ((0, 0), (5, 1))] == [0.0, 1.0]


def test_a_million_even_values_have_a_coefficient_of_five_ninths() -> None:
    found = bimodality(np.arange(100_000.0))
    assert found is not None
    assert math.isclose(found, 5 / 9, abs_tol=1e-4)


def test_a_tolerance_below_zero_is_refused() -> None:
    with pytest.raises(Refusal):
        fairness(_cast(RISING), within=-0.1)
