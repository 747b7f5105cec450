"""A person's own pages: security, tokens; and the page behind an invitation."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from quarterdeck.faces.web import clock
from quarterdeck.faces.web.asked import actor, day
from quarterdeck.services import invitations, tokens
from quarterdeck.services.rights import SCOPES, VERBS
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

USUAL_LIFE: Final = dt.timedelta(days=90)


def account(request: HttpRequest) -> HttpResponse:
    """Who I am here, and how I sign in."""
    has_providers = bool(settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"])
    hats = [hat.name.replace("_", " ") for hat in actor(request).hats]
    return render(request, "account/account.html", {"has_providers": has_providers, "hats": hats})


def address(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  Django's signature
    """In place of the library's page: an address is what people are invited and recognised by."""
    raise Refusal(
        "Your address stays as it is.", "People are recognised by it.", "Ask operations to change it.", "needs_hat"
    )


def token_list(request: HttpRequest) -> HttpResponse:
    """My tokens; posting makes one, whose secret this answer alone shows."""
    found: dict[str, Any] = {"asked": {"expires_on": (actor(request).today + USUAL_LIFE).isoformat()}}
    if request.method == "POST":
        found["asked"] = {**request.POST.dict(), "scopes": request.POST.getlist("scopes")}
        try:
            found["made"], found["secret"] = _made(request)
        except Refusal as refusal:
            found["refusal"] = refusal
    listed = list(tokens.tokens_listed(actor(request)))
    for token in listed:
        token.last_day = token.expires_at.date() - dt.timedelta(days=1)  # type: ignore[attr-defined]
    scopes = {name: "reading" if name == "read" else _words(verbs) for name, verbs in SCOPES.items()}
    status = 409 if "refusal" in found else 200
    return render(request, "account/tokens.html", found | {"tokens": listed, "scopes": scopes}, status=status)


def _made(request: HttpRequest) -> tuple[Any, str]:
    form = request.POST
    return tokens.token_made(
        actor(request),
        name=form.get("name", ""),
        scopes=form.getlist("scopes"),
        expires_on=day(form.get("expires_on", ""), "The token was not made."),
    )


def _words(verbs: frozenset[str]) -> str:
    return "; ".join(meaning for verb, meaning in VERBS.items() if verb in verbs)


@require_POST
def token_revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """A token of mine that works no more."""
    tokens.token_revoked(actor(request), token_id)
    messages.success(request, "The token works no more.")
    return redirect("tokens")


@login_not_required
@sensitive_post_parameters("password", "again")
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Read an invitation, choose a password, be signed in."""
    now = clock.now()
    found: dict[str, Any] = {"invitation": invitations.invitation_behind(secret, now)}
    if request.method == "POST":
        try:
            return _accepted(request, secret, now)
        except Refusal as refusal:
            found["refusal"] = refusal
    response = render(request, "account/invitation.html", found, status=409 if "refusal" in found else 200)
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is the secret
    return response


def _accepted(request: HttpRequest, secret: str, now: dt.datetime) -> HttpResponse:
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        raise Refusal("The password was not set.", "The two are not the same.", "Type them again.", "bad_value")
    user = invitations.invitation_accepted(secret, password, now)
    login(request, user)
    return redirect("home")


def invitation_link(request: HttpRequest) -> Callable[[str], str]:
    """Turns an invitation's secret into the address its mail carries."""
    return lambda secret: request.build_absolute_uri(reverse("invitation", args=[secret]))
