"""The tree down which a goal goes, and what each node weighs among its siblings.

    node      parent   weight          weight
    person:2  team:1   2          ->   team:1    3   the sum of the leaves below
    team:1                             person:1  1
    person:1  team:1   1               person:2  2

The order is from the root down, siblings by node_id: a parent before its children. See docs/methods/cascade.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.frames import NODES

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame


@dataclass(slots=True)
class Node:
    """One node of a tree: whom it hangs under, and what it weighs."""

    node_id: str
    parent_id: str | None
    given: int | None
    weight_from: str | None
    children: list[Node] = field(default_factory=list)
    weight: int = 0


def tree(frame: Frame) -> list[Node]:
    """The nodes of a frame of NODES from the root down, siblings by node_id, with their weights. One node per row.

    An optional column `weight_from` says where a weight comes from; it is kept for the derivation.
    Raises Refusal for a tree without exactly one root, with a node twice, an unknown parent or a circle.

    >>> import narwhals as nw
    >>> rows = {"node_id": ["person:2", "team:1", "person:1"], "parent_id": ["team:1", None, "team:1"],
    ...     "weight": [2, None, 1]}
    >>> [(node.node_id, node.weight) for node in tree(nw.from_dict(rows, backend="polars"))]
    [('team:1', 3), ('person:1', 1), ('person:2', 2)]
    """
    nodes = [
        Node(row["node_id"], row["parent_id"], row["weight"], row.get("weight_from"))
        for row in NODES.check(frame).sort("node_id").iter_rows(named=True)
    ]
    by_id = {node.node_id: node for node in nodes}
    if len(by_id) < len(nodes):
        twice = next(after.node_id for before, after in pairwise(nodes) if before.node_id == after.node_id)
        raise _refusal(f"{twice} stands in the tree twice.", "Give every team, person and position one place.", twice)
    roots = [node for node in nodes if node.parent_id is None]
    if len(roots) != 1:
        named = ", ".join(node.node_id for node in roots[:3]) or "none"
        raise _refusal(f"It needs one root; roots found: {named} ({len(roots)}).", "Hang every team under one team.")
    for node in nodes:
        if node.parent_id is not None:
            if node.parent_id not in by_id:
                raise _refusal(
                    f"{node.node_id} hangs under {node.parent_id}, which is unknown.", "Add it.", node.node_id
                )
            by_id[node.parent_id].children.append(node)
    found = list(_downwards(roots[0]))
    if len(found) < len(nodes):
        lost = min(set(by_id) - {node.node_id for node in found})
        raise _refusal(f"{lost} hangs under itself, directly or through others.", "Hang it under another node.", lost)
    _weigh(found)
    return found


def notes(node: Node) -> dict[str, Any]:
    """What a reader must know about a weight: where it comes from, and whether it was missing or below zero."""
    notes: dict[str, Any] = {}
    if node.weight_from:
        notes["weight_from"] = node.weight_from
    if node.given is None:
        notes["weight_rule"] = "sum of the leaves below" if node.children else "none given, counts as zero"
    elif node.given < 0:
        notes["weight_rule"] = "below zero, counts as zero"
        notes["weight_given"] = node.given
    return notes


def _weigh(nodes: list[Node]) -> None:
    """Set each weight, from the leaves up. Below zero is zero: a negative basis never outranks a positive one."""
    below: dict[str, int] = {}
    for node in reversed(nodes):
        own = max(node.given or 0, 0)
        leaves = sum(below[child.node_id] for child in node.children) if node.children else own
        below[node.node_id] = leaves
        node.weight = leaves if node.given is None else own


def _downwards(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children))


def _refusal(why: str, next_step: str, row: str = "") -> Refusal:
    return Refusal("The goal was not cascaded.", why, next_step, "goal_tree", row=row)
