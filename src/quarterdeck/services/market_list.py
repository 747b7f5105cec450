"""Products, and territories with who holds them on a day.

product   family  list price      territory  held on 2025-06-30 by
ridge-1   Ridge   1,200.00        north      rita
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q

from quarterdeck.records.models import Product, Territory, TerritoryHolding
from quarterdeck.services import access
from quarterdeck.services.listing import Layout, Listing, Page, listed
from quarterdeck.terms.tables import Column

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from quarterdeck.services.actor import Actor

PRODUCTS: Final = Layout(
    title="Products",
    columns=(
        Column("code", "id", "The product's code."),
        Column("name", "text", "The name people use."),
        Column("family", "text", "The group it belongs to."),
        Column("list_price_minor", "money", "Price before discount, in the product's own currency."),
        Column("currency", "text", "ISO 4217 code; empty means the company's."),
    ),
    sorts={"name": ("name", "pk"), "code": ("code", "pk"), "family": ("family", "name", "pk")},
)
TERRITORIES: Final = Layout(
    title="Territories",
    columns=(
        Column("code", "id", "The territory's code."),
        Column("name", "text", "The name people use."),
        Column("person", "text", "Who holds it on the day; empty while vacant, or when it is somebody out of sight."),
    ),
    sorts={"name": ("name", "pk"), "code": ("code", "pk")},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRow:
    """A product as a list shows it."""

    product_id: int
    code: str
    name: str
    family: str
    list_price_minor: int | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoryRow:
    """A territory and its holder on the day."""

    territory_id: int
    code: str
    name: str
    person_id: int | None
    person: str


def products(
    actor: Actor, *, product_id: int | None = None, family: str = "", text: str = "", page: Page | None = None
) -> Listing[ProductRow]:
    """Products, for everybody who wears a hat; at most two queries."""
    found = _named(actor, Product.visible.all(), product_id, text)
    if family:
        found = found.filter(family=family)
    names = ProductRow.__slots__[1:]
    return listed(PRODUCTS, found, page or Page(), lambda rows: [
        ProductRow(product_id=one.pk, **{name: getattr(one, name) for name in names}) for one in rows
    ])  # fmt: skip


def territories(
    actor: Actor, *, as_of: dt.date, territory_id: int | None = None, text: str = "", page: Page | None = None
) -> Listing[TerritoryRow]:
    """Territories, for everybody who wears a hat; holders as far as the actor sees them; at most three queries."""
    found = _named(actor, Territory.visible.all(), territory_id, text)
    return listed(TERRITORIES, found, page or Page(), lambda rows: _territory_rows(actor, rows, as_of))


def _named(actor: Actor, found: QuerySet[Any], pk: int | None, text: str) -> QuerySet[Any]:
    """Names are for everybody with a hat (as in access.accounts_seen)."""
    found = found if actor.is_system or actor.hats else found.none()
    found = found if pk is None else found.filter(pk=pk)
    for word in text.split():
        found = found.filter(Q(name__icontains=word) | Q(code__icontains=word))
    return found


def _territory_rows(actor: Actor, found: Sequence[Territory], as_of: dt.date) -> list[TerritoryRow]:
    held = TerritoryHolding.current.filter(access.so_on(as_of), territory__in=found).select_related("person")
    holders = {
        one.territory_id: one.person
        for one in access.activities_seen(actor, held, as_of).order_by("effective_from", "pk")
        if one.person
    }
    return [
        TerritoryRow(
            territory_id=one.pk, code=one.code, name=one.name,
            person_id=holders[one.pk].pk if one.pk in holders else None,
            person=holders[one.pk].name if one.pk in holders else "",
        )
        for one in found
    ]  # fmt: skip
