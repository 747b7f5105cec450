"""Days sum to the count, no activity stands on a day that is too late, and more pipeline never asks for more."""

import datetime as dt
from typing import Any

import narwhals as nw
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.actions.funnel import DealSize, Step
from quarterdeck.engine.actions.lags import LaggedStep, OpenPipeline, Window, dated_actions

START = dt.date(2025, 1, 1)
STEP = st.tuples(st.sampled_from([0.1, 0.25, 0.5, 1.0]), st.integers(0, 25), st.integers(0, 5))
DAYS = st.dictionaries(st.integers(0, 59), st.sampled_from([0.25, 0.5, 1.0]), max_size=40)


def _window(days: dict[int, float]) -> Window:
    dates = [START + dt.timedelta(days=at) for at in days]
    schema: dict[str, Any] = {"day": nw.Date, "share": nw.Float64}
    worked = nw.from_dict({"day": dates, "share": list(days.values())}, schema, backend="polars")
    return Window(worked=worked, as_of=START, ends_on=START + dt.timedelta(days=60))


def _found(remaining: int, steps: list[Any], days: dict[int, float], open_minor: int = 0) -> Any:
    lagged = [
        LaggedStep(step=Step(kind=f"s{at}", rate=rate), lag_days=lag, n_in_flight=n)
        for at, (rate, lag, n) in enumerate(steps)
    ]
    pipeline = OpenPipeline(counting="by_close_date", in_time_minor=open_minor, win_rate=0.5)
    return dated_actions(remaining, DealSize(own=1000), lagged, _window(days), pipeline)


@given(st.integers(0, 10**6), st.lists(STEP, min_size=1, max_size=4), DAYS)
@settings(max_examples=60, deadline=None)
def test_days_sum_to_the_count_and_none_is_too_late(remaining: int, steps: list[Any], days: dict[int, float]) -> None:
    found = _found(remaining, steps, days)
    for kind, needed, last in found.steps.select("kind", "needed_total", "last_useful_on").iter_rows():
        mine = found.actions.filter(nw.col("kind") == kind)
        assert int(mine["n"].sum()) == needed
        assert all(START <= day <= last for day in mine["day"].to_list())


@given(st.integers(0, 10**6), st.lists(STEP, min_size=1, max_size=4), DAYS, st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_more_pipeline_never_asks_for_more(remaining: int, steps: list[Any], days: dict[int, float], more: int) -> None:
    without, with_it = _found(remaining, steps, days), _found(remaining, steps, days, more)
    pairs = zip(with_it.steps["needed_total"].to_list(), without.steps["needed_total"].to_list(), strict=True)
    assert all(less <= plain for less, plain in pairs)
    assert with_it.unreachable_minor <= without.unreachable_minor
