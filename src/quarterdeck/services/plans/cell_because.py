"""Why a cell of a plan is what it is: step by step up to the goal, who changed it, and what was proposed.

    rita, March 2026   61,000.00
    steps       the season gives this month 8.6 % of the year's 713,183.00  ->  35.8 % of East's  ->  the goal
    changes     3 May  Mona Larkin  pinned at 61,000.00: the trade fair
    proposals   1 May  Rita Moreno  650,000.00 for the year: two accounts left  ->  declined: they came back

Of rows that its reader does not see there is nothing, amounts in reasons included.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.engine.cascade.explanations import explanation
from quarterdeck.engine.metrics.definitions import metric_named
from quarterdeck.services import access
from quarterdeck.services.derivations import month_words, year_words
from quarterdeck.services.goal_words import how_words
from quarterdeck.services.plans.closing import closed_months, company_day
from quarterdeck.services.plans.doors import plan_for
from quarterdeck.services.plans.edits import YEAR, cells_of, edits_known
from quarterdeck.services.plans.figures import figures_now, solved_plan
from quarterdeck.services.plans.notices import amount_said
from quarterdeck.services.plans.seats import causes_of
from quarterdeck.services.plans.weighing import basis_of
from quarterdeck.services.scene import Scene, holder_of
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.records.models import Amendment, PlanEdit
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.plans.doors import Door
    from quarterdeck.services.plans.edits import Edits

WHAT: Final = "The cell was not shown."
_ABOVE: Final = "a part of what is above it, which is not yours to see"
_PINNED: Final = {"pin", "shared"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CellStep:
    """One step up to the goal."""

    name: str
    period: str
    amount: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellEvent:
    """Something that happened to the cell."""

    at: dt.datetime
    by: str
    what: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellBecause:
    """One cell of a plan with its reasons, the newest event first."""

    plan_id: int
    plan_name: str
    node: str
    name: str
    period: str
    metric: str
    unit: str
    amount: int
    street: int
    """With the hedge on top; the same where there is none."""
    is_pinned: bool
    closed: str
    """Why it stays, where its month is over."""
    steps: tuple[CellStep, ...]
    amendments: tuple[CellEvent, ...]
    edits: tuple[CellEvent, ...]
    proposals: tuple[CellEvent, ...]
    month: dt.date | None
    is_published: bool


def cell_because(actor: Actor, plan_id: int, *, node: str, at: str) -> CellBecause:
    """A cell's reasons; `at` is the first day of a month, or year. Raises Refusal (`not_visible`, `plan_cells`)."""
    found = plan_for(actor, plan_id)
    starts = [str(month.starts_on) for month in found.ground.months]
    if node not in found.seen:
        raise access.not_visible("node")
    if at != YEAR and at not in starts:
        why = f"The plan has no month that starts on '{at[:20]}'."
        raise Refusal(WHAT, why, "Open it from the grid.", "plan_cells")
    place = None if at == YEAR else starts.index(at)
    rows = list(found.plan.edits.select_related("by__person").order_by("number"))
    edits, scene = edits_known(rows), Scene(actor, actor.today)
    scene.people([holder_of(one)[1] for one in (node, *found.ground.above(node)) if one.startswith("person:")])
    amount, street = (_amount(found, edits, node, place, layer) for layer in ("plan", "street"))
    months = found.ground.months
    return CellBecause(
        plan_id=plan_id, plan_name=found.plan.name, node=node, name=scene.name(node), amount=amount, street=street,
        period=f"the year {found.plan.fiscal_year}" if place is None else months[place].name,
        metric=found.plan.metric, unit=metric_named(found.plan.metric).unit, is_pinned=(node, at) in edits.pins,
        closed="" if place is None else _closed(found, place), steps=tuple(_steps(found, scene, edits, node, place)),
        amendments=tuple(_amended(found, node, at)), edits=tuple(_edited(found, rows, node, at)),
        proposals=tuple(_proposed(found, node)), month=None if place is None else months[place].starts_on,
        is_published=found.state == "published",
    )  # fmt: skip


def _amount(found: Door, edits: Edits, node: str, place: int | None, layer: Any) -> int:  # noqa: ANN401  a Layer
    figures = figures_now(found.plan, edits, found.amendments, layer)
    return figures.year(node) if place is None else figures.cells(node)[place]


def _closed(found: Door, place: int) -> str:
    month = found.ground.months[place]
    is_over = month in closed_months(found.ground, company_day(found.actor))
    return f"{month.name} is over: what was sold in it is a fact, so this target stays." if is_over else ""


