from __future__ import annotations

import pytest

from quarterdeck.faces.web.drawings import bar, sparkline


@pytest.mark.parametrize("values", [[], [None, None]])
def test_nothing_known_draws_nothing(values: list[float | None]) -> None:
    assert sparkline(values) == ""


def test_a_gap_starts_a_new_line() -> None:
    assert sparkline([1, None, 1]).count("M") == 2


def test_zero_is_the_floor_and_negatives_are_below_it() -> None:
    assert 'd="M0,22L96,2"' in sparkline([0, 10])
    assert 'd="M0,22L96,2"' in sparkline([-10, 0])


def test_a_label_cannot_break_out_of_the_picture() -> None:
    assert "<script>" not in sparkline([1], '"><script>alert(1)</script>')


@pytest.mark.parametrize(("done", "whole", "width"), [(5, 10, "50"), (20, 10, "100"), (-5, 10, "0"), (None, 10, "0")])
def test_a_bar_stays_inside_its_track(done: float | None, whole: float, width: str) -> None:
    assert f'class="fill" y="1" width="{width}"' in bar(done, whole)


@pytest.mark.parametrize("whole", [None, 0, -3])
def test_a_share_of_nothing_is_no_bar(whole: float | None) -> None:
    assert bar(1, whole) == ""
