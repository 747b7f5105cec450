"""A batch as a page shows it: what its files were taken for, their first rows, and what a person is asked.

    finding unknown_reference  product GTXPro  1,480 rows   ->  question: what is GTXPro?  [GTX Pro] GTX Basic ...
    finding ambiguous_date     closed_on                    ->  question: day first or month first?

Answers change the batch's mapping or its translations and never the files; the batch is then read again.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from quarterdeck.connectors.files import mapping_from_yaml, mapping_to_yaml, template_csv, templates_xlsx
from quarterdeck.connectors.files.detecting import CANONICAL, PRESETS
from quarterdeck.connectors.files.raw import FILE, ROW
from quarterdeck.records.models import Batch
from quarterdeck.services import access
from quarterdeck.services.imports.batches import batch_reading, findings_of
from quarterdeck.services.imports.jobs import batch_apply, batch_preview, batch_undo, is_queued
from quarterdeck.services.imports.preparing import translated
from quarterdeck.services.imports.progress import batch_progress
from quarterdeck.services.imports.references import known_words
from quarterdeck.services.imports.shapes import REFERRED
from quarterdeck.services.journal import journaled
from quarterdeck.services.listing import Listing, whole
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.tables import Column
from quarterdeck.terms.templates import TEMPLATES

if TYPE_CHECKING:
    from quarterdeck.connectors.files import Mapped, Reading
    from quarterdeck.services.actor import Actor
    from quarterdeck.terms.findings import Finding

WAYS: Final = (CANONICAL, *PRESETS)
"""What may be named as a preset."""
SMALL: Final = 8 << 20
"""Bytes up to which a batch's files are read again to show their rows, and are read while the page waits."""
FIRST_ROWS: Final = 20
LISTED: Final = 200
COUNTED: Final = ("read", "new", "changed", "same", "left_out")
_OPTIONS: Final = 500
_BUSY: Final = frozenset({"reading", "applying"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The first rows of a template, as they will be written."""

    template: str
    n_rows: int
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A value that names nothing known: which of the known ones is meant? `nearest` is offered, never taken."""

    column: str
    """As batch_mapped takes it: opportunities.product."""
    noun: str
    value: str
    n_rows: int
    nearest: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """Everything about a batch. Samples and questions are empty where the files are too large to be read for a page."""

    batch: Any
    size: int
    kind: str
    """How the files were recognised: preset, templates, drafted, none, or mapping where one was given."""
    confidence: float
    columns: tuple[Any, ...]
    """ColumnGuess of a draft."""
    mapping: str
    counts: tuple[tuple[str, tuple[int, ...]], ...]
    """By template, in the order of `counted`."""
    counted: tuple[str, ...]
    """What is known of the rows: only how many were read, until they are applied."""
    samples: tuple[Sample, ...]
    questions: tuple[Question, ...]
    asks_dates: tuple[str, ...]
    """Columns whose days could be read in two ways."""
    findings: tuple[Finding, ...]
    n_by_severity: dict[str, int]
    progress: dict[str, object]
    is_busy: bool

    @property
    def doing(self) -> str:
        """What is under way, in a word: a batch that stands applied is applied again or undone."""
        return "at work" if self.batch.status == "applied" else str(self.batch.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """A batch in the list, with its rows over all templates."""

    batch: Any
    files: str
    by: str
    n_read: int
    n_new: int
    n_changed: int


def batches_listed(actor: Actor) -> list[BatchRow]:
    """The latest batches, newest first; for those who may import."""
    access.require(actor, "import_facts", "Imports were not shown.")
    batches = Batch.objects.select_related("created_by__person").order_by("-pk")[:LISTED]
    return [_row(batch) for batch in batches]


def batches_listing(rows: list[BatchRow]) -> Listing[dict[str, Any]]:
    """The batches as a file holds them."""
    kinds: dict[str, Literal["count", "instant", "text"]] = {
        "batch": "count", "files": "text", "status": "text", "error": "text", "n_read": "count", "n_new": "count",
        "n_changed": "count", "by": "text", "created_at": "instant", "applied_at": "instant",
    }  # fmt: skip
    columns = tuple(Column(name, kind, f"The batch's {name}.") for name, kind in kinds.items())
    return whole("Imports", columns, [
        {"batch": row.batch.pk,
         **{name: getattr(row, name) for name in ("files", "by", "n_read", "n_new", "n_changed")},
         **{name: getattr(row.batch, name) for name in ("status", "error", "created_at", "applied_at")}}
        for row in rows
    ])  # fmt: skip


def _row(batch: Any) -> BatchRow:  # noqa: ANN401  django-stubs
    sums = {name: sum(count[name] for count in batch.counts.values()) for name in COUNTED}
    return BatchRow(
        batch=batch, files=", ".join(file["name"] for file in batch.files),
        by=str(batch.created_by) if batch.created_by else "the command line",
        n_read=sums["read"], n_new=sums["new"], n_changed=sums["changed"],
    )  # fmt: skip


def batch_shown(actor: Actor, batch: Batch) -> BatchView:
    """The batch as a page shows it."""
    findings = findings_of(actor, batch)
    size = sum(file["size"] for file in batch.files)
    is_busy = batch.status in _BUSY or is_queued(batch.pk)
    counted = COUNTED if batch.applied_at else COUNTED[:1]
    reading = batch_reading(batch) if size <= SMALL and not is_busy and batch.status != "uploaded" else None
    suggestion = reading.suggestion if reading else None
    return BatchView(
        batch=batch,
        size=size,
        kind=suggestion.kind if suggestion else "mapping" if batch.mapping else "preset" if batch.preset else "",
        confidence=suggestion.confidence if suggestion else 1.0,
        columns=suggestion.columns if suggestion and suggestion.kind == "drafted" else (),
        mapping=batch.mapping or _yaml(reading),
        counts=tuple((name, tuple(count[key] for key in counted)) for name, count in batch.counts.items()),
        counted=counted,
        samples=tuple(_sample(batch, one) for one in reading.mapped) if reading else (),
        questions=tuple(_questions(batch, reading, findings)) if reading else (),
        asks_dates=tuple(sorted({one.column for one in findings if one.rule == "ambiguous_date"})),
        findings=tuple(findings),
        n_by_severity={name: sum(one.severity == name for one in findings) for name in ("error", "warning", "note")},
        progress=batch_progress(batch),
        is_busy=is_busy,
    )  # fmt: skip


def _yaml(reading: Reading | None) -> str:
    """The mapping in force, or the draft that waits for a person."""
    if reading is None:
        return ""
    return mapping_to_yaml(reading.suggestion.mapping if reading.suggestion else reading.mapping)


def _sample(batch: Batch, one: Mapped) -> Sample:
    shown = translated(batch, one.template, one.frame.head(FIRST_ROWS)).drop(FILE, ROW)
    used = [name for name in shown.columns if shown[name].null_count() < shown.height]
    rows = tuple(tuple("" if cell is None else str(cell) for cell in row) for row in shown.select(used).iter_rows())
    return Sample(template=one.template, n_rows=one.frame.height, columns=tuple(used), rows=rows)


def _questions(batch: Batch, reading: Reading, findings: Iterable[Finding]) -> Iterable[Question]:
    """One per unknown value, with the values that are known in these files or in the database."""
    known: dict[str, tuple[str, ...]] = {}
    for one in findings:
        if one.rule != "unknown_reference":
            continue
        for mapped in reading.mapped:
            column = TEMPLATES[mapped.template].by_name.get(one.column)
            if column is None or not column.refers_to or one.value not in set(_texts(batch, mapped, one.column)):
                continue
            noun = column.refers_to
            options = known.setdefault(noun, _known(noun, reading))
            close = difflib.get_close_matches(one.value, options, n=1, cutoff=0.6)
            yield Question(
                column=f"{mapped.template}.{one.column}", noun=noun, value=one.value, n_rows=one.n_rows,
                nearest=close[0] if close else "", options=options,
            )  # fmt: skip


def _texts(batch: Batch, mapped: Mapped, column: str) -> list[str]:
    found: list[str] = translated(batch, mapped.template, mapped.frame)[column].drop_nulls().unique().to_list()
    return found


def _known(noun: str, reading: Reading) -> tuple[str, ...]:
    """Codes that a value may mean, at most some hundred; people by name too."""
    own = [one.frame for one in reading.mapped if one.template == noun]
    first = TEMPLATES[noun].columns[0].name
    words = {str(code) for frame in own for code in frame[first].drop_nulls().unique()}
    words |= set(known_words(noun)) if noun in REFERRED else set()
    return tuple(sorted(words)[:_OPTIONS])


def way_checked(preset: str) -> str:
    """A way to read files, or none; refused when there is no such preset, before anything is kept."""
    if preset and preset not in WAYS:
        why = f"There is no preset '{preset[:40]}'."
        raise Refusal("The files were not read.", why, "Choose one of the list.", "unknown_preset")
    return preset


def batch_read_as(actor: Actor, batch: Batch, *, preset: str = "", mapping: str = "", dates: str = "") -> Batch:
    """Say how the files are to be read: by a preset, by a mapping's YAML, or by the same mapping with days settled.

    Refuses a mapping that is none (with the place), an unknown preset and an order of days that is none.
    """
    access.require(actor, "import_facts", "The batch was not changed.")
    way_checked(preset)
    if dates:
        if dates not in {"day-first", "month-first", "iso"}:
            raise Refusal("The batch was not changed.", f"'{dates}' is no order of days.", "Choose one.", "dates")
        mapping = mapping_to_yaml(replace(_mapping_of(batch), dates=dates))
    if mapping:
        mapping_from_yaml(mapping)
    with journaled(actor, "batch_read_as", "batch") as entry:
        before = {"preset": batch.preset, "mapping": batch.mapping}
        batch.preset, batch.mapping = ("" if mapping else preset), mapping
        batch.save(update_fields=["preset", "mapping"])
        after = {"preset": batch.preset, "mapping": batch.mapping}
        entry.about(batch.pk, "Said how the files are to be read", before=before, after=after)
    return batch


def _mapping_of(batch: Batch) -> Any:  # noqa: ANN401  connectors.files.Mapping
    if batch.mapping:
        return mapping_from_yaml(batch.mapping)
    return batch_reading(batch).mapping


def batch_queued(actor: Actor, batch: Batch, what: str) -> Batch:
    """Queue the reading, applying or undoing of a batch for a worker, which works as the actor.

    A batch that stands applied keeps that state while it is applied again or undone.
    """
    access.require(actor, "import_facts", "Nothing was queued.")
    jobs = {"read": (batch_preview, "reading"), "apply": (batch_apply, "applying"), "undo": (batch_undo, "applied")}
    job, status = jobs[what]
    if what == "undo" and batch.status != "applied":
        why = f"It is {batch.status}."
        raise Refusal("The batch was not undone.", why, "Only what was applied can be undone.", "not_applied")
    with journaled(actor, f"batch_{what}_queued", "batch") as entry:
        if batch.status != "applied":
            Batch.objects.filter(pk=batch.pk).update(status=status, error="")
        user_id = actor.user.pk if actor.user else None
        job.enqueue(batch.pk, user_id, actor.now.isoformat())
        entry.about(batch.pk, f"Queued: {what}")
    batch.refresh_from_db()
    return batch


def template_file(name: str) -> tuple[str, str, bytes]:
    """A template to fill in: its file name, its type and its bytes; `name` is a template, or `all` for a workbook."""
    if name == "all":
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return "quarterdeck-templates.xlsx", kind, templates_xlsx()
    if name not in TEMPLATES:
        raise access.not_visible("template")
    return f"{name}.csv", "text/csv; charset=utf-8", template_csv(TEMPLATES[name]).encode()
