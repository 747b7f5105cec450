"""Opportunities as they stood on a day, and the history of one."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import create_model

from quarterdeck.faces.api.answers import answer, paged, pages_of
from quarterdeck.faces.api.asked import AsOf, Day, Id, Rows, Text
from quarterdeck.faces.api.auth import reads
from quarterdeck.services import deals as services
from quarterdeck.services.desks.shapes import DealRow
from quarterdeck.terms.templates import FORECAST_CATEGORIES, OPPORTUNITY_HISTORY, STAGE_KINDS

router = Router(tags=["Opportunities"])

Opportunity = answer("Opportunity", DealRow, *services.LAYOUT.columns, need=(None, ""), reasons=(None, ""))
State = answer(
    "OpportunityState",
    services.StateRow,
    *OPPORTUNITY_HISTORY.columns,
    effective_to="First day no longer so; null means still so.",
    amount_minor="What it was worth, in whole minor units of the company's currency.",
    person="Who worked on it.",
    changed=(list[str], "Which of these differ from the state before; none in the first one."),
)
OpportunityWithStates = create_model(
    "OpportunityWithStates",
    __base__=Opportunity,
    __doc__="An opportunity and its history up to the day.",
    states=(list[State], Field(description="Its states, gap-free, newest first.")),  # type: ignore[valid-type]
)


class WantedDeals(Rows):
    """Which opportunities."""

    stage_kind: Text = Field("", description=f"One of {', '.join(STAGE_KINDS)}.")
    stage: Text = Field("", description="In this stage, in the company's words.")
    forecast_category: Text = Field("", description=f"One of {', '.join(FORECAST_CATEGORIES)}.")
    person_id: Id | None = Field(None, description="Owned by this person on the day.")
    account_id: Id | None = Field(None, description="With this account.")
    product_id: Id | None = Field(None, description="About this product.")
    closes_from: Day | None = Field(None, description="Expected to close on this day or later.")
    closes_to: Day | None = Field(None, description="Expected to close before this day.")
    is_undated: bool = Field(
        default=False, description="Deals of which nobody knows when they began, instead of all others."
    )
    text: Text = Field("", description="Words in the name, code, account or product.")


@router.get("/opportunities", response=pages_of(Opportunity), summary="Opportunities")
def list_opportunities(request: HttpRequest, wanted: Query[WantedDeals]) -> dict[str, Any]:
    """Opportunities as they stood on the day, of owners whom you see."""
    actor = reads(request)
    where = services.DealFilter(**wanted.dict(exclude={"as_of", "after", "size"}))
    return paged(services.deals(actor, as_of=wanted.day(actor), where=where, page=wanted.page))


@router.get("/opportunities/{opportunity_id}", response=OpportunityWithStates, summary="One opportunity")
def get_opportunity(request: HttpRequest, opportunity_id: Id, wanted: Query[AsOf]) -> dict[str, Any]:
    """An opportunity as it stood on the day, with its whole history until then."""
    actor = reads(request)
    found = services.deal(actor, opportunity_id, wanted.day(actor))
    row = {name: getattr(found.deal, name) for name in Opportunity.model_fields}
    return row | {"states": found.states}
