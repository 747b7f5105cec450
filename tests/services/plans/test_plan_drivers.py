"""Basis, rails and hedges of a draft: edits like any other, undone like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plan_stage import AMOUNT, person, pinned, planned, team, year
from quarterdeck.services.plans.changes import edit_undone, edits_of
from quarterdeck.services.plans.doors import plan_for
from quarterdeck.services.plans.drivers import basis_chosen, drivers, hedges_set, rail_set
from quarterdeck.services.plans.figures import plan_figures
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.records.models import Plan
    from small_company import SmallCompany

Stage = tuple["SmallCompany", "Plan"]


@pytest.fixture
def stage(db: None) -> Stage:  # noqa: ARG001  opens the database
    return planned()


def test_a_basis_weighs_anew_and_is_undone(stage: Stage) -> None:
    company, plan = stage
    dana, walt = company.actor("dana"), person(company, "walt")
    before = year(company, plan, walt)
    basis_chosen(dana, plan.pk, basis="weights", weights={walt: 3, person(company, "rita"): 1})
    assert year(company, plan, walt) == AMOUNT * 3 // 4
    edit_undone(dana, plan.pk, version=1)
    assert year(company, plan, walt) == before


def test_history_weighs_by_what_each_brought_last_year(stage: Stage) -> None:
    company, plan = stage
    basis_chosen(company.actor("dana"), plan.pk, basis="history")
    brought = {who: plan_for(company.actor("dana"), plan.pk).ground.nodes[person(company, who)].last_year
               for who in ("rita", "raj")}  # fmt: skip
    rita, raj = (year(company, plan, person(company, who)) for who in ("rita", "raj"))
    assert brought["rita"] > 0
    assert abs(rita * brought["raj"] - raj * brought["rita"]) <= sum(brought.values())


def test_a_hedge_is_on_top_in_the_street_layer_only(stage: Stage) -> None:
    company, plan = stage
    dana, top = company.actor("dana"), team(company, "company")
    hedges_set(dana, plan.pk, ratios={0: "0.10"})
    found = plan_for(dana, plan.pk)
    assert plan_figures(plan, edits_of(found), "street").year(top) == AMOUNT * 110 // 100
    assert plan_figures(plan, edits_of(found), "plan").year(top) == AMOUNT
    assert drivers(found, edits_of(found)).hedges[0] == (0, "0.10")


def test_rails_hold_growth_and_what_they_do_not_allow_is_refused(stage: Stage) -> None:
    company, plan = stage
    mona, rita = company.actor("mona"), person(company, "rita")
    last_year = plan_for(mona, plan.pk).ground.nodes[rita].last_year
    rail_set(mona, plan.pk, node=rita, minimum="", maximum="-0.5")
    assert year(company, plan, rita) == last_year // 2
    with pytest.raises(Refusal):
        pinned(mona, plan, rita, last_year)
    rail_set(mona, plan.pk, node=rita, minimum="", maximum="")
    assert plan_for(mona, plan.pk).plan.edits.count() == 2
    found = plan_for(mona, plan.pk)
    assert drivers(found, edits_of(found)).rails == ()


@pytest.mark.parametrize(
    ("change", "more"),
    [
        (basis_chosen, {"basis": "luck"}), (basis_chosen, {"basis": "weights"}),
        (basis_chosen, {"basis": "even", "weights": {"team:1": 1}}),
        (basis_chosen, {"basis": "weights", "weights": {"person:999999": 1}}),
        (hedges_set, {"ratios": {}}), (hedges_set, {"ratios": {0: "-0.1"}}), (hedges_set, {"ratios": {0: "NaN"}}),
        (hedges_set, {"ratios": {99: "0.1"}}), (hedges_set, {"ratios": {0: "1e400"}}),
        (rail_set, {"node": "ROOT", "minimum": "0.2", "maximum": "0.1"}),
        (rail_set, {"node": "ROOT", "minimum": "x", "maximum": ""}),
    ],
)  # fmt: skip
def test_drivers_that_mean_nothing_are_refused(stage: Stage, change: Any, more: dict[str, Any]) -> None:
    company, plan = stage
    said = {key: team(company, "company") if value == "ROOT" else value for key, value in more.items()}
    with pytest.raises(Refusal) as refused:
        change(company.actor("dana"), plan.pk, **said)
    assert refused.value.rule == "plan_driver"
    assert plan.edits.count() == 0


def test_a_manager_drives_her_part_only(stage: Stage) -> None:
    company, plan = stage
    mona = company.actor("mona")
    for change, more in (
        (basis_chosen, {"basis": "history"}), (hedges_set, {"ratios": {0: "0.1"}}),
        (rail_set, {"node": team(company, "east"), "minimum": "0", "maximum": ""}),
    ):  # fmt: skip
        with pytest.raises(Refusal):
            change(mona, plan.pk, **more)
    assert plan.edits.count() == 0
