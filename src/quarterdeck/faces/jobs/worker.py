"""The embedded worker: a thread of the server that runs what services queued, one job after another.

    start     jobs that a dead server left behind are queued again
    every     INTERVAL seconds: run all that is ready (django_tasks_db's own worker, until the queue is empty)
    stop      the job under way ends, the next one stays queued

Looking costs one indexed query; only when something is ready does a transaction begin. A job that is lost with the
process was one transaction that never happened, so running it again is safe. With QUARTERDECK_WORKER=separate there is
no thread: `quarterdeck worker` runs the same worker in a process of its own.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
from contextlib import suppress
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from django.db import close_old_connections, connections, transaction
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

if TYPE_CHECKING:
    from collections.abc import Callable

INTERVAL: Final = 0.5
"""Seconds between two looks at the queue."""
PATIENCE: Final = 20
"""Seconds that a stopping server gives the job under way."""
_AFTER_TROUBLE: Final = 5
_LOG: Final = logging.getLogger("quarterdeck.jobs")


_OWN: Final[set[str]] = set()
"""Ids made by this process: a container's server has the same number after a restart, yet is another one."""


def worker_id() -> str:
    """Who runs a job: this machine and process, so that a later one can tell whether it still lives."""
    made = f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"
    _OWN.add(made)
    return made


def is_gone(worker: str) -> bool:
    """Whether a worker was a process of this machine that is no more; of others nothing is known.

    >>> is_gone("elsewhere:1:abcd"), is_gone("a name by somebody else"), is_gone(worker_id())
    (False, False, False)
    """
    host, _, rest = worker.partition(":")
    pid = rest.partition(":")[0]
    if host != socket.gethostname()[:30] or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False  # alive, and somebody else's
    return int(pid) == os.getpid() and worker not in _OWN


def left_behind_queued() -> int:
    """Queue jobs again that a process of this machine took and did not end; returns how many."""
    n_queued = 0
    with transaction.atomic():
        for job in DBTaskResult.objects.running().select_for_update():
            if job.worker_ids and is_gone(job.worker_ids[-1]):
                job.status = TaskResultStatus.READY
                job.save(update_fields=["status"])
                n_queued += 1
    return n_queued


class EmbeddedWorker:
    """A thread that works on the queue until it is told to stop."""

    def __init__(self, interval: float = INTERVAL) -> None:
        """Make it; nothing runs yet."""
        self._interval, self._id = interval, worker_id()
        self._is_over = Event()
        self._worker: Worker | None = None
        self._thread = Thread(target=self._run, name="quarterdeck-worker", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self, patience: float = PATIENCE) -> bool:
        """Let the job under way end, and take no other; whether it ended in time."""
        self._is_over.set()
        if self._worker is not None:
            self._worker.running = False
        self._thread.join(patience)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._tried(left_behind_queued)
            while not self._is_over.wait(self._interval):
                if not self._tried(self._worked):
                    self._is_over.wait(_AFTER_TROUBLE)
        finally:
            with suppress(Exception):
                connections.close_all()

    def _tried(self, what: Callable[[], object]) -> bool:
        """Whether it went well; a database that is away for a while must not end the thread."""
        try:
            close_old_connections()
            what()
        except Exception:  # noqa: BLE001  whatever it was, the queue must go on
            _LOG.exception("The worker stumbled; it goes on.")
            with suppress(Exception):
                connections.close_all()
            return False
        return True

    def _worked(self) -> None:
        if not DBTaskResult.objects.ready().exists():
            return
        self._worker = Worker(
            queue_names=["*"], interval=0, batch=True, backend_name="default", startup_delay=False, max_tasks=None,
            worker_id=self._id, excluded_queue_names=[],
        )  # fmt: skip
        if not self._is_over.is_set():
            self._worker.run()
