"""Who is in the rep seats of a plan from when to when, and which seats nobody holds.

    person  team  seat    tenure_from  starts_on   ends_on
    hana    west  west-1  -                        2025-07-01      moved: still ramped where she goes
    hana    east  east-4               2025-07-01
    -       east  east-3  -                                        vacant

Teams hang as in the plan; those it does not know as they hang on the day. Who holds two seats at once counts once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from django.db.models import FilteredRelation, Q

from quarterdeck.records.models import Person
from quarterdeck.services.scene import CARRIES, Scene, holder_of

if TYPE_CHECKING:
    from quarterdeck.services.plans.ground import Ground

LONG: Final = 28
"""Days from which leave counts by itself: shorter absences are in what a month brings anyhow."""
_FIRST, _LAST = dt.date.min, dt.date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Days of a seat: a person in it, or nobody; open ends are the first and the last day there is."""

    position_id: int
    person_id: int | None
    team_id: int
    starts_on: dt.date
    ends_on: dt.date
    tenure_from: dt.date | None
    part_time: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """The rep seats of a plan's tree, its teams with the one above, and who is away for long."""

    stretches: tuple[Stretch, ...]
    parents: dict[int, int]
    """By team of the plan's tree except its top."""
    root: int
    away: dict[int, list[tuple[dt.date, dt.date, float]]] = field(default_factory=dict)
    """By person: first day away, first day back, share of the day."""
    careers: dict[int, list[tuple[dt.date, dt.date]]] = field(default_factory=dict)
    """By person, their days in rep seats anywhere, oldest first."""

    def path(self, team: int) -> list[int]:
        """The team and those above it up to the plan's."""
        found = [team]
        while found[-1] in self.parents:
            found.append(self.parents[found[-1]])
        return found

    def children(self, team: int) -> list[int]:
        """Teams right below a team."""
        return [child for child, parent in self.parents.items() if parent == team]

    def below(self, team: int) -> set[int]:
        """The team and every team under it."""
        return {each for each in (self.root, *self.parents) if team in self.path(each)}


def staff_of(scene: Scene, ground: Ground, day: dt.date) -> Staff:
    """The rep seats of a plan for all time; the tree's queries, and one for people with their leave."""
    parents, root = _parents(scene, ground, day)
    teams = {root, *parents}
    rows = [row for row in _seats(scene) if row[3] == CARRIES]
    people = {row[1] for row in rows if row[2] in teams and row[1] is not None}
    part_time, away = _people(people)
    careers: dict[int, list[tuple[dt.date, dt.date]]] = {}
    for _, person, _, _, begins, ends in rows:
        if person in people:
            careers.setdefault(person, []).append((begins or _FIRST, ends or _LAST))
    careers = {person: sorted(spans) for person, spans in careers.items()}
    found = [
        Stretch(
            position_id=position, person_id=person, team_id=team, starts_on=begins or _FIRST, ends_on=ends or _LAST,
            tenure_from=_tenure(careers[person]) if person is not None else None,
            part_time=part_time.get(person or 0, 1.0),
        )
        for position, person, team, _, begins, ends in rows
        if team in teams
    ]  # fmt: skip
    return Staff(
        stretches=tuple(_once(found)), parents=parents, root=root, away=away, careers=careers,
    )  # fmt: skip


def _seats(scene: Scene) -> list[tuple[int, int | None, int, str, dt.date | None, dt.date | None]]:
    names = ("position_id", "person_id", "team_id", "hat", "effective_from", "effective_to")
    return list(scene.seats.select(names).iter_rows())


def _parents(scene: Scene, ground: Ground, day: dt.date) -> tuple[dict[int, int], int]:
    """By team of the plan's tree the one above it; teams made since hang where they hang on the day."""
    root = holder_of(ground.root)[1]
    found = {
        holder_of(node.node)[1]: holder_of(node.parent)[1]
        for node in ground.nodes.values()
        if node.kind == "team" and node.parent
    }
    waiting = [root, *found]
    while waiting:
        team = waiting.pop()
        for child in scene.children(team, day):
            if child not in found and child != root:
                found[child] = team
                waiting.append(child)
    return found, root


def _tenure(spans: list[tuple[dt.date, dt.date]]) -> dt.date | None:
    return None if spans[0][0] == _FIRST else spans[0][0]


def _once(stretches: list[Stretch]) -> list[Stretch]:
    """The same with each person in one seat at a time, the one held first."""
    found = [one for one in stretches if one.person_id is None]
    until: dict[int, dt.date] = {}
    for one in sorted(stretches, key=lambda one: (one.starts_on, one.position_id)):
        if one.person_id is not None:
            begins = max(one.starts_on, until.get(one.person_id, _FIRST))
            if begins < one.ends_on:
                found.append(replace(one, starts_on=begins))
                until[one.person_id] = one.ends_on
    return found


def _people(people: set[int]) -> tuple[dict[int, float], dict[int, list[tuple[dt.date, dt.date, float]]]]:
    """Who works part time, and who is away for long; one query."""
    current = FilteredRelation("leave", condition=Q(leave__superseded_at=None))
    columns = ("pk", "part_time", "away__starts_on", "away__ends_on", "away__share")
    part_time: dict[int, float] = {}
    away: dict[int, list[tuple[dt.date, dt.date, float]]] = {}
    rows = Person.objects.annotate(away=current).filter(pk__in=people).values_list(*columns)
    for person, share_of_week, begins, ends, share in rows.order_by("pk", "away__starts_on", "away__pk"):
        part_time[person] = float(share_of_week)
        if begins is not None and (ends - begins).days >= LONG:
            away.setdefault(person, []).append((begins, ends, float(share)))
    return part_time, away
