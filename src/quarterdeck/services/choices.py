"""What lists may be filtered by: people the actor sees, and the company's products, segments and territories.

choices(rita, day, "people", "products")   ->   {"people": ((7, "Rita Moreno"),), "products": ((1, "Mast 10"), ...)}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from quarterdeck.records.models import Person, Product, Segment, Territory
from quarterdeck.services import access

if TYPE_CHECKING:
    import datetime as dt

    from quarterdeck.services.actor import Actor

Choice: TypeAlias = tuple[tuple[int, str], ...]
_NAMES: Final = {"products": Product, "segments": Segment, "territories": Territory}
"""Nouns whose names everybody with a hat may read (as accounts', see services.access)."""


def choices(actor: Actor, as_of: dt.date, *nouns: str) -> dict[str, Choice]:
    """Ids and names by noun, by name; one query a noun and the tree's."""
    return {noun: _people(actor, as_of) if noun == "people" else _named(actor, noun) for noun in nouns}


def _people(actor: Actor, as_of: dt.date) -> Choice:
    found = access.persons_seen(actor, Person.visible.all(), as_of)
    return tuple(found.order_by("name", "pk").values_list("pk", "name"))


def _named(actor: Actor, noun: str) -> Choice:
    if not (actor.is_system or actor.hats):
        return ()
    return tuple(_NAMES[noun].visible.order_by("name", "pk").values_list("pk", "name"))
