"""How long it takes from one step of the funnel to the next, from deals that were won: median days.

    deal   meeting   proposal   won          meeting -> proposal   proposal -> won
    d-1    3 March   10 March   24 March     7                     14
    d-2    1 March   4 March    30 March     3                     26             medians 5 and 20: 25 to the deal

First of its kind to first of the kind above it in the same deal; a step that a deal left out says nothing of it.
See docs/methods/dated-actions.md.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import TYPE_CHECKING

from quarterdeck.engine.actions.history import FUNNEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quarterdeck.terms.tables import Frame


@dataclass(frozen=True, slots=True)
class StageDays:
    """Calendar days from a step to the one above it: the median of so many deals; None where no deal tells."""

    kind: str
    above: str
    n: int
    days: Fraction | None


def stage_days(moments: Frame) -> tuple[StageDays, ...]:
    """Durations of every step of the funnel, the one next to the won deal first.

    `moments`: one row per activity or win (opportunity_id, kind: an activity's or `won`, day). Nulls are left out.

    >>> import narwhals as nw
    >>> days = [dt.date(2025, 3, 3), dt.date(2025, 3, 10), dt.date(2025, 3, 24)]
    >>> rows = {"opportunity_id": [1, 1, 1], "kind": ["meeting", "proposal", "won"], "day": days}
    >>> [(one.kind, one.n, one.days) for one in stage_days(nw.from_dict(rows, backend="polars"))]
    [('proposal', 1, Fraction(14, 1)), ('meeting', 1, Fraction(7, 1)), ('call', 0, None)]
    """
    first: dict[object, dict[str, dt.date]] = {}
    for deal, kind, day in moments.select("opportunity_id", "kind", "day").iter_rows():
        if deal is not None and day is not None:
            of_deal = first.setdefault(deal, {})
            of_deal[kind] = min(of_deal.get(kind, day), day)
    found = []
    for kind, above in FUNNEL:
        spans = [
            (steps[above] - steps[kind]).days
            for steps in first.values()
            if kind in steps and above in steps and steps[kind] <= steps[above]
        ]
        found.append(StageDays(kind, above, len(spans), Fraction(median(spans)) if spans else None))
    return tuple(found)


def days_to_won(stages: Sequence[StageDays], kind: str) -> tuple[int, int] | None:
    """Days from one of a kind to the won deal, rounded up, and how many deals the scarcest step rests on.

    None where a step between is not known.

    >>> stages = (StageDays("proposal", "won", 9, Fraction(14)), StageDays("meeting", "proposal", 4, Fraction(15, 2)))
    >>> days_to_won(stages, "meeting"), days_to_won(stages, "call")
    ((22, 4), None)
    """
    days, fewest = Fraction(), None
    for stage in stages:
        if stage.days is None:
            return None
        days += stage.days
        fewest = stage.n if fewest is None else min(fewest, stage.n)
        if stage.kind == kind:
            return -int(-days // 1), fewest
    return None
