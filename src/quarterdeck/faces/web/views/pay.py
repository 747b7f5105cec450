"""Pay of a person: the home of pay, a statement, what one more deal would pay, a question and its answers.

Templates get: `pay/home.html` {view: Home}; `pay/statement.html` {view: Statement}; `pay/estimate.html` {found, asked,
refusal}; `pay/question.html` {dispute, state, may_answer, may_note, may_reopen}.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from quarterdeck.faces.web.asked import actor, company_of, day, looks_from, whole
from quarterdeck.faces.web.middleware import STATUS
from quarterdeck.faces.web.views.lists import is_file, list_file
from quarterdeck.services import access
from quarterdeck.services.pay import disputes, pages, statements
from quarterdeck.services.pay.estimates import estimate as estimated
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import minor_from_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

ASKED: Final = "The question was not asked."
ANSWERED: Final = "The answer was not kept."


def tried(request: HttpRequest, done: Callable[[], str]) -> None:
    """Do it and say so; a refusal that a page can tell beside what it was about is told there."""
    try:
        messages.success(request, done())
    except Refusal as refusal:
        if refusal.rule in STATUS:
            raise
        messages.error(request, str(refusal))


def amount_of(request: HttpRequest, text: str, what: str) -> int | None:
    """An amount as people write it, in minor units; None for nothing."""
    if not text.strip():
        return None
    try:
        return minor_from_text(text.strip(), company_of(request).currency)
    except (ValueError, OverflowError) as error:
        raise Refusal(what, f"'{text[:40]}' is no amount.", "Write it like 50,000.", "bad_value") from error


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Own statements and questions; runs and batches with the hat for it."""
    return render(request, "pay/home.html", {"view": pages.home(actor(request))})


@require_safe
def estimate(request: HttpRequest) -> HttpResponse:
    """What one more deal would pay the actor in the running period."""
    who, text = actor(request), request.GET.get("amount", "")
    found = refusal = None
    if who.person_id is not None:
        try:
            amount = amount_of(request, text, "Nothing was estimated.")
            found = estimated(who, who.person_id, looks_from(request), amount_minor=amount)
        except Refusal as error:
            if error.rule in STATUS:
                raise
            refusal = error
    answer = {"found": found, "asked": text, "refusal": refusal}
    return render(request, "pay/estimate.html", answer, status=409 if refusal else 200)


@require_safe
def statement(request: HttpRequest, pay_run_id: int, person_id: int) -> HttpResponse:
    """A person's statement of a period, as a page or a file."""
    view = statements.statement(actor(request), pay_run_id, person_id)
    if is_file(request):
        return list_file(request, statements.statement_listing(view), view.currency)
    return render(request, "pay/statement.html", {"view": view, "currency": view.currency})


@require_POST
def ask(request: HttpRequest, pay_run_id: int, person_id: int) -> HttpResponse:
    """A question about a line, or a credit that is missing."""
    form = request.POST

    def done() -> str:
        disputes.dispute_asked(
            actor(request), pay_run_id, person_id, form.get("text", ""), line_id=whole(form.get("line"), ASKED),
            event=form.get("event", ""),
        )  # fmt: skip
        return "The question is asked; whoever answers for pay sees it."

    tried(request, done)
    return redirect("statement", pay_run_id, person_id)


@require_safe
def question(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """A question with its thread."""
    found = disputes.dispute_for(actor(request), dispute_id)
    is_own = found.person_id == actor(request).person_id
    may = access.may(actor(request), "answer_disputes")
    state = disputes.standing(found)
    more = {"may_answer": may and not is_own, "may_note": may or is_own, "may_reopen": may and state != disputes.OPEN}
    more["sees_names"] = access.may(actor(request), "see_pay")
    return render(request, "pay/question.html", {"dispute": found, "state": state, **more})


@require_POST
def answer(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """A note, or the end of it: resolved, by an approved credit if one is given, or declined."""
    form = request.POST

    def done() -> str:
        kind, text = form.get("kind", "note"), form.get("text", "")
        if kind == "note":
            disputes.dispute_noted(actor(request), dispute_id, text)
            return "It is added."
        amount = amount_of(request, form.get("amount", ""), ANSWERED)
        credit = None
        if amount is not None:
            credit = disputes.Credit(happened_on=day(form.get("on", ""), ANSWERED), amount_minor=amount)
        disputes.dispute_answered(actor(request), dispute_id, kind, text, credit=credit)
        return f"The question is {kind}."

    tried(request, done)
    return redirect("dispute", dispute_id)
