"""Deals as they stood on a day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from django.shortcuts import render
from django.views.decorators.http import require_safe

from quarterdeck.faces.web.asked import actor, looks_from, whole
from quarterdeck.faces.web.views.lists import Look, is_file, list_page, page_asked
from quarterdeck.services import deals as services
from quarterdeck.services.choices import choices

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

WHAT: Final = "The list was not shown."
SOON: Final = 30
"""Days within which a deal closes soon."""

LOOK: Final = Look(
    columns=("name", "account", "product", "person", "stage", "amount_minor", "opened_on", "close_on", "closed_on",
             "last_activity_on"),
    links={
        "name": ("deal", "opportunity_id"), "person": ("desk-rep", "person_id"),
        "account": ("account-page", "account_id"),
    },
    sorts=frozenset(services.LAYOUT.sorts),
    titles={"name": "Deal", "person": "Owner", "last_activity_on": "Last touched"},
    shows={"name": "label"},
    beside={"name": "beside"},
)  # fmt: skip


@require_safe
def deals(request: HttpRequest) -> HttpResponse:
    """The list by state, stage, owner, segment, product and words; open deals unless all are asked for."""
    asked, as_of = request.GET, looks_from(request)
    kind = asked.get("stage_kind", "open")
    where = services.DealFilter(
        stage_kind="" if kind == "all" else kind,
        text=asked.get("text", "")[:100],
        stage=asked.get("stage", "")[:100],
        closes_to=as_of + dt.timedelta(days=SOON) if asked.get("soon") == "1" else None,
        is_undated=asked.get("undated") == "1",
        is_without_account=asked.get("no_account") == "1",
        person_id=whole(asked.get("person"), WHAT),
        account_id=whole(asked.get("account"), WHAT),
        product_id=whole(asked.get("product"), WHAT),
        segment_id=whole(asked.get("segment"), WHAT),
    )
    listing = services.deals(actor(request), as_of=as_of, where=where, page=page_asked(request))
    if is_file(request):
        return list_page(request, listing, LOOK)
    offered: dict[str, object] = dict(choices(actor(request), as_of, "people", "segments", "products"))
    offered["stages"] = sorted({stage for stage, _ in services.stages(actor(request))})
    return list_page(request, listing, LOOK, "deals.html", where=where, choices=offered)


@require_safe
def deal(request: HttpRequest, opportunity_id: int) -> HttpResponse:
    """One deal: where it stands, how it came there, what was done, booked and said about it."""
    found = services.deal(actor(request), opportunity_id, looks_from(request))
    return render(request, "deal.html", {"view": found, "deal": found.deal})
