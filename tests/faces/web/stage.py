"""A server whose desks are invented: run as a script it makes the data, imported by uvicorn it serves."""

from __future__ import annotations

import datetime as dt
import os
import sys
import types
from dataclasses import replace
from typing import TYPE_CHECKING

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quarterdeck.config.settings")
django.setup()

import invented  # noqa: E402  Django first
from django.core.management import call_command  # noqa: E402

from browsing import PASSWORD  # noqa: E402
from quarterdeck.config.asgi import application  # noqa: E402
from quarterdeck.records.models import (  # noqa: E402
    Company,
    JournalEntry,
    Person,
    Position,
    Seat,
    Team,
    User,
)  # fmt: skip

if TYPE_CHECKING:
    from quarterdeck.services.desks.shapes import DirectorDesk, ManagerDesk, RepDesk

__all__ = ["application"]
EMPTY = 2
CROWDED = 2


def rep_desk(_actor: object, person_id: int, as_of: dt.date) -> RepDesk:
    """Calls done grow with the journal, so that a live desk has something to show."""
    if person_id == EMPTY:
        return invented.empty_rep_desk(person_id=person_id, as_of=as_of)
    desk = invented.rep_desk(person_id=person_id, as_of=as_of)
    first, *others = desk.actions
    return replace(desk, actions=(replace(first, done_today=5 + JournalEntry.objects.count()), *others))


def manager_desk(_actor: object, team_id: int, as_of: dt.date) -> ManagerDesk:
    desk = invented.crowded_manager_desk if team_id == CROWDED else invented.manager_desk
    return desk(team_id=team_id, as_of=as_of)


def director_desk(_actor: object, team_id: int, as_of: dt.date) -> DirectorDesk:
    return invented.director_desk(team_id=team_id, as_of=as_of)


for desk in (rep_desk, manager_desk, director_desk):
    # Set before the address list is first read, which is when the pages import their services.
    module = types.ModuleType(f"quarterdeck.services.desks.{desk.__name__.removesuffix('_desk')}")
    setattr(module, desk.__name__, desk)
    sys.modules[module.__name__] = module

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    long_ago = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    Company.objects.create(name="Harbour & Hale", is_demo=True, shows_as_of=invented.DAY)
    team, rita = Team.objects.create(code="east", name="East"), Person.objects.create(code="rita", name="Rita Moreno")
    for hat in ("rep", "manager", "director"):
        position = Position.objects.create(code=f"east-{hat}", name=hat, team=team, hat=hat)
        Seat.objects.create(position=position, person=rita, source_system="test", source_id=hat, known_at=long_ago)
    User.objects.create_user("rita@example.com", PASSWORD, person=rita)
