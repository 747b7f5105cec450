"""Tells the embedded worker, and what looks every hour, when the server begins and ends: Django knows no lifespan.

uvicorn  --lifespan.startup-->   ready made, worker started
uvicorn  --lifespan.shutdown-->  worker stopped, the job under way ended
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def with_worker(app: App, *, is_embedded: bool, before: Callable[[], None]) -> App:
    """The application with a worker beside it, if it is embedded, from the server's start to its end.

    `before` is called once, before the server says that it is ready.
    """

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        from quarterdeck.faces.jobs.hourly import Hourly  # noqa: PLC0415  its models need Django set up
        from quarterdeck.faces.jobs.worker import EmbeddedWorker  # noqa: PLC0415  as above

        await receive()
        before()
        worker, hourly = EmbeddedWorker() if is_embedded else None, Hourly()
        if worker:
            worker.start()
        hourly.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.to_thread(hourly.stop)
        if worker:
            await asyncio.to_thread(worker.stop)
        await send({"type": "lifespan.shutdown.complete"})

    return served
