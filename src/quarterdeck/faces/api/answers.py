"""Response models made from what is said already: a row's dataclass gives types, its list's columns give words.

WorkRow(minutes: int | None) + Column("minutes", "count", "How long it took.", unit="minutes")
->  Activity.minutes  integer or null  "How long it took. In minutes. Null when not known."

Lists answer with `items` and `next`: send it as `after` for the rows that follow, null on the last page.
"""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any, Final, get_args, get_type_hints

from ninja import Schema
from pydantic import ConfigDict, Field, create_model

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quarterdeck.services.listing import Listing
    from quarterdeck.terms.tables import Column

UNITS: Final = {
    "money": "Whole minor units of the company's currency: 4800000 is 48,000.00.",
    "ratio": "A ratio: 0.25 is a quarter.",
}
IDS: Final = {
    "person_id": "The person's id.", "team_id": "The team's id.", "parent_id": "The id of the team above.",
    "position_id": "The position's id.", "account_id": "The account's id.", "opportunity_id": "The deal's id.",
    "product_id": "The product's id.", "territory_id": "The territory's id.", "activity_id": "The activity's id.",
    "booking_id": "The booking's id.", "payment_id": "The payment's id.", "return_id": "The return's id.",
    "batch_id": "The import's id.", "report_id": "The note's id.",
}  # fmt: skip
"""What ids are; they are this deployment's own, while codes are the company's."""


class Answer(Schema):
    """What every answer has in common: nothing but what is described."""

    model_config = ConfigDict(from_attributes=True, extra="ignore")


def answer(name: str, of: type, /, *columns: Column, about: str = "", **words: str | tuple[Any, str]) -> type[Answer]:
    """A response model of a row's dataclass.

    `words` describe fields that no column does; a pair gives the type as well, such as that of a nested answer, and
    None in its place leaves the field out. A field without words has no description, which a test finds.
    """
    said = {column.name: column for column in columns}
    hints = get_type_hints(of)
    fields: dict[str, Any] = {}
    for field in of.__dataclass_fields__:  # type: ignore[attr-defined]
        found = words.get(field)
        kind, text = found if isinstance(found, tuple) else (hints[field], found)
        if kind is None:
            continue
        column = said.get(field)
        text = text or (_words(column) if column else IDS.get(field, ""))
        fields[field] = (kind, Field(description=text and text + _emptiness(kind), **_example(column)))
    made: type[Answer] = create_model(name, __base__=Answer, __doc__=about or of.__doc__, **fields)
    return made


def _words(column: Column) -> str:
    unit = UNITS.get(column.kind, f"In {column.unit}." if column.unit else "")
    choices = f"One of {', '.join(column.choices)}." if column.choices else ""
    return " ".join(part for part in (column.about, choices, unit) if part)


def _emptiness(kind: Any) -> str:  # noqa: ANN401  a type
    return " Null when there is none." if isinstance(kind, types.UnionType) and types.NoneType in get_args(kind) else ""


def _example(column: Column | None) -> dict[str, Any]:
    return (
        {"examples": [column.example]} if column and column.example and column.kind in {"id", "text", "choice"} else {}
    )


def pages_of(item: type[Answer]) -> type[Answer]:
    """The model of a list's page."""
    items: Any = (list[item], Field(description="The rows, by their key."))  # type: ignore[valid-type]  # a model made here
    more: Any = (str | None, Field(description="Send it as `after` for the rows that follow. Null on the last page."))
    made: type[Answer] = create_model(
        f"{item.__name__}Page", __base__=Answer, __doc__="Some rows.", items=items, next=more
    )
    return made


def paged(listing: Listing[Any]) -> dict[str, Any]:
    """A page of a listing."""
    return {"items": listing.rows, "next": listing.after or None}


def first(rows: Iterable[Any]) -> Any:  # noqa: ANN401  a row of any list
    """The only row, or None."""
    return next(iter(rows), None)
