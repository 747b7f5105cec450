"""What could be sold by whom in a year: potential of accounts, of territories, or market sizes by segment.

account a-100 (rita's) 480,000   ->   person:7   480,000     from accounts: by owner, else by territory
territory north        900,000   ->   person:7   900,000     from territories: who holds it on the day
segment food         2,000,000   ->   person:7   500,000     from segments: evenly by account, a quarter of them hers

Which of the three counts is named, since a market counted twice is no market. A potential holds until the next one.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from quarterdeck.records.models import Account, Potential, Segment, TerritoryHolding
from quarterdeck.services import access
from quarterdeck.services.calendar import company_for
from quarterdeck.services.kept import kept
from quarterdeck.terms.money import parts
from quarterdeck.terms.templates import POTENTIAL_OF

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quarterdeck.services.actor import Actor

SOURCES: Final = ("accounts", "territories", "segments")
"""From what a potential may come, the closest to who sells first."""
_KINDS: Final = dict(zip(SOURCES, POTENTIAL_OF, strict=True))


def sources_known(actor: Actor) -> tuple[str, ...]:
    """From what a potential is known, the closest first; what is known of the company says so."""
    found = company_for(actor)
    return tuple(name for name, kind in _KINDS.items() if getattr(found, f"has_potential_of_{kind}", False))


def potentials_by_person(source: str, as_of: dt.date) -> Mapping[str, int]:
    """Potential of each person (person:7) as of a day from one source; three queries, once per version of the data."""
    return kept(f"potential {source} {as_of}", lambda: _by_person(source, as_of))


def potentials_by_node(parents: Mapping[str, str], source: str, as_of: dt.date) -> dict[str, int]:
    """The same for nodes of a tree (`parents` by node, empty at the top): a team has the sum of those below it."""
    found: dict[str, int] = {}
    for person, amount in potentials_by_person(source, as_of).items():
        at = person if person in parents else ""
        while at:
            found[at] = found.get(at, 0) + amount
            at = parents[at]
    return found


def market_sizes(as_of: dt.date) -> list[tuple[int, str, int]]:
    """Segments with their size as of a day: id, name, minor units; by name. Two queries."""
    sizes = _amounts("segment", as_of)
    names = dict(Segment.visible.filter(pk__in=sizes).values_list("pk", "name"))
    return sorted(((pk, name, sizes[pk]) for pk, name in names.items()), key=lambda row: (row[1], row[0]))


def _by_person(source: str, as_of: dt.date) -> dict[str, int]:
    amounts = _amounts(_KINDS[source], as_of)
    if not amounts:
        return {}
    held = _held(as_of)
    found: Counter[int] = Counter()
    if source == "territories":
        for territory, amount in amounts.items():
            found[held.get(territory, 0)] += amount
    elif source == "accounts":
        for account, person in _looked_after(held, pk__in=amounts):
            found[person] += amounts[account]
    else:
        _shared(found, amounts, held)
    return {f"person:{person}": amount for person, amount in sorted(found.items()) if person}


def _shared(found: Counter[int], amounts: dict[int, int], held: dict[int, int]) -> None:
    """Each segment's size evenly by account, made to sum; accounts that nobody looks after keep their part."""
    by_segment: dict[int, Counter[int]] = defaultdict(Counter)
    rows = Account.visible.filter(segment__in=amounts).values_list("segment_id", "owner_id", "territory_id")
    for segment, owner, territory in rows:
        by_segment[segment][owner or held.get(territory, 0)] += 1
    for segment, heads in by_segment.items():
        people = sorted(heads)
        for person, part in zip(people, parts(amounts[segment], [heads[one] for one in people]), strict=True):
            found[person] += part


def _looked_after(held: dict[int, int], **which: object) -> list[tuple[int, int]]:
    """Account and who looks after it: its owner, else who holds its territory; 0 for nobody."""
    rows = Account.visible.filter(**which).values_list("pk", "owner_id", "territory_id")
    return [(pk, owner or held.get(territory, 0)) for pk, owner, territory in rows]


def _held(as_of: dt.date) -> dict[int, int]:
    """Who holds each territory on a day; the holding that began last where several say so."""
    rows = TerritoryHolding.current.filter(access.so_on(as_of), person__isnull=False).order_by("effective_from", "pk")
    return dict(rows.values_list("territory_id", "person_id"))


def _amounts(kind: str, as_of: dt.date) -> dict[int, int]:
    """What holds of each account, territory or segment on a day: the last that began by then."""
    rows = Potential.current.filter(**{f"{kind}__withdrawn_at": None}).exclude(**{f"{kind}_id": None})
    rows = rows.exclude(effective_from__gt=as_of)
    dated = rows.values_list(f"{kind}_id", "amount_minor", "effective_from", "known_at", "pk")
    latest: dict[int, tuple[dt.date, dt.datetime, int, int]] = {}
    for noun, amount, begins, known_at, pk in dated:
        row = (begins or dt.date.min, known_at, pk, amount)
        latest[noun] = max(latest.get(noun, row), row)
    return {noun: row[3] for noun, row in latest.items()}
