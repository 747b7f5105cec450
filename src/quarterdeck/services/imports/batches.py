"""A batch of files: handed in, previewed, applied whole, undone whole.

    uploaded ──batch_previewed──> previewed ──batch_applied──> applied ──batch_undone──> undone
                                       ^                          │ map a value, apply again
                                       └──────batch_mapped────────┘

Applying is one transaction and idempotent: rows are known by their source's key, so what is the same stays as it is.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from django.conf import settings

from quarterdeck.connectors.files import Mapped, Reading, mapping_from_yaml, read_files, unknown_references
from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.records.models import Batch, Booking, FindingRow
from quarterdeck.services import access
from quarterdeck.services.bulk import CHUNK, rows_inserted
from quarterdeck.services.disk import no_room
from quarterdeck.services.frames import company
from quarterdeck.services.imports.applying import rows_applied
from quarterdeck.services.imports.preparing import translated
from quarterdeck.services.imports.progress import progress_ended, progress_shown
from quarterdeck.services.imports.references import known_words
from quarterdeck.services.imports.shapes import REFERRED
from quarterdeck.services.imports.writes import Counts, Write, fact_write
from quarterdeck.services.journal import journaled
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.findings import Finding
from quarterdeck.terms.templates import TEMPLATES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from quarterdeck.services.actor import Actor
    from quarterdeck.services.imports.progress import Progress

FILES: Final = "files"
"""The source system of files that no preset claims."""
CANONICAL: Final = "canonical"
"""The preset of files that already look like the templates: it names no system."""


def batch_created(  # noqa: PLR0913  each part is one a person names
    actor: Actor,
    files: Iterable[Path | tuple[str, Path | bytes]],
    *,
    preset: str = "",
    mapping: str = "",
    source_system: str = "",
    as_of: dt.date | None = None,
) -> Batch:
    """Keep the files under the data directory and return their batch; nothing is read yet.

    `preset` names one, `mapping` is YAML; without either the files are recognised. `source_system` is the name under
    which their rows are known, by default that of the mapping. Refuses a mapping that is none, and no files at all.
    """
    access.require(actor, "import_facts", "The files were not taken.")
    named = [_named(source) for source in files]
    if not named:
        raise Refusal("Nothing was imported.", "No file was handed in.", "Choose one or more files.", "no_files")
    system = source_system or (mapping_from_yaml(mapping).name if mapping else "" if preset == CANONICAL else preset)
    with journaled(actor, "batch_created", "batch") as entry:
        batch = Batch.objects.create(
            source_system=system[:40], preset=preset, mapping=mapping, as_of=as_of or actor.today,
            created_by=actor.user, created_at=actor.now,
        )  # fmt: skip
        batch.files = [_kept(batch, at, name, data) for at, (name, data) in enumerate(named)]
        batch.save(update_fields=["files"])
        entry.about(batch.pk, f"Files handed in: {', '.join(name for name, _ in named)}")
    return batch


def _named(source: Path | tuple[str, Path | bytes]) -> tuple[str, bytes]:
    """A file's name and bytes."""
    name, data = source if isinstance(source, tuple) else (source.name, source)
    return name, data if isinstance(data, bytes) else _read(data)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refusal(f"{path.name} was not read.", f"{error.strerror}.", "Name a file that exists and may be read.",
            "file_not_found") from error  # fmt: skip


