"""When what is earned may be paid: at once, when it is invoiced, or as the customer pays.

    10 % of 1,000,000 earned in March, held;  500,000 received in May   ->   50,000 released in May
                                              500,000 received in July  ->   50,000 released in July

Released to date is earned x received / amount of the event, rounded once; a release is the difference of two of these,
so that instalments sum to what was earned. More than the whole is never released.
"""

from __future__ import annotations

import bisect
import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np

from quarterdeck.engine.pay.facts import collected
from quarterdeck.terms.money import whole

if TYPE_CHECKING:
    from quarterdeck.engine.pay.credits import Crediting
    from quarterdeck.engine.pay.definitions import Component
    from quarterdeck.engine.pay.exact import Array
    from quarterdeck.engine.pay.steps import Stepped

Releases = list[tuple[int, Fraction]]
"""(period, share of the event released up to its end), in order."""


def held_by_period(component: Component, stepped: Stepped, crediting: Crediting) -> Array:
    """What is held back in each period less what is released in it, by payee and period.

    Zero for release by booking.
    """
    cells = crediting.cells
    found = np.zeros((len(cells.payees), cells.n_now), dtype=np.int64)
    if component.release == "booking":
        return found
    shares = _invoiced(crediting) if component.release == "invoice" else _received(crediting)
    events = stepped.rows["event_id"].to_list()
    for event, cell, amount in zip(events, stepped.cell.tolist(), stepped.amount.tolist(), strict=True):
        payee, period = divmod(cell, len(cells.periods))
        found[payee, period] += amount
        before = 0
        for at, share in shares.get(event, []):
            upto = whole(amount * share)
            found[payee, max(at, period)] -= upto - before
            before = upto
    return found


def _invoiced(crediting: Crediting) -> dict[str, Releases]:
    rows = collected(crediting.events.select("event_id", "invoiced_on").filter(~nw.col("invoiced_on").is_null()))
    found = {}
    for event, day in rows.iter_rows():
        if day <= crediting.cells.as_of:
            found[event] = [(_period(crediting, day), Fraction(1))]
    return found


def _received(crediting: Crediting) -> dict[str, Releases]:
    """The share of each event that was received up to each period of a receipt."""
    receipts = crediting.facts.large("receipts").filter(nw.col("paid_on") <= crediting.cells.as_of)
    worth = crediting.events.select("event_id", "own_minor")
    rows = receipts.join(worth, on="event_id").group_by("event_id", "paid_on").agg(
        paid=nw.col("amount_minor").sum(), own_minor=nw.col("own_minor").max()
    )  # fmt: skip
    found: dict[str, Releases] = {}
    sums: dict[str, int] = {}
    for event, day, paid, whole_amount in collected(rows.sort("event_id", "paid_on")).iter_rows():
        sums[event] = sums.get(event, 0) + int(paid)
        share = min(max(Fraction(sums[event], whole_amount), Fraction(0)), Fraction(1)) if whole_amount else Fraction(1)
        found.setdefault(event, []).append((_period(crediting, day), share))
    return found


def _period(crediting: Crediting, day: dt.date) -> int:
    """The period of a day, at least the first and at most the last that has begun."""
    starts = [period.starts_on for period in crediting.cells.periods[: crediting.cells.n_now]]
    return max(bisect.bisect_right(starts, day) - 1, 0)
