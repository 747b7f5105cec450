"""Goals: a director's number for a year, brought down to teams, people, vacant seats and months.

    goal_set(actor, metric="won_amount", fiscal_year=2018, team_id=1, amount=12_000_000_00)

    Goal    company  2018  12,000,000.00  by history
    Target  team:1   January 2018  1,012,340.17     children of every node sum to it, in every month
            team:2   January 2018    400,113.02
            person:7 January 2018     61,200.44     derivation: weight 1,153,214 of 10,005,534, season 0.084 ...

Leaves are the people with a rep's seat as of the first day of the year (who also leads a team is a leaf as well) and
the rep's seats that nobody holds. Setting the goal of a team, metric and year again supersedes the earlier one with its
cells. By history, who had none weighs as much as the mean of those beside them (engine.cascade.weights).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal

import narwhals as nw

from quarterdeck.engine.cascade.cells import cells as cascade
from quarterdeck.engine.cascade.seasons import seasonal_index
from quarterdeck.engine.cascade.weights import even_weights, goal_amount, history_weights
from quarterdeck.engine.metrics.definitions import METRICS, metric_named
from quarterdeck.engine.metrics.values import metric_values
from quarterdeck.records.models import Goal, Target
from quarterdeck.records.models.plans import BASES
from quarterdeck.services import access, stored
from quarterdeck.services.calendar import company
from quarterdeck.services.dated import BY_HAND
from quarterdeck.services.journal import journaled
from quarterdeck.services.scene import CARRIES, Scene, holder_of, holders_framed
from quarterdeck.terms.errors import QuarterdeckFault, Refusal
from quarterdeck.terms.money import MAX_MINOR, Money

if TYPE_CHECKING:
    from quarterdeck.records.models import Company
    from quarterdeck.services.actor import Actor
    from quarterdeck.terms.period import Period
    from quarterdeck.terms.tables import Frame

Basis = Literal["history", "even", "weights"]
SEASON_YEARS: Final = 3
"""Years before the goal's from which the season is learned."""

_WHAT: Final = "The goal was not set."
_CHUNK: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalDraft:
    """A goal as somebody wants it: an amount (minor units, or a count), or growth on last year's actual."""

    metric: str
    fiscal_year: int
    team_id: int
    amount: int | None = None
    growth: Decimal | Fraction | None = None
    basis: Basis = "history"
    weights: Mapping[str, int] = field(default_factory=dict)
    """By node (team:3, person:7, position:9), for the basis `weights`."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cascade:
    """A goal with its cells, written or not."""

    draft: GoalDraft
    year: Period
    amount: int
    last_year: int
    cells: Frame
    """CELLS: one row per node and fiscal month."""
    names: dict[str, str]
    n_people: int
    n_vacancies: int


def goal_previewed(actor: Actor, draft: GoalDraft) -> Cascade:
    """What the goal would come to, without writing anything. Raises Refusal for a goal that means nothing."""
    access.require(actor, "set_goals", _WHAT)
    scene = _scene(actor, draft)
    access.team_for(actor, draft.team_id, actor.today)
    _check(draft)
    year = scene.calendar.year(draft.fiscal_year)
    last_year = _actual(scene, draft)
    amount = _amount(draft, last_year, year, actor.today)
    nodes = _nodes(scene, draft.team_id, year)
    weighted = _weighted(scene, draft, nodes)
    made = cascade(amount, weighted, scene.calendar.months(draft.fiscal_year), _season(scene, draft), basis=draft.basis)
    ids = nodes["node_id"].to_list()
    return Cascade(
        draft=draft, year=year, amount=amount, last_year=last_year, cells=made,
        names={node: scene.name(node) for node in ids},
        n_people=sum(node.startswith("person:") for node in ids),
        n_vacancies=sum(node.startswith("position:") for node in ids),
    )  # fmt: skip


def goal_set(actor: Actor, draft: GoalDraft) -> Goal:
    """Set a goal and bring it down: one goal, a target per node and month, one journal row; all or nothing."""
    with journaled(actor, "goal_set", "goal") as entry:
        made = goal_previewed(actor, draft)
        key = f"{draft.metric}:team:{draft.team_id}:{draft.fiscal_year}"
        earlier = Goal.current.filter(source_system=BY_HAND, source_id=key).first()
        at = max([actor.now, *([earlier.known_at] if earlier else [])])
        if earlier:
            Goal.objects.filter(pk=earlier.pk).update(superseded_at=at)
        goal = Goal.objects.create(
            source_system=BY_HAND, source_id=key, known_at=at, metric=draft.metric, team_id=draft.team_id,
            fiscal_year=draft.fiscal_year, starts_on=made.year.starts_on, ends_on=made.year.ends_on, amount=made.amount,
            growth="" if draft.growth is None else str(draft.growth), basis=draft.basis, weights=dict(draft.weights),
            set_by=actor.user, note=draft.note.strip(),
        )  # fmt: skip
        n_cells = _written(goal, made, at)
        entry.about(
            goal.pk, f"Goal for {made.year.name}, {goal_said(goal, company())}: {n_cells:,} cells by {draft.basis}",
            before=_plain(earlier), after=_plain(goal),
        )  # fmt: skip
    return goal


def goals(actor: Actor, *, fiscal_year: int | None = None) -> list[Goal]:
    """Goals in force of teams that the actor sees, newest year first; one query and the tree's."""
    seen = access.teams_seen(actor, actor.today)
    found = Goal.current.select_related("team", "set_by", "set_by__person").order_by(
        "-fiscal_year", "metric", "team_id"
    )
    if seen is not None:
        found = found.filter(team_id__in=seen)
    return list(found.filter(fiscal_year=fiscal_year) if fiscal_year else found)