def _kept(batch: Batch, at: int, name: str, data: bytes) -> dict[str, Any]:
    """Store a file under a name of ours: the given one is only ever shown."""
    path = Path("imports") / str(batch.pk) / f"{at}.bin"
    whole = Path(settings.MEDIA_ROOT) / path
    try:
        whole.parent.mkdir(parents=True, exist_ok=True)
        whole.write_bytes(data)
    except OSError as error:
        if refusal := no_room("The files were not taken.", error):
            raise refusal from error
        raise
    return {"name": name, "path": str(path), "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def batch_reading(batch: Batch) -> Reading:
    """The batch's files as template rows and findings. Refuses when a file is no longer there."""
    chosen = mapping_from_yaml(batch.mapping) if batch.mapping else batch.preset or None
    root = Path(settings.MEDIA_ROOT)
    sources = ((file["name"], _read(root / file["path"])) for file in batch.files)  # one file's bytes at a time
    counted = [name for name, metric in METRICS.items() if metric.unit == "count"]
    as_of = batch.as_of or batch.created_at.date()
    reading = read_files(sources, chosen, as_of=as_of, currency=company().currency, count_metrics=counted)
    reading.tables.clear()  # the texts of a million rows are a quarter of a gigabyte
    return reading


def batch_for(actor: Actor, batch_id: int) -> Batch:
    """The batch, for those who may import; else the refusal `not_visible`."""
    batch = Batch.objects.filter(pk=batch_id).first() if access.may_import(actor) else None
    if batch is None:
        raise access.not_visible("batch")
    return batch


def findings_of(actor: Actor, batch: Batch) -> list[Finding]:
    """What was noticed about the batch, errors first."""
    access.require(actor, "import_facts", "The findings were not read.")
    rank = {severity: at for at, severity in enumerate(("error", "warning", "note"))}
    rows = FindingRow.objects.filter(batch=batch).order_by("pk").values(*Finding.__slots__)
    return sorted((Finding(**row) for row in rows), key=lambda one: rank[one.severity])


def batch_previewed(
    actor: Actor, batch: Batch, as_of: dt.date | None = None, progress: Progress | None = None
) -> Batch:
    """Read the batch's files, hold their codes against what is known, and store counts and findings, nothing else."""
    access.require(actor, "import_facts", "The files were not read.")
    batch.as_of = as_of or batch.as_of
    if progress:
        progress(0, 0, "reading files")
    reading = batch_reading(batch)
    mapped = [replace(one, frame=translated(batch, one.template, one.frame)) for one in reading.mapped]
    referred = {column.refers_to for one in mapped for column in TEMPLATES[one.template].columns} & {
        *REFERRED,
        "bookings",
    }
    known = {name: known_words(name) for name in referred & set(REFERRED)}
    if "bookings" in referred:
        known["bookings"] = Booking.current.values_list("source_id", flat=True).iterator(chunk_size=10_000)
    with journaled(actor, "batch_previewed", "batch") as entry:
        findings = reading.findings + unknown_references(mapped, known)
        _findings_kept(batch, findings)
        batch.counts = {one.template: asdict(_readable(one)) for one in mapped}
        batch.preset, batch.source_system = _recognised(batch, reading)
        batch.status, batch.error = batch.status if batch.status == "applied" else "previewed", ""
        batch.save()
        entry.about(batch.pk, f"Read {sum(one.frame.height for one in mapped):,} rows, {len(findings)} findings")
    return batch


def _refused(one: Mapped) -> Counts:
    """The rows of a template's files that never became rows."""
    return Counts(read=one.n_refused, left_out=one.n_refused)


def _readable(one: Mapped) -> Counts:
    """What is known of a template's rows before they are written."""
    return Counts(read=one.n_refused + one.frame.height, left_out=one.n_refused)


def _recognised(batch: Batch, reading: Reading) -> tuple[str, str]:
    """The preset that was detected, and the name under which the rows are known."""
    suggestion = reading.suggestion
    preset = suggestion.mapping.name if suggestion and suggestion.kind == "preset" else batch.preset
    return preset, batch.source_system or (preset if preset != CANONICAL else "") or FILES


def _findings_kept(batch: Batch, findings: list[Finding]) -> None:
    FindingRow.objects.filter(batch=batch).delete()
    schema = {name: pl.Int64 if name in {"row", "n_rows"} else pl.String for name in Finding.__slots__}
    rows = pl.DataFrame([asdict(one) for one in findings], schema=schema)
    limits = {"file": 300, "column": 200, "rule": 40}
    cut = [pl.col(name).str.head(length) for name, length in limits.items()]
    rows_inserted(FindingRow, rows.with_columns(*cut, batch_id=pl.lit(batch.pk, dtype=pl.Int64)))


def batch_mapped(actor: Actor, batch: Batch, column: str, values: dict[str, str]) -> Batch:
    """Say what values of a column mean: `batch_mapped(actor, batch, "opportunities.product", {"GTXPro": "GTX Pro"})`.

    They hold from the next preview or application on. An empty meaning takes the translation back.
    """
    access.require(actor, "import_facts", "The values were not mapped.")
    template, _, name = column.partition(".")
    if template not in TEMPLATES or name not in TEMPLATES[template].by_name:
        raise Refusal("The values were not mapped.", f"There is no column {column!r}.",
            "Name a template and its column, as opportunities.product.", "unknown_column")  # fmt: skip
    with journaled(actor, "batch_mapped", "batch") as entry:
        before = dict(batch.translations.get(column, {}))
        meant = {value: meaning for value, meaning in {**before, **values}.items() if meaning}
        batch.translations = {**batch.translations, column: meant}
        batch.save(update_fields=["translations"])
        entry.about(batch.pk, f"Mapped values of {column}", before=before, after=meant)
    return batch


def batch_applied(actor: Actor, batch: Batch, progress: Progress | None = None) -> Batch:
    """Write what the batch's files say: one transaction, nothing twice, derived rows and totals with it.

    Applying again (after mapping values, say) changes what differs. Refuses while another writer does not end.
    """
    access.require(actor, "import_facts", "The batch was not applied.")
    show = progress_shown(batch.pk, progress)
    try:
        show(0, 0, "reading files")
        reading = batch_reading(batch)
        batch.preset, batch.source_system = _recognised(batch, reading)
        with fact_write(actor, batch.source_system, batch) as write:
            for one in reading.mapped:
                write.counts[one.template] = _refused(one)
            with journaled(replace(actor, now=write.moment), "batch_applied", "batch") as entry:
                rows_applied(write, _chunks(reading, show))
                _applied(write, batch, reading)
                entry.about(batch.pk, _summary(write), after=batch.counts)
            show(1, 1, "written")
    finally:
        progress_ended(batch.pk)
    return batch


def _chunks(reading: Reading, show: Progress) -> Iterator[tuple[str, pl.DataFrame]]:
    """The rows in parts; a template's rows are let go when they are written, so that memory is there for the sums."""
    total = sum(one.frame.height for one in reading.mapped)
    while reading.mapped:
        done = total - sum(one.frame.height for one in reading.mapped)
        yield from _parts(reading.mapped.pop(0), show, done, total)
    show(total, total, "summing up")


def _parts(one: Mapped, show: Progress, done: int, total: int) -> Iterator[tuple[str, pl.DataFrame]]:
    for part in one.batches(CHUNK):
        show(done, total, one.template.replace("_", " "))
        yield one.template, part
        done += part.height


def _applied(write: Write, batch: Batch, reading: Reading) -> None:
    """Keep what became of the batch. The first application counts for undo, however often it is applied again."""
    said = {one.rule for one in reading.findings}
    derived = [one for one in write.findings if one.rule not in said or one.rule == "unknown_reference"]
    _findings_kept(batch, reading.findings + derived)
    standing = Batch.objects.filter(pk=batch.pk, status="applied").values_list("applied_at", flat=True).first()
    batch.counts = {template: asdict(counts) for template, counts in write.counts.items()}
    batch.status, batch.error, batch.applied_at, batch.undone_at = "applied", "", standing or write.moment, None
    batch.save()


def _summary(write: Write) -> str:
    words = [
        f"{counts.new:,} new and {counts.changed:,} changed {template.replace('_', ' ')}"
        for template, counts in write.counts.items()
        if counts.new or counts.changed
    ]
    return f"Imported from {write.source_system}: {'; '.join(words) or 'nothing new'}"
