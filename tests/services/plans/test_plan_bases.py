"""What a draft is shared by, and what its seats carry: conventions are named, facts are kept, sums stay exact."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from plan_stage import AMOUNT, months, person, staged, team, year
from quarterdeck.engine.cascade.plan import LAYERS
from quarterdeck.records.models import Leave, Person, Potential
from quarterdeck.services.plans.cell_because import cell_because
from quarterdeck.services.plans.changes import edit_undone, edits_of
from quarterdeck.services.plans.doors import plan_for
from quarterdeck.services.plans.drivers import basis_chosen, carrying_set, drivers
from quarterdeck.services.plans.evidence import node_potentials
from quarterdeck.services.plans.figures import plan_figures, solved_plan
from quarterdeck.services.plans.pages import plan_page
from quarterdeck.services.plans.seats import causes_of
from quarterdeck.terms.errors import Refusal
from small_company import NOW, TODAY, fact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quarterdeck.records.models import Plan
    from small_company import SmallCompany

Stage = tuple["SmallCompany", "Plan"]
pytestmark = pytest.mark.django_db
MARKET = {"potential_from": "accounts", "unknown": "none"}


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:  # noqa: ARG001  the database first
    yield from staged(django_db_blocker)


def chosen(stage: Stage, basis: str, who: str = "dana", **said: str) -> None:
    company, plan = stage
    basis_chosen(company.actor(who), plan.pk, basis=basis, conventions=said)


def years(stage: Stage, *people: str) -> list[int]:
    company, plan = stage
    return [year(company, plan, person(company, who)) for who in people]


def sums_are_exact(stage: Stage) -> bool:
    company, plan = stage
    found = plan_for(company.actor("dana"), plan.pk)
    for layer in LAYERS:
        figures = plan_figures(plan, edits_of(found), layer)
        for node in found.ground.nodes:
            below = [figures.cells(one.node) for one in found.ground.nodes.values() if one.parent == node]
            if below and [sum(cells) for cells in zip(*below, strict=True)] != figures.cells(node):
                return False
    return True


def test_potential_of_accounts_goes_to_who_looks_after_them(stage: Stage) -> None:
    chosen(stage, "potential", **MARKET)
    assert years(stage, "rita", "walt", "raj") == [AMOUNT * 3 // 4, AMOUNT // 4, 0]


def test_who_has_no_potential_weighs_the_mean_beside_where_that_is_said(stage: Stage) -> None:
    chosen(stage, "potential", **(MARKET | {"unknown": "mean"}))
    rita, raj, walt, nora = years(stage, "rita", "raj", "walt", "nora")
    assert abs(rita - raj) <= 1
    assert abs(rita - 3 * walt) <= 3
    assert nora == 0  # nobody beside her in North has one


def test_potential_of_territories_goes_to_their_holder(stage: Stage) -> None:
    chosen(stage, "potential", potential_from="territories", unknown="none")
    assert years(stage, "nora", "rita") == [AMOUNT, 0]


def test_a_market_is_shared_evenly_by_account(stage: Stage) -> None:
    chosen(stage, "potential", potential_from="segments", unknown="none")
    rita, walt = years(stage, "rita", "walt")
    assert rita + walt == AMOUNT
    assert abs(rita - walt) * 100_001 <= AMOUNT + 100_001  # 500.01 against 500.00


def test_a_blend_is_between_its_two_sides(stage: Stage) -> None:
    chosen(stage, "history")
    by_history = years(stage, "rita")[0]
    chosen(stage, "blend", history_share="0.5", **MARKET)
    assert by_history < years(stage, "rita")[0] < AMOUNT * 3 // 4
    assert sums_are_exact(stage)


def test_a_growth_share_gives_last_year_and_the_growth_by_potential(stage: Stage) -> None:
    company, plan = stage
    chosen(stage, "growth_share", growth="-0.9", relief="0.02", relief_rule="multiplicative", **MARKET)
    nodes = plan_for(company.actor("dana"), plan.pk).ground.nodes
    base = nodes[person(company, "raj")].last_year
    assert years(stage, "raj") == [(base * 98 + 500) // 1000]  # no potential: no part of the growth
    assert sums_are_exact(stage)


def test_the_basis_is_told_with_its_conventions(stage: Stage) -> None:
    company, plan = stage
    chosen(stage, "blend", history_share="0.25", **MARKET)
    found = plan_for(company.actor("dana"), plan.pk)
    assert drivers(found, edits_of(found)).said == (
        "last year for 25 %, potential of accounts for 75 %; who has none weighs nothing"
    )
    assert any("last year for 25 %" in event.what for event in plan_page(found, TODAY).history)


def test_potential_is_kept_as_it_was_read(stage: Stage) -> None:
    chosen(stage, "potential", **MARKET)
    before = years(stage, "rita")
    Potential.objects.filter(source_id="potential-rita").update(amount_minor=1)
    assert years(stage, "rita") == before


@pytest.mark.parametrize(
    ("basis", "said"),
    [
        ("potential", {"potential_from": "accounts"}), ("potential", {"unknown": "mean"}),
        ("potential", {"potential_from": "hopes", "unknown": "none"}), ("blend", MARKET),
        ("blend", MARKET | {"history_share": "1.5"}), ("growth_share", MARKET | {"relief": "0.1"}),
        ("growth_share", MARKET | {"relief_rule": "additive"}), ("history", {"unknown": "mean"}),
        ("growth_share", MARKET | {"relief": "0.1", "relief_rule": "both"}), ("even", {"history_share": "0.5"}),
    ],
)  # fmt: skip
def test_a_convention_left_open_is_refused(stage: Stage, basis: str, said: dict[str, str]) -> None:
    with pytest.raises(Refusal) as refused:
        chosen(stage, basis, **said)
    assert refused.value.rule in {"plan_driver", "goal_relief"}
    assert stage[1].edits.count() == 0


def test_a_manager_reads_no_potential_of_others(stage: Stage) -> None:
    with pytest.raises(Refusal):
        chosen(stage, "potential", "mona", **MARKET)


def test_a_ramp_and_a_leave_lower_months_and_the_rest_carry_them(stage: Stage) -> None:
    company, plan = stage
    Leave.objects.create(
        person=company.people["walt"], starts_on=dt.date(2026, 3, 1), ends_on=dt.date(2026, 4, 1), **fact("away-walt")
    )
    walt = person(company, "walt")
    before = months(company, plan, walt)
    carrying_set(company.actor("dana"), plan.pk, leave=True, day_count="calendar")
    after = months(company, plan, walt)
    assert (before[2] > 0, after[2]) == (True, 0)
    assert sum(after) < sum(before)
    assert year(company, plan, team(company, "company")) == AMOUNT
    assert sums_are_exact(stage)
    edit_undone(company.actor("dana"), plan.pk, version=1)
    assert months(company, plan, walt) == before


def test_part_time_and_working_days_are_told_by_cell(stage: Stage) -> None:
    company, plan = stage
    Person.objects.filter(pk=company.people["raj"].pk).update(part_time="0.5")
    carrying_set(company.actor("dana"), plan.pk, part_time=True)
    raj, rita = years(stage, "raj", "rita")
    assert abs(2 * raj - rita) <= 2
    found = plan_for(company.actor("dana"), plan.pk)
    edits = edits_of(found)
    node = person(company, "raj")
    assert causes_of(edits.carry, found.ground.months, [node])[node][found.plan.starts_on] == [("part_time", 0.5)]
    assert solved_plan(plan, edits).shape.factors[solved_plan(plan, edits).number(node)] == 0.5


def test_a_cell_says_what_it_is_shared_by_and_what_its_seat_carries(stage: Stage) -> None:
    company, plan = stage
    dana, walt = company.actor("dana"), person(company, "walt")
    Person.objects.filter(pk=company.people["walt"].pk).update(part_time="0.5")
    chosen(stage, "blend", history_share="0.25", **MARKET)
    carrying_set(dana, plan.pk, part_time=True)
    why = [step.why for step in cell_because(dana, plan.pk, node=walt, at="2026-03-01").steps]
    assert "part time 50 %" in why[0]
    assert "25 % by last year, 75 % by potential of accounts, carrying 50 % of a whole year" in why[1]


def test_days_are_not_counted_before_it_is_said_which(stage: Stage) -> None:
    company, plan = stage
    with pytest.raises(Refusal) as refused:
        carrying_set(company.actor("dana"), plan.pk, leave=True)
    assert refused.value.rule == "plan_driver"


def test_a_team_could_sell_what_those_below_could(stage: Stage) -> None:
    company, plan = stage
    found = plan_for(company.actor("dana"), plan.pk)
    nodes = [team(company, "company"), team(company, "east"), person(company, "walt"), person(company, "raj")]
    assert list(node_potentials(found, edits_of(found), nodes, TODAY).values()) == [400_00, 300_00, 100_00]


def test_months_that_are_over_stay_whatever_it_is_shared_by(stage: Stage) -> None:
    company, plan = stage
    later = company.actor("dana", now=NOW.replace(year=2026))
    rita = person(company, "rita")
    before = months(company, plan, rita)
    basis_chosen(later, plan.pk, basis="potential", conventions=MARKET)
    after = months(company, plan, rita)
    assert after[:5] == before[:5]
    assert after[6:] != before[6:]
    carrying_set(later, plan.pk, part_time=True)
    assert months(company, plan, rita)[:5] == before[:5]
    assert sums_are_exact(stage)
