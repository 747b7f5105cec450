"""Accounts and territories that change hands carry a stated part of the number along, by days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

from plan_stage import person, planned, team
from quarterdeck.records.models import Account, AccountHolding, Booking, Notice, Territory, TerritoryHolding
from quarterdeck.services.plans.amending import amendment_previewed, plan_amended
from quarterdeck.services.plans.amendment_shapes import AmendmentDraft, Handover
from quarterdeck.services.plans.carried import things_named
from quarterdeck.services.plans.doors import plan_for
from quarterdeck.services.plans.grids import plan_grid
from quarterdeck.services.plans.handovers import plans_concerned
from quarterdeck.services.plans.hands import hands_changed
from quarterdeck.services.plans.publishing import plan_published
from quarterdeck.services.plans.states import plan_approved, plan_submitted
from quarterdeck.terms.errors import Refusal
from small_company import amount_of, fact

if TYPE_CHECKING:
    from quarterdeck.records.models import Plan
    from quarterdeck.services.actor import Actor
    from small_company import SmallCompany

Stage = tuple["SmallCompany", "Plan"]
MAY = dt.datetime(2026, 5, 20, 9, tzinfo=dt.UTC)
DAY = dt.date(2026, 5, 16)


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:  # noqa: ARG001  opens the database
    """One published plan for all tests; each rolls back what it amends."""
    with django_db_blocker.unblock(), transaction.atomic():
        company, plan = planned()
        dana = company.actor("dana")
        for step in (plan_submitted, plan_approved, plan_published):
            step(dana, plan.pk)
        rita = company.people["rita"]
        big = Account.objects.create(code="big", name="Hollis Tools", owner=rita)
        amount = 3 * amount_of("rita") * 100
        Booking.objects.create(booked_on=dt.date(2026, 2, 1), amount_minor=amount, account=big, **fact("sold"))
        yield company, plan
        transaction.set_rollback(True)


@pytest.fixture
def stage(made: Stage, db: None) -> Stage:  # noqa: ARG001  rolls back
    return made


def actor(stage: Stage, who: str = "dana") -> Actor:
    return stage[0].actor(who, now=MAY)


def hollis(stage: Stage, receiver: str = "raj", **changes: Any) -> Handover:
    what = f"account:{Account.objects.get(code='big').pk}"
    return replace(Handover(what=what, giver=person(stage[0], "rita"), receiver=person(stage[0], receiver)), **changes)


def draft(stage: Stage, *moves: Handover, **changes: Any) -> AmendmentDraft:
    wanted = AmendmentDraft(
        plan_id=stage[1].pk, kind="account", node="", effective_on=DAY, first_day="counts", share_by="sales",
        handovers=moves or (hollis(stage),),
    )  # fmt: skip
    return replace(wanted, **changes)


def rows(stage: Stage) -> dict[str, list[int]]:
    grid = plan_grid(plan_for(actor(stage), stage[1].pk), MAY.date())
    for row in grid.rows:
        below = [other.cells for other in grid.rows if other.parent == row.node]
        assert not below or [sum(month) for month in zip(*below, strict=True)] == list(row.cells)
    return {row.node: list(row.cells) for row in grid.rows}


def test_an_account_takes_the_part_along_that_its_sales_are(stage: Stage) -> None:
    before = rows(stage)
    plan_amended(actor(stage), draft(stage), MAY.date())
    after, rita, raj = rows(stage), person(stage[0], "rita"), person(stage[0], "raj")
    assert after[rita][:4] == before[rita][:4], "closed months never change"
    june = round(before[rita][5] * 3 / 4)
    assert (before[rita][5] - after[rita][5], after[raj][5] - before[raj][5]) == (june, june)
    may = round(before[rita][4] * Fraction(16, 31) * Fraction(3, 4))
    assert abs(before[rita][4] - after[rita][4] - may) <= 1
    assert after[team(stage[0], "east")] == before[team(stage[0], "east")], "both are in East"


def test_a_move_to_another_team_changes_the_sums_above_both(stage: Stage) -> None:
    before = rows(stage)
    made = plan_amended(actor(stage), draft(stage, hollis(stage, "walt")), MAY.date())
    after = rows(stage)
    gone = sum(before[person(stage[0], "rita")]) - sum(after[person(stage[0], "rita")])
    assert gone == sum(after[team(stage[0], "west")]) - sum(before[team(stage[0], "west")]) > 0
    assert after[team(stage[0], "company")] == before[team(stage[0], "company")]
    told = {row.person.name: row.text for row in Notice.objects.filter(amendment=made)}
    assert set(told) == {"Rita Brackenshaw", "Walt Oystermoor"}
    assert "Hollis Tools from Rita Brackenshaw to Walt Oystermoor on 16 May 2026" in told["Walt Oystermoor"]
    assert "75.0% of the number goes along" in told["Walt Oystermoor"]
    assert "the first day counts" in told["Walt Oystermoor"]
    assert "more)" in told["Walt Oystermoor"]
    assert "less)" in told["Rita Brackenshaw"]


def test_a_territory_takes_its_accounts_along(stage: Stage) -> None:
    land = Territory.objects.create(code="land", name="Land's End")
    TerritoryHolding.objects.create(territory=land, person=stage[0].people["rita"], **fact("holds-land"))
    Account.objects.filter(code="big").update(territory=land)
    one = hollis(stage, what=f"territory:{land.pk}")
    found = amendment_previewed(actor(stage), draft(stage, one, kind="territory"), MAY.date())
    assert "Land's End from Rita" in found.trigger
    assert "75.0%" in found.changes.because


def test_moves_from_one_holder_are_cut_from_the_same_number(stage: Stage) -> None:
    small = f"account:{Account.objects.get(code='acc-rita').pk}"
    both = draft(stage, hollis(stage), hollis(stage, "walt", what=small))
    found = amendment_previewed(actor(stage), both, MAY.date())
    other = amendment_previewed(actor(stage), replace(both, handovers=both.handovers[::-1]), MAY.date())
    years = {one.node: one.after for one in found.years}
    assert years[person(stage[0], "rita")] < sum(rows(stage)[person(stage[0], "rita")][:5]), "June on is gone"
    assert years == {one.node: one.after for one in other.years}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"first_day": ""}, "Whether the first day counts"),
        ({"share_by": ""}, "What part of the number"),
        ({"share_by": "given"}, "no part of the number"),
        ({"handovers": ()}, "names no move"),
    ],
)
def test_what_has_no_right_answer_has_to_be_said(stage: Stage, changes: Any, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        amendment_previewed(actor(stage), draft(stage, **changes), MAY.date())


@pytest.mark.parametrize("what", ["account:999999", "territory:999999", "account:x", "person:1", ""])
def test_an_unknown_account_is_not_there(stage: Stage, what: str) -> None:
    with pytest.raises(Refusal) as refusal:
        amendment_previewed(actor(stage), draft(stage, hollis(stage, what=what)), MAY.date())
    assert refusal.value.rule == "not_visible"


def test_the_same_account_moves_once(stage: Stage) -> None:
    with pytest.raises(Refusal, match="named twice"):
        amendment_previewed(actor(stage), draft(stage, hollis(stage), hollis(stage, "walt")), MAY.date())


def test_parts_cannot_come_to_more_than_the_number(stage: Stage) -> None:
    small = f"account:{Account.objects.get(code='acc-rita').pk}"
    moves = hollis(stage, share=Fraction(2, 3)), hollis(stage, what=small, share=Fraction(1, 2))
    with pytest.raises(Refusal, match="come to"):
        amendment_previewed(actor(stage), draft(stage, *moves, share_by="given"), MAY.date())


def test_plans_that_carry_who_gives_are_found(stage: Stage) -> None:
    rita = [person(stage[0], "rita")]
    assert plans_concerned(actor(stage), rita, DAY) == [(stage[1].pk, stage[1].name)]
    assert plans_concerned(actor(stage, "mona"), rita, DAY) == []
    assert plans_concerned(actor(stage), rita, dt.date(2027, 1, 1)) == []


def test_a_territory_that_changed_hands_asks_for_an_amendment_until_it_is_made(stage: Stage) -> None:
    land = Territory.objects.create(code="land", name="Land's End")
    said = {"territory": land, "effective_to": DAY}
    TerritoryHolding.objects.create(person=stage[0].people["rita"], **said, **fact("holds-land"))
    TerritoryHolding.objects.create(
        territory=land, person=stage[0].people["walt"], effective_from=DAY, **fact("takes-land")
    )
    Account.objects.filter(code="big").update(territory=land)
    found = plan_for(actor(stage), stage[1].pk)
    (due,) = hands_changed(found, MAY.date())
    assert due.what == "Land's End went from Rita Brackenshaw to Walt Oystermoor on 16 May 2026"
    (what,) = things_named(actor(stage), "territory", due.things, MAY.date())
    plan_amended(
        actor(stage), draft(stage, Handover(what=what, giver=due.node, receiver=due.to), kind="territory"), MAY.date()
    )
    assert hands_changed(plan_for(actor(stage), stage[1].pk), MAY.date()) == []
    assert hands_changed(plan_for(actor(stage, "mona"), stage[1].pk), MAY.date()) == []


def test_an_account_that_changed_hands_asks_for_an_amendment(stage: Stage) -> None:
    big = Account.objects.get(code="big")
    AccountHolding.objects.create(account=big, owner=stage[0].people["rita"], effective_to=DAY, **fact("big-was-ritas"))
    AccountHolding.objects.create(account=big, owner=stage[0].people["raj"], effective_from=DAY, **fact("big-is-rajs"))
    (due,) = hands_changed(plan_for(actor(stage), stage[1].pk), MAY.date())
    assert (due.kind, due.things, due.to) == ("account", "big", person(stage[0], "raj"))


@pytest.mark.parametrize("text", ["", "nobody knows it", "big\nnobody knows it"])
def test_what_is_named_has_to_be_known(stage: Stage, text: str) -> None:
    with pytest.raises(Refusal) as refusal:
        things_named(actor(stage), "account", text, MAY.date())
    assert refusal.value.rule == "amendment"
