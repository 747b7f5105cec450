"""A published plan changes by dated amendments: closed months stay, sums hold in both layers, people are told."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from plan_stage import AMOUNT, YEAR, person, pinned, planned, team
from quarterdeck.records.models import Amendment, JournalEntry, Notice, Position, Seat, Target
from quarterdeck.services.cells import cells, effective
from quarterdeck.services.plans.amending import amendment_previewed, plan_amended
from quarterdeck.services.plans.amendment_shapes import AmendmentDraft
from quarterdeck.services.plans.changes import edit_added
from quarterdeck.services.plans.doors import plan_for
from quarterdeck.services.plans.grids import plan_grid
from quarterdeck.services.plans.publishing import plan_published
from quarterdeck.services.plans.states import plan_approved, plan_submitted
from quarterdeck.services.scene import Scene
from quarterdeck.services.targets import target_grid
from quarterdeck.terms.errors import Refusal
from small_company import fact

if TYPE_CHECKING:
    from quarterdeck.records.models import Plan
    from quarterdeck.services.actor import Actor
    from small_company import SmallCompany

Stage = tuple["SmallCompany", "Plan"]
MAY = dt.datetime(2026, 5, 20, 9, tzinfo=dt.UTC)
DAY = dt.date(2026, 5, 16)


@pytest.fixture
def stage(db: None) -> Stage:  # noqa: ARG001  opens the database
    company, plan = planned()
    dana = company.actor("dana")
    pinned(company.actor("mona"), plan, person(company, "rita"), 500_000, "2026-05-01")
    edit_added(plan_for(dana, plan.pk), "hedge", [{"depth": 0, "ratio": "0.05"}])
    plan_submitted(dana, plan.pk)
    plan_approved(dana, plan.pk)
    plan_published(dana, plan.pk)
    return company, plan


def actor(stage: Stage, who: str = "dana") -> Actor:
    return stage[0].actor(who, now=MAY)


def draft(stage: Stage, **changes: Any) -> AmendmentDraft:
    company, plan = stage
    wanted = AmendmentDraft(
        plan_id=plan.pk, kind="leaver", node=person(company, "rita"), effective_on=DAY, first_day="counts"
    )
    return replace(wanted, **changes)


def rows(stage: Stage, layer: Any = "plan") -> dict[str, list[int]]:
    grid = plan_grid(plan_for(actor(stage), stage[1].pk), MAY.date(), layer=layer)
    for row in grid.rows:
        below = [other.cells for other in grid.rows if other.parent == row.node]
        assert not below or [sum(month) for month in zip(*below, strict=True)] == list(row.cells)
    return {row.node: list(row.cells) for row in grid.rows}


def seat(stage: Stage, who: str) -> str:
    return f"position:{stage[0].positions[who].pk}"


def moved_seat(stage: Stage) -> Position:
    """Rita takes a new seat in West on the day."""
    company, _ = stage
    Seat.objects.filter(person=company.people["rita"]).update(effective_to=DAY)
    new = Position.objects.create(code="seat-west-2", name="Seat west 2", team=company.teams["west"], hat="rep")
    Seat.objects.create(position=new, person=company.people["rita"], effective_from=DAY, **fact("rita-west"))
    return new


def test_a_leavers_seat_keeps_the_rest_by_days(stage: Stage) -> None:
    before = rows(stage)
    plan_amended(actor(stage), draft(stage), MAY.date())
    after, rita = rows(stage), person(stage[0], "rita")
    assert after[rita][:4] == before[rita][:4]
    assert (after[rita][4], after[seat(stage, "rita")][4]) == (241_935, 258_065)  # 15 and 16 of 31 days of 5,000.00
    assert after[rita][5:] == [0] * 7
    assert after[seat(stage, "rita")][5:] == before[rita][5:]
    assert {node: cells for node, cells in after.items() if node not in {rita, seat(stage, "rita")}} == {
        node: cells for node, cells in before.items() if node != rita
    }


def test_the_first_day_counts_only_if_it_is_said_to(stage: Stage) -> None:
    plan_amended(actor(stage), draft(stage, first_day="does_not_count"), MAY.date())
    assert rows(stage)[person(stage[0], "rita")][4] == 258_065  # 16 of 31 days are hers


def test_a_team_carries_the_rest_and_still_sums(stage: Stage) -> None:
    before = rows(stage)
    plan_amended(actor(stage), draft(stage, rest="respread"), MAY.date())
    after, rita, raj = rows(stage), person(stage[0], "rita"), person(stage[0], "raj")
    assert after[team(stage[0], "east")] == before[team(stage[0], "east")]
    assert sum(after[raj]) - sum(before[raj]) == sum(before[rita]) - sum(after[rita])
    assert after[raj][:4] == before[raj][:4]
    rows(stage, "street")


def test_a_mover_takes_the_quota_along(stage: Stage) -> None:
    new = moved_seat(stage)
    before = rows(stage)
    plan_amended(actor(stage), draft(stage, kind="mover"), MAY.date())
    after = rows(stage)
    east, west, rita = team(stage[0], "east"), team(stage[0], "west"), person(stage[0], "rita")
    carried = sum(before[rita]) - sum(after[rita])
    assert sum(after[f"position:{new.pk}"]) == carried == sum(after[west]) - sum(before[west])
    assert sum(before[east]) - sum(after[east]) == carried
    assert after[east][:4] == before[east][:4]
    assert sum(after[team(stage[0], "company")]) == AMOUNT
    scene = Scene(actor(stage), MAY.date())
    found = cells(scene, "bookings", scene.calendar.year(YEAR))
    rita_id = stage[0].people["rita"].pk
    may = scene.month_of(MAY.date())
    assert effective(scene, found, [rita_id], may) == {rita_id: 500_000}
    told = Notice.objects.get(person_id=rita_id, amendment__isnull=False)
    assert told.before == told.after == sum(before[rita])
    assert "stays" in told.text


def test_targets_are_the_amended_plan_in_both_layers(stage: Stage) -> None:
    plan_amended(actor(stage), draft(stage), MAY.date())
    company, _ = stage
    for layer in ("plan", "street"):
        grid = target_grid(
            actor(stage), company.teams["company"].pk, fiscal_year=YEAR, as_of=MAY.date(), metric="bookings",
            layer=layer,
        )  # fmt: skip
        assert grid.differences == []
        wanted = rows(stage, layer)
        for row in grid.rows:
            amounts = [cell.amount or 0 for cell in row.cells]
            assert amounts == wanted.get(row.holder, [0] * 12), row.holder


def test_only_what_moved_gets_a_new_version(stage: Stage) -> None:
    kept = set(Target.current.values_list("pk", flat=True))
    plan_amended(actor(stage), draft(stage), MAY.date())
    gone = kept - set(Target.current.values_list("pk", flat=True))
    assert {(row.person_id, row.starts_on.month >= 5) for row in Target.objects.filter(pk__in=gone)} == {
        (stage[0].people["rita"].pk, True)
    }


@pytest.mark.parametrize("day", [dt.date(2026, 4, 30), dt.date(2025, 12, 31), dt.date(2027, 1, 1)])
def test_closed_months_do_not_change(stage: Stage, day: dt.date) -> None:
    with pytest.raises(Refusal) as refused:
        plan_amended(actor(stage), draft(stage, effective_on=day), MAY.date())
    assert refused.value.rule == "amendment_closed"
    assert not Amendment.objects.exists()


def test_who_amends_says_whether_the_first_day_counts(stage: Stage) -> None:
    with pytest.raises(Refusal) as refused:
        plan_amended(actor(stage), draft(stage, first_day=""), MAY.date())
    assert refused.value.rule == "amendment"


def test_trigger_formula_approver_and_difference_are_recorded_and_told(stage: Stage) -> None:
    before = rows(stage)
    n_entries = JournalEntry.objects.count()
    row = plan_amended(actor(stage), draft(stage, rest="respread", trigger="went to sea"), MAY.date())
    assert "Rita Brackenshaw left on 16 May 2026: went to sea" in row.trigger
    assert (row.formula["first_day"], row.formula["day_count"], row.by) == ("counts", "calendar", actor(stage).user)
    raj = stage[0].people["raj"].pk
    told = Notice.objects.get(person_id=raj, amendment=row)
    after = rows(stage)
    assert (told.before, told.after) == (sum(before[f"person:{raj}"]), sum(after[f"person:{raj}"]))
    assert f"{(told.after - told.before) / 100:,.2f} USD more" in told.text
    assert "from 16 May 2026 on" in told.text
    assert JournalEntry.objects.count() == n_entries + 1


def test_a_preview_writes_nothing(stage: Stage) -> None:
    n_targets, before = Target.objects.count(), rows(stage)
    made = amendment_previewed(actor(stage), draft(stage), MAY.date())
    assert [one.difference for one in made.years if one.node == seat(stage, "rita")] == [
        sum(amount for amount in before[person(stage[0], "rita")][5:]) + 258_065
    ]
    assert (Target.objects.count(), Amendment.objects.count()) == (n_targets, 0)


def test_a_manager_amends_nothing(stage: Stage) -> None:
    with pytest.raises(Refusal) as refused:
        plan_amended(actor(stage, "mona"), draft(stage), MAY.date())
    assert refused.value.rule == "needs_hat"


def test_amendments_follow_each_other(stage: Stage) -> None:
    plan_amended(actor(stage), draft(stage), MAY.date())
    later = draft(stage, node=seat(stage, "rita"), rest="respread", effective_on=dt.date(2026, 7, 1))
    plan_amended(actor(stage), later, MAY.date())
    after = rows(stage)
    assert after[seat(stage, "rita")][6:] == [0] * 6
    assert after[seat(stage, "rita")][5] > 0
    assert sum(after[team(stage[0], "company")]) == AMOUNT
    with pytest.raises(Refusal) as refused:
        plan_amended(actor(stage), draft(stage, version=1), MAY.date())
    assert refused.value.rule == "plan_version"


def test_another_whole_is_spread_over_open_months_only(stage: Stage) -> None:
    before, top = rows(stage), team(stage[0], "company")
    changed = draft(stage, kind="amount", node=top, amount=AMOUNT + 800_000, effective_on=dt.date(2026, 6, 1))
    plan_amended(actor(stage), replace(changed, running="open"), MAY.date())
    after = rows(stage)
    assert sum(after[top]) == AMOUNT + 800_000
    assert all(after[node][:5] == before[node][:5] for node in before)
    assert Notice.objects.filter(amendment__isnull=False).count() == 5
    rows(stage, "street")


def test_another_year_of_one_is_carried_by_those_beside(stage: Stage) -> None:
    before, raj = rows(stage), person(stage[0], "raj")
    year = sum(before[raj]) - 100_000
    changed = draft(stage, kind="pins", node=raj, amount=year, running="open")
    plan_amended(actor(stage), changed, MAY.date())
    after, east = rows(stage), team(stage[0], "east")
    assert sum(after[raj]) == year
    assert after[east] == before[east]
    assert after[person(stage[0], "walt")] == before[person(stage[0], "walt")]
    assert all(after[node][:4] == before[node][:4] for node in before)
    rows(stage, "street")


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "amount", "running": "open"}, {"kind": "pins", "amount": 5}, {"kind": "pins", "running": "open"},
        {"kind": "pins", "amount": -1, "running": "open"}, {"kind": "pins", "amount": 2**70, "running": "open"},
        {"kind": "pins", "amount": 1, "running": "open"}, {"kind": "nothing"}, {"node": "person:999999"},
        {"kind": "mover"}, {"rest": "burn"}, {"day_count": "moon"}, {"node": "nobody"},
    ],
)  # fmt: skip
def test_nonsense_amends_nothing(stage: Stage, changes: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refused:
        plan_amended(actor(stage), draft(stage, **changes), MAY.date())
    assert "person:" not in str(refused.value)
    assert not Amendment.objects.exists()
