"""The pages of people: the tree of teams with its seats on a day, and one person with everything dated about them.

East                          manager Priya Raman
  Rita Moreno      rep        since 1 Jan 2024
  east-4           rep        vacant
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from quarterdeck.records.models import Invitation, Leave, Position, Seat, User
from quarterdeck.services import access
from quarterdeck.services.listing import Page
from quarterdeck.services.people_list import TeamNode, teams
from quarterdeck.terms.templates import HATS

if TYPE_CHECKING:
    import datetime as dt

    from quarterdeck.services.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatLine:
    """A seat on the day: who holds it, or nobody."""

    position_id: int
    position: str
    hat: str
    person_id: int | None
    person: str
    since: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLine:
    """A team of the tree with its own seats; those of teams below stand with them."""

    team_id: int
    name: str
    code: str
    depth: int
    seats: tuple[SeatLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """A person as of a day."""

    person: Any
    seats: tuple[Any, ...]
    """All seats, the newest first."""
    current: tuple[Any, ...]
    """Those held on the day."""
    leave: tuple[Any, ...]
    login: str
    """Who signs in for them; empty without a login."""
    user: Any
    """That login, for those who may change people; None without one."""
    invitation: Any
    desks: tuple[tuple[str, int], ...]
    """Hats held on the day with what their desk belongs to: the person for a rep, else the team."""
    may_change: bool
    may_leave: bool
    vacancies: tuple[Any, ...]
    """Positions nobody holds, which they could take."""


def people_tree(actor: Actor, as_of: dt.date) -> tuple[TeamLine, ...]:
    """Teams depth first with their seats on the day; people out of sight are left out. Four queries and the tree's."""
    nodes = {node.team_id: node for node in teams(actor, as_of=as_of, page=Page(size=1000)).rows}
    seats = _seats(actor, as_of, set(nodes))
    children: dict[int | None, list[TeamNode]] = {}
    for node in nodes.values():
        children.setdefault(node.parent_id if node.parent_id in nodes else None, []).append(node)
    lines: list[TeamLine] = []

    def walk(parent: int | None, depth: int) -> None:
        for node in sorted(children.get(parent, []), key=lambda one: (one.name, one.team_id)):
            own = tuple(seats.get(node.team_id, ()))
            lines.append(TeamLine(team_id=node.team_id, name=node.name, code=node.code, depth=depth, seats=own))
            walk(node.team_id, depth + 1)

    walk(None, 0)
    return tuple(lines)


def _seats(actor: Actor, as_of: dt.date, team_ids: set[int]) -> dict[int, list[SeatLine]]:
    seen = access.people_seen(actor, as_of)
    held = Seat.current.filter(access.so_on(as_of), person__withdrawn_at=None).select_related("person")
    holders: dict[int, list[Any]] = {}
    for seat in held:
        holders.setdefault(seat.position_id, []).append(seat)
    found: dict[int, list[SeatLine]] = {}
    for position in Position.visible.filter(team_id__in=team_ids).order_by("hat", "name", "pk"):
        lines = [_line(position, seat) for seat in holders.get(position.pk, [])]
        is_seen = access.sees_position(actor, position.pk, position.team_id, as_of)
        shown = [line for line in lines if seen is None or line.person_id in seen] or (
            [_line(position, None)] if not lines and is_seen else []
        )
        found.setdefault(position.team_id, []).extend(shown)
    order = sorted(HATS, key=lambda hat: hat == "rep")  # who leads comes first
    for lines in found.values():
        lines.sort(key=lambda line: (order.index(line.hat), not line.person, line.person, line.position))
    return found


def _line(position: Any, seat: Any) -> SeatLine:  # noqa: ANN401  records.Position, records.Seat or nobody
    return SeatLine(
        position_id=position.pk, position=position.name, hat=position.hat,
        person_id=seat.person_id if seat else None, person=seat.person.name if seat else "",
        since=seat.effective_from if seat else None,
    )  # fmt: skip


def person_page(actor: Actor, person_id: int, as_of: dt.date) -> PersonPage:
    """A person's page. Raises Refusal (`not_visible`)."""
    person = access.person_for(actor, person_id, as_of)
    seats = Seat.current.filter(person=person).select_related("position__team").order_by("-effective_from", "-pk")
    rows = tuple(seats)
    current = tuple(seat for seat in rows if _is_on(seat, as_of))
    may_change = access.may_change_people(actor)
    waiting = Invitation.objects.filter(person=person, accepted_at=None, revoked_at=None, expires_at__gt=actor.now)
    user = User.objects.filter(person=person).first()
    login = user.email if user else ""
    return PersonPage(
        person=person,
        seats=rows,
        current=current,
        desks=tuple(dict.fromkeys(_desk(seat, person.pk) for seat in current)),
        leave=tuple(Leave.current.filter(person=person).order_by("-starts_on")),
        login=login if may_change or person.pk == actor.person_id else "",
        user=user if may_change else None,
        invitation=waiting.order_by("-pk").first() if may_change else None,
        may_change=may_change,
        may_leave=access.may(actor, "add_leave"),
        vacancies=tuple(_vacancies(actor, as_of)) if may_change else (),
    )


def _desk(seat: Any, person_id: int) -> tuple[str, int]:  # noqa: ANN401  records.Seat
    hat = seat.position.hat
    return hat, person_id if hat == "rep" else seat.position.team_id


def _is_on(seat: Any, day: dt.date) -> bool:  # noqa: ANN401  records.Seat
    begun = seat.effective_from is None or seat.effective_from <= day
    return bool(begun and (seat.effective_to is None or seat.effective_to > day))


def _vacancies(actor: Actor, as_of: dt.date) -> list[Any]:
    """Positions of teams seen that nobody holds on the day or later."""
    to_come = Q(effective_to=None) | Q(effective_to__gt=as_of)
    taken = Seat.current.filter(to_come).values("position_id")
    found = Position.visible.exclude(pk__in=taken).select_related("team").order_by("team__name", "name")
    seen = access.teams_seen(actor, as_of)
    return list(found if seen is None else found.filter(team_id__in=seen))
