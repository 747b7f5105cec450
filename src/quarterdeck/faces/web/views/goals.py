"""Goals: those in force, and setting one by way of a preview that writes nothing."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from quarterdeck.faces.web.asked import actor, company_of, looks_from
from quarterdeck.faces.web.views.goal_form import WHAT, draft_of
from quarterdeck.faces.web.views.lists import is_file, list_file
from quarterdeck.services import access
from quarterdeck.services import goals as services
from quarterdeck.services.calendar import fiscal_calendar
from quarterdeck.services.goal_page import goal_page, markets_listing, markets_of
from quarterdeck.services.goal_pages import (
    cascade_rows,
    goal_choices,
    goal_replaced,
    goal_rows,
    goals_listing,
    year_shape,
)
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict


@require_safe
def goals(request: HttpRequest) -> HttpResponse:
    """Goals in force of teams that the actor sees."""
    rows = goal_rows(actor(request))
    if is_file(request):
        return list_file(request, goals_listing(rows, company_of(request).currency))
    found = {"goals": rows, "may_set": access.may_set_goals(actor(request))}
    return render(request, "goals/list.html", found)


def goal_new(request: HttpRequest) -> HttpResponse:
    """The form; posting shows the preview, posting the preview sets the goal."""
    access.require(actor(request), "set_goals", WHAT)
    choices = goal_choices(actor(request), looks_from(request))
    asked = request.POST or request.GET
    markets = [
        {"id": pk, "name": name, "size": size, "asked": asked.get(f"share-{pk}", "")}
        for pk, name, size in choices.markets
    ]
    found: dict[str, Any] = {"choices": choices, "markets": markets, "asked": asked, "said": _said(request.POST)}
    if request.method == "POST":
        try:
            units = {name: unit for name, _, unit in choices.metrics}
            draft = draft_of(request.POST, units, company_of(request).currency)
            if request.POST.get("step") == "set":
                if request.POST.get("previewed") == found["said"]:
                    return _set(request, draft)
                messages.warning(request, "The form was changed after the preview. Look at what it comes to now.")
            made = services.goal_previewed(actor(request), draft)
        except Refusal as refusal:
            return render(request, "goals/new.html", found | {"refusal": refusal}, status=409)
        months = fiscal_calendar(company_of(request)).months(draft.fiscal_year)
        found |= {
            "made": made, "segments": markets_of(made.how), "rows": cascade_rows(made), "months": months,
            "unit": units[draft.metric],
            "shape": year_shape(actor(request), made), "replaced": goal_replaced(actor(request), draft),
        }  # fmt: skip
    return render(request, "goals/new.html", found)


def _said(form: QueryDict) -> str:
    """What the form says of the goal, to tell whether a preview is still of it."""
    fields = {name: str(value).strip() for name, value in form.dict().items() if name not in _ASIDE}
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


_ASIDE: Final = ("csrfmiddlewaretoken", "step", "previewed", "note")
"""Fields that change nothing of what a goal comes to."""


def _set(request: HttpRequest, draft: services.GoalDraft) -> HttpResponse:
    goal = services.goal_set(actor(request), draft)
    years = f" for {draft.years.n_years} years" if draft.years else ""
    messages.success(request, f"The goal is set{years}, and {goal.targets.count():,} targets with it.")
    return redirect(f"{reverse('targets')}?team={goal.team_id}&metric={goal.metric}&year={goal.fiscal_year}")


@require_safe
def goal(request: HttpRequest, goal_id: int) -> HttpResponse:
    """One goal: how it came about, its quarters, its markets by month, the years beside it."""
    view = goal_page(actor(request), goal_id)
    if is_file(request):
        return list_file(request, markets_listing(view))
    return render(request, "goals/goal.html", {"view": view, "may_set": access.may_set_goals(actor(request))})
