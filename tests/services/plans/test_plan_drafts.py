"""A draft from a goal: sums, pins, undoing, who may change what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plan_stage import AMOUNT, months, person, pinned, planned, team, year
from quarterdeck.records.models import JournalEntry, PlanEdit
from quarterdeck.services.plans.changes import Line, edit_redone, edit_undone, edits_made
from quarterdeck.services.plans.doors import plan_for, plans_seen
from quarterdeck.services.plans.drafts import plan_made
from quarterdeck.services.plans.grids import plan_grid
from quarterdeck.services.plans.states import plan_approved, plan_returned, plan_submitted
from quarterdeck.terms.errors import Refusal
from small_company import TODAY

if TYPE_CHECKING:
    from quarterdeck.records.models import Plan
    from small_company import SmallCompany

Stage = tuple["SmallCompany", "Plan"]


@pytest.fixture
def stage(db: None) -> Stage:  # noqa: ARG001  opens the database
    return planned()


def grid_of(stage: Stage, who: str) -> dict[str, list[int]]:
    company, plan = stage
    return {row.node: list(row.cells) for row in plan_grid(plan_for(company.actor(who), plan.pk), TODAY).rows}


def test_a_draft_sums_to_its_goal_at_every_level_and_month(stage: Stage) -> None:
    company, plan = stage
    rows = {row.node: row for row in plan_grid(plan_for(company.actor("dana"), plan.pk), TODAY).rows}
    assert rows[team(company, "company")].year == AMOUNT
    for node, row in rows.items():
        below = [other.cells for other in rows.values() if other.parent == node]
        assert sum(row.cells) == row.year
        assert not below or [sum(month) for month in zip(*below, strict=True)] == list(row.cells)


def test_parents_stand_before_children(stage: Stage) -> None:
    company, plan = stage
    seen: set[str] = set()
    for row in plan_grid(plan_for(company.actor("dana"), plan.pk), TODAY).rows:
        assert row.parent in seen or not row.parent
        seen.add(row.node)


def test_a_goal_has_one_plan(stage: Stage) -> None:
    company, plan = stage
    with pytest.raises(Refusal) as refused:
        plan_made(company.actor("dana"), plan.goal_id)
    assert refused.value.rule == "plan_exists"


def test_a_manager_makes_no_plan(stage: Stage) -> None:
    company, plan = stage
    with pytest.raises(Refusal) as refused:
        plan_made(company.actor("mona"), plan.goal_id)
    assert refused.value.rule == "needs_hat"


def test_a_pin_holds_and_everything_sums_around_it(stage: Stage) -> None:
    company, plan = stage
    east = year(company, plan, team(company, "east"))
    rita = person(company, "rita")
    pinned(company.actor("mona"), plan, rita, 123_456, "2026-03-01")
    assert months(company, plan, rita)[2] == 123_456
    assert year(company, plan, team(company, "east")) == east
    test_a_draft_sums_to_its_goal_at_every_level_and_month(stage)


def test_the_answer_to_an_edit_is_what_changed(stage: Stage) -> None:
    company, plan = stage
    before = grid_of(stage, "mona")
    rita = person(company, "rita")
    change = pinned(company.actor("mona"), plan, rita, 123_456, "2026-03-01")
    for one in change.changed:
        if one.at != "year":
            before[one.node][one.at] = one.amount
    assert before == grid_of(stage, "mona")
    assert [(one.at, one.is_pinned) for one in change.changed if one.node == rita and one.is_pinned] == [(2, True)]


def test_undoing_restores_every_cell_and_redoing_brings_it_back(stage: Stage) -> None:
    company, plan = stage
    mona, rita = company.actor("mona"), person(company, "rita")
    before = grid_of(stage, "dana")
    pinned(mona, plan, rita, 123_456, "2026-03-01")
    after = grid_of(stage, "dana")
    edit_undone(mona, plan.pk, version=1)
    assert grid_of(stage, "dana") == before
    edit_redone(mona, plan.pk, version=2)
    assert grid_of(stage, "dana") == after
    assert list(PlanEdit.objects.values_list("kind", flat=True)) == ["pin", "undo", "redo"]


def test_undoing_takes_back_ones_own_last_edit(stage: Stage) -> None:
    company, plan = stage
    mona, dana = company.actor("mona"), company.actor("dana")
    rita, walt = person(company, "rita"), person(company, "walt")
    pinned(mona, plan, rita, 100_000, "2026-01-01")
    pinned(dana, plan, walt, 300_000, "2026-01-01")
    edit_undone(mona, plan.pk, version=2)
    assert months(company, plan, walt)[0] == 300_000
    assert months(company, plan, rita)[0] != 100_000


def test_who_edits_after_undoing_gives_up_what_was_undone(stage: Stage) -> None:
    company, plan = stage
    mona, rita = company.actor("mona"), person(company, "rita")
    pinned(mona, plan, rita, 100_000, "2026-01-01")
    edit_undone(mona, plan.pk, version=1)
    pinned(mona, plan, rita, 200_000, "2026-01-01")
    with pytest.raises(Refusal) as refused:
        edit_redone(mona, plan.pk, version=3)
    assert refused.value.rule == "nothing_to_undo"


def test_a_list_of_cells_is_one_edit(stage: Stage) -> None:
    company, plan = stage
    before = grid_of(stage, "dana")
    lines = [Line(person(company, who), "2026-02-01", 1_000) for who in ("rita", "raj", "nora")]
    edits_made(company.actor("mona"), plan.pk, version=0, lines=lines)
    edit_undone(company.actor("mona"), plan.pk, version=1)
    assert grid_of(stage, "dana") == before


def test_an_old_version_is_refused(stage: Stage) -> None:
    company, plan = stage
    pinned(company.actor("mona"), plan, person(company, "rita"), 1, "2026-01-01")
    line = Line(person(company, "raj"), "2026-01-01", 1)
    with pytest.raises(Refusal) as refused:
        edits_made(company.actor("mona"), plan.pk, version=0, lines=[line])
    assert refused.value.rule == "plan_version"


def test_what_cannot_sum_is_refused_in_names_and_currency_and_nothing_is_kept(stage: Stage) -> None:
    company, plan = stage
    n_entries = JournalEntry.objects.count()
    with pytest.raises(Refusal, match="USD") as refused:
        pinned(company.actor("dana"), plan, person(company, "walt"), AMOUNT + 1)
    assert "person:" not in str(refused.value)
    assert refused.value.rule == "goal_pins"
    assert (PlanEdit.objects.count(), JournalEntry.objects.count()) == (0, n_entries)


def test_a_refusal_says_nothing_of_rows_that_are_not_theirs(stage: Stage) -> None:
    company, plan = stage
    with pytest.raises(Refusal) as refused:
        pinned(company.actor("mona"), plan, person(company, "rita"), AMOUNT + 1)
    assert "USD" not in str(refused.value)
    assert "company" not in str(refused.value)


@pytest.mark.parametrize("node", ["team east", "team company"])
def test_a_manager_does_not_change_her_own_number(stage: Stage, node: str) -> None:
    company, plan = stage
    with pytest.raises(Refusal) as refused:
        pinned(company.actor("mona"), plan, team(company, node.split()[1]), 1)
    assert refused.value.rule in {"plan_above", "not_visible"}


def test_a_manager_does_not_take_from_other_teams(stage: Stage) -> None:
    company, plan = stage
    mona = company.actor("mona")
    east = year(company, plan, team(company, "east"))
    with pytest.raises(Refusal) as refused:
        pinned(mona, plan, person(company, "rita"), east + 1)
    assert refused.value.rule == "plan_above"


def test_nobody_pins_who_is_not_theirs(stage: Stage) -> None:
    company, plan = stage
    for who in ("mona", "wim"):
        other = "walt" if who == "mona" else "rita"
        with pytest.raises(Refusal) as refused:
            pinned(company.actor(who), plan, person(company, other), 1)
        assert refused.value.rule == "not_visible"


def test_a_rep_sees_no_draft_and_her_own_row_of_what_is_submitted(stage: Stage) -> None:
    company, plan = stage
    assert plans_seen(company.actor("rita")) == []
    plan_submitted(company.actor("mona"), plan.pk)
    rows = plan_grid(plan_for(company.actor("rita"), plan.pk), TODAY).rows
    assert [(row.node, row.parent, row.may_edit) for row in rows] == [(person(company, "rita"), "", False)]
    assert plans_seen(company.actor("walt")) == []


def test_a_part_that_is_submitted_is_the_directors_to_change_until_it_is_returned(stage: Stage) -> None:
    company, plan = stage
    mona, dana, rita = company.actor("mona"), company.actor("dana"), person(company, "rita")
    plan_submitted(mona, plan.pk)
    with pytest.raises(Refusal) as refused:
        pinned(mona, plan, rita, 1, "2026-01-01")
    assert refused.value.rule == "plan_submitted"
    pinned(dana, plan, rita, 1, "2026-01-01")
    plan_returned(dana, plan.pk, team_id=company.teams["east"].pk, note="More in March")
    pinned(mona, plan, rita, 2, "2026-01-01")
    assert months(company, plan, rita)[0] == 2


def test_an_approved_plan_is_frozen_for_everybody(stage: Stage) -> None:
    company, plan = stage
    dana = company.actor("dana")
    plan_submitted(dana, plan.pk)
    plan_approved(dana, plan.pk)
    for who in ("dana", "mona"):
        with pytest.raises(Refusal) as refused:
            pinned(company.actor(who), plan, person(company, "rita"), 1)
        assert refused.value.rule == "plan_frozen"


def test_steps_come_in_their_order_and_by_who_has_the_right(stage: Stage) -> None:
    company, plan = stage
    with pytest.raises(Refusal) as refused:
        plan_approved(company.actor("dana"), plan.pk)
    assert refused.value.rule == "plan_state"
    plan_submitted(company.actor("dana"), plan.pk)
    for who in ("mona", "olga"):
        with pytest.raises(Refusal) as refused:
            plan_approved(company.actor(who), plan.pk)
        assert refused.value.rule == "needs_hat"
