"""What speaks for a number besides the number: open pipeline, potential and capacity of those it is about.

gap   East   from above 1,787,898   from below 1,680,624   last year 335,200   open pipeline 2,104,500

Whether the whole is fair is in `services.plans.fairness`.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from quarterdeck.services.capacity.nodes import capacities
from quarterdeck.services.capacity.room import scene_of
from quarterdeck.services.metrics import measured
from quarterdeck.services.plans.potential import potentials_by_node, sources_known

if TYPE_CHECKING:
    from collections.abc import Collection

    from quarterdeck.services.plans.doors import Door
    from quarterdeck.services.plans.edits import Edits


def pipelines(found: Door, nodes: Collection[str], as_of: dt.date) -> dict[str, int]:
    """Open pipeline of teams and people as of a day, in a plan of money; a query and the tree's."""
    holders = sorted(node for node in nodes if not node.startswith("position:"))
    if not holders or not found.is_money:
        return {}
    scene = scene_of(found.actor, as_of)
    values = measured(scene, ["open_pipeline"], holders, [scene.month_of(as_of)], tree="now").drop_nulls("value")
    rows = values.select("holder_kind", "holder_id", "value").iter_rows()
    return {f"{kind}:{number}": int(value) for kind, number, value in rows}


def node_potentials(found: Door, edits: Edits, nodes: Collection[str], as_of: dt.date) -> dict[str, int]:
    """What could be sold in a year below each node, in a plan of money: from what the plan names, else the closest.

    Empty where nothing is known; no query without nodes.
    """
    if not nodes or not found.is_money:
        return {}
    source = edits.conventions.get("potential_from") or next(iter(sources_known(found.actor)), "")
    if not source:
        return {}
    parents = {node.node: node.parent for node in found.ground.nodes.values()}
    known = potentials_by_node(parents, source, as_of)
    return {node: known[node] for node in nodes if node in known}


def node_capacity(found: Door, nodes: Collection[str], as_of: dt.date) -> dict[str, int]:
    """What those below each node can bring in the plan's year, of money, for who works on plans; three queries."""
    return capacities(found, nodes, as_of) if found.is_money and found.reads_notes else {}
