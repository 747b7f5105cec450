"""Who holds which territory on a day, in which team they sit, and what of it an actor sees.

territory  held on 1 July by   sits in   Mona (East) sees
north      rita                East      rita
south      walt                West      that it is held
far        nobody
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw

from quarterdeck.records.models import Territory, TerritoryHolding
from quarterdeck.services import access
from quarterdeck.services.scene import CARRIES

if TYPE_CHECKING:
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.scene import Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Land:
    """A territory on a day: its holder and their team, whoever looks."""

    territory_id: int
    code: str
    name: str
    person_id: int | None
    person: str
    team_id: int | None
    is_seen: bool
    """Whether the actor sees the holder, and so what the territory brings."""

    @property
    def holder(self) -> str:
        """The holder's name as far as the actor sees it."""
        return self.person if self.is_seen else "somebody else" if self.person_id else ""


def lands(actor: Actor, scene: Scene) -> dict[int, Land]:
    """Every territory on the scene's day by id, by name; for everybody with a hat. Two queries and the tree's."""
    if not (actor.is_system or actor.hats):
        return {}
    day = scene.as_of
    rows = TerritoryHolding.current.filter(access.so_on(day), person__isnull=False, person__withdrawn_at=None)
    holdings = rows.select_related("person").order_by("effective_from", "pk")
    holders = {one.territory_id: one.person for one in holdings}
    teams = teams_of(scene)
    found = {}
    for one in Territory.visible.order_by("name", "pk"):
        person = holders.get(one.pk)
        pk = person.pk if person else None
        found[one.pk] = Land(
            territory_id=one.pk, code=one.code, name=one.name, person_id=pk, person=person.name if person else "",
            team_id=teams.get(pk) if pk else None, is_seen=access.sees_person(actor, pk, day),
        )  # fmt: skip
    return found


def teams_of(scene: Scene) -> dict[int, int]:
    """By person, the team of their first seat on the scene's day; a rep's seat goes before others."""
    seats = scene.seats_on(scene.as_of).filter(~nw.col("person_id").is_null())
    rows = sorted(
        seats.select("person_id", "hat", "position_id", "team_id").iter_rows(),
        key=lambda row: (row[0], row[1] != CARRIES, row[2]),
        reverse=True,
    )
    return {person: team for person, _, _, team in rows}


def held_from(day: dt.date, today: dt.date) -> dt.date:
    """The day from which moves hold: the one that was stated, or today where that has passed.

    >>> held_from(dt.date(2026, 7, 1), dt.date(2026, 7, 4))
    datetime.date(2026, 7, 4)
    """
    return max(day, today)
