"""The demo company's proposal of moves: sales evened out from next month on, East has accepted, West has not answered.

Dana proposes   ──> some accounts between six territories    Priya accepts for East    Marcus has it before him
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from quarterdeck.records.models import User
from quarterdeck.services.actor import Actor, actor_of
from quarterdeck.services.territories.balancing import balanced
from quarterdeck.services.territories.proposals import proposal_accepted, proposal_saved
from quarterdeck.services.territories.shapes import BalanceAsk

if TYPE_CHECKING:
    from quarterdeck.records.models import TerritoryProposal

ASK: Final = BalanceAsk(weights={"sales": 1}, most=Fraction(1, 10))
NOTE: Final = "Some territories sell far more than their share, others far less. Nothing moves within a month."


def demo_territories(actor: Actor) -> TerritoryProposal:
    """Propose, and accept for East."""
    dana = actor_of(User.objects.get(email="dana@example.com"), actor.now)
    first = (actor.today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    seen = balanced(dana, ASK, actor.today).fingerprint
    row = proposal_saved(dana, ASK, actor.today, effective_on=first, fingerprint=seen, note=NOTE)
    priya = actor_of(User.objects.get(email="priya@example.com"), actor.now)
    proposal_accepted(priya, row.pk, note="Fine with us, if each of them is handed over in person.")
    return row
