"""Where a figure comes from: a page of its own, and the panel beside the number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from quarterdeck.faces.web.asked import actor

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def because(request: HttpRequest) -> HttpResponse:
    """Definition, formula with its numbers, whose it is, and the rows themselves."""
    from quarterdeck.services.metrics import because as because_of  # noqa: PLC0415

    found = because_of(actor(request), request.GET.dict())
    return render(request, "because.html", {"because": found})
