"""Plans: the list, the page of one, and the steps it takes; the grid's own answers are in `plan_grid`.

Templates get: `plans/list.html` {lines: [PlanLine], goals: [GoalLine], may_make}; `plans/plan.html` {view: PlanPage,
grid: PlanGrid}. Posts come back to the page with a message.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from quarterdeck.faces.web.asked import actor, company_of, looks_from, whole
from quarterdeck.faces.web.middleware import STATUS
from quarterdeck.services import access
from quarterdeck.services.plans import notices as notice_services
from quarterdeck.services.plans import pages, proposals, states
from quarterdeck.services.plans.doors import plan_for
from quarterdeck.services.plans.drafts import plan_made
from quarterdeck.services.plans.publishing import plan_published
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import minor_from_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from quarterdeck.services.plans.drivers import Drivers

WHAT: Final = "The plan was not changed."


@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """Plans of which the actor sees a row, and goals that have none yet."""
    who = actor(request)
    found = {
        "lines": pages.plan_lines(who), "goals": pages.goals_unplanned(who),
        "may_make": access.may_set_goals(who),
    }  # fmt: skip
    return render(request, "plans/list.html", found)


@require_POST
def plan_new(request: HttpRequest) -> HttpResponse:
    """A draft from a goal."""
    goal = whole(request.POST.get("goal"), "The plan was not made.") or 0
    try:
        made = plan_made(actor(request), goal, name=request.POST.get("name", ""))
    except Refusal as refusal:
        if refusal.rule in STATUS:
            raise
        messages.error(request, str(refusal))
        return redirect("plans")
    messages.success(request, "The draft is made.")
    return redirect("plan", made.pk)


@require_safe
def plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """One plan with its grid."""
    view = pages.plan_page(plan_for(actor(request), plan_id), looks_from(request))
    found = {
        "view": view, "grid": view.grid, "amend_url": reverse("plan-amend", args=[plan_id]) if view.may_amend else "",
        **(_shares(view.drivers) if view.drivers else {}),
    }  # fmt: skip
    return render(request, "plans/plan.html", found)


def _shares(driven: Drivers) -> dict[str, object]:
    """Ratios of the drivers as percents that a form shows."""
    said, carrying = driven.conventions, driven.carrying
    shares = {name: _percent(said.get(name)) for name in ("history_share", "growth", "relief")}
    shares["ramp"] = ", ".join(_percent(share) for share in carrying.get("ramp", ()))
    shares["vacancy"] = _percent(carrying.get("vacancy"))
    return {"shares": shares, "hedges": [(depth, _percent(ratio)) for depth, ratio in driven.hedges]}


def _percent(ratio: str | None) -> str:
    return "" if ratio is None else f"{(Decimal(ratio) * 100).normalize():f}"


def stepped(request: HttpRequest, plan_id: int, step: Callable[[], str]) -> HttpResponse:
    """Take the step and go back to the page; a refusal is told there."""
    try:
        messages.success(request, step())
    except Refusal as refusal:
        if refusal.rule in STATUS:
            raise
        messages.error(request, str(refusal))
    return redirect("plan", plan_id)


@require_POST
def submit(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A part of the plan, or all of it, handed up."""
    team, note = whole(request.POST.get("team"), WHAT), request.POST.get("note", "")

    def step() -> str:
        states.plan_submitted(actor(request), plan_id, team_id=team, note=note)
        return "It is submitted."

    return stepped(request, plan_id, step)


@require_POST
def give_back(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A part of the plan, or all of it, returned."""
    team, note = whole(request.POST.get("team"), WHAT), request.POST.get("note", "")

    def step() -> str:
        states.plan_returned(actor(request), plan_id, team_id=team, note=note)
        return "It is returned."

    return stepped(request, plan_id, step)


@require_POST
def approve(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The whole plan approved."""

    def step() -> str:
        states.plan_approved(actor(request), plan_id, note=request.POST.get("note", ""))
        return "The plan is approved; nobody changes it unless it is returned."

    return stepped(request, plan_id, step)


@require_POST
def publish(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The approved plan becomes everybody's targets."""

    def step() -> str:
        plan_published(actor(request), plan_id, note=request.POST.get("note", ""))
        return "The plan is published: its numbers are the targets, and everybody was told theirs."

    return stepped(request, plan_id, step)


@require_POST
def propose(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A bottom-up number for a node's year, with a reason."""
    form = request.POST

    def step() -> str:
        found = plan_for(actor(request), plan_id)
        amount = amount_of(request, form.get("amount", ""), "The number was not proposed.", is_money=found.is_money)
        proposals.proposal_made(
            actor(request), plan_id, node=form.get("node", ""), amount=amount, reason=form.get("reason", "")
        )
        return "The number is proposed."

    return stepped(request, plan_id, step)


@require_POST
def accept(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """A proposed number becomes a pin."""
    plan_id = proposals.plan_of(actor(request), proposal_id)

    def step() -> str:
        proposals.proposal_accepted(actor(request), proposal_id, reason=request.POST.get("reason", ""))
        return "The number is accepted and pinned."

    return stepped(request, plan_id, step)


@require_POST
def decline(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """A proposed number is not taken."""
    plan_id = proposals.plan_of(actor(request), proposal_id)

    def step() -> str:
        proposals.proposal_declined(actor(request), proposal_id, reason=request.POST.get("reason", ""))
        return "The number is declined, and the reason is kept."

    return stepped(request, plan_id, step)


def amount_of(request: HttpRequest, text: str, what: str, *, is_money: bool) -> int:
    """An amount as people write it, in the unit of a plan."""
    try:
        return minor_from_text(text.strip(), company_of(request).currency) if is_money else int(text.replace(",", ""))
    except (ValueError, OverflowError) as error:
        why = f"'{text[:40]}' is no amount."
        raise Refusal(what, why, "Write it like 650,000.", "plan_cells") from error


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """What the actor, and those they see, were told about their targets."""
    return render(request, "plans/notices.html", {"notices": notice_services.notices(actor(request))})


@require_POST
def notice_seen(request: HttpRequest, notice_id: int) -> HttpResponse:
    """A notice is read and leaves the desk."""
    notice_services.notice_seen(actor(request), notice_id)
    is_ours = url_has_allowed_host_and_scheme(back := request.POST.get("back", ""), allowed_hosts=None)
    return redirect(back if is_ours else reverse("notices"))
