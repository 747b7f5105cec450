"""People and the seats they hold: added, changed, seated and moved, on a day.

A move on 1 July is one call; the old seat stays, vacant, and keeps its target:

    seat_taken(actor, rita, west-4, on=2025-07-01, leaving=east-1)

    position  person  effective_from  effective_to
    east-1    rita    2024-01-01      2025-07-01     a new version of the row that had no end
    west-4    rita    2025-07-01

Totals do not change with a seat: which team a person counts for is decided when a figure is read.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db.models import F, Q

from quarterdeck.records.models import Leave, Person, Position, Seat
from quarterdeck.services import access
from quarterdeck.services.dated import by_hand, ended, saved, superseded
from quarterdeck.services.journal import journaled
from quarterdeck.services.rights import MATRIX
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.templates import HATS

if TYPE_CHECKING:
    from quarterdeck.services.actor import Actor

_CHANGEABLE: Final = ("name", "email", "country", "part_time")


def code_for(name: str) -> str:
    """A code made from a name.

    >>> code_for("Rita  Moreno-Díaz"), code_for("李")
    ('rita-moreno-díaz', '李')
    """
    words = "".join(letter if letter.isalnum() else " " for letter in name.casefold())
    return "-".join(words.split())[:200]


def _plain(person: Person) -> dict[str, Any]:
    return {"code": person.code} | {name: getattr(person, name) for name in _CHANGEABLE}


def changeable_person(actor: Actor, person_id: int, what: str, on: dt.date | None = None) -> Person:
    """A person whom the actor may change: one they see, whose hats see no more than the actor may give."""
    day = max(actor.today, on or actor.today)
    person = access.person_for(actor, person_id, day)
    to_come = Q(effective_to=None) | Q(effective_to__gt=actor.today)
    hats = Seat.current.filter(to_come, person_id=person_id).values_list("position__hat", flat=True)
    if any(MATRIX[hat].sees == "all" for hat in hats):
        access.require(actor, "give_hats", what)
    return person


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDraft:
    """A person to be added; with a team they are seated there at once."""

    name: str
    code: str = ""
    email: str = ""
    country: str = ""
    part_time: Decimal | int = 1
    team_id: int | None = None
    hat: str = "rep"
    on: dt.date | None = None
    """First day in the seat; empty means the actor's day."""


def person_added(actor: Actor, draft: PersonDraft) -> Person:
    """A new person. Whoever does not see everything must name a team, or the person would be out of their sight."""
    what = "The person was not added."
    access.require(actor, "change_people", what)
    if draft.team_id is None and not access.sees_all(actor, actor.today):
        raise Refusal(what, "No team was named.", "Name one of your teams.", "team_needed")
    with journaled(actor, "person_added", "person") as entry:
        fields = {name: getattr(draft, name) for name in _CHANGEABLE}
        person = saved(Person(code=draft.code or code_for(draft.name), **fields), what)
        entry.about(person.pk, f"{person.name} was added", after=_plain(person))
        if draft.team_id is not None:
            position = position_added(actor, team_id=draft.team_id, hat=draft.hat, name=person.name)
            _seated(actor, person, position, draft.on or actor.today, None)
    return person


def person_changed(actor: Actor, person_id: int, **changes: Any) -> Person:  # noqa: ANN401  fields differ in type
    """A person with other attributes; fields are name, email, country and part_time."""
    what = "The person was not changed."
    access.require(actor, "change_people", what)
    if unknown := set(changes) - set(_CHANGEABLE):
        raise Refusal(what, f"A person has no {', '.join(sorted(unknown))}.", "Leave it out.", "bad_value")
    person = changeable_person(actor, person_id, what)
    before = _plain(person)
    for name, value in changes.items():
        setattr(person, name, value)
    with journaled(actor, "person_changed", "person") as entry:
        saved(person, what)
        entry.about(person.pk, f"{person.name} was changed", before=before, after=_plain(person))
    return person


def position_added(actor: Actor, *, team_id: int, hat: str, name: str = "", code: str = "") -> Position:
    """A new seat in a team, vacant until somebody takes it."""
    what = "The position was not added."
    access.require(actor, "change_people", what)
    team = access.team_for(actor, team_id, actor.today)
    if hat not in HATS:
        raise Refusal(what, f"'{hat}' is not a hat.", f"Choose one of {', '.join(HATS)}.", "bad_value")
    if MATRIX[hat].sees == "all":
        access.require(actor, "give_hats", what)
    free = Position.objects.filter(code__startswith=f"{team.code}-{hat}-").count() + 1
    while not code and Position.objects.filter(code=f"{team.code}-{hat}-{free}").exists():
        free += 1
    with journaled(actor, "position_added", "position") as entry:
        position = Position(
            team=team, hat=hat, name=name or f"{team.name} {hat}", code=code or f"{team.code}-{hat}-{free}"
        )
        saved(position, what)
        entry.about(
            position.pk,
            f"A seat of {hat.replace('_', ' ')} was added in {team.name}",
            after={"code": position.code, "name": position.name, "team": team.code, "hat": hat},
        )
    return position


