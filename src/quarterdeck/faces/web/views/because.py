"""Where a figure comes from: a page of its own, and the panel beside the number."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from django.shortcuts import render
from django.views.decorators.http import require_safe

from quarterdeck.faces.web import nav
from quarterdeck.faces.web.asked import actor
from quarterdeck.faces.web.views.lists import Look, list_page, page_asked
from quarterdeck.services import becauses

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LOOK: Final = Look(
    columns=("day", "name", "what", "person", "account", "product", "amount_minor"), links={}, beside={"name": "beside"}
)
TITLES: Final = {"deal": "Deal", "activity": "Activity", "booking": "Booking", "payment": "Payment", "return": "Return"}


@require_safe
def because(request: HttpRequest) -> HttpResponse:
    """Definition, formula with its numbers, whose it is, and the rows themselves."""
    found = becauses.because(actor(request), request.GET.dict(), page_asked(request))
    if found.rows is None:
        return render(request, "because.html", {"because": found})
    noun = found.rows.rows[0].noun if found.rows.rows else ""
    links = {"name": (noun, "noun_id")} if nav.is_page(noun) else {}
    look = replace(LOOK, links=links, titles={"name": TITLES.get(noun, "Fact"), "person": "Whose"})
    return list_page(request, found.rows, look, "because.html", because=found)
