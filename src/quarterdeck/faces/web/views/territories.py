"""Territories: the list, one of them, balancing (looked at as often as wanted), proposals and their answers.

Templates get: `territories/list.html` {view: TerritoryList}; `territory.html` {view: TerritoryPage}; `balance.html`
{form: BalanceForm, found: Balance}; `proposals.html` {lines: [ProposalLine]}; `proposal.html` {view: ProposalPage}.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from quarterdeck.faces.web.asked import actor, day, looks_from, whole
from quarterdeck.faces.web.middleware import STATUS
from quarterdeck.faces.web.views.lists import is_file, list_file
from quarterdeck.faces.web.views.territory_forms import BalanceForm, balance_form, before_and_after
from quarterdeck.services.territories import lists, pages, proposals
from quarterdeck.services.territories import quota as quotas
from quarterdeck.services.territories.balancing import balance_teams, balanced
from quarterdeck.services.territories.doors import proposal_for
from quarterdeck.services.territories.measures import MEASURES
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

WHAT: Final = "The proposal was not saved."


@require_safe
def territories(request: HttpRequest) -> HttpResponse:
    """Territories with what lies in them on the day, and how even they are."""
    view = lists.territory_list(actor(request), looks_from(request))
    if is_file(request):
        return list_file(request, view.listing)
    return render(request, "territories/list.html", {"view": view, "measures": _measures(view.measures)})


@require_safe
def territory(request: HttpRequest, territory_id: int) -> HttpResponse:
    """One territory with its accounts, holders and what came and left."""
    view = lists.territory_page(actor(request), territory_id, looks_from(request))
    if is_file(request):
        return list_file(request, view.listing)
    found = {"view": view, "measures": _measures(view.measures), "own": _measures(tuple(view.line.amounts))}
    return render(request, "territories/territory.html", found)


def _measures(names: tuple[str, ...]) -> list[Any]:
    return [MEASURES[name] for name in names]


def balance(request: HttpRequest) -> HttpResponse:
    """What would even them out, by the query; posting saves it as a proposal."""
    form = balance_form(request)
    who, as_of = actor(request), looks_from(request)
    found: dict[str, Any] = {"form": form, "teams": balance_teams(who, as_of), "first_day": who.today}
    try:
        if request.method == "POST":
            return _saved(request, form)
        if form.ask is not None:
            seen = balanced(who, form.ask, as_of)
            found |= {"found": seen, "charts": before_and_after(seen.measures, seen.standings)}
            found |= {"measures": _measures(seen.measures)}
    except Refusal as refusal:
        if refusal.rule in STATUS:
            raise
        return render(request, "territories/balance.html", found | {"refusal": refusal}, status=409)
    return render(request, "territories/balance.html", found)


def _saved(request: HttpRequest, form: BalanceForm) -> HttpResponse:
    given = request.POST
    if form.ask is None:
        raise Refusal(WHAT, "It names no measure.", "Choose one, and look at the moves first.", "territories")
    row = proposals.proposal_saved(
        actor(request), form.ask, looks_from(request), effective_on=day(given.get("effective_on", ""), WHAT),
        fingerprint=given.get("fingerprint", ""), name=given.get("name", ""), note=given.get("note", ""),
    )  # fmt: skip
    messages.success(request, "The proposal is saved. Nothing has moved: the managers concerned answer it.")
    return redirect("territory-proposal", row.pk)


@require_safe
def proposal_list(request: HttpRequest) -> HttpResponse:
    """Proposals of which the actor sees a move."""
    return render(request, "territories/proposals.html", {"lines": pages.proposal_lines(actor(request))})


@require_safe
def proposal(request: HttpRequest, territory_proposal_id: int) -> HttpResponse:
    """One proposal: indices and disruption first, then the moves, the answers and what happened."""
    view = pages.proposal_page(proposal_for(actor(request), territory_proposal_id))
    if is_file(request):
        return list_file(request, view.listing)
    found = {
        "view": view, "charts": before_and_after(view.measures, view.standings), "measures": _measures(view.measures)
    }  # fmt: skip
    return render(request, "territories/proposal.html", found)


@require_POST
def accept(request: HttpRequest, territory_proposal_id: int) -> HttpResponse:
    """Accept for all parts that the actor speaks for."""
    return _answered(request, territory_proposal_id, proposals.proposal_accepted)


@require_POST
def decline(request: HttpRequest, territory_proposal_id: int) -> HttpResponse:
    """Decline for one's part, which ends it."""
    return _answered(request, territory_proposal_id, proposals.proposal_declined)


@require_POST
def take_back(request: HttpRequest, territory_proposal_id: int) -> HttpResponse:
    """Take back an acceptance while it is open."""
    return _answered(request, territory_proposal_id, proposals.proposal_taken_back)


@require_POST
def withdraw(request: HttpRequest, territory_proposal_id: int) -> HttpResponse:
    """Withdraw a proposal."""
    return _answered(request, territory_proposal_id, proposals.proposal_withdrawn)


def _answered(request: HttpRequest, proposal_id: int, service: Callable[..., Any]) -> HttpResponse:
    try:
        after = service(actor(request), proposal_id, note=request.POST.get("note", ""))
    except Refusal as refusal:
        if refusal.rule in STATUS:
            raise
        messages.error(request, str(refusal))
    else:
        messages.success(request, pages.said_after(after))
    return redirect(reverse("territory-proposal", args=[proposal_id]))


def quota(request: HttpRequest, territory_proposal_id: int, plan_id: int) -> HttpResponse:
    """What quota would go along with moved accounts; posting shows it, posting that amends the plan."""
    who, as_of = actor(request), looks_from(request)
    door, offered = quotas.quota_choices(who, territory_proposal_id, plan_id, as_of)
    asked: dict[str, Any] = {name: request.POST.get(name, "") for name in quotas.CONVENTIONS}
    asked["version"] = whole(request.POST.get("version"), WHAT)
    found = {
        "proposal": door.proposal,
        "day": door.scene.as_of,
        "is_moved": door.state == "moved",
        "choices": offered,
        "asked": asked,
    }
    if request.method == "POST":
        try:
            if request.POST.get("step") == "set":
                row = quotas.quota_carried(who, territory_proposal_id, plan_id, asked, as_of)
                messages.success(request, f"The plan is amended, and {row.notices.count():,} people were told.")
                return redirect("plan", plan_id)
            found["made"] = quotas.quota_previewed(who, territory_proposal_id, plan_id, asked, as_of)
        except Refusal as refusal:
            if refusal.rule in STATUS:
                raise
            return render(request, "territories/quota.html", found | {"refusal": refusal}, status=409)
    return render(request, "territories/quota.html", found)
