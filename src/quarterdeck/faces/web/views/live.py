"""The stream that open desks follow: one event whenever the data's version grows.

    event: version
    data: 1042

A browser that hears a higher version than its page shows fetches the page's fragment again. The version is read at most
once per POLL_SECONDS by each server process, however many desks are open, in one thread with one connection.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connections
from django.http import StreamingHttpResponse
from django.views.decorators.http import require_safe

from quarterdeck.services.journal import data_version

if TYPE_CHECKING:
    from django.http import HttpRequest

POLL_SECONDS: Final = 0.5
HEARTBEAT_SECONDS: Final = 15.0
"""Shorter than the idle limit of usual proxies (nginx: 60 s)."""
LIFETIME_SECONDS: Final = 240.0
"""Streams end by themselves, so that servers can restart; browsers come back within seconds."""
RETRY_MILLISECONDS: Final = 2000

_reader: Final = ThreadPoolExecutor(1, "version-reader")


def _read() -> int:
    close_old_connections()
    return data_version()


class Watch:
    """The last version read and when; askers in between get what is known."""

    def __init__(self, read: Callable[[], int] = _read, poll: float = POLL_SECONDS) -> None:
        """Take what reads a version."""
        self.read, self.poll = read, poll
        self.version, self.read_at = -1, float("-inf")

    async def latest(self) -> int:
        """The version, at most `poll` seconds old (while a reading is under way, the one before)."""
        while True:
            if time.monotonic() - self.read_at >= self.poll:
                self.read_at = time.monotonic()
                self.version = await asyncio.get_running_loop().run_in_executor(_reader, self.read)
            if self.version >= 0:
                return self.version
            await asyncio.sleep(self.poll / 10)  # the first reading is under way for somebody else

    async def events(self, lifetime: float = LIFETIME_SECONDS) -> AsyncIterator[str]:
        """Server-sent events: each new version, a comment as a heartbeat in silence, an end after `lifetime`."""
        yield f"retry: {RETRY_MILLISECONDS}\n\n"
        started = said_at = time.monotonic()
        said = -1
        while time.monotonic() - started < lifetime:
            version = await self.latest()
            if version != said or time.monotonic() - said_at >= HEARTBEAT_SECONDS:
                yield f"event: version\ndata: {version}\n\n" if version != said else ": still here\n\n"
                said, said_at = version, time.monotonic()
            await asyncio.sleep(self.poll)


_watch: Final = Watch()


async def _stream() -> AsyncIterator[str]:
    # The request's thread waits with the stream; its connection must not, or open desks use up the database's.
    await sync_to_async(connections.close_all)()
    async for event in _watch.events():
        yield event


@require_safe
async def live(request: HttpRequest) -> StreamingHttpResponse:  # noqa: ARG001  only who asks matters, and that is checked before
    """The stream for a signed-in person; it carries a number and nothing else."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(_stream(), content_type="text/event-stream", headers=headers)
