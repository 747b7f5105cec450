"""The product's settings in a data directory of the run's own; cheap hashing, mail kept in memory."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

# Playwright leaves its event loop running in the thread of the tests, and Django would refuse every query after it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

if "QUARTERDECK_DATA_DIR" not in os.environ:
    _folder = tempfile.mkdtemp(prefix="quarterdeck-test-")
    os.environ["QUARTERDECK_DATA_DIR"] = _folder
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)

from quarterdeck.config.settings import *  # noqa: F403  all of them, and these instead

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
