"""Territories of the small company: each rep's account lies in their own land, and Rita's has far more than others'.

rita 6, raj 2, nora 2, nils 2, walt 1 accounts: 13 in five lands.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from quarterdeck.records.models import Account, Booking, Segment, Territory, TerritoryHolding
from quarterdeck.services.territories.balancing import balanced
from quarterdeck.services.territories.proposals import proposal_accepted, proposal_saved
from quarterdeck.services.territories.shapes import BalanceAsk
from small_company import CARRYING, TODAY, SmallCompany, small_company

if TYPE_CHECKING:
    from quarterdeck.records.models import TerritoryProposal
    from quarterdeck.services.actor import Actor

MORE = {"rita": 5, "raj": 1, "nora": 1, "nils": 1, "walt": 0}
"""Accounts that a rep's land has besides their own."""
COUNTS = BalanceAsk(weights={"n_accounts": 1}, most=Fraction(1, 2))


def placed(company: SmallCompany | None = None) -> SmallCompany:
    """The small company with every account in a territory."""
    made = company or small_company()
    TerritoryHolding.objects.exclude(person__code__in=[f"p-{who}" for who in CARRYING]).delete()
    for who in CARRYING:
        land, person = Territory.objects.get(code=f"terr-{who}"), made.people[who]
        Account.objects.filter(code=f"acc-{who}").update(territory=land)
        Account.objects.bulk_create(
            Account(code=f"more-{who}-{at}", name=f"More of {land.name}, {at}", territory=land, owner=person)
            for at in range(MORE[who])
        )
    return made


def land(who: str) -> Territory:
    found: Territory = Territory.objects.get(code=f"terr-{who}")
    return found


def proposed(actor: Actor, ask: BalanceAsk = COUNTS, **more: Any) -> TerritoryProposal:
    """What evens them out, saved as it was seen."""
    seen = balanced(actor, ask, TODAY).fingerprint
    said: dict[str, Any] = {"effective_on": TODAY, "fingerprint": seen} | more
    return proposal_saved(actor, ask, TODAY, **said)


def small_moves(company: SmallCompany) -> None:
    """Two proposals for those who look where they must not: one by which an account moved to West, one still open."""
    placed(company)
    Booking.objects.update(segment=Segment.objects.get(code="seg"))  # as it is once an account has moved
    dana, ask = company.actor("dana"), BalanceAsk(weights={"n_accounts": 9, "sales": 1}, how="blend", most=1)
    moved = proposed(dana, ask)
    for who in ("mona", "wim"):
        proposal_accepted(company.actor(who), moved.pk, note="Let us do it.")
    proposed(dana, ask)
