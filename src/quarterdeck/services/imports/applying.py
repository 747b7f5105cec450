"""Template rows to records, template by template, inside one write: what is referred to comes first.

    rows of teams, people, accounts, ...   ->   nouns   ->   versions   ->   derived rows and totals

Both doors lead here: files of a batch, and rows from a program or a page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from quarterdeck.records.models import Position
from quarterdeck.services.bulk import schema_of
from quarterdeck.services.imports.nouns import nouns_changed, nouns_made, people_recognised
from quarterdeck.services.imports.preparing import prepared
from quarterdeck.services.imports.references import found
from quarterdeck.services.imports.resolving import fitting, reference_findings, resolved_facts, with_ids
from quarterdeck.services.imports.settling import settled
from quarterdeck.services.imports.shapes import FACTS, NOUNS, NounShape
from quarterdeck.services.imports.versions import versions_written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quarterdeck.services.imports.writes import Write


def rows_applied(write: Write, chunks: Iterable[tuple[str, pl.DataFrame]]) -> None:
    """Apply chunks of template rows, which come in the order of TEMPLATES, and settle what follows from them."""
    _written(write, chunks)
    settled(write)
    reference_findings(write)


def _written(write: Write, chunks: Iterable[tuple[str, pl.DataFrame]]) -> None:
    """Every chunk; on its own, so that no name holds the last rows while totals are summed."""
    for template, rows in chunks:
        chunk_applied(write, template, rows)


def chunk_applied(write: Write, template: str, rows: pl.DataFrame) -> None:
    """Nouns and versions of one chunk of a template's rows."""
    counts = write.counts[template]
    counts.read += rows.height
    rows = prepared(write, template, rows)
    for noun in NOUNS.get(template, ()):
        rows, n_new, n_changed = _nouns_applied(write, template, noun, rows)
        if template not in FACTS and noun.code in rows.columns and noun is NOUNS[template][-1]:
            counts.new += n_new
            counts.changed += n_changed
            counts.same += rows[noun.code].n_unique() - n_new - n_changed
    if template in FACTS:
        versions_written(write, FACTS[template].model, resolved_facts(write, template, rows), counts)
    counts.left_out = counts.read - (counts.new + counts.changed + counts.same)


def _nouns_applied(write: Write, template: str, noun: NounShape, rows: pl.DataFrame) -> tuple[pl.DataFrame, int, int]:
    """Make the nouns that are missing, then set their attributes. Gives the rows and how many were new and changed."""
    rows = fitting(write, noun.model, rows, {"code": noun.code, **noun.attributes})
    if template == "people" and noun.model is not Position:
        people_recognised(write, rows)
    if noun.model is Position:
        n_new = nouns_made(write, noun.model, _positions(write, rows))
    else:
        name = noun.attributes.get("name", noun.code)
        n_new = nouns_made(write, noun.model, rows.select(pl.col(noun.code).alias("code"), pl.col(name).alias("name")))
    if not noun.attributes:
        return rows, n_new, 0
    columns = {"id": noun.code, **noun.attributes}
    schema = schema_of(noun.model, columns)
    typed = [pl.col(source).cast(schema[attribute]).alias(attribute) for attribute, source in columns.items()]
    ids = with_ids(write, template, rows) if template == "accounts" else _with_own_id(write, template, noun, rows)
    n_changed = nouns_changed(write, noun.model, ids.select(typed))
    return rows, n_new, n_changed


def _with_own_id(write: Write, template: str, noun: NounShape, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the noun's id in place of its code, and for a position that of its team."""
    pairs = {noun.code: "positions", "team": "teams"} if noun.model is Position else {noun.code: template}
    for column, referred in pairs.items():
        ids = found(rows[column], referred, write.aliases[referred]).rename({"value": column, "id": "_id"})
        rows = (
            rows.join(ids, on=column, how="inner", maintain_order="left")
            .with_columns(pl.col("_id").alias(column))
            .drop("_id")
        )
    return rows


def _positions(write: Write, rows: pl.DataFrame) -> pl.DataFrame:
    """Seats in known teams; one without a code of its own is called by its person and hat."""
    teams = found(rows["team"], "teams", write.aliases["teams"]).rename({"value": "team", "id": "team_id"})
    own = pl.when(pl.col("said_position").is_null()).then(pl.concat_str("name", pl.lit(" ("), "hat", pl.lit(")")))
    seats = rows.join(teams, on="team", how="inner", maintain_order="left")
    return seats.select(pl.col("position").alias("code"), own.str.head(300).alias("name"), "team_id", "hat")
