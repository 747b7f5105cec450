"""Periods tile time; working days add up; holding rows are those whose range has the day."""

import datetime as dt
from itertools import pairwise
from typing import Any

import narwhals as nw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.calendar.workdays import n_work_days, work_days

YEARS = range(1990, 2051)
NOMINAL = dt.date(2024, 1, 1)
WEEKDAYS = [NOMINAL + dt.timedelta(days=at) for at in range(-3, 4)]
DRIFTING = FiscalCalendar(
    kind="dates",
    month_starts=tuple(dt.date(1989, 12, 31) + dt.timedelta(weeks=4 * at) for at in range(13 * 62 + 1)),
    year_starts=tuple(dt.date(1989, 12, 31) + dt.timedelta(weeks=52 * at) for at in range(63)),
)
CALENDARS = [
    *(FiscalCalendar(first_month=month, names_year_by=by) for month in range(1, 13) for by in ("start", "end")),
    *(FiscalCalendar(kind=kind, anchor=day) for kind in ("4-4-5", "4-5-4", "5-4-4") for day in WEEKDAYS),
    FiscalCalendar(kind="4-5-4", first_month=2, anchor=dt.date(2025, 2, 2), names_year_by="end"),
    DRIFTING,
]


def _name(calendar: FiscalCalendar) -> str:
    return f"{calendar.kind} {calendar.first_month} {calendar.anchor or calendar.names_year_by}"


DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2024, 3, 1))


@pytest.mark.parametrize("calendar", CALENDARS, ids=_name)
def test_months_and_quarters_tile_each_year_and_years_tile_time(calendar: FiscalCalendar) -> None:
    for number in YEARS:
        year = calendar.year(number)
        for tiles in (calendar.months(number), calendar.quarters(number)):
            assert (tiles[0].starts_on, tiles[-1].ends_on) == (year.starts_on, year.ends_on)
            assert all(before.ends_on == after.starts_on for before, after in pairwise(tiles))
        assert {month.starts_on for month in calendar.months(number)} >= {
            q.starts_on for q in calendar.quarters(number)
        }
        assert number == YEARS[-1] or calendar.year(number + 1).starts_on == year.ends_on


@pytest.mark.parametrize("calendar", CALENDARS[24:], ids=_name)
def test_weeks_tile_the_years_of_weeks(calendar: FiscalCalendar) -> None:
    assert {calendar.year(number).n_days for number in YEARS} <= {52 * 7, 53 * 7}


@given(calendar=st.sampled_from(CALENDARS), day=st.dates(dt.date(1990, 7, 1), dt.date(2050, 6, 30)))
@settings(max_examples=100, deadline=None)
def test_a_day_lies_in_every_period_that_is_said_to_hold_it(calendar: FiscalCalendar, day: dt.date) -> None:
    for kind in ("day", "week", "month", "quarter", "year"):
        period = calendar.period_of(day, kind)
        assert day in period
        assert calendar.period_of(period.starts_on, kind) == period == calendar.period_of(period.last_day, kind)
    assert calendar.year_of(day) == calendar.year_of(calendar.period_of(day, "month").last_day)


def _frame(rows: list[tuple[Any, ...]], schema: dict[str, Any]) -> nw.DataFrame[Any]:
    return nw.from_dict({name: [row[at] for row in rows] for at, name in enumerate(schema)}, schema, backend="polars")


PEOPLE = {
    "person_id": nw.Int64,
    "country": nw.String,
    "part_time": nw.Float64,
    "effective_from": nw.Date,
    "effective_to": nw.Date,
}
LEAVE = {"person_id": nw.Int64, "starts_on": nw.Date, "ends_on": nw.Date, "share": nw.Float64}
QUARTERS = st.sampled_from([None, 0.25, 0.5, 1.0])
PEOPLE_ROWS = st.lists(
    st.tuples(st.integers(1, 2), st.sampled_from([None, "US"]), QUARTERS, st.none() | DAYS, st.none() | DAYS),
    max_size=3,
)
LEAVE_ROWS = st.lists(st.tuples(st.integers(1, 3), DAYS, DAYS, QUARTERS), max_size=3)


@given(people=PEOPLE_ROWS, leave=LEAVE_ROWS, days=st.lists(DAYS, min_size=3, max_size=3).map(sorted))
@settings(max_examples=40, deadline=None)
def test_working_days_of_touching_ranges_add_up(people: list[Any], leave: list[Any], days: list[dt.date]) -> None:
    start, middle, end = days
    holidays = _frame([("US", dt.date(2024, 1, 15))], {"country": nw.String, "day": nw.Date})
    frames = _frame(people, PEOPLE), _frame(leave, LEAVE)
    whole = work_days(*frames, start, end, holidays=holidays)
    pieces = [work_days(*frames, *span, holidays=holidays) for span in ((start, middle), (middle, end))]
    for person in (1, 2):
        inside = n_work_days(whole, person, start, middle) + n_work_days(whole, person, middle, end)
        assert (
            inside == n_work_days(whole, person, start, end) == sum(n_work_days(p, person, start, end) for p in pieces)
        )


@given(people=PEOPLE_ROWS, leave=LEAVE_ROWS)
@settings(max_examples=30, deadline=None)
def test_the_order_of_people_and_leave_changes_nothing(people: list[Any], leave: list[Any]) -> None:
    holidays = _frame([], {"country": nw.String, "day": nw.Date})
    span = dt.date(2024, 1, 1), dt.date(2024, 3, 1)
    one = work_days(_frame(people, PEOPLE), _frame(leave, LEAVE), *span, holidays=holidays)
    other = work_days(_frame(people[::-1], PEOPLE), _frame(leave[::-1], LEAVE), *span, holidays=holidays)
    assert sorted(one.rows()) == sorted(other.rows())
