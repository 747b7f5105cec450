"""Pay as of now: what a person has earned so far, and what became known after a run was computed.

Templates get: `pay/now.html` {view: Now, or None}; `pay/since.html` {view: Since}.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from quarterdeck.faces.web.asked import actor, looks_from
from quarterdeck.faces.web.views.lists import is_file, list_file
from quarterdeck.services.pay.following import since_run
from quarterdeck.services.pay.now import now_listing, statement_now

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def now(request: HttpRequest, person_id: int | None = None) -> HttpResponse:
    """What a person has earned in the running period, as known now; without a person, the actor."""
    who = actor(request)
    asked = person_id if person_id is not None else who.person_id
    view = statement_now(who, asked, looks_from(request)) if asked is not None else None
    if view is not None and is_file(request):
        return list_file(request, now_listing(view), view.currency)
    return render(request, "pay/now.html", {"view": view, "currency": view.currency if view else ""})


@require_safe
def since(request: HttpRequest, pay_run_id: int) -> HttpResponse:
    """What became known since the run was made, and whom it would pay otherwise."""
    return render(request, "pay/since.html", {"view": since_run(actor(request), pay_run_id)})
