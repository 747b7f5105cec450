"""The demo company in a data directory: `python demo_stage.py`, or `python demo_stage.py call EMAIL` to log a call."""

from __future__ import annotations

import datetime as dt
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quarterdeck.config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402  Django first

from quarterdeck.records.models import Company, User  # noqa: E402
from quarterdeck.services.actor import Actor, actor_of  # noqa: E402
from quarterdeck.services.demo import demo_loaded  # noqa: E402
from quarterdeck.services.facts import activity_logged  # noqa: E402

NOW = dt.datetime(2026, 3, 17, 15, tzinfo=dt.UTC)
"""A Tuesday in the middle of a month: something is done, something is left."""


def loaded() -> None:
    call_command("migrate", verbosity=0)
    demo_loaded(Actor(now=NOW), progress=lambda *_: None)
    Company.objects.update(shows_as_of=NOW.date())


def called(email: str) -> None:
    """Another program logs a call for the person."""
    actor = actor_of(User.objects.get(email=email), NOW)
    activity_logged(actor, kind="call", person=None, happened_on=NOW.date())


if __name__ == "__main__":
    called(sys.argv[2]) if sys.argv[1:2] == ["call"] else loaded()
