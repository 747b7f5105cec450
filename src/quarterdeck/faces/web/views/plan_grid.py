"""The grid of a plan as JSON: what it shows, and edits of its cells.

POST /plans/3/edits {"version": 4, "edits": [{"node": "person:7", "month": "2026-01-01", "amount": 5300000}]}
200  {"version": 5, "changed": [{"node": "person:7", "at": 0, "amount": 5300000, "is_pinned": true}, ...]}
409  the version is old        422  {"what", "why", "next_step", "rule"}
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from quarterdeck.faces.web.asked import actor, looks_from
from quarterdeck.faces.web.middleware import STATUS
from quarterdeck.services.plans.cell_because import cell_because
from quarterdeck.services.plans.changes import Change, Line, edit_redone, edit_undone, edits_made
from quarterdeck.services.plans.doors import plan_for
from quarterdeck.services.plans.grids import plan_grid
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

WHAT: Final = "The plan was not changed."
_STATUS: Final = STATUS | {"plan_version": 409}


@require_safe
def grid(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The grid as the actor sees it."""
    return _answered(lambda: _plain(plan_grid(plan_for(actor(request), plan_id), looks_from(request))))


@require_safe
def cell(request: HttpRequest, plan_id: int, node: str) -> HttpResponse:
    """Why a cell is what it is: a page of its own, and the panel beside the grid."""
    found = cell_because(actor(request), plan_id, node=node, at=request.GET.get("at", "year"))
    return render(request, "plans/cell.html", {"cell": found})


@require_POST
def edits(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Cells pinned or freed, all as one edit."""

    def made() -> dict[str, Any]:
        said = _said(request)
        lines = [_line(line) for line in _list(said.get("edits"))]
        reason = str(said.get("reason") or "")
        return _changed(edits_made(actor(request), plan_id, version=_version(said), lines=lines, reason=reason))

    return _answered(made)


@require_POST
def undo(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The actor's last edit taken back."""
    return _answered(lambda: _changed(edit_undone(actor(request), plan_id, version=_version(_said(request)))))


@require_POST
def redo(request: HttpRequest, plan_id: int) -> HttpResponse:
    """What they took back last, back again."""
    return _answered(lambda: _changed(edit_redone(actor(request), plan_id, version=_version(_said(request)))))


def _answered(answer: Callable[[], dict[str, Any]]) -> HttpResponse:
    """The answer, or the refusal with its parts."""
    try:
        return JsonResponse(answer())
    except Refusal as refusal:
        said = {name: getattr(refusal, name) for name in ("what", "why", "next_step", "rule")}
        return JsonResponse(said, status=_STATUS.get(refusal.rule, 422))


def _plain(found: Any) -> dict[str, Any]:  # noqa: ANN401  a dataclass
    return asdict(found)


def _changed(change: Change) -> dict[str, Any]:
    return _plain(change)


def _said(request: HttpRequest) -> dict[str, Any]:
    try:
        said = json.loads(request.body or b"null")
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Refusal(WHAT, "The request is no JSON object.", "Load the page again.", "plan_cells")
    return said


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise Refusal(WHAT, "It lists no cells.", "Send a list of edits.", "plan_cells")
    return value


def _version(said: dict[str, Any]) -> int:
    version = said.get("version")
    if type(version) is not int:
        raise Refusal(WHAT, "It does not say which version it changes.", "Load the page again.", "plan_cells")
    return version


def _line(line: object) -> Line:
    if not isinstance(line, dict) or not {"node", "month", "amount"} <= line.keys():
        raise Refusal(WHAT, "A cell is a node, a month and an amount.", "Send these three.", "plan_cells")
    return Line(node=str(line["node"]), month=str(line["month"]), amount=line["amount"])
