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
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal

import narwhals as nw
from django.db import transaction

from quarterdeck.engine.cascade.cells import cells as cascade
from quarterdeck.engine.cascade.weights import even_weights, history_weights
from quarterdeck.engine.metrics.definitions import METRICS, metric_named
from quarterdeck.records.models import Goal, PlanState, Target
from quarterdeck.records.models.plans import BASES
from quarterdeck.services import access
from quarterdeck.services.calendar import company
from quarterdeck.services.dated import BY_HAND
from quarterdeck.services.goal_basis import SEASON_YEARS, last_year, months_before, nodes, past, season
from quarterdeck.services.goal_kinds import Market, Mix, Years, grown, later_years, mixed, won_share
from quarterdeck.services.goal_shape import Place, markets_by_month, months_held, quartered
from quarterdeck.services.journal import journaled
from quarterdeck.services.scene import Scene, holder_of
from quarterdeck.terms.errors import QuarterdeckFault, Refusal
from quarterdeck.terms.money import MAX_MINOR, Money

if TYPE_CHECKING:
    from quarterdeck.records.models import Company
    from quarterdeck.services.actor import Actor
    from quarterdeck.terms.period import Period
    from quarterdeck.terms.tables import Frame

Basis = Literal["history", "even", "weights"]
More = Callable[[str, dt.date], dict[str, Any]]
"""What a cell's derivation says besides, by node and first day of the month."""
_WHAT: Final = "The goal was not set."
_CHUNK: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalDraft:
    """A goal as somebody wants it, said in one of four ways.

    An amount (minor units, or a count), growth on last year's actual, shares of markets, or a mix of retained, expanded
    and new business; each with the shape of its quarters, and further years, where these are wanted.
    """

    metric: str
    fiscal_year: int
    team_id: int
    amount: int | None = None
    growth: Decimal | Fraction | None = None
    basis: Basis = "history"
    weights: Mapping[str, int] = field(default_factory=dict)
    """By node (team:3, person:7, position:9), for the basis `weights`."""
    relief: Decimal | Fraction | None = None
    """Of growth: what is expected to be lost, as a ratio of last year."""
    relief_rule: str = ""
    """How relief combines with growth, additive or multiplicative; mandatory with it."""
    market: Market | None = None
    mix: Mix | None = None
    quarters: tuple[Fraction, ...] = ()
    """Four weights, or none: the season's own."""
    years: Years | None = None
    """Further years after this one; each becomes a goal of its own."""
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
    how: Mapping[str, Any]
    """How the amount came about, as it is kept with the goal."""
    later: tuple[tuple[int, int], ...]
    """Fiscal year and amount of the years after, where there are any."""


def goal_previewed(actor: Actor, draft: GoalDraft) -> Cascade:
    """What the goal would come to, without writing anything. Raises Refusal for a goal that means nothing."""
    access.require(actor, "set_goals", _WHAT)
    scene = _scene(actor, draft)
    access.team_for(actor, draft.team_id, actor.today)
    _check(draft)
    year = scene.calendar.year(draft.fiscal_year)
    before = last_year(scene, draft.metric, draft.fiscal_year, draft.team_id)
    amount, how = _amount(draft, before, year, actor.today)
    tree, made = _brought_down(scene, draft, year, amount)
    ids = tree["node_id"].to_list()
    later = later_years(amount, draft.years) if draft.years else []
    return Cascade(
        how=_shaped(scene, draft, made, how), later=tuple(enumerate(later, draft.fiscal_year + 1)),
        draft=draft, year=year, amount=amount, last_year=before, cells=made,
        names={node: scene.name(node) for node in ids},
        n_people=sum(node.startswith("person:") for node in ids),
        n_vacancies=sum(node.startswith("position:") for node in ids),
    )  # fmt: skip


def _brought_down(scene: Scene, draft: GoalDraft, year: Period, amount: int) -> tuple[Frame, Frame]:
    """The tree, and CELLS of the amount in the season, or in the shape of the quarters."""
    place = Place(scene, draft.metric, draft.fiscal_year, draft.team_id)
    tree, own = nodes(scene, draft.team_id, year), season(scene, draft.metric, draft.fiscal_year, draft.team_id)
    spread = quartered(place, own, draft.quarters)
    held = months_held(place, amount, spread, draft.quarters)
    return tree, cascade(amount, _weighted(scene, draft, tree), place.months, spread, basis=draft.basis, pins=held)


