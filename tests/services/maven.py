"""The public Maven CRM files in the database, once for all tests of a module; nothing of it outlives them.

Tests of such a module run inside one transaction that is rolled back at its end; each test in a savepoint of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.db import transaction

from quarterdeck.records.models import Team
from quarterdeck.services.actor import Actor
from quarterdeck.services.loop import facts_in

FILES: Final = sorted((Path(__file__).parents[3] / "shared" / "data" / "maven_crm").glob("*.csv"))
NOW: Final = dt.datetime(2018, 1, 2, 9, 0, tzinfo=dt.UTC)
TODAY: Final = NOW.date()
SYSTEM: Final = Actor(now=NOW)


@contextmanager
def maven_company() -> Iterator[Team]:
    """The company's top team, while it lasts."""
    with transaction.atomic():
        facts_in(SYSTEM, FILES, TODAY)
        yield Team.objects.exclude(links__parent__isnull=False).get()
        transaction.set_rollback(True)
