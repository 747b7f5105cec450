"""Prints a token for somebody in a data directory: `python token_stage.py EMAIL`."""

from __future__ import annotations

import datetime as dt
import sys

import django

django.setup()

from quarterdeck.records.models import User  # noqa: E402  Django first
from quarterdeck.services.actor import actor_of  # noqa: E402
from quarterdeck.services.tokens import token_made  # noqa: E402

if __name__ == "__main__":
    now = dt.datetime.now(dt.UTC)  # noqa: TID251  the server under test reads the clock, too
    actor = actor_of(User.objects.get(email=sys.argv[1]), now)
    expires_on = now.date() + dt.timedelta(days=2)
    print(token_made(actor, name="test", scopes=["read", "write:facts"], expires_on=expires_on)[1])  # noqa: T201
