"""A raw table and a rule to template rows: typed, in whole minor units, with findings for what could not be read.

    raw (sales_pipeline.csv)                     Mapped("opportunities").frame
    opportunity_id  close_date  close_value  ->  opportunity  closed_on   amount  currency  _row  _file
    1C1I7A6R        2017-03-01  1054             1C1I7A6R     2017-03-01  105400  USD       2     sales_pipeline.csv

A row without a required field is left out with an error; a field that cannot be read is left empty with a warning.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import polars as pl

from quarterdeck.connectors.files.columns import DTYPES, Typed, Way, currency_digits, typed
from quarterdeck.connectors.files.raw import FILE, ROW, RawTable
from quarterdeck.connectors.files.rules import RULES, finding
from quarterdeck.connectors.files.shaping import Shape, field_text, shaped
from quarterdeck.terms.templates import TEMPLATES

if TYPE_CHECKING:
    from quarterdeck.connectors.files.mapping import Field, Mapping, TableRule
    from quarterdeck.terms.findings import Finding
    from quarterdeck.terms.tables import Column, Table

_LINE: Final = 60
_MAX_VALUES: Final = 200
"""Distinct values of one column and rule that get a finding of their own; the rest is counted in one."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a file cannot say: the day we look from, the company's currency, and metrics whose targets are counts."""

    as_of: dt.date
    currency: str = "USD"
    count_metrics: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mapped:
    """Rows of one template.

    `frame` has the template's columns (ids and texts String, days Date, amounts Int64 minor units, counts Int64, ratios
    Float64, flags Boolean; required ones never null), `_row` (Int64) and `_file` (String). `n_refused` rows of files
    are not in it, since something required is missing or cannot be read; findings say what.
    """

    template: str
    frame: pl.DataFrame
    findings: list[Finding] = field(default_factory=list)
    used: frozenset[str] = frozenset()
    n_refused: int = 0

    def batches(self, size: int = 100_000) -> Iterator[pl.DataFrame]:
        """The frame in slices of `size` rows, without copying."""
        return self.frame.iter_slices(size)


def mapped(raw: RawTable, rule: TableRule, mapping: Mapping, tables: list[RawTable], context: Context) -> Mapped:
    """The rows that a rule makes of a raw table."""
    shape = shaped(raw, rule, tables)
    texts = _texts(shape, rule)
    found = shape.findings + [
        finding("missing_column", raw.file, f"There is no column {name!r}.", column=name)
        for name in sorted(shape.absent)
    ]
    table, ways = TEMPLATES[rule.template], {name: _way(source, mapping) for name, source in rule.fields}
    columns: dict[str, pl.Series] = {}
    digits = None
    for column in sorted(table.columns, key=lambda column: column.kind == "money"):  # amounts need their currency
        if column.kind == "money":
            digits = _digits(columns, context) if digits is None else digits
        made = typed(texts[column.name], column, ways.get(column.name, Way()), digits)
        found += _broken(raw.file, texts, column, made)
        columns[column.name] = made.values
        if column.name == "currency" and rule.template != "exchange_rates":
            default = mapping.currency or context.currency
            columns["currency"] = pl.select(
                pl.when(texts["currency"].is_null()).then(pl.lit(default)).otherwise(made.values)
            ).to_series()
    frame = pl.DataFrame({column.name: columns[column.name] for column in table.columns} | {ROW: texts[ROW]})
    frame = frame.with_columns(pl.lit(raw.file).alias(FILE))
    complete = _complete(frame, table)
    return Mapped(rule.template, complete, found, frozenset(shape.used), frame.height - complete.height)


def _texts(shape: Shape, rule: TableRule) -> pl.DataFrame:
    sources = dict(rule.fields)
    names = [column.name for column in TEMPLATES[rule.template].columns]
    empty = pl.lit(None, dtype=pl.String)
    expressions = [(field_text(shape, sources[name]) if name in sources else empty).alias(name) for name in names]
    texts = shape.frame.select(pl.col(ROW), *expressions)
    return texts.unique(subset=names, keep="first", maintain_order=True) if rule.distinct else texts


def _way(source: Field, mapping: Mapping) -> Way:
    return Way(source.dates or mapping.dates, source.decimal_mark or mapping.decimal_mark, Fraction(source.scale))


def _digits(columns: dict[str, pl.Series], context: Context) -> pl.Series:
    """Digits after the point of each row's amount: those of its currency, none where the metric counts."""
    digits = currency_digits(columns["currency"])
    if "metric" not in columns or not context.count_metrics:
        return digits
    metric = columns["metric"].str.strip_chars().str.to_lowercase().str.replace_all(r"[ -]+", "_")
    is_count = metric.is_in(list(context.count_metrics)).fill_null(value=False)
    return pl.select(pl.when(is_count).then(0).otherwise(digits)).to_series()


def _complete(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    required = [column.name for column in table.columns if column.is_required]
    return frame.drop_nulls(required).cast({column.name: DTYPES[column.kind] for column in table.columns})


def _broken(file: str, texts: pl.DataFrame, column: Column, made: Typed) -> list[Finding]:
    found = []
    if column.is_required and (n_empty := texts[column.name].null_count()):
        row = texts.filter(pl.col(column.name).is_null())[ROW][0]
        message = f"{column.name} is empty; the first such row is {row}."
        found.append(finding("missing_required", file, message, row=row, column=column.name, n_rows=n_empty))
    if made.proven != "ask":
        message = f"Days of {column.name} are read {made.proven}, as some of them can only be."
        found.append(finding("date_order_proven", file, message, column=column.name, value=made.proven))
    if made.broken:
        values = texts.select(pl.col(ROW), pl.col(column.name).alias("value")).filter(
            pl.col("value").is_in(list(made.broken))
        )
        found += _value_findings(file, values, column, made.broken)
    return found


def _value_findings(file: str, values: pl.DataFrame, column: Column, broken: dict[str, str]) -> list[Finding]:
    groups = values.group_by("value").agg(pl.len().alias("n"), pl.col(ROW).min()).sort(ROW, "value")
    listed = [
        finding(
            broken[value], file, _message(broken[value], value, column, row), row=row, column=column.name, value=value,
            n_rows=n, is_fatal=column.is_required,
        )
        for value, n, row in groups.head(_MAX_VALUES).iter_rows()
    ]  # fmt: skip
    rest = groups.slice(_MAX_VALUES)
    if rest.height:
        message = f"{rest.height} more values of {column.name} cannot be read, the first in row {rest[ROW][0]}."
        listed.append(
            finding("more_values", file, message, column=column.name, row=rest[ROW][0], n_rows=int(rest["n"].sum()))
        )
    return listed


def _message(rule: str, value: str, column: Column, row: int) -> str:
    shown = repr(value if len(value) <= _LINE else f"{value[:57]}...")
    if rule == "unknown_choice":
        return f"{shown} in {column.name} is none of: {', '.join(column.choices)} (first in row {row})."
    return f"{shown} in {column.name}: {RULES[rule].title.lower()} (first in row {row})."