def _shaped(scene: Scene, draft: GoalDraft, made: Frame, how: Mapping[str, Any]) -> dict[str, Any]:
    """How the amount came about, with the quarters' shape, and markets by month where there are any."""
    said = dict(how)
    if draft.quarters:
        said["quarters"] = [str(weight) for weight in draft.quarters]
    if segments := said.get("segments"):
        place = Place(scene, draft.metric, draft.fiscal_year, draft.team_id)
        rows = made.filter(nw.col("node_id") == f"team:{draft.team_id}").sort("starts_on")
        table = markets_by_month(place, segments, rows["amount"].to_list())
        said["segments"] = [row | {"months": months} for row, months in zip(segments, table, strict=True)]
    return said


def goal_set(actor: Actor, draft: GoalDraft) -> Goal:
    """Set a goal and bring it down: a target per node and month, one journal row; so for each year; all or nothing."""
    with transaction.atomic():
        goal, later = _one_set(actor, draft, {})
        for at, (fiscal_year, amount) in enumerate(later, 2):
            path = {"path": draft.years.path, "year": at, "n_years": draft.years.n_years, "first": goal.amount}  # type: ignore[union-attr]  # later years come from it
            _one_set(actor, _following(draft, fiscal_year, amount), {"years": path})
    return goal


def _following(draft: GoalDraft, fiscal_year: int, amount: int) -> GoalDraft:
    """The same goal for a later year: an amount."""
    return replace(
        draft, fiscal_year=fiscal_year, amount=amount, growth=None, relief=None, relief_rule="", market=None, mix=None,
        years=None,
    )  # fmt: skip


def _one_set(actor: Actor, draft: GoalDraft, more: Mapping[str, Any]) -> tuple[Goal, tuple[tuple[int, int], ...]]:
    with journaled(actor, "goal_set", "goal") as entry:
        made = goal_previewed(actor, draft)
        key = f"{draft.metric}:team:{draft.team_id}:{draft.fiscal_year}"
        earlier = Goal.current.filter(source_system=BY_HAND, source_id=key).first()
        if PlanState.objects.filter(plan__goal__source_id=key, state="published").exists():
            raise _refusal("A published plan holds it.", "Amend the plan.", "goal_published")
        at = max([actor.now, *([earlier.known_at] if earlier else [])])
        if earlier:
            Goal.objects.filter(pk=earlier.pk).update(superseded_at=at)
        goal = Goal.objects.create(
            source_system=BY_HAND, source_id=key, known_at=at, metric=draft.metric, team_id=draft.team_id,
            fiscal_year=draft.fiscal_year, starts_on=made.year.starts_on, ends_on=made.year.ends_on, amount=made.amount,
            growth="" if draft.growth is None else str(draft.growth), basis=draft.basis, weights=dict(draft.weights),
            set_by=actor.user, note=draft.note.strip(), how={**made.how, **more},
        )  # fmt: skip
        n_cells = _written(goal, made, at)
        entry.about(
            goal.pk, f"Goal for {made.year.name}, {goal_said(goal, company())}: {n_cells:,} cells by {draft.basis}",
            before=_plain(earlier), after=_plain(goal),
        )  # fmt: skip
    return goal, made.later


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
    if sum(each is not None for each in (draft.amount, draft.growth, draft.market, draft.mix)) != 1:
        why = "It needs an amount, growth on last year, shares of markets, or a mix."
        raise _refusal(why, "Give one of the four.", "goal_amount")
    if draft.growth is None and (draft.relief is not None or draft.relief_rule):
        raise _refusal("Relief goes with growth on last year.", "Give growth, or leave the relief out.", "goal_relief")
    if draft.market and metric.unit != "money":
        raise _refusal(
            "A market has a size in money, and the metric counts.", "Choose a metric of money.", "goal_market"
        )
    if draft.amount is not None and (isinstance(draft.amount, bool) or not 0 < draft.amount <= MAX_MINOR):
        raise _refusal(f"An amount of {draft.amount} is no goal.", "Give a whole number above zero.", "goal_amount")
    if draft.basis == "weights" and not any(weight > 0 for weight in draft.weights.values()):
        raise _refusal("No weight is above zero.", "Give a weight to those who carry the goal.", "goal_weights")
    if draft.basis != "weights" and draft.weights:
        raise _refusal(
            f"Weights were given, but the basis is {draft.basis}.", "Choose the basis weights.", "goal_weights"
        )


