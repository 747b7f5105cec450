"""A cell of a plan says why it is what it is, up to the goal, and nothing of rows that its reader does not see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

from plan_stage import AMOUNT, person, pinned, planned, team
from quarterdeck.services.plans.cell_because import cell_because
from quarterdeck.services.plans.proposals import proposal_declined, proposal_made
from quarterdeck.services.plans.states import plan_submitted
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.records.models import Plan
    from quarterdeck.services.plans.cell_because import CellBecause
    from small_company import SmallCompany

Stage = tuple["SmallCompany", "Plan"]


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:  # noqa: ARG001  opens the database
    """A plan in which Mona pinned Rita's January, and Rita's own number was declined."""
    with django_db_blocker.unblock(), transaction.atomic():
        company, plan = planned()
        rita = person(company, "rita")
        pinned(company.actor("mona"), plan, rita, 77_700, "2026-01-01")
        plan_submitted(company.actor("dana"), plan.pk)
        asked = proposal_made(company.actor("rita"), plan.pk, node=rita, amount=1_000_00, reason="two accounts left")
        proposal_declined(company.actor("dana"), asked.pk, reason="they came back")
        yield company, plan
        transaction.set_rollback(True)


@pytest.fixture
def stage(made: Stage, db: None) -> Stage:  # noqa: ARG001  rolls back
    return made


def because(stage: Stage, who: str, node: str = "rita", at: str = "year") -> CellBecause:
    company, plan = stage
    place = team(company, node) if node in company.teams else person(company, node)
    return cell_because(company.actor(who), plan.pk, node=place, at=at)


def test_steps_lead_up_to_the_goal(stage: Stage) -> None:
    found = because(stage, "dana", at="2026-02-01")
    assert [step.name for step in found.steps] == [
        "Rita Brackenshaw", "Rita Brackenshaw", "Team east", "Team company"
    ]  # fmt: skip
    assert found.steps[0].amount == found.amount
    assert found.steps[-1].amount == AMOUNT
    assert "the goal, set by Dana Quillfeather" in found.steps[-1].why


def test_a_pin_says_who_pinned_it_and_why(stage: Stage) -> None:
    found = because(stage, "dana", at="2026-01-01")
    assert found.is_pinned
    assert found.steps[0].why == "pinned by Mona Larkspurton: because"
    assert (found.edits[0].what, found.edits[0].by) == ("pinned at 777.00 USD", "Mona Larkspurton")


def test_a_proposal_stands_there_with_its_answer(stage: Stage) -> None:
    (said,) = because(stage, "dana").proposals
    assert said.what.startswith("1,000.00 USD proposed for the year; declined by Dana Quillfeather")
    assert said.what.endswith(": they came back")
    assert said.note == "two accounts left"


def test_a_rep_reads_nothing_of_what_is_above(stage: Stage) -> None:
    found = because(stage, "rita", at="2026-01-01")
    assert [step.name for step in found.steps] == ["Rita Brackenshaw", "Rita Brackenshaw"]
    assert found.steps[0].why == "pinned by somebody above"
    assert found.steps[1].why == "a part of what is above it, which is not yours to see"
    assert found.edits == ()
    assert "Team" not in repr(found.steps)


@pytest.mark.parametrize(("who", "node"), [("rita", "raj"), ("rita", "east"), ("wim", "rita"), ("mona", "company")])
def test_a_row_that_one_does_not_see_is_not_there(stage: Stage, who: str, node: str) -> None:
    with pytest.raises(Refusal) as refusal:
        because(stage, who, node)
    assert refusal.value.rule == "not_visible"


@pytest.mark.parametrize("at", ["", "2026-01-02", "0", "x" * 99])
def test_a_month_that_is_none_is_refused(stage: Stage, at: str) -> None:
    with pytest.raises(Refusal, match="no month"):
        because(stage, "dana", at=at)
