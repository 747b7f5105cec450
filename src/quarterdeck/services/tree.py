"""Who sat where, and which team hung under which: read once for every version of the data.

journal at 4711   tree(4711)    two queries, memberships, spans       the first desk after a write
                  tree(4711)    nothing                               every desk until the next one
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from quarterdeck.engine.ledger.memberships import memberships
from quarterdeck.services import frames
from quarterdeck.services.kept import kept

if TYPE_CHECKING:
    from collections.abc import Callable

    from quarterdeck.terms.tables import Frame

Stretch = tuple[int, dt.date, dt.date]


@dataclass
class Tree:
    """Teams, seats and what follows from them, for all time; by what was known at an instant (empty: now)."""

    known_at: dt.datetime | None = None
    links: Callable[[], list[tuple[Any, ...]]] | None = None
    """Who may have read what the teams hang under already: services.access.team_links."""

    @cached_property
    def seats(self) -> Frame:
        """SEATS with vacancies; one query."""
        return frames.seats(known_at=self.known_at)

    @cached_property
    def teams(self) -> Frame:
        """TEAMS; one query at most."""
        return frames.teams(known_at=self.known_at) if self.links is None else frames.teams_of(self.links())

    @cached_property
    def memberships(self) -> Frame:
        """Each person in their team and every team above it, dated."""
        return memberships(self.seats, self.teams)

    @cached_property
    def spans(self) -> dict[int, list[Stretch]]:
        """By team, who was in it from when to when."""
        found: dict[int, list[Stretch]] = {}
        names = ("team_id", "person_id", "effective_from", "effective_to")
        for team, person, begins, ends in self.memberships.select(names).iter_rows():
            found.setdefault(team, []).append((person, begins or dt.date.min, ends or dt.date.max))
        return found

    @cached_property
    def held(self) -> list[tuple[int, int, dt.date, dt.date]]:
        """Position, person and days of every seat that somebody held."""
        rows = self.seats.select("position_id", "person_id", "effective_from", "effective_to").iter_rows()
        return [(at, who, begin or dt.date.min, end or dt.date.max) for at, who, begin, end in rows if who is not None]


def tree(version: int | None = None, links: Callable[[], list[tuple[Any, ...]]] | None = None) -> Tree:
    """The tree as it is known now; `version` is the data's where it was read already, else it costs a query."""
    return kept("tree", lambda: Tree(links=links), version)
