"""How far a long write has come, readable while its transaction is still open.

    data/progress/12.json   {"done": 300000, "total": 1000000, "text": "activities"}

A small file beside the database: on SQLite a second connection could not write while the first one does, and a cache in
memory would not be seen by another process. Uploads lie in the same directory, so every worker shares it anyway.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from quarterdeck.records.models import Batch

    Progress = Callable[[int, int, str], None]


def _path(batch_id: int) -> Path:
    return Path(settings.DATA_DIR) / "progress" / f"{batch_id}.json"


def progress_shown(batch_id: int, also: Progress | None = None) -> Progress:
    """A callback that writes progress for others to see, and hands it on to `also`."""
    path = _path(batch_id)
    path.parent.mkdir(parents=True, exist_ok=True)

    def show(done: int, total: int, text: str) -> None:
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps({"done": done, "total": total, "text": text}))
        fresh.replace(path)  # readers see the old or the new file, never half of one
        if also:
            also(done, total, text)

    return show


def progress_ended(batch_id: int) -> None:
    """Nothing is under way any more."""
    _path(batch_id).unlink(missing_ok=True)


def batch_progress(batch: Batch) -> dict[str, object]:
    """{done, total, text} of what is under way with a batch; empty when nothing is.

    After a kill the file stays until the next attempt; `health` and the page show its age.
    """
    try:
        shown: dict[str, object] = json.loads(_path(batch.pk).read_text())
    except (OSError, ValueError):
        return {}
    return shown
