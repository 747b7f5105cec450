"""Desks, targets and figures where people move, seats stand empty and numbers are corrected."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from quarterdeck.records.models import Booking, Company, Person, Position, Seat, Target, Team, TeamLink
from quarterdeck.services.actor import Actor
from quarterdeck.services.becauses import because
from quarterdeck.services.calendar import company_changed
from quarterdeck.services.dated import ended, superseded
from quarterdeck.services.desks.director import director_desk
from quarterdeck.services.desks.manager import manager_desk
from quarterdeck.services.desks.rep import rep_desk
from quarterdeck.services.goals import GoalDraft, goal_previewed, goal_set
from quarterdeck.services.metrics import measured, metrics
from quarterdeck.services.scene import Scene
from quarterdeck.services.targets import target_grid, target_set
from quarterdeck.services.totals import totals_rebuilt
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.period import Period
from small_company import NOW, TODAY, SmallCompany, amount_of, fact, small_company

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

SYSTEM = Actor(now=NOW)
JUNE = Period(dt.date(2025, 6, 1), dt.date(2025, 7, 1), "month", "June 2025")


@pytest.fixture(autouse=True)
def forgetful() -> None:
    """An actor lasts for a request and remembers the tree; this one lasts for all tests."""
    SYSTEM.memo.clear()


@pytest.fixture
def company() -> SmallCompany:
    """Where targets are people's own; seats get theirs where a test is about them."""
    made = small_company()
    Target.objects.filter(position__isnull=False).delete()
    totals_rebuilt(SYSTEM)
    return made


def booked(company: SmallCompany, who: str, on: dt.date, amount: int) -> None:
    Booking.objects.create(
        booked_on=on, amount_minor=amount, credited=company.people[who], credited_by="booking",
        person=company.people[who], **fact(f"more-{who}-{on}"),
    )  # fmt: skip


def test_a_desk_opens_with_bookings_where_there_are_any(company: SmallCompany) -> None:
    desk = rep_desk(company.actor("rita"), company.people["rita"].pk, TODAY)
    assert desk.metric == "bookings"
    assert desk.progress.actual.value == desk.progress.target.value == amount_of("rita") * 100
    assert desk.progress.standing == "ahead"
    assert desk.sentence.startswith("You have ")
    assert "reached the target" in desk.sentence


def test_a_manager_reads_of_a_rep_by_name(company: SmallCompany) -> None:
    desk = rep_desk(company.actor("mona"), company.people["rita"].pk, TODAY)
    assert desk.sentence.startswith("Rita Brackenshaw has ")


@pytest.mark.parametrize(("who", "whose"), [("rita", "raj"), ("wim", "rita"), ("hans", "rita"), ("lena", "rita")])
def test_a_desk_that_is_not_yours_does_not_exist(company: SmallCompany, who: str, whose: str) -> None:
    with pytest.raises(Refusal) as refused:
        rep_desk(company.actor(who), company.people[whose].pk, TODAY)
    assert refused.value.rule == "not_visible"


@pytest.mark.parametrize("desk", [manager_desk, director_desk])
@pytest.mark.parametrize("who", ["rita", "wim", "lena"])
def test_a_teams_desk_is_not_for_those_outside(company: SmallCompany, who: str, desk: Any) -> None:
    for team in (company.teams["east"].pk, 999_999):
        with pytest.raises(Refusal) as refused:
            desk(company.actor(who), team, TODAY)
        assert refused.value.rule == "not_visible"


def test_a_department_head_sees_the_teams_sums_and_no_colleague(company: SmallCompany) -> None:
    desk = manager_desk(company.actor("hans"), company.teams["east"].pk, TODAY)
    assert desk.progress.actual.value
    assert desk.reps == ()


