"""A published plan amended: what seats ask for, a form, what it would move, and then the amendment itself."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse

from quarterdeck.faces.web.asked import actor, day, looks_from, whole
from quarterdeck.faces.web.middleware import STATUS
from quarterdeck.faces.web.views.plans import amount_of
from quarterdeck.services.plans.amending import amendment_choices, amendment_previewed, plan_amended
from quarterdeck.services.plans.amendment_shapes import AmendmentDraft, Handover
from quarterdeck.services.plans.carried import things_named
from quarterdeck.services.plans.doors import plan_for
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

WHAT: Final = "The plan was not amended."
FIELDS: Final = (
    "kind", "node", "effective_on", "first_day", "day_count", "rest", "what", "to", "share_by", "share", "amount",
    "running", "trigger",
)  # fmt: skip
_HUNDRED: Final = 100


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
                return redirect(_back(request, plan_id))
            found["made"] = amendment_previewed(actor(request), draft, as_of)
        except Refusal as refusal:
            if refusal.rule in STATUS:
                raise
            return render(request, "plans/amend.html", found | {"refusal": refusal}, status=409)
    return render(request, "plans/amend.html", found)


def _back(request: HttpRequest, plan_id: int) -> str:
    """The plan, from the day from which the form was looked at."""
    asked = request.GET.get("as_of")
    return reverse("plan", args=[plan_id]) + (f"?{urlencode({'as_of': asked})}" if asked else "")


def _handovers(request: HttpRequest, kind: str, node: str) -> tuple[Handover, ...]:
    """Accounts or territories as the form names them, all from one to one."""
    if kind not in {"account", "territory"}:
        return ()
    form = request.POST
    share = _share(form.get("share", "")) if form.get("share_by") == "given" else None
    things = things_named(actor(request), kind, form.get("what", ""), looks_from(request))
    each = None if share is None else share / len(things)
    return tuple(Handover(what=what, giver=node, receiver=form.get("to", ""), share=each) for what in things)


def _share(text: str) -> Fraction:
    """Percent as people write it, as a ratio."""
    try:
        found = Decimal(text.strip().removesuffix("%").strip().replace(",", "."))
    except InvalidOperation:
        found = Decimal("NaN")
    if not (found.is_finite() and 0 < found <= _HUNDRED):
        raise Refusal(WHAT, f"'{text[:30]}' is no part.", "Write percent of the number, like 12.5.", "amendment")
    return Fraction(found) / _HUNDRED


def _draft(request: HttpRequest, plan_id: int) -> AmendmentDraft:
    form = request.POST
    kind: Any = form.get("kind", "")
    first_day: Any = form.get("first_day", "")
    day_count: Any = form.get("day_count") or "calendar"
    rest: Any = form.get("rest") or "vacancy"
    running: Any = form.get("running", "")
    share_by: Any = form.get("share_by", "")
    text = form.get("amount", "").strip() if kind in {"amount", "pins"} else ""
    is_money = plan_for(actor(request), plan_id).is_money
    return AmendmentDraft(
        plan_id=plan_id, kind=kind, node=form.get("node", ""), effective_on=day(form.get("effective_on", ""), WHAT),
        first_day=first_day, day_count=day_count, rest=rest, running=running,
        share_by=share_by, handovers=_handovers(request, kind, form.get("node", "")),
        amount=amount_of(request, text, WHAT, is_money=is_money) if text else None, trigger=form.get("trigger", ""),
        version=whole(form.get("version"), WHAT),
    )  # fmt: skip
