r"""CSV and its relatives as raw tables: no row silently cut, joined or lost.

    deal,owner,amount         _row  deal  owner         amount
    d-1,"Moreno, Rita",10     2     d-1   Moreno, Rita  10
    d-2,Sam                   ragged_row: row 3 has 2 fields, not 3
    d-3,Sam,5" pipe           4     d-3   Sam           5" pipe

Fields are counted with arrays of byte positions (RFC 4180: a delimiter or a line end inside quotes does not count),
16 MB at a time; Polars parses what has the right count. A block whose quotes do not pair up is read record by record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import numpy as np
import polars as pl

from quarterdeck.connectors.files.raw import ROW, RawTable, empty_frame, header_findings, raw_table, stem
from quarterdeck.connectors.files.rules import finding
from quarterdeck.connectors.files.sniffing import decoded, delimiter, header, is_data

if TYPE_CHECKING:
    from quarterdeck.terms.findings import Finding

Positions: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]

_BLOCK: Final = 16_000_000
_LF, _QUOTE = 10, 34
_MAX_JOINED: Final = 500
"""Lines that one stray quote may swallow before its first line is given up as ragged."""
_MAX_HEADER: Final = 100_000
_MAX_RAGGED: Final = 100


class Block(NamedTuple):
    """Rows of a stretch of the file, and the records that had the wrong number of fields."""

    frame: pl.DataFrame
    ragged: list[tuple[int, int, str]]
    n_records: int


def delimited_table(file: str, data: bytes) -> RawTable:
    """The one table of a CSV or TSV file; ValueError when the bytes are no text."""
    text = decoded(data)
    findings = _text_findings(file, text.encoding, is_guess=text.is_guess, n_nul=text.n_nul)
    body = text.data
    start = _header_start(body)
    sample = body[start : start + 200_000].decode(errors="replace")
    if not sample.strip():
        return raw_table(file, stem(file), [], empty_frame([]), findings)
    mark = delimiter(sample)
    end = _record_end(body, start)
    cells = fields(body[start:end].decode(), mark)
    named, skipped = header(cells), body[:start].count(b"\n") + 1
    findings += header_findings(file, named, skipped)
    second = fields(body[end + 1 : _record_end(body, end + 1)].decode(), mark)
    if is_data(cells, second):
        names = [f"column_{at}" for at in range(1, len(cells) + 1)]
        findings.append(finding("missing_header", file, "The first row looks like data; the columns are numbered."))
        return _table(file, names, body[start:], mark, skipped - 1, findings)
    return _table(file, named.names, body[end + 1 :], mark, skipped, findings)


def _text_findings(file: str, encoding: str, *, is_guess: bool, n_nul: int) -> list[Finding]:
    found = []
    if is_guess:
        found.append(finding("encoding_guessed", file, f"Read as {encoding}.", value=encoding))
    if n_nul:
        found.append(finding("nul_bytes", file, f"{n_nul} NUL characters were taken out.", n_rows=n_nul))
    return found


def _header_start(body: bytes) -> int:
    """Where the first line with something in it begins."""
    start = 0
    while (end := body.find(b"\n", start)) >= 0 and not body[start:end].strip():
        start = end + 1
    return start


def _record_end(body: bytes, start: int) -> int:
    """Where the record that begins at `start` ends; a header may hold line ends inside quotes."""
    first = end = body.find(b"\n", start)
    while end >= 0 and body.count(b'"', start, end) % 2 and end - start < _MAX_HEADER:
        end = body.find(b"\n", end + 1)
    if end < 0 or body.count(b'"', start, end) % 2:
        end = first
    return end if end >= 0 else len(body)


def _table(  # noqa: PLR0913, PLR0917  what was found out about the file
    file: str, names: list[str], body: bytes, mark: str, n_above: int, findings: list[Finding]
) -> RawTable:
    frames, ragged = [], []
    n_seen = n_above
    for chunk in _chunks(body):
        block = _block(chunk, names, mark)
        frames.append(block.frame.with_columns(pl.col(ROW) + n_seen))
        ragged += [(row + n_seen, n_fields, text) for row, n_fields, text in block.ragged]
        n_seen += block.n_records
    frame = pl.concat(frames, rechunk=False) if frames else empty_frame(names)
    return raw_table(file, stem(file), names, frame, findings + _ragged_findings(file, ragged, len(names)))


def _ragged_findings(file: str, ragged: list[tuple[int, int, str]], n_columns: int) -> list[Finding]:
    found = [
        finding(
            "ragged_row",
            file,
            f"Row {row} has {n_fields} fields, not {n_columns}; it is left out.",
            row=row,
            value=text,
        )
        for row, n_fields, text in ragged[:_MAX_RAGGED]
    ]
    if n_more := len(ragged) - len(found):
        message = (
            f"{n_more} more rows have the wrong number of fields, from row {ragged[_MAX_RAGGED][0]}; all are left out."
        )
        found.append(finding("ragged_row", file, message, row=ragged[_MAX_RAGGED][0], n_rows=n_more))
    return found


def _chunks(body: bytes) -> Iterator[bytes]:
    """Stretches of about 16 MB that end with a whole record."""
    start = 0
    while start < len(body):
        end = min(start + _BLOCK, len(body))
        while end < len(body):
            end = body.find(b"\n", end) + 1 or len(body)
            if body.count(b'"', start, end) % 2 == 0:
                break
        yield body[start:end]
        start = end


def _block(chunk: bytes, names: list[str], mark: str) -> Block:
    if not chunk.endswith(b"\n"):
        chunk += b"\n"
    array = np.frombuffer(chunk, dtype=np.uint8)
    ends, marks = np.flatnonzero(array == _LF), np.flatnonzero(array == ord(mark))
    if b'"' in chunk:
        quotes = np.flatnonzero(array == _QUOTE)
        if not _is_paired(array, quotes, ord(mark)):
            return _careful(chunk, names, mark)
        ends, marks = _outside(ends, quotes), _outside(marks, quotes)
    return _counted(chunk, ends, marks, names, mark)


def _outside(positions: Positions, quotes: Positions) -> Positions:
    outside: Positions = positions[np.searchsorted(quotes, positions) % 2 == 0]
    return outside


def _is_paired(array: np.ndarray[Any, np.dtype[np.uint8]], quotes: Positions, mark: int) -> bool:
    """Whether every quote opens after a delimiter or line end and closes before one (or is doubled)."""
    if len(quotes) % 2:
        return False
    opens, closes = quotes[0::2], quotes[1::2]
    before = array[np.maximum(opens - 1, 0)]
    after = array[np.minimum(closes + 1, len(array) - 1)]
    edges = [mark, _LF, _QUOTE]
    return bool((np.isin(before, edges) | (opens == 0)).all() and np.isin(after, edges).all())


def _counted(chunk: bytes, ends: Positions, marks: Positions, names: list[str], mark: str) -> Block:
    starts = np.concatenate(([0], ends[:-1] + 1))
    n_fields = np.diff(np.searchsorted(marks, ends), prepend=0) + 1
    blank = ends == starts
    good = (n_fields == len(names)) & ~blank
    ragged, pieces = [], None
    for at in np.flatnonzero(~good & ~blank):
        text = chunk[starts[at] : ends[at]].decode(errors="replace")
        if not text.strip():
            blank[at] = True
        elif _spare(text, mark, len(names)):
            return _careful(chunk, names, mark)
        else:
            ragged.append((int(at) + 1, int(n_fields[at]), text))
    if not good.all():
        pieces = b"".join(chunk[starts[at] : ends[at] + 1] for at in np.flatnonzero(good))
    frame = _parsed(pieces if pieces is not None else chunk, names, mark, has_quotes=b'"' in chunk)
    if frame.height != good.sum():  # Polars saw other records than we counted
        return _careful(chunk, names, mark)
    return Block(frame.select(pl.Series(ROW, np.flatnonzero(good) + 1), pl.all()), ragged, len(ends))


def _parsed(data: bytes, names: list[str], mark: str, *, has_quotes: bool) -> pl.DataFrame:
    if not data:
        return empty_frame(names).drop(ROW)
    return pl.read_csv(
        data,
        has_header=False,
        schema=dict.fromkeys(names, pl.String),
        separator=mark,
        quote_char='"' if has_quotes else None,
    )


def _spare(text: str, mark: str, n_columns: int) -> bool:
    """Whether what a row has too much are only empty fields at its end; such a row is read."""
    cells = fields(text, mark)
    return len(cells) > n_columns and not any(cell.strip() for cell in cells[n_columns:])


def fields(record: str, mark: str) -> list[str]:
    """The fields of one record; a quote that does not enclose a whole field stands for itself.

    >>> fields('d-1,"Moreno, Rita",5" pipe,"a ""b"" c"', ",")
    ['d-1', 'Moreno, Rita', '5" pipe', 'a "b" c']
    """
    if '"' not in record:
        return record.split(mark)
    m = re.escape(mark)
    pattern = re.compile(rf'\s*"([^"]*(?:""[^"]*)*)"[ \t]*(?={m}|$)|([^{m}]*)', re.DOTALL)
    cells: list[str] = []
    at = 0
    while True:
        match = pattern.match(record, at)
        if match is None:  # cannot happen: the second branch matches nothing at all
            return cells
        quoted, plain = match.groups()
        cells.append(quoted.replace('""', '"') if quoted is not None else plain)
        at = match.end() + 1
        if match.end() >= len(record):
            return cells


def _careful(chunk: bytes, names: list[str], mark: str) -> Block:
    """Record by record, resuming on the next line after a quote that never closes; about 200,000 rows a second."""
    lines = chunk.decode(errors="replace").split("\n")[:-1]
    rows: list[list[str]] = []
    numbers, ragged, at, n_records = [], [], 0, 0
    while at < len(lines):
        cells, n_lines = _record(lines, at, mark, len(names))
        n_records += 1
        text = lines[at]
        at += n_lines
        if not any(cell.strip() for cell in cells) and len(cells) <= 1:
            continue
        if len(cells) > len(names) and not any(cell.strip() for cell in cells[len(names) :]):
            cells = cells[: len(names)]
        if len(cells) != len(names):
            ragged.append((n_records, len(cells), text))
            continue
        rows.append(cells)
        numbers.append(n_records)
    columns = {name: [row[at] or None for row in rows] for at, name in enumerate(names)}
    schema = {ROW: pl.Int64, **dict.fromkeys(names, pl.String)}
    return Block(pl.DataFrame({ROW: numbers, **columns}, schema=schema), ragged, n_records)


def _record(lines: list[str], at: int, mark: str, n_columns: int) -> tuple[list[str], int]:
    """Fields of the record that starts on line `at`, and how many lines it takes."""
    text, n_lines = lines[at], 1
    n_quotes = text.count('"')
    while n_quotes % 2 and n_lines < _MAX_JOINED and at + n_lines < len(lines):
        text += "\n" + lines[at + n_lines]
        n_quotes += lines[at + n_lines].count('"')
        n_lines += 1
    if n_lines > 1 and n_quotes % 2 == 0:
        cells = fields(text, mark)
        if len(cells) == n_columns:
            return cells, n_lines
    return fields(lines[at], mark), 1
