"""Small canonical files written in a line: `csv("accounts", "account,name", "a-1,Hollis")`."""

from __future__ import annotations

import datetime as dt

from quarterdeck.services.actor import Actor
from quarterdeck.services.imports import batch_applied, batch_created

NOW = dt.datetime(2025, 6, 30, 9, tzinfo=dt.UTC)
SYSTEM = Actor(now=NOW)


def csv(template: str, *lines: str) -> tuple[str, bytes]:
    """A file named after its template."""
    return f"{template}.csv", "\n".join([*lines, ""]).encode()


COMPANY = (
    csv("teams", "team,name,parent", "company,Company,", "east,East,company", "west,West,company"),
    csv("people", "person,name,email,hat,team,effective_from",
        "dana,Dana Quill,dana@example.com,director,company,2024-01-01",
        "rita,Rita Moreno,rita@example.com,rep,east,2024-01-01",
        "sam,Sam Okafor,sam@example.com,rep,west,2024-01-01"),
    csv("territories", "territory,name,person,effective_from,effective_to",
        "north,North,rita,2024-01-01,2025-03-01", "north,North,sam,2025-03-01,"),
    csv("products", "product,name,list_price", "ridge-1,Ridge 1,1200.00"),
    csv("accounts", "account,name,segment,territory", "a-1,Hollis,retail,north", "a-2,Marsh,trade,"),
)  # fmt: skip


def applied(*files: tuple[str, bytes], actor: Actor = SYSTEM, system: str = "files"):  # noqa: ANN201  a batch
    """The files as one applied batch."""
    return batch_applied(actor, batch_created(actor, files, source_system=system))
