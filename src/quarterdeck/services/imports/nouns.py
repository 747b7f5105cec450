"""Nouns by code: missing ones are made, withdrawn ones shown again, attributes that differ are changed and remembered.

accounts in the file         before               after                 remembered for undo
a-100  Hollis  retail        a-100 Hollis (none)  a-100 Hollis retail   {"segment_id": null} -> {"segment_id": 4}
a-101  Marsh   (empty)       a-101 Marsh  retail  unchanged: empty means not said
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from quarterdeck.records.models import Account, Batch, NounChange, Person
from quarterdeck.services.bulk import among, dtype_of, rows_framed, rows_inserted, rows_updated
from quarterdeck.services.imports.references import folded
from quarterdeck.services.imports.shapes import REFERRED
from quarterdeck.services.journal import journaled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db import models

    from quarterdeck.records.models.base import Noun
    from quarterdeck.services.imports.writes import Write

MAX_LISTED: Final = 200
"""Changes of one noun's table that the journal lists; the batch has all of them."""
_SETTLED: Final = ("segment_id", "territory_id")
"""Attributes of an account from which states and bookings are derived."""


def table_of(model: type[models.Model]) -> str:
    """The model's table, which is also its name in the journal."""
    return str(model._meta.db_table)


_MODELS: Final = {table_of(model): model for model in REFERRED.values()}


def nouns_made(write: Write, model: type[Noun], said: pl.DataFrame) -> int:
    """Make nouns whose code nobody has; show those again that had been withdrawn. Returns how many.

    `said` has code, name (empty: called by its code) and what else the model must have.
    """
    more = [name for name in said.columns if name not in {"code", "name"}]
    grouped = said.drop_nulls("code").group_by("code", maintain_order=True)
    rows = grouped.agg(pl.col("name").drop_nulls().last(), *(pl.col(name).last() for name in more))
    rows = rows.with_columns(pl.col("name").fill_null(pl.col("code")))
    there = rows_framed(model.objects.filter(code__among=among(rows["code"])), "id", "code", "withdrawn_at")
    missing = rows.join(there, on="code", how="anti")
    if model is Person:
        missing = missing.filter(~pl.col("code").is_in(list(write.aliases["people"])))
    rows_inserted(model, missing.with_columns(batch_id=pl.lit(write.batch_id, dtype=pl.Int64)))
    hidden = there.filter(pl.col("withdrawn_at").is_not_null())
    if hidden.height:
        model.objects.filter(pk__among=among(hidden["id"])).update(withdrawn_at=None, batch=write.batch)
    return int(missing.height + hidden.height)


def people_recognised(write: Write, rows: pl.DataFrame) -> None:
    """Note codes of people whom we know under another code, by their address, or by a name that one person has.

    A name alone is not enough where both sides give an address, and within one source two codes are two people.
    """
    codes = set(Person.objects.filter(code__among=among(rows["person"])).values_list("code", flat=True))
    unknown = [row for row in rows.select("person", "name", "email").unique().iter_rows() if row[0] not in codes]
    if not unknown:
        return
    elsewhere = Person.visible.exclude(batch__source_system=write.source_system)
    known = list(elsewhere.values_list("id", "name", "email"))
    by_email = _unique((folded(email), pk) for pk, _, email in known if email)
    by_name = _unique((folded(name), pk) for pk, name, _ in known)
    has_email = {pk for pk, _, email in known if email}
    for code, name, email in unknown:
        person = by_email.get(folded(email)) if email else None
        if person is None and name:
            person = by_name.get(folded(name))
            person = None if email and person in has_email else person
        if person is not None:
            write.aliases["people"][code] = person