def _amount(draft: GoalDraft, last_year: int, year: Period, today: dt.date) -> tuple[int, Mapping[str, Any]]:
    if draft.amount is not None:
        return draft.amount, {}
    if draft.market is not None:
        return won_share(draft.market, year)
    if draft.mix is None and draft.growth is None:
        raise QuarterdeckFault("a goal passed the check without a way to an amount")
    if today < year.starts_on:
        raise _refusal(
            f"The year before {year.name} is not over, so nothing can be said of it yet.",
            "Give an amount; the preview shows what the year has brought so far.", "goal_growth",
        )  # fmt: skip
    if draft.mix is not None:
        return mixed(draft.mix, last_year)
    amount, how = grown(last_year, draft.growth or Fraction(0), draft.relief, draft.relief_rule)
    if amount <= 0:
        raise _refusal(f"Growth of {draft.growth} leaves nothing to reach.", "Give a higher growth.", "goal_growth")
    return amount, how


def _weighted(scene: Scene, draft: GoalDraft, tree: Frame) -> Frame:
    if draft.basis == "even":
        return even_weights(tree)
    if draft.basis == "weights":
        return _given(draft, tree)
    people = [node for node in tree["node_id"].to_list() if node.startswith("person:")]
    for year in range(draft.fiscal_year, draft.fiscal_year - SEASON_YEARS, -1):
        months = months_before(scene, year)
        values = past(scene, draft.metric, people, months).filter(nw.col("value") != 0) if people and months else None
        if values is not None and len(values):
            known = values.with_columns(node_id=nw.concat_str(nw.lit("person:"), nw.col("holder_id").cast(nw.String)))
            found = history_weights(tree, known.select("node_id", amount=nw.col("value").cast(nw.Int64)))
            return found if year == draft.fiscal_year else _as_of_year(found, year - 1)
    return even_weights(tree)


def _as_of_year(weighed: Frame, year: int) -> Frame:
    """Weights that come from an earlier year than the last, and say so."""
    said = [
        f"what was brought in {year}" if rule == "own history" else rule for rule in weighed["weight_from"].to_list()
    ]
    return weighed.with_columns(nw.new_series("weight_from", said, nw.String, backend="polars"))


def _given(draft: GoalDraft, tree: Frame) -> Frame:
    ids = tree["node_id"].to_list()
    if unknown := sorted(set(draft.weights) - set(ids)):
        raise _refusal(f"{unknown[0]} carries no part of this goal.", "Weigh only those who do.", "goal_weights")
    if below := sorted(node for node, weight in draft.weights.items() if weight < 0):
        raise _refusal(f"The weight of {below[0]} is below zero.", "Give weights of zero or more.", "goal_weights")
    weights: nw.Series[Any] = nw.new_series(
        "weight", [draft.weights.get(node) for node in ids], nw.Int64, backend="polars"
    )
    return tree.with_columns(weights)


def _written(goal: Goal, made: Cascade, at: dt.datetime) -> int:
    """Targets of every node and month; those of the earlier goal, and earlier cells by hand, are superseded."""
    Target.current.filter(goal__source_system=BY_HAND, goal__source_id=goal.source_id).update(superseded_at=at)
    return targets_written(goal, made.cells, at)


def targets_written(
    goal: Goal, cells: Frame, at: dt.datetime, *, layer: str = "plan", more: More = lambda _node, _starts_on: {}
) -> int:
    """A target per row of CELLS, each a new version of its cell; `more` adds to the derivation of each."""
    names = ("node_id", "starts_on", "ends_on", "amount", "derivation")
    rows = []
    for node, starts_on, ends_on, amount, why in cells.select(names).iter_rows():
        kind, number = holder_of(node)
        rows.append(
            Target(
                source_system=BY_HAND, source_id=cell_key(node, goal.metric, "month", starts_on, layer), known_at=at,
                metric=goal.metric, period_kind="month", starts_on=starts_on, ends_on=ends_on, amount=amount, goal=goal,
                layer=layer, derivation=json.loads(why) | more(node, starts_on), **{f"{kind}_id": number},
            )
        )  # fmt: skip
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
    names = ("metric", "team_id", "fiscal_year", "amount", "growth", "basis", "weights", "how", "note")
    return {name: getattr(goal, name) for name in names}


def _refusal(why: str, next_step: str, rule: str) -> Refusal:
    return Refusal(_WHAT, why, next_step, rule)
