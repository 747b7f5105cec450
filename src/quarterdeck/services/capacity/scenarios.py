"""Scenarios: named overrides of the drivers of a team's part of a plan. Nothing of the plan is copied or changed.

    "Hire two in spring"   East, 2026   {"hires": {"2026-03-01": 2}}          version 1 by Priya
                                        {"hires": {"2026-04-01": 2}}          version 2 by Dana, who saw version 1

Whoever works on plans and sees the people of the team sees its scenarios and may change them; each change is a version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction

from quarterdeck.engine.cascade.weights import goal_amount
from quarterdeck.records.models import Scenario, ScenarioVersion
from quarterdeck.services import access
from quarterdeck.services.capacity.specs import OVERRIDDEN
from quarterdeck.services.capacity.values import Value, checked, spec_of
from quarterdeck.services.journal import journaled
from quarterdeck.services.plans.doors import Door, door, plan_for, plans_seen
from quarterdeck.services.plans.texts import said
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from quarterdeck.services.actor import Actor

WHAT: Final = "The scenario was not kept."
MOST: Final = 100
"""Scenarios of one plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioSeen:
    """A scenario as an actor meets it: what it overrides now, and where it stands."""

    scenario_id: int
    name: str
    plan_id: int
    plan: str
    team_id: int
    team: str
    overrides: Mapping[str, Value]
    version: int
    is_dropped: bool
    by: str
    at: dt.datetime
    note: str


def reads_scenarios(actor: Actor) -> bool:
    """Whether capacity is the actor's to look at: who works on plans, or sees everything."""
    return access.may(actor, "edit_plans") or access.sees_all(actor, actor.today)


def door_for(actor: Actor, plan_id: int, team_id: int) -> Door:
    """The plan, for who works on plans and sees the people of one of its teams; else the refusal `not_visible`."""
    if not reads_scenarios(actor) or not access.sees_people_of(actor, team_id, actor.today):
        raise access.not_visible("plan")
    found = plan_for(actor, plan_id)
    if f"team:{team_id}" not in found.seen:
        raise access.not_visible("plan")
    return found


def scenarios(actor: Actor) -> list[ScenarioSeen]:
    """Scenarios that the actor sees and that were not set aside, the latest first; a query more than for plans."""
    if not reads_scenarios(actor):
        return []
    doors = {door.plan.pk: door for door in plans_seen(actor)}
    last: dict[int, ScenarioVersion] = {}
    for row in _versions().filter(scenario__plan_id__in=list(doors)):
        last.setdefault(row.scenario_id, row)
    theirs = [row for row in last.values() if _is_theirs(doors[row.scenario.plan_id], row.scenario.team_id)]
    return [_seen(doors[row.scenario.plan_id], row) for row in theirs if not row.is_dropped]


def scenario_for(actor: Actor, scenario_id: int) -> tuple[Door, ScenarioSeen]:
    """A scenario with the plan it is about, or the refusal `not_visible`."""
    found = scenarios_of(actor, [scenario_id])
    return found[scenario_id]


def scenarios_of(actor: Actor, ids: Sequence[int]) -> dict[int, tuple[Door, ScenarioSeen]]:
    """Scenarios by id with their plans, or the refusal `not_visible`; a query, and the doors of their plans."""
    last: dict[int, ScenarioVersion] = {}
    known = [number for number in ids if number <= MAX_MINOR]  # what a column can hold
    for row in _versions().filter(scenario_id__in=known):
        last.setdefault(row.scenario_id, row)
    if not last.keys() >= set(ids) or not reads_scenarios(actor):
        raise access.not_visible("scenario")
    plans = {row.scenario.plan_id: row.scenario.plan for row in last.values()}
    doors = {number: door(actor, plan) for number, plan in plans.items()}
    if not all(_is_theirs(doors[row.scenario.plan_id], row.scenario.team_id) for row in last.values()):
        raise access.not_visible("scenario")
    return {
        number: (doors[row.scenario.plan_id], _seen(doors[row.scenario.plan_id], row)) for number, row in last.items()
    }


def _versions() -> QuerySet[ScenarioVersion]:
    """Versions with all that is told of them, the last one first."""
    rows = ScenarioVersion.objects.select_related("scenario__plan__goal", "scenario__plan__team", "scenario__team")
    return rows.select_related("by__person").order_by("-scenario_id", "-number")


def _is_theirs(found: Door, team_id: int) -> bool:
    return f"team:{team_id}" in found.seen and access.sees_people_of(found.actor, team_id, found.actor.today)


def _seen(found: Door, last: ScenarioVersion) -> ScenarioSeen:
    row = last.scenario
    return ScenarioSeen(
        scenario_id=row.pk, name=row.name, plan_id=row.plan_id, plan=row.plan.name, team_id=row.team_id,
        team=row.team.name, overrides=last.overrides, version=last.number, is_dropped=last.is_dropped,
        by=found.named(last.by), at=last.at, note=last.note,
    )  # fmt: skip