def goal_said(goal: Goal, company: Company) -> str:
    """The goal's metric and amount in words."""
    metric = metric_named(goal.metric)
    said = f"{goal.amount:,}" if metric.unit == "count" else f"{Money(goal.amount, company.currency)}"
    return f"{metric.title.lower()} of {said}"


def _scene(actor: Actor, draft: GoalDraft) -> Scene:
    """The company as it will be on the first day of the goal's year."""
    scene = Scene(actor, actor.today)
    return Scene(actor, scene.calendar.year(draft.fiscal_year).starts_on)


def _check(draft: GoalDraft) -> None:
    metric = METRICS.get(draft.metric)
    if metric is None or metric.kind != "flow":
        flows = ", ".join(name for name, found in METRICS.items() if found.kind == "flow")
        raise _refusal(
            f"'{draft.metric}' does not add up over people and months.", f"Choose one of {flows}.", "goal_metric"
        )
    if draft.basis not in BASES:
        raise _refusal(f"There is no basis '{draft.basis}'.", f"Choose one of {', '.join(BASES)}.", "goal_basis")
    if (draft.amount is None) == (draft.growth is None):
        raise _refusal("It needs either an amount or growth on last year.", "Give one of the two.", "goal_amount")
    if draft.amount is not None and (isinstance(draft.amount, bool) or not 0 < draft.amount <= MAX_MINOR):
        raise _refusal(f"An amount of {draft.amount} is no goal.", "Give a whole number above zero.", "goal_amount")
    if draft.basis == "weights" and not any(weight > 0 for weight in draft.weights.values()):
        raise _refusal("No weight is above zero.", "Give a weight to those who carry the goal.", "goal_weights")
    if draft.basis != "weights" and draft.weights:
        raise _refusal(
            f"Weights were given, but the basis is {draft.basis}.", "Choose the basis weights.", "goal_weights"
        )


def _amount(draft: GoalDraft, last_year: int, year: Period, today: dt.date) -> int:
    if draft.amount is not None:
        return draft.amount
    if draft.growth is None:
        raise QuarterdeckFault("a goal passed the check without amount or growth")
    if today < year.starts_on:
        raise _refusal(
            f"The year before {year.name} is not over, so growth on it means nothing yet.",
            "Give an amount; the preview shows what the year has brought so far.", "goal_growth",
        )  # fmt: skip
    amount = goal_amount(last_year, draft.growth)
    if amount <= 0:
        raise _refusal(f"Growth of {draft.growth} leaves nothing to reach.", "Give a higher growth.", "goal_growth")
    return amount


