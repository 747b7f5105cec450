import json
from typing import Any

import pytest

from quarterdeck.engine.actions.funnel import DealSize, Step, WorkingTime, daily_actions, pipeline_needed
from quarterdeck.terms.money import MAX_MINOR

STEPS = [Step(kind="proposal", rate=0.4), Step(kind="meeting", rate=0.5), Step(kind="call", rate=0.1)]
MONTH = WorkingTime(days_left=20)


def _row(remaining: int, size: DealSize, step: Step, time: WorkingTime = MONTH) -> dict[str, Any]:
    (row,) = daily_actions(remaining, size, [step], time).rows(named=True)
    return row | {"because": json.loads(row["because"])}


def test_only_what_a_person_does_is_rounded() -> None:
    found = daily_actions(95_000, DealSize(own=10_000), STEPS, MONTH)
    assert found["needed_total"].to_list() == [24, 48, 475], "9.5 deals, 23.75 proposals, 47.5 meetings, 475 calls"


def test_what_was_done_today_stands_beside_what_is_needed() -> None:
    row = _row(10_000, DealSize(own=1000), Step(kind="call", rate=0.1, done_today=3))
    assert (row["needed_today"], row["done_today"]) == (5, 3)


@pytest.mark.parametrize("rate", [None, 0.0, -1.0, float("nan"), float("inf"), 1e-9])
def test_a_rate_that_says_nothing_gives_way_to_the_team(rate: float | None) -> None:
    row = _row(10_000, DealSize(own=1000), Step(kind="call", rate=rate, team_rate=0.2))
    assert (row["needed_total"], row["because"]["rate_from"]) == (50, "team")


@pytest.mark.parametrize(("kind", "total"), [("proposal", 25), ("meeting", 20), ("call", 100), ("visit", 40)])
def test_without_any_rate_a_stated_default_is_used(kind: str, total: int) -> None:
    row = _row(10_000, DealSize(own=1000), Step(kind=kind, team_rate=0))
    assert (row["needed_total"], row["because"]["rate_from"]) == (total, "default")


def test_a_rate_above_one_counts_as_one() -> None:
    assert _row(10_000, DealSize(own=1000), Step(kind="call", rate=7))["needed_total"] == 10


@pytest.mark.parametrize("own", [None, 0.0, -5.0, float("nan")])
def test_an_unknown_deal_size_gives_way_to_the_team(own: float | None) -> None:
    row = _row(10_000, DealSize(own=own, team=1000), Step(kind="call", rate=0.5))
    assert (row["needed_total"], row["because"]["average_deal_from"]) == (20, "team")


def test_without_any_deal_size_nothing_is_invented() -> None:
    row = _row(10_000, DealSize(own=None), Step(kind="call", rate=0.5))
    assert (row["needed_total"], row["needed_today"], row["because"]["state"]) == (None, None, "no_average_deal")


def test_past_the_end_the_total_stands_and_today_is_empty() -> None:
    row = _row(10_000, DealSize(own=1000), Step(kind="call", rate=0.5), WorkingTime(days_left=0))
    assert (row["needed_total"], row["needed_today"], row["because"]["state"]) == (20, None, "no_days_left")


def test_a_reached_target_asks_for_nothing() -> None:
    row = _row(-7, DealSize(own=1000), Step(kind="call", rate=0.5))
    assert (row["needed_total"], row["needed_today"], row["because"]["state"]) == (0, 0, "reached")


def test_a_day_off_asks_for_nothing_today() -> None:
    row = _row(10_000, DealSize(own=1000), Step(kind="call", rate=0.5), WorkingTime(days_left=20, share_today=0))
    assert (row["needed_total"], row["needed_today"], row["because"]["state"]) == (20, 0, "not_working_today")


def test_a_half_day_asks_for_half() -> None:
    row = _row(40_000, DealSize(own=1000), Step(kind="call", rate=0.1), WorkingTime(days_left=20, share_today=0.5))
    assert (row["per_day"], row["needed_today"]) == (20, 10)


def test_what_is_needed_less_than_daily_says_how_often() -> None:
    row = _row(1000, DealSize(own=1000), Step(kind="proposal", rate=0.5))
    assert (row["needed_today"], row["per_day"], row["because"]["every_n_days"]) == (1, 0.1, 10)


def test_an_absurd_number_is_not_shown() -> None:
    row = _row(MAX_MINOR, DealSize(own=0.01), Step(kind="call", rate=0.001))
    assert (row["needed_total"], row["because"]["state"]) == (None, "beyond_counting")


def test_no_steps_give_an_empty_frame_with_its_columns() -> None:
    assert daily_actions(1, DealSize(own=1), [], MONTH).columns == [
        "kind", "needed_total", "needed_today", "done_today", "per_day", "because",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("average", "rate"), [(0, 0.5), (-1, 0.5), (float("nan"), 0.5), (1000, 0), (1000, float("nan"))]
)
def test_a_pipeline_cannot_be_said_without_deal_size_and_win_rate(average: float, rate: float) -> None:
    assert pipeline_needed(1000, average, rate) is None
