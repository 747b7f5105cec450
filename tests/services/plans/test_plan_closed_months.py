"""A draft in mid-year: months that are over stay, whatever is pinned or undone; a refusal says the clash in money."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

from plan_stage import AMOUNT, months, person, pinned, planned, team, year
from quarterdeck.services.plans.changes import Line, edit_undone, edits_made
from quarterdeck.services.plans.drivers import hedges_set, rail_set
from quarterdeck.services.plans.proposals import proposal_accepted, proposal_made
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.records.models import Plan
    from quarterdeck.services.actor import Actor
    from small_company import SmallCompany

Stage = tuple["SmallCompany", "Plan"]
MAY = dt.datetime(2026, 5, 20, 9, tzinfo=dt.UTC)
NODES = ("rita", "raj", "nora", "nils", "walt")


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:  # noqa: ARG001  opens the database
    """One draft for all tests; each rolls back what it changes."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield planned()
        transaction.set_rollback(True)


@pytest.fixture
def stage(made: Stage, db: None) -> Stage:  # noqa: ARG001  rolls back
    return made


def actor(stage: Stage, who: str = "dana", now: dt.datetime = MAY) -> Actor:
    return stage[0].actor(who, now=now)


def cells(stage: Stage) -> dict[str, list[int]]:
    """Everybody's months; teams sum to their own in every month."""
    company, plan = stage
    found = {who: months(company, plan, person(company, who)) for who in NODES}
    whole = months(company, plan, team(company, "company"))
    assert [sum(month) for month in zip(*found.values(), strict=True)] == whole
    assert sum(whole) == AMOUNT
    return found


def closed(found: dict[str, list[int]], n: int = 4) -> dict[str, list[int]]:
    return {who: row[:n] for who, row in found.items()}


def test_a_pin_in_a_month_that_is_over_is_refused_in_money(stage: Stage) -> None:
    rita = person(stage[0], "rita")
    before = cells(stage)
    with pytest.raises(Refusal) as refusal:
        pinned(actor(stage), stage[1], rita, 100, "2026-04-01")
    assert refusal.value.rule == "plan_closed"
    stands = f"{before['rita'][3] / 100:,.2f} USD"
    assert f"April 2026 is over: Rita Brackenshaw's {stands} stay; 1.00 USD would be" in refusal.value.why
    assert "less. What was brought in it, 0.00 USD, is a fact" in refusal.value.why
    assert cells(stage) == before


def test_a_year_is_spread_again_over_open_months_only(stage: Stage) -> None:
    before = cells(stage)
    pinned(actor(stage), stage[1], person(stage[0], "rita"), AMOUNT // 4)
    after = cells(stage)
    assert closed(after) == closed(before)
    assert sum(after["rita"]) == AMOUNT // 4 != sum(before["rita"])
    assert after["rita"][4] != before["rita"][4], "May is still open"


def test_a_year_below_what_is_over_is_refused(stage: Stage) -> None:
    before = cells(stage)
    with pytest.raises(Refusal, match="too many") as refusal:
        pinned(actor(stage), stage[1], person(stage[0], "rita"), sum(before["rita"][:4]) - 1)
    assert "Rita Brackenshaw" in str(refusal.value)
    assert cells(stage) == before


def test_undoing_brings_every_cell_back(stage: Stage) -> None:
    before = cells(stage)
    change = pinned(actor(stage), stage[1], person(stage[0], "rita"), AMOUNT // 4)
    edit_undone(actor(stage), stage[1].pk, version=change.version)
    assert cells(stage) == before


def test_what_was_pinned_while_a_month_was_open_stays_when_it_is_over(stage: Stage) -> None:
    rita, january = person(stage[0], "rita"), "2026-01-01"
    early = dt.datetime(2025, 12, 20, 9, tzinfo=dt.UTC)
    pinned(actor(stage, now=early), stage[1], rita, 77_700, january)
    pinned(actor(stage), stage[1], rita, AMOUNT // 4)
    before = closed(cells(stage))
    assert before["rita"][0] == 77_700
    edit_undone(actor(stage), stage[1].pk, version=2)
    edit_undone(actor(stage), stage[1].pk, version=3)
    assert closed(cells(stage)) == before, "its pin is undone, and January is over"
    with pytest.raises(Refusal, match="January 2026 is over"):
        pinned(actor(stage), stage[1], rita, None, january)


def test_a_month_more_is_kept_once_it_is_over(stage: Stage) -> None:
    pinned(actor(stage), stage[1], person(stage[0], "rita"), AMOUNT // 4)
    before = cells(stage)
    july = dt.datetime(2026, 7, 2, 9, tzinfo=dt.UTC)
    pinned(actor(stage, now=july), stage[1], person(stage[0], "walt"), AMOUNT // 4)
    after = cells(stage)
    assert closed(after, 6) == closed(before, 6)
    assert after["walt"][6] != before["walt"][6]


def test_rails_hedges_and_accepted_numbers_leave_what_is_over(stage: Stage) -> None:
    company, plan = stage
    before = closed(cells(stage))
    hedges_set(actor(stage), plan.pk, ratios={0: "0.05"})
    asked = proposal_made(
        actor(stage, "mona"), plan.pk, node=person(company, "raj"), amount=AMOUNT // 5, reason="two more accounts"
    )
    proposal_accepted(actor(stage), asked.pk)
    assert year(company, plan, person(company, "raj")) == AMOUNT // 5
    assert closed(cells(stage)) == before
    with pytest.raises(Refusal):
        rail_set(actor(stage), plan.pk, node=person(company, "raj"), minimum="0", maximum="0")


def test_nothing_is_changed_of_a_year_that_is_over(stage: Stage) -> None:
    late = actor(stage, now=dt.datetime(2027, 1, 2, 9, tzinfo=dt.UTC))
    with pytest.raises(Refusal, match="Every month of the plan is over"):
        edits_made(late, stage[1].pk, version=0, lines=[Line(person(stage[0], "rita"), "year", 1)])
