"""The rules of a plan, held to a year that is over, and who would have reached the target that they give.

    person  year before  last year   the plan's rules on the year before give   attained
    rita        540,000    610,400                                    651,200       0.94
    sam         200,000    280,000                                    241,000       1.16

The plan is solved again on its ground, the year before last in the place of last year: basis, conventions, pins and
what seats carry as they are; rails and what is held belong to the plan's own year and are left out. Its shares of what
all brought last year are the targets. So nobody's target is computed from the result that it is compared with.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from quarterdeck.engine.cascade.spread import spread
from quarterdeck.records.models import Plan
from quarterdeck.services.goal_basis import past
from quarterdeck.services.plans.fairness_shapes import PersonRow
from quarterdeck.services.plans.figures import plan_figures
from quarterdeck.services.scene import Scene, holder_of
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from quarterdeck.services.plans.doors import Door
    from quarterdeck.services.plans.edits import Edits
    from quarterdeck.services.plans.ground import Node
    from quarterdeck.terms.period import Period


@dataclass(frozen=True, slots=True)
class BackCast:
    """People in a back-cast, by name."""

    rows: tuple[PersonRow, ...]
    is_by_rules: bool
    """Whether the year before last is known; else targets are the plan's own shares of last year."""


def back_cast(found: Door, edits: Edits, among: Collection[str]) -> BackCast:
    """People among these nodes who brought something last year and would have had a target; three queries."""
    figures = plan_figures(found.plan, edits)
    nodes = [found.ground.nodes[node] for node in sorted(among) if node.startswith("person:")]
    people = [node for node in nodes if node.last_year > 0 and figures.year(node.node) > 0]
    before = years_before(found, [node.node for node in found.ground.nodes.values() if node.kind == "person"])
    shares = _earlier(found, edits, before)
    years = {node.node: figures.year(node.node) for node in people}
    asked = years if shares is None else {node.node: shares.get(node.node, 0) for node in people}
    return BackCast(_rows(found, people, years, asked, before), shares is not None)


def _rows(
    found: Door, people: Sequence[Node], years: Mapping[str, int], asked: Mapping[str, int], before: Mapping[str, int]
) -> tuple[PersonRow, ...]:
    counted = [node for node in people if asked[node.node] > 0]
    targets = spread(sum(node.last_year for node in counted), [asked[node.node] for node in counted]).amounts
    scene = Scene(found.actor, found.actor.today)
    scene.people([holder_of(node.node)[1] for node in counted])
    rows = [
        PersonRow(
            node=node.node, name=scene.name(node.node), last_year=node.last_year, year_before=before.get(node.node),
            plan_year=years[node.node], back_cast=target,
        )
        for node, target in zip(counted, targets, strict=True)
        if target > 0
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (row.name, row.node)))


def _earlier(found: Door, edits: Edits, before: Mapping[str, int]) -> dict[str, int] | None:
    """Years by the plan's rules on the year before last; None where nothing is known of it, or it cannot be solved."""
    if not any(before.values()):
        return None
    rows = [[row[0], row[1], max(before.get(row[0], 0), 0), *row[3:]] for row in found.plan.ground["nodes"]]
    earlier = Plan(goal=found.plan.goal, ground={**found.plan.ground, "nodes": rows})
    try:
        figures = plan_figures(earlier, replace(edits, rails={}, hedges={}, held={}))
    except Refusal:
        return None
    return {node: figures.year(node) for node in found.ground.nodes}


def years_before(found: Door, people: Sequence[str]) -> dict[str, int]:
    """What people brought in the year before last, up to the same day of it as last year is known up to."""
    plan = found.plan
    scene = Scene(found.actor, plan.starts_on)
    try:
        earlier, later = (scene.calendar.months(plan.fiscal_year - back) for back in (2, 1))
    except Refusal:
        return {}
    until = same_day(earlier, later, min(plan.at.date(), plan.starts_on - dt.timedelta(days=1)))
    if until is None or not people:
        return {}
    months = [month for month in earlier if month.starts_on <= until]
    values = past(Scene(found.actor, until + dt.timedelta(days=1)), plan.metric, list(people), months)
    sums: dict[str, int] = {}
    for kind, number, value in values.drop_nulls("value").select("holder_kind", "holder_id", "value").iter_rows():
        sums[f"{kind}:{number}"] = sums.get(f"{kind}:{number}", 0) + int(value)
    return sums


def same_day(earlier: Sequence[Period], later: Sequence[Period], day: dt.date) -> dt.date | None:
    """The day of the earlier year that lies as far in its month; None before the later year began."""
    pairs = [pair for pair in zip(earlier, later, strict=False) if pair[1].starts_on <= day]
    if not pairs:
        return None
    before, month = pairs[-1]
    last = dt.timedelta(days=1)
    return min(before.starts_on + (min(day, month.ends_on - last) - month.starts_on), before.ends_on - last)
