"""Lists: the one shape in which rows leave the services for a page, an API answer or a file.

    listing.columns   deal   account       amount_minor (money)
    listing.rows      d-1    Hollis Tools  4800000            dataclasses with one attribute per column
    listing.n_rows    1,204  (or "10,000 and more": counting five million rows costs more than showing fifty)

Rows are cut into pages in the database. A program walks with `after` (the key of the last row it saw), which stays
right while rows are added; a person turns pages.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar

from django.db.models import Count, F, Model, OrderBy, QuerySet, Sum, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Column

Row = TypeVar("Row")
Parts: TypeAlias = Sequence[QuerySet[Any]]

COUNTED: Final = 10_000
"""Rows are counted up to here; beyond, a list says that there are more."""
PAGE: Final = 50
LARGEST_PAGE: Final = 1_000
APART: Final = 64
"""People whose rows are looked up one person at a time; of more, all rows are walked."""
WHOLE: Final = 200_000
"""Rows of a list handed out as a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which rows of a list are wanted. `after` is the key of the last row seen; with it, `number` is not looked at."""

    number: int = 1
    size: int = PAGE
    after: str = ""
    sort: str = ""
    """A column's name, with a minus before it for the largest first; empty is the list's own order."""
    is_whole: bool = False
    """Every row, for a file."""

    @property
    def limit(self) -> int:
        """How many rows at most."""
        return WHOLE if self.is_whole else max(1, min(self.size, LARGEST_PAGE))

    @property
    def offset(self) -> int:
        """How many rows are skipped."""
        return 0 if self.after or self.is_whole else (max(self.number, 1) - 1) * self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[Row]):
    """Some rows of a list with its columns, and how many there are in all."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    n_rows: int
    is_more: bool
    """Whether there are more rows than `n_rows` counts."""
    page: Page = field(default_factory=Page)
    after: str = ""
    """What the next page is asked for with; empty on the last one."""
    totals: Mapping[str, int] = field(default_factory=dict)
    """Sums of columns over all rows, not only those of the page; empty where there are more than are counted."""

    @property
    def n_pages(self) -> int:
        """How many pages the counted rows fill."""
        return max(1, -(-self.n_rows // self.page.limit))


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a list shows, and by what it may be sorted: by name, the fields with the key last; its own order first."""

    title: str
    columns: tuple[Column, ...]
    sorts: dict[str, tuple[str, ...]]
    sums: tuple[str, ...] = ()
    """Columns, fields of the model too, whose sum stands under the list."""
    full: frozenset[str] = frozenset()
    """Of what is sorted by and is no field of the model: what is never empty."""


def listed(
    layout: Layout, queryset: QuerySet[Any], page: Page, rows_of: Callable[[Sequence[Any]], Sequence[Row]],
    *, parts: Sequence[QuerySet[Any]] = (),
) -> Listing[Row]:  # fmt: skip
    """A page of a queryset: one query for the rows, one to count them, and those of `rows_of`.

    With `after` rows come by key, upwards. `parts` (`of_people`) are the queryset in pieces, each of which an index
    gives in the list's own order: nothing large is sorted. Raises Refusal for an order that the list does not have.
    """
    if page.after:
        ordered = queryset.filter(pk__gt=_key(page.after)).order_by("pk")
    else:
        fields = _fields(queryset.model, page.sort, layout)
        if parts and not page.sort and not page.is_whole:
            queryset_of_page = queryset.filter(pk__in=_first(parts, fields, page.offset + page.limit + 1))
        else:
            queryset_of_page = queryset
        ordered = queryset_of_page.order_by(*fields)
    found = list(ordered[page.offset : page.offset + page.limit + 1])
    shown = found[: page.limit]
    is_counted = not page.is_whole and not page.after and (page.offset or len(found) > page.limit)
    n_rows, totals = _counted(queryset, layout.sums) if is_counted else (len(shown), _summed(shown, layout.sums))
    return Listing(
        title=layout.title,
        columns=layout.columns,
        rows=tuple(rows_of(shown)),
        n_rows=min(n_rows, COUNTED) if is_counted else n_rows,
        is_more=n_rows > COUNTED if is_counted else len(found) > page.limit,
        page=page,
        after=str(shown[-1].pk) if len(found) > page.limit else "",
        totals={} if page.after or page.is_whole or n_rows > COUNTED else totals,
    )


def of_people(rows: QuerySet[Any], field: str, people: Collection[int] | None) -> tuple[QuerySet[Any], Parts]:
    """Rows of some people (None: all), and the parts by which `listed` reads them.

    An index by person and day gives the newest rows of one; those of a few are merged. For many it is cheaper to walk
    all rows by day and leave out the others', which an index by person must not be taken for: hence `coalesce`.
    """
    if people is None:
        return rows, ()
    if len(people) <= APART:
        return rows.filter(**{f"{field}__in": people}), tuple(rows.filter(**{field: pk}) for pk in sorted(people))
    return rows.alias(whose_id=Coalesce(field, Value(0))).filter(whose_id__in=people), ()


def _first(parts: Parts, fields: list[Any], n_rows: int) -> RawSQL:
    """The keys of the first rows of each part; sorted they hold the first rows of all."""
    compiled = [part.order_by(*fields).values("pk")[:n_rows].query.sql_with_params() for part in parts]
    union = " UNION ALL ".join(f"SELECT pk FROM ({sql}) AS part_{at}" for at, (sql, _) in enumerate(compiled))
    values = [value for _, of_part in compiled for value in of_part]
    return RawSQL(union, values)  # noqa: S611  what Django compiled, and a union may not be sliced in its own words


def _counted(queryset: QuerySet[Any], sums: tuple[str, ...]) -> tuple[int, dict[str, int]]:
    """How many rows there are, up to one more than is counted, and what their columns sum to; one query."""
    found = queryset.order_by()[: COUNTED + 1].aggregate(
        n_rows=Count("pk"), **{f"sum_{name}": Sum(name) for name in sums}
    )
    return found["n_rows"], {name: found[f"sum_{name}"] or 0 for name in sums}


def _summed(rows: Sequence[Any], sums: tuple[str, ...]) -> dict[str, int]:
    return {name: sum(getattr(row, name) or 0 for row in rows) for name in sums}


def _key(after: str) -> int:
    if not (after.isascii() and after.isdigit() and len(after) < 19):  # noqa: PLR2004  what a 64-bit key can be
        raise Refusal("The next page was not found.", f"'{after}' is no place in the list.", "Start again.", "cursor")
    return int(after)


def _fields(model: type[Model], sort: str, layout: Layout) -> list[Any]:
    """Order by fields, turned round by a minus; empty values come last either way.

    Only of what may be empty is that said: PostgreSQL has no index in that order.
    """
    sorts = layout.sorts
    name = sort.removeprefix("-") or next(iter(sorts))
    if name not in sorts:
        why = f"It has no column '{name}' to sort by."
        raise Refusal("The list was not sorted.", why, f"Sort by one of {', '.join(sorts)}.", "sort")
    fields = sorts[name]
    turned = [field.removeprefix("-") if field.startswith("-") else f"-{field}" for field in fields]
    full = {"pk", *layout.full, *(field.name for field in model._meta.concrete_fields if not field.null)}
    return [
        OrderBy(F(name), descending=name != field, nulls_last=True if name not in full else None)
        for field in (turned if sort.startswith("-") else fields)
        for name in [field.removeprefix("-")]
    ]


def whole(title: str, columns: tuple[Column, ...], rows: Sequence[Row]) -> Listing[Row]:
    """A list that is already all there.

    >>> whole("Names", (), ["a", "b"]).n_rows
    2
    """
    page = Page(is_whole=True)
    return Listing(title=title, columns=columns, rows=tuple(rows), n_rows=len(rows), is_more=False, page=page)
