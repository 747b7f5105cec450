import datetime as dt
from typing import Any

import narwhals as nw
import pytest

from quarterdeck.engine.calendar.holiday_days import is_country, public_holidays
from quarterdeck.engine.calendar.workdays import n_work_days, work_day_sums, work_days
from quarterdeck.terms.tables import Frame

PEOPLE = {
    "person_id": nw.String, "country": nw.String, "part_time": nw.Float64,
    "effective_from": nw.Date, "effective_to": nw.Date,
}  # fmt: skip
LEAVE = {"person_id": nw.String, "starts_on": nw.Date, "ends_on": nw.Date, "share": nw.Float64}
HOLIDAYS = {"country": nw.String, "day": nw.Date}
MONDAY, NEXT_MONDAY = dt.date(2025, 3, 3), dt.date(2025, 3, 10)


def _frame(schema: dict[str, Any], *rows: dict[str, Any]) -> Frame:
    return nw.from_dict({name: [row.get(name) for row in rows] for name in schema}, schema, backend="polars")


def _week(people: Frame, leave: Frame | None = None, holidays: Frame | None = None) -> Frame:
    none = _frame(LEAVE) if leave is None else leave
    return work_days(people, none, MONDAY, NEXT_MONDAY, holidays=_frame(HOLIDAYS) if holidays is None else holidays)


RITA = _frame(PEOPLE, {"person_id": "rita", "country": "US"})


def test_a_week_has_five_working_days() -> None:
    assert n_work_days(_week(RITA), "rita", MONDAY, NEXT_MONDAY) == 5


def test_a_holiday_of_another_country_is_worked() -> None:
    holidays = _frame(HOLIDAYS, {"country": "DE", "day": MONDAY}, {"country": "US", "day": dt.date(2025, 3, 4)})
    assert _week(RITA, holidays=holidays)["day"].to_list() == [dt.date(2025, 3, day) for day in (3, 5, 6, 7)]


def test_who_has_no_country_has_no_holidays() -> None:
    holidays = _frame(HOLIDAYS, {"country": "US", "day": MONDAY})
    assert len(_week(_frame(PEOPLE, {"person_id": "zoe"}), holidays=holidays)) == 5


def test_half_a_day_of_leave_leaves_half_of_a_part_time_day() -> None:
    people = _frame(PEOPLE, {"person_id": "sam", "part_time": 0.5})
    leave = _frame(LEAVE, {"person_id": "sam", "starts_on": MONDAY, "ends_on": dt.date(2025, 3, 4), "share": 0.5})
    assert _week(people, leave)["share"].to_list()[:2] == [0.25, 0.5]


def test_two_absences_on_one_day_take_at_most_the_day() -> None:
    away = {"person_id": "rita", "starts_on": MONDAY, "ends_on": dt.date(2025, 3, 4), "share": 0.7}
    assert len(_week(RITA, _frame(LEAVE, away, away))) == 4


def test_ten_absences_of_a_tenth_take_the_day() -> None:
    tenth = {"person_id": "rita", "starts_on": MONDAY, "ends_on": dt.date(2025, 3, 4), "share": 0.1}
    assert len(_week(RITA, _frame(LEAVE, *[tenth] * 10))) == 4


def test_an_absence_without_an_end_lasts() -> None:
    assert len(_week(RITA, _frame(LEAVE, {"person_id": "rita", "starts_on": dt.date(2025, 3, 5)}))) == 2


def test_two_hats_are_worn_by_one_body() -> None:
    people = _frame(PEOPLE, {"person_id": "rita"}, {"person_id": "rita", "part_time": 0.5})
    assert _week(people)["share"].to_list() == [1.0] * 5


def test_nobody_works_before_they_came_or_after_they_left() -> None:
    people = _frame(
        PEOPLE, {"person_id": "rita", "effective_from": dt.date(2025, 3, 5), "effective_to": dt.date(2025, 3, 6)}
    )
    assert _week(people)["day"].to_list() == [dt.date(2025, 3, 5)]


def test_part_time_may_change_within_a_week() -> None:
    people = _frame(
        PEOPLE,
        {"person_id": "rita", "part_time": 1.0, "effective_to": dt.date(2025, 3, 5)},
        {"person_id": "rita", "part_time": 0.5, "effective_from": dt.date(2025, 3, 5)},
    )
    assert _week(people)["share"].to_list() == [1.0, 1.0, 0.5, 0.5, 0.5]


@pytest.mark.parametrize(("ratio", "n_days"), [(-1.0, 0), (7.0, 5), (float("nan"), 5), (0.0, 0)])
def test_an_impossible_share_counts_as_the_nearer_end(ratio: float, n_days: float) -> None:
    assert (
        n_work_days(_week(_frame(PEOPLE, {"person_id": "rita", "part_time": ratio})), "rita", MONDAY, NEXT_MONDAY)
        == n_days
    )


def test_leave_of_a_stranger_and_leave_without_a_day_change_nothing() -> None:
    leave = _frame(
        LEAVE,
        {"person_id": "nobody", "starts_on": MONDAY, "ends_on": NEXT_MONDAY},
        {"person_id": "rita", "starts_on": NEXT_MONDAY, "ends_on": MONDAY},
        {"person_id": None, "starts_on": MONDAY, "ends_on": NEXT_MONDAY},
    )
    assert len(_week(RITA, leave)) == 5


def test_nobody_and_no_days_give_an_empty_frame_of_the_right_shape() -> None:
    assert len(_week(_frame(PEOPLE))) == 0
    empty = work_days(RITA, _frame(LEAVE), NEXT_MONDAY, MONDAY, holidays=_frame(HOLIDAYS))
    assert (len(empty), empty.columns) == (0, ["person_id", "day", "share"])


def test_ids_keep_their_type() -> None:
    people = RITA.with_columns(person_id=nw.lit(7, nw.Int64))
    assert _week(people)["person_id"].dtype == nw.Int64


def test_sums_name_each_person_who_works() -> None:
    people = _frame(PEOPLE, {"person_id": "rita"}, {"person_id": "sam", "part_time": 0.5})
    assert work_day_sums(_week(people), MONDAY, dt.date(2025, 3, 5)).rows() == [("rita", 2.0), ("sam", 1.0)]


def test_a_person_unknown_to_the_frame_works_no_days() -> None:
    assert n_work_days(_week(RITA), "nobody", MONDAY, NEXT_MONDAY) == 0


def test_observed_holidays_of_known_countries_come_in_order() -> None:
    found = public_holidays(["US", "DE-BY", "", None, "nowhere", "US"], [2022, 2021])
    days = found.filter(nw.col("country") == "US")["day"].to_list()
    assert dt.date(2021, 12, 31) in days, "New Year's Day 2022 was observed on Friday"
    assert days == sorted(days)
    assert found["country"].unique().sort().to_list() == ["DE-BY", "US"]


def test_no_country_has_no_holidays() -> None:
    assert public_holidays([], [2025]).columns == ["country", "day"]
    assert not is_country("de")


def test_a_year_of_five_hundred_people_has_a_hundred_thousand_days() -> None:
    people = _frame(PEOPLE, *({"person_id": f"p{at}", "country": "US", "part_time": 0.8} for at in range(500)))
    leave = _frame(
        LEAVE, *({"person_id": f"p{at % 500}", "starts_on": MONDAY, "ends_on": NEXT_MONDAY} for at in range(5000))
    )
    holidays = public_holidays(["US"], [2024])
    found = work_days(people, leave, dt.date(2024, 1, 1), dt.date(2025, 1, 1), holidays=holidays)
    assert len(found) > 100_000
