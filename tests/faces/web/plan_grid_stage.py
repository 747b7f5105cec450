"""A company of two hundred for the grid of a plan: run as a script it makes the data.

The whole: Dana (director); North: Mona (manager), ten teams of ten; South: ten teams of ten, one seat of them vacant.
"""

from __future__ import annotations

import datetime as dt
import os
from typing import Any, Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quarterdeck.config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402  Django first

from browsing import PASSWORD  # noqa: E402
from quarterdeck.records.models import Company, Person, Position, Seat, Team, TeamLink, User  # noqa: E402
from quarterdeck.services.actor import Actor  # noqa: E402
from quarterdeck.services.goals import GoalDraft, goal_set  # noqa: E402
from quarterdeck.services.plans.drafts import plan_made  # noqa: E402

NOW: Final = dt.datetime(2026, 3, 17, 15, tzinfo=dt.UTC)
GOAL: Final = 240_000_600_00
"""100,000.25 a month for each of two hundred."""
N_TEAMS, N_PEOPLE = 20, 10
HALVES: Final = ("North", "South")


def _fact(source_id: str) -> dict[str, Any]:
    return {"source_system": "test", "source_id": source_id, "known_at": NOW - dt.timedelta(days=400)}


def _team(code: str, name: str, parent: Team | None) -> Team:
    team = Team.objects.create(code=code, name=name)
    TeamLink.objects.create(team=team, parent=parent, **_fact(code))
    return team


def _seated(team: Team, code: str, name: str, hat: str) -> Person | None:
    """A seat, and whoever sits in it; nobody where no name is given."""
    position = Position.objects.create(code=code, name=f"Seat {code}", team=team, hat=hat)
    if not name:
        return None
    person = Person.objects.create(code=code, name=name, email=f"{code}@example.com")
    Seat.objects.create(position=position, person=person, **_fact(code))
    return person


def made() -> None:
    call_command("migrate", verbosity=0)
    Company.objects.create(name="Two Hundred", shows_as_of=NOW.date())
    whole = _team("whole", "The whole", None)
    dana = _seated(whole, "dana", "Dana Quill", "director")
    User.objects.create_user("dana@example.com", PASSWORD, person=dana)
    halves = [_team(name.lower(), name, whole) for name in HALVES]
    mona = _seated(halves[0], "mona", "Mona Lark", "manager")
    User.objects.create_user("mona@example.com", PASSWORD, person=mona)
    for at in range(N_TEAMS):
        half = halves[at * len(HALVES) // N_TEAMS]
        team = _team(f"t{at}", f"{half.name} {at % (N_TEAMS // 2) + 1:02}", half)
        for n in range(N_PEOPLE):
            is_vacant = at == N_TEAMS - 1 and n == N_PEOPLE - 1
            _seated(team, f"p{at}-{n}", "" if is_vacant else f"Rep {at + 1:02}.{n + 1:02}", "rep")
    goal = goal_set(
        Actor(now=NOW), GoalDraft(metric="bookings", fiscal_year=2026, team_id=whole.pk, amount=GOAL, basis="even")
    )
    plan_made(Actor(now=NOW), goal.pk)


if __name__ == "__main__":
    made()
