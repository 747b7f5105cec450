"""A desk opens with one sentence that says where one stands and what to do next; what it rests on stands below."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from pay_stage import staged
from quarterdeck.records.models import Activity, Booking, Opportunity, OpportunityState, Person, Seat, Target, Team
from quarterdeck.services.actor import Actor
from quarterdeck.services.desks.director import director_desk
from quarterdeck.services.desks.manager import manager_desk
from quarterdeck.services.desks.rep import rep_desk
from quarterdeck.services.totals import totals_rebuilt
from small_company import NOW, TODAY, SmallCompany, fact

pytestmark = pytest.mark.django_db

SATURDAY, FIRST_SUNDAY = dt.date(2025, 6, 28), dt.date(2025, 6, 1)
JUNE = (dt.date(2025, 6, 1), dt.date(2025, 7, 1), "month")
YEAR = (dt.date(2025, 1, 1), dt.date(2026, 1, 1), "year")


def dressed(_: SmallCompany) -> None:
    Target.objects.all().delete()
    totals_rebuilt(Actor(now=NOW))


@pytest.fixture(scope="module")
def company_of_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[SmallCompany]:  # noqa: ARG001  the database first
    with staged(django_db_blocker, dressed) as made:
        yield made


@pytest.fixture
def company(db: None, company_of_module: SmallCompany) -> SmallCompany:  # noqa: ARG001  each test in a savepoint
    return copy.deepcopy(company_of_module)


def set_target(holder: Person | Team, amount: int, period: tuple[dt.date, dt.date, str] = JUNE) -> None:
    kind = "team" if isinstance(holder, Team) else "person"
    begin, end, name = period
    Target.objects.create(
        **{kind: holder}, metric="bookings", amount=amount, starts_on=begin, ends_on=end, period_kind=name,
        **fact(f"aim-{kind}-{holder.pk}-{name}"),
    )  # fmt: skip


def reps(company: SmallCompany, who: str = "rita", on: dt.date = TODAY) -> Any:
    return rep_desk(company.actor(who), company.people["rita"].pk, on)


def managers(company: SmallCompany, on: dt.date = TODAY) -> Any:
    return manager_desk(company.actor("mona"), company.teams["east"].pk, on)


def directors(company: SmallCompany, on: dt.date = TODAY) -> Any:
    return director_desk(company.actor("dana"), company.teams["company"].pk, on)


def is_one_sentence(text: str) -> bool:
    return text.endswith(".") and text.count(".") == 1 and "?" not in text and len(text) < 200


@pytest.mark.parametrize("amount", [None, 1, 31_378_300, 2**62])
def test_every_desk_opens_with_one_sentence(company: SmallCompany, amount: int | None) -> None:
    if amount is not None:
        for holder in (company.people["rita"], company.teams["east"], company.teams["company"]):
            set_target(holder, amount)
            set_target(holder, amount, YEAR)
    for on in (TODAY, SATURDAY, FIRST_SUNDAY, dt.date(2025, 12, 31)):
        desks = [reps(company, "rita", on), reps(company, "mona", on), managers(company, on), directors(company, on)]
        assert [desk.sentence for desk in desks if not is_one_sentence(desk.sentence)] == []


def test_a_rep_behind_reads_how_far_and_what_to_do_today(company: SmallCompany) -> None:
    set_target(company.people["rita"], 400_000_00)
    desk = reps(company)
    assert desk.sentence.startswith(
        "You are 86,218 USD behind pace with 313,782 of the 400,000 USD of bookings for June"
    )
    assert desk.sentence.endswith(": start with Deal Brackenshaw.")
    assert desk.evidence[0].startswith("Deal Brackenshaw: ")
    assert desk.evidence[1] == "1 working day left in June 2025"


def test_somebody_else_reads_of_the_rep_by_name(company: SmallCompany) -> None:
    set_target(company.people["rita"], 400_000_00)
    sentence = reps(company, "mona").sentence
    assert sentence.startswith("Rita Brackenshaw is 86,218 USD behind pace with ")
    assert sentence.endswith(": start with Deal Brackenshaw.")


def test_a_rep_who_reached_the_target_reads_so(company: SmallCompany) -> None:
    set_target(company.people["rita"], 313_782_00)
    assert reps(company).sentence == (
        "You have reached the target with 313,782 of the 313,782 USD of bookings for June 2025: "
        "start with Deal Brackenshaw."
    )
    OpportunityState.objects.all().delete()
    assert reps(company).sentence.endswith("for June 2025: nothing more is asked for today.")


def test_a_rep_without_a_target_asks_for_one(company: SmallCompany) -> None:
    OpportunityState.objects.all().delete()
    assert reps(company).sentence == (
        "You have 313,782 USD of bookings in June 2025 and no target to reach: ask for a goal to work from."
    )
    assert reps(company, "mona").sentence.endswith("no target to reach: set a goal and bring it down.")


def test_before_the_first_working_day_nothing_is_expected(company: SmallCompany) -> None:
    set_target(company.people["rita"], 400_000_00)
    set_target(company.teams["east"], 900_000_00)
    assert reps(company, on=FIRST_SUNDAY).sentence.startswith(
        "You have 0 of the 400,000 USD of bookings for June 2025, and nothing is expected yet: today is not a working"
    )
    assert ", and nothing is expected yet: " in managers(company, FIRST_SUNDAY).sentence


def test_a_day_off_asks_for_nothing_today(company: SmallCompany) -> None:
    set_target(company.people["rita"], 400_000_00)
    sentence = reps(company, on=SATURDAY).sentence
    assert "today is not a working day, and Deal Brackenshaw comes first after it" in sentence


def test_a_manager_reads_whom_to_help_first_and_why_below(company: SmallCompany) -> None:
    set_target(company.teams["east"], 5_000_000_00)
    set_target(company.people["rita"], 4_000_000_00)
    Activity.objects.filter(person=company.people["rita"]).delete()
    totals_rebuilt(Actor(now=NOW))
    desk = managers(company)
    assert desk.sentence.startswith("Team east is ")
    assert ": help Rita Brackenshaw and " in desk.sentence
    assert desk.evidence[0] == "Rita Brackenshaw: at 8 % of what was expected by now"


def test_a_manager_fills_a_seat_where_all_are_well(company: SmallCompany) -> None:
    seat = company.positions["raj"]
    Seat.objects.filter(person=company.people["raj"]).delete()
    for who in ("rita", "mona"):
        set_target(company.people[who], 1_00)
    set_target(company.teams["east"], 1_00)
    OpportunityState.objects.update(close_on=None)
    desk = managers(company)
    assert desk.sentence.endswith(f": fill {seat.name}.")
    assert desk.evidence == ("1 seat vacant",)


def test_a_manager_without_a_goal_sets_one(company: SmallCompany) -> None:
    assert managers(company).sentence.endswith("and no target to reach: set a goal and bring it down.")


def test_a_team_of_teams_is_looked_at_team_by_team(company: SmallCompany) -> None:
    set_target(company.teams["east"], 30_000_000_00, YEAR)
    desk = manager_desk(company.actor("dana"), company.teams["company"].pk, TODAY)
    assert desk.series.title == "Which team needs help in 2025?"
    assert desk.series.labels == ("Team east", "Team west")
    assert desk.series.lines[2].values == (30_000_000_00, None)


def test_a_director_looks_first_at_the_team_furthest_behind(company: SmallCompany) -> None:
    set_target(company.teams["company"], 90_000_000_00, YEAR)
    set_target(company.teams["west"], 20_000_000_00, YEAR)
    set_target(company.teams["east"], 30_000_000_00, YEAR)
    desk = directors(company)
    assert desk.sentence.startswith("Team company is ")
    assert desk.sentence.endswith(" for 2025: look first at Team east.")
    assert desk.evidence[-1].startswith("Team east: ")


def test_a_director_without_a_goal_sets_one(company: SmallCompany) -> None:
    assert directors(company).sentence.endswith(" and no target to reach: set a goal for 2025.")


def test_a_goal_reached_with_no_team_behind_says_both(company: SmallCompany) -> None:
    set_target(company.teams["company"], 1_00, YEAR)
    sentence = directors(company).sentence
    assert "has reached the target with " in sentence
    assert sentence.endswith(": no team is behind.")


def test_a_name_without_end_does_not_make_the_sentence_endless(company: SmallCompany) -> None:
    set_target(company.people["rita"], 400_000_00)
    Opportunity.objects.update(name="Wolfeschlegelsteinhausenbergerdorff " * 8)
    Person.objects.filter(pk=company.people["rita"].pk).update(name="R" * 200)
    assert is_one_sentence(reps(company).sentence)
    assert is_one_sentence(reps(company, "mona").sentence)


def test_a_negative_actual_is_said_as_it_is(company: SmallCompany) -> None:
    set_target(company.people["rita"], 400_000_00)
    Booking.objects.update(amount_minor=-5_000_00)
    totals_rebuilt(Actor(now=NOW))
    assert " with -5,000 of the 400,000 USD of bookings " in reps(company).sentence
