"""Documents of pay: a statement as PDF, the plan document that people sign, and who has accepted theirs.

Templates get: `pay/plan_document.html` {view: Shown}; `pay/acceptances.html` {rows, n_waiting, may_remind}.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from quarterdeck.faces.web.asked import actor
from quarterdeck.faces.web.views.lists import is_file, list_file
from quarterdeck.faces.web.views.pay import tried
from quarterdeck.services import access
from quarterdeck.services.pay import acceptances, documents, statements

if TYPE_CHECKING:
    from django.http import HttpRequest

_PDF: Final = "application/pdf"


def pdf(body: bytes, name: str) -> HttpResponse:
    """A document to be saved, under a name of plain letters."""
    plain = re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-") or "document"
    return HttpResponse(body, _PDF, headers={"Content-Disposition": f'attachment; filename="{plain}.pdf"'})


@require_safe
def statement_pdf(request: HttpRequest, pay_run_id: int, person_id: int) -> HttpResponse:
    """A statement as a document."""
    found = statements.statement(actor(request), pay_run_id, person_id)
    return pdf(documents.statement_pdf(found), f"statement {found.run.name} {found.person.code}")


@require_safe
def plan_document(request: HttpRequest, comp_plan_version_id: int, person_id: int) -> HttpResponse:
    """What a person signs: their plan in plain words."""
    view = acceptances.document_shown(actor(request), comp_plan_version_id, person_id)
    return render(request, "pay/plan_document.html", {"view": view, "document": view.document})


@require_safe
def plan_document_pdf(request: HttpRequest, comp_plan_version_id: int, person_id: int) -> HttpResponse:
    """The same as a document."""
    found = acceptances.document_shown(actor(request), comp_plan_version_id, person_id)
    name = f"plan {found.document.plan} {found.document.version} {found.document.person_code}"
    return pdf(documents.plan_pdf(found), name)


@require_POST
def accept(request: HttpRequest, comp_plan_version_id: int) -> HttpResponse:
    """The reader accepts their own document, as they saw it."""
    who, form = actor(request), request.POST

    def done() -> str:
        acceptances.plan_accepted(who, comp_plan_version_id, name=form.get("name", ""), sha256=form.get("sha256", ""))
        return "You have accepted the plan. What you saw is kept with your name and this instant."

    tried(request, done)
    return redirect("plan-document", comp_plan_version_id, who.person_id or 0)


@require_safe
def acceptance_list(request: HttpRequest) -> HttpResponse:
    """Who has accepted and who has not, as a page or a file."""
    rows = acceptances.standings(actor(request))
    if is_file(request):
        return list_file(request, acceptances.acceptances_listing(rows))
    waiting = sum(row.standing == acceptances.ASKED for row in rows)
    more = {"n_waiting": waiting, "may_remind": bool(waiting) and access.may(actor(request), "run_pay")}
    return render(request, "pay/acceptances.html", {"rows": rows, **more})


@require_POST
def remind(request: HttpRequest) -> HttpResponse:
    """Everybody who has not accepted is told so on their desk."""

    def done() -> str:
        n_told = acceptances.plan_reminded(actor(request))
        return f"{n_told} {'person is' if n_told == 1 else 'people are'} reminded on their desk."

    tried(request, done)
    return redirect("plan-acceptances")
