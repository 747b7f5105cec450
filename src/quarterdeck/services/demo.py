"""The demo company: invented files through the importer's own door, logins for its people, and plans of two years.

    connectors.worlds ──files──> services.imports ──> facts;  goal_set ──> plans ──> targets of the running year

Loading twice changes nothing: a data directory that holds the demo company already is used as it is. One that holds
anything else is refused.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl
from django.db import transaction

from quarterdeck.connectors.worlds import LOGINS, world, world_files
from quarterdeck.records.models import Company, Person, Team, User
from quarterdeck.services.demo_plans import demo_plans
from quarterdeck.services.demo_territories import demo_territories
from quarterdeck.services.goals import GoalDraft, goal_set
from quarterdeck.services.imports import batch_applied, batch_created, batch_previewed
from quarterdeck.services.journal import data_version, journaled
from quarterdeck.services.pay.demo import demo_paid
from quarterdeck.services.users import NewUser, user_added
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from quarterdeck.records.models import Goal
    from quarterdeck.services.actor import Actor

    Progress = Callable[[int, int, str], None]

NAME: Final = "Harbour & Hale"
SEED: Final = 7
PASSWORD: Final = "harbour-and-hale"  # noqa: S105  printed beside each login, on loopback, for an invented company


@dataclass(frozen=True, slots=True)
class Login:
    """A way into the demo."""

    email: str
    password: str
    hat: str


def demo_loaded(actor: Actor, *, scale: int = 1, progress: Progress) -> list[Login]:
    """Load the demo company as of the actor's day unless it is there, and return its logins."""
    if not Company.objects.filter(is_demo=True).exists():
        if data_version():
            raise Refusal(
                "The demo was not loaded.",
                "This data directory holds a company already.",
                "Name another one with --data-dir.",
                "not_empty",
            )
        frames = world(seed=SEED, ends_on=actor.today, scale=scale)
        with transaction.atomic():
            _company(actor)
            _imported(actor, frames, progress)
            _logins(actor)
            goal = _goal(actor, frames["targets"])
            if scale == 1:
                demo_plans(actor, goal)
                demo_paid(actor)
                demo_territories(actor)
    return [Login(email, PASSWORD, " and ".join(hats).replace("_", " ")) for email, _, hats in LOGINS]


def _company(actor: Actor) -> None:
    with journaled(actor, "company_changed", "company") as entry:
        company = Company.objects.first() or Company()
        company.name, company.currency, company.country, company.is_demo = NAME, "USD", "US", True
        company.save()
        entry.about(company.pk, f"{NAME} is the demo company", after={"name": NAME, "is_demo": True})


def _imported(actor: Actor, frames: dict[str, pl.DataFrame], progress: Progress) -> None:
    """Facts and last year's targets; this year's come from the goal."""
    last_year = frames["targets"].filter(pl.col("starts_on").dt.year() < actor.today.year)
    with tempfile.TemporaryDirectory() as folder:
        paths = world_files(frames | {"targets": last_year}, Path(folder))
        batch = batch_created(actor, paths, source_system="worlds", as_of=actor.today)
        batch_previewed(actor, batch, progress=progress)
        batch_applied(actor, batch, progress=progress)


def _logins(actor: Actor) -> None:
    for email, code, hats in LOGINS:
        if Person.objects.filter(code=code).exists() and not User.objects.filter(email=email).exists():
            user_added(actor, NewUser(email=email, hats=hats, password=PASSWORD))


def _goal(actor: Actor, targets: pl.DataFrame) -> Goal:
    """This year's goal: what the world planned for the company, brought down by history."""
    root = Team.objects.get(code="company")
    planned = targets.filter(pl.col("holder") == root.code, pl.col("starts_on").dt.year() == actor.today.year)
    amount = int(planned["amount"].sum())
    return goal_set(
        actor,
        GoalDraft(
            metric="bookings", fiscal_year=actor.today.year, team_id=root.pk, amount=amount, note="Set with the board."
        ),
    )
