"""What pay costs, by month and team, and the asset of capitalised commissions.

Templates get: `pay/costs.html` {view: CostsPage, may_see_all}; `pay/capitalised.html` {view: AssetPage, setting}.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from quarterdeck.faces.web.asked import actor, looks_from, whole
from quarterdeck.faces.web.views.lists import is_file, list_file
from quarterdeck.faces.web.views.pay_payrolls import setting_look
from quarterdeck.services import access
from quarterdeck.services.pay import capitalised, costs
from quarterdeck.services.pay.settings import CAPITALISATION

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def cost_months(request: HttpRequest) -> HttpResponse:
    """A fiscal year's cost of pay, as a page or a file (`of=teams`: that of teams)."""
    number = whole(request.GET.get("year"), "The cost of pay was not shown.")
    view = costs.costs_page(actor(request), looks_from(request), number)
    if is_file(request):
        of_teams = request.GET.get("of") == "teams"
        return list_file(request, costs.teams_listing(view) if of_teams else costs.costs_listing(view))
    may_see_all = access.may(actor(request), "see_pay")
    return render(request, "pay/costs.html", {"view": view, "may_see_all": may_see_all})


@require_safe
def capitalisation(request: HttpRequest) -> HttpResponse:
    """The asset month by month, as a page or a file (`of=runs`: by pay period)."""
    view = capitalised.asset_page(actor(request), looks_from(request))
    if is_file(request):
        of_runs = request.GET.get("of") == "runs"
        return list_file(request, capitalised.runs_listing(view) if of_runs else capitalised.asset_listing(view))
    setting = setting_look(request, CAPITALISATION, "What is capitalised, and for how long?")
    return render(request, "pay/capitalised.html", {"view": view, "setting": setting})