def scenario_made(  # noqa: PLR0913  what a scenario consists of
    actor: Actor, plan_id: int, team_id: int, *, name: str, overrides: Mapping[str, Value] | None = None,
    note: str = "",
) -> Scenario:  # fmt: skip
    """A new scenario of a part of a plan. Raises Refusal: `scenario_name`, `scenario_most`, `capacity_driver`."""
    access.require(actor, "edit_plans", WHAT)
    found = door_for(actor, plan_id, team_id)
    title = said(name, 200)
    if not title:
        raise Refusal(WHAT, "It has no name.", "Say in a few words what it supposes.", "scenario_name")
    kept = overrides_checked(found, team_id, overrides or {})
    with journaled(actor, "scenario_made", "scenario") as entry:
        if Scenario.objects.filter(plan_id=plan_id).count() >= MOST:
            raise Refusal(WHAT, f"The plan has {MOST} scenarios.", "Change one of them.", "scenario_most")
        row = Scenario.objects.create(plan_id=plan_id, team_id=team_id, name=title, at=actor.now, by=actor.user)
        _written(actor, row, 1, kept, note)
        entry.about(row.pk, f"Scenario {title} of {found.plan.name}", after=dict(kept))
    return row


def scenario_changed(
    actor: Actor, scenario_id: int, *, version: int, overrides: Mapping[str, Value], note: str = ""
) -> ScenarioVersion:
    """The scenario with other overrides, all of them given. Raises Refusal (`scenario_version`) after somebody else."""
    access.require(actor, "edit_plans", WHAT)
    found, before = scenario_for(actor, scenario_id)
    kept = overrides_checked(found, before.team_id, overrides)
    return _changed(actor, before, version, kept, note=note)


def scenario_dropped(actor: Actor, scenario_id: int, *, version: int) -> ScenarioVersion:
    """The scenario set aside: it is in no list any more; its versions stay."""
    access.require(actor, "edit_plans", WHAT)
    _, before = scenario_for(actor, scenario_id)
    return _changed(actor, before, version, before.overrides, is_dropped=True)


def _changed(  # noqa: PLR0913  what a version consists of
    actor: Actor, before: ScenarioSeen, version: int, overrides: Mapping[str, Value], *, note: str = "",
    is_dropped: bool = False,
) -> ScenarioVersion:  # fmt: skip
    stale = Refusal(
        WHAT, f"Somebody changed it since: you saw version {version}.", "Load it again.", "scenario_version"
    )
    if version != before.version:
        raise stale
    verb = "scenario_dropped" if is_dropped else "scenario_changed"
    try:
        with transaction.atomic(), journaled(actor, verb, "scenario") as entry:
            row = Scenario.objects.get(pk=before.scenario_id)
            made = _written(actor, row, version + 1, overrides, note, is_dropped=is_dropped)
            does = "set aside" if is_dropped else f"version {made.number}"
            entry.about(row.pk, f"Scenario {row.name}: {does}", before=dict(before.overrides), after=dict(overrides))
    except IntegrityError as error:
        raise stale from error
    return made


def _written(  # noqa: PLR0913, PLR0917  as above
    actor: Actor,
    row: Scenario,
    number: int,
    overrides: Mapping[str, Value],
    note: str,
    is_dropped: bool = False,  # noqa: FBT001, FBT002
) -> ScenarioVersion:
    return ScenarioVersion.objects.create(
        scenario=row, number=number, overrides=dict(overrides), note=said(note), is_dropped=is_dropped, at=actor.now,
        by=actor.user,
    )  # fmt: skip


def overrides_checked(found: Door, team_id: int, overrides: Mapping[str, Value]) -> dict[str, Value]:
    """The overrides as they are kept. Raises Refusal (`capacity_driver`) for what is no driver, or no value of it."""
    kept = {name: checked(spec_of(name, WHAT, OVERRIDDEN), value, WHAT) for name, value in overrides.items()}
    if {"goal_amount", "growth"} <= kept.keys():
        why = "It names the goal twice, as an amount and as growth."
        raise Refusal(WHAT, why, "Leave one of the two empty.", "capacity_driver")
    if "growth" in kept:
        goal_amount(found.ground.nodes[f"team:{team_id}"].last_year, Decimal(kept["growth"]))
    months = {str(month.starts_on) for month in found.ground.months}
    if strange := sorted(set(kept.get("hires", {})) - months):
        why = f"No month of the plan starts on '{strange[0][:20]}'."
        raise Refusal(WHAT, why, "Name the first day of one of its months.", "capacity_driver")
    if not found.is_money and {"win_rate", "average_deal"} & kept.keys():
        why = "The plan is no plan of money: deals do not move it in proportion."
        raise Refusal(WHAT, why, "Name what a head brings instead.", "capacity_driver")
    return dict(sorted(kept.items()))
