"""Everything that can be seen in the database, without what only says when and by which row it came to be so."""

from __future__ import annotations

from typing import Any, Final

from quarterdeck.records.models import OpportunityState, Total
from quarterdeck.records.models.base import Fact, Noun

_NOT_SEEN: Final = {"id", "batch_id", "known_at", "superseded_at", "withdrawn_at"}


def dump() -> dict[str, list[tuple[Any, ...]]]:
    """Rows by table, sorted; nouns are known by id because facts refer to them so. Empty tables are left out."""
    seen = {}
    for model in [*Noun.__subclasses__(), *_leaves(Fact), Total, OpportunityState]:
        columns = [field.attname for field in model._meta.concrete_fields if field.attname not in _NOT_SEEN]
        if issubclass(model, Noun):
            columns.append("id")
        manager = (
            model.visible if issubclass(model, Noun) else model.current if issubclass(model, Fact) else model.objects
        )
        if rows := sorted(manager.values_list(*columns), key=repr):
            seen[model._meta.db_table] = rows
    return seen


def _leaves(model: type[Any]) -> list[type[Any]]:
    below = [leaf for child in model.__subclasses__() for leaf in _leaves(child)]
    return below if model._meta.abstract else [model]
