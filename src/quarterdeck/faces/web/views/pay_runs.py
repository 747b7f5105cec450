"""Pay runs and payroll batches, for who may see everybody's pay: a run, its steps, its check, the batch as a file.

Templates get: `pay/run.html` {view: RunPage}; `pay/payroll.html` {batch, listing, is_unchanged, systems, files}.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from quarterdeck.faces.web.asked import actor
from quarterdeck.faces.web.middleware import STATUS
from quarterdeck.faces.web.views.lists import is_file, list_file
from quarterdeck.faces.web.views.pay import tried
from quarterdeck.faces.web.views.pay_payrolls import downloaded, systems_of
from quarterdeck.services.pay import pages, runs
from quarterdeck.services.pay import payroll as batches
from quarterdeck.services.pay.payroll_files import own_file
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


@require_POST
def run_new(request: HttpRequest) -> HttpResponse:
    """A draft of the period due, computed at once."""
    who = actor(request)
    try:
        made = runs.pay_run_made(who)
    except Refusal as refusal:
        if refusal.rule in STATUS:
            raise
        messages.error(request, str(refusal))
        return redirect("pay")

    def done() -> str:
        runs.pay_run_previewed(who, made.pk)
        return f"{made.name} is computed. Look at it before finance approves it."

    tried(request, done)
    return redirect("pay-run", made.pk)


@require_safe
def run(request: HttpRequest, pay_run_id: int) -> HttpResponse:
    """A run: where it stands, what it found, who is paid what and what changed."""
    return render(request, "pay/run.html", {"view": pages.run_page(actor(request), pay_run_id)})


def _stepped(request: HttpRequest, run_id: int, done: Callable[[], str]) -> HttpResponse:
    tried(request, done)
    return redirect("pay-run", run_id)


@require_POST
def preview(request: HttpRequest, pay_run_id: int) -> HttpResponse:
    """A draft computed."""

    def done() -> str:
        runs.pay_run_previewed(actor(request), pay_run_id)
        return "The run is computed."

    return _stepped(request, pay_run_id, done)


@require_POST
def approve(request: HttpRequest, pay_run_id: int) -> HttpResponse:
    """Finance approves."""

    def done() -> str:
        runs.pay_run_approved(actor(request), pay_run_id, note=request.POST.get("note", ""))
        return "The run is approved."

    return _stepped(request, pay_run_id, done)


@require_POST
def lock(request: HttpRequest, pay_run_id: int) -> HttpResponse:
    """The period is closed for good."""

    def done() -> str:
        runs.pay_run_locked(actor(request), pay_run_id, note=request.POST.get("note", ""))
        return "The period is locked: everybody sees their statement, and what is late is posted in the next run."

    return _stepped(request, pay_run_id, done)


@require_POST
def pay(request: HttpRequest, pay_run_id: int) -> HttpResponse:
    """The payroll batch is made."""

    def done() -> str:
        batches.payroll_made(actor(request), pay_run_id, note=request.POST.get("note", ""))
        return "The payroll batch is made and frozen."

    return _stepped(request, pay_run_id, done)


@require_POST
def discard(request: HttpRequest, pay_run_id: int) -> HttpResponse:
    """A run that is not locked is put away."""

    def done() -> str:
        runs.pay_run_discarded(actor(request), pay_run_id, note=request.POST.get("note", ""))
        return "The run is discarded; another of the period may follow."

    return _stepped(request, pay_run_id, done)


@require_POST
def check(request: HttpRequest, pay_run_id: int) -> HttpResponse:
    """The run computed again and held against what was stored."""
    found = runs.pay_run_checked(actor(request), pay_run_id)
    if found.is_same:
        messages.success(request, f"Computed again: every byte is the same ({found.now[:12]}).")
    else:
        engine = "the engine is the same" if found.is_same_engine else "the engine is another one than then"
        messages.error(request, f"Computed again, it differs: {found.then[:12]} then, {found.now[:12]} now; {engine}.")
    return redirect("pay-run", pay_run_id)


@require_safe
def payroll(request: HttpRequest, payroll_id: int) -> HttpResponse:
    """A payroll batch, as a page or as the file for the payroll system."""
    batch = batches.payroll_for(actor(request), payroll_id)
    listing = batches.payroll_listing(batch)
    if is_file(request):
        kept = own_file(batch, request.GET["format"])
        return downloaded(kept) if kept else list_file(request, listing, batches.payroll_currency(batch))
    found = {"batch": batch, "listing": listing, "is_unchanged": batches.is_unchanged(batch)}
    found["is_mixed"] = any(row["currency"] != batch.currency for row in listing.rows)
    found["digits_of"] = batches.payroll_currency(batch)
    found |= {"systems": systems_of(batch), "files": batch.files.select_related("by__person")}
    return render(request, "pay/payroll.html", found)
