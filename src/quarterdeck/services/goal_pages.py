"""What a page about goals shows: which metrics and teams a goal may be about, and a cascade as rows of a tree.

East           1,991,532   Jan 148,000  Feb 57,000 ...
  Rita Moreno    713,183   Jan  53,000  Feb 20,500 ...
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.services.goals import goals
from quarterdeck.services.listing import Page
from quarterdeck.services.people_list import teams
from quarterdeck.services.scene import Scene

if TYPE_CHECKING:
    import datetime as dt

    from quarterdeck.records.models import Goal
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.goals import Cascade


@dataclass(frozen=True, slots=True, kw_only=True)
class CascadeRow:
    """One node of a cascade; amounts in minor units, or a count."""

    name: str
    depth: int
    kind: str
    year: int
    months: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalChoices:
    """What may be chosen when a goal is set."""

    metrics: tuple[tuple[str, str, str], ...]
    """Name, title, unit; the company's own metric first."""
    teams: tuple[tuple[int, str], ...]
    """Id and name, roots first."""
    years: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalRow:
    """A goal in force as a list shows it."""

    goal: Goal
    metric_title: str
    unit: str


def goal_rows(actor: Actor) -> list[GoalRow]:
    """Goals in force of teams that the actor sees, newest year first."""
    return [
        GoalRow(goal=goal, metric_title=METRICS[goal.metric].title, unit=METRICS[goal.metric].unit)
        for goal in goals(actor)
    ]


def goal_choices(actor: Actor, as_of: dt.date) -> GoalChoices:
    """The metrics that add up, the teams the actor sees, and the fiscal years around the day."""
    scene = Scene(actor, as_of)
    own = scene.metric
    flows = sorted((metric for metric in METRICS.values() if metric.kind == "flow"), key=lambda one: one.name != own)
    seen = teams(actor, as_of=as_of, page=Page(size=1000)).rows
    ordered = sorted(seen, key=lambda team: (team.parent_id is not None, team.name))
    this = scene.calendar.year_of(as_of)
    return GoalChoices(
        metrics=tuple((metric.name, metric.title, metric.unit) for metric in flows),
        teams=tuple((team.team_id, team.name) for team in ordered),
        years=(this, this + 1, this - 1),
    )


def cascade_rows(made: Cascade) -> tuple[CascadeRow, ...]:
    """The cascade depth first: parents before children, teams before people, then by name."""
    amounts: dict[str, list[int]] = {}
    parents: dict[str, str | None] = {}
    for node, parent, amount in made.cells.sort("starts_on").select("node_id", "parent_id", "amount").iter_rows():
        amounts.setdefault(node, []).append(amount)
        parents[node] = parent
    children: dict[str | None, list[str]] = {}
    for node, parent in parents.items():
        children.setdefault(parent, []).append(node)
    rows: list[CascadeRow] = []

    def walk(node: str, depth: int) -> None:
        kind = node.partition(":")[0]
        months = tuple(amounts[node])
        rows.append(CascadeRow(name=made.names[node], depth=depth, kind=kind, year=sum(months), months=months))
        below = children.get(node, [])
        for child in sorted(below, key=lambda one: (not one.startswith("team:"), made.names[one], one)):
            walk(child, depth + 1)

    for root in children[None]:
        walk(root, 0)
    return tuple(rows)
