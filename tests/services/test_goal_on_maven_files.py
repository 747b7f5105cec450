"""A goal of 12,000,000 for 2018 on the public Maven CRM files, from the top to a rep's morning."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from maven import FILES, NOW, SYSTEM, TODAY, maven_company

from quarterdeck.records.models import Goal, JournalEntry, Person, Target, Team, TeamLink, User
from quarterdeck.services.actor import actor_of
from quarterdeck.services.becauses import because
from quarterdeck.services.desks.director import director_desk
from quarterdeck.services.desks.manager import manager_desk
from quarterdeck.services.desks.rep import rep_desk
from quarterdeck.services.goals import GoalDraft, goal_previewed, goal_set
from quarterdeck.services.listing import Page
from quarterdeck.services.loop import once_around
from quarterdeck.services.targets import target_grid, target_set
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries
    from pytest_django.plugin import DjangoDbBlocker

pytestmark = pytest.mark.django_db

GOAL = 12_000_000_00


@pytest.fixture(scope="module")
def company(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Team]:  # noqa: ARG001
    with django_db_blocker.unblock(), maven_company() as top:
        goal_set(SYSTEM, GoalDraft(metric="won_amount", fiscal_year=2018, team_id=top.pk, amount=GOAL))
        yield top


def cells() -> dict[str, dict[Any, int]]:
    found: dict[str, dict[Any, int]] = defaultdict(dict)
    for target in Target.current.all():
        kind = "team" if target.team_id else "person"
        found[f"{kind}:{target.team_id or target.person_id}"][target.starts_on] = target.amount
    return found


def children() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for link in TeamLink.current.filter(parent__isnull=False):
        found[f"team:{link.parent_id}"].append(f"team:{link.team_id}")
    for person in Person.visible.filter(seats__position__hat="rep"):
        found[f"team:{person.seats.get().position.team_id}"].append(f"person:{person.pk}")
    return found


def test_every_level_and_every_month_sums_to_the_cent(company: Team) -> None:
    amounts = cells()
    assert sum(amounts[f"team:{company.pk}"].values()) == GOAL
    for parent, below in children().items():
        carrying = [child for child in below if child in amounts]
        assert carrying, parent
        for month, amount in amounts[parent].items():
            assert amount == sum(amounts[child][month] for child in carrying)
    assert len(amounts) == 1 + 3 + 6 + 35


def test_who_sold_more_last_year_carries_more_of_the_goal() -> None:
    amounts = cells()
    darcel, niesha = (
        sum(amounts[f"person:{Person.objects.get(name=name).pk}"].values())
        for name in ("Darcel Schlecht", "Niesha Huffines")
    )
    assert darcel > 5 * niesha


def test_a_reps_desk_shows_todays_actions_and_deals_in_order_of_need(company: Team) -> None:  # noqa: ARG001
    desk = rep_desk(SYSTEM, Person.objects.get(name="Darcel Schlecht").pk, TODAY)
    assert [(action.kind, action.needed_today) for action in desk.actions] == [
        ("proposal", 4), ("meeting", 8), ("call", 71),
    ]  # fmt: skip
    assert desk.progress.target.value == 9_783_141
    assert desk.sentence.endswith(
        ": today needs 4 proposals, 8 meetings and 71 calls, starting with GTX Basic (X8M3SCVF)."
    )
    assert desk.evidence[0] == "GTX Basic (X8M3SCVF): no close date"
    assert (desk.deals[0].label, desk.deals[0].beside) == ("GTX Basic", "X8M3SCVF")
    assert [deal.need for deal in desk.deals] == sorted((deal.need for deal in desk.deals), reverse=True)


def test_the_directors_months_sum_to_the_goal_and_last_year_to_what_was_won(company: Team) -> None:
    desk = director_desk(SYSTEM, company.pk, TODAY)
    assert desk.goal.value == desk.months[-1].target_so_far == GOAL
    assert desk.last_year_whole.value == desk.months[-1].last_year_so_far == 10_005_534_00
    assert sum(row.target.value or 0 for row in desk.teams if row.target) == GOAL
    assert desk.notices == ()


def test_what_the_desk_shows_of_october_is_what_the_files_say(company: Team) -> None:
    desk = director_desk(SYSTEM, company.pk, TODAY.replace(year=2017, month=10, day=31))
    darcel = rep_desk(SYSTEM, Person.objects.get(name="Darcel Schlecht").pk, TODAY.replace(year=2017, month=12, day=31))
    assert darcel.year.actual.value == 1_153_214_00
    assert desk.progress.actual.value == 7_935_018_00
    assert sum(row.actual.value or 0 for row in desk.products) == desk.progress.actual.value
    assert sum(row.actual.value or 0 for row in desk.segments) == desk.progress.actual.value
    assert sum(row.actual.value or 0 for row in desk.teams) == desk.progress.actual.value


def test_each_desk_takes_at_most_fifteen_queries(
    company: Team, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    person = Person.objects.get(name="Darcel Schlecht").pk
    team = Team.objects.get(name__contains="Melvin").pk
    for desk, holder in ((rep_desk, person), (manager_desk, team), (director_desk, company.pk)):
        with django_assert_max_num_queries(15):
            desk(SYSTEM, holder, TODAY)


def test_a_managers_desk_has_a_row_for_each_rep_and_its_targets_sum() -> None:
    team = Team.objects.get(name__contains="Melvin")
    desk = manager_desk(SYSTEM, team.pk, TODAY)
    assert len(desk.reps) == 6
    assert sum(row.target.value or 0 for row in desk.reps) == desk.progress.target.value
    assert desk.notices == ()


def test_a_target_opens_to_its_cells_and_the_chain_up_to_the_goal() -> None:
    desk = rep_desk(SYSTEM, Person.objects.get(name="Darcel Schlecht").pk, TODAY)
    why = because(SYSTEM, desk.progress.target.query())
    assert why.figure.value == desk.progress.target.value
    assert [step.name for step in why.steps] == [
        "Darcel Schlecht", "Darcel Schlecht", "Melvin Marxen's team", "Central", "Company", "Company",
    ]  # fmt: skip
    # One of six has no history and weighs the mean of the others: 6/5 of 2,251,930.
    assert "weighing 1,153,214.00 USD of 2,702,316.00 USD (what was brought last year)" in why.steps[1].why
    assert why.steps[-1].amount == GOAL


def test_a_won_amount_opens_to_the_deals_it_is_the_sum_of() -> None:
    desk = manager_desk(
        SYSTEM, Team.objects.get(name__contains="Melvin").pk, TODAY.replace(year=2017, month=12, day=31)
    )
    why = because(SYSTEM, desk.progress.actual.query(), Page(is_whole=True))
    assert why.rows is not None
    assert sum(fact.amount_minor or 0 for fact in why.rows.rows) == why.figure.value == desk.progress.actual.value
    assert why.rows.n_rows == 99
    assert {fact.noun for fact in why.rows.rows} == {"deal"}


def test_every_figure_of_every_desk_computes_again_to_the_same_number(company: Team) -> None:
    day = TODAY.replace(year=2017, month=12, day=20)
    rep = rep_desk(SYSTEM, Person.objects.get(name="Darcel Schlecht").pk, day)
    team = manager_desk(SYSTEM, Team.objects.get(name__contains="Melvin").pk, day)
    top = director_desk(SYSTEM, company.pk, day)
    figures = [*rep.progress.figures[:8], rep.week[0].done, *team.progress.figures[7:], team.reps[0].activities_week]
    figures += [top.progress.expected, top.last_year, top.growth, top.products[0].growth, top.months[1].last_year]
    for figure in figures:
        assert because(SYSTEM, figure.query()).figure.value == pytest.approx(figure.value), figure


def test_setting_the_goal_again_supersedes_the_first_one_and_all_its_cells(company: Team) -> None:
    before = set(Target.current.values_list("pk", flat=True))
    goal_set(
        SYSTEM, GoalDraft(metric="won_amount", fiscal_year=2018, team_id=company.pk, amount=GOAL // 2, basis="even")
    )
    assert Goal.current.get().amount == GOAL // 2
    assert sum(cells()[f"team:{company.pk}"].values()) == GOAL // 2
    assert not before & set(Target.current.values_list("pk", flat=True))
    assert Target.objects.filter(pk__in=before, superseded_at=None).count() == 0
    entry = JournalEntry.objects.order_by("-pk").first()
    assert entry is not None
    assert entry.verb == "goal_set"
    assert entry.before is not None
    assert entry.before["amount"] == GOAL


def test_a_preview_writes_nothing(company: Team) -> None:
    counts = (Goal.objects.count(), Target.objects.count(), JournalEntry.objects.count())
    made = goal_previewed(
        SYSTEM, GoalDraft(metric="won_amount", fiscal_year=2018, team_id=company.pk, growth=Decimal("0.08"))
    )
    assert made.last_year == 10_005_534_00
    assert made.amount == 1_080_597_672
    assert (Goal.objects.count(), Target.objects.count(), JournalEntry.objects.count()) == counts


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"metric": "win_rate"}, "goal_metric"),
        ({"metric": "nonsense"}, "goal_metric"),
        ({"amount": 0}, "goal_amount"),
        ({"amount": -5}, "goal_amount"),
        ({"amount": 2**63}, "goal_amount"),
        ({"amount": None}, "goal_amount"),
        ({"growth": Decimal("0.1")}, "goal_amount"),
        ({"amount": None, "growth": Decimal(-1)}, "goal_growth"),
        ({"amount": None, "growth": Decimal("NaN")}, "goal_amount"),
        ({"amount": None, "growth": Decimal("0.1"), "fiscal_year": 2019}, "goal_growth"),
        ({"fiscal_year": 99_999}, "fiscal_calendar"),
        ({"basis": "astrology"}, "goal_basis"),
        ({"basis": "weights"}, "goal_weights"),
        ({"basis": "weights", "weights": {"person:999999": 1}}, "goal_weights"),
        ({"weights": {"team:1": 1}}, "goal_weights"),
        ({"team_id": 999_999}, "not_visible"),
    ],
)
def test_nonsense_is_refused_and_nothing_is_written(company: Team, change: dict[str, Any], rule: str) -> None:
    draft: dict[str, Any] = {
        "metric": "won_amount",
        "fiscal_year": 2018,
        "team_id": company.pk,
        "amount": GOAL,
    } | change
    count = Target.objects.count()
    with pytest.raises(Refusal) as refused:
        goal_set(SYSTEM, GoalDraft(**draft))
    assert refused.value.rule == rule
    assert Target.objects.count() == count


def test_a_cell_set_by_hand_is_a_new_version_and_says_what_no_longer_sums(company: Team) -> None:
    team = Team.objects.get(name__contains="Melvin")
    person = Person.objects.get(name="Darcel Schlecht")
    made = target_set(SYSTEM, f"person:{person.pk}", starts_on=TODAY, amount=9_883_141, note="a new account")
    assert made.warning == "Melvin Marxen's team: the nodes below sum to 1,000 USD more in January 2018."
    assert Target.current.filter(person=person, starts_on=made.target.starts_on).get().amount == 9_883_141
    grid = target_grid(SYSTEM, company.pk, fiscal_year=2018, as_of=TODAY)
    assert [row.name for row in grid.differences] == [team.name]
    assert grid.rows[0].year == GOAL
    desk = manager_desk(SYSTEM, team.pk, TODAY)
    assert "sum to 1,000 USD more" in desk.notices[0].text
    why = because(SYSTEM, rep_desk(SYSTEM, person.pk, TODAY).progress.target.query())
    assert why.steps[0].why == "set by system by hand: a new account"


def test_a_targets_grid_shows_the_tree_with_its_months(company: Team) -> None:
    grid = target_grid(SYSTEM, company.pk, fiscal_year=2018, as_of=TODAY)
    assert len(grid.rows) == 45
    assert {cell.origin for row in grid.rows for cell in row.cells} == {"cascade"}
    assert [row.depth for row in grid.rows[:4]] == [0, 1, 2, 3]
    assert NOW.year == grid.fiscal_year


def test_the_loop_goes_once_around(company: Team) -> None:
    """Files, goal, desks, work, field: what a rep does in the morning is on the desk in the evening."""
    darcel = Person.objects.get(name="Darcel Schlecht")
    rep = actor_of(User.objects.create(email="darcel@example.com", person=darcel), NOW)
    draft = GoalDraft(metric="won_amount", fiscal_year=2018, team_id=company.pk, growth=Decimal("0.1"))
    turn = once_around(SYSTEM, rep, FILES, draft, TODAY)
    assert turn.goal.amount == 1_100_608_740
    assert turn.direction.goal.value == turn.goal.amount
    assert turn.batch.counts["opportunities"]["same"] == 8_800
    assert turn.morning.sentence.startswith("You are ")
    assert ": today make " in turn.morning.sentence
    assert (turn.morning.actions[0].done_today, turn.evening.actions[0].done_today) == (0, 1)
    assert turn.activity.opportunity_id == turn.morning.deals[0].opportunity_id
    assert turn.evening.reports[0].text == turn.report.text
    assert turn.because.figure.value == turn.evening.progress.target.value
    assert turn.because.steps[-1].amount == turn.goal.amount
