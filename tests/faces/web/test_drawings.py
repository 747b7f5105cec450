from __future__ import annotations

import pytest

from quarterdeck.faces.web.drawings import bar, panel, sparkline


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


def test_a_panel_begins_at_zero_and_ends_at_the_scale() -> None:
    assert 'class="is-goal" d="M0,58L200,2"' in panel([("goal", [0, 100])], 100)
    assert 'class="zero" d="M0,30H200"' in panel([("actual", [-5, 5])], 5, -5)


def test_a_panel_of_nothing_is_a_zero_line() -> None:
    assert panel([("actual", [])], 0).count("<path") == 2
    assert 'class="dot"' not in panel([("actual", [None, None])], 0)
