"""Template rows to rows of a record: codes to ids, amounts to the company's currency, texts and numbers that fit.

    activities   t-1 call person rita happened_on 2025-03-03   ->   source_id t-1  kind call  person_id 7  ...

A code that nobody knows leaves its field empty, with a finding; a row is left out only where it means nothing without.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from django.db import models

from quarterdeck.connectors.files import Mapped, unknown_references
from quarterdeck.connectors.files.raw import FILE, ROW
from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.records.models import Booking
from quarterdeck.services.bulk import among, dtype_of, rows_framed
from quarterdeck.services.frames import company
from quarterdeck.services.imports.amounts import MAX_AMOUNT, QUOTED, converted
from quarterdeck.services.imports.preparing import left_out, noted
from quarterdeck.services.imports.references import folded, found, known_words, shared_names
from quarterdeck.services.imports.shapes import FACTS, REFERRED, FactShape, references
from quarterdeck.services.imports.trees import seats_noted, without_cycles
from quarterdeck.terms.templates import TEMPLATES

if TYPE_CHECKING:
    from quarterdeck.services.imports.writes import Write

_INT32: Final = 2**31 - 1
_MAX_KEY: Final = 300
"""Characters of a fact's key that are kept; two that are alike only so far would become one."""
_TOO_LONG: Final = "A key of more characters than are kept: two of them could not be told apart."
_OF_SPLIT: Final = ["booking", "opportunity"]
_CODES: Final = {"people": "position"}
"""The column whose code findings name where it is not the first of the key."""
_MAX_SHARE: Final = 1.0


def resolved_facts(write: Write, template: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Prepared rows of a template as rows of its fact: source_id and the model's columns, one per source_id."""
    shape = FACTS[template]
    named = _named(write, template, rows)
    named = _in_the_tree(write, template, fitting(write, shape.model, with_ids(write, template, named), shape.columns))
    named = _amounts(write, shape, named)
    if template in {"payments", "returns"}:
        named = _of_known_bookings(write, template, named)
    if template == "credit_splits":
        named = _of_known_bookings(write, template, named.filter(~pl.all_horizontal(pl.col(_OF_SPLIT).is_null())))
    dated = named.select(
        "source_id", *(pl.col(source).alias(name) for name, source in shape.columns.items()),
        *(name for name in QUOTED if name in _attnames(shape.model)),
    )  # fmt: skip
    return _typed(shape.model, dated).unique("source_id", keep="last", maintain_order=True)


def _in_the_tree(write: Write, template: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that a tree of teams can hold."""
    if template == "people":
        seats_noted(write, rows)
    return without_cycles(write, rows) if template == "teams" else rows


def _named(write: Write, template: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Add source_id: the template's key, as one text; and for the tree the code that an id will replace."""
    key = list(TEMPLATES[template].key)
    if template == "people":
        key = ["person", "hat", "team", "said_position", "effective_from"]
    if template == "targets":
        key = ["holder_kind", *key]
    joined = pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in key], separator="|")
    rows = rows.with_columns(source_id=joined, said_code=pl.col(_CODES.get(template, key[0])).cast(pl.String))
    return left_out(write, rows, pl.col("source_id").str.len_chars() <= _MAX_KEY, "key_too_long", key[0], _TOO_LONG)


