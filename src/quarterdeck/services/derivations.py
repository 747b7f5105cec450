"""How a target came about: the holder's cells, each with its reason, then node by node up to the goal.

person:7 January   98,000    season: 1/12 of the year's 1,176,000
person:7 2018   1,176,000    1,153,214 of the 2,251,930 that all of them weigh, of team:3's 2,296,000
team:3   2018   2,296,000    2,251,930 of 10,005,534, of team:1's 10,200,000 ...
goal     2018  12,000,000    set by Dana Quill on 2 January 2018
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.records.models import Goal, Target
from quarterdeck.services.cells import Cell, around_of, carried_by, cells, used
from quarterdeck.services.desks.words import exactly_said, rounding_said
from quarterdeck.services.goal_words import how_words
from quarterdeck.services.goals import goal_said
from quarterdeck.services.plans.weighing import causes_words
from quarterdeck.services.scene import Scene, holder_of

if TYPE_CHECKING:
    from quarterdeck.terms.period import Period

HIGHEST: Final = 20
"""Levels of a tree that are walked; more than any company has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a derivation: who carries how much, and why."""

    holder: str
    name: str
    period: str
    amount: int
    why: str
    exact: str = ""
    """The same in fractions and whole units, for whoever checks it."""
    known_at: dt.datetime | None = None
    target_id: int | None = None
    goal_id: int | None = None


def derivation(scene: Scene, metric: str, holder: str, period: Period) -> tuple[Step, ...]:
    """Steps from the holder's cells in a period up to the goal; none where no target is set. A query per level."""
    kind, number = holder_of(holder)
    holders = carried_by(scene, [number]) if kind == "person" else [holder]
    found = cells(scene, metric, period, holders)
    span = (period.starts_on, period.ends_on)
    own: list[Cell] = []
    for one in holders:
        around = around_of(found.of(one), span)
        own += used(found.of(one), span) or ([around] if around else [])
    targets = {target.pk: target for target in Target.objects.filter(pk__in=[cell.target_id for cell in own])}
    steps = [_cell_step(scene, cell, targets[cell.target_id], metric) for cell in own if cell.target_id in targets]
    return (*steps, *_up(scene, metric, list(targets.values())))


def _cell_step(scene: Scene, cell: Cell, target: Target, metric: str) -> Step:
    kind = cell.period_kind
    return Step(
        holder=cell.holder, name=scene.name(cell.holder), amount=cell.amount, known_at=cell.known_at,
        period=scene.calendar.period_of(cell.starts_on, kind).name,  # type: ignore[arg-type]  # one of three kinds
        why=_cell_why(scene, cell, target, metric), exact=_exact(target.derivation),
        target_id=cell.target_id, goal_id=cell.goal_id,
    )  # fmt: skip


def _cell_why(scene: Scene, cell: Cell, target: Target, metric: str) -> str:
    why: Mapping[str, Any] = target.derivation
    unit, currency = METRICS[metric].unit, scene.company.currency
    if why.get("rule") == "amended":
        return f"{exactly_said(why['before'], unit, currency)} until it was amended: {why['note']}"
    if "by" in why:
        note = f": {why['note']}" if why.get("note") else ""
        return f"set by {why['by']} by hand{note}"
    return month_words(scene, why, metric) or f"imported from {cell.source_system}"


def month_words(scene: Scene, why: Mapping[str, Any], metric: str) -> str:
    """Why a month of a plan is what it is, from the engine's reason; empty where the reason is none of a month."""
    unit, currency = METRICS[metric].unit, scene.company.currency
    if fixed := _fixed_why(scene, why, unit, currency):
        return fixed
    if why.get("rule") == "children":
        return f"the sum of the {why['n_children']} below it"
    if "year_amount" in why:
        season = "the season gives this month" if why["rule"] == "season" else "every month gets alike,"
        year = f"of the year's {exactly_said(why['year_amount'], unit, currency)}"
        if "open_amount" in why:
            year = f"of the {exactly_said(why['open_amount'], unit, currency)} that pins leave {year}"
        carries = f" ({causes_words(why['carries'])})" if why.get("carries") else ""
        return _joined(f"{season} {_share(why['share'])} {year}{carries}", why, unit, currency)
    return ""


def _fixed_why(scene: Scene, why: Mapping[str, Any], unit: str, currency: str) -> str:
    """A month or year that pins or rails of a plan decide, in words; empty for any other."""
    by = f" by {why['pinned']['by']}" if why.get("pinned") else ""
    note = f": {why['pinned']['reason']}" if why.get("pinned", {}).get("reason") else ""
    rule = str(why.get("rule"))
    if rule == "shared":
        pinned = f"{scene.name(why['pinned_id'])}'s {exactly_said(why['pinned_amount'], unit, currency)}"
        return f"its part of {pinned}, which is pinned for this month"
    return {
        "pin": f"pinned{by}{note}", "settled": "what pins around it leave", "minimum": "the least that its rails allow",
        "maximum": "the most that its rails allow",
    }.get(rule, "")  # fmt: skip


def _share(share: str) -> str:
    return exactly_said(Fraction(share), "ratio", "")


def _joined(text: str, why: Mapping[str, Any], unit: str, currency: str) -> str:
    """A reason, and what was rounded off where something was."""
    rounded = rounding_said(Fraction(why.get("rounding", 0)), unit, currency)
    return f"{text}, {rounded}" if rounded else text


