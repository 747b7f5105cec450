"""Who was away when: summer weeks, days at the turn of the year, a few sick days and half days.

person  starts_on   ends_on     share  reason
rita    2024-07-08  2024-07-22  1.0    holiday
rita    2024-11-05  2024-11-06  0.5    appointment
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from quarterdeck.connectors.worlds.days import month_starts
from quarterdeck.connectors.worlds.tables import framed, picked

if TYPE_CHECKING:
    import polars as pl

    from quarterdeck.connectors.worlds.cast import Cast
    from quarterdeck.connectors.worlds.days import Ints, Window

PLANNED_DAYS = 60
"""How far ahead absences are known."""
_REASONS = ("holiday", "holiday", "sick", "appointment")


@dataclass(frozen=True)
class Absence:
    """One row per absence: seller, first day, first day back, kind (a position in the reasons)."""

    seller: Ints
    starts: Ints
    ends: Ints
    kind: Ints

    def frame(self, cast: Cast) -> pl.DataFrame:
        """The leave template."""
        return framed(
            "leave",
            len(self.seller),
            person=picked([seller.person for seller in cast.sellers], self.seller),
            starts_on=self.starts,
            ends_on=self.ends,
            share=np.where(self.kind == _REASONS.index("appointment"), 0.5, 1.0),
            reason=picked(_REASONS, self.kind),
        )

    def days_away(self, seller: int) -> Ints:
        """Every whole day on which a seller was away."""
        rows = np.flatnonzero((self.seller == seller) & (self.kind != _REASONS.index("appointment")))
        spans = [np.arange(self.starts[row], self.ends[row]) for row in rows]
        return np.concatenate([np.empty(0, dtype=np.int64), *spans])


def absences(rng: np.random.Generator, cast: Cast, window: Window) -> Absence:
    """Four absences a year for each seller until they leave, known two months ahead; no two on the same days."""
    found: list[tuple[int, int, int, int]] = []
    for at, seller in enumerate(cast.sellers):
        for year in range(window.year - 2, window.year + 1):
            rows = _year_rows(rng, (year - 1970) * 12)
            found += [(at, *row) for row in rows if row[0] <= window.today + PLANNED_DAYS and row[1] <= seller.gone_on]
    every = np.array(found, dtype=np.int64).reshape(-1, 4)
    return Absence(every[:, 0], every[:, 1], every[:, 2], every[:, 3])


def _year_rows(rng: np.random.Generator, january: int) -> list[tuple[int, int, int]]:
    """First day, first day back and kind of a year's absences; `january` counts months since 1970."""
    month, week, day = (int(rng.integers(0, n)) for n in (2, 2, 28))
    after = (6 + month, 12, 1 + month, 10)
    summer, turn, sick, half = (int(first) for first in month_starts(january + np.array(after)))
    summer += 7 * week
    return [
        (summer, summer + 14, 0),
        (turn - 8, turn - 5, 1),
        (sick + day, sick + day + 2, 2),
        (half + day, half + day + 1, 3),
    ]
