"""Files to rows that fit the tables of a function: exact amounts and ratios, and findings for what does not fit.

    bases.csv   holder  base     growth   relief        Rows   holder_id  base_minor  growth  relief
                rita    1,000    10 %     1/50     ->          rita       100000      1/10    1/50

A row that lacks what it needs is left out with a finding; so is one that says a key again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl

from quarterdeck.connectors.files.amounts import wholes
from quarterdeck.connectors.files.days import days
from quarterdeck.connectors.files.rules import UNREADABLE, finding
from quarterdeck.services.compute.planning.exact import Mark, exact_number
from quarterdeck.terms.money import MAX_MINOR
from quarterdeck.terms.tables import Column

if TYPE_CHECKING:
    from quarterdeck.connectors.files import RawTable
    from quarterdeck.terms.findings import Finding
    from quarterdeck.terms.tables import Frame, Table

ROW: Final = "_row"
_TYPES: Final[dict[str, Any]] = {
    "day": pl.Date,
    "count": pl.Int64,
    "money": pl.Int64,
    "ratio": pl.Float64,
    "flag": pl.Boolean,
}
_REMEDIES: Final = {
    "day": "Write days as 2025-03-31.",
    "money": "Write plain numbers such as 1234.50; --decimal-mark says which mark divides decimals.",
    "ratio": "Write ratios as 0.25, 25 % or 1/4; --decimal-mark says which mark divides decimals.",
    "count": "Write whole numbers.",
    "flag": "Write yes or no.",
}
_FLAGS: Final = {"yes": True, "true": True, "1": True, "y": True, "no": False, "false": False, "0": False, "n": False}
MOST_ROWS: Final = 25
"""Findings of one kind about one column; the rest is counted."""


@dataclass(frozen=True, slots=True)
class How:
    """How cells are read: digits after the point of an amount, and the decimal mark."""

    digits: int
    mark: Mark = "."


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one input. `data` is typed (ratios as floats), `exact` has the fractions of ratio columns."""

    table: Table
    data: pl.DataFrame
    exact: dict[str, list[Fraction | None]]

    def __len__(self) -> int:
        """How many rows."""
        return self.data.height

    def listed(self) -> list[dict[str, Any]]:
        """Rows as dictionaries, ratios as fractions."""
        columns: dict[str, Sequence[Any]] = {name: self.data[name].to_list() for name in self.data.columns}
        columns |= self.exact
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    def frame(self) -> Frame:
        """The rows as a frame, ratios as floats."""
        return nw.from_native(self.data, eager_only=True)


@dataclass(frozen=True, slots=True)
class _Cells:
    """One column as it was read: where the file says nothing, and where what it says cannot be read."""

    column: Column
    heading: str
    series: pl.Series
    exact: list[Fraction | None] | None
    texts: pl.Series

    @property
    def blank(self) -> pl.Series:
        return self.texts.is_null()

    @property
    def wrong(self) -> pl.Series:
        return self.texts.is_not_null() & self.series.is_null()


def fitted(raw: RawTable, table: Table, how: How, measures: Sequence[str] = ()) -> tuple[Rows | None, list[Finding]]:
    """The rows of a raw table as those of `table`, with `measures` as amounts beside; None when a column is missing."""
    wanted = (*table.columns, *(Column(f"{name}_minor", "money", "", is_required=False) for name in measures))
    named = headings(wanted, raw.columns)
    missing = [column for column in wanted if column.name not in named and (column.is_required or not column.about)]
    if missing:
        return None, [_missing(raw, column) for column in missing]
    cells = [_read(column, named.get(column.name, ""), raw.frame, how) for column in wanted]
    found = [_unused(raw.file, name) for name in raw.columns if name not in named.values()]
    found += [one for read in cells for one in _faults(read, raw)]
    keep = pl.Series([True] * raw.frame.height, dtype=pl.Boolean)
    for read in cells:
        keep &= ~(read.wrong | read.blank) if read.column.is_required else ~read.wrong
    data = pl.DataFrame([read.series for read in cells]) if cells else raw.frame.select([])
    if table.key and data.height:
        first = data.select(pl.struct(table.key).is_first_distinct()).to_series()
        found += _twice(raw, table, named, data, keep & ~first)
        keep &= first
    stays = keep.to_list()
    exact = {
        read.column.name: [value for value, kept in zip(read.exact, stays, strict=True) if kept]
        for read in cells
        if read.exact is not None
    }
    return Rows(table, data.filter(keep), exact), found


def _missing(raw: RawTable, column: Column) -> Finding:
    name, said = _bare(column), ", ".join(raw.columns[:12]) or "none"
    about = column.about or "a measure."
    one = finding("missing_column", raw.file, f"There is no column {name}; it has {said}.", row=1, column=name)
    return replace(one, severity="error", remedy=f"Add a column {name}: {about}")


def _unused(file: str, name: str) -> Finding:
    remedy = "Nothing to do, unless it is misspelt."
    return finding("unmapped_column", file, f"Column {name} is not used.", row=1, column=name, remedy=remedy)


