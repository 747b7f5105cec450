"""Dated facts written by hand: a stretch of days ends by a new version of its row, never by editing it.

ended(seat of rita in east-1 from 2024-01-01, on 2025-07-01):

    seat  position  person  effective_from  effective_to  known_at    superseded_at
    1     east-1    rita    2024-01-01                    2024-01-01  2025-06-20
    9     east-1    rita    2024-01-01      2025-07-01    2025-06-20
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Final, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model

from quarterdeck.records.models.base import DatedFact, Fact
from quarterdeck.terms.errors import Refusal

BY_HAND: Final = "quarterdeck"
"""The source system of what people write in the product."""

Row = TypeVar("Row", bound=Model)
Version = TypeVar("Version", bound=Fact)
Stretch = TypeVar("Stretch", bound=DatedFact)


def saved(row: Row, what: str) -> Row:
    """Save a row, without blanks around its texts; refuse it (rule `bad_value`) with every field that does not hold."""
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if not isinstance(value, str):
            continue
        setattr(row, field.attname, value.strip())
        if not value.strip().isprintable():
            raise Refusal(what, f"{field.name} has characters that cannot be shown.", "Type it again.", "bad_value")
    try:
        row.full_clean()
    except ValidationError as error:
        why = " ".join(
            f"{name}: {' '.join(messages)}" if name != "__all__" else " ".join(messages)
            for name, messages in error.message_dict.items()
        )
        raise Refusal(what, why, "Correct it and try again.", "bad_value") from error
    row.save()
    return row


def by_hand(now: dt.datetime) -> dict[str, Any]:
    """Where a fact written in the product comes from, and since when it is known."""
    return {"source_system": BY_HAND, "source_id": str(uuid.uuid4()), "known_at": now}


def superseded(fact: Fact, now: dt.datetime) -> dt.datetime:
    """Stop believing a version; returns the instant from which its successor is known."""
    at = max(now, fact.known_at)
    fact.superseded_at = at
    fact.save(update_fields=["superseded_at"])
    return at


def version(fact: Version, now: dt.datetime, **changes: object) -> Version:
    """A new version of a fact with some fields changed; the old one is superseded at the same instant."""
    kept = {field.attname: getattr(fact, field.attname) for field in fact._meta.concrete_fields}
    at = superseded(fact, now)
    new = kept | {"batch_id": None, "superseded_at": None, "known_at": at} | changes
    new.pop("id")
    return type(fact).objects.create(**new)


def ended(fact: Stretch, on: dt.date, now: dt.datetime) -> Stretch | None:
    """The same stretch with `on` as its first day no longer so; None when that leaves it without a day."""
    if fact.effective_from is not None and fact.effective_from >= on:
        superseded(fact, now)
        return None
    return version(fact, now, effective_to=on)
