"""What every request passes: nobody unknown gets in, an actor is made, a policy is set, a refusal becomes a page.

Closed by default: a view is for signed-in people unless it says `login_not_required`. The API asks for its own tokens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers

from quarterdeck.faces.web import clock
from quarterdeck.services.actor import actor_of
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

STATUS: Final = {"not_visible": 404, "needs_hat": 403, "needs_scope": 403}
"""Refusals that a page of their own tells, even where a form would tell others beside its fields."""
API: Final = "/api/"
SIGN_IN: Final = "/sign-in/"

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
"""Nothing inline and nothing from elsewhere, so that a note with a script in it stays a note."""


class SignedInMiddleware(LoginRequiredMiddleware):
    """Sends strangers to the sign-in page, and gives everybody else's request its `actor`."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Deny by default; what is under /api/ answers for itself."""
        if request.path.startswith(API):
            return None
        if request.user.is_authenticated:
            request.actor = actor_of(request.user, clock.now())  # type: ignore[attr-defined]
        answer: HttpResponseBase | None = super().process_view(request, view_func, view_args, view_kwargs)
        return answer

    def handle_no_permission(  # type: ignore[override]  # an answer that is no redirect is one too
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponse:
        """The sign-in page, and from there back to the page that was open: a form's or a script's address is none."""
        is_part = bool(request.headers.get("HX-Request"))
        back = request.get_full_path() if request.method == "GET" else "/"
        if is_part:
            shown = urlsplit(request.headers.get("HX-Current-URL", ""))
            back = urlunsplit(("", "", "/" + shown.path.lstrip("/"), shown.query, ""))
        to_sign_in = redirect_to_login(back, resolve_url(self.get_login_url(view_func)))
        # A script would follow the redirect silently and show the sign-in form in the middle of the page.
        return HttpResponse(headers={"HX-Redirect": to_sign_in.url}) if is_part else to_sign_in


class PolicyMiddleware:
    """Sets the content security policy, and keeps pages of signed-in people out of shared caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add what the view has not set itself."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self._policy(request))
        response.headers.setdefault("Cache-Control", "private, no-cache")
        patch_vary_headers(response, ["Cookie", "HX-Request"])
        return response

    @staticmethod
    def _policy(request: HttpRequest) -> str:
        # A browser applies form-action to where a form's answer leads: single sign-on leads to the provider.
        leads_away = request.path.startswith(SIGN_IN) and settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
        return POLICY.replace("form-action 'self'", "form-action 'self' https:") if leads_away else POLICY


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
        if not isinstance(exception, Refusal) or request.path.startswith(API):
            return None
        return render(request, "refusal.html", {"refusal": exception}, status=STATUS.get(exception.rule, 409))
