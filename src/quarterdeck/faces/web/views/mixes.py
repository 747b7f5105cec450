"""The mix of actions: a rep shifts their own, a manager says how far; both come back to the desk they were on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from quarterdeck.faces.web.asked import actor, whole
from quarterdeck.faces.web.middleware import STATUS
from quarterdeck.services import mixes
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

WHAT: Final = "The mix was not changed."


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """One's own mix from today on."""
    form = request.POST

    def step() -> str:
        made = mixes.mix_chosen(
            actor(request), more=form.get("more", ""), fewer=form.get("fewer", ""),
            percent=whole(form.get("percent"), WHAT),
        )  # fmt: skip
        return "Your actions follow your mix." if made.percent else "Your actions are as they come out."

    return _told(request, step, reverse("home"))


@require_POST
def limit(request: HttpRequest, team_id: int) -> HttpResponse:
    """How far people of a team may shift theirs."""

    def step() -> str:
        made = mixes.mix_limit_set(actor(request), team_id, whole(request.POST.get("percent"), WHAT))
        return f"From today on, up to {made.percent} % of a kind of action may go to another."

    return _told(request, step, reverse("desk-manager", args=[team_id]))


def _told(request: HttpRequest, step: Callable[[], str], back: str) -> HttpResponse:
    try:
        messages.success(request, step())
    except Refusal as refusal:
        if refusal.rule in STATUS:
            raise
        messages.error(request, str(refusal))
    return redirect(back)
