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
"""Findings about single cells of one column; the rest is counted."""


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


def fitted(raw: RawTable, table: Table, how: How, measures: Sequence[str] = ()) -> tuple[Rows | None, list[Finding]]:
    """The rows of a raw table as those of `table`, with `measures` as amounts beside; None when a column is missing."""
    wanted = (*table.columns, *(Column(f"{name}_minor", "money", "", is_required=False) for name in measures))
    named = headings(wanted, raw.columns)
    missing = [column for column in wanted if column.name not in named and (column.is_required or not column.about)]
    if missing:
        said = ", ".join(raw.columns[:12]) or "none"
        return None, [
            replace(
                finding(
                    "missing_column",
                    raw.file,
                    f"There is no column {_bare(column)}; it has {said}.",
                    row=1,
                    column=_bare(column),
                    remedy=f"Add a column {_bare(column)}: {column.about or 'a measure.'}",
                ),
                severity="error",
            )
            for column in missing
        ]
    found = [
        finding(
            "unmapped_column",
            raw.file,
            f"Column {name} is not used.",
            row=1,
            column=name,
            remedy="Nothing to do, unless it is misspelt.",
        )
        for name in raw.columns
        if name not in named.values()
    ]
    typed, exact = [raw.frame[ROW]], {}
    for column in wanted:
        texts = _texts(raw.frame, named.get(column.name), column.name)
        series, fractions, faults = _read(column, texts, raw.frame[ROW], raw.file, named.get(column.name, ""), how)
        typed.append(series)
        found += faults
        if fractions is not None:
            exact[column.name] = fractions
    return _kept(table, pl.DataFrame(typed), exact, raw.file, found)


def _kept(
    table: Table, data: pl.DataFrame, exact: dict[str, list[Fraction | None]], file: str, found: list[Finding]
) -> tuple[Rows, list[Finding]]:
    """The rows with all they need and a key of their own."""
    required = [column.name for column in table.columns if column.is_required]
    whole = pl.Series([True] * data.height, dtype=pl.Boolean)
    for name in required:
        empty = data.filter(whole & data[name].is_null() & ~_told(data, found, name))
        whole &= data[name].is_not_null()
        found += [
            finding("missing_required", file, f"{name.removesuffix('_minor')} is empty.", row=row, column=name)
            for row in empty[ROW].to_list()[:MOST_ROWS]
        ]
    if table.key and data.height:
        first = data.select(pl.struct(table.key).is_first_distinct()).to_series()
        said = " ".join(table.key)
        twice = data.filter(whole & ~first)
        found += [
            finding(
                "duplicate_key",
                file,
                f"{_key(data, table, row)} is said before.",
                row=row,
                column=said,
                is_fatal=True,
                remedy="Keep one of the rows, or add them up.",
            )
            for row in twice[ROW].to_list()[:MOST_ROWS]
        ]
        whole &= first
    keep = whole.to_list()
    kept = {name: [value for value, stays in zip(values, keep, strict=True) if stays] for name, values in exact.items()}
    return Rows(table, data.filter(whole).drop(ROW), kept), found


def _told(data: pl.DataFrame, found: list[Finding], name: str) -> pl.Series:
    """Rows of which a finding says already that the column cannot be read."""
    rows = {one.row for one in found if one.column == name and one.severity == "error"}
    return data[ROW].is_in([row for row in rows if row is not None])


def _key(data: pl.DataFrame, table: Table, row: int) -> str:
    said = data.filter(pl.col(ROW) == row).select(table.key).row(0)
    return " ".join("" if value is None else str(value) for value in said)


def _bare(column: Column) -> str:
    return column.name.removesuffix("_minor").removesuffix("_id")


def headings(columns: Sequence[Column], said: Sequence[str]) -> dict[str, str]:
    """By name of a column the heading that carries it: its name, its bare name, or another name for it."""
    plain = {"_".join(heading.strip().lower().replace("-", " ").split()): heading for heading in reversed(said)}
    return {column.name: heading for column in columns if (heading := _heading(column, plain)) is not None}


