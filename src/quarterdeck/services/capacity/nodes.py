"""What each node of a plan can bring in its year: for the gaps of a plan, and for spreading it by capacity.

person:7   everything they bring in any seat of the plan
position:4 what is brought in it by who is no node of the plan: a seat that was vacant when the plan was made
team:3     all seats in it and below
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quarterdeck.services.capacity.outcomes import season_of
from quarterdeck.services.capacity.room import Room
from quarterdeck.services.capacity.seats import seats_of
from quarterdeck.services.scene import holder_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable

    from quarterdeck.services.capacity.shapes import Seat
    from quarterdeck.services.plans.doors import Door


def node_weights(room: Room, seats: Iterable[Seat]) -> dict[str, int]:
    """Capacity of the year by person or seat of the plan; of a seat taken since, that of whoever sits there."""
    found: dict[str, int] = {}
    nodes = room.found.ground.nodes
    for seat in seats:
        place = f"position:{seat.position_id}"
        node = seat.node if seat.node in nodes else place if place in nodes else ""
        if node:
            found[node] = found.get(node, 0) + seat.year("capacity_minor")
    return found


def capacities(found: Door, nodes: Collection[str], as_of: dt.date) -> dict[str, int]:
    """What teams, people and seats of a plan can bring in its year; four queries and the tree's, none for no nodes."""
    if not nodes:
        return {}
    room = Room(found, as_of)
    seats = seats_of(room, room.staff.root, {}, season_of(room, {}))
    sums = node_weights(room, seats)
    for node in nodes:
        if node.startswith("team:"):
            below = room.staff.below(holder_of(node)[1])
            sums[node] = sum(seat.year("capacity_minor") for seat in seats if seat.team_id in below)
    return {node: sums.get(node, 0) for node in nodes}
