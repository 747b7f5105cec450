"""Lists as files: CSV for programs, XLSX for people.

    deal     amount_minor          CSV   deal,amount          XLSX   A1 deal        B1 amount
    =cmd()   4800000          ->         '=cmd(),48000.00            A2 =cmd()      B2 48,000.00 (a number)

A text that a spreadsheet would run as a formula (it begins with = + - @, a tab or a line end) stays text: in XLSX cells
are written as strings, in CSV an apostrophe is put before it. Source: OWASP, CSV Injection.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.terms.money import Money, minor_digits

if TYPE_CHECKING:
    from quarterdeck.services.listing import Listing
    from quarterdeck.terms.tables import Column

_RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_LONGEST_CELL: Final = 32_767
"""Characters Excel takes in a cell."""
_LARGEST_EXACT: Final = 2**53
"""Excel keeps numbers as doubles: a larger whole number is written as text, so that no digit is lost."""
_WIDEST: Final = 60


def titles(listing: Listing[Any]) -> list[str]:
    """Column headings; amounts lose their `_minor`, since a file holds them as people write them."""
    return [column.name.removesuffix("_minor") for column in listing.columns]


def csv_of(listing: Listing[Any], currency: str) -> bytes:
    """The list as CSV in UTF-8 with a byte-order mark, without which Excel guesses the encoding wrongly."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(titles(listing))
    for row in listing.rows:
        writer.writerow([_csv_cell(column, _value(row, column.name), currency) for column in listing.columns])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def xlsx_of(listing: Listing[Any], currency: str, *, made_at: dt.datetime | None = None) -> bytes:
    """The list as a workbook with one sheet: frozen header, filters, numbers as numbers, days as days.

    A workbook says when it was made; with `made_at` the same list is the same bytes.
    """
    import xlsxwriter  # noqa: PLC0415  heavy, and only files need it

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        if made_at is not None:
            book.set_properties({"created": made_at.replace(tzinfo=None)})
        sheet = book.add_worksheet(_sheet_name(listing.title))
        formats = {kind: book.add_format({"num_format": form}) for kind, form in _formats(currency).items()}
        head = book.add_format({"bold": True, "bottom": 1})
        for at, (title, column) in enumerate(zip(titles(listing), listing.columns, strict=True)):
            sheet.write_string(0, at, title, head)
            sheet.set_column(at, at, _width(title, column, listing.rows), formats.get(column.kind))
        for down, row in enumerate(listing.rows, start=1):
            for at, column in enumerate(listing.columns):
                _write(sheet, down, at, column, _value(row, column.name), formats, currency)
        sheet.freeze_panes(1, 0)
        if listing.rows:
            sheet.autofilter(0, 0, len(listing.rows), len(listing.columns) - 1)
    return file.getvalue()


def _value(row: Any, name: str) -> Any:  # noqa: ANN401  a cell of any kind
    """The cell of a row; a figure is its value, several texts are one."""
    found = row.get(name) if isinstance(row, Mapping) else getattr(row, name)
    found = getattr(found, "value", found)
    return "; ".join(str(part) for part in found) if isinstance(found, tuple | list) else found


def _csv_cell(column: Column, value: Any, currency: str) -> str:  # noqa: ANN401
    if value is None:
        return ""
    if column.kind == "money":
        return f"{Money(int(value), currency).major:f}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Fraction | float):
        return f"{float(value):.12g}"
    if isinstance(value, int):
        return str(value)
    return defused(value.isoformat() if isinstance(value, dt.date) else str(value))


def defused(text: str) -> str:
    """A text that no spreadsheet runs.

    >>> defused("=1+1"), defused("-5 %"), defused("Hollis"), defused("")
    ("'=1+1", "'-5 %", 'Hollis', '')
    """
    return f"'{text}" if text.lstrip(" ").startswith(_RISKY) else text


def _formats(currency: str) -> dict[str, str]:
    digits = minor_digits(currency)
    money = "#,##0" + ("." + "0" * digits if digits else "")
    return {"money": money, "count": "#,##0", "ratio": "0.0%", "day": "yyyy-mm-dd", "instant": "yyyy-mm-dd hh:mm"}


def _write(  # noqa: PLR0913, PLR0917  a cell is a place, a value and a look
    sheet: Any,  # noqa: ANN401  xlsxwriter is not typed
    down: int,
    at: int,
    column: Column,
    value: Any,  # noqa: ANN401
    formats: dict[str, Any],
    currency: str,
) -> None:
    if value is None:
        return
    if isinstance(value, dt.datetime):
        sheet.write_datetime(down, at, value.replace(tzinfo=None), formats["instant"])
    elif isinstance(value, dt.date) and value.year > 1899:  # noqa: PLR2004  the first year Excel knows
        sheet.write_datetime(down, at, dt.datetime(value.year, value.month, value.day), formats["day"])  # noqa: DTZ001
    elif isinstance(value, bool):
        sheet.write_string(down, at, "yes" if value else "no")
    elif isinstance(value, int | float | Fraction) and -_LARGEST_EXACT <= float(value) <= _LARGEST_EXACT:
        number = float(Money(int(value), currency).major) if column.kind == "money" else float(value)
        sheet.write_number(down, at, number, formats.get(column.kind))
    elif isinstance(value, int | Fraction) and column.kind == "money":
        sheet.write_string(down, at, f"{Money(int(value), currency).major:f}")
    else:
        sheet.write_string(down, at, str(value)[:_LONGEST_CELL])


def _width(title: str, column: Column, rows: Iterable[Any]) -> int:
    longest: int = max((len(str(_value(row, column.name) or "")) for row in list(rows)[:200]), default=0)
    return min(max(len(title), longest, 8) + 2, _WIDEST)


def _sheet_name(title: str) -> str:
    r"""What Excel allows: at most 31 characters, none of []:*?/\\, no apostrophe at either end."""
    kept = "".join(" " if letter in "[]:*?/\\" else letter for letter in title).strip("' ")
    return kept[:31].strip("' ") or "List"
