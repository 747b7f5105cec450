"""The grid of a plan as a sheet, and the same sheet back: differences are shown first, then they become one edit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from quarterdeck.faces.web.asked import actor, company_of, looks_from, whole
from quarterdeck.faces.web.middleware import STATUS
from quarterdeck.faces.web.views.lists import FILES
from quarterdeck.services.plans.changes import Line, edits_made
from quarterdeck.services.plans.doors import plan_for
from quarterdeck.services.plans.grids import plan_grid
from quarterdeck.services.plans.sheets import LARGEST, sheet_differences, sheet_listing
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from django.http import HttpRequest

    from quarterdeck.services.plans.grids import PlanGrid

WHAT: Final = "The sheet was not read."


def _grid(request: HttpRequest, plan_id: int) -> PlanGrid:
    return plan_grid(plan_for(actor(request), plan_id), looks_from(request))


@require_safe
def sheet(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The grid as XLSX, as the actor sees it."""
    found = _grid(request, plan_id)
    kind, written = FILES["xlsx"]
    name = f"plan-{plan_id}-version-{found.version}.xlsx"
    body = written(sheet_listing(found), company_of(request).currency)
    return HttpResponse(body, kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@require_POST
def sheet_read(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A sheet handed in shows what it would change; sent again with these lines, it changes it."""
    try:
        if "lines" in request.POST:
            return _set(request, plan_id)
        grid = _grid(request, plan_id)
        differences = sheet_differences(grid, *_handed_in(request))
    except Refusal as refusal:
        if refusal.rule in STATUS:
            raise
        messages.error(request, str(refusal))
        return redirect("plan", plan_id)
    if not differences:
        messages.info(request, "The sheet has the same numbers as the plan: nothing to change.")
        return redirect("plan", plan_id)
    lines = json.dumps([[one.line.node, one.line.month, one.line.amount] for one in differences])
    return render(request, "plans/sheet.html", {"grid": grid, "differences": differences, "lines": lines})


def _handed_in(request: HttpRequest) -> tuple[str, bytes]:
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > LARGEST:
        raise Refusal(WHAT, "No file of at most 20 MB came along.", "Choose the sheet.", "plan_sheet")
    return file.name or "sheet.xlsx", file.read()


def _set(request: HttpRequest, plan_id: int) -> HttpResponse:
    try:
        lines = [Line(str(node), str(month), amount) for node, month, amount in json.loads(request.POST["lines"])]
    except (ValueError, TypeError, RecursionError) as error:
        raise Refusal(
            WHAT, "Its lines are not those of the preview.", "Hand the sheet in again.", "plan_sheet"
        ) from error
    change = edits_made(
        actor(request),
        plan_id,
        version=whole(request.POST.get("version"), WHAT) or 0,
        lines=lines,
        reason="From a sheet",
    )
    messages.success(request, f"{len(lines):,} cells are pinned as the sheet has them; version {change.version}.")
    return redirect("plan", plan_id)
