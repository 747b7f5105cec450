"""The only place in the API that reads the clock; everything below takes `now` and `as_of` as parameters."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone


def now() -> dt.datetime:
    """The present instant, aware."""
    return timezone.now()  # noqa: TID251  this is the face's clock
