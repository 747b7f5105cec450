"""What speaks for a number besides the number: open pipeline of who answered, and whether the whole is fair.

    gap   East   from above 1,787,898   from below 1,680,624   last year 335,200   open pipeline 2,104,500
    fair  within 20 % of their target had everybody repeated last year: 5 of 6, 44 % to 97 %

The back-cast gives everybody their share, by the plan, of what all brought last year, and compares it with what each
brought. See docs/methods/fairness.md.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from quarterdeck.engine.cascade.spread import spread
from quarterdeck.engine.fairness.pack import fairness
from quarterdeck.services.metrics import measured
from quarterdeck.services.plans.potential import potentials_by_node, sources_known
from quarterdeck.services.scene import Scene, holder_of
from quarterdeck.terms.planning import BACK_CAST

if TYPE_CHECKING:
    from collections.abc import Collection

    from quarterdeck.services.plans.doors import Door
    from quarterdeck.services.plans.edits import Edits
    from quarterdeck.services.plans.figures import Figures

FEWEST: Final = 3
"""People with a last year below which nothing can be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of fairness, as the engine says it."""

    check: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    means: str
    caution: str


def pipelines(found: Door, nodes: Collection[str], as_of: dt.date) -> dict[str, int]:
    """Open pipeline of teams and people as of a day, in a plan of money; a query and the tree's."""
    holders = sorted(node for node in nodes if not node.startswith("position:"))
    if not holders or not found.is_money:
        return {}
    scene = Scene(found.actor, as_of)
    values = measured(scene, ["open_pipeline"], holders, [scene.month_of(as_of)], tree="now").drop_nulls("value")
    rows = values.select("holder_kind", "holder_id", "value").iter_rows()
    return {f"{kind}:{number}": int(value) for kind, number, value in rows}


def node_potentials(found: Door, edits: Edits, nodes: Collection[str], as_of: dt.date) -> dict[str, int]:
    """What could be sold in a year below each node, in a plan of money: from what the plan names, else the closest.

    Empty where nothing is known; no query without nodes.
    """
    if not nodes or not found.is_money:
        return {}
    source = edits.conventions.get("potential_from") or next(iter(sources_known()), "")
    if not source:
        return {}
    parents = {node.node: node.parent for node in found.ground.nodes.values()}
    known = potentials_by_node(parents, source, as_of)
    return {node: known[node] for node in nodes if node in known}


def node_capacity(_found: Door, _nodes: Collection[str], _as_of: dt.date) -> dict[str, int]:
    """What those below each node can bring in the plan's year; not known until capacity is planned."""
    return {}


def plan_fairness(found: Door, figures: Figures) -> tuple[Check, ...]:
    """Checks of the whole plan, for who decides on it; none with fewer than three people who had a last year."""
    people = [node for node in found.ground.nodes.values() if node.kind == "person" and node.last_year > 0]
    if not found.may_approve or len(people) < FEWEST:
        return ()
    years = [figures.year(node.node) for node in people]
    targets = spread(sum(node.last_year for node in people), years).amounts
    columns: dict[str, list[Any]] = {
        "holder_id": [holder_of(node.node)[1] for node in people], "actual_minor": [node.last_year for node in people],
        "target_minor": targets, "size_minor": [None] * len(people),
        "growth": [year / node.last_year - 1 for year, node in zip(years, people, strict=True)],
    }  # fmt: skip
    schema = BACK_CAST.schema | {"holder_id": nw.Int64}
    rows = fairness(nw.from_dict(columns, schema, backend="polars"))
    names = ("check", "value", "low", "high", "n", "means", "caution")
    return tuple(Check(**row) for row in rows.select(names).iter_rows(named=True) if row["check"] != "size_correlation")
