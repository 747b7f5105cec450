"""Files in: handed over, read, questioned, applied and undone, each step a page that works without a script."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from quarterdeck.faces.web.asked import actor, day
from quarterdeck.faces.web.middleware import STATUS
from quarterdeck.faces.web.views.lists import is_file, list_file
from quarterdeck.services import imports
from quarterdeck.services.exports import defused
from quarterdeck.services.imports import showing
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from django.http import HttpRequest

SHOWN: Final = 100
LARGEST: Final = 2 << 30
FINDING_COLUMNS: Final = ("severity", "rule", "file", "row", "column", "value", "n_rows", "message", "remedy")


@require_safe
def imports_list(request: HttpRequest) -> HttpResponse:
    """Every batch, newest first."""
    rows = showing.batches_listed(actor(request))
    if is_file(request):
        return list_file(request, showing.batches_listing(rows))
    return render(request, "imports/list.html", {"batches": rows})


def upload(request: HttpRequest) -> HttpResponse:
    """Hand files in; a refusal is shown beside the form."""
    found: dict[str, Any] = {"ways": showing.WAYS, "asked": request.POST, "today": actor(request).today}
    if request.method == "POST":
        try:
            batch = _handed_in(request)
        except Refusal as refusal:
            if refusal.rule in STATUS:
                raise
            return render(request, "imports/upload.html", found | {"refusal": refusal}, status=409)
        return _read(request, batch)
    showing.batches_listed(actor(request))  # refused here rather than after a long upload
    return render(request, "imports/upload.html", found)


def _handed_in(request: HttpRequest) -> Any:  # noqa: ANN401  records.Batch, which faces do not import
    files = request.FILES.getlist("files")
    if sum(file.size or 0 for file in files) > LARGEST:
        raise Refusal(
            "The files were not taken.", "They are larger than 2 GiB.", "Use `quarterdeck import` instead.", "too_large"
        )
    with tempfile.TemporaryDirectory() as folder:
        named = []
        for at, file in enumerate(files):
            path = Path(folder) / str(at)
            with path.open("wb") as target:
                for chunk in file.chunks():
                    target.write(chunk)
            named.append((Path(file.name or "file").name[:200], path))
        form = request.POST
        return imports.batch_created(
            actor(request), named, preset=showing.way_checked(form.get("preset", "")),
            mapping=form.get("mapping", "").strip(), as_of=day(form.get("made_on", ""), "The files were not taken."),
        )  # fmt: skip


def _read(request: HttpRequest, batch: Any) -> HttpResponse:  # noqa: ANN401  records.Batch
    """Small files are read at once, large ones by the worker."""
    if sum(file["size"] for file in batch.files) <= showing.SMALL:
        try:
            imports.batch_previewed(actor(request), batch)
        except Refusal as refusal:
            messages.error(request, str(refusal))
    else:
        showing.batch_queued(actor(request), batch, "read")
    return redirect("import", batch.pk)


@require_safe
def batch_page(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One batch: how it was read, what was noticed, what is asked, and what can be done with it."""
    severity = request.GET.get("severity", "")
    view = showing.batch_shown(actor(request), imports.batch_for(actor(request), batch_id))
    findings = [one for one in view.findings if not severity or one.severity == severity]
    found = {
        "view": view, "batch": view.batch, "findings": findings[:SHOWN], "n_more": max(len(findings) - SHOWN, 0),
        "severity": severity, "ways": showing.WAYS, "counted": view.counted,
    }  # fmt: skip
    return render(request, "imports/batch.html", found)


@require_POST
def batch_read_as(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Read the files in another way, and look again; a mapping that is none is shown beside its text."""
    batch, form = imports.batch_for(actor(request), batch_id), request.POST
    try:
        showing.batch_read_as(
            actor(request), batch, preset=form.get("preset", ""), mapping=form.get("mapping", "").strip(),
            dates=form.get("dates", ""),
        )  # fmt: skip
    except Refusal as refusal:
        found = {"batch": batch, "mapping": form.get("mapping", ""), "refusal": refusal}
        return render(request, "imports/mapping.html", found, status=409)
    return _read(request, batch)


@require_POST
def batch_values(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Say what unknown values mean; a batch that is applied already is applied again with them."""
    batch = imports.batch_for(actor(request), batch_id)
    meant: dict[str, dict[str, str]] = {}
    for name, meaning in request.POST.items():
        if name.startswith("value:"):
            _, column, value = name.split(":", 2)
            if meaning:
                meant.setdefault(column, {})[value] = str(meaning)
    for column, values in meant.items():
        imports.batch_mapped(actor(request), batch, column, values)
    if not meant:
        messages.info(request, "Nothing was chosen, so nothing changed.")
        return redirect("import", batch.pk)
    messages.success(request, f"{sum(map(len, meant.values()))} values have a meaning now.")
    if batch.status == "applied":
        return _applied(request, batch)
    return _read(request, batch)


@require_POST
def batch_apply(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Write what the files say."""
    return _applied(request, imports.batch_for(actor(request), batch_id))


def _applied(request: HttpRequest, batch: Any) -> HttpResponse:  # noqa: ANN401  records.Batch
    showing.batch_queued(actor(request), batch, "apply")
    return redirect("import", batch.pk)


def batch_undo(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Say what undoing does; posting does it."""
    batch = imports.batch_for(actor(request), batch_id)
    if request.method == "POST":
        showing.batch_queued(actor(request), batch, "undo")
        messages.success(request, "The batch is being undone.")
        return redirect("import", batch.pk)
    return render(request, "imports/undo.html", {"batch": batch})


@require_safe
def batch_findings(request: HttpRequest, batch_id: int) -> HttpResponse:
    """All findings as CSV; text that a spreadsheet would run is kept as text."""
    batch = imports.batch_for(actor(request), batch_id)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(FINDING_COLUMNS)
    for finding in imports.findings_of(actor(request), batch):
        cells = (getattr(finding, name) for name in FINDING_COLUMNS)
        writer.writerow([defused(cell) if isinstance(cell, str) else cell for cell in cells])
    name = f"findings-{batch.pk}.csv"
    return HttpResponse(
        text.getvalue(), "text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_safe
def template(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001  Django's signature
    """A template to fill in."""
    title, kind, body = showing.template_file(name)
    return HttpResponse(body, kind, headers={"Content-Disposition": f'attachment; filename="{title}"'})
