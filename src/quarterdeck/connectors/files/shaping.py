r"""A raw table brought into the shape of a rule: other files joined, wide made long, rows chosen, fields as text.

holder  2025-01  2025-02      unpivot (?P<year>\d{4})-(?P<month>\d{2})      fields
rita    90       95       ->  holder  column   value  year  month         ->  holder  starts_on   amount
                              rita    2025-01  90     2025  01                rita    2025-01-01  90
                              rita    2025-02  95     2025  02                rita    2025-02-01  95
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Final

import polars as pl

from quarterdeck.connectors.files.matching import holds_one_of, names_file, squashed, translated
from quarterdeck.connectors.files.raw import ROW, RawTable
from quarterdeck.connectors.files.rules import finding

if TYPE_CHECKING:
    from quarterdeck.connectors.files.mapping import Conditions, Field, Join, TableRule, Unpivot
    from quarterdeck.terms.findings import Finding

_PLACE: Final = re.compile(r"\{([^{}]+)\}")


@dataclass(slots=True)
class Shape:
    """A raw frame on its way to a rule's fields, with what was noticed and which columns were used."""

    file: str
    frame: pl.DataFrame
    findings: list[Finding] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)
    _names: tuple[list[str], dict[str, str]] = field(default=([], {}), repr=False)

    def column(self, name: str) -> pl.Expr | None:
        """The column of that name, whatever its case and punctuation; None when there is none."""
        if (found := self._found(name)) is None:
            self.absent.add(name)
            return None
        self.used.add(found)
        return pl.col(found)

    def _found(self, name: str) -> str | None:
        columns = self.frame.columns
        if columns != self._names[0]:  # joins and unpivots change them; wide exports make squashing each time slow
            self._names = columns, {squashed(column): column for column in reversed(columns) if column != ROW}
        return name if name in columns else self._names[1].get(squashed(name))


def shaped(raw: RawTable, rule: TableRule, tables: list[RawTable]) -> Shape:
    """The raw table with the rule's joins, unpivot and row conditions applied; empty rows are dropped."""
    is_empty = [pl.col(name).fill_null("").str.strip_chars() == "" for name in raw.columns]
    frame = raw.frame.filter(~pl.all_horizontal(is_empty)) if is_empty else raw.frame
    shape = Shape(raw.file, frame)
    for join in rule.joins:
        _join(shape, join, rule, tables)
    if rule.unpivot is not None:
        _unpivot(shape, rule.unpivot)
    n_before = shape.frame.height
    shape.frame = shape.frame.filter(_conditions(shape, rule.where))
    if n_before and not shape.frame.height:
        message = f"None of its {n_before} rows is one of those that the mapping takes for {rule.template}."
        shape.findings.append(finding("empty_table", raw.file, message))
    return shape


def _needed(rule: TableRule) -> set[str]:
    """Every column the rule names, squashed."""
    names = {column for column, _ in rule.where} | {here for join in rule.joins for here, _ in join.on}
    for _, source in rule.fields:
        names |= {source.column, *source.first_of, *_PLACE.findall(source.text), *(column for column, _ in source.when)}
    return {squashed(name) for name in names}


def _join(shape: Shape, join: Join, rule: TableRule, tables: list[RawTable]) -> None:
    other = next((table for table in tables if table.columns and names_file(join.file, table.name)), None)
    prefix = join.name or join.file.split("|")[0].strip()
    if other is None:
        message = f"No file {join.file!r}; columns of {prefix!r} stay empty."
        shape.findings.append(finding("missing_file", shape.file, message, value=join.file))
        return
    theirs = Shape(other.file, other.frame)
    pairs = [(shape.column(here), theirs.column(there)) for here, there in join.on]
    left = [key.str.strip_chars() for key, _ in pairs if key is not None]
    right = [key.str.strip_chars().alias(f"__key_{at}") for at, (_, key) in enumerate(pairs) if key is not None]
    if len(left) != len(right) or len(left) != len(join.on):
        shape.absent |= theirs.absent
        return
    needed = _needed(rule)
    columns = [
        pl.col(name).alias(f"{prefix}.{name}") for name in other.columns if squashed(f"{prefix}.{name}") in needed
    ]
    keys = [f"__key_{at}" for at in range(len(right))]
    beside = other.frame.select(*right, *columns).drop_nulls(keys)
    once = beside.unique(subset=keys, keep="first", maintain_order=True)
    if n_more := beside.height - once.height:
        message = f"{n_more} rows of {other.file} share a key with an earlier row."
        shape.findings.append(finding("duplicate_join", other.file, message, column=join.on[0][1], n_rows=n_more))
    shape.frame = shape.frame.join(once, left_on=left, right_on=keys, how="left", maintain_order="left").drop(
        keys, strict=False
    )


