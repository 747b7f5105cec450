"""The ground a plan stands on: tree, season and last year as of the year's first day, kept as JSON with the plan.

    {"months": [["2026-01-01", "2026-02-01", "January 2026"], ...], "season": ["1/12", ...],
     "nodes": [["team:1", null, 1200000, false], ["person:7", "team:1", 300000, false], ...]}

So a plan shows the same tomorrow, whoever moves and whatever is booked late; a new draft stands on new ground.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import narwhals as nw

from quarterdeck.engine.cascade.bases import based_weights
from quarterdeck.services.goal_basis import months_before, nodes, past, season
from quarterdeck.services.goal_shape import Place, quartered
from quarterdeck.services.scene import Scene, holder_of
from quarterdeck.terms.period import Period

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from quarterdeck.engine.cascade.bases import Basis
    from quarterdeck.terms.tables import Frame


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a plan's tree."""

    node: str
    parent: str
    """Empty at the top."""
    last_year: int
    is_vacant: bool

    @property
    def kind(self) -> str:
        """Team, person or position."""
        return self.node.partition(":")[0]


@dataclass(frozen=True)
class Ground:
    """What a plan stands on, read from its JSON."""

    data: Mapping[str, Any]

    @cached_property
    def months(self) -> list[Period]:
        """The fiscal months of the year."""
        return [
            Period(dt.date.fromisoformat(begins), dt.date.fromisoformat(ends), "month", name)
            for begins, ends, name in self.data["months"]
        ]

    @cached_property
    def season(self) -> list[Fraction]:
        """A weight per month."""
        return [Fraction(weight) for weight in self.data["season"]]

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Every node by its text."""
        return {row[0]: Node(row[0], row[1] or "", row[2], row[3]) for row in self.data["nodes"]}

    @cached_property
    def root(self) -> str:
        """The node at the top."""
        return next(node.node for node in self.nodes.values() if not node.parent)

    def with_nodes(self, rows: Iterable[Sequence[Any]]) -> Ground:
        """The same with more rows of nodes: seats that amendments brought."""
        known = {row[0] for row in self.data["nodes"]}
        more = {row[0]: row for row in rows if row[0] not in known}
        return Ground({**self.data, "nodes": [*self.data["nodes"], *more.values()]}) if more else self

    def above(self, node: str) -> list[str]:
        """The nodes above one, nearest first."""
        found, at = [], self.nodes[node].parent
        while at:
            found.append(at)
            at = self.nodes[at].parent
        return found

    def below(self, node: str) -> set[str]:
        """The node and every node under it."""
        return {each for each in self.nodes if each == node or node in self.above(each)}

    def weighed(self, goal: int, basis: Basis, potential: Mapping[str, int]) -> Frame:
        """NODES with the weights of a basis; what counts as last year is that of people and seats."""
        rows = self.data["nodes"]
        columns = {"node_id": [row[0] for row in rows], "parent_id": [row[1] for row in rows]}
        frame = nw.from_dict(columns, {"node_id": nw.String, "parent_id": nw.String}, backend="polars")
        history = {row[0]: row[2] for row in rows if not row[0].startswith("team:")}
        return based_weights(frame, goal, basis, history, potential)


def ground_of(place: Place, quarters: Sequence[str] = ()) -> dict[str, Any]:
    """The ground of a new plan; the scene of `place` looks from the first day of its year, `quarters` shape it."""
    scene, metric, fiscal_year, team_id = place.scene, place.metric, place.fiscal_year, place.team_id
    months = place.months
    tree = nodes(scene, team_id, scene.calendar.year(fiscal_year))
    spread = quartered(place, season(scene, metric, fiscal_year, team_id), [Fraction(weight) for weight in quarters])
    rows = list(tree.select("node_id", "parent_id").iter_rows())
    before = _last_year(scene, metric, fiscal_year, [node for node, _ in rows])
    sitting = scene.sitting(scene.as_of)
    return {
        "months": [[str(month.starts_on), str(month.ends_on), month.name] for month in months],
        "season": [str(weight) for weight in spread],
        "nodes": [[node, parent, before.get(node, 0), _is_vacant(node, sitting)] for node, parent in rows],
    }


def _is_vacant(node: str, sitting: Mapping[int, list[int]]) -> bool:
    kind, number = holder_of(node)
    return kind == "position" and number not in sitting


def _last_year(scene: Scene, metric: str, fiscal_year: int, ids: list[str]) -> dict[str, int]:
    """What each team and person brought in the months of the year before that are over, or running."""
    months = months_before(scene, fiscal_year)
    holders = [node for node in ids if not node.startswith("position:")]
    if not months:
        return {}
    found: dict[str, int] = {}
    values = past(scene, metric, holders, months).drop_nulls("value")
    for kind, number, value in values.select("holder_kind", "holder_id", "value").iter_rows():
        node = f"{kind}:{number}"
        found[node] = found.get(node, 0) + int(value)
    return found
