"""Workbooks and Parquet files as raw tables.

    sheet Deals                          RawTable "Deals" of "book.xlsx#Deals"
    A       B           C                _row  deal  closed_on   amount
    deal    closed_on   amount           2     d-1   2025-03-31  0.3
    d-1     31.03.2025  0.1+0.2

Every visible sheet is a table; its header is the first row with something in it. Numbers are written with the 15 digits
that a spreadsheet itself keeps, so float noise does not reach an amount; days are ISO.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
import zlib
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import polars as pl
import python_calamine as calamine

from quarterdeck.connectors.files.raw import ROW, RawTable, empty_frame, header_findings, raw_table, stem
from quarterdeck.connectors.files.rules import finding
from quarterdeck.connectors.files.sniffing import header

if TYPE_CHECKING:
    from quarterdeck.terms.findings import Finding

_MAX_CELLS: Final = 50_000_000
"""Cells a sheet may span: the reader holds the whole rectangle, and one cell in the far corner makes it 17 billion."""
_EXACT: Final = 2**53
_BROKEN_BOOK: Final = (calamine.CalamineError, calamine.PasswordError, calamine.ZipError, calamine.XmlError)
BROKEN_ARCHIVE: Final = (zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, EOFError, OSError)
"""What the standard library raises on bytes that are no archive, a broken one or one with a password."""


def sheet_tables(file: str, data: bytes) -> list[RawTable]:
    """One table per visible sheet with anything in it; a note for a file that cannot be read."""
    try:
        if too_wide := _oversized(data):
            message = f"{too_wide} spans more than {_MAX_CELLS:,} cells."
            return [_unreadable(file, message, "Delete the stray cells far right or below, and save again.")]
        book = calamine.load_workbook(io.BytesIO(data))
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == calamine.SheetVisibleEnum.Visible and sheet.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        return [_sheet(file, book.get_sheet_by_name(name), is_only=len(names) == 1) for name in names]
    except (*BROKEN_ARCHIVE, *_BROKEN_BOOK) as error:
        return [_unreadable(file, f"The workbook cannot be opened: {error}", "")]


def _unreadable(file: str, message: str, remedy: str) -> RawTable:
    note = finding("unreadable_file", file, message, remedy=remedy)
    return RawTable(file, stem(file), [], empty_frame([]), [note])


def _oversized(data: bytes) -> str:
    """The first part of an XLSX whose cells span too large a rectangle; empty when all is well."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return ""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.namelist():
            if re.fullmatch(r"xl/worksheets/[^/]+\.xml", member) and _n_cells(archive.read(member)) > _MAX_CELLS:
                return member
    return ""


def _n_cells(xml: bytes) -> int:
    numbers = [int(row) for row in re.findall(rb'<(?:\w+:)?c\b[^>]*?\br="[A-Z]{1,3}(\d{4,7})"', xml)]
    letters = set(re.findall(rb'\br="([A-Z]{1,3})\d{1,7}"', xml))
    return max(numbers, default=1000) * max((_column_number(text) for text in letters), default=1)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _sheet(file: str, sheet: calamine.CalamineSheet, *, is_only: bool) -> RawTable:
    shown = file if is_only else f"{file}#{sheet.name}"
    name = stem(file) if is_only else sheet.name
    rows = ([cell_text(cell) for cell in row] for row in sheet.iter_rows()) if sheet.height else iter(())
    at, head = next(((at, row) for at, row in enumerate(rows, 1) if any(row)), (0, []))
    while head and not head[-1]:
        head.pop()
    named = header(head)
    found: list[Finding] = header_findings(shown, named, at)
    body = [(number, row) for number, row in enumerate(rows, at + 1) if any(row)]
    for number, row in body:
        if any(row[len(head) :]):
            message = f"Row {number} has values to the right of the header; it is left out."
            found.append(finding("ragged_row", shown, message, row=number))
    kept = [(number, row) for number, row in body if not any(row[len(head) :])]
    columns = {name: [row[at] or None for _, row in kept] for at, name in enumerate(named.names)}
    schema = {ROW: pl.Int64, **dict.fromkeys(named.names, pl.String)}
    frame = pl.DataFrame({ROW: [number for number, _ in kept], **columns}, schema=schema)
    return raw_table(shown, name, named.names, frame, found)


def cell_text(cell: object) -> str:
    """A cell as a person would write it into a CSV.

    >>> cell_text(0.1 + 0.2), cell_text(1234.0), cell_text(True), cell_text(dt.datetime(2025, 3, 31))
    ('0.3', '1234', 'true', '2025-03-31')
    """
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return _number_text(cell)
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ")
    return str(cell).strip()


def _number_text(number: float) -> str:
    if number.is_integer() and abs(number) < _EXACT:
        return str(int(number))
    text = f"{number:.15g}"
    return f"{Decimal(text):f}" if "e" in text else text


def parquet_table(file: str, data: bytes) -> RawTable:
    """The one table of a Parquet file, all values as text; lists and records are left aside with a note."""
    try:
        typed = pl.read_parquet(io.BytesIO(data))
    except (pl.exceptions.PolarsError, OSError) as error:
        return _unreadable(file, f"The Parquet file cannot be read: {error}", "")
    nested = [name for name, dtype in typed.schema.items() if dtype.is_nested() or dtype == pl.Binary]
    found = [finding("nested_values", file, f"Column {name!r} holds lists or records.", column=name) for name in nested]
    typed = typed.drop(nested)
    named = header(typed.columns)
    texts = [_as_text(series).alias(name) for series, name in zip(typed.get_columns(), named.names, strict=True)]
    frame = pl.DataFrame([pl.Series(ROW, range(2, typed.height + 2), pl.Int64), *texts])
    return raw_table(file, stem(file), named.names, frame, found + header_findings(file, named, 1))


def _as_text(series: pl.Series) -> pl.Series:
    if series.dtype.is_float():
        finite = series.is_finite() | series.is_null()
        whole = finite.all() and ((series.abs() < _EXACT) & (series == series.round())).all()
        return series.cast(pl.Int64).cast(pl.String) if whole else series.round_sig_figs(15).cast(pl.String)
    if series.dtype == pl.Datetime:
        return series.dt.strftime("%Y-%m-%d %H:%M:%S")
    return series.cast(pl.String)