def _steps(found: Door, scene: Scene, edits: Edits, node: str, place: int | None) -> Iterator[CellStep]:
    """Step by step up to the goal, as far as the reader sees; none of a seat that an amendment brought."""
    solved = solved_plan(found.plan, edits)
    if node not in solved.shape.number:
        return
    starts_on = None if place is None else found.ground.months[place].starts_on
    rows = explanation(solved, node, starts_on).select("node_id", "starts_on", "amount", "derivation")
    for each, day, amount, derivation in rows.iter_rows():
        if each not in found.seen:
            return
        why = json.loads(derivation) | _pinned(found, edits, each, str(day) if day else YEAR)
        if day and (carries := causes_of(edits.carry, found.ground.months, [each]).get(each, {}).get(day)):
            why["carries"] = carries
        period = f"{found.plan.fiscal_year}" if day is None else found.ground.months[place or 0].name
        yield CellStep(
            name=scene.name(each), period=period, amount=int(amount), why=_why(found, scene, edits, why, each, day)
        )


def _pinned(found: Door, edits: Edits, node: str, at: str) -> dict[str, Any]:
    """Who pinned a cell, as far as the reader may know, and why."""
    edit = edits.pinned_by.get((node, at))
    if edit is None or (node, at) not in edits.pins:
        return {}
    return {"pinned": {"by": found.named(edit.by), "reason": edit.reason if found.reads_notes else ""}}


def _why(  # noqa: PLR0913, PLR0917  a reason and where it stands
    found: Door, scene: Scene, edits: Edits, why: dict[str, Any], node: str, day: dt.date | None
) -> str:
    metric = found.plan.metric
    if day is not None:
        is_held = (node, str(day)) in edits.held and why["rule"] in _PINNED
        if is_held and (node, str(day)) not in edits.pins:
            return "as it stood when the month was over"
        if why["rule"] == "shared" and why["pinned_id"] not in found.seen:
            return "its part of a month that is pinned above it"
        return month_words(scene, why, metric)
    if "parent_id" in why and why["parent_id"] not in found.seen:
        return "pinned, " + _ABOVE if why["rule"] == "pin" else _ABOVE
    if "parent_id" not in why:
        goal = found.plan.goal
        by = f" by {found.named(goal.set_by)}" if goal.set_by else ""
        how = how_words(goal, metric_named(metric).unit, scene.company.currency)
        return f"the goal, set{by} on {goal.known_at:%-d %B %Y}{f': {how}' if how else ''}"
    return year_words(scene, why, basis_of(edits, found.plan.goal).kind, metric)


def _amended(found: Door, node: str, at: str) -> Iterator[CellEvent]:
    """What amendments made of the cell, or of the year's months together."""
    for row in reversed(found.amendments):
        moved = [(was, now) for each, day, was, now in row.moved["plan"] if each == node and at in {YEAR, day}]
        if moved:
            before, after = sum(was for was, _ in moved), sum(now for _, now in moved)
            months = f"{len(moved)} months, together " if at == YEAR else ""
            said = f"{months}{amount_said(found.plan, after)} instead of {amount_said(found.plan, before)}"
            yield CellEvent(at=row.at, by=found.named(row.by), what=said, note=_trigger(found, row))


def _trigger(found: Door, row: Amendment) -> str:
    """What set an amendment off; who does not work on plans reads of it in their own notice."""
    day = f"{row.effective_on:%-d %B %Y}"
    return f"from {day} on: {row.trigger}" if found.reads_notes else f"from {day} on; your notice says why"


def _edited(found: Door, rows: Iterable[PlanEdit], node: str, at: str) -> Iterator[CellEvent]:
    """Pins and freeings of the cell, and of the year it belongs to; undone ones are there, as they were made."""
    if not found.reads_notes:
        return
    for row in reversed(list(rows)):
        for line in row.lines:
            if row.kind != "pin" or not cells_of([line]) & {(node, at), (node, YEAR)}:
                continue
            which = "the year " if line["month"] == YEAR != at else ""
            what = (
                f"{which}freed"
                if line["amount"] is None
                else f"{which}pinned at {amount_said(found.plan, line['amount'])}"
            )
            yield CellEvent(at=row.at, by=found.named(row.by), what=what, note=row.reason)


def _proposed(found: Door, node: str) -> Iterator[CellEvent]:
    """Numbers proposed for the node's year, with their answers."""
    for row in (
        found.plan.proposals.filter(node=node).select_related("by__person", "answer__by__person").order_by("-pk")
    ):
        said = amount_said(found.plan, row.amount)
        answer = getattr(row, "answer", None)
        if answer is None:
            what = f"{said} proposed for the year"
        else:
            how = "accepted" if answer.is_accepted else "declined"
            reason = f": {answer.reason}" if answer.reason else ""
            what = f"{said} proposed for the year; {how} by {found.named(answer.by)}, {answer.at:%-d %B %Y}{reason}"
        yield CellEvent(at=row.at, by=found.named(row.by), what=what, note=row.reason)