def _exact(why: Mapping[str, Any]) -> str:
    """The same in whole units and fractions, for whoever checks it."""
    names = ("share", "weight", "weight_of_all", "exact", "rounding")
    return ", ".join(f"{name.replace('_', ' ')} {why[name]}" for name in names if name in why)


def _up(scene: Scene, metric: str, targets: list[Target]) -> list[Step]:
    """The year's amount of the holder and of every node above it, then the goal."""
    cascaded = next((target for target in targets if target.goal_id and "year" in target.derivation), None)
    if cascaded is None:
        return []
    goal = Goal.objects.select_related("team", "set_by", "set_by__person").get(targets=cascaded)
    steps, at, above = [_year_step(scene, metric, cascaded, goal)], cascaded, _nodes_above(goal)
    for _ in range(HIGHEST):
        parent = above.get(at.derivation["year"].get("parent_id", ""))
        if parent is None:
            break
        at = parent
        steps.append(_year_step(scene, metric, at, goal))
    return [*steps, _goal_step(scene, goal)]


def _nodes_above(goal: Goal) -> dict[str, Target]:
    """The first month's cell of every team that the goal came down through; one query."""
    firsts = Target.objects.filter(goal=goal, team__isnull=False, starts_on=goal.starts_on, layer="plan")
    firsts = firsts.order_by("known_at", "pk")  # a plan's own come after those of the goal's first cascade
    return {_holder(target): target for target in firsts}


def _year_step(scene: Scene, metric: str, target: Target, goal: Goal) -> Step:
    year, holder = target.derivation["year"], _holder(target)
    why = year_words(scene, year, str(target.derivation.get("basis", "")), metric)
    return Step(
        holder=holder, name=scene.name(holder), period=f"FY{goal.fiscal_year}", goal_id=goal.pk,
        amount=int(target.derivation["year_amount"]), why=why, exact=_exact(year),
    )  # fmt: skip


def year_words(scene: Scene, year: Mapping[str, Any], basis: str, metric: str) -> str:
    """Why a node's year is what it is, from the engine's reason."""
    if "parent_id" not in year:
        return "the whole goal"
    unit, currency = METRICS[metric].unit, scene.company.currency
    above = f"{scene.name(year['parent_id'])}'s {exactly_said(year['parent_amount'], unit, currency)}"
    fixed = _fixed_why(scene, year, unit, currency)
    shared = f"{fixed}, of {above}" if fixed else _weight_said(year, above, basis, unit, currency)
    return _joined(shared, year, unit, currency)


_WEIGHTS: Final = {
    "own history": "what was brought last year",
    "mean of siblings": "the mean of the others beside, for want of a last year",
    "one each": "one share for each person",
}
"""Where a weight comes from, as engine.cascade.weights names it."""
_BASES: Final = {
    "history": "what those below brought last year", "even": "one share for each person below",
    "potential": "the potential of those below", "blend": "last year and potential of those below",
    "growth_share": "last year and a share of the growth of those below",
}  # fmt: skip
"""The same for teams, whose weight is the sum of those below."""
_MEASURED: Final = ("history", "growth_share")
"""Bases whose weights are in the metric's own unit."""


def _weight_said(year: Mapping[str, Any], above: str, basis: str, unit: str, currency: str) -> str:
    """The share that a node gets of its parent's amount, and by which weight."""
    if year["rule"] != "weight" or not year.get("weight_of_all"):
        return f"an even share among {year['n_siblings']} of {above}"
    share = _share(str(Fraction(year["weight"], year["weight_of_all"])))
    come_from = str(year.get("weight_from") or "")
    how = _WEIGHTS.get(come_from, come_from) or _BASES.get(basis, "as given")
    carries = f", carrying {_share(year['factor'])} of a whole year" if year.get("factor") else ""
    if basis == "blend":
        return f"{share} of {above} ({how}{carries})"
    measured_in = unit if basis in _MEASURED else "money" if basis == "potential" else "count"
    scale = int(year.get("weight_scale", 1))
    weight, of_all = (
        exactly_said(round(Fraction(year[name], scale)), measured_in, currency) for name in ("weight", "weight_of_all")
    )
    return f"{share} of {above}, weighing {weight} of {of_all} ({how}{carries})"


def _holder(target: Target) -> str:
    kinds = ("person", "team", "position", "territory")
    return next(f"{kind}:{pk}" for kind in kinds if (pk := getattr(target, f"{kind}_id")) is not None)


def _goal_step(scene: Scene, goal: Goal) -> Step:
    by = f" by {goal.set_by}" if goal.set_by else ""
    note = f": {goal.note}" if goal.note else ""
    how = how_words(goal, METRICS[goal.metric].unit, scene.company.currency)
    basis = f"{goal.basis}, {how}" if how else goal.basis
    return Step(
        holder=f"team:{goal.team_id}", name=goal.team.name, period=f"FY{goal.fiscal_year}", amount=goal.amount,
        known_at=goal.known_at, goal_id=goal.pk,
        why=f"{goal_said(goal, scene.company)}, set{by} on {goal.known_at:%-d %B %Y} by {basis}{note}",
    )  # fmt: skip
