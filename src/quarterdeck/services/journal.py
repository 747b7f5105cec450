"""The journal: every write says who, when, what before and what after, in the same transaction as the write itself.

with journaled(actor, "goal_set", "goal") as entry:      # opens the transaction
    goal = Goal.objects.create(...)
    entry.about(goal.pk, "Goal for 2026: 12,000,000.00 USD", after={...})
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Max, Subquery

from quarterdeck.records.models import JournalEntry
from quarterdeck.terms.errors import QuarterdeckFault

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from quarterdeck.services.actor import Actor

_ENCODER = DjangoJSONEncoder()


def _plain(value: dict[str, Any] | None) -> Any:  # noqa: ANN401  JSON
    """Dates and decimals as text, so that the row can be read by anything."""
    return None if value is None else json.loads(_ENCODER.encode(value))


@dataclass(slots=True)
class Entry:
    """What a service says about its write, once."""

    noun_id: str = ""
    summary: str = ""
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None

    def about(
        self,
        noun_id: object,
        summary: str,
        *,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> None:
        """Say which row was written and how it changed."""
        self.noun_id, self.summary, self.before, self.after = str(noun_id), summary[:500], before, after


@contextmanager
def journaled(actor: Actor, verb: str, noun: str) -> Iterator[Entry]:
    """One transaction with one journal row at its end; a service that says nothing about its write is a fault."""
    with transaction.atomic():
        entry = Entry()
        yield entry
        if not entry.summary:
            raise QuarterdeckFault(f"{verb} wrote without saying what")
        JournalEntry.objects.create(
            at=actor.now,
            actor=actor.user,
            actor_name=actor.name,
            verb=verb,
            noun=noun,
            noun_id=entry.noun_id,
            summary=entry.summary,
            before=_plain(entry.before),
            after=_plain(entry.after),
        )


FACT_NOUNS: Final = ("batch", "activity", "facts", "fact", "field_report", "opportunity", "booking")
"""Nouns of journal entries that bring facts."""


def pulse() -> tuple[int, dt.datetime | None]:
    """The data's version and when facts last came in; one query."""
    facts = JournalEntry.objects.filter(noun__in=FACT_NOUNS).order_by("-pk").values("at")[:1]
    entries = JournalEntry.objects.order_by("-pk").annotate(fresh_at=Subquery(facts))
    return entries.values_list("pk", "fresh_at").first() or (0, None)


def data_version() -> int:
    """A number that grows with every write; open desks watch it."""
    return JournalEntry.objects.aggregate(last=Max("pk"))["last"] or 0
