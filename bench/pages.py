"""Main pages in process, without a network: wall and CPU time, queries, and the ratio against an almost empty page.

    page               40 requests each, in mixed order, with other days, people and words each time
    reference          the signed-in person's own account page: session, actor, navigation, template, and nothing else
    bounds             small company: 15 queries and 60 ms of CPU; large: p95 below 200 ms

CPU is this process's; what a PostgreSQL server works for a page is in the wall time and in the column "server".
On a busy machine compare CPU and ratios; wall times are then those of everybody.

python bench/pages.py [--times 40] [small:sqlite] [large:sqlite] [large:postgres]
"""

from __future__ import annotations

import datetime as dt
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from large_world import AS_OF, COMPANIES, company

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

QUERIES, CPU_MS, P95_MS = 15, 60, 200
REFERENCE: Final = "account"
WORDS: Final = ("hol", "to", "ware", "North", "a", "xyz", "d-1", "Lane Chen")


@dataclass
class Timings:
    """What the requests of one page cost."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    server: list[float] = field(default_factory=list)
    queries: list[int] = field(default_factory=list)


def main() -> None:
    """Measure each company in a process of its own."""
    asked = [tuple(word.split(":")) for word in sys.argv[1:] if ":" in word] or COMPANIES
    times = sys.argv[sys.argv.index("--times") + 1] if "--times" in sys.argv else "40"
    for size, vendor in asked:
        with company(size, vendor) as environment:
            print(f"\n{size} company in {vendor}, {times} requests a page", flush=True)
            command = [sys.executable, __file__, "--measure", size, times]
            subprocess.run(command, check=True, env=os.environ | environment)  # noqa: S603  our own script and arguments


# In the process that serves


class Visitors:
    """Signed-in browsers and a program, and what they ask for."""

    def __init__(self) -> None:
        """Sign in whoever has a login, and look up what pages are about."""
        from django.test import Client  # noqa: PLC0415  Django first

        from quarterdeck.records.models import Account, Opportunity, Person, Team, User  # noqa: PLC0415  Django first
        from quarterdeck.services.actor import actor_of  # noqa: PLC0415  Django first
        from quarterdeck.services.tokens import token_made  # noqa: PLC0415  Django first

        self.draw = random.Random(7)  # noqa: S311  no secret hangs on it
        self.clients: dict[str, Any] = {}
        for user in User.objects.select_related("person"):
            client = Client(SERVER_NAME="testserver")
            client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
            self.clients[user.person.code] = client
        clock = dt.datetime.now(dt.UTC)  # noqa: TID251  a token must not be over
        director = actor_of(User.objects.get(person__code="dana"), clock)
        expires_on = clock.date() + dt.timedelta(days=30)
        self.secret = token_made(director, name="bench", scopes=["read"], expires_on=expires_on)[1]
        self.people = dict(Person.objects.values_list("code", "pk"))
        self.teams = dict(Team.objects.values_list("code", "pk"))
        self.accounts = list(Account.objects.values_list("pk", flat=True)[:2000])
        self.deals = list(Opportunity.objects.values_list("pk", flat=True)[:2000])
        self.reps = [pk for code, pk in self.people.items() if code[0] == "p" and code[1:].isdigit()]

    def day(self) -> str:
        """A day of this year, mostly a late one."""
        return str(AS_OF - dt.timedelta(days=int(self.draw.expovariate(1 / 40)) % 300))

    def pages(self) -> dict[str, Callable[[], tuple[str, str]]]:
        """By name: who asks, and the address, anew for each request."""
        draw, people, teams = self.draw, self.people, self.teams
        lower = [pk for code, pk in teams.items() if code.startswith("team-") or code in {"east", "west"}]
        seller, leader = ("p0001", "m001") if "p0001" in people else ("rita", "priya")
        return {
            REFERENCE: lambda: ("dana", "/account"),
            "desk rep": lambda: (seller, f"/desk/rep/{people[seller]}?as_of={self.day()}"),
            "desk rep by director": lambda: ("dana", f"/desk/rep/{draw.choice(self.reps)}?as_of={self.day()}"),
            "desk manager": lambda: (leader, f"/desk/manager/{teams['team-001']}?as_of={self.day()}"),
            "desk manager by director": lambda: ("dana", f"/desk/manager/{draw.choice(lower)}?as_of={self.day()}"),
            "desk manager of the whole": lambda: ("dana", f"/desk/manager/{teams['company']}?as_of={self.day()}"),
            "desk director": lambda: ("dana", f"/desk/director/{teams['company']}?as_of={self.day()}"),
            "desk director of a region": lambda: ("dana", f"/desk/director/{teams['region-01']}?as_of={self.day()}"),
            "deals": lambda: ("dana", f"/deals?as_of={self.day()}&page={draw.randint(1, 9)}"),
            "deals by amount": lambda: ("dana", f"/deals?as_of={self.day()}&sort=-amount_minor"),
            "deals all": lambda: ("dana", f"/deals?stage_kind=all&as_of={self.day()}"),
            "deals of a manager": lambda: (leader, f"/deals?as_of={self.day()}"),
            "deals of a word": lambda: ("dana", f"/deals?text={draw.choice(WORDS)}&as_of={self.day()}"),
            "deals of a rep": lambda: (seller, f"/deals?as_of={self.day()}"),
            "deal": lambda: ("dana", f"/deals/{draw.choice(self.deals)}?as_of={AS_OF}"),
            "activities": lambda: ("dana", f"/activities?as_of={self.day()}&page={draw.randint(1, 9)}"),
            "activities of a kind": lambda: ("dana", f"/activities?kind=demo&as_of={self.day()}"),
            "activities of a manager": lambda: (leader, f"/activities?as_of={self.day()}"),
            "activities of a rep": lambda: (seller, f"/activities?as_of={self.day()}"),
            "accounts": lambda: ("dana", f"/accounts?as_of={self.day()}&page={draw.randint(1, 9)}"),
            "accounts of a word": lambda: ("dana", f"/accounts?text={draw.choice(WORDS)}"),
            "account page": lambda: ("dana", f"/accounts/{draw.choice(self.accounts)}?as_of={self.day()}"),
            "bookings": lambda: ("dana", f"/bookings?as_of={self.day()}&page={draw.randint(1, 9)}"),
            "bookings of a manager": lambda: (leader, f"/bookings?as_of={self.day()}"),
            "people": lambda: ("dana", f"/people?as_of={self.day()}"),
            "person": lambda: ("ines", f"/people/{draw.choice(self.reps)}"),
            "targets of a team": lambda: ("dana", f"/targets?team={draw.choice(lower)}&as_of={self.day()}"),
            "targets of all": lambda: ("dana", f"/targets?as_of={self.day()}"),
            "goals": lambda: ("dana", f"/goals?as_of={self.day()}"),
            "because": lambda: ("dana", self.because("bookings")),
            "because activities": lambda: ("dana", self.because("activities")),
            "because win rate": lambda: ("dana", self.because("win_rate")),
            "because pipeline": lambda: ("dana", self.because("open_pipeline")),
            "search": lambda: ("dana", f"/search?q={draw.choice(WORDS)}"),
            "search of a manager": lambda: (leader, f"/search?q={draw.choice(WORDS)}"),
            "imports": lambda: ("ines", "/imports"),
            "journal": lambda: ("ines", "/journal"),
            "API metrics of a team": lambda: ("API", self.values(f"&holder=team:{draw.choice(lower)}&period=month")),
            "API metrics of everybody": lambda: ("API", self.values("")),
            "API activities": lambda: ("API", f"/api/v1/activities?as_of={self.day()}"),
            "API opportunities": lambda: ("API", f"/api/v1/opportunities?as_of={self.day()}"),
        }  # fmt: skip

    def because(self, metric: str) -> str:
        """A big figure: the whole company's year so far."""
        days = f"starts_on={AS_OF.year}-01-01&ends_on={AS_OF.year + 1}-01-01&as_of={self.day()}"
        return f"/because?metric={metric}&holder=team:{self.teams['company']}&{days}"

    def values(self, more: str) -> str:
        """Two metrics of a year."""
        days = f"starts_on={AS_OF.year}-01-01&ends_on={AS_OF.year + 1}-01-01&as_of={self.day()}"
        return f"/api/v1/metrics/values?metric=bookings&metric=win_rate&{days}{more}"

    def asks(self, who: str, address: str) -> int:
        """Send the request; the answer's status."""
        if who == "API":
            answer = self.clients["dana"].get(address, headers={"authorization": f"Bearer {self.secret}"})
        else:
            answer = self.clients[who].get(address)
        return int(answer.status_code)


