from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest  # noqa: TC002  fixtures are read at run time

from quarterdeck.faces.web.views import live
from quarterdeck.faces.web.views.live import Watch


def heard(read: Callable[[], int], lifetime: float, n_desks: int = 1) -> list[list[str]]:
    watch = Watch(read, poll=0.01)

    async def desk() -> list[str]:
        return [event async for event in watch.events(lifetime) if event.startswith("event")]

    async def all_desks() -> list[list[str]]:
        return list(await asyncio.gather(*(desk() for _ in range(n_desks))))

    # In a thread of its own: a browser's event loop may be running in this one.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, all_desks()).result()


def test_a_new_version_is_said_once() -> None:
    versions = itertools.chain([7, 7, 8], itertools.repeat(8))
    assert heard(lambda: next(versions), 0.2) == [["event: version\ndata: 7\n\n", "event: version\ndata: 8\n\n"]]


def test_many_desks_share_one_reading() -> None:
    n_read = 0

    def read() -> int:
        nonlocal n_read
        n_read += 1
        return 1

    heard(read, 0.2, n_desks=30)
    assert n_read <= 21


def test_a_stream_ends_by_itself() -> None:
    assert heard(lambda: 1, 0.05) == [["event: version\ndata: 1\n\n"]]


def test_a_stream_gives_its_connection_back_before_it_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(live, "connections", SimpleNamespace(close_all=lambda: said.append("closed")))
    monkeypatch.setattr(live, "_watch", SimpleNamespace(events=lambda: words("event")))

    async def words(*given: str) -> AsyncIterator[str]:
        for word in given:
            yield word

    async def listen() -> None:
        said.extend([word async for word in live._stream()])  # noqa: SLF001  what the view hands over

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, listen()).result()
    assert said == ["closed", "event"]
