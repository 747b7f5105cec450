"""Comp plans: the list, a plan with its versions and people, a file handed in, publishing, and who is on it.

Templates get: `pay/plans.html` {lines: [PlanLine], may_write, sees_all, refusal, text}; `pay/plan.html` {view}.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from quarterdeck.faces.web.asked import actor, day, whole
from quarterdeck.faces.web.middleware import STATUS
from quarterdeck.faces.web.views.pay import tried
from quarterdeck.services import access
from quarterdeck.services.pay import assignments, pages
from quarterdeck.services.pay import plans as services
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

DRAFTED: Final = services.DRAFTED
ASSIGNED: Final = "Nobody was put on the plan."
ENDED: Final = "The assignment was not ended."
_LARGEST: Final = 1_000_000


@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """Plans that the actor may see."""
    return _plans(request)


def _plans(request: HttpRequest, refusal: Refusal | None = None, text: str = "") -> HttpResponse:
    who = actor(request)
    found = {"lines": pages.plan_lines(who), "may_write": access.may(who, "write_comp_plans"), "refusal": refusal}
    found["sees_all"] = access.may(who, "see_pay")
    return render(request, "pay/plans.html", found | {"text": text}, status=409 if refusal else 200)


@require_POST
def plan_new(request: HttpRequest) -> HttpResponse:
    """A file handed in, or typed, becomes a draft; what is wrong with it is said beside the text."""
    access.require(actor(request), "write_comp_plans", DRAFTED)
    text = request.POST.get("text", "")
    try:
        file = request.FILES.get("file")
        if file is not None:
            text = _read(file.read(_LARGEST + 1))
        made = services.comp_plan_drafted(actor(request), text, file=file.name or "plan.yaml" if file else "plan.yaml")
    except Refusal as refusal:
        if refusal.rule in STATUS:
            raise
        return _plans(request, refusal, text)
    return redirect("comp-plan", made.plan_id)


def _read(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refusal(DRAFTED, "The file is no text in UTF-8.", "Save it as UTF-8.", "comp_plan") from error


@require_safe
def plan(request: HttpRequest, comp_plan_id: int) -> HttpResponse:
    """A plan: its versions, the file, and who is on it."""
    number = whole(request.GET.get("version"), "The plan was not shown.")
    return render(request, "pay/plan.html", {"view": pages.plan_page(actor(request), comp_plan_id, number)})


@require_POST
def publish(request: HttpRequest, comp_plan_version_id: int) -> HttpResponse:
    """A draft is put in force, if it and its examples hold."""
    plan_id: list[int] = []

    def done() -> str:
        row = services.comp_plan_published(actor(request), comp_plan_version_id)
        plan_id.append(row.plan_id)
        return f"Version {row.number} is published; its examples hold. This is what it does."

    tried(request, done)
    asked = whole(request.POST.get("plan"), services.PUBLISHED)
    if not plan_id and asked is None:
        return redirect("comp-plans")
    return redirect("comp-plan-checks", plan_id[0]) if plan_id else redirect("comp-plan", asked)


@require_POST
def assign(request: HttpRequest, comp_plan_id: int) -> HttpResponse:
    """A person is on the plan from a day on, with what is theirs."""
    form = request.POST

    def done() -> str:
        until = form.get("until", "").strip()
        last = day(until, ASSIGNED) if until else None
        values = {name.removeprefix("value-"): text for name, text in form.items() if name.startswith("value-")}
        row = assignments.person_assigned(
            actor(request), comp_plan_id, whole(form.get("person"), ASSIGNED) or 0,
            effective_from=day(form.get("from", ""), ASSIGNED),
            effective_to=last + dt.timedelta(days=1) if last else None, values={k: str(v) for k, v in values.items()},
        )  # fmt: skip
        return f"{row.person.name} is on the plan from {row.effective_from:%-d %B %Y}."

    tried(request, done)
    return redirect("comp-plan", comp_plan_id)


@require_POST
def end(request: HttpRequest, comp_plan_id: int) -> HttpResponse:
    """A person is on the plan up to a last day."""

    def done() -> str:
        last = day(request.POST.get("last", ""), ENDED)
        row = whole(request.POST.get("assignment"), ENDED) or 0
        assignments.assignment_ended(actor(request), row, last + dt.timedelta(days=1))
        return f"The last day is {last:%-d %B %Y}."

    tried(request, done)
    return redirect("comp-plan", comp_plan_id)
