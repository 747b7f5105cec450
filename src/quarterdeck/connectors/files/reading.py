"""Bytes or paths to raw tables, by what they hold and not by what they are called.

    deals.csv (in truth a workbook)    ->  RawTable "deals" of "deals.csv"
    export.zip: crm/accounts.csv       ->  RawTable "accounts" of "export.zip/crm/accounts.csv"

Names inside an archive are only ever shown, never used as paths.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NoReturn, TypeAlias

from quarterdeck.connectors.files.delimited import delimited_table
from quarterdeck.connectors.files.raw import RawTable, empty_frame, stem
from quarterdeck.connectors.files.rules import finding
from quarterdeck.connectors.files.sheets import BROKEN_ARCHIVE, parquet_table, sheet_tables
from quarterdeck.terms.errors import Refusal

Source: TypeAlias = str | Path | tuple[str, bytes]
"""A path on this machine, or an uploaded file as its name and its bytes."""

MAX_UNPACKED: Final = 2_000_000_000
_MAX_RATIO: Final = 200
"""Honest exports pack to a fifth or, when monotonous, to a fiftieth; a bomb to a thousandth."""
_SMALL: Final = 50_000_000
_OLE2: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def raw_tables(sources: Iterable[Source]) -> list[RawTable]:
    """Every table of every source, in order.

    Raises Refusal for a path that is not there and for an archive that unpacks to too much; anything else that is wrong
    with a file is a finding on an empty table.
    """
    return [table for source in sources for table in _tables(*_named(source))]


def _named(source: Source) -> tuple[str, bytes]:
    if isinstance(source, tuple):
        return source
    path = Path(source)
    try:
        return path.name, path.read_bytes()
    except OSError as error:
        raise Refusal(
            f"{path.name} was not read.",
            f"{error.strerror}.",
            "Name a file that exists and may be read.",
            "file_not_found",
        ) from error


def _tables(file: str, data: bytes) -> list[RawTable]:
    if data.startswith(b"PAR1"):
        return [parquet_table(file, data)]
    if data.startswith(_OLE2):
        return sheet_tables(file, data)
    if data.startswith(b"PK\x03\x04"):
        return _zipped(file, data)
    try:
        return [delimited_table(file, data)]
    except ValueError as error:
        return [_refused(file, "unreadable_file", f"The file is no text: {error}.")]


def _refused(file: str, code: str, message: str) -> RawTable:
    return RawTable(file, stem(file), [], empty_frame([]), [finding(code, file, message)])


def _zipped(file: str, data: bytes) -> list[RawTable]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except BROKEN_ARCHIVE as error:
        return [_refused(file, "unreadable_file", f"The archive is broken: {error}.")]
    with archive:
        _check_size(file, archive)
        names = archive.namelist()
        if _is_workbook(names):
            return sheet_tables(file, data)
        return [table for info in _members(archive) for table in _member_tables(file, archive, info)]


def _is_workbook(names: list[str]) -> bool:
    return any(name in {"xl/workbook.xml", "xl/workbook.bin", "content.xml"} for name in names)


def _check_size(file: str, archive: zipfile.ZipFile) -> None:
    infos = archive.infolist()
    size, packed = sum(info.file_size for info in infos), sum(info.compress_size for info in infos)
    if size > MAX_UNPACKED or (size > _SMALL and size > packed * _MAX_RATIO):
        _refuse_size(file, size)


def _refuse_size(file: str, size: int) -> NoReturn:
    raise Refusal(
        f"{file} was not unpacked.",
        f"It would unpack to {size:,} bytes.",
        f"Send at most {MAX_UNPACKED:,} bytes of tables, packed as usual.",
        "archive_too_large",
    )


def _members(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    """Files that a person put there: no folders, nothing that an operating system added."""
    for info in archive.infolist():
        parts = info.filename.replace("\\", "/").split("/")
        if not info.is_dir() and "__MACOSX" not in parts and not parts[-1].startswith("."):
            yield info


def _member_tables(file: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> list[RawTable]:
    shown = f"{file}/{info.filename}"
    try:
        data = archive.read(info)
    except BROKEN_ARCHIVE as error:
        return [_refused(shown, "unreadable_file", f"It cannot be unpacked: {error}.")]
    if not data.startswith(b"PK\x03\x04"):
        return _tables(shown, data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as inner:
            _check_size(shown, inner)
            is_book = _is_workbook(inner.namelist())
    except BROKEN_ARCHIVE as error:
        return [_refused(shown, "unreadable_file", f"The archive is broken: {error}.")]
    return (
        sheet_tables(shown, data) if is_book else [_refused(shown, "nested_archive", "An archive inside the archive.")]
    )
