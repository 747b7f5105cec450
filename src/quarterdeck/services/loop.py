"""The whole cycle on one page: read this first.

    strategy ──> goals ──> targets ──> daily actions ──> activities, deals, bookings
       ^                                                        │
       └── decision <── field reports <── feedback <── metrics <┘

`once_around` is a working day of a small company, written as the calls it is made of. Each function below is one
step; behind each stands one service. A test drives it on a company's own files.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from quarterdeck.records.models import Person
from quarterdeck.services.access import persons_seen
from quarterdeck.services.becauses import Because, because
from quarterdeck.services.desks.director import director_desk
from quarterdeck.services.desks.manager import manager_desk
from quarterdeck.services.desks.rep import rep_desk
from quarterdeck.services.facts import activity_logged, field_report_logged
from quarterdeck.services.goals import GoalDraft, goal_set
from quarterdeck.services.imports import batch_applied, batch_created, batch_previewed

if TYPE_CHECKING:
    from quarterdeck.records.models import Activity, Batch, FieldReport, Goal
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.desks.shapes import DirectorDesk, ManagerDesk, RepDesk


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one turn of the loop left behind."""

    batch: Batch
    goal: Goal
    direction: DirectorDesk
    team: ManagerDesk
    morning: RepDesk
    activity: Activity
    report: FieldReport
    evening: RepDesk
    because: Because


def once_around(director: Actor, rep: Actor, files: Sequence[Path], draft: GoalDraft, as_of: dt.date) -> Turn:
    """Files in, goal down, work done, answer back; `rep` is who works today, `director` who imports and decides."""
    batch = facts_in(director, files, as_of)
    goal = goal_set(director, draft)
    direction = director_desk(director, draft.team_id, as_of)
    team = manager_desk(director, _first_team(direction), as_of)
    morning = rep_desk(rep, _person(rep), as_of)
    activity = work_done(rep, morning)
    report = field_heard(rep, morning, "They ask for a shorter contract.")
    evening = rep_desk(rep, _person(rep), as_of)
    return Turn(
        batch=batch,
        goal=goal,
        direction=direction,
        team=team,
        morning=morning,
        activity=activity,
        report=report,
        evening=evening,
        because=because(rep, evening.progress.target.query()),
    )


def facts_in(actor: Actor, files: Sequence[Path], as_of: dt.date) -> Batch:
    """A company's files: handed in, looked at, applied whole."""
    batch = batch_created(actor, files, as_of=as_of)
    batch_previewed(actor, batch)
    return batch_applied(actor, batch)


def work_done(rep: Actor, desk: RepDesk) -> Activity:
    """The first thing on the list that is not done yet, on the deal that needs somebody most."""
    todo = next((action for action in desk.actions if not action.is_done), desk.actions[0])
    deal = desk.deals[0].opportunity_id if desk.deals else None
    return activity_logged(rep, kind=todo.kind, person=desk.person_id, happened_on=desk.as_of, opportunity=deal)


def field_heard(rep: Actor, desk: RepDesk, text: str) -> FieldReport:
    """What the field answered goes up again."""
    deal = desk.deals[0].opportunity_id if desk.deals else None
    return field_report_logged(rep, person=desk.person_id, reported_on=desk.as_of, text=text, opportunity=deal)


def _person(actor: Actor) -> int:
    """Who works: the actor; for the system, which is nobody, the first person there is."""
    if actor.person_id is not None:
        return actor.person_id
    return int(persons_seen(actor, Person.visible.order_by("pk"), actor.today).values_list("pk", flat=True)[0])


def _first_team(direction: DirectorDesk) -> int:
    """The first team below, or the only one there is."""
    return int(direction.teams[0].key.removeprefix("team:")) if direction.teams else direction.team_id
