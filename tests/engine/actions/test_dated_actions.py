import datetime as dt
import json
from fractions import Fraction
from typing import Any

import narwhals as nw
import pytest

from quarterdeck.engine.actions.funnel import DealSize, Step
from quarterdeck.engine.actions.lags import DatedFunnel, LaggedStep, OpenPipeline, Window, dated_actions
from quarterdeck.terms.errors import Refusal

MONDAY, END = dt.date(2025, 3, 3), dt.date(2025, 4, 1)
NOTHING_OPEN = OpenPipeline(counting="left_out")


def _window(as_of: dt.date = MONDAY, ends_on: dt.date = END, share: float = 1.0) -> Window:
    days = [MONDAY + dt.timedelta(days=at) for at in range(60)]
    weekdays = [day for day in days if day.weekday() < 5]
    rows = {"person_id": [7] * len(weekdays), "day": weekdays, "share": [share] * len(weekdays)}
    return Window(worked=nw.from_dict(rows, backend="polars"), as_of=as_of, ends_on=ends_on)


def _steps(*, lags: tuple[Any, ...] = (10, 7), flight: tuple[int, ...] = (0, 0)) -> list[LaggedStep]:
    named = (("proposal", 0.4), ("meeting", 0.5), ("call", 0.1))
    return [
        LaggedStep(step=Step(kind=kind, rate=rate), lag_days=lag, n_in_flight=n)
        for (kind, rate), lag, n in zip(named, lags, flight, strict=False)
    ]


def _found(
    remaining: int = 40_000, steps: list[LaggedStep] | None = None, window: Window | None = None, **more: Any
) -> DatedFunnel:
    pipeline, size = more.get("pipeline", NOTHING_OPEN), more.get("size", DealSize(own=10_000))
    return dated_actions(remaining, size, _steps() if steps is None else steps, window or _window(), pipeline)


def _needed(found: DatedFunnel) -> dict[str, int]:
    return dict(found.steps.select("kind", "needed_total").rows())


def _days(found: DatedFunnel, kind: str) -> list[int]:
    return [day.day for day in found.actions.filter(nw.col("kind") == kind)["day"].to_list()]


def test_new_work_begins_below_and_arrives_above_after_its_lag() -> None:
    found = _found()
    assert _needed(found) == {"proposal": 10, "meeting": 20}
    assert (min(_days(found, "meeting")), max(_days(found, "meeting"))) == (3, 14)
    assert (min(_days(found, "proposal")), max(_days(found, "proposal"))) == (10, 21)


def test_what_is_in_flight_counts_before_new_work() -> None:
    found = _found(steps=_steps(flight=(5, 0)))
    assert _needed(found) == {"proposal": 5, "meeting": 10}


def test_what_is_in_flight_below_leads_up_from_today_on() -> None:
    found = _found(steps=_steps(flight=(0, 20)))
    assert _needed(found) == {"proposal": 10, "meeting": 0}
    assert min(_days(found, "proposal")) == 3


def test_what_is_in_flight_too_late_does_not_count() -> None:
    found = _found(steps=_steps(lags=(40, 1), flight=(5, 0)))
    assert found.steps["state"].to_list() == ["too_late", "too_late"]
    assert found.unreachable_minor == 40_000


def test_when_it_is_too_late_for_meetings_proposals_are_still_asked_for_today() -> None:
    found = _found(steps=_steps(lags=(10, 30)))
    assert found.steps["state"].to_list() == ["open", "too_late"]
    assert _needed(found) == {"proposal": 10, "meeting": 0}
    assert min(_days(found, "proposal")) == 3
    assert found.unreachable_minor == 0


@pytest.mark.parametrize(
    ("pipeline", "meetings"),
    [
        (OpenPipeline(counting="left_out", in_time_minor=40_000, win_rate=1), 20),
        (OpenPipeline(counting="by_close_date", amount_minor=99_999, in_time_minor=40_000, win_rate=0.5), 10),
        (
            OpenPipeline(counting="by_velocity", amount_minor=80_000, win_rate=1, velocity_minor=Fraction(10_000, 29)),
            15,
        ),
        (OpenPipeline(counting="by_velocity", amount_minor=40_000, win_rate=0.5, velocity_minor=10**9), 10),
        (OpenPipeline(counting="by_close_date", in_time_minor=-5, win_rate=0.5), 20),
    ],
)
def test_the_pipeline_counts_first_in_the_named_way(pipeline: OpenPipeline, meetings: int) -> None:
    found = _found(pipeline=pipeline)
    assert _needed(found)["meeting"] == meetings
    assert json.loads(found.steps["because"][0])["pipeline"] == pipeline.counting


def test_reached_needs_nothing() -> None:
    for found in (_found(0), _found(-5), _found(40_000, _steps(flight=(10, 0)))):
        assert found.steps["state"].to_list() == ["reached", "reached"]
        assert found.actions.is_empty()


def test_without_a_deal_size_nothing_is_said() -> None:
    found = _found(size=DealSize(own=None))
    assert found.steps["state"].to_list() == ["no_average_deal"] * 2
    assert found.steps["needed_total"].to_list() == [None, None]
    assert found.actions.is_empty()


def test_after_the_period_nothing_can_be_brought() -> None:
    found = _found(window=_window(as_of=END))
    assert (found.unreachable_minor, len(found.actions)) == (40_000, 0)


def test_days_without_work_get_nothing_and_few_actions_are_spread() -> None:
    found = _found(10_000, _steps(lags=(0,)))
    assert _needed(found) == {"proposal": 3}
    assert _days(found, "proposal") == [3, 13, 25]


def test_no_steps_bring_nothing() -> None:
    assert _found(steps=[]).unreachable_minor == 40_000


def test_a_lag_below_zero_and_an_unknown_counting_are_refused() -> None:
    with pytest.raises(Refusal):
        _found(steps=_steps(lags=(-1, 0)))
    with pytest.raises(Refusal):
        _found(pipeline=OpenPipeline(counting="by_hope"))  # type: ignore[arg-type]


def test_a_number_beyond_counting_is_left_empty() -> None:
    found = _found(2**63 - 1, size=DealSize(own=1))
    assert found.steps["needed_total"].to_list() == [None, None]
    assert found.actions.is_empty()
