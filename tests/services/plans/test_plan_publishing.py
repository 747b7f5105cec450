"""An approved plan becomes targets of both layers; from then on it is frozen, and everybody was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plan_stage import AMOUNT, YEAR, months, person, pinned, planned, team
from quarterdeck.records.models import JournalEntry, Notice, Target
from quarterdeck.services.derivations import derivation
from quarterdeck.services.goals import GoalDraft, goal_set
from quarterdeck.services.plans.notices import notice_seen, notices, notices_unseen
from quarterdeck.services.plans.publishing import plan_published
from quarterdeck.services.plans.states import plan_approved, plan_returned, plan_submitted
from quarterdeck.services.scene import Scene
from quarterdeck.services.targets import target_grid, target_set
from quarterdeck.terms.errors import Refusal
from small_company import TODAY

if TYPE_CHECKING:
    from quarterdeck.records.models import Plan
    from small_company import SmallCompany

Stage = tuple["SmallCompany", "Plan"]


@pytest.fixture
def stage(db: None) -> Stage:  # noqa: ARG001  opens the database
    company, plan = planned()
    dana = company.actor("dana")
    pinned(company.actor("mona"), plan, person(company, "rita"), 123_456, "2026-03-01")
    plan_submitted(dana, plan.pk)
    plan_approved(dana, plan.pk)
    return company, plan


def test_targets_are_the_plan_to_the_cent(stage: Stage) -> None:
    company, plan = stage
    plan_published(company.actor("dana"), plan.pk)
    grid = target_grid(
        company.actor("dana"), company.teams["company"].pk, fiscal_year=YEAR, as_of=TODAY, metric="bookings"
    )
    assert grid.differences == []
    rows = {row.holder: [cell.amount for cell in row.cells] for row in grid.rows}
    for node in (team(company, "company"), team(company, "east"), person(company, "rita"), person(company, "walt")):
        assert rows[node] == months(company, plan, node)
    assert sum(amount or 0 for amount in rows[team(company, "company")]) == AMOUNT


def test_both_layers_are_written_and_each_cell_is_current_once(stage: Stage) -> None:
    company, plan = stage
    plan_published(company.actor("dana"), plan.pk)
    current = Target.current.filter(goal=plan.goal)
    n_nodes = len(plan.ground["nodes"])
    assert current.filter(layer="plan").count() == current.filter(layer="street").count() == n_nodes * 12
    assert {row.derivation["plan"]["version"] for row in current} == {1}


def test_publishing_is_one_journal_row(stage: Stage) -> None:
    company, plan = stage
    before = JournalEntry.objects.count()
    plan_published(company.actor("dana"), plan.pk)
    assert list(JournalEntry.objects.order_by("pk").values_list("verb", flat=True))[before:] == ["plan_published"]


def test_a_published_plan_is_changed_neither_by_edit_nor_goal_nor_target(stage: Stage) -> None:
    company, plan = stage
    dana = company.actor("dana")
    plan_published(dana, plan.pk)
    rita = person(company, "rita")
    draft = GoalDraft(metric="bookings", fiscal_year=YEAR, team_id=plan.team_id, amount=1)
    starts_on = plan.starts_on
    for rule, change in (
        ("plan_frozen", lambda: pinned(dana, plan, rita, 1)),
        ("goal_published", lambda: goal_set(dana, draft)),
        ("target_published", lambda: target_set(dana, rita, starts_on=starts_on, amount=1, metric="bookings")),
        ("plan_state", lambda: plan_published(dana, plan.pk)),
    ):
        with pytest.raises(Refusal) as refused:
            change()
        assert refused.value.rule == rule


def test_everybody_with_a_number_is_told_theirs_and_sees_nobody_elses(stage: Stage) -> None:
    company, plan = stage
    plan_published(company.actor("dana"), plan.pk)
    assert {row.person_id for row in Notice.objects.all()} == {
        company.people[who].pk for who in ("rita", "raj", "nora", "nils", "walt")
    }
    told = notices(company.actor("rita"))
    assert [line.person for line in told] == ["Rita Brackenshaw"]
    year = f"{sum(months(company, plan, person(company, 'rita'))) / 100:,.2f} USD"
    assert year in told[0].text
    assert {line.person for line in notices(company.actor("wim"))} == {"Walt Oystermoor"}


def test_what_was_read_leaves_the_desk(stage: Stage) -> None:
    company, plan = stage
    plan_published(company.actor("dana"), plan.pk)
    rita = company.actor("rita")
    notice = notices_unseen(rita)[0]
    notice_seen(rita, notice.notice_id)
    assert notices_unseen(rita) == []
    with pytest.raises(Refusal):
        notice_seen(company.actor("raj"), notice.notice_id)


def test_a_manager_does_not_publish(stage: Stage) -> None:
    company, plan = stage
    with pytest.raises(Refusal) as refused:
        plan_published(company.actor("mona"), plan.pk)
    assert refused.value.rule == "needs_hat"
    assert not Target.current.filter(layer="street").exists()


@pytest.mark.parametrize("who", ["rita", "raj", "walt"])
def test_a_target_says_what_it_comes_from_up_to_the_goal(stage: Stage, who: str) -> None:
    company, plan = stage
    plan_published(company.actor("dana"), plan.pk)
    scene = Scene(company.actor("dana"), TODAY)
    for month in scene.calendar.months(YEAR):
        steps = derivation(scene, "bookings", person(company, who), month)
        assert steps[0].amount == months(company, plan, person(company, who))[month.starts_on.month - 1]
        assert [step.amount for step in steps][-1] == AMOUNT
    march = derivation(scene, "bookings", person(company, who), scene.calendar.months(YEAR)[2])
    if who == "rita":
        assert march[0].why == "pinned by Mona Larkspurton: because"


def test_a_pin_of_a_year_and_of_a_month_above_are_told(stage: Stage) -> None:
    company, plan = stage
    dana = company.actor("dana")
    plan_returned(dana, plan.pk)
    pinned(dana, plan, team(company, "west"), 30_000_000)
    pinned(dana, plan, team(company, "north"), 900_000, "2026-02-01")
    plan_submitted(dana, plan.pk)
    plan_approved(dana, plan.pk)
    plan_published(dana, plan.pk)
    scene = Scene(dana, TODAY)
    february = scene.calendar.months(YEAR)[1]
    walt = derivation(scene, "bookings", person(company, "walt"), february)
    assert any("pinned" in step.why for step in walt)
    nora = derivation(scene, "bookings", person(company, "nora"), february)
    assert "which is pinned for this month" in nora[0].why