def seat_taken(actor: Actor, person_id: int, position_id: int, *, on: dt.date, leaving: int | None = None) -> Seat:
    """A person in a position from a day on; `leaving` is the position they hold until then."""
    what = "Nobody was seated."
    access.require(actor, "change_people", what)
    person = changeable_person(actor, person_id, what, on)
    position = _position_for(actor, position_id)
    if MATRIX[position.hat].sees == "all":
        access.require(actor, "give_hats", what)
    return _seated(actor, person, position, on, _held(actor, person, leaving, on, what) if leaving else None)


def seat_left(actor: Actor, person_id: int, position_id: int, *, on: dt.date) -> None:
    """The position is vacant from a day on and keeps its targets."""
    what = "The seat was not left."
    access.require(actor, "change_people", what)
    person = changeable_person(actor, person_id, what, on)
    seat = _held(actor, person, position_id, on, what)
    with journaled(actor, "seat_left", "seat") as entry:
        ended(seat, on, actor.now)
        entry.about(
            seat.pk,
            f"{person.name} leaves {seat.position.name} on {on}",
            before=_words(seat),
            after=_words(seat) | {"effective_to": on},
        )
    actor.memo.clear()


def leave_added(  # noqa: PLR0913  a leave is these
    actor: Actor, person_id: int, *, starts_on: dt.date, ends_on: dt.date, share: Decimal | int = 1, reason: str = ""
) -> Leave:
    """Days `[starts_on, ends_on)` on which a person works less; `share` of the day away, 1 is all of it."""
    what = "The leave was not entered."
    access.require(actor, "add_leave", what)
    person = access.person_for(actor, person_id, actor.today)
    if ends_on <= starts_on:
        raise Refusal(what, "It ends before it starts.", "Give the first day back as its end.", "bad_value")
    if Leave.current.filter(person=person, starts_on__lt=ends_on, ends_on__gt=starts_on).exists():
        raise Refusal(what, "Other leave covers some of these days.", "Withdraw that first.", "leave_overlaps")
    with journaled(actor, "leave_added", "leave") as entry:
        leave = saved(
            Leave(
                person=person, starts_on=starts_on, ends_on=ends_on, share=share, reason=reason, **by_hand(actor.now)
            ),
            what,
        )
        entry.about(leave.pk, f"{person.name} is away from {starts_on}, back on {ends_on}", after=_leave_words(leave))
    return leave


def leave_withdrawn(actor: Actor, leave_id: int) -> None:
    """Leave entered by mistake, no longer believed."""
    access.require(actor, "add_leave", "The leave was not withdrawn.")
    leave = access.activities_seen(actor, Leave.current.filter(pk=leave_id), actor.today).first()
    if leave is None:
        raise access.not_visible("leave")
    with journaled(actor, "leave_withdrawn", "leave") as entry:
        superseded(leave, actor.now)
        entry.about(leave_id, f"Leave of {leave.person.name} was withdrawn", before=_leave_words(leave))


def _leave_words(leave: Leave) -> dict[str, Any]:
    names = ("starts_on", "ends_on", "share", "reason")
    return {"person": leave.person.code} | {name: getattr(leave, name) for name in names}


def _words(seat: Seat) -> dict[str, Any]:
    return {
        "position": seat.position.code,
        "person": seat.person.code,
        "effective_from": seat.effective_from,
        "effective_to": seat.effective_to,
    }


def _position_for(actor: Actor, position_id: int) -> Position:
    position = Position.visible.select_related("team").filter(pk=position_id).first()
    if not isinstance(position, Position) or not access.sees_team(actor, position.team_id, actor.today):
        raise access.not_visible("position")
    return position


def _held(actor: Actor, person: Person, position_id: int, on: dt.date, what: str) -> Seat:
    position = _position_for(actor, position_id)
    to_come = Q(effective_to=None) | Q(effective_to__gt=on)
    seats = Seat.current.filter(to_come, person=person, position=position).select_related("person", "position")
    seat = seats.order_by(F("effective_from").asc(nulls_first=True)).first()
    if not isinstance(seat, Seat):
        raise Refusal(what, f"{person.name} does not sit in {position.name} then.", "Check the day.", "not_seated")
    return seat


def _seated(actor: Actor, person: Person, position: Position, on: dt.date, leaving: Seat | None) -> Seat:
    to_come = Q(effective_to=None) | Q(effective_to__gt=on)
    taken = Seat.current.filter(to_come, position=position).exclude(pk=leaving.pk if leaving else None)
    if other := taken.select_related("person").first():
        raise Refusal(
            "Nobody was seated.",
            f"{position.name} is held by {other.person.name} then, or will be.",
            "Let them leave it first, or add a position.",
            "position_taken",
        )
    with journaled(actor, "seat_taken", "seat") as entry:
        if leaving is not None:
            ended(leaving, on, actor.now)
        seat = saved(
            Seat(position=position, person=person, effective_from=on, **by_hand(actor.now)), "Nobody was seated."
        )
        entry.about(
            seat.pk,
            f"{person.name} takes {position.name} on {on}",
            before=_words(leaving) if leaving else None,
            after=_words(seat),
        )
    actor.memo.clear()
    return seat
