"""Run by tests in a process of its own, against a data directory (or a database) of its own.

apart.py prepare [N]      migrate, import a company, hand in N activities; print the batch's number
apart.py apply BATCH [N]  apply the batch; with N, die by SIGKILL as soon as N rows are written
apart.py hold SECONDS     begin a write of facts, say so, and keep it open
apart.py tell             print the batch's status, activities, totals, and how many totals are wrong
"""

from __future__ import annotations

import os
import signal
import sys
import time

import django

django.setup()

from django.core.management import call_command  # noqa: E402  Django is set up by now

from quarterdeck.records.models import Activity, Batch, Total  # noqa: E402  Django is set up by now
from quarterdeck.services.imports import batch_applied, batch_created  # noqa: E402  Django is set up by now
from quarterdeck.services.imports.writes import fact_write  # noqa: E402  Django is set up by now
from quarterdeck.services.totals import totals_differences  # noqa: E402  Django is set up by now
from quarterdeck.terms.errors import Refusal  # noqa: E402  Django is set up by now
from small_files import COMPANY, SYSTEM, applied, csv  # noqa: E402  Django is set up by now

N_ROWS = 101_000
"""One more than a chunk, so that a kill falls between two."""


def prepare(n_rows: str = str(N_ROWS)) -> None:
    call_command("migrate", verbosity=0)
    applied(*COMPANY)
    lines = (f"t-{at},call,rita,2025-03-{at % 28 + 1:02},5" for at in range(int(n_rows)))
    print(batch_created(SYSTEM, [csv("activities", "activity,kind,person,happened_on,minutes", *lines)]).pk)  # noqa: T201  its answer to the test


def apply(batch: str, die_after: str = "") -> None:
    def progress(done: int, total: int, text: str) -> None:  # noqa: ARG001  the database first
        if die_after and done >= int(die_after):
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        batch_applied(SYSTEM, Batch.objects.get(pk=batch), progress)
    except Refusal as refusal:
        print(refusal.rule)  # noqa: T201  its answer to the test


def hold(seconds: str) -> None:
    with fact_write(SYSTEM, "files"):
        print("holding", flush=True)  # noqa: T201  its answer to the test
        time.sleep(float(seconds))


def tell() -> None:
    status = Batch.objects.order_by("pk").last().status
    print(status, Activity.objects.count(), Total.objects.count(), totals_differences().height)  # noqa: T201  its answer to the test


if __name__ == "__main__":
    {"prepare": prepare, "apply": apply, "hold": hold, "tell": tell}[sys.argv[1]](*sys.argv[2:])
