"""People with the seats they hold on a day, and the tree of teams on that day.

person  name           seats on 2025-06-30
rita    Rita Moreno    rep in east (position east-1)
mona    Mona Larkin    manager in east, rep in east     two hats, two seats
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db.models import F, FilteredRelation, Q, QuerySet

from quarterdeck.records.models import Person, Seat, Team
from quarterdeck.services import access
from quarterdeck.services.listing import Layout, Listing, Page, listed
from quarterdeck.terms.tables import Column
from quarterdeck.terms.templates import HATS

if TYPE_CHECKING:
    from quarterdeck.services.actor import Actor

PEOPLE: Final = Layout(
    title="People",
    columns=(
        Column("code", "id", "The person's code."),
        Column("name", "text", "Full name."),
        Column("email", "text", "Work address."),
        Column("country", "text", "ISO 3166 code; decides public holidays; empty means the company's."),
        Column("part_time", "ratio", "Share of a full week worked, 1 is full time."),
        Column("seats", "text", "The seats held on the day: hat and team."),
    ),
    sorts={"name": ("name", "pk"), "code": ("code", "pk"), "email": ("email", "pk")},
)
TEAMS: Final = Layout(
    title="Teams",
    columns=(
        Column("code", "id", "The team's code."),
        Column("name", "text", "The name people use."),
        Column("parent", "text", "The team above on the day; empty for a root."),
    ),
    sorts={"name": ("name", "pk"), "code": ("code", "pk")},
)
SEATS: Final = (
    Column("position", "text", "The seat's code."),
    Column("hat", "choice", "What the person does in it.", choices=HATS),
    Column("team", "text", "The team it belongs to."),
    Column("effective_from", "day", "First day in it; empty means always.", is_required=False),
    Column("effective_to", "day", "First day no longer in it; empty means still so.", is_required=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFilter:
    """Which people are wanted; what is empty does not filter."""

    person_id: int | None = None
    team_id: int | None = None
    """Seated in this very team on the day."""
    hat: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatRow:
    """A seat held on the day."""

    position_id: int
    position: str
    hat: str
    team_id: int
    team: str
    effective_from: dt.date | None
    effective_to: dt.date | None

    def __str__(self) -> str:
        """As a file says it."""
        return f"{self.hat.replace('_', ' ')} in {self.team}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A person as a list shows them."""

    person_id: int
    code: str
    name: str
    email: str
    country: str
    part_time: Decimal
    seats: tuple[SeatRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamNode:
    """A team and what it hangs under on the day."""

    team_id: int
    code: str
    name: str
    parent_id: int | None
    parent: str


def people(
    actor: Actor, *, as_of: dt.date, where: PersonFilter | None = None, page: Page | None = None
) -> Listing[PersonRow]:
    """People whom the actor sees on the day, with their seats; at most three queries and the tree's two."""
    where = where or PersonFilter()
    found = access.persons_seen(actor, Person.visible.all(), as_of)
    if where.person_id is not None:
        found = found.filter(pk=where.person_id)
    if where.team_id is not None or where.hat:
        found = found.filter(pk__in=_seated(where, as_of))
    for word in where.text.split():
        found = found.filter(Q(name__icontains=word) | Q(code__icontains=word) | Q(email__icontains=word))
    return listed(PEOPLE, found, page or Page(), lambda rows: _person_rows(rows, as_of))


def _seated(where: PersonFilter, as_of: dt.date) -> QuerySet[Any, Any]:
    seats = Seat.current.filter(access.so_on(as_of))
    if where.team_id is not None:
        seats = seats.filter(position__team_id=where.team_id)
    return (seats.filter(position__hat=where.hat) if where.hat else seats).values("person_id")


def _person_rows(found: Sequence[Person], as_of: dt.date) -> list[PersonRow]:
    seats = defaultdict[int, list[SeatRow]](list)
    held = Seat.current.filter(access.so_on(as_of), person__in=found).select_related("position__team")
    for seat in held.order_by("effective_from", "pk"):
        seats[seat.person_id].append(_seat_row(seat))
    return [
        PersonRow(
            person_id=one.pk, code=one.code, name=one.name, email=one.email, country=one.country,
            part_time=one.part_time, seats=tuple(seats[one.pk]),
        )
        for one in found
    ]  # fmt: skip


def _seat_row(seat: Seat) -> SeatRow:
    position = seat.position
    return SeatRow(
        position_id=position.pk, position=position.code, hat=position.hat, team_id=position.team_id,
        team=position.team.name, effective_from=seat.effective_from, effective_to=seat.effective_to,
    )  # fmt: skip


def teams(
    actor: Actor, *, as_of: dt.date, team_id: int | None = None, parent_id: int | None = None, page: Page | None = None
) -> Listing[TeamNode]:
    """Teams whose totals the actor sees, with the team above on the day; at most two queries and the tree's."""
    seen = access.teams_seen(actor, as_of)
    held = Q(links__superseded_at=None) & access.so_on(as_of, "links__")
    found = Team.visible.annotate(link=FilteredRelation("links", condition=held))
    found = found.annotate(above_id=F("link__parent_id"), above=F("link__parent__name"))
    wanted = {"pk": team_id, "link__parent_id": parent_id}
    found = found.filter(**{name: value for name, value in wanted.items() if value is not None})
    if seen is not None:
        found = found.filter(pk__in=seen)
    return listed(TEAMS, found, page or Page(), lambda rows: [_team_node(team, seen) for team in rows])


def _team_node(team: Any, seen: frozenset[int] | None) -> TeamNode:  # noqa: ANN401  a team with its annotations
    """The team above only where it is seen, too."""
    is_seen = seen is None or team.above_id in seen
    return TeamNode(
        team_id=team.pk, code=team.code, name=team.name, parent_id=team.above_id if is_seen else None,
        parent=team.above or "" if is_seen else "",
    )  # fmt: skip