def _heading(column: Column, plain: Mapping[str, str]) -> str | None:
    names = (column.name, _bare(column), column.name.removeprefix("n_"), *column.aliases)
    return next((plain[name] for name in names if name in plain), None)


def _texts(frame: pl.DataFrame, heading: str | None, name: str) -> pl.Series:
    if heading is None:
        return pl.Series(name, [None] * frame.height, dtype=pl.String)
    text = pl.col(heading).str.strip_chars()
    return frame.select(pl.when(text != "").then(text).alias(name)).to_series()


Read = tuple[pl.Series, list[Fraction | None] | None, list["Finding"]]


def _read(  # noqa: PLR0913, PLR0917  a column and where it came from
    column: Column, texts: pl.Series, rows: pl.Series, file: str, heading: str, how: How
) -> Read:
    """The typed column, its fractions where it is a ratio, and a finding for each cell that cannot be read."""
    fractions: list[Fraction | None] | None = None
    wrong: set[str]
    if column.kind == "ratio":
        known = {text: exact_number(text, how.mark) for text in texts.drop_nulls().unique(maintain_order=True)}
        wrong = {text for text, value in known.items() if value is None}
        fractions = [None if text is None else known[text] for text in texts]
        series = pl.Series(column.name, [None if one is None else float(one) for one in fractions], dtype=pl.Float64)
    elif column.kind == "day":
        series, bad = days(texts, "iso")
        wrong = set(bad)
    elif column.kind == "money":
        is_minor = "_".join(heading.strip().lower().split()) == column.name
        series, bad = wholes(texts, digits=0 if is_minor else how.digits, mark=how.mark, scale=Fraction(1))
        wrong = set(bad)
    else:
        series, wrong = _plain(column, texts, how.mark)
    return series.alias(column.name), fractions, _faults(column, texts, rows, file, wrong)


def _plain(column: Column, texts: pl.Series, mark: Mark) -> tuple[pl.Series, set[str]]:
    """Counts, flags, choices and texts, once per distinct text."""
    said = texts.drop_nulls().unique(maintain_order=True).to_list()
    known: dict[str, Any] = {}
    if column.kind == "count":
        known = {text: number for text in said if (number := whole_number(text, mark)) is not None}
    elif column.kind == "flag":
        known = {text: _FLAGS[text.lower()] for text in said if text.lower() in _FLAGS}
    elif column.kind == "choice":
        known = {text: text.lower() for text in said if text.lower() in column.choices}
    else:
        return texts, set()
    kind = _TYPES.get(column.kind, pl.String)
    series = texts.replace_strict(list(known), list(known.values()), default=None, return_dtype=kind)
    return series, set(said) - set(known)


def whole_number(text: str, mark: Mark) -> int | None:
    """The whole number that a text says, None for anything else.

    >>> whole_number("1,200", "."), whole_number("2.5", "."), whole_number("12.0", ".")
    (1200, None, 12)
    """
    exact = exact_number(text, mark)
    return int(exact) if exact is not None and exact.denominator == 1 and abs(exact) <= MAX_MINOR else None


def _faults(column: Column, texts: pl.Series, rows: pl.Series, file: str, wrong: set[str]) -> list[Finding]:
    if not wrong:
        return []
    at = [(row, text) for row, text in zip(rows, texts, strict=True) if text in wrong]
    remedy = _REMEDIES.get(column.kind, f"Write one of {', '.join(column.choices)}.")
    shown = [
        finding(
            UNREADABLE[column.kind],
            file,
            f"'{text}' cannot be read.",
            row=row,
            column=column.name,
            value=text,
            is_fatal=True,
            remedy=remedy,
        )
        for row, text in at[:MOST_ROWS]
    ]
    more = len(at) - len(shown)
    if more:
        shown.append(finding("more_values", file, f"{more} more of {column.name}.", column=column.name, n_rows=more))
    return shown
