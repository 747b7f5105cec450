"""Who wrote what, when, with what before and after."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from quarterdeck.faces.api.answers import Answer
from quarterdeck.faces.api.asked import Day, Id, Text
from quarterdeck.faces.api.auth import reads
from quarterdeck.services import journal_list as services

router = Router(tags=["Journal"])


class FieldChange(Answer):
    """A field that differs."""

    field: str = Field(description="Which.")
    before: str | None = Field(description="What it was. Null: it was not there.")
    after: str | None = Field(description="What it is. Null: it is gone.")


class Entry(Answer):
    """One write."""

    id: int = Field(description="Its number; it grows with every write.")
    at: dt.datetime = Field(description="When.")
    actor: str = Field(description="Who, by name.")
    verb: str = Field(description="What was done.", examples=["goal_set"])
    noun: str = Field(description="To what kind of thing.", examples=["goal"])
    noun_id: str = Field(description="To which one; empty for several.")
    summary: str = Field(description="In a sentence.")
    changes: list[FieldChange] = Field(description="What differs.")


class Entries(Answer):
    """Some of the journal, the newest first."""

    items: list[Entry] = Field(description="The writes.")
    next: str | None = Field(description="Send it as `after` for the rows that follow. Null on the last page.")


class Wanted(Schema):
    """Which writes."""

    after: Id | None = Field(None, description="`next` of the page before; empty for the first page.")
    size: int = Field(services.PAGE, ge=1, le=services.MOST, description="How many rows at most.")
    noun: Text = Field("", description="Of this kind of thing.", examples=["goal"])
    noun_id: Text = Field("", description="Of this one.")
    actor: Text = Field("", description="By somebody whose name holds this.")
    starts_on: Day | None = Field(None, description="First day wanted.")
    ends_on: Day | None = Field(None, description="First day no longer wanted.")


@router.get("/journal", response=Entries, summary="Journal")
def list_entries(request: HttpRequest, wanted: Query[Wanted]) -> dict[str, Any]:
    """Writes, the newest first: your own, and those that your hat may read."""
    where = services.JournalFilter(
        noun=wanted.noun, noun_id=wanted.noun_id, actor=wanted.actor, since=wanted.starts_on, until=wanted.ends_on
    )
    found = services.journal(reads(request), where, before=wanted.after, limit=wanted.size)
    return {"items": found.rows, "next": None if found.before is None else str(found.before)}
