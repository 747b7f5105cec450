"""Data directories that are made once for a run of tests and copied for everybody who asks.

    first to ask for ("demo",)     makes it, 10 s of CPU        others, in any process of the run, copy it, 20 ms

Every test keeps its own copy, so what it does to it is nobody else's business.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import settings_for_tests


def copied(name: str, make: Callable[[Path], object], target: Path) -> None:
    """Copy the directory of this name to `target`, made first if no process of the run has asked for it yet."""
    source = _made(name, make)
    target.mkdir(parents=True, exist_ok=True)
    shutil.copytree(source, target, dirs_exist_ok=True)


def _made(name: str, make: Callable[[Path], object]) -> Path:
    root = settings_for_tests.RUN / "ready"
    root.mkdir(exist_ok=True)
    source = root / name
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not source.exists():
            half = root / f"{name}.{os.getpid()}"
            shutil.rmtree(half, ignore_errors=True)
            half.mkdir()
            make(half)
            half.rename(source)
    return source
