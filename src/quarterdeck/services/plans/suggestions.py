"""Whom a published plan no longer fits: people who left or moved since its first day, and were not amended yet.

rita   left her seat in East on 16 May 2026      ->   amend: leaver, from 16 May
sam    took seat west-4 in West on 1 June 2026   ->   amend: mover, from 1 June
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import narwhals as nw

from quarterdeck.services.scene import CARRIES, Scene, holder_of

if TYPE_CHECKING:
    from quarterdeck.services.plans.doors import Door

Span = tuple[int, dt.date, dt.date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """An amendment that seats ask for."""

    kind: Literal["leaver", "mover", "account", "territory"]
    node: str
    name: str
    effective_on: dt.date
    what: str
    things: str = ""
    """Codes of accounts or territories, one a line."""
    to: str = ""
    """Who took them over."""


def suggestions(found: Door, as_of: dt.date) -> list[Suggestion]:
    """Amendments that are due as of a day, for who may decide on them; the earliest first. The tree's queries."""
    if not found.may_approve or found.state != "published":
        return []
    scene = Scene(found.actor, as_of)
    seats = _rep_seats(scene)
    done = {amendment.formula.get("giver") for amendment in found.amendments}
    due = []
    for node in found.ground.nodes.values():
        if node.kind == "person" and node.node not in done:
            one = _of_person(found, scene, seats.get(holder_of(node.node)[1], []), node.node)
            due += [one] if one else []
    return sorted(due, key=lambda one: (one.effective_on, one.name))


def _rep_seats(scene: Scene) -> dict[int, list[Span]]:
    """By person: teams of their rep's seats with first day and first day after."""
    found: dict[int, list[Span]] = {}
    rows = scene.seats.filter(nw.col("hat") == CARRIES, ~nw.col("person_id").is_null())
    for person, team, begins, ends in rows.select("person_id", "team_id", "effective_from", "effective_to").iter_rows():
        found.setdefault(person, []).append((team, begins or dt.date.min, ends or dt.date.max))
    return found


def _of_person(found: Door, scene: Scene, seats: list[Span], node: str) -> Suggestion | None:
    """Left: the last day in the plan's team lies inside the year, and has come."""
    plan, parent = found.plan, found.ground.nodes[node].parent
    team = holder_of(parent)[1]
    ends_on = max((ends for at, begins, ends in seats if at == team and begins < plan.ends_on), default=None)
    if ends_on is None or not plan.starts_on < ends_on < plan.ends_on or ends_on > scene.as_of:
        return None
    taken = [at for at, begins, ends in seats if begins <= ends_on < ends and f"team:{at}" in found.ground.nodes]
    name, day = scene.name(node), f"{ends_on:%-d %B %Y}"
    if taken:
        what = f"{name} moved from {scene.name(parent)} to {scene.name(f'team:{taken[0]}')} on {day}"
        return Suggestion(kind="mover", node=node, name=name, effective_on=ends_on, what=what)
    what = f"{name} left {scene.name(parent)} on {day}"
    return Suggestion(kind="leaver", node=node, name=name, effective_on=ends_on, what=what)
