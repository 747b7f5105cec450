"""Who holds which territory on a day, in which team they sit, and what of it an actor sees.

territory  held on 1 July by   sits in   Mona (East) sees
north      rita                East      rita
south      walt                West      that it is held
far        nobody
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
from django.db.models import F, FilteredRelation, Q

from quarterdeck.records.models import Territory
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


def lands(actor: Actor, scene: Scene, holdings: list[tuple[Any, ...]] | None = None) -> dict[int, Land]:
    """Every territory on the scene's day by id, by name; for everybody with a hat.

    One query and the tree's, or none where `holdings` were read already.
    """
    if not (actor.is_system or actor.hats):
        return {}
    day, teams, found = scene.as_of, teams_of(scene), dict[int, Land]()
    for pk, code, name, begins, ends, person, called in holdings_read() if holdings is None else holdings:
        holds = person is not None and (begins or day) <= day < (ends or dt.date.max)
        if holds or pk not in found:
            found[pk] = Land(
                territory_id=pk, code=code, name=name, person_id=person if holds else None,
                person=called if holds else "", team_id=teams.get(person) if holds else None,
                is_seen=access.sees_person(actor, person if holds else None, day),
            )  # fmt: skip
    return found


def holdings_read() -> list[tuple[Any, ...]]:
    """Territories by name with each of their holders by first day: id, code, name, from, to, person, their name.

    One query; a territory that nobody ever held has one row without a person.
    """
    current = Q(holdings__superseded_at=None)
    rows = Territory.visible.annotate(held=FilteredRelation("holdings", condition=current))
    names = ("pk", "code", "name", "held__effective_from", "held__effective_to", "held__person_id")
    ordered = rows.order_by("name", "pk", F("held__effective_from").asc(nulls_first=True), "held__pk")
    found = ordered.values_list(*names, "held__person__name", "held__person__withdrawn_at")
    return [(*row[:5], None, "") if row[7] else row[:7] for row in found]


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
