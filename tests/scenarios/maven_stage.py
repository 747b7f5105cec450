"""Logins for the Maven company: `first` makes the installer's, `people` those of a manager and a rep, once imported."""

from __future__ import annotations

import datetime as dt
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quarterdeck.config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402  Django first

from quarterdeck.records.models import Person  # noqa: E402
from quarterdeck.services.actor import Actor  # noqa: E402
from quarterdeck.services.people import person_changed  # noqa: E402
from quarterdeck.services.users import NewUser, user_added  # noqa: E402

PASSWORD = "a long enough passphrase"  # noqa: S105  of an invented company
SYSTEM = Actor(now=dt.datetime(2026, 3, 17, 9, tzinfo=dt.UTC))


def first() -> None:
    call_command("migrate", verbosity=0)
    user_added(SYSTEM, NewUser(email="dana@example.com", name="Dana Quill", password=PASSWORD))


def people() -> None:
    for name, hat in (("Melvin Marxen", "manager"), ("Darcel Schlecht", "rep")):
        email = f"{name.split()[0].lower()}@example.com"
        person = Person.objects.get(name=name)
        person_changed(SYSTEM, person.pk, email=email)
        user_added(SYSTEM, NewUser(email=email, hats=(hat,), password=PASSWORD))


if __name__ == "__main__":
    {"first": first, "people": people}[sys.argv[1]]()
