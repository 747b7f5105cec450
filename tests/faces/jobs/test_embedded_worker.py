"""A real server process runs what was queued, also what an earlier one left behind."""

from __future__ import annotations

import socket
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from django_tasks_db.models import DBTaskResult

from browsing import ROOT, run, served
from quarterdeck.faces.jobs import worker
from quarterdeck.services.imports import jobs

SCRIPT = Path(__file__).parent / "queued_import.py"
QUEUE = DBTaskResult._meta.db_table
DEAD = 2**22 + 1
"""No process has a number beyond the kernel's largest."""


def told(data_dir: Path) -> tuple[object, ...]:
    """The batch's status, the job's status, and how many products there are."""
    with closing(sqlite3.connect(data_dir / "quarterdeck.sqlite3")) as database:
        found: tuple[object, ...] = database.execute(
            f"SELECT batch.status, job.status, (SELECT count(*) FROM product) FROM batch, {QUEUE} job"
        ).fetchone()
    return found


def test_a_server_process_applies_what_a_dead_one_left_and_stops_when_told(tmp_path: Path) -> None:
    run(tmp_path, SCRIPT, f"{socket.gethostname()[:30]}:{DEAD}:abcd")
    assert told(tmp_path) == ("uploaded", "RUNNING", 0)
    with served(tmp_path, "quarterdeck.config.asgi:application", ROOT / "src"):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and told(tmp_path)[1] != "SUCCESSFUL":
            time.sleep(0.1)
        stopping = time.monotonic()
    assert told(tmp_path) == ("applied", "SUCCESSFUL", 1)
    assert time.monotonic() - stopping < worker.PATIENCE


@pytest.mark.django_db
def test_only_jobs_of_dead_workers_of_this_machine_are_queued_again() -> None:
    own = worker.worker_id()
    gone = f"{socket.gethostname()[:30]}:{DEAD}:abcd"
    for taken_by in (own, gone, "elsewhere:1:abcd"):
        jobs.batch_apply.enqueue(1, None, "2025-06-30")
        DBTaskResult.objects.ready().latest("enqueued_at").claim(taken_by)
    assert worker.left_behind_queued() == 1
    assert [job.worker_ids for job in DBTaskResult.objects.ready()] == [[gone]]


def test_a_database_that_is_away_does_not_end_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    monkeypatch.setattr(worker, "_AFTER_TROUBLE", 0)
    monkeypatch.setattr(worker, "left_behind_queued", lambda: 0)
    embedded = worker.EmbeddedWorker(interval=0.01)

    def broken() -> None:
        looked.append(1)
        raise OSError("gone")

    monkeypatch.setattr(embedded, "_worked", broken)
    embedded.start()
    deadline = time.monotonic() + 5
    while len(looked) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert embedded.stop(5)
    assert len(looked) >= 3
