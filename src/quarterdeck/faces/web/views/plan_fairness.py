"""The fairness pack of a plan: what to read before it is published; a page to print, and its back-cast as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from quarterdeck.faces.web.asked import actor
from quarterdeck.faces.web.views.lists import is_file, list_file
from quarterdeck.services.plans.changes import edits_of
from quarterdeck.services.plans.doors import plan_for
from quarterdeck.services.plans.fairness import fairness_pack

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def fairness(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The pack about the people whom the actor sees."""
    found = plan_for(actor(request), plan_id)
    view = fairness_pack(found, edits_of(found))
    if is_file(request):
        return list_file(request, view.listing)
    return render(request, "plans/fairness.html", {"view": view})
