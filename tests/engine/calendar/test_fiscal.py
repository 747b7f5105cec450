import datetime as dt
import json

import pytest

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.terms.errors import Refusal

RETAIL = FiscalCalendar(kind="4-5-4", first_month=2, anchor=dt.date(2025, 2, 2))
DRIFTING = tuple(dt.date(2024, 12, 29) + dt.timedelta(weeks=4 * at) for at in range(27))


def test_a_year_is_named_by_its_end_when_the_company_says_so() -> None:
    calendar = FiscalCalendar(first_month=7, names_year_by="end")
    assert calendar.year(2026).starts_on == dt.date(2025, 7, 1)
    assert calendar.year(2026).name == "FY2026"


def test_a_year_of_january_is_the_same_by_either_name() -> None:
    assert FiscalCalendar(names_year_by="end").year(2025).starts_on == FiscalCalendar().year(2025).starts_on


def test_months_are_called_as_people_call_them() -> None:
    assert FiscalCalendar(first_month=4).months(2025)[2].name == "June 2025"
    assert RETAIL.months(2025)[5].name == "P06 FY2025"


@pytest.mark.parametrize(
    ("year", "starts"), [(2006, "2006-01-29"), (2012, "2012-01-29"), (2017, "2017-01-29"), (2023, "2023-01-29")]
)
def test_the_retail_years_of_53_weeks_are_those_of_the_national_retail_federation(year: int, starts: str) -> None:
    assert str(RETAIL.year(year).starts_on) == starts
    assert RETAIL.year(year).n_days == 53 * 7


def test_the_53rd_week_belongs_to_the_last_month() -> None:
    assert [month.n_days // 7 for month in RETAIL.months(2023)] == [4, 5, 4] * 3 + [4, 5, 5]


def test_a_calendar_of_445_begins_its_quarter_with_two_short_months() -> None:
    calendar = FiscalCalendar(kind="4-4-5", anchor=dt.date(2024, 12, 30))
    assert [month.n_days // 7 for month in calendar.months(2025)][:3] == [4, 4, 5]
    assert calendar.year_of(dt.date(2024, 12, 30)) == 2025


def test_listed_dates_may_make_years_of_13_months() -> None:
    calendar = FiscalCalendar(kind="dates", month_starts=DRIFTING, year_starts=(DRIFTING[0], DRIFTING[13]))
    assert [len(calendar.months(year)) for year in (2025, 2026)] == [13, 13]
    assert [quarter.n_days // 28 for quarter in calendar.quarters(2025)] == [3, 3, 3, 4]


def test_the_last_listed_year_may_end_with_a_year_start() -> None:
    calendar = FiscalCalendar(kind="dates", month_starts=DRIFTING, year_starts=DRIFTING[::13])
    assert calendar.year(2026).ends_on == DRIFTING[-1]


def test_a_year_that_is_not_listed_is_refused_with_the_years_that_are() -> None:
    calendar = FiscalCalendar(kind="dates", month_starts=DRIFTING, year_starts=DRIFTING[:1] + DRIFTING[13:14])
    with pytest.raises(Refusal, match="from 2025 to 2026"):
        calendar.year(2027)
    with pytest.raises(Refusal, match="do not reach 2030-01-01"):
        calendar.year_of(dt.date(2030, 1, 1))


def test_weeks_of_a_retail_year_count_from_its_first_day() -> None:
    week = RETAIL.period_of(dt.date(2025, 2, 11), "week")
    assert (week.name, week.starts_on) == ("W02 FY2025", dt.date(2025, 2, 9))


def test_weeks_elsewhere_begin_on_monday() -> None:
    week = FiscalCalendar().period_of(dt.date(2024, 12, 31), "week")
    assert (week.name, week.starts_on) == ("2025-W01", dt.date(2024, 12, 30))


def test_a_calendar_survives_being_stored_as_json() -> None:
    listed = FiscalCalendar(kind="dates", month_starts=DRIFTING, year_starts=(DRIFTING[0], DRIFTING[13]))
    for calendar in (FiscalCalendar(), RETAIL, listed, FiscalCalendar(first_month=2, names_year_by="end")):
        assert FiscalCalendar.from_dict(json.loads(json.dumps(calendar.to_dict()))) == calendar


@pytest.mark.parametrize(
    ("stored", "why"),
    [
        ({"kind": "lunar"}, "no kind of calendar"),
        ({"first_month": 13}, "no month 13"),
        ({"first_month": "may"}, "no month may"),
        ({"first_month": True}, "no month True"),
        ({"names_year_by": "middle"}, "middle"),
        ({"kind": "4-4-5"}, "nobody named"),
        ({"kind": "4-4-5", "anchor": "2025-06-01"}, "nearest 4-4-5 year begins on 2024-12-29"),
        ({"kind": "4-4-5", "anchor": "soon"}, "not written as a date"),
        ({"kind": "4-4-5", "anchor": 5}, "not written as a date"),
        ({"anchors": 1}, "no anchors"),
        ({"kind": "dates"}, "less than one whole year"),
        ({"kind": "dates", "month_starts": [f"2025-{at:02}-01" for at in range(1, 13)]}, "less than one whole year"),
        ({"kind": "dates", "month_starts": ["2025-02-01", "2025-01-01"]}, "not in order"),
        ({"kind": "dates", "month_starts": [f"2025-01-{at:02}" for at in range(1, 14)]}, "12 months and 12 days"),
        (
            {"kind": "dates", "month_starts": [str(d) for d in DRIFTING], "year_starts": ["2025-01-01"]},
            "begins a year but no month",
        ),
        (
            {"kind": "dates", "month_starts": [str(d) for d in DRIFTING], "year_starts": [str(DRIFTING[1])]},
            "belongs to no year",
        ),
        ({"kind": "dates", "month_starts": [str(d) for d in DRIFTING]}, "2 months and 56 days"),
    ],
)
def test_nonsense_is_refused_with_its_reason(stored: dict[str, object], why: str) -> None:
    with pytest.raises(Refusal, match=why) as caught:
        FiscalCalendar.from_dict(stored)
    assert caught.value.rule == "fiscal_calendar"
    assert caught.value.next_step


@pytest.mark.parametrize("day", [dt.date.min, dt.date.max])
def test_a_day_beyond_all_calendars_is_refused(day: dt.date) -> None:
    for calendar in (FiscalCalendar(), RETAIL):
        with pytest.raises(Refusal, match="outside"):
            calendar.year_of(day)


def test_a_period_of_no_kind_is_refused() -> None:
    with pytest.raises(Refusal, match="custom"):
        FiscalCalendar().period_of(dt.date(2025, 1, 1), "custom")
