"""The targets grid, and one cell of it set by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from quarterdeck.faces.web.asked import actor, company_of, day, looks_from, whole
from quarterdeck.faces.web.middleware import STATUS
from quarterdeck.faces.web.views.lists import is_file, list_file
from quarterdeck.services import access
from quarterdeck.services import targets as services
from quarterdeck.services.calendar import fiscal_calendar
from quarterdeck.services.goal_pages import goal_choices
from quarterdeck.services.target_pages import grid_listing, target_cell
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import Money, minor_from_text

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

WHAT: Final = "The target was not set."


@require_safe
def targets(request: HttpRequest) -> HttpResponse:
    """The grid of a team's tree by fiscal month; the first team the actor sees, and the running year."""
    as_of = looks_from(request)
    choices = goal_choices(actor(request), as_of)
    if not choices.teams:
        return render(request, "targets/grid.html", {"choices": choices})
    team = whole(request.GET.get("team"), "The targets were not shown.") or choices.teams[0][0]
    year = whole(request.GET.get("year"), "The targets were not shown.")
    calendar = fiscal_calendar(company_of(request))
    grid = services.target_grid(
        actor(request),
        team,
        fiscal_year=year or calendar.year_of(as_of),
        as_of=as_of,
        metric=request.GET.get("metric", ""),
    )
    if is_file(request):
        return list_file(request, grid_listing(grid))
    found = {"choices": choices, "grid": grid, "may_goal": access.may_set_goals(actor(request))}
    return render(request, "targets/grid.html", found)


def target(request: HttpRequest, holder: str) -> HttpResponse:
    """One cell: what it is now, and a form that sets it as a new version."""
    asked = request.POST or request.GET
    starts_on = day(asked.get("starts_on", ""), WHAT)
    metric = asked.get("metric", "")
    cell = target_cell(actor(request), holder, starts_on=starts_on, metric=metric)
    shown: object = cell.amount
    if cell.unit == "money" and cell.amount is not None:
        shown = Money(cell.amount, company_of(request).currency).major
    may_set = access.may_set_targets(actor(request))
    found: dict[str, Any] = {"cell": cell, "asked": asked, "may_set": may_set, "shown": "" if shown is None else shown}
    if request.method == "POST":
        try:
            amount = _amount(asked.get("amount", "").strip(), cell.unit, company_of(request).currency)
            made = services.target_set(
                actor(request),
                holder,
                starts_on=starts_on,
                amount=amount,
                metric=cell.metric,
                note=asked.get("note", "")[:1000],
            )
        except Refusal as refusal:
            if refusal.rule in STATUS:
                raise
            return render(request, "targets/cell.html", found | {"refusal": refusal}, status=409)
        messages.success(request, "The target is set.")
        if made.warning:
            messages.warning(request, made.warning)
        query = {"metric": cell.metric, "year": str(cell.fiscal_year)}
        if team := whole(asked.get("team"), WHAT):
            query["team"] = str(team)
        return redirect(f"{reverse('targets')}?{urlencode(query)}")
    return render(request, "targets/cell.html", found)


def _amount(text: str, unit: str, currency: str) -> int:
    try:
        return minor_from_text(text, currency) if unit == "money" else int(text.replace(",", ""))
    except (ValueError, OverflowError) as error:
        why = f"'{text[:40]}' is no amount."
        raise Refusal(WHAT, why, "Write it like 54,640.21.", "target_amount") from error
