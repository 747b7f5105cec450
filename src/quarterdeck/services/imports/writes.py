"""One write of facts: its lock, its instant, and what it has touched so far.

    with fact_write(actor, "maven", batch) as write:     waits for its turn, opens the transaction
        ...                                              nouns, versions: each notes what it touched
        settled(write)                                   derived rows and totals follow from the notes

Writers of facts take turns: derived rows and totals follow from what is read before and after, so two at once could
both miss the other's change. A second one waits for half a minute and is then refused.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl
from django.db import OperationalError, transaction
from django.db.models import Max

from quarterdeck.records.models import Batch, JournalEntry
from quarterdeck.services.bulk import connection, is_sqlite
from quarterdeck.services.disk import no_room
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quarterdeck.records.models.base import Fact
    from quarterdeck.services.actor import Actor
    from quarterdeck.terms.findings import Finding

WAIT_SECONDS: Final = 30
"""As long as SQLite's own timeout in the settings."""
_LOCK: Final = 7_115_331
"""Any number, as long as it is this one everywhere."""


@dataclass(slots=True)
class Counts:
    """What became of the rows of one template."""

    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    left_out: int = 0


@dataclass(slots=True)
class Touched:
    """What a write replaced and brought, by model name, and the nouns whose derived rows must be made anew."""

    gone: dict[str, list[pl.Series]] = field(default_factory=lambda: defaultdict(list))
    """Ids of superseded rows."""
    fresh: dict[str, list[pl.Series]] = field(default_factory=lambda: defaultdict(list))
    """Source ids of rows that are now current."""
    opportunities: list[pl.Series] = field(default_factory=list)
    accounts: list[pl.Series] = field(default_factory=list)
    territories: list[pl.Series] = field(default_factory=list)
    named: dict[str, list[pl.Series]] = field(default_factory=lambda: defaultdict(list))
    """Deals (ids) and bookings (source ids) that the write spoke of, changed or not: findings are about all of them."""
    deltas: list[pl.DataFrame] = field(default_factory=list)
    """Differences of day totals, after less before; of activities one a chunk: they are too many to be read again."""


def ids_of(parts: list[pl.Series]) -> pl.Series:
    """All ids noted, each once."""
    return pl.concat([pl.Series([], dtype=pl.Int64), *parts]).drop_nulls().unique()


def keys_of(parts: list[pl.Series]) -> pl.Series:
    """All source ids noted, each once."""
    return pl.concat([pl.Series([], dtype=pl.String), *parts]).drop_nulls().unique()


@dataclass(slots=True, kw_only=True)
class Write:
    """A write of facts under way, inside its transaction."""

    actor: Actor
    source_system: str
    moment: dt.datetime
    batch: Batch | None = None
    touched: Touched = field(default_factory=Touched)
    counts: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    findings: list[Finding] = field(default_factory=list)
    unresolved: dict[tuple[str, str, bool], list[pl.DataFrame]] = field(default_factory=lambda: defaultdict(list))
    """By template, column and whether the row was left out: the codes that nobody knows, with their rows."""
    aliases: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    """By template: codes in the files for nouns that we know under another code."""

    @property
    def batch_id(self) -> int | None:
        """The batch that brings the rows; none for those written by hand or by a program."""
        return self.batch.pk if self.batch else None

    def note(self, model: type[Fact], gone: pl.DataFrame, fresh: pl.DataFrame) -> None:
        """Remember which rows were superseded (with their ids) and which took their place."""
        name = model._meta.model_name or ""
        if "id" in gone.columns:
            self.touched.gone[name].append(gone["id"])
        self.touched.fresh[name].append(fresh["source_id"])
        for rows in (gone, fresh):
            if name in {"opportunityversion", "opportunitychange"}:
                self.touched.opportunities.append(rows["opportunity_id"].cast(pl.Int64))
            if name == "territoryholding":
                self.touched.territories.append(rows["territory_id"].cast(pl.Int64))


@contextmanager
def fact_write(actor: Actor, source_system: str, batch: Batch | None = None) -> Iterator[Write]:
    """A transaction that no other writer of facts shares. Refuses when another one does not end in time."""
    try:
        with transaction.atomic():
            _take_turn()
            yield Write(actor=actor, source_system=source_system, moment=_moment(actor.now), batch=batch)
    except OperationalError as error:
        if "lock" in str(error).lower():
            raise Refusal("Nothing was written.", "Another import or write is still under way.",
                "Try again when it has ended; the page of imports shows its progress.", "busy") from error  # fmt: skip
        if refusal := no_room("Nothing was written.", error):
            raise refusal from error
        raise


def _take_turn() -> None:
    """On SQLite the transaction itself is the turn: it begins as a writer (transaction_mode IMMEDIATE)."""
    if not is_sqlite():
        with connection().cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            cursor.execute("SET LOCAL lock_timeout = 0")


def _moment(now: dt.datetime) -> dt.datetime:
    """The write's instant: now, but after every earlier write, even where the clock was set back.

    What was known before the write is then what was known just before this instant.
    """
    last: list[dt.datetime | None] = [
        JournalEntry.objects.aggregate(last=Max("at"))["last"],
        *Batch.objects.aggregate(applied=Max("applied_at"), undone=Max("undone_at")).values(),
    ]
    return max([now, *(at + dt.timedelta(microseconds=1) for at in last if at)])