def _twice(
    raw: RawTable, table: Table, named: Mapping[str, str], data: pl.DataFrame, again: pl.Series
) -> list[Finding]:
    """A finding for each row whose key an earlier row has."""
    keys = data.select(table.key).filter(again).rows()
    said, remedy = " ".join(named.get(name, name) for name in table.key), "Keep one of the rows, or add them up."
    at = [
        (row, " ".join("" if part is None else str(part) for part in key))
        for row, key in zip(raw.frame[ROW].filter(again), keys, strict=True)
    ]
    return _listed("duplicate_key", raw.file, said, at, "{} is said before.", remedy)


def _faults(read: _Cells, raw: RawTable) -> list[Finding]:
    """Findings for the cells of a column that cannot be read, and for those that are empty and must not be."""
    column, rows, name = read.column, raw.frame[ROW], read.heading or _bare(read.column)
    wrong = list(zip(rows.filter(read.wrong), read.texts.filter(read.wrong), strict=True))
    remedy = _REMEDIES.get(column.kind, f"Write one of {', '.join(column.choices)}.")
    found = _listed(UNREADABLE.get(column.kind, ""), raw.file, name, wrong, "'{}' cannot be read.", remedy)
    if column.is_required:
        blank = [(row, "") for row in rows.filter(read.blank)]
        found += _listed("missing_required", raw.file, name, blank, f"{name} is empty.", "Fill it in.")
    return found


def _listed(  # noqa: PLR0913, PLR0917  the parts of a finding
    rule: str, file: str, column: str, at: Sequence[tuple[int, str]], message: str, remedy: str
) -> list[Finding]:
    """A finding per place, and one that counts those that are not listed."""
    said = [(row, text, message.replace("{}", text)) for row, text in at[:MOST_ROWS]]
    found = [
        finding(rule, file, told, row=row, column=column, value=text, is_fatal=True, remedy=remedy)
        for row, text, told in said
    ]
    if more := len(at) - len(found):
        told = f"{more:,} more rows have the same fault in {column}."
        found.append(finding("more_values", file, told, column=column, n_rows=more))
    return found


def _bare(column: Column) -> str:
    return column.name.removesuffix("_minor").removesuffix("_id")


def headings(columns: Sequence[Column], said: Sequence[str]) -> dict[str, str]:
    """By name of a column the heading that carries it: its name, its bare name, or another name for it."""
    plain = {"_".join(heading.strip().lower().replace("-", " ").split()): heading for heading in reversed(said)}
    return {column.name: heading for column in columns if (heading := _heading(column, plain)) is not None}


def _heading(column: Column, plain: Mapping[str, str]) -> str | None:
    names = (column.name, _bare(column), column.name.removeprefix("n_"), *column.aliases)
    return next((plain[name] for name in names if name in plain), None)


def _read(column: Column, heading: str, frame: pl.DataFrame, how: How) -> _Cells:
    """A column of a file, typed, with its fractions where it is a ratio; empty where the file does not have it."""
    if not heading:
        texts = pl.Series(column.name, [None] * frame.height, dtype=pl.String)
    else:
        text = pl.col(heading).str.strip_chars()
        texts = frame.select(pl.when(text != "").then(text).alias(column.name)).to_series()
    exact: list[Fraction | None] | None = None
    if column.kind == "ratio":
        known = {text: exact_number(text, how.mark) for text in texts.drop_nulls().unique(maintain_order=True)}
        exact = [None if text is None else known[text] for text in texts]
        series = pl.Series([None if one is None else float(one) for one in exact], dtype=pl.Float64)
    elif column.kind == "day":
        series, _ = days(texts, "iso")
    elif column.kind == "money":
        is_minor = "_".join(heading.strip().lower().split()) == column.name
        series, _ = wholes(texts, digits=0 if is_minor else how.digits, mark=how.mark, scale=Fraction(1))
    else:
        series = _plain(column, texts, how.mark)
    return _Cells(column, heading, series.alias(column.name), exact, texts)


def _plain(column: Column, texts: pl.Series, mark: Mark) -> pl.Series:
    """Counts, flags, choices and texts, once per distinct text."""
    if column.kind not in {"count", "flag", "choice"}:
        return texts
    known: dict[str, Any] = {}
    for text in texts.drop_nulls().unique(maintain_order=True):
        word = text.lower()
        if column.kind == "count":
            value: Any = whole_number(text, mark)
        else:
            value = _FLAGS.get(word) if column.kind == "flag" else word if word in column.choices else None
        if value is not None:
            known[text] = value
    kind = _TYPES.get(column.kind, pl.String)
    return texts.replace_strict(list(known), list(known.values()), default=None, return_dtype=kind)


def whole_number(text: str, mark: Mark) -> int | None:
    """The whole number that a text says, None for anything else.

    >>> whole_number("1,200", "."), whole_number("2.5", "."), whole_number("12.0", ".")
    (1200, None, 12)
    """
    exact = exact_number(text, mark)
    return int(exact) if exact is not None and exact.denominator == 1 and abs(exact) <= MAX_MINOR else None
