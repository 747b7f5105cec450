"""What one kind of action gives up another takes on; durations come from deals that were won."""

from __future__ import annotations

import datetime as dt
import json
from fractions import Fraction

import narwhals as nw
import pytest

from quarterdeck.engine.actions.durations import stage_days
from quarterdeck.engine.actions.funnel import DealSize, Step, WorkingTime, daily_actions
from quarterdeck.engine.actions.mix import Mix

STEPS = [Step(kind="proposal", rate=0.4), Step(kind="meeting", rate=0.5), Step(kind="call", rate=0.1)]


def needed(mix: Mix | None) -> dict[str, int]:
    factors = mix.factors() if mix else None
    found = daily_actions(100_000, DealSize(own=10_000), STEPS, WorkingTime(days_left=20), factors)
    return dict(found.select("kind", "needed_total").iter_rows())


@pytest.mark.parametrize(("percent", "limit", "used"), [(20, 25, 20), (30, 25, 25), (0, 25, 0), (20, 0, 0)])
def test_percent_for_percent_within_the_limit(percent: int, limit: int, used: int) -> None:
    before, after = needed(None), needed(Mix("call", "meeting", percent, limit))
    assert after["call"] == before["call"] * (100 + used) // 100
    assert after["meeting"] == -(-before["meeting"] * (100 - used) // 100), "whole meetings, rounded up"
    assert after["proposal"] == before["proposal"]


def test_the_number_says_its_mix() -> None:
    found = daily_actions(
        100_000, DealSize(own=10_000), STEPS, WorkingTime(days_left=20), Mix("call", "meeting", 20, 20).factors()
    )
    assert [json.loads(why).get("mix") for why in found["because"]] == [None, "4/5", "6/5"]


def test_days_are_medians_of_won_deals_and_what_is_out_of_order_says_nothing() -> None:
    day = dt.date(2025, 3, 3)
    rows = [
        (1, "proposal", 0), (1, "won", 10), (2, "proposal", 0), (2, "won", 20), (3, "proposal", 5), (3, "won", 1),
        (4, "meeting", 0), (5, "proposal", None), (None, "won", 3),
    ]  # fmt: skip
    frame = nw.from_dict(
        {
            "opportunity_id": [row[0] for row in rows], "kind": [row[1] for row in rows],
            "day": [None if row[2] is None else day + dt.timedelta(days=row[2]) for row in rows],
        },
        backend="polars",
    )  # fmt: skip
    proposal, meeting, call = stage_days(frame)
    assert (proposal.n, proposal.days) == (2, Fraction(15))
    assert (meeting.days, call.days) == (None, None)