def measure(size: str, times: int) -> None:
    """Every page in mixed order; then a line each, and what misses a bound."""
    import django  # noqa: PLC0415  its settings come from the environment

    begun = time.perf_counter()
    django.setup()
    from quarterdeck.config.warm import warmed  # noqa: PLC0415  Django first

    warmed()  # as the server does
    visitors = Visitors()
    pages = visitors.pages()
    cold = time.perf_counter()
    visitors.asks(*pages["desk director"]())
    print(f"cold: ready after {cold - begun:.2f} s, first request {time.perf_counter() - cold:.2f} s")
    for ask in pages.values():
        visitors.asks(*ask())
    order = [name for name in pages for _ in range(times)]
    random.Random(1).shuffle(order)  # noqa: S311  no secret hangs on it
    found: dict[str, Timings] = defaultdict(Timings)
    wrong: set[tuple[str, int]] = set()
    with server_clock() as served:
        for name in order:
            status = timed(found[name], lambda name=name: visitors.asks(*pages[name]()), served)  # type: ignore[misc]
            if status != 200:  # noqa: PLR2004  HTTP
                wrong.add((name, status))
    told(size, {name: found[name] for name in pages})
    assert not wrong, sorted(wrong)


def timed(timings: Timings, ask: Callable[[], int], served: Callable[[], float]) -> int:
    """One request, measured."""
    from django.db import connection  # noqa: PLC0415  Django first

    n_queries = [0]

    def counted(execute: Any, *args: Any) -> Any:  # noqa: ANN401  Django's own signature
        n_queries[0] += 1
        return execute(*args)

    with connection.execute_wrapper(counted):
        server, wall, cpu = served(), time.perf_counter(), time.process_time()
        status = ask()
        timings.cpu.append(time.process_time() - cpu)
        timings.wall.append(time.perf_counter() - wall)
        timings.server.append(served() - server)
    timings.queries.append(n_queries[0])
    return status


