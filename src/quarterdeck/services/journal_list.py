"""The journal, readable: who did what when, and which fields changed from what to what.

    at                who   what                     field      before  after
    2025-06-30 09:00  Dana  Rita was changed         part_time  1       0.5

Operations, executives and whoever stands above the whole tree read all of it; a director of a part reads what people
below wrote, except those who see more than the director does; everybody reads their own.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q

from quarterdeck.records.models import JournalEntry, Seat
from quarterdeck.services import access
from quarterdeck.services.listing import Listing, whole
from quarterdeck.services.rights import MATRIX
from quarterdeck.terms.tables import Column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from quarterdeck.services.actor import Actor

PAGE: Final = 50
MOST: Final = 500
IN_FILE: Final = 10_000
"""Rows of a file; older ones are asked for by day."""
_LONG: Final = 200
COLUMNS: Final = (
    Column("at", "instant", "When."),
    Column("actor", "text", "Who."),
    Column("verb", "text", "What was done."),
    Column("noun", "text", "To what kind of thing."),
    Column("noun_id", "id", "Its key."),
    Column("summary", "text", "In words."),
    Column("changes", "text", "What changed: field, before and after."),
)


@dataclass(frozen=True, slots=True)
class Change:
    """A field before and after; None means that it was, or is, not there."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One write."""

    id: int
    at: dt.datetime
    actor: str
    verb: str
    noun: str
    noun_id: str
    summary: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFilter:
    """What of the journal is wanted; empty means all. `until` is the first day left out."""

    noun: str = ""
    noun_id: str = ""
    actor: str = ""
    """A part of the name."""
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Rows, the newest first; `before` asks for the next page, None on the last."""

    rows: tuple[JournalRow, ...]
    before: int | None


def journal(actor: Actor, wanted: JournalFilter, *, before: int | None = None, limit: int = PAGE) -> JournalPage:
    """A page of the journal, as far as the actor may read it; at most three queries."""
    entries = journal_seen(actor).filter(_condition(wanted))
    if before is not None:
        entries = entries.filter(pk__lt=before)
    size = max(1, min(limit, MOST))
    found = list(entries.order_by("-pk")[: size + 1])
    rows = tuple(_row(entry) for entry in found[:size])
    return JournalPage(rows, rows[-1].id if len(found) > size else None)


def journal_listing(actor: Actor, wanted: JournalFilter) -> Listing[dict[str, Any]]:
    """The journal as a file holds it: the newest rows, what changed in words."""
    entries = journal_seen(actor).filter(_condition(wanted)).order_by("-pk")[:IN_FILE]
    rows = [
        {"at": row.at, "actor": row.actor, "verb": row.verb, "noun": row.noun, "noun_id": row.noun_id,
         "summary": row.summary, "changes": [f"{one.field}: {one.before} -> {one.after}" for one in row.changes]}
        for row in map(_row, entries)
    ]  # fmt: skip
    return whole("Journal", COLUMNS, rows)


def nouns_in_journal(actor: Actor) -> list[str]:
    """The nouns that the actor can filter by."""
    return sorted(set(journal_seen(actor).order_by().values_list("noun", flat=True).distinct()))


def journal_seen(actor: Actor) -> QuerySet[JournalEntry]:
    """Entries that the actor may read."""
    entries = JournalEntry.objects.all()
    own = Q(actor=actor.user) if actor.user else Q()
    if not access.may_see_journal(actor):
        return entries.filter(own)
    if access.sees_all(actor, actor.today):
        return entries
    held = Seat.current.filter(access.so_on(actor.today))
    wider = held.filter(position__hat__in=[hat for hat, rights in MATRIX.items() if rights.sees == "all"])
    below = Q(actor__person_id__in=access.people_seen(actor, actor.today))
    return entries.filter(own | below & ~Q(actor__person_id__in=wider.values("person_id")))


def changes(before: dict[str, Any] | None, after: dict[str, Any] | None) -> tuple[Change, ...]:
    """Fields that differ, in the order in which they were said.

    >>> changes({"name": "Rita", "part_time": "1"}, {"name": "Rita", "part_time": "0.5"})
    (Change(field='part_time', before='1', after='0.5'),)
    """
    return tuple(_changes(before or {}, after or {}))


def _changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            yield Change(name, _text(before.get(name)), _text(after.get(name)))


def _text(value: object) -> str | None:
    """A value in words, cut where it is long.

    >>> _text(["rep", "manager"]), _text({"new": 4, "same": 0}), _text(True), _text(None)
    ('rep, manager', 'new 4, same 0', 'yes', None)
    """
    text = None if value is None else _words(value)
    return text if text is None or len(text) <= _LONG else f"{text[:_LONG]}…"


def _words(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{str(name).replace('_', ' ')} {_words(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_words, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _condition(wanted: JournalFilter) -> Q:
    condition = Q()
    if wanted.noun:
        condition &= Q(noun=wanted.noun)
    if wanted.noun_id:
        condition &= Q(noun_id=wanted.noun_id)
    if wanted.actor:
        condition &= Q(actor_name__icontains=wanted.actor)
    if wanted.since:
        condition &= Q(at__gte=dt.datetime.combine(wanted.since, dt.time(), dt.UTC))
    if wanted.until:
        condition &= Q(at__lt=dt.datetime.combine(wanted.until, dt.time(), dt.UTC))
    return condition


def _row(entry: JournalEntry) -> JournalRow:
    return JournalRow(
        entry.pk,
        entry.at,
        entry.actor_name,
        entry.verb,
        entry.noun,
        entry.noun_id,
        entry.summary,
        changes(entry.before, entry.after),
    )
