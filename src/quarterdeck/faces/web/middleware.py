"""Turns a refusal into a page that says what, why and what next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

STATUS = {"not_visible": 404, "needs_hat": 403}


class RefusalMiddleware:
    """Answers a refusal with its three sentences; everything else passes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Show a refusal as a page; leave faults to the server's log."""
        if not isinstance(exception, Refusal):
            return None
        return render(request, "refusal.html", {"refusal": exception}, status=STATUS.get(exception.rule, 409))
