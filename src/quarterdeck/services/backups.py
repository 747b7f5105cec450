"""A backup is one ZIP that either database can read: a JSON line per row, the uploads, and a manifest with checksums.

    manifest.json          {"version": 1, "made_at": ..., "migrations": [...], "files": {"rows/person.jsonl": "..."}}
    rows/person.jsonl      {"id": 1, "code": "rita", "name": "Rita Moreno", ...}
    uploads/7/deals.csv    as it was handed in

One logical format instead of each database's own dump: who outgrows SQLite restores the backup into PostgreSQL.
Sessions, queued jobs and the secret key stay out: a restored copy must not be able to take over somebody's session.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from django.apps import apps
from django.core.management.color import no_style
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from quarterdeck.records.models import Company
from quarterdeck.services.disk import no_room
from quarterdeck.services.journal import journaled
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model

    from quarterdeck.services.actor import Actor

LEFT_OUT: Final = frozenset({"sessions", "contenttypes", "auth", "django_tasks_db", "messages"})
CHUNK: Final = 2_000


class _Exact(DjangoJSONEncoder):
    """Instants to the microsecond; Django's own encoder cuts them to the millisecond."""

    def default(self, o: Any) -> Any:  # noqa: ANN401  json's signature
        """ISO 8601 as Python writes it."""
        return o.isoformat() if isinstance(o, dt.datetime) else super().default(o)


def backup_made(actor: Actor, target: Path, uploads: Path, progress: Callable[[int, int, str], None]) -> dict[str, int]:
    """Write the backup to `target` as one consistent reading; returns rows per table. Refuses to overwrite a file."""
    if target.exists():
        raise Refusal("The backup was not made.", f"{target} exists already.", "Name another file.", "file_exists")
    counts: dict[str, int] = {}
    part = target.with_name(target.name + ".part")
    try:
        with _one_reading(), zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as archive:
            sums = dict(_rows_written(archive, counts, progress)) | dict(_uploads_written(archive, uploads))
            manifest = {"version": 1, "made_at": actor.now.isoformat(), "migrations": _migrations(), "files": sums}
            archive.writestr("manifest.json", json.dumps(manifest, indent=1))
        part.rename(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        if refusal := no_room("The backup was not made.", error):
            raise refusal from error
        raise
    return counts


@contextmanager
def _one_reading() -> Iterator[None]:
    """A transaction that sees one state of all tables; PostgreSQL's usual one sees a new state with each query."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def backup_restored(
    actor: Actor, source: Path, uploads: Path, progress: Callable[[int, int, str], None]
) -> dict[str, int]:
    """Read a backup into an empty database in one transaction, after every checksum was found right.

    Refuses a file that is not a backup, is damaged, was made by another version of the tables, or would overwrite data.
    """
    with _opened(source) as archive:
        manifest = _checked(archive)
        if any(model._default_manager.exists() for model in _models() if model._meta.db_table != "company"):
            raise _refusal("This database is not empty.", "Restore into a new data directory.")
        with journaled(actor, "backup_restored", "company") as entry:
            counts = _rows_read(archive, progress)
            entry.about("", f"Restored from {source.name}, made at {manifest['made_at']}", after=counts)
        _uploads_read(archive, uploads)
    return counts


def _models() -> list[type[Model]]:
    """Every table that is kept, in the order in which references need them (checked at the end in any case)."""
    return [model for model in apps.get_models() if model._meta.app_label not in LEFT_OUT]


def _rows_written(
    archive: zipfile.ZipFile, counts: dict[str, int], progress: Callable[[int, int, str], None]
) -> Iterator[tuple[str, str]]:
    encode = _Exact(separators=(",", ":")).encode
    models = _models()
    for at, model in enumerate(models):
        name = f"rows/{model._meta.db_table}.jsonl"
        digest, n_rows = hashlib.sha256(), 0
        with archive.open(name, "w", force_zip64=True) as file:
            for row in model._default_manager.order_by("pk").values().iterator(CHUNK):
                line = encode(row).encode() + b"\n"
                file.write(line)
                digest.update(line)
                n_rows += 1
        counts[model._meta.db_table] = n_rows
        progress(at + 1, len(models), str(model._meta.verbose_name_plural))
        yield name, digest.hexdigest()


def _uploads_written(archive: zipfile.ZipFile, uploads: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(uploads.rglob("*")) if uploads.is_dir() else ():
        if path.is_file():
            name = f"uploads/{path.relative_to(uploads).as_posix()}"
            archive.write(path, name)
            with path.open("rb") as file:
                yield name, hashlib.file_digest(file, "sha256").hexdigest()


def _migrations() -> list[str]:
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied if app not in LEFT_OUT)


def _refusal(why: str, next_step: str) -> Refusal:
    return Refusal("The backup was not restored.", why, next_step, "backup")


def _opened(source: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(source)
    except (OSError, zipfile.BadZipFile) as error:
        raise _refusal(f"{source} is not a backup.", "Name a file that `quarterdeck backup` wrote.") from error


def _checked(archive: zipfile.ZipFile) -> dict[str, Any]:
    """The manifest, once all that it names is there and undamaged."""
    try:
        manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
        wrong = [name for name, sum_ in manifest["files"].items() if _sum(archive, name) != sum_]
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise _refusal("Its manifest cannot be read.", "Use another backup.") from error
    if wrong:
        raise _refusal(f"It is damaged: {', '.join(wrong[:3])}.", "Use another backup.")
    if manifest["migrations"] != _migrations():
        raise _refusal("Its tables are of another version.", "Restore it with the version that made it, then upgrade.")
    return manifest


def _sum(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _rows_read(archive: zipfile.ZipFile, progress: Callable[[int, int, str], None]) -> dict[str, int]:
    models, counts = _models(), {}
    with connection.constraint_checks_disabled():
        Company.objects.all().delete()
        for at, model in enumerate(models):
            with archive.open(f"rows/{model._meta.db_table}.jsonl") as file:
                counts[model._meta.db_table] = _table_read(model, io.TextIOWrapper(file, "utf-8"))
            progress(at + 1, len(models), str(model._meta.verbose_name_plural))
    connection.check_constraints()
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
    return counts


def _table_read(model: type[Model], lines: IO[str]) -> int:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    n_rows = 0
    while chunk := list(islice(lines, CHUNK)):
        rows = [
            model(**{name: fields[name].to_python(value) for name, value in json.loads(line).items()}) for line in chunk
        ]
        model._default_manager.bulk_create(rows)
        n_rows += len(rows)
    return n_rows


def _uploads_read(archive: zipfile.ZipFile, uploads: Path) -> None:
    """Names come from our own manifest, but a name that leads out of the folder is refused all the same."""
    for info in archive.infolist():
        if info.filename.startswith("uploads/") and not info.is_dir():
            target = (uploads / info.filename.removeprefix("uploads/")).resolve()
            if not target.is_relative_to(uploads.resolve()):
                raise _refusal(f"It names a place outside its folder: {info.filename}.", "Use another backup.")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(info))
