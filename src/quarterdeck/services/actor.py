"""Who asks, when, and from which day they look: the first argument of every service.

A face makes an `Actor` once per request: the user, the hats of their person as of today, and the clock's reading.
Below the faces nothing reads the clock; `actor.now` is when a write happens, `as_of` is a parameter of every reading.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from quarterdeck.records.models import Seat
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quarterdeck.records.models import User


@dataclass(frozen=True, slots=True)
class Hat:
    """A hat worn on the actor's day: what the person does, and in which team."""

    name: str
    team_id: int
    position_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who asks for something. Without a user it is the system itself: the installer at the command line."""

    now: dt.datetime
    user: User | None = None
    person_id: int | None = None
    hats: tuple[Hat, ...] = field(default=())
    scopes: frozenset[str] | None = None
    """What an API token allows; None for a person in the browser."""
    memo: dict[object, Any] = field(default_factory=dict, compare=False, repr=False)
    """What services.access has looked up for this request; cleared when people or teams are written."""

    @property
    def is_system(self) -> bool:
        """Whether this is the installer at the command line, who owns the machine."""
        return self.user is None

    @property
    def name(self) -> str:
        """What the journal calls them."""
        return str(self.user) if self.user else "system"

    @property
    def today(self) -> dt.date:
        """The day of `now`."""
        return self.now.date()

    def wears(self, *names: str) -> bool:
        """Whether the actor wears one of these hats; the system wears all."""
        return self.is_system or any(hat.name in names for hat in self.hats)

    def require(self, *names: str, what: str) -> None:
        """Refuse what needs a hat that the actor does not wear."""
        if not self.wears(*names):
            needed = " or ".join(name.replace("_", " ") for name in names)
            raise Refusal(what, f"It needs the hat of {needed}.", "Ask somebody who wears it.", "needs_hat")


def hats_on(person_id: int, day: dt.date) -> tuple[Hat, ...]:
    """The hats a person wears on a day, oldest seat first."""
    return _hats(_seats_on(person_id, day))


def _seats_on(person_id: int, day: dt.date) -> list[Seat]:
    held = Q(effective_from=None) | Q(effective_from__lte=day)
    seats = Seat.current.filter(held, Q(effective_to=None) | Q(effective_to__gt=day), person_id=person_id)
    return list(seats.select_related("position", "person").order_by("effective_from", "pk"))


def _hats(seats: Iterable[Seat]) -> tuple[Hat, ...]:
    return tuple(Hat(seat.position.hat, seat.position.team_id, seat.position_id) for seat in seats)


def actor_of(user: User, now: dt.datetime, scopes: frozenset[str] | None = None) -> Actor:
    """The actor a signed-in user is at an instant; one query, which brings their name along."""
    seats = _seats_on(user.person_id, now.date()) if user.person_id else []
    if seats:
        user.person = seats[0].person
    hats = _hats(seats)
    return Actor(now=now, user=user, person_id=user.person_id, hats=hats, scopes=scopes)