def _unique(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    owners: dict[str, set[int]] = {}
    for word, noun in pairs:
        owners.setdefault(word, set()).add(noun)
    return {word: next(iter(ids)) for word, ids in owners.items() if len(ids) == 1}


def nouns_changed(write: Write, model: type[Noun], rows: pl.DataFrame) -> int:
    """Set what differs of the nouns in `rows` (id, then attributes of the model's types; empty means not said).

    Returns how many changed that this batch had not brought itself.
    """
    names = [name for name in rows.columns if name != "id"]
    last = rows.group_by("id", maintain_order=True).agg(pl.col(names).drop_nulls().last())
    queryset = model.objects.filter(pk__among=among(last["id"]))
    known = rows_framed(queryset, "id", "code", "batch_id", *names)
    pairs = last.join(known, on="id", suffix="_was")
    differs = {name: pl.col(name).is_not_null() & pl.col(name).ne_missing(pl.col(f"{name}_was")) for name in names}
    pairs = pairs.filter(pl.any_horizontal(*differs.values()))
    if not pairs.height:
        return 0
    rows_updated(model, pairs.select("id", *(pl.coalesce(name, f"{name}_was").alias(name) for name in names)))
    if model is Account:
        settled = pl.any_horizontal(*(differs[name] for name in _SETTLED if name in differs), pl.lit(value=False))
        write.touched.accounts.append(pairs.filter(settled)["id"])
    own = pl.col("batch_id").eq_missing(pl.lit(write.batch_id, dtype=pl.Int64))
    others = pairs if write.batch_id is None else pairs.filter(~own)
    _remembered(write, model, others, names)
    return others.height


def _remembered(write: Write, model: type[Noun], pairs: pl.DataFrame, names: list[str]) -> None:
    """Keep old and new values with the batch, and say in the journal what changed."""
    changes = []
    for row in pairs.iter_rows(named=True):
        differing = [name for name in names if row[name] is not None and row[name] != row[f"{name}_was"]]
        changes.append((row, {name: row[f"{name}_was"] for name in differing}, {name: row[name] for name in differing}))
    if not changes:
        return
    if write.batch_id is not None:
        kept = [
            (write.batch_id, table_of(model), row["id"], json.dumps(was), json.dumps(now)) for row, was, now in changes
        ]
        schema = {"batch_id": pl.Int64, "noun": pl.String, "noun_id": pl.Int64, "before": pl.String, "after": pl.String}
        rows_inserted(NounChange, pl.DataFrame(kept, schema=schema, orient="row"))
    with journaled(replace(write.actor, now=write.moment), "nouns_changed", table_of(model)) as entry:
        listed = changes[:MAX_LISTED]
        entry.about(
            f"batch {write.batch_id}" if write.batch_id else "",
            f"{len(changes)} changed in {table_of(model)}",
            before={row["code"]: was for row, was, _ in listed},
            after={row["code"]: now for row, _, now in listed},
        )


def nouns_restored(write: Write, batch: Batch) -> None:
    """Give nouns back the attributes that a batch had changed, where they still are as it left them."""
    for change in NounChange.objects.filter(batch=batch).order_by("-pk"):
        model = _MODELS[change.noun]
        held = model.objects.filter(pk=change.noun_id).values(*change.before).first() or {}
        back = {
            name: was
            for name, was in change.before.items()
            if _stored(model, name, held.get(name)) == change.after[name]
        }
        model.objects.filter(pk=change.noun_id).update(**back)
        if model is Account and set(back) & set(_SETTLED):
            write.touched.accounts.append(pl.Series([change.noun_id], dtype=pl.Int64))
    NounChange.objects.filter(batch=batch).delete()


def _stored(model: type[Noun], name: str, value: Any) -> Any:  # noqa: ANN401  rows, fields and values of any model
    """A value as JSON keeps it: exact decimals are text."""
    meta: Any = model._meta
    field = next(field for field in meta.concrete_fields if field.attname == name)
    return str(value) if dtype_of(field) == pl.String and value is not None else value


def nouns_withdrawn(write: Write, batch: Batch) -> int:
    """Hide the nouns that a batch brought; returns how many."""
    hidden = [model.visible.filter(batch=batch).update(withdrawn_at=write.moment) for model in _MODELS.values()]
    return int(sum(hidden))
