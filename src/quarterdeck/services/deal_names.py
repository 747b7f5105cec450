"""What a deal is called where people read it: its name, or what is sold to whom when its source named none.

code      name              account   product     called
d-1       Hollis 40 seats   Hollis    Ridge 1     Hollis 40 seats
X8M3SCVF  X8M3SCVF          Cancity   GTX Basic   Cancity, GTX Basic   (its code beside it)
Q1       Q1                                       Q1

A deal that came without a name is kept under its code, so a name that is the code is none. Account and product are
those of the deal's newest state up to the as-of day.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Q

from quarterdeck.records.models import OpportunityState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quarterdeck.records.models import Opportunity


def deal_label(name: str, code: str, account: str = "", product: str = "") -> str:
    """What a deal is called.

    >>> deal_label("Hollis 40 seats", "d-1", "Hollis"), deal_label("X8M3", "X8M3", "Cancity", "GTX Basic")
    ('Hollis 40 seats', 'Cancity, GTX Basic')
    >>> deal_label("", "X8M3", "", "GTX Basic"), deal_label("X8M3", "X8M3")
    ('GTX Basic', 'X8M3')
    """
    if name and name != code:
        return name
    return ", ".join(part for part in (account, product) if part) or code


def beside(name: str, code: str) -> str:
    """The code, where it stands beside the label: for deals without a name.

    >>> beside("Hollis 40 seats", "d-1"), beside("X8M3", "X8M3")
    ('', 'X8M3')
    """
    return "" if name and name != code else code


def labels(deals: Iterable[Opportunity], as_of: dt.date) -> dict[int, str]:
    """What deals are called in running text, codes included, by id; one query when any of them has no name."""
    known = {deal.pk: deal for deal in deals}
    nameless = [pk for pk, deal in known.items() if beside(deal.name, deal.code)]
    parts = {}
    if nameless:
        so_far = Q(effective_from=None) | Q(effective_from__lte=as_of)
        states = OpportunityState.objects.filter(so_far, opportunity_id__in=nameless).order_by("effective_from", "pk")
        # Some databases put empty days last: the newest dated state wins, an undated one is a deal's only one.
        for pk, account, product in states.values_list("opportunity_id", "account__name", "product__name"):
            parts[pk] = (account or "", product or "")
    return {pk: _with_code(deal, *parts.get(pk, ("", ""))) for pk, deal in known.items()}


def in_text(label: str, code: str) -> str:
    """A deal in running text: its label, and the code where that stands beside it.

    >>> in_text("Hollis 40 seats", ""), in_text("Cancity, GTX Basic", "X8M3")
    ('Hollis 40 seats', 'Cancity, GTX Basic (X8M3)')
    """
    return f"{label} ({code})" if code and label != code else label


def _with_code(deal: Opportunity, account: str, product: str) -> str:
    return in_text(deal_label(deal.name, deal.code, account, product), beside(deal.name, deal.code))
