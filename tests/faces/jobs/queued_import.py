"""Run by tests against a data directory of their own: queue an import's application."""

from __future__ import annotations

import datetime as dt
import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402  Django is set up by now
from django_tasks_db.models import DBTaskResult  # noqa: E402

from quarterdeck.services import imports  # noqa: E402
from quarterdeck.services.actor import Actor  # noqa: E402
from quarterdeck.services.imports import jobs  # noqa: E402


def queue(taken_by: str) -> None:
    """Hand in a file and queue its application, as taken by a worker that said no more."""
    call_command("migrate", verbosity=0)
    actor = Actor(now=dt.datetime(2025, 6, 30, 9, tzinfo=dt.UTC))
    batch = imports.batch_created(actor, [("products.csv", b"product,name\nridge-1,Ridge 1\n")], preset="canonical")
    jobs.batch_apply.enqueue(batch.pk, None, actor.now.isoformat())
    DBTaskResult.objects.get().claim(taken_by)


if __name__ == "__main__":
    queue(sys.argv[1])
