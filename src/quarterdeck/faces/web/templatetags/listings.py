"""A listing as a table: headings that sort, cells written by the kind of their column."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django import template

from quarterdeck.faces.web.numbers import NONE, shown, unit_name
from quarterdeck.faces.web.templatetags.quarterdeck import day, same_page, to, words
from quarterdeck.services import access

if TYPE_CHECKING:
    from django.template import Context

    from quarterdeck.faces.web.views.lists import Look
    from quarterdeck.services.listing import Listing
    from quarterdeck.terms.tables import Column

register = template.Library()

NUMBERS: Final = ("money", "count", "ratio")
UNITS: Final = {"money": "money", "ratio": "ratio", "count": "count"}


@dataclass(frozen=True, slots=True)
class Head:
    """A column's heading; `sort` is where a click leads, `order` how the list is sorted by it now."""

    title: str
    unit: str
    is_number: bool
    sort: str
    order: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's text, and where it leads."""

    title: str
    text: str
    css: str
    href: str
    beside: str = ""


@register.inclusion_tag("parts/listing.html", takes_context=True)
def listing_table(context: Context, listing: Listing[Any], look: Look) -> dict[str, Any]:
    """The rows of a listing in the columns of a look."""
    by_name = {column.name: column for column in listing.columns}
    columns = [by_name[name] for name in look.columns]
    return {
        "title": listing.title,
        "heads": [_head(context, column, look, listing.page.sort) for column in columns],
        "rows": [[_cell(context, column, look, row) for column in columns] for row in listing.rows],
        "foot": _foot(context, listing, look, columns) if listing.totals and listing.rows else [],
    }


def _foot(context: Context, listing: Listing[Any], look: Look, columns: list[Column]) -> list[Cell]:
    """The sums over all rows, under their columns; the first cell says over how many."""
    first, *others = columns
    cells = [Cell(_title(first, look), f"All {listing.n_rows:,}", "", "")]
    for column in others:
        total = listing.totals.get(column.name)
        cells.append(Cell(_title(column, look), "" if total is None else _text(context, column, total), "num", ""))
    return cells


@register.simple_tag(takes_context=True)
def may(context: Context, verb: str) -> bool:
    """Whether the reader's hats let them do something, so that a page offers only what works."""
    return access.may(context["actor"], verb)


def _title(column: Column, look: Look) -> str:
    given = (look.titles or {}).get(column.name)
    return given or words(column.name.removesuffix("_minor").removesuffix("_on")).capitalize()


def _head(context: Context, column: Column, look: Look, sort: str) -> Head:
    is_down = sort == f"-{column.name}"
    order = "descending" if is_down else "ascending" if sort == column.name else ""
    # Numbers and days are mostly wanted largest first, names from A.
    first = f"-{column.name}" if column.kind in (*NUMBERS, "day", "instant") else column.name
    then = first if sort != first else (column.name if is_down else f"-{column.name}")
    href = str(same_page(context, sort=then, page="")) if column.name in look.sorts else ""
    unit = unit_name(column.kind, str(context.get("currency") or "USD")) or column.unit
    return Head(_title(column, look), unit, column.kind in NUMBERS, href, order)


def _cell(context: Context, column: Column, look: Look, row: Any) -> Cell:  # noqa: ANN401  rows are dataclasses
    value = getattr(row, (look.shows or {}).get(column.name, column.name))
    css = "num" if column.kind in NUMBERS else "when" if column.kind in {"day", "instant"} else ""
    name, attribute = look.links.get(column.name, ("", ""))
    ident = getattr(row, attribute) if attribute else None
    href = str(to(context, name, ident)) if ident is not None else ""
    small = (look.beside or {}).get(column.name)
    return Cell(_title(column, look), _text(context, column, value), css, href, getattr(row, small) if small else "")


def _text(context: Context, column: Column, value: Any) -> str:  # noqa: ANN401, PLR0911  one line a kind
    if value is None or value == "":
        return NONE
    if column.kind in UNITS:
        return shown(value, UNITS[column.kind], str(context.get("currency") or "USD"))
    if isinstance(value, dt.datetime):
        return f"{day(value)} {value:%H:%M}"
    if isinstance(value, dt.date):
        return str(day(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if column.kind == "choice":
        return words(value)
    return "; ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
