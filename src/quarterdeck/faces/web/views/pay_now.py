"""Pay that is not stored: earned so far, what became known after a run, what another plan would have cost.

Templates get: `pay/now.html` {view: Now, or None}; `pay/since.html` {view: Since}; `pay/what_if.html` {view: WhatIf, or
None; asked: the form; versions, published; sees_all; refusal}.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from quarterdeck.faces.web.asked import actor, looks_from, whole
from quarterdeck.faces.web.middleware import STATUS
from quarterdeck.faces.web.views.lists import is_file, list_file
from quarterdeck.services import access
from quarterdeck.services.pay import whatif
from quarterdeck.services.pay.following import since_run
from quarterdeck.services.pay.now import now_listing, statement_now
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict


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


@require_safe
def what_if(request: HttpRequest) -> HttpResponse:
    """A plan replayed under other rules or quotas, as a page or a file (`of=periods`: by pay period)."""
    who, form = actor(request), request.GET
    versions = whatif.versions_to_compare(who)
    view = refusal = None
    if form.get("version"):
        try:
            view = whatif.what_if(who, looks_from(request), _asked(form))
        except Refusal as error:
            if error.rule in STATUS:
                raise
            refusal = error
    if view is not None and not view.is_hidden and is_file(request):
        of_periods = form.get("of") == "periods" or not view.people
        listing = whatif.months_listing(view) if of_periods else whatif.people_listing(view)
        return list_file(request, listing, view.currency)
    shown = {
        "view": view, "refusal": refusal, "asked": form, "versions": versions, "sees_all": access.may(who, "see_pay"),
        "published": [one for one in versions if one.published_at is not None],
        "currency": view.currency if view else "",
    }  # fmt: skip
    return render(request, "pay/what_if.html", shown, status=409 if refusal else 200)


def _asked(form: QueryDict) -> whatif.Question:
    version, other = (whole(form.get(name), "Nothing was compared.") for name in ("version", "other"))
    texts = {name: form.get(name, "") for name in ("text", "scaled", "factor", "quotas")}
    return whatif.Question(version_id=version or 0, other_id=other, **texts)