def test_desks_with_nothing_in_the_database_say_what_to_do(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    person = Person.objects.create(code="one", name="Only One")
    team = Team.objects.create(code="all", name="All")
    with django_assert_max_num_queries(15):
        desk = rep_desk(SYSTEM, person.pk, TODAY)
    assert desk.notices[0].link == "goals"
    assert [action.needed_today for action in desk.actions] == [0, 0, 0]
    assert manager_desk(SYSTEM, team.pk, TODAY).reps == ()
    direction = director_desk(SYSTEM, team.pk, TODAY)
    assert direction.sentence.endswith(": set a goal for 2025.")
    assert direction.notices[0].text == "No goal is set for 2025."


def test_a_team_counts_who_was_in_it_on_each_facts_day(company: SmallCompany) -> None:
    """Rita moves from east to west on 16 June: what she books before stays with east."""
    seat = Seat.objects.get(person=company.people["rita"])
    moved = dt.date(2025, 6, 16)
    ended(seat, moved, NOW)
    position = Position.objects.create(code="w-9", name="West 9", team=company.teams["west"], hat="rep")
    Seat.objects.create(position=position, person=company.people["rita"], effective_from=moved, **fact("rita-west"))
    booked(company, "rita", dt.date(2025, 6, 15), 300)
    booked(company, "rita", moved, 500)
    totals_rebuilt(SYSTEM)
    east, west = (f"team:{company.teams[code].pk}" for code in ("east", "west"))
    rows = measured(Scene(SYSTEM, TODAY), ["bookings"], [east, west], [JUNE])
    others = sum(amount_of(who) * 100 for who in ("mona", "raj", "hans", "nora", "nils") if who in company.people)
    west_others = sum(amount_of(who) * 100 for who in ("wim", "walt"))
    assert rows["value"].to_list() == [others + 300, west_others + 500 + amount_of("rita") * 100]
    now = measured(Scene(SYSTEM, TODAY), ["bookings"], [east], [JUNE], tree="now")
    assert now["value"].to_list() == [others]
    june = {"starts_on": "2025-06-01", "ends_on": "2025-07-01", "as_of": str(TODAY)}
    for holder in (east, west):
        why = because(SYSTEM, {"metric": "bookings", "holder": holder, **june})
        assert why.rows is not None
        assert sum(row.amount_minor or 0 for row in why.rows.rows) == why.figure.value


def test_what_was_known_at_an_instant_can_be_asked_again(company: SmallCompany) -> None:
    line = Booking.objects.get(source_id="book-rita")
    later = NOW + dt.timedelta(days=1)
    superseded(line, later)
    line.pk, line.amount_minor, line.known_at, line.superseded_at = None, 700, later, None
    line.save(force_insert=True)
    totals_rebuilt(SYSTEM)
    holder = [f"person:{company.people['rita'].pk}"]
    ask = {"as_of": TODAY, "periods": [JUNE], "holders": holder}
    assert metrics(SYSTEM, ["bookings"], **ask)["value"].to_list() == [700.0]
    assert metrics(SYSTEM, ["bookings"], known_at=NOW, **ask)["value"].to_list() == [amount_of("rita") * 100.0]


def test_metrics_carry_names_and_stay_within_what_the_actor_sees(company: SmallCompany) -> None:
    rows = metrics(company.actor("mona"), ["bookings", "attainment"], as_of=TODAY, periods=[JUNE])
    names = set(rows["name"].to_list())
    assert {"Team east", "Team north", "Rita Brackenshaw"} <= {name.replace("Team", "Team") for name in names}
    assert "Walt Oystermoor" not in names
    with pytest.raises(Refusal) as refused:
        metrics(
            company.actor("mona"),
            ["bookings"],
            as_of=TODAY,
            periods=[JUNE],
            holders=[f"person:{company.people['walt'].pk}"],
        )
    assert refused.value.rule == "not_visible"


@pytest.mark.parametrize("holder", ["", "person:", "person:x", "team:-1", "banana:1", "person:1; drop table total"])
def test_a_holder_that_is_none_is_refused(holder: str) -> None:
    with pytest.raises(Refusal):
        metrics(SYSTEM, ["bookings"], as_of=TODAY, periods=[JUNE], holders=[holder])
    with pytest.raises(Refusal):
        because(SYSTEM, {"metric": "bookings", "holder": holder, "starts_on": "2025-06-01", "ends_on": "2025-07-01",
            "as_of": str(TODAY)})  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [{"metric": ""}, {"metric": "x"}, {"of": "x"}, {"starts_on": "soon"}, {"ends_on": "2025-01-01"}, {"slice_by": "x"},
        {"tree": "x"}, {"as_of": ""}],
)  # fmt: skip
def test_a_broken_link_to_a_because_is_refused(change: dict[str, str]) -> None:
    query = {"metric": "bookings", "holder": "person:1", "starts_on": "2025-06-01",
        "ends_on": "2025-07-01", "as_of": str(TODAY)} | change  # fmt: skip
    with pytest.raises(Refusal):
        because(SYSTEM, query)


def test_a_vacant_seat_keeps_its_target_and_its_next_holder_takes_it_over(company: SmallCompany) -> None:
    position = Position.objects.create(code="e-9", name="East 9", team=company.teams["east"], hat="rep")
    month = {"starts_on": JUNE.starts_on, "ends_on": JUNE.ends_on, "period_kind": "month"}
    Target.objects.create(position=position, metric="bookings", amount=1_000, **month, **fact("t-e9"))
    desk = manager_desk(SYSTEM, company.teams["east"].pk, TODAY)
    vacancy = desk.reps[-1]
    assert (vacancy.name, vacancy.person_id, vacancy.target.value) == ("East 9", None, 1_000)
    assert vacancy.attention == ("vacant",)
    Seat.objects.create(position=position, person=company.people["lena"], **fact("lena-e9"))
    lena = rep_desk(SYSTEM, company.people["lena"].pk, TODAY)
    assert lena.progress.target.value == 1_000 + amount_of("lena") * 100


