"""The three desks, and the door to the first of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from quarterdeck.faces.web import nav
from quarterdeck.faces.web.asked import actor, looks_from
from quarterdeck.services import access, mixes
from quarterdeck.services.desks.director import director_desk
from quarterdeck.services.desks.manager import manager_desk
from quarterdeck.services.desks.rep import rep_desk
from quarterdeck.services.plans.notices import notices_unseen
from quarterdeck.terms.templates import ACTIVITY_KINDS

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from quarterdeck.services.desks.shapes import DirectorDesk, ManagerDesk, RepDesk


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The desk of the first hat; a page that says what to do for those who wear none."""
    if desks := nav.desks(actor(request)):
        query = request.GET.urlencode()
        return redirect(f"{desks[0].url}{'?' if query else ''}{query}")
    return render(request, "no_hat.html")


@require_safe
def rep(request: HttpRequest, person_id: int) -> HttpResponse:
    """Today, for one person."""
    desk = rep_desk(actor(request), person_id, looks_from(request))
    kinds = [(kind, kind.capitalize()) for kind in ACTIVITY_KINDS]
    may_log = access.may(actor(request), "log_work")
    told = notices_unseen(actor(request)) if person_id == actor(request).person_id else []
    may_mix = may_log and person_id == actor(request).person_id
    return _desk(request, "rep", desk, kinds=kinds, may_log=may_log, told=told, may_mix=may_mix, mix_kinds=mixes.KINDS)


@require_safe
def manager(request: HttpRequest, team_id: int) -> HttpResponse:
    """Team, for one team."""
    desk = manager_desk(actor(request), team_id, looks_from(request))
    may_limit = mixes.may_limit(actor(request), team_id)
    limit = mixes.limit_on(team_id, desk.as_of) if may_limit else None
    return _desk(request, "manager", desk, may_limit=may_limit, mix_limit=limit)


@require_safe
def director(request: HttpRequest, team_id: int) -> HttpResponse:
    """Direction, for one team and everything below it."""
    return _desk(request, "director", director_desk(actor(request), team_id, looks_from(request)))


def _desk(request: HttpRequest, kind: str, desk: RepDesk | ManagerDesk | DirectorDesk, **more: object) -> HttpResponse:
    found = {"desk": desk, "version": desk.version, **more}
    return render(request, f"desks/{kind}.html", found)
