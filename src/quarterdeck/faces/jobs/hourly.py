"""What comes due by itself, looked at when the server starts and every hour from then on.

1 July, 00:20   accounts whose move was accepted for 1 July lie in their new territory from now on

Several servers may look: who comes second finds nothing left to do. Nothing that is due costs a query.
"""

from __future__ import annotations

import datetime as dt
import logging
from contextlib import suppress
from threading import Event, Thread
from typing import Final

from django.db import close_old_connections, connections

from quarterdeck.services.actor import Actor
from quarterdeck.services.territories.moving import accounts_due

INTERVAL: Final = 3_600
"""Seconds between two looks."""
_LOG: Final = logging.getLogger("quarterdeck.jobs")


def looked() -> int:
    """Do what is due now; how many accounts moved. What goes wrong is logged, and tried again an hour later."""
    try:
        return accounts_due(Actor(now=dt.datetime.now(dt.UTC)))  # noqa: TID251  a face reads the clock
    except Exception:  # noqa: BLE001  whatever it was, the next hour comes
        _LOG.exception("What was due was not done; it is tried again in an hour.")
        return 0


class Hourly:
    """A thread that looks until it is told to stop."""

    def __init__(self) -> None:
        """Make it; nothing runs yet."""
        self._is_over = Event()
        self._thread = Thread(target=self._run, name="quarterdeck-hourly", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._is_over.set()
        self._thread.join(INTERVAL / 360)

    def _run(self) -> None:
        looked()
        while not self._is_over.wait(INTERVAL):
            close_old_connections()
            looked()
        with suppress(Exception):
            connections.close_all()