@contextmanager
def server_clock() -> Iterator[Callable[[], float]]:
    """CPU seconds that this connection's PostgreSQL process has used, in steps of 10 ms; zero on SQLite."""
    from django.core.signals import request_finished, request_started  # noqa: PLC0415  Django first
    from django.db import close_old_connections, connection  # noqa: PLC0415  Django first

    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    stat = None
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    ticks = os.sysconf("SC_CLK_TCK")

    def used() -> float:
        if stat is None or not stat.exists():
            return 0.0
        user, system = stat.read_text().rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / ticks

    yield used


def at(values: list[float], share: float) -> float:
    """The value at a share of the sorted values, in milliseconds."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] * 1000


def told(size: str, found: dict[str, Timings]) -> None:
    """A line per page, and a mark where a bound is missed."""
    least = at(found[REFERENCE].cpu, 0.5)
    print(f"{'page':28}{'p50 ms':>8}{'p95 ms':>8}{'CPU p50':>9}{'CPU p95':>9}{'server':>8}{'ratio':>7}{'queries':>9}")
    for name, timings in found.items():
        cpu, p95, queries = at(timings.cpu, 0.5), at(timings.wall, 0.95), max(timings.queries)
        server = sum(timings.server) / len(timings.server) * 1000
        missed = queries > QUERIES or (cpu > CPU_MS if size == "small" else p95 > P95_MS)
        print(
            f"{name:28}{at(timings.wall, 0.5):8.0f}{p95:8.0f}{cpu:9.1f}{at(timings.cpu, 0.95):9.1f}{server:8.1f}"
            f"{cpu / least:7.1f}{queries:9}{'  misses' if missed else ''}"
        )
    bound = f"{CPU_MS} ms of CPU" if size == "small" else f"p95 below {P95_MS} ms"
    print(f"bounds: {QUERIES} queries, {bound}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2], int(sys.argv[3]))
    else:
        main()