def _before(scene: Scene, draft: GoalDraft, years: int = 1) -> list[Period]:
    """Months of the years before the goal's, oldest first; fewer where the calendar does not reach back."""
    months: list[Period] = []
    for number in range(draft.fiscal_year - years, draft.fiscal_year):
        try:
            months += scene.calendar.months(number)
        except Refusal:
            continue
    return months


def _past(scene: Scene, draft: GoalDraft, holders: list[str], months: list[Period]) -> Frame:
    """METRIC_VALUES of the goal's metric for holders and past months, as far as they are over."""
    last = min(scene.actor.today, scene.as_of - dt.timedelta(days=1))
    people = _past_people(scene, holders, months)
    wanted = stored.Wanted(
        measures=stored.measures_of([draft.metric]), since=months[0].starts_on, as_of=last, people=people,
        slices=frozenset({"detail"}) if stored.needs_detail([draft.metric]) else frozenset(),
        edges=stored.edges_of(months), moves=scene.moves(people),
    )  # fmt: skip
    rows = stored.totals(wanted)
    return metric_values([draft.metric], rows, scene.memberships, holders_framed(holders), months, last)


def _past_people(scene: Scene, holders: list[str], months: list[Period]) -> frozenset[int]:
    found: set[int] = set()
    for holder in holders:
        kind, number = holder_of(holder)
        if kind == "team":
            found |= scene.members(number, months[0].starts_on, months[-1].ends_on)
        else:
            found.add(number)
    return frozenset(found)


def _actual(scene: Scene, draft: GoalDraft) -> int:
    """What the team brought in the year before, exactly; 0 where the calendar does not reach back."""
    months = _before(scene, draft)
    if not months:
        return 0
    values = _past(scene, draft, [f"team:{draft.team_id}"], months)["value"].drop_nulls()
    return sum(int(value) for value in values.to_list())


def _season(scene: Scene, draft: GoalDraft) -> list[Fraction]:
    """One weight per month of the year, from the months of up to three years before that are over."""
    n_months = len(scene.calendar.months(draft.fiscal_year))
    months = [month for month in _before(scene, draft, SEASON_YEARS) if month.ends_on <= scene.actor.today]
    if not months:
        return [Fraction(1)] * n_months
    values = _past(scene, draft, [f"team:{draft.team_id}"], months)
    rows = values.select("starts_on", amount=nw.col("value").cast(nw.Int64)).filter(nw.col("amount") != 0)
    return seasonal_index(rows, scene.calendar, n_months=n_months)


def _nodes(scene: Scene, team_id: int, year: Period) -> Frame:
    """NODES of the tree on the first day of the year: teams that have somebody below, people, vacant seats."""
    leaves = _leaves(scene, team_id)
    if not leaves:
        raise _refusal(
            f"Nobody has a rep's seat in {scene.name(f'team:{team_id}')} or below it on {year.starts_on}.",
            "Give somebody a seat from that day on, or set the goal for a team that has people.", "goal_tree",
        )  # fmt: skip
    parent_of = {child: team for team in scene.below(team_id) for child in scene.children(team)}
    carried = _upwards({team for team, _ in leaves}, parent_of, team_id)
    rows: list[tuple[str, str | None]] = [(f"team:{team_id}", None)]
    rows += [(f"team:{team}", f"team:{parent_of[team]}") for team in sorted(carried - {team_id})]
    rows += [(leaf, f"team:{team}") for team, leaf in leaves]
    columns = {"node_id": [row[0] for row in rows], "parent_id": [row[1] for row in rows]}
    return nw.from_dict(columns, {"node_id": nw.String, "parent_id": nw.String}, backend="polars").with_columns(
        weight=nw.lit(None).cast(nw.Int64)
    )