def with_ids(write: Write, template: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Codes replaced by ids. Rows that mean nothing without the noun are left out."""
    shape = FACTS.get(template)
    table, kept = TEMPLATES[template], shape.is_kept if shape else ()
    columns = _HOLDER_COLUMNS if template == "targets" else references(template)
    for column, referred in columns.items():
        ids = found(rows[column], referred, write.aliases[referred]).rename({"value": column, "id": "_id"})
        rows = rows.join(ids, on=column, how="left", maintain_order="left")
        unknown = rows.filter(pl.col(column).is_not_null() & pl.col("_id").is_null())
        is_one_of = template == "potentials"
        needed = is_one_of or (column in table.by_name and table.by_name[column].is_required and column not in kept)
        if unknown.height and column in table.by_name:
            write.unresolved[template, column, needed].append(unknown.select(column, ROW, FILE))
        if needed:
            is_unsaid = pl.col(column).is_null() if is_one_of else pl.lit(value=False)
            rows = rows.filter(pl.col("_id").is_not_null() | is_unsaid)
        rows = rows.with_columns(pl.col("_id").alias(column)).drop("_id")
    return rows


_HOLDER_COLUMNS: Final = {"person": "people", "team": "teams", "position": "positions", "territory": "territories"}


def _amounts(write: Write, shape: FactShape, rows: pl.DataFrame) -> pl.DataFrame:
    """Amounts in the company's currency. A fact that is nothing but its amount is left out when that is not known."""
    amount = shape.columns.get("amount_minor") or shape.columns.get("amount")
    if amount is None:
        return rows
    said = rows["amount"].is_not_null()
    counted = [name for name, metric in METRICS.items() if metric.unit == "count"]
    if "metric" in rows.columns:
        rows = rows.with_columns(currency=pl.when(~pl.col("metric").is_in(counted)).then("currency"))
    rows = converted(write, rows, shape.day, company().currency)
    field = next(f for f in shape.model._meta.concrete_fields if f.attname in {"amount_minor", "amount"})
    if field.null:
        return rows
    lost = said & rows["amount"].is_null()
    return rows.filter(~lost & pl.col("amount").is_not_null())


def _of_known_bookings(write: Write, template: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Only rows whose booking is there, from the same source."""
    known = Booking.current.filter(source_system=write.source_system, source_id__among=among(rows["booking"]))
    there = rows_framed(known, "source_id")["source_id"]
    is_known = pl.col("booking").is_null() | pl.col("booking").is_in(there.implode())
    unknown = rows.filter(~is_known)
    if unknown.height:
        write.unresolved[template, "booking", True].append(unknown.select("booking", ROW, FILE))
    return rows.filter(is_known)


def _attnames(model: type[models.Model]) -> dict[str, Any]:
    return {field.attname: field for field in model._meta.concrete_fields}


def fitting(write: Write, model: type[models.Model], rows: pl.DataFrame, columns: dict[str, str]) -> pl.DataFrame:
    """Values that the model's columns can hold; each finding says what was cut, emptied or, for a code, left out."""
    fields = _attnames(model)
    for name, column in columns.items():
        field = fields[name]
        if name == "code":
            fits = pl.col(column).is_null() | (pl.col(column).str.len_chars() <= field.max_length)
            rows = left_out(write, rows, fits, "key_too_long", column, _TOO_LONG)
        elif rows.schema[column] == pl.String and field.max_length:
            rows = _cut(write, rows, column, field.max_length)
        elif isinstance(field, models.DecimalField):
            rows = _share(write, rows, column)
        elif name in {"amount_minor", "amount", "list_price_minor"}:
            rows = _within(write, rows, column, MAX_AMOUNT)
        elif isinstance(field, models.IntegerField) and not isinstance(field, models.BigIntegerField):
            rows = _within(write, rows, column, _INT32)
    if {"effective_from", "effective_to"} <= set(columns):
        good = (
            pl.col("effective_from").is_null()
            | pl.col("effective_to").is_null()
            | (pl.col("effective_to") > pl.col("effective_from"))
        )
        rows = left_out(
            write, rows, good, "ends_before_it_starts", "effective_to", "It ends on {value}, and not after it starts."
        )
    return rows


def _cut(write: Write, rows: pl.DataFrame, column: str, length: int) -> pl.DataFrame:
    long = rows.filter(pl.col(column).str.len_chars() > length)
    if not long.height:
        return rows
    noted(write, long, "text_cut", column, f"The text is cut after {length} characters.")
    return rows.with_columns(pl.col(column).str.head(length))


def _within(write: Write, rows: pl.DataFrame, column: str, limit: int) -> pl.DataFrame:
    beyond = pl.col(column).is_not_null() & ~pl.col(column).is_between(-limit, limit)
    noted(write, rows.filter(beyond), "out_of_range", column, "{value} is beyond all reason.")
    return rows.with_columns(pl.when(~beyond).then(column).alias(column))


def _share(write: Write, rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """A share above nothing and at most all, as exact text of four digits; what is unsaid or senseless is all."""
    size = pl.col(column).cast(pl.Float64)
    good = size.is_null() | ((size.round(4) > 0) & (size <= _MAX_SHARE))
    noted(write, rows.filter(~good), "out_of_range", column, "{value} is no share between nothing and all.")
    units = pl.when(good).then(size * 10_000).round().cast(pl.Int64)
    text = pl.concat_str(units // 10_000, pl.lit("."), (units % 10_000).cast(pl.String).str.zfill(4))
    return rows.with_columns(text.alias(column))


def _typed(model: type[models.Model], rows: pl.DataFrame) -> pl.DataFrame:
    """The model's types; texts, flags and shares that must not be empty get the field's default."""
    fields = _attnames(model)
    typed = []
    for name in rows.columns:
        field, value = fields[name], pl.col(name).cast(dtype_of(fields[name]))
        if not field.null and name != "source_id":
            default = "1.0000" if isinstance(field, models.DecimalField) else field.get_default()
            value = value if default is None else value.fill_null(default)
        typed.append(value.alias(name))
    return rows.select(typed)


def reference_findings(write: Write) -> None:
    """Add the findings of codes that nobody knows: one per column and value, with the nearest known one."""
    words: dict[str, set[str]] = {}
    for (template, column, is_needed), parts in write.unresolved.items():
        table = TEMPLATES[template]
        referred = table.by_name[column].refers_to
        rows = pl.concat(parts)
        if referred in REFERRED:
            words.setdefault(referred, set(known_words(referred)))
            rows = _not_shared(write, rows, column, referred, is_fatal=is_needed)
        others = [pl.lit(None, dtype=pl.String).alias(name) for name in table.by_name if name != column]
        for one in unknown_references([Mapped(template, rows.with_columns(others))], words):
            write.findings.append(replace(one, severity="error") if is_needed else one)


def _not_shared(write: Write, rows: pl.DataFrame, column: str, referred: str, *, is_fatal: bool) -> pl.DataFrame:
    """Rows whose value nobody goes by; those whose value several go by have a finding of their own."""
    shared = shared_names(referred)
    values = [value for value in rows[column].unique() if folded(value) in shared]
    is_shared = pl.col(column).is_in(values)
    noted(
        write, rows.filter(is_shared), "ambiguous_name", column, "Several go by the name {value!r}.", is_fatal=is_fatal
    )
    return rows.filter(~is_shared)
