"""Where a year may end: which season it is held against, and the same range on the desk and in the because."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from pay_stage import staged
from quarterdeck.records.models import Booking, Target
from quarterdeck.services.actor import Actor
from quarterdeck.services.becauses import because
from quarterdeck.services.desks.director import director_desk
from quarterdeck.services.totals import totals_rebuilt
from quarterdeck.services.year_range import method_said, range_said, year_range
from quarterdeck.terms.period import Period
from small_company import NOW, TODAY, SmallCompany, fact

MONTHS = [Period(dt.date(2025, at, 1), dt.date(2025 + at // 12, at % 12 + 1, 1)) for at in range(1, 13)]
YEAR = Period(dt.date(2025, 1, 1), dt.date(2026, 1, 1), "year", "2025")
SYSTEM = Actor(now=NOW)


@pytest.mark.parametrize(
    ("targets", "past", "season_from"),
    [
        ([5] * 12, [7] * 12, "the goal's months"),
        ([5] * 11 + [None], [7] * 12, "last year's months"),
        ([0] * 12, [7] * 12, "last year's months"),
        ([None] * 12, [7] * 13, "even months"),
        ([None] * 12, [-7] * 12, "even months"),
        ([None] * 12, [], "even months"),
    ],
)
def test_the_season_is_the_goals_else_last_years_else_even(
    targets: list[int | None], past: list[int], season_from: str
) -> None:
    made = year_range("bookings", YEAR, MONTHS, brought=[1] * 12, targets=targets, past=past, as_of=TODAY)
    assert made.season_from == season_from
    assert min(made.season) >= 0


def test_returns_let_a_year_fall_and_bookings_do_not() -> None:
    known = {"brought": [1_000] + [0] * 11, "targets": [1] * 12, "past": [], "as_of": dt.date(2025, 11, 30)}
    assert year_range("bookings", YEAR, MONTHS, **known).low == 1_000
    assert (year_range("net_bookings", YEAR, MONTHS, **known).low or 0) < 1_000


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        (dt.date(2025, 1, 1), "No range yet"), (dt.date(2025, 3, 30), "No range yet"),
        (dt.date(2025, 3, 31), "2025 may end between "), (dt.date(2025, 12, 31), "The year is over"),
    ],
)  # fmt: skip
def test_it_says_why_there_is_none(as_of: dt.date, said: str) -> None:
    known = {"brought": [1_000_00, 2_000_00, 3_000_00] + [0] * 9, "targets": [1] * 12, "past": []}
    made = year_range("bookings", YEAR, MONTHS, as_of=as_of, **known)
    assert range_said(made, "money", "USD").startswith(said)
    assert bool(method_said(made)) is made.is_known


def dressed(made: SmallCompany) -> None:
    """Rita books something every month; the east has a target for each."""
    Booking.objects.all().delete()
    Target.objects.all().delete()
    for at in range(1, 7):
        Booking.objects.create(
            booked_on=dt.date(2025, at, 5), amount_minor=at % 3 * 1_000_00 + 5_000_00, credited=made.people["rita"],
            credited_by="booking", person=made.people["rita"], **fact(f"b-{at}"),
        )  # fmt: skip
    for month in MONTHS:
        Target.objects.create(
            team=made.teams["company"], metric="bookings", amount=6_000_00, starts_on=month.starts_on,
            ends_on=month.ends_on, period_kind="month", **fact(f"t-{month.starts_on}"),
        )  # fmt: skip
    totals_rebuilt(SYSTEM)
    SYSTEM.memo.clear()


@pytest.fixture(scope="module")
def company_of_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[SmallCompany]:  # noqa: ARG001  the database first
    with staged(django_db_blocker, dressed) as made:
        yield made


@pytest.fixture
def company(db: None, company_of_module: SmallCompany) -> SmallCompany:  # noqa: ARG001  each test in a savepoint
    return copy.deepcopy(company_of_module)


def test_the_desk_and_the_because_tell_one_range(company: SmallCompany) -> None:
    team = company.teams["company"].pk
    desk = director_desk(SYSTEM, team, TODAY)
    assert desk.finish is not None
    assert desk.finish.is_known
    found = because(SYSTEM, desk.progress.projected_finish.query())
    assert found.ends == desk.finish
    assert found.ends_said[0] in desk.series.note
    assert found.ends_said[1].startswith("The 6 months so far brought 100 % of what the goal's")
    low, high = (line.values for line in desk.series.lines if line.kind in {"low", "high"})
    assert (low[4], high[4], low[5], high[5]) == (None, None, 36_000_00, 36_000_00)
    assert low[-1] < 72_000_00 < high[-1]  # type: ignore[operator]  # known here


def test_the_running_month_is_named_where_there_is_one(company: SmallCompany) -> None:
    desk = director_desk(SYSTEM, company.teams["company"].pk, TODAY - dt.timedelta(days=10))
    assert desk.finish is not None
    assert " months so far, the running one in part, brought " in method_said(desk.finish)


def test_a_month_or_a_person_has_no_year_to_range(company: SmallCompany) -> None:
    desk = director_desk(SYSTEM, company.teams["company"].pk, TODAY)
    query = desk.progress.projected_finish.query() | {"starts_on": "2025-06-01", "ends_on": "2025-07-01"}
    assert because(SYSTEM, query).ends is None


def test_a_last_year_of_which_nothing_is_known_is_not_drawn(company: SmallCompany) -> None:
    team = company.teams["company"].pk
    assert "last_year" not in [line.kind for line in director_desk(SYSTEM, team, TODAY).series.lines]
    rita = company.people["rita"]
    Booking.objects.create(
        booked_on=dt.date(2024, 3, 1), amount_minor=1, credited=rita, credited_by="booking", person=rita, **fact("old")
    )
    totals_rebuilt(SYSTEM)
    assert "last_year" in [line.kind for line in director_desk(SYSTEM, team, TODAY).series.lines]


def test_each_team_has_its_year_so_far_to_draw(company: SmallCompany) -> None:
    desk = director_desk(SYSTEM, company.teams["company"].pk, TODAY)
    east = next(row for row in desk.teams if row.name == "Team east")
    actual = next(line for line in east.lines if line.kind == "actual")
    assert actual.values[:6] == (6_000_00, 13_000_00, 18_000_00, 24_000_00, 31_000_00, 36_000_00)
    assert set(actual.values[6:]) == {None}
    assert [line.kind for line in east.lines] == ["actual"]
    assert east.standing == "unknown"
