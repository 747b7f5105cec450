"""The product's settings in a data directory of the run's own; cheap hashing, mail kept in memory."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Playwright leaves its event loop running in the thread of the tests, and Django would refuse every query after it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # small frames: threads cost more than they bring

_PREFIX = "quarterdeck-test-"
if "QUARTERDECK_DATA_DIR" not in os.environ:
    _folder = tempfile.mkdtemp(prefix=_PREFIX)
    os.environ["QUARTERDECK_DATA_DIR"] = _folder
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
RUN = Path(os.environ["QUARTERDECK_DATA_DIR"])
"""The folder that all processes of the run share."""
if RUN.name.startswith(_PREFIX) and "PYTEST_XDIST_WORKER" in os.environ:
    # Workers inherit the run's folder, each with a database of its own: batch 1 of one would find another's files.
    _own = RUN / os.environ["PYTEST_XDIST_WORKER"]
    _own.mkdir(exist_ok=True)
    os.environ["QUARTERDECK_DATA_DIR"] = str(_own)

from quarterdeck.config.settings import *  # noqa: E402, F403  all of them, and these instead

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
