import pytest

from quarterdeck.engine.actions.needed import Needed, needed


def test_a_half_day_needs_half() -> None:
    assert needed(900, 4.5, 0.5) == Needed(per_day=200, today=100, state="open")


def test_the_last_half_day_needs_all_that_remains_and_not_more() -> None:
    assert needed(100, 0.5, 0.5) == Needed(per_day=200, today=100, state="open")


@pytest.mark.parametrize("days", [0, -3, float("nan"), float("inf"), -0.0])
def test_no_days_left_is_said_and_nothing_is_divided_by_zero(days: float) -> None:
    assert needed(100, days) == Needed(per_day=None, today=None, state="no_days_left")


@pytest.mark.parametrize("remaining", [0, -5])
def test_a_target_that_is_reached_needs_nothing_even_after_the_end(remaining: int) -> None:
    assert needed(remaining, 0) == Needed(per_day=0, today=0, state="reached")


def test_a_day_off_needs_nothing_today() -> None:
    assert needed(100, 4, 0) == Needed(per_day=25, today=0, state="not_working_today")


def test_sums_of_float_shares_do_not_add_a_unit() -> None:
    assert needed(10, sum([0.1] * 10)).per_day == 10, "the sum is 0.9999999999999999"
    assert needed(30, sum([0.1] * 3), 0.1).today == 10


def test_an_enormous_target_stays_exact() -> None:
    assert needed(2**63 - 1, 1).today == 2**63 - 1
