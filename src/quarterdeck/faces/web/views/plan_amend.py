"""A published plan amended: what seats ask for, a form, what it would move, and then the amendment itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.shortcuts import redirect, render

from quarterdeck.faces.web.asked import actor, day, looks_from, whole
from quarterdeck.faces.web.middleware import STATUS
from quarterdeck.faces.web.views.plans import amount_of
from quarterdeck.services.plans.amending import amendment_choices, amendment_previewed, plan_amended
from quarterdeck.services.plans.amendment_shapes import AmendmentDraft
from quarterdeck.services.plans.doors import plan_for
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

WHAT: Final = "The plan was not amended."
FIELDS: Final = ("kind", "node", "effective_on", "first_day", "day_count", "rest", "amount", "running", "trigger")


def amend(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The form; posting shows what it would move, posting that amends the plan."""
    asked = request.POST or request.GET
    as_of = looks_from(request)
    choices = amendment_choices(actor(request), plan_id, as_of)
    found: dict[str, Any] = {"choices": choices, "asked": {name: asked.get(name, "") for name in FIELDS}}
    if request.method == "POST":
        try:
            draft = _draft(request, plan_id)
            if asked.get("step") == "set":
                row = plan_amended(actor(request), draft, as_of)
                messages.success(request, f"The plan is amended, and {row.notices.count():,} people were told.")
                return redirect("plan", plan_id)
            found["made"] = amendment_previewed(actor(request), draft, as_of)
        except Refusal as refusal:
            if refusal.rule in STATUS:
                raise
            return render(request, "plans/amend.html", found | {"refusal": refusal}, status=409)
    return render(request, "plans/amend.html", found)


def _draft(request: HttpRequest, plan_id: int) -> AmendmentDraft:
    form = request.POST
    kind: Any = form.get("kind", "")
    first_day: Any = form.get("first_day", "")
    day_count: Any = form.get("day_count") or "calendar"
    rest: Any = form.get("rest") or "vacancy"
    running: Any = form.get("running", "")
    text = form.get("amount", "").strip() if kind in {"amount", "pins"} else ""
    is_money = plan_for(actor(request), plan_id).is_money
    return AmendmentDraft(
        plan_id=plan_id, kind=kind, node=form.get("node", ""), effective_on=day(form.get("effective_on", ""), WHAT),
        first_day=first_day, day_count=day_count, rest=rest, running=running,
        amount=amount_of(request, text, WHAT, is_money=is_money) if text else None, trigger=form.get("trigger", ""),
        version=whole(form.get("version"), WHAT),
    )  # fmt: skip
