"""Scenarios: the list, one beside the plan as it stands, two side by side; making, changing and setting aside.

Templates get: `scenarios/list.html` {rows: [ScenarioSeen]}; `scenarios/scenario.html` {seen, pair: Compared, fields};
`scenarios/compare.html` {rows, pair}; `scenarios/new.html` {choices, view, fields}.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from quarterdeck.faces.web.asked import actor, company_of, looks_from, whole
from quarterdeck.faces.web.middleware import STATUS
from quarterdeck.faces.web.views.capacity import hires_written
from quarterdeck.faces.web.views.lists import is_file, list_file
from quarterdeck.services import access
from quarterdeck.services.capacity import scenarios as services
from quarterdeck.services.capacity.applied import may_apply, scenario_applied
from quarterdeck.services.capacity.compared import compared, compared_listing
from quarterdeck.services.capacity.fields import scenario_form
from quarterdeck.services.capacity.pages import capacity_choices
from quarterdeck.services.capacity.specs import OVERRIDDEN, SPECS
from quarterdeck.services.capacity.values import value_written
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def scenarios(request: HttpRequest) -> HttpResponse:
    """Scenarios that the actor sees."""
    who = actor(request)
    found = {"rows": services.scenarios(who), "may_make": access.may(who, "edit_plans")}
    return render(request, "scenarios/list.html", found)


def scenario_new(request: HttpRequest) -> HttpResponse:
    """A form for a new scenario of a team's part of a plan; by default of the one that runs."""
    asked, as_of = request.POST or request.GET, looks_from(request)
    plan_id, team_id = (whole(asked.get(name), services.WHAT) for name in ("plan", "team"))
    if plan_id is None or team_id is None:
        choices = capacity_choices(actor(request), as_of)
        if not choices:
            return render(request, "scenarios/new.html", {"fields": None})
        chosen = {"plan": str(choices[0].plan_id), "team": str(choices[0].team_id)}
        return redirect(f"{reverse('scenario-new')}?{urlencode(asked.dict() | chosen)}")
    refusal = None
    if request.method == "POST":
        try:
            made = services.scenario_made(
                actor(request), plan_id, team_id, name=asked.get("name", ""), overrides=_overrides(request),
                note=asked.get("note", ""),
            )  # fmt: skip
        except Refusal as found:
            if found.rule in STATUS:
                raise
            refusal = found
        else:
            messages.success(request, "The scenario is kept; the plan is as it was.")
            return redirect("scenario", made.pk)
    form = scenario_form(actor(request), plan_id, team_id, as_of)
    context = {"form": form, "fields": _shown(form.fields, request), "refusal": refusal, "asked": asked}
    return render(request, "scenarios/new.html", context, status=409 if refusal else 200)


def scenario(request: HttpRequest, scenario_id: int) -> HttpResponse:
    """A scenario beside the plan as it stands, and the form that changes it."""
    refusal = None
    if request.method == "POST":
        version = whole(request.POST.get("version"), services.WHAT) or 0
        try:
            services.scenario_changed(
                actor(request), scenario_id, version=version, overrides=_overrides(request),
                note=request.POST.get("note", ""),
            )  # fmt: skip
        except Refusal as found:
            if found.rule in STATUS:
                raise
            refusal = found
        else:
            messages.success(request, "The scenario is changed; the plan is as it was.")
            return redirect("scenario", scenario_id)
    pair = compared(actor(request), None, scenario_id, looks_from(request))
    if is_file(request):
        return list_file(request, compared_listing(pair))
    context = {
        "seen": pair.right, "pair": pair, "fields": _shown(pair.fields, request), "refusal": refusal,
        "may_edit": access.may(actor(request), "edit_plans"), "may_apply": may_apply(actor(request), pair),
    }  # fmt: skip
    return render(request, "scenarios/scenario.html", context, status=409 if refusal else 200)


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Two scenarios, or one and the plan as it stands."""
    left, right = (whole(request.GET.get(name), "They were not compared.") for name in ("left", "right"))
    if left is None and right is None:
        return render(request, "scenarios/compare.html", {"rows": services.scenarios(actor(request))})
    pair = compared(actor(request), left or None, right or None, looks_from(request))
    if is_file(request):
        return list_file(request, compared_listing(pair))
    return render(request, "scenarios/compare.html", {"pair": pair})


@require_POST
def drop(request: HttpRequest, scenario_id: int) -> HttpResponse:
    """A scenario set aside."""
    try:
        version = whole(request.POST.get("version"), services.WHAT) or 0
        services.scenario_dropped(actor(request), scenario_id, version=version)
    except Refusal as refusal:
        if refusal.rule in STATUS:
            raise
        messages.error(request, str(refusal))
        return redirect("scenario", scenario_id)
    messages.success(request, "The scenario is set aside.")
    return redirect("scenarios")


@require_POST
def apply(request: HttpRequest, scenario_id: int) -> HttpResponse:
    """The draft spread by what each can bring under the scenario: one edit of the plan."""
    _, seen = services.scenario_for(actor(request), scenario_id)
    try:
        scenario_applied(actor(request), scenario_id, looks_from(request))
    except Refusal as refusal:
        if refusal.rule in STATUS:
            raise
        messages.error(request, str(refusal))
        return redirect("scenario", scenario_id)
    messages.success(request, f"The plan is spread by what each can bring under “{seen.name}”. Undo takes it back.")
    return redirect("plan", seen.plan_id)


def _overrides(request: HttpRequest) -> dict[str, Any]:
    """The drivers that a form names; what is left empty is as in the plan."""
    form, currency = request.POST, company_of(request).currency
    found: dict[str, Any] = {}
    for name in OVERRIDDEN:
        spec = SPECS[name]
        if spec.unit == "hires":
            if hires := hires_written(form):
                found[name] = hires
            elif form.get("no-hires"):
                found[name] = {}
        elif (value := value_written(spec, form.get(name, ""), currency, services.WHAT)) is not None:
            found[name] = value
    return found


def _shown(fields: Any, request: HttpRequest) -> list[Any]:  # noqa: ANN401  DriverField
    """Fields with what was typed into them, after a refusal."""
    if request.method != "POST":
        return list(fields)
    return [field.typed(request.POST) for field in fields]
