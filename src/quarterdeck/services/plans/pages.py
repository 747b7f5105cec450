"""What the pages of plans show beside the grid: the list, one sentence, gaps, parts, what may be done, the past.

Submitted by Mona Larkin on 3 December; approve it or return it.
gap            top-down   bottom-up   last year
Rita  -63,183   713,183     650,000     610,400   "two accounts left"      largest gap first
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from quarterdeck.engine.metrics.definitions import metric_named
from quarterdeck.records.models import Goal, Plan
from quarterdeck.services import access
from quarterdeck.services.plans.amendment_shapes import amended_nodes
from quarterdeck.services.plans.doors import Door, plans_seen
from quarterdeck.services.plans.drivers import Drivers, drivers
from quarterdeck.services.plans.edits import edits_known
from quarterdeck.services.plans.evidence import node_capacity, node_potentials, pipelines
from quarterdeck.services.plans.grids import PlanGrid, plan_grid
from quarterdeck.services.plans.hands import hands_changed
from quarterdeck.services.plans.proposals import proposals_open
from quarterdeck.services.plans.states import may_step
from quarterdeck.services.plans.suggestions import Suggestion, suggestions
from quarterdeck.services.plans.weighing import basis_words, carrying_words

if TYPE_CHECKING:
    from quarterdeck.records.models import PlanEdit, Proposal
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.plans.edits import Edits


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """A plan in the list."""

    plan_id: int
    name: str
    team: str
    fiscal_year: int
    metric_title: str
    unit: str
    amount: int | None
    """The goal; None for who does not see the whole."""
    state: str
    at: dt.datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalLine:
    """A goal that has no plan yet."""

    goal_id: int
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A node with what is asked of it from above and from below."""

    node: str
    name: str
    top_down: int
    bottom_up: int
    last_year: int
    pipeline: int | None
    """Open pipeline as of the day, in a plan of money."""
    potential: int | None
    """What could be sold in a year, where that is known."""
    capacity: int | None
    """What those below can bring in the year, where that is known."""
    reason: str
    by: str
    at: dt.datetime
    proposal_id: int
    may_answer: bool

    @property
    def gap(self) -> int:
        """Bottom-up less top-down."""
        return self.bottom_up - self.top_down


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A team's part of a plan, and what the actor may do with it."""

    team_id: int
    name: str
    depth: int
    state: str
    may_submit: bool
    may_return: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a plan: a state, an edit, an answer, an amendment."""

    at: dt.datetime
    by: str
    what: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPage:
    """Everything the page of a plan shows."""

    grid: PlanGrid
    plan: Any
    metric_title: str
    sentence: str
    gaps: tuple[Gap, ...]
    parts: tuple[Part, ...]
    history: tuple[Event, ...]
    proposable: tuple[tuple[str, str], ...]
    """Node and name of whoever the actor may propose a number for."""
    may_approve: bool
    may_publish: bool
    may_amend: bool
    may_undo: bool
    may_redo: bool
    drivers: Drivers | None
    """Basis, hedges and rails, for who edits all of the plan."""
    is_fairness_told: bool
    """Whether the fairness pack is theirs to read: for who works on the plan."""
    suggestions: tuple[Suggestion, ...]
    """Amendments that seats ask for."""


def plan_lines(actor: Actor) -> list[PlanLine]:
    """Plans of which the actor sees a row, newest first."""
    return [_line(one) for one in plans_seen(actor)]


def _line(one: Door) -> PlanLine:
    metric, last = metric_named(one.plan.metric), one.states[-1]
    is_whole = one.ground.root in one.seen
    return PlanLine(
        plan_id=one.plan.pk, name=one.plan.name, team=one.plan.team.name, fiscal_year=one.plan.fiscal_year,
        metric_title=metric.title, unit=metric.unit, amount=one.plan.goal.amount if is_whole else None,
        state=one.state, at=last.at, by=one.named(last.by),
    )  # fmt: skip


def goals_unplanned(actor: Actor) -> list[GoalLine]:
    """Goals in force without a plan, for who may make one; one query."""
    if not access.may(actor, "set_goals"):
        return []
    rows = Goal.current.select_related("team").exclude(pk__in=Plan.objects.values("goal_id"))
    return [
        GoalLine(
            goal_id=goal.pk, said=f"{goal.team.name}, {metric_named(goal.metric).title.lower()} {goal.fiscal_year}"
        )
        for goal in rows.order_by("-fiscal_year", "metric", "team_id")
        if access.sees_people_of(actor, goal.team_id, actor.today)
    ]


def plan_page(found: Door, as_of: dt.date) -> PlanPage:
    """The page of a plan as the actor sees it, as of a day."""
    edits = list(found.plan.edits.select_related("by__person").order_by("number"))
    known, asked = edits_known(edits), proposals_open(found.plan)
    grid = plan_grid(found, as_of, edits=known, asked=asked)
    rows = {row.node: row for row in grid.rows}
    seen = [row for row in edits if _is_seen(found, row)]
    own = found.actor.user.pk if found.actor.user else None
    root = found.ground.root
    return PlanPage(
        grid=grid, plan=found.plan, metric_title=metric_named(found.plan.metric).title, sentence=_sentence(found),
        gaps=_gaps(found, known, rows, asked, as_of), parts=_parts(found, rows), history=_history(found, seen),
        proposable=tuple((row.node, row.name) for row in grid.rows if row.node in found.proposable),
        may_approve=may_step(found, "approve", root), may_publish=may_step(found, "publish", root),
        may_amend=found.may_approve and found.state == "published",
        may_undo=bool(found.editable) and any(row.by_id == own for row in edits), may_redo=bool(found.editable),
        is_fairness_told=found.reads_notes,
        drivers=drivers(found, known) if found.edits(root) else None,
        suggestions=(*suggestions(found, as_of), *hands_changed(found, as_of)),
    )  # fmt: skip


def _sentence(found: Door) -> str:
    """Where the plan stands, by whom, and what the actor does next."""
    last = found.states[-1] if found.state == found.states[-1].state else next(
        row for row in reversed(found.states) if row.team_id == found.plan.team_id
    )  # fmt: skip
    by = f"{found.state.capitalize()} by {found.named(last.by)} on {last.at:%-d %B %Y}"
    note = f" (“{last.note}”)" if last.note and found.reads_notes else ""
    return f"{by}{note}: {_next(found)}."


def _next(found: Door) -> str:
    if found.state == "published":
        return "amend it when something changes" if found.may_approve else "it changes by dated amendments only"
    if found.state == "approved":
        return "publish it, or return it" if found.may_approve else "it waits to be published"
    if found.state == "submitted":
        return "approve it, or return it" if found.may_approve else "it waits for approval"
    waiting = [row for row in found.states if row.state == "submitted" and row.team_id != found.plan.team_id]
    if found.may_approve and waiting:
        return "look at the parts handed up, then submit and approve all of it"
    if found.editable:
        return "pin what must be so, then submit it"
    return (
        "answer with a number of your own where it should be another" if found.proposable else "it is being worked on"
    )


def _gaps(
    found: Door, edits: Edits, rows: dict[str, Any], open_now: dict[str, Proposal], as_of: dt.date
) -> tuple[Gap, ...]:
    if found.state == "published":
        return ()  # what moves a published plan is an amendment
    asked = {node: row for node, row in open_now.items() if node in rows}
    pipeline, capacity = pipelines(found, asked, as_of), node_capacity(found, asked, as_of)
    potential = node_potentials(found, edits, asked, as_of)
    gaps = [
        Gap(
            node=node, name=rows[node].name, top_down=rows[node].year, bottom_up=row.amount, reason=row.reason,
            last_year=rows[node].last_year, pipeline=pipeline.get(node),
            potential=potential.get(node), capacity=capacity.get(node),
            by=found.named(row.by), at=row.at, proposal_id=row.pk,
            may_answer=node in found.editable,
        )
        for node, row in asked.items()
    ]  # fmt: skip
    return tuple(sorted(gaps, key=lambda gap: (-abs(gap.gap), gap.name, gap.node)))


def _parts(found: Door, rows: dict[str, Any]) -> tuple[Part, ...]:
    return tuple(
        Part(
            team_id=int(node.partition(":")[2]), name=row.name, depth=row.depth, state=found.state_of(node),
            may_submit=may_step(found, "submit", node), may_return=may_step(found, "return", node),
        )
        for node, row in rows.items()
        if row.kind == "team"
    )  # fmt: skip


def _edit_said(row: PlanEdit) -> str:
    """An edit in words, but for undoing, rails and hedges."""
    if row.kind == "basis":
        return f"shared it by {basis_words(row.lines[0]['basis'], row.lines[0])}"
    if row.kind == "carry":
        return f"counted what seats carry: {carrying_words(row.lines[0]['choices']) or 'whole months for all'}"
    return f"{len(row.lines)} cell{'' if len(row.lines) == 1 else 's'} pinned or freed"


def _is_seen(found: Door, edit: Any) -> bool:  # noqa: ANN401  a PlanEdit
    own = found.actor.user.pk if found.actor.user else None
    return edit.by_id == own or {line.get("node", found.ground.root) for line in edit.lines} <= found.seen


def _history(found: Door, edits: list[Any]) -> tuple[Event, ...]:
    said = {"undo": "took back an edit", "redo": "brought back an edit", "rail": "set rails", "hedge": "set a hedge"}
    events = [
        Event(
            at=row.at, by=found.named(row.by), note=row.note if found.reads_notes else "",
            what=row.state if row.team_id == found.plan.team_id else f"{row.team.name}: {row.state}",
        )
        for row in found.states
        if f"team:{row.team_id}" in found.seen or row.team_id == found.plan.team_id
    ]  # fmt: skip
    events += [
        Event(
            at=row.at, by=found.named(row.by), note=row.reason,
            what=said.get(row.kind) or _edit_said(row),
        )
        for row in edits
        if row.lines or row.kind in {"undo", "redo"}
    ]  # fmt: skip
    events += [
        Event(at=row.at, by=found.named(row.by), note="", what=f"amended: {row.trigger}")
        for row in found.amendments
        if amended_nodes(row.formula) & found.seen
    ]  # fmt: skip
    return tuple(sorted(events, key=lambda event: event.at, reverse=True))
