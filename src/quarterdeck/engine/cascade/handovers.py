"""Quota that goes along with accounts or territories: a share of a holder's number, from a day on, cut by days.

    rita carries 100 in February and 100 in March; her account Hollis (a fifth of her sales) goes to sam on 15 February
             February  March
    all      100       100       if everything went: 50 and 100
    Hollis    10        20       a fifth of what would go, in every month

Several shares of one holder are cut from the same pool at once, so that their order changes nothing but who gets a unit
left over. See docs/methods/proration.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from quarterdeck.engine.cascade.proration import moved_quota
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import parts

if TYPE_CHECKING:
    from quarterdeck.engine.cascade.proration import DayCount, FirstDay
    from quarterdeck.terms.period import Period


def handed_over(  # noqa: PLR0913  a day, shares and two conventions
    amounts: Sequence[int], periods: Sequence[Period], moved_on: dt.date, shares: Sequence[Fraction], *,
    day_count: DayCount, first_day: FirstDay,
) -> list[list[int]]:  # fmt: skip
    """What goes over with each share: one list per share, one whole amount per period; nothing of what is over.

    `shares` are of the whole number of its holder, each from 0, together at most 1. `first_day` says for whom the day
    itself counts. Raises Refusal (`goal_proration`) for other shares and for unknown conventions.

    >>> from quarterdeck.terms.period import Period
    >>> months = [Period(dt.date(2025, at, 1), dt.date(2025, at + 1, 1)) for at in (1, 2, 3)]
    >>> handed_over([100, 100, 100], months, dt.date(2025, 2, 15), [Fraction(1, 5)], day_count="calendar",
    ...     first_day="counts")
    [[0, 10, 20]]
    """
    rest = 1 - sum(shares, Fraction())
    if rest < 0 or min(shares, default=Fraction()) < 0:
        why = f"The shares come to {float(1 - rest):.2%} of it, or one is below nothing."
        raise Refusal("The number was not prorated.", why, "Give shares of the whole.", "goal_proration")
    found = moved_quota(amounts, periods, moved_on, day_count=day_count, first_day=first_day)
    pools = [parts(pool, [*shares, rest])[:-1] for pool in found["moved"].to_list()]
    return [[pool[at] for pool in pools] for at in range(len(shares))]
