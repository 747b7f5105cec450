"""Files in: handed over, read, applied and undone; long work is queued, and its state is asked for."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, File, Form, Router, Schema
from ninja.files import UploadedFile

from quarterdeck.faces.api.answers import Answer
from quarterdeck.faces.api.asked import Day, Id
from quarterdeck.faces.api.auth import reads, writes
from quarterdeck.faces.api.facts import FoundFinding, RowCounts
from quarterdeck.services import imports as services
from quarterdeck.services.access import require
from quarterdeck.services.imports import jobs
from quarterdeck.terms.errors import Refusal

router = Router(tags=["Imports"])


class Progress(Answer):
    """How far the work under way has come."""

    done: int = Field(0, description="Rows done.")
    total: int = Field(0, description="Rows in all; 0 while that is not known.")
    text: str = Field("", description="What is being worked on; empty when nothing is.")


class Import(Answer):
    """Files handed in together, and what became of them."""

    batch_id: int = Field(description="The import's id.")
    status: str = Field(description="uploaded, reading, previewed, applying, applied, undone or failed.")
    source_system: str = Field(description="The name of the system that knows the rows by their keys.")
    preset: str = Field(description="The preset that reads the files; empty for a mapping of their own.")
    files: list[str] = Field(description="The files' names.")
    as_of: dt.date | None = Field(description="The day the files were made. Null: the day they came.")
    counts: dict[str, RowCounts] = Field(description="By template, how many rows did what.")  # type: ignore[valid-type]
    progress: Progress = Field(description="What is under way.")
    error: str = Field(description="Why it failed; empty when it did not.")
    created_at: dt.datetime = Field(description="When the files came.")
    applied_at: dt.datetime | None = Field(description="When it was applied. Null: not yet.")
    undone_at: dt.datetime | None = Field(description="When it was undone. Null: it was not.")


class Findings(Answer):
    """What was noticed about the files."""

    items: list[FoundFinding] = Field(description="Errors first.")  # type: ignore[valid-type]


class Upload(Schema):
    """How the files are to be read."""

    preset: str = Field("", max_length=60, description="canonical, maven, salesforce or hubspot; empty is recognised.")
    mapping: str = Field("", max_length=200_000, description="A mapping of your own, as YAML; empty for a preset.")
    source_system: str = Field("", max_length=40, description="The system that knows the rows; empty is the mapping's.")
    as_of: Day | None = Field(None, description="The day the files were made; empty is today.")


def _shown(batch: Any) -> dict[str, Any]:  # noqa: ANN401  records.Batch, which faces do not import
    names = ("status", "source_system", "preset", "as_of", "counts", "error", "created_at", "applied_at", "undone_at")
    progress = services.batch_progress(batch)
    files = [file["name"] for file in batch.files]
    return {name: getattr(batch, name) for name in names} | {"batch_id": batch.pk, "files": files, "progress": progress}


@router.post("/imports", response={201: Import}, summary="Hand in files")
def post_import(request: HttpRequest, files: File[list[UploadedFile]], how: Form[Upload]) -> dict[str, Any]:
    """Keep files (CSV, TSV, XLSX, Parquet, ZIP) and queue their reading; nothing is written until they are applied.

    Needs the scope write:facts. Ask for its state until it is `previewed`, look at its findings, then apply it.
    """
    actor = writes(request)
    named = [(file.name or "file", file.read()) for file in files]
    batch = services.batch_created(
        actor, named, preset=how.preset, mapping=how.mapping, source_system=how.source_system, as_of=how.as_of
    )
    _queued(jobs.batch_preview, actor, batch)
    return _shown(batch)


@router.get("/imports/{batch_id}", response=Import, summary="State of an import")
def get_import(request: HttpRequest, batch_id: Id) -> dict[str, Any]:
    """What became of the files, and how far the work under way has come."""
    return _shown(services.batch_for(reads(request), batch_id))


@router.get("/imports/{batch_id}/findings", response=Findings, summary="Findings of an import")
def get_findings(request: HttpRequest, batch_id: Id) -> dict[str, Any]:
    """What was noticed: file, row, column, value, rule and remedy."""
    actor = reads(request)
    return {"items": services.findings_of(actor, services.batch_for(actor, batch_id))}


@router.post("/imports/{batch_id}/apply", response={202: Import}, summary="Apply an import")
def post_apply(request: HttpRequest, batch_id: Id) -> dict[str, Any]:
    """Queue the import to be written: whole, or not at all; applying again changes what differs. Needs write:facts."""
    return _changed(request, batch_id, jobs.batch_apply, "The import was not applied.")


@router.post("/imports/{batch_id}/undo", response={202: Import}, summary="Undo an import")
def post_undo(request: HttpRequest, batch_id: Id) -> dict[str, Any]:
    """Queue the import to be undone: what is seen is then as it was before it. Needs write:facts."""
    return _changed(request, batch_id, jobs.batch_undo, "The import was not undone.")


def _changed(request: HttpRequest, batch_id: int, job: Any, what: str) -> dict[str, Any]:  # noqa: ANN401  a django_tasks Task
    actor = writes(request)
    require(actor, "import_facts", what)
    batch = services.batch_for(actor, batch_id)
    if job is jobs.batch_undo and batch.status != "applied":
        raise Refusal(what, f"It is {batch.status}, not applied.", "Apply it first.", "not_applied")
    _queued(job, actor, batch)
    return _shown(batch)


def _queued(job: Any, actor: Any, batch: Any) -> None:  # noqa: ANN401  a django_tasks Task
    job.enqueue(batch.pk, actor.user.pk, actor.now.isoformat())
