import json
from fractions import Fraction
from typing import Any

import pytest

from quarterdeck.engine.goals.progress import GoalProgress, goal_progress, goal_zones, rolled_up
from quarterdeck.terms.errors import Refusal


@pytest.mark.parametrize(("ends", "found"), [("open", "-1/2"), ("clipped", "0")])
def test_what_went_backwards_is_shown_or_clipped(ends: Any, found: str) -> None:
    assert str(goal_progress(100, 200, 50, ends=ends)) == found


def test_a_goal_that_goes_down_progresses_downwards() -> None:
    assert goal_progress(10, 4, 4, ends="open") == 1


def test_keeping_a_level_is_reached_or_not() -> None:
    assert [goal_progress(5, 5, actual, ends="open") for actual in (4, 5, 6)] == [0, 1, 1]


def test_without_an_actual_nothing_is_known() -> None:
    assert goal_progress(0, 1, None, ends="open") is None


def test_what_each_goal_adds_sums_to_the_whole() -> None:
    goals = [GoalProgress(name=f"g{at}", progress=Fraction(at, 7), weight=0.1 * at) for at in range(1, 6)]
    found = rolled_up(goals, unknown="as_zero")
    assert sum(found.parts["adds"].to_list()) == pytest.approx(float(found.progress or 0))
    assert found.progress == Fraction(55, 15 * 7)
    assert json.loads(found.because) == {"unknown": "as_zero", "n_unknown": 0}


def test_nothing_known_or_no_weight_has_no_progress() -> None:
    assert rolled_up([GoalProgress(name="a", progress=None)], unknown="left_out").progress is None
    assert rolled_up([GoalProgress(name="a", progress=None)], unknown="as_zero").progress == 0
    assert rolled_up([GoalProgress(name="a", progress=Fraction(1), weight=0)], unknown="as_zero").progress is None
    assert rolled_up([], unknown="as_zero").progress is None


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: goal_progress(0, 1, 1, ends="wide"),  # type: ignore[arg-type]
        lambda: goal_zones(0, 1, commit=0.8, target=0.7),
        lambda: rolled_up([], unknown="guessed"),  # type: ignore[arg-type]
        lambda: rolled_up([GoalProgress(name="a", progress=None)] * 2, unknown="as_zero"),
        lambda: rolled_up([GoalProgress(name="a", progress=None, weight=-1)], unknown="as_zero"),
    ],
)
def test_what_means_nothing_is_refused(wrong: Any) -> None:
    with pytest.raises(Refusal):
        wrong()
