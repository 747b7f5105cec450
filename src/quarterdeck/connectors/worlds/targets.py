"""Monthly targets of last year and this one: people and vacant positions sum to teams, teams to the company.

holder    holder_kind  starts_on   amount       layer  is_quota
rita      person       2025-03-01  64,310.00    plan   yes
east-4    position     2025-03-01  22,697.00    plan   no       nobody sits there; the number stays
east      team         2025-03-01  192,930.00   plan   no
company   team         2025-03-01  391,552.00   plan   no
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import numpy as np

from quarterdeck.connectors.worlds.cast import chain
from quarterdeck.connectors.worlds.days import SEASON, date, month_starts
from quarterdeck.connectors.worlds.drafts import GROWTH, PACE
from quarterdeck.connectors.worlds.tables import framed
from quarterdeck.terms.money import parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from quarterdeck.connectors.worlds.cast import Cast, Team
    from quarterdeck.connectors.worlds.days import Window

LAST_YEAR: Final = 0.98
"""What the company reached of last year's target."""


def targets(casts: list[tuple[Cast, float]], window: Window) -> pl.DataFrame:
    """Targets of one company made of several casts, each with its first year's bookings in whole USD."""
    teams = tuple(team for cast, _ in casts for team in cast.teams)
    rows = [row for cast, base in casts for row in _carried(cast, base, window)]
    summed = _summed(rows, teams)
    everything = sorted(rows, key=lambda row: row[2]) + summed
    kind, holder, month, dollars, _ = zip(*everything, strict=True)
    return framed(
        "targets",
        len(everything),
        holder=list(holder),
        holder_kind=list(kind),
        metric=["bookings"] * len(kind),
        period_kind=["month"] * len(kind),
        starts_on=[date(day) for day in month],
        amount=[row * 100 for row in dollars],
        currency=["USD"] * len(kind),
        layer=["plan"] * len(kind),
        is_quota=[row == "person" for row in kind],
    )


def year_targets(base: float, window: Window) -> dict[int, int]:
    """The company's targets by year, in whole USD, to the nearest thousand."""
    whole = {window.year - 1: base * GROWTH / LAST_YEAR, window.year: base * GROWTH**2 / PACE}
    return {year: round(dollars, -3) for year, dollars in ((year, round(value)) for year, value in whole.items())}


def _carried(cast: Cast, base: float, window: Window) -> Iterator[tuple[str, str, int, int, str]]:
    """Kind, holder, first day, whole USD and team of everybody who carries a number."""
    for year, dollars in year_targets(base, window).items():
        starts = month_starts((year - 1970) * 12 + np.arange(12)).tolist()
        for start, month in zip(starts, parts(dollars, SEASON), strict=True):
            here = [row for row in cast.quotas if row.effective_from <= start < row.effective_to]
            for row, amount in zip(here, parts(month, [row.share for row in here]), strict=True):
                yield row.kind, row.holder, start, amount, row.team


def _summed(
    rows: list[tuple[str, str, int, int, str]], teams: tuple[Team, ...]
) -> list[tuple[str, str, int, int, str]]:
    """What every team carries: the sum of everything in it and below."""
    above = {team.team: chain(teams, team.team) for team in teams}
    totals: dict[tuple[int, str], int] = defaultdict(int)
    for _, _, start, amount, team in rows:
        for over in above[team]:
            totals[start, over] += amount
    return [("team", team, start, amount, team) for (start, team), amount in sorted(totals.items())]
