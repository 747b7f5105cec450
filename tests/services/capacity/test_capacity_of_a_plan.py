"""What the people of a plan can bring: teams sum to the one above, drivers are dated, scenarios change nothing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from plan_stage import AMOUNT, person, planned, team, year
from quarterdeck.records.models import Booking, CapacityDriver, JournalEntry, Plan, PlanEdit, Scenario, ScenarioVersion
from quarterdeck.services.capacity.applied import scenario_applied
from quarterdeck.services.capacity.compared import compared
from quarterdeck.services.capacity.drivers import driver_stated
from quarterdeck.services.capacity.nodes import capacities
from quarterdeck.services.capacity.outcomes import outcome
from quarterdeck.services.capacity.pages import capacity_choices, capacity_page
from quarterdeck.services.capacity.reasons import reason
from quarterdeck.services.capacity.room import Room
from quarterdeck.services.capacity.scenarios import (
    scenario_changed,
    scenario_dropped,
    scenario_for,
    scenario_made,
    scenarios,
)
from quarterdeck.services.capacity.sizing import sizing_page
from quarterdeck.services.plans.changes import edit_undone
from quarterdeck.services.plans.doors import plan_for
from quarterdeck.terms.errors import Refusal
from small_company import NOW, TODAY, SmallCompany

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
Stage = tuple[SmallCompany, Plan]
JULY = dt.date(2025, 7, 1)
LATER = NOW + dt.timedelta(days=2)
"""June is over then, so that what it brought says what a head brings."""


@pytest.fixture
def stage() -> Stage:
    return planned()


def room(stage: Stage, who: str = "dana", as_of: dt.date = JULY) -> Room:
    company, plan = stage
    return Room(plan_for(company.actor(who, now=LATER), plan.pk), as_of)


def stated(
    stage: Stage, name: str, value: Any, code: str = "company", who: str = "dana", **more: Any
) -> CapacityDriver:
    company, _ = stage
    since = more.pop("since", JULY)
    return driver_stated(
        company.actor(who, now=LATER), company.teams[code].pk, name, value, effective_from=since, currency="USD", **more
    )


def test_what_a_head_brings_is_measured_and_says_by_whom(stage: Stage) -> None:
    company, _ = stage
    found = room(stage).driver("productivity", company.teams["company"].pk)
    codes = [f"p-{who}" for who in ("rita", "raj", "nora", "nils", "walt")]
    booked = sum(Booking.objects.filter(person__code__in=codes).values_list("amount_minor", flat=True))
    assert found.source == "measured"
    assert "5 people" in found.why
    assert abs(int(found.value) * 5 * 12 - booked) <= 5 * 12, "nothing but June brought anything in twelve months"


def test_teams_sum_to_the_team_above_in_every_month_whatever_each_states(stage: Stage) -> None:
    company, _ = stage
    stated(stage, "productivity", 7_000_33, "east")
    stated(stage, "attrition", "0.3", "north", "mona")
    stated(stage, "hires", {"2026-03-01": 2, "2026-05-01": 1}, "west")
    inside = room(stage)
    whole, east, north, west = (
        outcome(inside, company.teams[code].pk) for code in ("company", "east", "north", "west")
    )
    assert sum(line.capacity for line in whole.teams) == whole.year.capacity == sum(m.capacity for m in whole.months)
    for month, *parts in zip(whole.months, east.months, west.months, strict=True):
        assert sum(part.capacity for part in parts) == month.capacity
    assert sum(whole.parts.values()) == whole.year.capacity
    assert {line.key: line.capacity for line in east.teams}[team(company, "north")] == north.year.capacity
    assert west.parts["hires"] > 0 > north.parts["attrition"]


def test_goals_of_months_and_teams_are_the_plans(stage: Stage) -> None:
    company, plan = stage
    found = outcome(room(stage), company.teams["company"].pk)
    assert sum(line.goal for line in found.months) == found.year.goal == AMOUNT
    assert {line.key: line.goal for line in found.teams} == {
        name: year(company, plan, name) for name in (team(company, "east"), team(company, "west"))
    }


def test_the_nearest_statement_holds_from_its_day_on_and_is_journaled(stage: Stage) -> None:
    company, _ = stage
    east, north = company.teams["east"].pk, company.teams["north"].pk
    stated(stage, "ramp_months", 6, "company", since=dt.date(2025, 6, 1))
    stated(stage, "ramp_months", 9, "east", "mona", since=JULY, reason="two products")
    assert room(stage, as_of=TODAY).driver("ramp_months", north).value == 6
    assert room(stage).driver("ramp_months", north).value == 9
    assert "two products" in room(stage).driver("ramp_months", east).why
    assert JournalEntry.objects.filter(verb="driver_stated").count() == 2
    stated(stage, "ramp_months", None, "east", "mona")
    assert room(stage).driver("ramp_months", north).value == 6


NO_VALUES: tuple[tuple[str, Any], ...] = (
    ("attrition", "1.2"), ("attrition", "-0.1"), ("attrition", "NaN"), ("productivity", 0), ("productivity", 2**64),
    ("productivity", 1.5), ("ramp_months", 37), ("attrition_shape", "sometimes"), ("luck", 1), ("win_rate", "0.5"),
    ("hires", {"2026-03-02": 1}), ("hires", {"2026-03-01": -1}), ("hires", 3), ("days_to_fill", True),
)  # fmt: skip


def test_what_is_no_value_is_refused_and_nothing_is_kept(stage: Stage) -> None:
    months = [str(month.starts_on) for month in room(stage).found.ground.months]
    for name, value in NO_VALUES:
        with pytest.raises(Refusal) as refused:
            stated(stage, name, value, months=months)
        assert refused.value.rule == "capacity_driver", name
    assert not CapacityDriver.objects.exists()


def test_who_does_not_lead_a_team_neither_sees_nor_states_it(stage: Stage) -> None:
    company, plan = stage
    rita, wim, east = company.actor("rita"), company.actor("wim"), company.teams["east"].pk
    doors: list[Callable[[], object]] = [
        lambda: capacity_page(rita, plan.pk, east, JULY), lambda: capacity_page(wim, plan.pk, east, JULY),
        lambda: capacity_page(wim, plan.pk, company.teams["company"].pk, JULY),
        lambda: stated(stage, "ramp_months", 1, "east", "wim"),
        lambda: scenario_made(wim, plan.pk, east, name="mine"),
    ]  # fmt: skip
    for door in doors:
        with pytest.raises(Refusal) as refused:
            door()
        assert refused.value.rule == "not_visible"
    with pytest.raises(Refusal):
        stated(stage, "ramp_months", 1, "east", "rita")
    assert capacity_choices(rita, JULY) == []
    assert [one.team for one in capacity_choices(wim, JULY)] == ["Team west"]


def test_the_because_names_each_seat_and_adds_up(stage: Stage) -> None:
    company, plan = stage
    stated(stage, "attrition", "0.12")
    found = reason(company.actor("mona"), plan.pk, company.teams["east"].pk, JULY, of="2026-03-01")
    assert {one.name.split()[0] for one in found.seats} == {"Rita", "Raj", "Nora", "Nils"}
    assert sum(one.capacity for one in found.seats) == found.line.capacity == sum(part[2] for part in found.parts)
    with pytest.raises(Refusal) as refused:
        reason(company.actor("mona"), plan.pk, company.teams["east"].pk, JULY, of="2026-03-02")
    assert refused.value.rule == "capacity_month"


def test_hires_close_what_is_missing_by_a_day(stage: Stage) -> None:
    company, plan = stage
    stated(stage, "productivity", AMOUNT // 120)
    stated(stage, "attrition", "0")
    found = capacity_page(company.actor("dana"), plan.pk, company.teams["company"].pk, JULY)
    assert found.outcome.year.capacity == AMOUNT // 2
    assert found.hiring.missing == AMOUNT // 2
    assert found.hiring.n_hires == 6, "five would do, were they ramped from the first day"
    assert "open the seats by" in found.sentence


def test_a_scenario_changes_no_row_of_the_plan_and_shows_what_it_does(stage: Stage) -> None:
    company, plan = stage
    dana, root = company.actor("dana"), company.teams["company"].pk
    before = [list(model.objects.order_by("pk").values()) for model in (Plan, PlanEdit, CapacityDriver)]
    made = scenario_made(dana, plan.pk, root, name="Hire two", overrides={"hires": {"2026-03-01": 2}, "growth": "0.5"})
    pair = compared(dana, None, made.pk, JULY)
    assert [list(model.objects.order_by("pk").values()) for model in (Plan, PlanEdit, CapacityDriver)] == before
    assert [one.name for one in pair.drivers if one.differs] == ["hires", "growth"]
    assert pair.year.cell("capacity")[2] > 0 == pair.months[0].cell("capacity")[2]
    last = plan_for(dana, plan.pk).ground.nodes[team(company, "company")].last_year
    assert pair.year.cell("goal")[:2] == (AMOUNT, last * 3 // 2)
    assert sum(line.cell("goal")[1] for line in pair.teams) == sum(line.cell("goal")[1] for line in pair.months)


def test_a_scenario_has_versions_and_the_second_writer_is_told(stage: Stage) -> None:
    company, plan = stage
    mona, east = company.actor("mona"), company.teams["east"].pk
    made = scenario_made(mona, plan.pk, east, name="Many leave", overrides={"attrition": "0.3"})
    scenario_changed(company.actor("dana"), made.pk, version=1, overrides={"attrition": "0.2"})
    with pytest.raises(Refusal) as refused:
        scenario_changed(mona, made.pk, version=1, overrides={})
    assert refused.value.rule == "scenario_version"
    assert [row.overrides for row in ScenarioVersion.objects.all()] == [{"attrition": "0.3"}, {"attrition": "0.2"}]
    for who, number in (("wim", made.pk), ("mona", made.pk + 1), ("mona", 10**30)):
        with pytest.raises(Refusal) as hidden:
            scenario_for(company.actor(who), number)
        assert hidden.value.rule == "not_visible"
    scenario_dropped(mona, made.pk, version=2)
    assert scenarios(mona) == []
    assert Scenario.objects.count() == 1


NO_SCENARIOS: tuple[tuple[str, Any, str], ...] = (
    (" ", {}, "scenario_name"), ("x", {"cost_of_rep": 1}, "capacity_driver"),
    ("x", {"goal_amount": 1, "growth": "0.1"}, "capacity_driver"), ("x", {"growth": "-2"}, "capacity_driver"),
    ("x", {"hires": {"soon": 1}}, "capacity_driver"), ("x", {"season": "wet"}, "capacity_driver"),
)  # fmt: skip


def test_a_scenario_that_says_nothing_is_refused(stage: Stage) -> None:
    company, plan = stage
    for name, overrides, rule in NO_SCENARIOS:
        with pytest.raises(Refusal) as refused:
            scenario_made(company.actor("dana"), plan.pk, company.teams["company"].pk, name=name, overrides=overrides)
        assert refused.value.rule == rule, overrides
    assert not Scenario.objects.exists()


def test_two_scenarios_of_different_teams_are_not_compared(stage: Stage) -> None:
    company, plan = stage
    dana = company.actor("dana")
    made = [scenario_made(dana, plan.pk, company.teams[code].pk, name=code).pk for code in ("east", "west")]
    with pytest.raises(Refusal) as refused:
        compared(dana, *made, JULY)
    assert refused.value.rule == "scenario_pair"


def test_applying_a_scenario_is_one_edit_and_is_undone(stage: Stage) -> None:
    company, plan = stage
    dana, walt = company.actor("dana"), person(company, "walt")
    stated(stage, "productivity", 3_000_00, "west")
    stated(stage, "productivity", 1_000_00, "east")
    even = year(company, plan, walt)
    made = scenario_made(dana, plan.pk, company.teams["company"].pk, name="By capacity")
    scenario_applied(dana, made.pk, JULY)
    assert year(company, plan, walt) == AMOUNT * 3 // 7
    edit_undone(dana, plan.pk, version=1)
    assert year(company, plan, walt) == even
    part = scenario_made(dana, plan.pk, company.teams["west"].pk, name="A part")
    with pytest.raises(Refusal) as refused:
        scenario_applied(dana, part.pk, JULY)
    assert refused.value.rule == "scenario_part"


def test_nodes_of_a_plan_sum_like_its_teams(stage: Stage) -> None:
    company, plan = stage
    names = [team(company, code) for code in ("company", "east", "north", "west")]
    leaves = [person(company, who) for who in ("rita", "raj", "nora", "nils", "walt")]
    found = capacities(plan_for(company.actor("dana"), plan.pk), [*names, *leaves], JULY)
    assert found[names[0]] == found[names[1]] + found[names[3]] == sum(found[leaf] for leaf in leaves)


def test_the_next_hire_is_judged_by_a_named_rule_only(stage: Stage) -> None:
    company, plan = stage
    dana, root = company.actor("dana"), company.teams["company"].pk
    stated(stage, "productivity", AMOUNT // 120)
    stated(stage, "cost_of_rep", 1_000_00)
    stated(stage, "margin", "0.5")
    assert sizing_page(dana, plan.pk, root, JULY)[1].missing == ("Hire while the next one",)
    stated(stage, "marginal_rule", "while_above")
    found = sizing_page(dana, plan.pk, root, JULY)[1]
    assert found.marginal is not None
    assert found.marginal.n_heads == found.hires.n_hires
    assert found.chain is not None
    assert found.chain.n_heads >= 10
