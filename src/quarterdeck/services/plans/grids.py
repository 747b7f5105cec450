"""The grid of a plan: a row per node, parents first, with its months, pins, last year and what is proposed.

node       depth  year       cells             pins           last_year  proposal  may_edit
team:2     0      1,991,532  148,010 57,260    -              1,800,000  -         no
person:7   1        713,183   53,000 20,500    January        650,000    650,000   yes
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quarterdeck.engine.metrics.definitions import metric_named
from quarterdeck.services.calendar import company_for
from quarterdeck.services.plans.changes import edits_of
from quarterdeck.services.plans.edits import YEAR
from quarterdeck.services.plans.figures import figures_now
from quarterdeck.services.plans.proposals import proposals_open
from quarterdeck.services.scene import Scene, holder_of
from quarterdeck.terms.money import minor_digits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quarterdeck.engine.cascade.plan import Layer
    from quarterdeck.records.models import Proposal
    from quarterdeck.services.plans.doors import Door
    from quarterdeck.services.plans.edits import Edits
    from quarterdeck.services.plans.figures import Figures
    from quarterdeck.terms.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMonth:
    """A column; a month is open until its last day has passed."""

    starts_on: dt.date
    name: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """One node; amounts in minor units, or counts."""

    node: str
    name: str
    parent: str
    """Empty at the top of what the actor sees."""
    depth: int
    kind: str
    is_vacant: bool
    year: int
    cells: tuple[int, ...]
    pins: tuple[bool, ...]
    year_pinned: bool
    last_year: int
    proposal: int | None
    may_edit: bool
    is_whole: bool
    """Whether every row right below it is in the grid, so that they can be added up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanGrid:
    """A plan as the actor sees it."""

    plan: int
    name: str
    state: str
    may_edit: bool
    metric: str
    unit: str
    currency: str
    digits: int
    version: int
    months: tuple[PlanMonth, ...]
    rows: tuple[PlanRow, ...]


def plan_grid(
    found: Door, as_of: dt.date, *, layer: Layer = "plan", edits: Edits | None = None,
    asked: Mapping[str, Proposal] | None = None,
) -> PlanGrid:  # fmt: skip
    """The grid of a plan as of a day; queries for its edits and open proposals unless they are given, and names."""
    edits = edits_of(found) if edits is None else edits
    asked = proposals_open(found.plan) if asked is None else asked
    unit = metric_named(found.plan.metric).unit
    currency = company_for(found.actor).currency
    return PlanGrid(
        plan=found.plan.pk, name=found.plan.name, state=found.state, may_edit=bool(found.editable),
        metric=found.plan.metric, unit=unit, currency=currency, digits=minor_digits(currency) if unit == "money" else 0,
        version=edits.version, months=tuple(_month(month, as_of) for month in found.ground.months),
        rows=_rows(found, edits, figures_now(found.plan, edits, found.amendments, layer), asked),
    )  # fmt: skip


def _month(month: Period, as_of: dt.date) -> PlanMonth:
    return PlanMonth(starts_on=month.starts_on, name=month.name, is_open=month.ends_on > as_of)


def _rows(found: Door, edits: Edits, figures: Figures, asked: Mapping[str, Proposal]) -> tuple[PlanRow, ...]:
    starts = [str(month.starts_on) for month in found.ground.months]
    names = node_names(found)
    hidden = {own.parent for node, own in found.ground.nodes.items() if node not in found.seen}
    rows = []
    for node, depth in in_order(found, names):
        own = found.ground.nodes[node]
        rows.append(
            PlanRow(
                node=node, name=names[node], parent=own.parent if own.parent in found.seen else "", depth=depth,
                kind=own.kind, is_vacant=own.is_vacant, year=figures.year(node), cells=tuple(figures.cells(node)),
                pins=tuple((node, at) in edits.pins for at in starts), year_pinned=(node, YEAR) in edits.pins,
                last_year=own.last_year, proposal=asked[node].amount if node in asked else None,
                may_edit=node in found.editable, is_whole=node not in hidden,
            )
        )  # fmt: skip
    return tuple(rows)


def node_names(found: Door) -> dict[str, str]:
    """The names of the nodes that the actor sees; three queries."""
    scene = Scene(found.actor, found.actor.today)
    scene.people([holder_of(node)[1] for node in found.seen if node.startswith("person:")])
    return {node: scene.name(node) for node in found.seen}


def in_order(found: Door, names: dict[str, str]) -> list[tuple[str, int]]:
    """Nodes seen with their depth below the highest one seen: parents first, teams before people, then by name."""
    children: dict[str, list[str]] = {}
    for node in found.seen:
        parent = found.ground.nodes[node].parent
        children.setdefault(parent if parent in found.seen else "", []).append(node)
    rank = {"team": 0, "person": 1, "position": 2}

    def below(parent: str) -> list[str]:
        return sorted(
            children.get(parent, []),
            key=lambda node: (rank[found.ground.nodes[node].kind], names[node], node),
            reverse=True,
        )

    waiting = [(node, 0) for node in below("")]
    rows = []
    while waiting:
        node, depth = waiting.pop()
        rows.append((node, depth))
        waiting += [(child, depth + 1) for child in below(node)]
    return rows
