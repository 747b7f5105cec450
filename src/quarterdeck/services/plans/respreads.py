"""Numbers changed in mid-year: the open months of a team are spread again, closed ones and everybody beside it stay.

    amount   the whole from 12.0 to 11.2 million: everybody's open months, by what they carry
    pins     rita from 700,000 to 650,000: the others in her team carry the difference in their open months

Amounts by engine.cascade.amendments; docs/methods/re-plan.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, get_args

import narwhals as nw

from quarterdeck.engine.cascade.amendments import Running, amendment
from quarterdeck.services import access
from quarterdeck.services.plans.amendment_shapes import WHAT, Changes
from quarterdeck.services.plans.notices import amount_said
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.frames import PINS
from quarterdeck.terms.money import MAX_MINOR

if TYPE_CHECKING:
    from quarterdeck.services.plans.amendment_shapes import AmendmentDraft
    from quarterdeck.services.plans.doors import Door
    from quarterdeck.services.plans.edits import Edits
    from quarterdeck.services.plans.figures import Figures
    from quarterdeck.services.plans.transfers import Moved
    from quarterdeck.services.scene import Scene
    from quarterdeck.terms.tables import Frame

_CELLS: Final = {
    "node_id": nw.String, "parent_id": nw.String, "starts_on": nw.Date, "ends_on": nw.Date, "amount": nw.Int64,
    "derivation": nw.String, "layer": nw.String,
}  # fmt: skip
_NODES: Final = {"node_id": nw.String, "parent_id": nw.String, "weight": nw.Int64}


def respread(found: Door, scene: Scene, draft: AmendmentDraft, edits: Edits, layers: Mapping[str, Figures]) -> Changes:
    """What another year of a node moves. Raises Refusal (`amendment`, and what the engine refuses)."""
    amount, running = _checked(found, draft)
    is_whole = draft.kind == "amount"
    top = found.ground.root if is_whole else found.ground.nodes[draft.node].parent
    nodes = _subtree(found, top, draft, layers["plan"])
    pins = None if is_whole else _framed([(draft.node, None, amount)], PINS.schema)
    made = amendment(
        _cells(found, layers), nodes, found.ground.season, effective_on=draft.effective_on, running=running,
        basis="what they carry", amount=amount if is_whole else None, pins=pins, hedges=_hedges(edits),
    )  # fmt: skip
    before = amount_said(found.plan, layers["plan"].year(draft.node))
    month = "is still open" if running == "open" else "is closed"
    who = (
        "the others in the team carry the difference" if not is_whole else "everybody carries a part of the difference"
    )
    return Changes(
        story=f"{scene.name(draft.node)}: {amount_said(found.plan, amount)} instead of {before}",
        because=f"{who} in open months, by what they carry; the month of that day {month}",
        formula={"node": draft.node, "amount": amount, "running": running, "basis": "what they carry"},
        moved={layer: _moved(made.difference, layer) for layer in layers},
    )


def _checked(found: Door, draft: AmendmentDraft) -> tuple[int, Running]:
    is_whole = draft.kind == "amount"
    if draft.node not in found.seen or (not is_whole and draft.node == found.ground.root):
        raise access.not_visible("node")
    if is_whole and draft.node != found.ground.root:
        raise Refusal(WHAT, "Only the whole gets another amount like this.", "Choose another year.", "amendment")
    if draft.amount is None or not (type(draft.amount) is int and 0 <= draft.amount <= MAX_MINOR):
        raise Refusal(WHAT, "It names no new year.", "Give a whole number of zero or more.", "amendment")
    if draft.running == "" or draft.running not in get_args(Running):
        why = "Whether the month in which the day lies is still open has no right answer."
        raise Refusal(WHAT, why, "Say open or closed.", "amendment")
    return draft.amount, draft.running


def _subtree(found: Door, top: str, draft: AmendmentDraft, figures: Figures) -> Frame:
    """NODES of a team and below, weighing what they carry from the month of the day on."""
    at = next(number for number, month in enumerate(found.ground.months) if month.ends_on > draft.effective_on)
    inside = found.ground.below(top)
    parents = {node.parent for node in found.ground.nodes.values()}
    rows = [
        (
            node.node, node.parent if node.node != top else None,
            None if node.node in parents else sum(figures.cells(node.node)[at:]),
        )
        for node in found.ground.nodes.values()
        if node.node in inside
    ]  # fmt: skip
    return _framed(rows, _NODES)


def _cells(found: Door, layers: Mapping[str, Figures]) -> Frame:
    rows = [
        (node.node, node.parent or None, month.starts_on, month.ends_on, amount, "{}", layer)
        for layer, figures in layers.items()
        for node in found.ground.nodes.values()
        for month, amount in zip(found.ground.months, figures.cells(node.node), strict=True)
    ]
    return _framed(rows, _CELLS)


def _hedges(edits: Edits) -> list[Fraction]:
    return [Fraction(edits.hedges.get(depth, "0")) for depth in range(max(edits.hedges, default=-1) + 1)]


def _moved(difference: Frame, layer: str) -> list[Moved]:
    rows = difference.filter(nw.col("layer") == layer).select("node_id", "starts_on", "before", "after").iter_rows()
    return [(node, str(starts_on), before, after) for node, starts_on, before, after in rows]


def _framed(rows: list[tuple[Any, ...]], schema: Mapping[str, Any]) -> Frame:
    columns = {name: [row[at] for row in rows] for at, name in enumerate(schema)}
    return nw.from_dict(columns, dict(schema), backend="polars")
