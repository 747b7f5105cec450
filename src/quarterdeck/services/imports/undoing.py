"""Taking a batch back: what it brought is superseded, what it replaced is believed again, nouns are as they were.

    brought by batch 4        t-1 call 25 min        superseded now
    replaced by batch 4       t-1 call 20 min        a copy is current again, known from now
    made by batch 4           account a-101          withdrawn
    changed by batch 4        account a-100 retail   back to no segment

Nothing is deleted: what was shown while the batch stood can still be asked for with `known_at`. A batch on which
something later stands is not undone; the refusal names it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from quarterdeck.records.models import Batch, OpportunityState
from quarterdeck.records.models.base import Fact, Noun
from quarterdeck.services import access
from quarterdeck.services.bulk import among, rows_framed
from quarterdeck.services.imports.nouns import nouns_restored, nouns_withdrawn, table_of
from quarterdeck.services.imports.settling import settled
from quarterdeck.services.imports.shapes import FACTS, REFERRED
from quarterdeck.services.imports.trees import tree_kept
from quarterdeck.services.imports.versions import replaced
from quarterdeck.services.imports.writes import Write, fact_write
from quarterdeck.services.journal import journaled
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from django.db.models import Model

    from quarterdeck.services.actor import Actor

_MODELS: Final = tuple(dict.fromkeys(shape.model for shape in FACTS.values()))
_NOT_COPIED: Final = {"id", "source_system", "known_at", "superseded_at"}


def batch_undone(actor: Actor, batch: Batch) -> Batch:
    """Take an applied batch back, so that every figure is what it was before. Refuses when later writes build on it."""
    access.require(actor, "import_facts", "The batch was not undone.")
    with fact_write(actor, batch.source_system, batch) as write:
        batch.refresh_from_db()
        if batch.status != "applied":
            raise Refusal("The batch was not undone.", "It is not applied.", "Choose a batch that is.", "not_applied")
        with journaled(replace(actor, now=write.moment), "batch_undone", "batch") as entry:
            n_facts = sum(_facts_undone(write, batch, model) for model in _MODELS)
            tree_kept(f"Batch {batch.pk} was not undone.")
            nouns_restored(write, batch)
            _refuse_referred(batch)
            n_nouns = nouns_withdrawn(write, batch)
            settled(write)
            batch.status, batch.undone_at = "undone", write.moment
            batch.save(update_fields=["status", "undone_at"])
            entry.about(batch.pk, f"Undone: {n_facts:,} facts taken back, {n_nouns:,} nouns withdrawn")
    return batch


def _facts_undone(write: Write, batch: Batch, model: type[Fact]) -> int:
    """Supersede what the batch brought, and bring back what it had replaced. Returns how many rows were taken back."""
    since = batch.applied_at
    own = model.objects.filter(batch=batch, source_system=batch.source_system, known_at__gte=since)
    firsts = rows_framed(own, "source_id", "known_at").group_by("source_id").agg(first=pl.col("known_at").min())
    if not firsts.height:
        return 0
    names = _columns(model)
    brought = rows_framed(model.current.filter(batch=batch, source_system=batch.source_system), "id", *names)
    _refuse_replaced(batch, model, firsts.join(brought, on="source_id", how="anti"))
    others = model.objects.filter(source_system=batch.source_system, superseded_at__gte=since).exclude(batch=batch)
    gone = rows_framed(others, *names, "known_at", "superseded_at")
    back = gone.join(firsts.join(brought, on="source_id", how="semi"), on="source_id")
    back = back.filter(pl.col("superseded_at") == pl.col("first"), pl.col("known_at") < pl.col("first"))
    replaced(write, model, brought, back.select(names))
    return brought.height


def _columns(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if field.attname not in _NOT_COPIED]


def _refuse_replaced(batch: Batch, model: type[Fact], missing: pl.DataFrame) -> None:
    """Refuse when somebody else's version stands in the place of one of the batch's."""
    if missing.height:
        rows = model.current.filter(source_system=batch.source_system, source_id__among=among(missing["source_id"]))
        if later := rows.order_by("pk").first():
            _refuse(batch, later, f"replaced its row {later.source_id} of {table_of(model)}")


def _refuse_referred(batch: Batch) -> None:
    """Refuse when something that stays refers to a noun that the batch made."""
    for noun in REFERRED.values():
        made = among(rows_framed(noun.visible.filter(batch=batch), "id")["id"])
        if not made:
            continue
        relations: Any = noun._meta.get_fields(include_hidden=True)
        for relation in relations:
            model = relation.related_model
            if relation.auto_created and not relation.concrete and model is not OpportunityState:
                for later in _standing(model, batch).filter(**{f"{relation.field.name}__among": made})[:1]:
                    named = getattr(later, relation.field.name)
                    _refuse(batch, later, f"refers to {named} ({named.code}), which it made")


def _standing(model: Any, batch: Batch) -> Any:  # noqa: ANN401  rows, fields and values of any model
    """Rows that stay when the batch goes."""
    if issubclass(model, Fact):
        return model.current.exclude(batch=batch)
    return model.visible.exclude(batch=batch) if issubclass(model, Noun) else model.objects.all()


def _refuse(batch: Batch, later: Any, why: str) -> None:  # noqa: ANN401  rows, fields and values of any model
    other = getattr(later, "batch", None)
    named = f"Batch {other.pk}" if other else f"A later entry ({getattr(later, 'source_system', later)})"
    raise Refusal(
        f"Batch {batch.pk} was not undone.", f"{named} {why}.",
        f"Undo {f'batch {other.pk}' if other else 'that entry'} first.", "built_upon",
        row=str(other.pk) if other else "",
    )  # fmt: skip


def retracted(write: Write, model: type[Fact], ids: list[int]) -> None:
    """Stop believing rows by id, with nothing in their place."""
    gone = rows_framed(model.current.filter(pk__in=ids), "id", *_columns(model))
    replaced(write, model, gone, gone.drop("id").clear())
