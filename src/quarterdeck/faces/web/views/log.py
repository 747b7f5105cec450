"""The quick log of a rep's desk: an activity or a field note, then back to the page it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from quarterdeck.faces.web.asked import actor, day, whole
from quarterdeck.services import facts

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

NOT_LOGGED: Final = "Nothing was logged."


@require_POST
def activity(request: HttpRequest) -> HttpResponse:
    """Log an activity of a kind, with what the form says about it."""
    form = request.POST
    logged = facts.activity_logged(
        actor(request),
        kind=form.get("kind", ""),
        person=whole(form.get("person"), NOT_LOGGED),
        opportunity=whole(form.get("deal"), NOT_LOGGED),
        happened_on=day(form.get("on", ""), NOT_LOGGED),
        minutes=whole(form.get("minutes"), NOT_LOGGED),
        outcome=form.get("outcome", "").strip(),
    )
    messages.success(request, f"Logged: {logged.kind}.", extra_tags=str(logged.pk))
    return _back(request)


@require_POST
def undo(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Take back an activity that was just logged; it stays in the journal and counts no more."""
    facts.activity_retracted(actor(request), facts.activity_by_hand(actor(request), activity_id))
    messages.success(request, "Taken back.")
    return _back(request)


@require_POST
def note(request: HttpRequest) -> HttpResponse:
    """Keep a field note."""
    form = request.POST
    facts.field_report_logged(
        actor(request),
        person=whole(form.get("person"), NOT_LOGGED),
        reported_on=day(form.get("on", ""), NOT_LOGGED),
        text=form.get("text", "").strip(),
        opportunity=whole(form.get("deal"), NOT_LOGGED),
    )
    messages.success(request, "The note is kept. Its theme goes up with the others.")
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """The page the form stood on, if it is one of ours."""
    wanted = request.POST.get("next", "")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, {request.get_host()})
    return redirect(wanted if is_ours else "home")
