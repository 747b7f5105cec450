"""Codes that name something nobody knows: one finding per value, with the nearest known value.

opportunities.product   products.product      finding
GTXPro (1,480 rows)     GTX Pro, GTX Basic    'GTXPro' is no known product (1480 rows). Nearest: 'GTX Pro'.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

import polars as pl

from quarterdeck.connectors.files.matching import folded, squashed
from quarterdeck.connectors.files.raw import FILE, ROW
from quarterdeck.connectors.files.rules import finding
from quarterdeck.terms.templates import TEMPLATES

if TYPE_CHECKING:
    from quarterdeck.connectors.files.applying import Mapped
    from quarterdeck.terms.findings import Finding
    from quarterdeck.terms.tables import Column

_MAX_VALUES: Final = 200
_MAX_NEAR: Final = 30
"""Values for which a near one is searched: one search of 5,000 takes about 10 ms."""
_MAX_SEARCHED: Final = 5_000
"""Known values that are searched for a near one; beyond, only spelling without case and punctuation is compared."""


def unknown_references(mapped: Iterable[Mapped], known: Mapping[str, Iterable[str]]) -> list[Finding]:
    """A finding per column and value that names nothing in these rows nor in `known` (template name to codes).

    People may also be named by name or e-mail address, whatever the case (`known["people"]` may hold those too).
    """
    batch = list(mapped)
    codes = {name: _codes(name, batch, known) for name in TEMPLATES}
    return [
        found
        for one in batch
        for column in TEMPLATES[one.template].columns
        if column.refers_to
        for found in _unknown(one, column, codes[column.refers_to])
    ]


def _codes(template: str, batch: list[Mapped], known: Mapping[str, Iterable[str]]) -> set[str]:
    """All that a reference to the template may say."""
    names = ["person", "name", "email"] if template == "people" else [TEMPLATES[template].columns[0].name]
    codes = set(known.get(template, ()))
    for one in batch:
        if one.template == template:
            codes.update(code for name in names for code in one.frame[name].drop_nulls().unique())
    return codes


def _unknown(one: Mapped, column: Column, codes: set[str]) -> Iterator[Finding]:
    named = one.frame.select(pl.col(column.name).alias("value"), ROW, FILE).drop_nulls("value")
    groups = named.group_by("value").agg(pl.len().alias("n"), pl.col(ROW).first(), pl.col(FILE).first())
    is_people = column.refers_to == "people"
    may_say = {folded(code) for code in codes} if is_people else codes
    missing = [value for value in groups["value"] if (folded(value) if is_people else value) not in may_say]
    bad = groups.filter(pl.col("value").is_in(missing)).sort("n", "value", descending=[True, False])
    noun = TEMPLATES[column.refers_to].columns[0].name
    spelt = {squashed(code): code for code in sorted(codes)} if missing else {}
    for at, (value, n_rows, row, file) in enumerate(bad.head(_MAX_VALUES).iter_rows()):
        message = f"{value!r} is no known {noun}; it is named in {n_rows} rows, first in row {row}."
        remedy = _remedy(value, column, noun, spelt, is_searched=at < _MAX_NEAR)
        yield finding(
            "unknown_reference", file, message, row=row, column=column.name, value=value, n_rows=n_rows, remedy=remedy
        )
    if (rest := bad.slice(_MAX_VALUES)).height:
        message = f"{rest.height} more values of {column.name} are not known."
        yield finding(
            "more_values", rest[FILE][0], message, column=column.name, row=rest[ROW][0], n_rows=int(rest["n"].sum())
        )


def _remedy(value: str, column: Column, noun: str, spelt: dict[str, str], *, is_searched: bool) -> str:
    near = spelt.get(squashed(value))
    if near is None and is_searched and len(spelt) <= _MAX_SEARCHED:
        near = next((spelt[word] for word in difflib.get_close_matches(squashed(value), spelt, n=1, cutoff=0.85)), None)
    if near is None:
        return f"Add {value!r} to {column.refers_to}, or map it to a known {noun} under `values:` of {column.name}."
    mend = f"Map it under `values:` of {column.name}, {{{value!r}: {near!r}}}, or add it to {column.refers_to}."
    return f"Did you mean {near!r}? {mend}"
