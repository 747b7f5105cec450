"""Who carries how much of which month: ramps, vacancies, leave, part time, working days; off until said."""

import datetime as dt
from fractions import Fraction
from typing import Any

import narwhals as nw
import pytest

from laws.planned import months
from quarterdeck.engine.cascade.bases import Basis, based_weights
from quarterdeck.engine.cascade.carrying import Carrying, Seat, carried, causes
from quarterdeck.engine.cascade.plan import plan
from quarterdeck.engine.cascade.reasons import year_reason
from quarterdeck.terms.errors import Refusal

HALF = Fraction(1, 2)
JANUARY, FEBRUARY, MARCH = (dt.date(2025, at, 1) for at in (1, 2, 3))


def found(seat: Seat, **choices: Any) -> list[tuple[str, str, float]]:
    """Month, cause and factor of one seat, in its months' order."""
    rows = carried([seat], Carrying(**choices), months(3), mean_days=Fraction(21))
    return [
        (f"{day:%b}", cause, round(factor, 4))
        for day, cause, factor in rows.select("starts_on", "cause", "factor").iter_rows()
    ]


def test_a_ramp_goes_on_where_tenure_began_before_the_year() -> None:
    seat = Seat(node="rita", started_on=dt.date(2024, 12, 1))
    ramp = (Fraction(1, 4), HALF, Fraction(3, 4))
    assert found(seat, ramp=ramp, day_count="calendar") == [("Jan", "ramp", 0.5), ("Feb", "ramp", 0.75)]


def test_nobody_ramps_who_was_always_there_or_came_long_ago() -> None:
    for started in (None, dt.date(2019, 1, 1)):
        assert found(Seat(node="rita", started_on=started), ramp=(HALF,), day_count="calendar") == []


def test_a_vacant_seat_carries_its_share_until_somebody_comes_who_then_ramps() -> None:
    seat = Seat(node="e-4", is_vacant=True, started_on=MARCH)
    told = found(seat, ramp=(HALF,), vacancy=Fraction(1, 4), day_count="calendar")
    assert told == [("Jan", "vacancy", 0.25), ("Feb", "vacancy", 0.25), ("Mar", "ramp", 0.5)]


def test_a_seat_that_stays_vacant_may_carry_nothing() -> None:
    told = found(Seat(node="e-4", is_vacant=True), vacancy=Fraction(0), day_count="calendar")
    assert [factor for _, _, factor in told] == [0.0, 0.0, 0.0]


def test_a_leave_takes_the_days_that_are_counted() -> None:
    seat = Seat(node="sam", away=((dt.date(2025, 1, 6), dt.date(2025, 1, 11), Fraction(1)),))
    assert found(seat, leave=True, day_count="calendar") == [("Jan", "leave", round(26 / 31, 4))]
    assert found(seat, leave=True, day_count="weekdays") == [("Jan", "leave", round(18 / 23, 4))]


def test_working_days_are_against_a_mean_month() -> None:
    seat = Seat(node="sam", work_days=(22, 20, 21))
    assert found(seat, working_days=True) == [("Feb", "working_days", 0.9524), ("Jan", "working_days", 1.0476)][::-1]


def test_causes_of_one_month_stand_beside_each_other() -> None:
    seat = Seat(node="rita", started_on=JANUARY, part_time=HALF)
    rows = carried(
        [seat], Carrying(ramp=(HALF,), part_time=True, day_count="calendar"), months(1), mean_days=Fraction(21)
    )
    assert causes(rows) == {"rita": {JANUARY: [("part_time", 0.5), ("ramp", 0.5)]}}


def test_nothing_is_counted_until_it_is_said() -> None:
    seat = Seat(node="rita", started_on=FEBRUARY, is_vacant=True, part_time=HALF, work_days=(1, 2, 3))
    assert found(seat) == []


@pytest.mark.parametrize(
    "choices",
    [
        {"ramp": (Fraction(2),), "day_count": "calendar"}, {"ramp": (Fraction(-1),), "day_count": "calendar"},
        {"ramp": (HALF,)}, {"leave": True}, {"vacancy": HALF}, {"part_time": True, "day_count": "calendar"},
        {"leave": True, "day_count": "lunar"}, {"ramp": (HALF,) * 37, "day_count": "calendar"},
    ],
)  # fmt: skip
def test_choices_that_are_open_or_senseless_are_refused(choices: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refused:
        Carrying(**choices)
    assert refused.value.rule == "plan_driver"


def test_a_reason_names_the_scale_of_weights_that_factors_changed() -> None:
    nodes = nw.from_dict({"node_id": ["t", "a", "b"], "parent_id": [None, "t", "t"]}, backend="polars")
    weighed = based_weights(nodes, 90, Basis(kind="even"), {}, {})
    seats = [Seat(node="a", part_time=HALF)]
    factors = carried(seats, Carrying(part_time=True), months(1), mean_days=Fraction(21))
    made = plan(90, weighed, months(1), [1], basis="even", factors=factors)
    why = year_reason(made, made.number("a"), "plan")
    assert (why["weight"] * 2, why["factor"]) == (why["weight_scale"], "1/2")
