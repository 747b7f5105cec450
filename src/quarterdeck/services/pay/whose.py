"""Events of a few people, found by index: those that they own, and those that are split with them.

    bookings of a year   1,000,000 of 2,000 people        whose(rita)   500 of hers, 40 that somebody shares with her

Who has to be asked for is the engine's answer (engine.pay.reaching); this is how the rows are found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from quarterdeck.records.models import CreditSplit
from quarterdeck.services.frames import known

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Whose:
    """Ids of people whose events are asked for, and of those whose shares in others' events are."""

    owners: list[int]
    sharing: list[int]

    def own(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Activities or credits of the owners."""
        return rows.filter(person_id__among=self.owners)

    def bookings(self, rows: QuerySet[Any], known_at: dt.datetime) -> list[QuerySet[Any]]:
        """Bookings as disjoint ways of finding them; one may be found twice."""
        found = [rows.filter(credited_id__among=self.owners)]
        splits = known(CreditSplit, known_at).filter(person_id__among=self.sharing)
        systems: dict[str, set[str]] = {}
        deals: set[int] = set()
        for system, booking, deal in splits.values_list("source_system", "booking_source_id", "opportunity_id"):
            if deal is None:
                systems.setdefault(system, set()).add(booking)
            else:
                deals.add(deal)
        if deals:
            found.append(rows.filter(opportunity_id__among=sorted(deals)))
        for system, ids in systems.items():
            named = rows.filter(source_system=system, source_id__among=sorted(ids))
            found += [named.filter(superseded_at=None), named.filter(superseded_at__gt=known_at)]  # one has an index
        return found
