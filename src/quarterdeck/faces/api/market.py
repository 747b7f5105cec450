"""Who is sold to and what: accounts, products, territories."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router

from quarterdeck.faces.api.answers import answer, paged, pages_of
from quarterdeck.faces.api.asked import AsOf, Id, Rows, Text, only
from quarterdeck.faces.api.auth import reads
from quarterdeck.services import accounts as account_services
from quarterdeck.services import market_list as services
from quarterdeck.services.listing import Page

router = Router(tags=["Market"])

Account = answer("Account", account_services.AccountRow, *account_services.LAYOUT.columns)
Product = answer("Product", services.ProductRow, *services.PRODUCTS.columns)
Territory = answer("Territory", services.TerritoryRow, *services.TERRITORIES.columns)


class Named(Rows):
    """Which ones, by name."""

    text: Text = Field("", description="Words in the name or code.")


class WantedAccounts(Named):
    """Which accounts."""

    segment_id: Id | None = Field(None, description="Of this part of the market.")
    territory_id: Id | None = Field(None, description="In this territory.")
    owner_id: Id | None = Field(None, description="Looked after by this person.")


class WantedProducts(Named):
    """Which products."""

    family: Text = Field("", description="Of this family, exactly.")


@router.get("/accounts", response=pages_of(Account), summary="Accounts")
def list_accounts(request: HttpRequest, wanted: Query[WantedAccounts]) -> dict[str, Any]:
    """Accounts by name, for everybody who wears a hat; their deals and bookings follow your own sight."""
    actor = reads(request)
    where = account_services.AccountFilter(
        segment_id=wanted.segment_id, territory_id=wanted.territory_id, owner_id=wanted.owner_id, text=wanted.text
    )
    return paged(account_services.accounts(actor, as_of=wanted.day(actor), where=where, page=wanted.page))


@router.get("/accounts/{account_id}", response=Account, summary="One account")
def get_account(request: HttpRequest, account_id: Id, wanted: Query[AsOf]) -> Any:  # noqa: ANN401  a row
    """An account; ask /opportunities, /activities and /bookings with its id for what happened with it."""
    actor = reads(request)
    return account_services.account(actor, account_id, wanted.day(actor)).account


@router.get("/products", response=pages_of(Product), summary="Products")
def list_products(request: HttpRequest, wanted: Query[WantedProducts]) -> dict[str, Any]:
    """Products; they are the same on every day."""
    return paged(services.products(reads(request), family=wanted.family, text=wanted.text, page=wanted.page))


@router.get("/products/{product_id}", response=Product, summary="One product")
def get_product(request: HttpRequest, product_id: Id) -> Any:  # noqa: ANN401  a row
    """A product."""
    return only(services.products(reads(request), product_id=product_id, page=Page(after="0")), "product")


@router.get("/territories", response=pages_of(Territory), summary="Territories")
def list_territories(request: HttpRequest, wanted: Query[Named]) -> dict[str, Any]:
    """Territories, each with who holds it on the day."""
    actor = reads(request)
    return paged(services.territories(actor, as_of=wanted.day(actor), text=wanted.text, page=wanted.page))


@router.get("/territories/{territory_id}", response=Territory, summary="One territory")
def get_territory(request: HttpRequest, territory_id: Id, wanted: Query[AsOf]) -> Any:  # noqa: ANN401  a row
    """A territory, with who holds it on the day."""
    actor = reads(request)
    page = Page(after="0")
    return only(services.territories(actor, as_of=wanted.day(actor), territory_id=territory_id, page=page), "territory")
