"""Which columns of a template become which columns of a record: the importer's whole knowledge of single templates.

    template people                          Person        code person, name, email, country, part_time
    person name  hat team effective_from     Position      code position, team_id, hat
    rita   Rita  rep east 2024-01-01         Seat          rita|rep|east||2024-01-01: position_id, person_id, ...

A noun is known by its code; an empty attribute of a noun means not said. A fact is known by its template's key within
its source system, and an empty column of a fact is empty. Columns that end in `_id` hold codes in the template.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from quarterdeck.records.models import (
    Account,
    Activity,
    Booking,
    CreditSplit,
    ExchangeRate,
    Leave,
    Opportunity,
    OpportunityChange,
    OpportunityVersion,
    Payment,
    Person,
    Position,
    Potential,
    Product,
    Return,
    Seat,
    Segment,
    Target,
    Team,
    TeamLink,
    Territory,
    TerritoryHolding,
)
from quarterdeck.terms.templates import TEMPLATES

if TYPE_CHECKING:
    from quarterdeck.records.models.base import Fact, Noun


@dataclass(frozen=True, slots=True)
class NounShape:
    """A noun that a template brings: its code's column, and template columns by attribute of the model."""

    model: type[Noun]
    code: str
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FactShape:
    """A fact that a template brings.

    `columns` are template columns by attribute of the model, `day` the columns whose first known day decides the
    exchange rate. `is_kept` names required references without which the row is still worth keeping.
    """

    model: type[Fact]
    columns: dict[str, str]
    day: tuple[str, ...] = ()
    is_kept: tuple[str, ...] = ()


_DATED: Final = {"effective_from": "effective_from", "effective_to": "effective_to"}
_STANDING: Final = {
    "stage": "stage", "stage_kind": "stage_kind", "forecast_category": "forecast_category", "amount_minor": "amount",
    "close_on": "close_on",
}  # fmt: skip

NOUNS: Final[dict[str, tuple[NounShape, ...]]] = {
    "teams": (NounShape(Team, "team", {"name": "name"}),),
    "people": (
        NounShape(Person, "person", {"name": "name", "email": "email", "country": "country", "part_time": "part_time"}),
        NounShape(Position, "position", {"team_id": "team", "hat": "hat"}),
    ),
    "territories": (NounShape(Territory, "territory", {"name": "name"}),),
    "products": (
        NounShape(Product, "product",
            {"name": "name", "family": "family", "list_price_minor": "list_price", "currency": "currency"}),
    ),
    "accounts": (
        NounShape(Segment, "segment"),
        NounShape(Account, "account", {"name": "name", "segment_id": "segment", "territory_id": "territory",
            "owner_id": "owner", "country": "country", "parent_id": "parent"}),
    ),
    "potentials": (NounShape(Segment, "segment"),),
    "opportunities": (NounShape(Opportunity, "opportunity", {"name": "name"}),),
}  # fmt: skip

FACTS: Final[dict[str, FactShape]] = {
    "teams": FactShape(TeamLink, {"team_id": "team", "parent_id": "parent", **_DATED}),
    "people": FactShape(Seat, {"position_id": "position", "person_id": "person", **_DATED}),
    "leave": FactShape(Leave, {"person_id": "person", "starts_on": "starts_on", "ends_on": "ends_on", "share": "share",
        "reason": "reason"}),
    "territories": FactShape(TerritoryHolding, {"territory_id": "territory", "person_id": "person", **_DATED}),
    "exchange_rates": FactShape(ExchangeRate, {"currency": "currency", "on": "on", "rate": "rate"}),
    "potentials": FactShape(
        Potential,
        {"account_id": "account", "territory_id": "territory", "segment_id": "segment",
            "effective_from": "effective_from", "amount_minor": "amount"},
        ("effective_from",),
    ),
    "opportunities": FactShape(
        OpportunityVersion,
        {"opportunity_id": "opportunity", "person_id": "owner", "account_id": "account", "product_id": "product",
            **_STANDING, "opened_on": "opened_on", "closed_on": "closed_on", "competitor": "competitor",
            "loss_reason": "loss_reason"},
        ("closed_on", "opened_on", "close_on"), ("owner",),
    ),
    "opportunity_history": FactShape(
        OpportunityChange,
        {"opportunity_id": "opportunity", "effective_from": "effective_from", "person_id": "owner", **_STANDING},
        ("effective_from",),
    ),
    "bookings": FactShape(
        Booking,
        {"kind": "kind", "booked_on": "booked_on", "amount_minor": "amount", "quantity": "quantity",
            "person_id": "person", "account_id": "account", "product_id": "product", "opportunity_id": "opportunity",
            "territory_id": "territory"},
        ("booked_on",),
    ),
    "activities": FactShape(
        Activity,
        {"kind": "kind", "person_id": "person", "happened_on": "happened_on", "account_id": "account",
            "opportunity_id": "opportunity", "minutes": "minutes", "outcome": "outcome", "subject": "subject"},
        (), ("person",),
    ),
    "payments": FactShape(
        Payment, {"booking_source_id": "booking", "paid_on": "paid_on", "amount_minor": "amount"}, ("paid_on",)
    ),
    "returns": FactShape(
        Return,
        {"booking_source_id": "booking", "returned_on": "returned_on", "amount_minor": "amount", "reason": "reason"},
        ("returned_on",),
    ),
    "credit_splits": FactShape(
        CreditSplit,
        {"booking_source_id": "booking", "opportunity_id": "opportunity", "person_id": "person", "role": "role",
            "share": "share", **_DATED},
    ),
    "targets": FactShape(
        Target,
        {"person_id": "person", "team_id": "team", "position_id": "position", "territory_id": "territory",
            "metric": "metric", "period_kind": "period_kind", "starts_on": "starts_on", "ends_on": "ends_on",
            "layer": "layer", "amount": "amount", "is_quota": "is_quota"},
        ("starts_on",),
    ),
}  # fmt: skip

REFERRED: Final[dict[str, type[Noun]]] = {
    "teams": Team, "people": Person, "territories": Territory, "products": Product, "accounts": Account,
    "opportunities": Opportunity, "segments": Segment, "positions": Position,
}  # fmt: skip
"""Where a reference to a template is looked up; bookings are facts and are known by their own code."""


def references(template: str) -> dict[str, str]:
    """Columns of a template that hold a code, and the template in which it is explained; bookings apart.

    >>> references("opportunity_history")
    {'opportunity': 'opportunities', 'owner': 'people'}
    """
    named = {column.name: column.refers_to for column in TEMPLATES[template].columns if column.refers_to in REFERRED}
    own = {noun.code: template for noun in NOUNS.get(template, ()) if noun.code in TEMPLATES[template].key}
    more = {
        "people": {"position": "positions"},
        "accounts": {"segment": "segments"},
        "potentials": {"segment": "segments"},
    }.get(template, {})
    return named | own | more
