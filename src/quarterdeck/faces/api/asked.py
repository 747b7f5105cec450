"""What requests ask for in common: a day to look from, a page of rows, ids, holders; and what no database can keep.

?as_of=2017-12-31&size=200&after=4711   ->   rows as of that day, 200 of them, after the row with key 4711
"""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Annotated, Any, Final

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja import Field, Schema
from ninja.parser import Parser

from quarterdeck.services.access import not_visible
from quarterdeck.services.actor import Actor
from quarterdeck.services.calendar import company
from quarterdeck.services.listing import LARGEST_PAGE, PAGE, Listing, Page
from quarterdeck.terms.errors import Refusal

EARLIEST: Final = dt.date(1970, 1, 1)
LATEST: Final = dt.date(2199, 12, 31)
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Day = Annotated[dt.date, Field(ge=EARLIEST, le=LATEST)]
Text = Annotated[str, Field(max_length=200)]


class AsOf(Schema):
    """The day from which is looked."""

    as_of: Day | None = Field(
        None, description="The day to look from; without it the company's own day, or today.", examples=["2025-06-30"]
    )

    def day(self, actor: Actor) -> dt.date:
        """The day asked for, else the company's, else today."""
        shows: dt.date | None = self.as_of or company().shows_as_of
        return shows or actor.today


class Rows(AsOf):
    """Some rows of a list as of a day."""

    after: str = Field("", max_length=20, description="`next` of the page before; empty for the first page.")
    size: int = Field(PAGE, ge=1, le=LARGEST_PAGE, description="How many rows at most.")

    @property
    def page(self) -> Page:
        """The page by key, upwards: it stays right while rows are added."""
        return Page(after=self.after or "0", size=self.size)


class Days(Rows):
    """Rows between two days."""

    starts_on: Day | None = Field(None, description="First day wanted.", examples=["2025-01-01"])
    ends_on: Day | None = Field(None, description="First day no longer wanted.", examples=["2025-07-01"])


def only(listing: Listing[Any], noun: str) -> Any:  # noqa: ANN401  a row of any list
    """The one row of a listing. Raises Refusal (`not_visible`) when there is none."""
    if not listing.rows:
        raise not_visible(noun)
    return listing.rows[0]


class CarefulParser(Parser):
    """Refuses text that no database keeps: NUL, and halves of characters beyond the basic plane."""

    def parse_body(self, request: HttpRequest) -> Any:  # noqa: ANN401  JSON
        """The body as JSON; only one that spells a character by its number can hide one of these."""
        text = request.body.decode("utf-8")
        found = json.loads(text, parse_constant=_refuse_constant)
        if "\\u" in text:
            for part in _texts(found):
                _keepable(part)
        return found

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """Query and form fields."""
        for name in data:
            for value in data.getlist(name):
                if isinstance(value, str):
                    _keepable(value)
        found: dict[str, Any] = super().parse_querydict(data, list_fields, request)
        return found


def _keepable(text: str) -> None:
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        why = "Its text holds a NUL, or half a character."
        raise Refusal("The request was not read.", why, "Leave it out.", "unkeepable_text")


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401  JSON
    """Every text in a JSON value, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, dict):
        for name, part in value.items():
            yield name
            yield from _texts(part)


def _refuse_constant(name: str) -> float:
    raise ValueError(name)
