"""The front door: files in, template rows and findings out.

    read_files(["sales_pipeline.csv", "sales_teams.csv", "accounts.csv", "products.csv"], as_of=...)
    -> Reading: preset maven; 10 teams, 41 people, 7 products, 85 accounts, 8,800 opportunities; findings

Nothing is written anywhere, and no clock is read: the same files give the same reading.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import polars as pl

from quarterdeck.connectors.files.applying import Context, Mapped, mapped
from quarterdeck.connectors.files.checking import checked
from quarterdeck.connectors.files.detecting import CANONICAL, PRESETS, Suggestion, detect, preset
from quarterdeck.connectors.files.mapping import Mapping
from quarterdeck.connectors.files.matching import names_file
from quarterdeck.connectors.files.reading import Source, raw_tables
from quarterdeck.connectors.files.rules import finding
from quarterdeck.terms.templates import TEMPLATES

if TYPE_CHECKING:
    from quarterdeck.connectors.files.raw import RawTable
    from quarterdeck.terms.findings import Finding

_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Reading:
    """All that is known about a set of files before anything is stored.

    `mapped` has at most one entry per template, in the order of TEMPLATES; `findings` are those of files and rows;
    `suggestion` is what was detected when no mapping was given.
    """

    mapped: list[Mapped]
    findings: list[Finding]
    mapping: Mapping
    tables: list[RawTable]
    suggestion: Suggestion | None = None


def read_files(
    sources: Iterable[Source],
    mapping: Mapping | str | None = None,
    *,
    as_of: dt.date,
    currency: str = "USD",
    count_metrics: Iterable[str] = (),
) -> Reading:
    """Read files by a mapping, a preset's name, or what they are detected to be.

    A drafted mapping is never applied by itself: its tables come back as findings, with the draft in `suggestion`.
    `count_metrics` names metrics whose targets are counts and not money. Raises Refusal for a path that is not there,
    an unknown preset and an archive that unpacks to too much; bad data gives findings.
    """
    return read_tables(raw_tables(sources), mapping, Context(as_of, currency, frozenset(count_metrics)))


def read_tables(tables: list[RawTable], mapping: Mapping | str | None, context: Context) -> Reading:
    """As `read_files`, on tables that were read before; what a preview does after each change of the mapping."""
    chosen, suggestion = _chosen(tables, mapping)
    pieces = [
        (table, mapped(table, rule, chosen, tables, context))
        for rule in chosen.tables
        for table in tables
        if table.columns and names_file(rule.file, table.name)
    ]
    merged = [
        checked(_merged([one for _, one in pieces if one.template == name]), context) for name in _present(pieces)
    ]
    found = [note for table in tables for note in table.findings] + _unused(tables, pieces, chosen)
    return Reading(merged, found + [note for one in merged for note in one.findings], chosen, tables, suggestion)


def iter_mapped(reading: Reading, size: int = 100_000) -> Iterator[Mapped]:
    """Rows of a reading in chunks of `size`, in the order in which they are to be applied.

    Chunks are slices and cost no memory; what holds for a whole column (order of days, keys) is settled before.
    """
    for one in reading.mapped:
        for frame in one.batches(size):
            yield replace(one, frame=frame, findings=[])


def _chosen(tables: list[RawTable], mapping: Mapping | str | None) -> tuple[Mapping, Suggestion | None]:
    """The mapping that is given, or named, or sure to be meant; with what was detected where something had to be."""
    if isinstance(mapping, Mapping):
        return mapping, None
    if mapping and mapping != CANONICAL:
        return preset(mapping), None
    suggestion = detect(tables, () if mapping else PRESETS)
    return _sure(suggestion, tables), suggestion


def _sure(suggestion: Suggestion, tables: list[RawTable]) -> Mapping:
    """The suggested mapping without what a person would have to confirm."""
    if suggestion.kind in {"preset", "templates"}:
        return suggestion.mapping
    doubtful = {guess.file for guess in suggestion.columns if guess.confidence < 1}
    names = {table.name for table in tables if table.file not in doubtful}
    return replace(suggestion.mapping, tables=tuple(rule for rule in suggestion.mapping.tables if rule.file in names))


def _present(pieces: list[tuple[RawTable, Mapped]]) -> list[str]:
    there = {one.template for _, one in pieces}
    return [name for name in TEMPLATES if name in there]


def _merged(pieces: list[Mapped]) -> Mapped:
    frame = pl.concat([piece.frame for piece in pieces]) if len(pieces) > 1 else pieces[0].frame
    found = [note for piece in pieces for note in piece.findings]
    return Mapped(pieces[0].template, frame, found, n_refused=sum(piece.n_refused for piece in pieces))


def _unused(tables: list[RawTable], pieces: list[tuple[RawTable, Mapped]], mapping: Mapping) -> list[Finding]:
    """Tables and columns from which nothing was taken."""
    found = []
    joined = [join.file for rule in mapping.tables for join in rule.joins]
    for table in tables:
        used = [one.used for source, one in pieces if source is table]
        if not table.columns or (not used and any(names_file(pattern, table.name) for pattern in joined)):
            continue
        if not used:
            message = "No template fits, and the mapping does not name it."
            found.append(finding("no_template", table.file, message, value=table.name))
        elif rest := [name for name in table.columns if name not in frozenset().union(*used)]:
            message = (
                f"{len(rest)} columns are not used: {', '.join(rest[:_SHOWN])}{', ...' if len(rest) > _SHOWN else ''}."
            )
            found.append(finding("unmapped_column", table.file, message, column=", ".join(rest[:_SHOWN])))
    return found
