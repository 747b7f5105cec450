"""Goals: those in force, and setting one by way of a preview that writes nothing."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from quarterdeck.faces.web.asked import actor, company_of, looks_from, whole
from quarterdeck.faces.web.views.lists import is_file, list_file
from quarterdeck.services import access
from quarterdeck.services import goals as services
from quarterdeck.services.calendar import fiscal_calendar
from quarterdeck.services.goal_pages import (
    cascade_rows,
    goal_choices,
    goal_replaced,
    goal_rows,
    goals_listing,
    year_shape,
)
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import minor_from_text

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

WHAT: Final = "The goal was not set."


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
    found: dict[str, Any] = {"choices": choices, "asked": request.POST or request.GET, "said": _said(request.POST)}
    if request.method == "POST":
        try:
            draft = _draft(
                request.POST, {name: unit for name, _, unit in choices.metrics}, company_of(request).currency
            )
            if request.POST.get("step") == "set":
                if request.POST.get("previewed") == found["said"]:
                    return _set(request, draft)
                messages.warning(request, "The form was changed after the preview. Look at what it comes to now.")
            made = services.goal_previewed(actor(request), draft)
        except Refusal as refusal:
            return render(request, "goals/new.html", found | {"refusal": refusal}, status=409)
        units = {name: unit for name, _, unit in choices.metrics}
        months = fiscal_calendar(company_of(request)).months(draft.fiscal_year)
        found |= {
            "made": made, "rows": cascade_rows(made), "unit": units[draft.metric], "months": months,
            "shape": year_shape(actor(request), made), "replaced": goal_replaced(actor(request), draft),
        }  # fmt: skip
    return render(request, "goals/new.html", found)


def _said(form: QueryDict) -> str:
    """What the form says of the goal, to tell whether a preview is still of it."""
    return "|".join(form.get(name, "").strip() for name in ("team", "metric", "year", "amount", "growth", "basis"))


def _set(request: HttpRequest, draft: services.GoalDraft) -> HttpResponse:
    goal = services.goal_set(actor(request), draft)
    messages.success(request, f"The goal is set, and {goal.targets.count():,} targets with it.")
    return redirect(f"{reverse('targets')}?team={goal.team_id}&metric={goal.metric}&year={goal.fiscal_year}")


def _draft(form: QueryDict, units: dict[str, str], currency: str) -> services.GoalDraft:
    """What the form says, amounts and growth read exactly."""
    metric = form.get("metric", "")
    return services.GoalDraft(
        metric=metric,
        fiscal_year=whole(form.get("year"), WHAT) or 0,
        team_id=whole(form.get("team"), WHAT) or 0,
        amount=_amount(form.get("amount", "").strip(), units.get(metric, "money"), currency),
        growth=_growth(form.get("growth", "").strip()),
        basis="even" if form.get("basis") == "even" else "history",
        note=form.get("note", "")[:1000],
    )


def _amount(text: str, unit: str, currency: str) -> int | None:
    if not text:
        return None
    try:
        return minor_from_text(text, currency) if unit == "money" else int(text.replace(",", ""))
    except (ValueError, OverflowError) as error:
        why = f"'{text[:40]}' is no amount."
        raise Refusal(WHAT, why, "Write it like 12,000,000.", "goal_amount") from error


def _growth(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        return Decimal(text.removesuffix("%").strip().replace(",", ".")) / 100
    except InvalidOperation as error:
        why = f"'{text[:40]}' is no growth."
        raise Refusal(WHAT, why, "Write 8 for 8 % more than last year.", "goal_growth") from error
