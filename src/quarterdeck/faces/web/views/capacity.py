"""Capacity: a team's months against its part of a plan, why each number is so, second opinions, and its drivers.

Templates get: `capacity/team.html` {view: CapacityPage, series}; `capacity/why.html` {why: Reason};
`capacity/sizing.html` {view, opinions}. Posts come back to the page with a message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from quarterdeck.faces.web.asked import actor, company_of, day, looks_from, whole
from quarterdeck.faces.web.middleware import STATUS
from quarterdeck.faces.web.views.lists import is_file, list_file
from quarterdeck.services.capacity import pages
from quarterdeck.services.capacity.drivers import WHAT, driver_stated
from quarterdeck.services.capacity.reasons import reason
from quarterdeck.services.capacity.sizing import sizing_page
from quarterdeck.services.capacity.specs import STATED, Spec
from quarterdeck.services.capacity.values import spec_of, value_written
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

HIRES: Final = "hires-"
"""What fields of hires begin with; the month's first day follows."""


@require_safe
def capacity(request: HttpRequest) -> HttpResponse:
    """The capacity of the plan that runs, or of the newest; what to do next where there is none."""
    choices = pages.capacity_choices(actor(request), looks_from(request))
    if not choices:
        return render(request, "capacity/plans.html", {"choices": choices})
    asked = f"?{request.GET.urlencode()}" if request.GET else ""
    answer = redirect("capacity-team", choices[0].plan_id, choices[0].team_id)
    answer["Location"] += asked
    return answer


@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """Plans whose capacity the actor sees."""
    return render(request, "capacity/plans.html", {
        "choices": pages.capacity_choices(actor(request), looks_from(request)),
    })  # fmt: skip


@require_safe
def team(request: HttpRequest, plan_id: int, team_id: int) -> HttpResponse:
    """What a team can bring, month by month."""
    view = pages.capacity_page(actor(request), plan_id, team_id, looks_from(request))
    if is_file(request):
        return list_file(request, pages.months_listing(view))
    return render(request, "capacity/team.html", {"view": view, "series": pages.months_series(view)})


@require_safe
def why(request: HttpRequest, plan_id: int, team_id: int) -> HttpResponse:
    """Why a number of the page is what it is."""
    asked = request.GET
    found = reason(
        actor(request), plan_id, team_id, looks_from(request), of=asked.get("of") or "year",
        group=asked.get("group", ""), scenario_id=whole(asked.get("scenario"), "The number was not explained."),
    )  # fmt: skip
    return render(request, "capacity/why.html", {"why": found})


@require_safe
def sizing(request: HttpRequest, plan_id: int, team_id: int) -> HttpResponse:
    """Second opinions on how many people it takes."""
    view, found = sizing_page(actor(request), plan_id, team_id, looks_from(request))
    return render(request, "capacity/sizing.html", {"view": view, "opinions": found})


@require_POST
def driver(request: HttpRequest, plan_id: int, team_id: int) -> HttpResponse:
    """A driver stated, or no longer."""
    form = request.POST
    back = "capacity-sizing" if form.get("back") == "sizing" else "capacity-team"
    try:
        spec = spec_of(form.get("name", ""), WHAT, STATED)
        currency = company_of(request).currency
        is_off = form.get("step") == "clear"
        value = None if is_off else _stated(spec, form, currency)
        since = day(form.get("effective_from", ""), WHAT)
        months = pages.months_of(actor(request), plan_id, team_id)
        driver_stated(
            actor(request), team_id, spec.name, value, effective_from=since, currency=currency, months=months,
            reason=form.get("reason", ""),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.rule in STATUS:
            raise
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{spec.title}: {'no longer stated' if is_off else 'stated'}.")
    return redirect(back, plan_id, team_id)


def _stated(spec: Spec, form: QueryDict, currency: str) -> object:
    """What the form states; refused where that is nothing."""
    value = hires_written(form) if spec.unit == "hires" else value_written(spec, form.get("value", ""), currency, WHAT)
    if value is None:
        raise Refusal(WHAT, "No value is given.", "Write one, or take the statement back.", "capacity_driver")
    return value


def hires_written(form: QueryDict) -> dict[str, int]:
    """Hires by first day of the month, from fields of that name. Refuses what is no whole number."""
    found = {}
    for name in form:
        if name.startswith(HIRES):
            count = whole(form.get(name, ""), WHAT)
            if count:
                found[name.removeprefix(HIRES)] = count
    return found
