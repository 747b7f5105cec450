"""Long work on batches, to be run by a worker: ids and the request's instant go in, the batch's status tells the rest.

    batch_apply.enqueue(batch.pk, actor.user.pk, actor.now.isoformat())

A refusal is no failure of the worker: it is kept with the batch, where the page shows it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from quarterdeck.records.models import Batch, User
from quarterdeck.services.actor import Actor, actor_of
from quarterdeck.services.imports.batches import batch_applied, batch_previewed
from quarterdeck.services.imports.undoing import batch_undone
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable


@task()
def batch_preview(batch_id: int, user_id: int | None, now: str) -> None:
    """Run `batch_previewed`."""
    _run(batch_previewed, batch_id, user_id, now)


@task()
def batch_apply(batch_id: int, user_id: int | None, now: str) -> None:
    """Run `batch_applied`."""
    _run(batch_applied, batch_id, user_id, now)


@task()
def batch_undo(batch_id: int, user_id: int | None, now: str) -> None:
    """Run `batch_undone`."""
    _run(batch_undone, batch_id, user_id, now)


def is_queued(batch_id: int) -> bool:
    """Whether a job about the batch waits for a worker or is under way; one query."""
    unfinished = DBTaskResult.objects.filter(status__in=(TaskResultStatus.READY, TaskResultStatus.RUNNING))
    asked = unfinished.filter(task_path__startswith=f"{__name__}.").values_list("args_kwargs", flat=True)
    return any(arguments["args"][:1] == [batch_id] for arguments in asked)


def _run(service: Callable[[Actor, Batch], Batch], batch_id: int, user_id: int | None, now: str) -> None:
    """Call the service as the user who asked, at the instant at which they asked."""
    batch = Batch.objects.get(pk=batch_id)
    instant = dt.datetime.fromisoformat(now)
    actor = Actor(now=instant) if user_id is None else actor_of(User.objects.get(pk=user_id), instant)
    try:
        service(actor, batch)
    except Refusal as refusal:
        _failed(batch_id, str(refusal))
    except Exception:
        _failed(batch_id, "Something broke while the batch was worked on; nothing of it was written.")
        raise


def _failed(batch_id: int, error: str) -> None:
    """Keep why; a batch that stands applied goes on standing."""
    Batch.objects.filter(pk=batch_id).update(error=error)
    Batch.objects.filter(pk=batch_id).exclude(status__in=("applied", "undone")).update(status="failed")