def _unpivot(shape: Shape, unpivot: Unpivot) -> None:
    pattern = re.compile(unpivot.columns, re.IGNORECASE)
    wide = {name: match for name in shape.frame.columns if name != ROW and (match := pattern.fullmatch(name))}
    if not wide:
        message = f"No column matches {unpivot.columns!r}."
        shape.findings.append(finding("missing_column", shape.file, message, column=unpivot.columns))
    made = {"column", "value", *pattern.groupindex}
    kept = [name for name in shape.frame.columns if name not in wide and name not in made]
    long = shape.frame.unpivot(list(wide), index=kept, variable_name="column", value_name="value").cast(
        {"value": pl.String}
    )
    groups = [
        pl.col("column")
        .replace_strict({name: match[group] for name, match in wide.items()}, default=None, return_dtype=pl.String)
        .alias(group)
        for group in pattern.groupindex
        if group not in {"column", "value"}
    ]
    shape.frame = (
        long.with_columns(groups)
        .filter(pl.col("value").fill_null("").str.strip_chars() != "")
        .sort(ROW, maintain_order=True)
    )
    shape.used |= set(wide)


def _conditions(shape: Shape, conditions: Conditions) -> pl.Expr:
    tests = []
    for name, patterns in conditions:
        column = shape.column(name)
        if column is not None:
            tests.append(holds_one_of(column, patterns))
        elif "" in patterns:  # an absent column is one of empty cells
            shape.absent.discard(name)
        else:
            tests.append(pl.lit(value=False))
    return reduce(lambda one, other: one & other, tests, pl.lit(value=True))


def field_text(shape: Shape, source: Field) -> pl.Expr:
    """The field as text: trimmed, translated, null where empty or not meant."""
    text = _source(shape, source)
    if source.values:
        text = translated(text, source.values)
    if source.null_values:
        text = pl.when(~holds_one_of(text, source.null_values)).then(text)
    if source.when:
        text = pl.when(_conditions(shape, source.when)).then(text)
    if source.slug:
        text = text.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}:]+", "-").str.strip_chars("-")
    trimmed = text.str.strip_chars()
    return pl.when(trimmed != "").then(trimmed)


def _source(shape: Shape, source: Field) -> pl.Expr:
    if source.column:
        column = shape.column(source.column)
        return pl.lit(None, dtype=pl.String) if column is None else column
    if source.first_of:
        found = [column for name in source.first_of if (column := shape.column(name)) is not None]
        shape.absent -= set(source.first_of)
        shape.absent |= set() if found else {" | ".join(source.first_of)}
        filled = [pl.when(column.str.strip_chars() != "").then(column) for column in found]
        return pl.coalesce(filled) if filled else pl.lit(None, dtype=pl.String)
    return _filled_in(shape, source.text)


def _filled_in(shape: Shape, text: str) -> pl.Expr:
    pieces = _PLACE.split(text)
    if len(pieces) == 1:
        return pl.lit(text, dtype=pl.String)
    parts, places = [], []
    for at, piece in enumerate(pieces):
        column = shape.column(piece) if at % 2 else pl.lit(piece)
        part = pl.lit("") if column is None else column.fill_null("").str.strip_chars() if at % 2 else column
        parts.append(part)
        places += [part != ""] if at % 2 else []
    return pl.when(pl.any_horizontal(places)).then(pl.concat_str(parts))
