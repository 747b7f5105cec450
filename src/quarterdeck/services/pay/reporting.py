"""Who reports to whom, from when to when: seats and the tree of teams as the rows of PAY_PEOPLE.

    seats    rita in east (rep)      mona leads east [, 2026-07-01)   wim leads east [2026-07-01, )
    rows     rita  mona  east  rep   [          , 2026-07-01)
             rita  wim   east  rep   [2026-07-01,           )

Whoever holds a manager's or director's seat in somebody's team leads them; in a vacant team, or of a leader, it is the
next leader above. Who sits nowhere has a row without a team, so that an event of theirs is nobody's surprise.
"""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from quarterdeck.services.tree import Tree

LEADS: Final = ("manager", "director")
_FIRST, _LAST = dt.date.min, dt.date.max


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a seat for a time; days are open at `date.min` and `date.max`. Ids are the database's."""

    person_id: int
    manager_id: int | None
    team_id: int | None
    hat: str | None
    begins: dt.date
    ends: dt.date


@dataclass
class Reporting:
    """The reporting line of everybody, looked up once per team and day on which anything changes."""

    tree: Tree
    _known: dict[tuple[int, dt.date], tuple[int, ...]] = field(default_factory=dict)

    @cached_property
    def seats(self) -> list[tuple[int, int, str, dt.date, dt.date]]:
        """Person, team, hat and days of every seat that somebody held."""
        names = ("person_id", "team_id", "hat", "effective_from", "effective_to")
        rows = self.tree.seats.select(names).iter_rows()
        return [
            (who, team, hat, begin or _FIRST, end or _LAST) for who, team, hat, begin, end in rows if who is not None
        ]

    @cached_property
    def leaders(self) -> dict[int, list[tuple[int, dt.date, dt.date]]]:
        """By team, who led it from when to when."""
        found: dict[int, list[tuple[int, dt.date, dt.date]]] = {}
        for who, team, hat, begins, ends in self.seats:
            if hat in LEADS:
                found.setdefault(team, []).append((who, begins, ends))
        return found

    @cached_property
    def parents(self) -> dict[int, list[tuple[int | None, dt.date, dt.date]]]:
        """By team, what it hung under from when to when."""
        found: dict[int, list[tuple[int | None, dt.date, dt.date]]] = {}
        names = ("team_id", "parent_id", "effective_from", "effective_to")
        for team, parent, begins, ends in self.tree.teams.select(names).iter_rows():
            found.setdefault(team, []).append((parent, begins or _FIRST, ends or _LAST))
        return found

    @cached_property
    def turns(self) -> list[dt.date]:
        """Every day on which somebody began or ceased to lead, or a team moved."""
        spans = [row for rows in self.leaders.values() for row in rows] + [
            row for rows in self.parents.values() for row in rows
        ]
        return sorted({day for _, begins, ends in spans for day in (begins, ends)} - {_FIRST, _LAST})

    def rows(self) -> Iterator[PersonRow]:
        """One row per seat and stretch with one manager."""
        for who, team, hat, begins, ends in self.seats:
            cuts = self.turns[bisect.bisect_right(self.turns, begins) : bisect.bisect_left(self.turns, ends)]
            kept: list[tuple[int | None, dt.date]] = []
            for day in (begins, *cuts):
                manager = self._manager(who, team, hat, day)
                if not kept or kept[-1][0] != manager:
                    kept.append((manager, day))
            for (manager, day), (_, until) in pairwise([*kept, (None, ends)]):
                yield PersonRow(who, manager, team, hat, day, until)

    def _manager(self, who: int, team: int, hat: str, day: dt.date) -> int | None:
        line = self._line(team, day)
        own = [led for led, *_ in self.leaders.get(team, ())] if hat in LEADS else []
        return next((one for one in line if one != who and one not in own), None)

    def _line(self, team: int, day: dt.date) -> tuple[int, ...]:
        """Leaders of the team and of those above it on the day, nearest first; a cycle ends it."""
        if (team, day) not in self._known:
            found: list[int] = []
            at: int | None = team
            seen: set[int] = set()
            while at is not None and at not in seen:
                seen.add(at)
                found += [who for who, begins, ends in self.leaders.get(at, ()) if begins <= day < ends]
                at = next((parent for parent, begins, ends in self.parents.get(at, ()) if begins <= day < ends), None)
            self._known[team, day] = tuple(found)
        return self._known[team, day]


def person_rows(tree: Tree, everybody: Mapping[int, str]) -> list[PersonRow]:
    """Rows of everybody who is visible, those without a seat last; managers who are not visible are left out."""
    seated = [row for row in Reporting(tree).rows() if row.person_id in everybody]
    alone = sorted(everybody.keys() - {row.person_id for row in seated})
    return [*seated, *(PersonRow(pk, None, None, None, _FIRST, _LAST) for pk in alone)]