def test_quarters_are_split_evenly_where_no_months_are_set(company: SmallCompany) -> None:
    rita = company.people["rita"]
    Target.objects.filter(person=rita).delete()
    quarter = {"starts_on": dt.date(2025, 4, 1), "ends_on": dt.date(2025, 7, 1), "period_kind": "quarter"}
    Target.objects.create(person=rita, metric="bookings", amount=1_000, **quarter, **fact("t-q2"))
    desk = rep_desk(SYSTEM, rita.pk, TODAY)
    assert desk.progress.target.value == 333
    assert desk.year.target.value == 1_000
    assert rep_desk(SYSTEM, rita.pk, dt.date(2025, 4, 10)).progress.target.value == 334


def test_of_two_versions_of_a_cell_the_later_one_counts(company: SmallCompany) -> None:
    rita = company.people["rita"]
    made = target_set(Actor(now=NOW + dt.timedelta(days=1)), f"person:{rita.pk}", starts_on=TODAY, amount=5)
    assert made.target.amount == 5
    assert rep_desk(SYSTEM, rita.pk, TODAY).progress.target.value == 5
    grid = target_grid(SYSTEM, company.teams["east"].pk, fiscal_year=2025, as_of=TODAY)
    cell = next(row for row in grid.rows if row.name == rita.name).cells[5]
    assert (cell.amount, cell.origin) == (5, "by hand")


@pytest.mark.parametrize(
    ("who", "holder", "amount", "rule"),
    [("rita", "rita", 5, "needs_hat"), ("mona", "walt", 5, "not_visible"), ("mona", "rita", -1, "target_amount"),
        ("mona", "rita", 2**63, "target_amount")],
)  # fmt: skip
def test_targets_are_set_by_those_above_only(
    company: SmallCompany, who: str, holder: str, amount: int, rule: str
) -> None:
    with pytest.raises(Refusal) as refused:
        target_set(company.actor(who), f"person:{company.people[holder].pk}", starts_on=TODAY, amount=amount)
    assert refused.value.rule == rule


@pytest.mark.parametrize(("who", "rule"), [("rita", "needs_hat"), ("mona", "needs_hat"), ("fred", "needs_hat")])
def test_goals_need_the_hat(company: SmallCompany, who: str, rule: str) -> None:
    draft = GoalDraft(metric="bookings", fiscal_year=2025, team_id=company.teams["east"].pk, amount=100)
    with pytest.raises(Refusal) as refused:
        goal_previewed(company.actor(who), draft)
    assert refused.value.rule == rule


def test_a_goal_goes_to_vacant_seats_and_to_nobody_who_only_leads(company: SmallCompany) -> None:
    Position.objects.create(code="e-9", name="East 9", team=company.teams["east"], hat="rep")
    draft = GoalDraft(
        metric="bookings", fiscal_year=2026, team_id=company.teams["company"].pk, amount=1_000, basis="even"
    )
    made = goal_previewed(SYSTEM, draft)
    assert made.n_vacancies == 1
    assert company.people["mona"].name not in made.names.values()
    assert sum(made.cells.filter(made.cells["node_id"] == f"team:{draft.team_id}")["amount"].to_list()) == 1_000


def test_a_goal_for_a_team_without_reps_is_refused(company: SmallCompany) -> None:
    TeamLink.objects.filter(team=company.teams["west"]).delete()
    Seat.objects.filter(person=company.people["walt"]).delete()
    Position.objects.filter(code="seat-walt").update(hat="manager")
    with pytest.raises(Refusal) as refused:
        goal_set(SYSTEM, GoalDraft(metric="bookings", fiscal_year=2026, team_id=company.teams["west"].pk, amount=5))
    assert refused.value.rule == "goal_tree"


@pytest.mark.parametrize(
    "change",
    [{"currency": "dollars"}, {"country": "XX"}, {"time_zone": "Mars/Olympus"}, {"name": "  "},
        {"calendar": {"kind": "lunar"}}, {"headline_metric": "win_rate"}, {"is_demo": True}, {"nonsense": 1}],
)  # fmt: skip
def test_settings_that_mean_nothing_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        company_changed(SYSTEM, **change)
    assert not Company.objects.exists()


def test_settings_need_the_hat_and_a_currency_in_use_stays(company: SmallCompany) -> None:
    for who, rule in (("rita", "needs_hat"), ("olga", "settings")):
        with pytest.raises(Refusal) as refused:
            company_changed(company.actor(who), currency="EUR")
        assert refused.value.rule == rule


def test_the_companys_calendar_decides_what_a_month_is(company: SmallCompany) -> None:
    Target.objects.all().delete()  # weeks would cut through those of June
    company_changed(company.actor("olga"), calendar={"kind": "4-4-5", "first_month": 1, "anchor": "2024-12-30"})
    desk = rep_desk(SYSTEM, company.people["rita"].pk, TODAY)
    assert desk.progress.period.name.startswith("P0")
    assert Company.objects.get().calendar["kind"] == "4-4-5"
