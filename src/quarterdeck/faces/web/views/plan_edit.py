"""A comp plan edited: by a form or as text, over one file; what it would do; and where nine plans begin.

Templates get: `pay/plan_edit.html` {form: PlanForm, as_text, has_lost, of, refusal, title}; `pay/plan_checks.html`
{view: PlanChecks}; `pay/plan_start.html` {starters}.

The file is kept only when it is saved: until then it travels with the page, so that nothing is half-written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from quarterdeck.faces.web.asked import actor, company_of, looks_from, whole
from quarterdeck.faces.web.middleware import STATUS
from quarterdeck.services import access
from quarterdeck.services.calendar import fiscal_calendar, period_on
from quarterdeck.services.pay import pages, plan_checks, plan_forms, starters
from quarterdeck.services.pay import plans as services
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SHOWN: Final = "The plan was not shown."
_FIELD: Final = "f:"
_VALUE: Final = "v:"


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The plans to start from; with a name, that one in the editor, fitted to the company's year."""
    access.require(actor(request), "write_comp_plans", services.DRAFTED)
    name = request.GET.get("template", "")
    if not name:
        return render(request, "pay/plan_start.html", {"starters": starters.starters()})
    of, calendar = company_of(request), fiscal_calendar(company_of(request))
    text = starters.starter_text(name, period_on(looks_from(request), "year", of), of.currency, calendar)
    return _editor(request, text)


@require_safe
def edit(request: HttpRequest, comp_plan_id: int) -> HttpResponse:
    """A version of a plan in the editor."""
    access.require(actor(request), "write_comp_plans", services.DRAFTED)
    view = pages.plan_page(actor(request), comp_plan_id, whole(request.GET.get("version"), SHOWN))
    return _editor(request, view.shown.text, as_text=request.GET.get("as") == "text")


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """What was typed or pressed: the page again with the changed file, or a draft of it."""
    who, form = actor(request), request.POST
    access.require(who, "write_comp_plans", services.DRAFTED)
    text, action, was_text = form.get("text", "").replace("\r\n", "\n"), form.get("do", ""), form.get("as") == "text"
    as_text, has_lost = was_text if not action.startswith("as:") else action == "as:text", form.get("lost") == "1"
    try:
        if not was_text:
            text, has_lost = _changed(request, text, "", lost=has_lost)
            text, has_lost = _changed(request, text, action, lost=has_lost)
        if action == "save":
            return _saved(request, text)
    except Refusal as refusal:
        if refusal.rule in STATUS:
            raise
        return _editor(request, text, as_text=as_text, has_lost=has_lost, refusal=refusal)
    return _editor(request, text, as_text=as_text, has_lost=has_lost)


def _changed(request: HttpRequest, text: str, action: str, *, lost: bool) -> tuple[str, bool]:
    """The file with the form's values (no action), or with what was pressed."""
    form = request.POST
    fields = (
        {} if action else {key.removeprefix(_FIELD): str(one) for key, one in form.items() if key.startswith(_FIELD)}
    )
    name = form.get(f"name:{action.removeprefix('add:')}", "")
    found = plan_forms.form_applied(text, fields, action, name)
    return found.text, lost or found.lost_comments


def _saved(request: HttpRequest, text: str) -> HttpResponse:
    row, is_new = services.comp_plan_kept(actor(request), text)
    if is_new:
        messages.success(request, f"Version {row.number} of {row.plan.code} is kept as a draft.")
    else:
        messages.info(request, f"Nothing has changed since version {row.number}.")
    return redirect(f"/comp-plans/{row.plan_id}?version={row.number}")


def _editor(
    request: HttpRequest, text: str, *, as_text: bool = False, has_lost: bool = False, refusal: Refusal | None = None
) -> HttpResponse:
    form = plan_forms.plan_form(text)
    found = {"form": form, "as_text": as_text or not form.groups, "has_lost": has_lost, "refusal": refusal}
    found["name"], found["number"] = services.version_to_be(text)
    return render(request, "pay/plan_edit.html", found, status=409 if refusal else 200)


@require_safe
def checks(request: HttpRequest, comp_plan_id: int) -> HttpResponse:
    """What a version would do: examples, jumps, gates, cost."""
    number = whole(request.GET.get("version"), SHOWN)
    given = {key.removeprefix(_VALUE): str(one) for key, one in request.GET.items() if key.startswith(_VALUE)}
    view = plan_checks.plan_checks(actor(request), comp_plan_id, number, given)
    return render(request, "pay/plan_checks.html", {"view": view, "currency": view.currency})
