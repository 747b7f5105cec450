"""Where a holder's fiscal year may end: what its months brought, held against the season that is known.

month     season  brought   from       to
January   318,610       0
October   262,764 367,800   3,190,471  3,190,471   over: what is there by now
November  328,906 204,250   3,431,000  3,702,000   running
December  997,867           4,190,000  5,080,000   where the year may end, 8 times in 10

The season is that of the goal's months, else last year's, else even. See docs/methods/projected-range.md.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.engine.metrics.finish_range import FinishRange, finish_range
from quarterdeck.services.cells import cells, target_of
from quarterdeck.services.desks.words import about_said, exactly_said
from quarterdeck.services.goal_basis import months_before
from quarterdeck.services.metrics import measured
from quarterdeck.services.scene import Scene, holder_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quarterdeck.services.desks.shapes import Unit
    from quarterdeck.terms.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class YearRange:
    """A year's months, what they should bring and brought, and where the year may end."""

    year: Period
    months: tuple[Period, ...]
    season: tuple[int, ...]
    """What each month should bring, in the unit of where it is from."""
    season_from: str
    brought: tuple[int | None, ...]
    """None for months that have not begun."""
    ends: FinishRange

    @property
    def low(self) -> int | None:
        """The lower end; None where there is no range."""
        return self.ends.low[-1] if self.ends.low else None

    @property
    def high(self) -> int | None:
        """The upper end; None where there is no range."""
        return self.ends.high[-1] if self.ends.high else None

    @property
    def is_known(self) -> bool:
        """Whether there is a range: enough months are over, and not all of them."""
        return self.ends.state == "known"


def year_range(  # noqa: PLR0913  what a range is made of
    metric: str, year: Period, months: Sequence[Period], *, brought: Sequence[int], targets: Sequence[int | None],
    past: Sequence[int], as_of: dt.date,
) -> YearRange:  # fmt: skip
    """Where the year may end, from numbers that are known: by month what was brought, the target, last year's."""
    season, season_from = _season(len(months), targets, past)
    shares = [_passed(month, as_of) for month in months]
    can_fall = any(term.sign < 0 for term in METRICS[metric].numerator)
    return YearRange(
        year=year, months=tuple(months), season=season, season_from=season_from,
        brought=tuple(amount if share else None for amount, share in zip(brought, shares, strict=True)),
        ends=finish_range(brought, season, shares, can_fall=can_fall),
    )  # fmt: skip


def range_of(scene: Scene, metric: str, holder: str, year: Period) -> YearRange:
    """The same for a holder and a fiscal year as of the scene's day; two queries."""
    number = scene.calendar.year_of(year.starts_on)
    months, before = scene.calendar.months(number), months_before(scene, number)
    values = measured(scene, [metric], [holder], [*months, *before])
    by_days = {(begin, end): round(value or 0) for begin, end, value in
        values.select("starts_on", "ends_on", "value").iter_rows()}  # fmt: skip
    found = cells(scene, metric, year)
    below = scene.people_now(holder_of(holder)[1]) if holder.startswith("team:") else frozenset()
    return year_range(
        metric, year, months, as_of=scene.as_of,
        brought=[by_days.get((month.starts_on, month.ends_on), 0) for month in months],
        targets=[target_of(scene, found, holder, month, below=below) for month in months],
        past=[by_days.get((month.starts_on, month.ends_on), 0) for month in before],
    )  # fmt: skip


def _season(n_months: int, targets: Sequence[int | None], past: Sequence[int]) -> tuple[tuple[int, ...], str]:
    known = [max(amount, 0) for amount in targets if amount is not None]
    if len(known) == n_months and any(known):
        return tuple(known), "the goal's months"
    last = [max(amount, 0) for amount in past]
    if len(last) == n_months and any(last):
        return tuple(last), "last year's months"
    return (1,) * n_months, "even months"


def _passed(month: Period, as_of: dt.date) -> float:
    """Which share of a month's days has passed; the as-of day has."""
    days = (as_of - month.starts_on).days + 1
    return min(max(days / month.n_days, 0.0), 1.0)


_NOT_KNOWN: Final = {
    "too_few_months": "No range yet: it takes three months that are over to see how much months vary.",
    "no_season": "No range: the months so far should have brought nothing, so there is no season to hold them against.",
    "over": "The year is over: nothing is left to project.",
}


def range_said(found: YearRange, unit: Unit, currency: str) -> str:
    """The range in words, or why there is none."""
    if not found.is_known:
        return _NOT_KNOWN[found.ends.state]
    low, high = (about_said(end, unit, currency) for end in (found.low, found.high))
    low = low.removesuffix(f" {currency}")
    return (
        f"{found.year.name} may end between {low} and {high} if it keeps its pace against the season (8 times in 10)."
    )


def method_said(found: YearRange) -> str:
    """What the range was made of; nothing where there is none."""
    if not found.is_known or found.ends.level is None:
        return ""
    level = exactly_said(found.ends.level, "ratio", "")
    n_over = next(at for at, end in enumerate(found.ends.low, 1) if end is not None)
    is_running = any(amount is not None for amount in found.brought[n_over:])
    told = f"The {found.ends.n_months} months so far{', the running one in part,' if is_running else ''} "
    if found.season_from == "even months":
        told += "were taken to weigh alike, since no season is known"
    else:
        told += f"brought {level} of what {found.season_from} would have had by now"
    if found.ends.spread is None:
        return f"{told}."
    return f"{told}; a usual month missed that by {exactly_said(found.ends.spread, 'ratio', '')}."
