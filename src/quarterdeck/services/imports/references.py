"""Codes, names and addresses to the ids of the nouns they mean.

    owner                id           found by
    rita                 7            code
    Rita Moreno          7            name, whatever the case, when one person only is called so
    rita@example.com     7            e-mail address
    nobody-we-know       (none)       kept for a finding

Only the values that occur are looked up, so one row costs one query and a million rows cost some dozen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from quarterdeck.records.models import Person
from quarterdeck.services.bulk import among, rows_framed
from quarterdeck.services.imports.shapes import REFERRED

if TYPE_CHECKING:
    from collections.abc import Iterable

_SEEN: Final = {"value": pl.String, "id": pl.Int64}


def folded(text: str) -> str:
    """A name without case and outer spaces."""
    return text.strip().casefold()


def found(values: pl.Series, template: str, aliases: dict[str, int]) -> pl.DataFrame:
    """The distinct values that name a visible noun of the template: value, id."""
    distinct = values.drop_nulls().unique()
    model = REFERRED[template]
    by_code = rows_framed(model.visible.filter(code__among=among(distinct)), "code", "id").rename({"code": "value"})
    rest = distinct.filter(~distinct.is_in(by_code["value"].implode()))
    if rest.is_empty():
        return by_code
    named = {value: aliases[value] for value in rest if value in aliases}
    unnamed = [value for value in rest if value not in named]
    names = unique_names(template) if unnamed else {}
    named |= {value: names[folded(value)] for value in unnamed if folded(value) in names}
    return pl.concat([by_code, pl.DataFrame({"value": list(named), "id": list(named.values())}, schema=_SEEN)])


def unique_names(template: str) -> dict[str, int]:
    """Folded codes, names and addresses that belong to one visible noun only."""
    return {word: next(iter(ids)) for word, ids in _owners(template).items() if len(ids) == 1}


def shared_names(template: str) -> set[str]:
    """Folded words that several visible nouns go by."""
    return {word for word, ids in _owners(template).items() if len(ids) > 1}


def _owners(template: str) -> dict[str, set[int]]:
    """Who goes by each folded code, name and address. Reads all nouns of the template."""
    model = REFERRED[template]
    columns = ["id", "code", "name"] + (["email"] if model is Person else [])
    owners: dict[str, set[int]] = {}
    for noun, *words in model.visible.values_list(*columns).iterator(chunk_size=10_000):
        for word in filter(None, words):
            owners.setdefault(folded(word), set()).add(noun)
    return owners


def known_words(template: str) -> Iterable[str]:
    """Codes and names of the visible nouns: what a misspelt value is held against."""
    rows = REFERRED[template].visible.values_list("code", "name")
    return {word for row in rows.iterator(chunk_size=10_000) for word in row if word}