def _leaves(scene: Scene, team_id: int) -> list[tuple[int, str]]:
    """Team and leaf: a person under the team of their first rep's seat; further seats and vacancies as positions."""
    seats = scene.seats_on(scene.as_of).filter(nw.col("team_id").is_in(scene.below(team_id)), nw.col("hat") == CARRIES)
    known: set[int] = set()
    leaves = []
    for position, person, team in seats.select("position_id", "person_id", "team_id").sort("position_id").iter_rows():
        is_first = person is not None and person not in known
        leaves.append((team, f"person:{person}" if is_first else f"position:{position}"))
        known |= {person} if is_first else set()
    return leaves


def _upwards(teams: set[int], parent_of: dict[int, int], root: int) -> set[int]:
    found = {root}
    for team in teams:
        at = team
        while at != root:
            found.add(at)
            at = parent_of[at]
    return found


def _weighted(scene: Scene, draft: GoalDraft, nodes: Frame) -> Frame:
    if draft.basis == "even":
        return even_weights(nodes)
    if draft.basis == "weights":
        return _given(draft, nodes)
    people = [node for node in nodes["node_id"].to_list() if node.startswith("person:")]
    months = _before(scene, draft)
    if not (people and months):
        return even_weights(nodes)
    values = _past(scene, draft, people, months).filter(nw.col("value") != 0)
    known = values.with_columns(node_id=nw.concat_str(nw.lit("person:"), nw.col("holder_id").cast(nw.String)))
    return history_weights(nodes, known.select("node_id", amount=nw.col("value").cast(nw.Int64)))


def _given(draft: GoalDraft, nodes: Frame) -> Frame:
    ids = nodes["node_id"].to_list()
    if unknown := sorted(set(draft.weights) - set(ids)):
        raise _refusal(f"{unknown[0]} carries no part of this goal.", "Weigh only those who do.", "goal_weights")
    if below := sorted(node for node, weight in draft.weights.items() if weight < 0):
        raise _refusal(f"The weight of {below[0]} is below zero.", "Give weights of zero or more.", "goal_weights")
    weights: nw.Series[Any] = nw.new_series(
        "weight", [draft.weights.get(node) for node in ids], nw.Int64, backend="polars"
    )
    return nodes.with_columns(weights)


def _written(goal: Goal, made: Cascade, at: dt.datetime) -> int:
    """Targets of every node and month; those of the earlier goal, and earlier cells by hand, are superseded."""
    rows = []
    for node, starts_on, ends_on, amount, why in made.cells.select(
        "node_id", "starts_on", "ends_on", "amount", "derivation"
    ).iter_rows():
        kind, number = holder_of(node)
        rows.append(
            Target(
                source_system=BY_HAND, source_id=cell_key(node, goal.metric, "month", starts_on, "plan"), known_at=at,
                metric=goal.metric, period_kind="month", starts_on=starts_on, ends_on=ends_on, amount=amount, goal=goal,
                derivation=json.loads(why), **{f"{kind}_id": number},
            )
        )  # fmt: skip
    earlier = Target.current.filter(goal__source_system=BY_HAND, goal__source_id=goal.source_id)
    earlier.update(superseded_at=at)
    keys = [row.source_id for row in rows]
    for start in range(0, len(keys), _CHUNK):
        part = keys[start : start + _CHUNK]
        Target.current.filter(source_system=BY_HAND, source_id__in=part).update(superseded_at=at)
    Target.objects.bulk_create(rows, batch_size=1_000)
    return len(rows)


def cell_key(holder: str, metric: str, period_kind: str, starts_on: dt.date, layer: str) -> str:
    """By what a target written in the product is known: one current version per cell."""
    return f"{holder}:{metric}:{period_kind}:{starts_on}:{layer}"


def _plain(goal: Goal | None) -> dict[str, Any] | None:
    if goal is None:
        return None
    names = ("metric", "team_id", "fiscal_year", "amount", "growth", "basis", "weights", "note")
    return {name: getattr(goal, name) for name in names}


def _refusal(why: str, next_step: str, rule: str) -> Refusal:
    return Refusal(_WHAT, why, next_step, rule)
