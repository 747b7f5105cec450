"""What a page about goals shows: which metrics and teams a goal may be about, and a cascade as rows of a tree.

East           1,991,532   Jan 148,000  Feb 57,000 ...
  Rita Moreno    713,183   Jan  53,000  Feb 20,500 ...
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw

from quarterdeck.engine.metrics.definitions import METRICS, metric_named
from quarterdeck.records.models import Target
from quarterdeck.services.calendar import company
from quarterdeck.services.desks.shapes import Line, Series
from quarterdeck.services.goal_basis import months_before, past
from quarterdeck.services.goal_words import how_words
from quarterdeck.services.goals import goals
from quarterdeck.services.listing import Listing, Page, whole
from quarterdeck.services.people_list import teams
from quarterdeck.services.plans.potential import market_sizes
from quarterdeck.services.scene import Scene
from quarterdeck.terms.money import Money
from quarterdeck.terms.tables import Column

if TYPE_CHECKING:
    import datetime as dt

    from quarterdeck.records.models import Goal
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.goals import Cascade, GoalDraft


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
    markets: tuple[tuple[int, str, int], ...]
    """Segments whose size is known on the day: id, name, minor units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """A goal that gives way to another, with the targets it brought down."""

    goal: Goal
    n_targets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalRow:
    """A goal in force as a list shows it."""

    goal: Goal
    metric_title: str
    unit: str
    how_said: str


def goal_rows(actor: Actor) -> list[GoalRow]:
    """Goals in force of teams that the actor sees, newest year first."""
    found = goals(actor)
    currency = company().currency if found else ""
    return [
        GoalRow(goal=goal, metric_title=metric.title, unit=metric.unit, how_said=how_words(goal, metric.unit, currency))
        for goal, metric in ((goal, METRICS[goal.metric]) for goal in found)
    ]


def goals_listing(rows: list[GoalRow], currency: str) -> Listing[dict[str, Any]]:
    """Goals as a file holds them; amounts as people write them, since some are money and some are counts."""
    names = ("fiscal_year", "team", "metric", "goal", "unit", "how", "basis", "set_by", "set_at", "note")
    columns = tuple(Column(name, "instant" if name == "set_at" else "text", f"The goal's {name}.") for name in names)
    return whole("Goals", columns, [
        {"fiscal_year": str(row.goal.fiscal_year), "team": row.goal.team.name, "metric": row.goal.metric,
         "goal": str(Money(row.goal.amount, currency).major if row.unit == "money" else row.goal.amount),
         "unit": currency if row.unit == "money" else "count", "how": row.how_said, "basis": row.goal.basis,
         "set_by": str(row.goal.set_by or ""), "set_at": row.goal.known_at, "note": row.goal.note}
        for row in rows
    ])  # fmt: skip


def goal_replaced(actor: Actor, draft: GoalDraft) -> Replaced | None:
    """The goal in force that setting the draft would replace; None when it is the first. Two queries."""
    same = {"metric": draft.metric, "team_id": draft.team_id, "fiscal_year": draft.fiscal_year}
    found = [row for row in goal_rows(actor) if all(getattr(row.goal, name) == value for name, value in same.items())]
    if not found:
        return None
    goal = found[0].goal
    return Replaced(goal=goal, n_targets=Target.current.filter(goal=goal).count())


def year_shape(actor: Actor, made: Cascade) -> Series:
    """How the goal is spread over its year, beside what last year's months brought."""
    draft, root = made.draft, f"team:{made.draft.team_id}"
    scene = Scene(actor, made.year.starts_on)
    rows = made.cells.filter(nw.col("node_id") == root).sort("starts_on")
    amounts = rows["amount"].to_list()
    before = months_before(scene, draft.fiscal_year)
    known = past(scene, draft.metric, [root], before) if before else None
    by_month = dict(known.select("starts_on", "value").iter_rows()) if known is not None else {}
    lines = [Line(name="Goal", values=tuple(amounts), kind="actual")]
    if len(before) == len(amounts):
        begun = [month.starts_on <= actor.today for month in before]
        earlier = tuple(
            by_month.get(month.starts_on) if has else None for month, has in zip(before, begun, strict=True)
        )
        lines.append(Line(name="Last year", values=earlier, kind="expected"))
    months = scene.calendar.months(draft.fiscal_year)
    return Series(
        title="How is it spread over the year?", unit=metric_named(draft.metric).unit,
        labels=tuple(month.name for month in months), lines=tuple(lines),
    )  # fmt: skip


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
        markets=tuple(market_sizes(as_of)),
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
