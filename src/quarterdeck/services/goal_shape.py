"""How a goal lies over its year: quarters that were given stay exact, and markets by month agree with both sums.

a year of 2,750,000, quarters 22 : 24 : 24 : 30     605,000  660,000  660,000  825,000, inside of each by season

                January   February   ...   year       rows sum to the market's part, columns to the goal's month
    food        112,000     98,000          1,500,000
    retail       95,000     88,000          1,250,000
    goal        207,000    186,000          2,750,000
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from quarterdeck.engine.cascade.goals import QUARTERS, quarter_amounts, shaped_season
from quarterdeck.engine.cascade.margins import two_margins
from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.engine.metrics.values import metric_values
from quarterdeck.services import stored
from quarterdeck.services.goal_basis import months_before
from quarterdeck.services.scene import Scene, holders_framed
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import parts

if TYPE_CHECKING:
    from quarterdeck.terms.period import Period
    from quarterdeck.terms.tables import Frame

_PINS: Final[dict[str, Any]] = {"node_id": nw.String, "starts_on": nw.Date, "amount": nw.Int64}


@dataclass(frozen=True, slots=True)
class Place:
    """Whose goal it is, of what, and the fiscal year from which its months are known."""

    scene: Scene
    metric: str
    fiscal_year: int
    team_id: int

    @property
    def months(self) -> list[Period]:
        """The fiscal months of the year."""
        return self.scene.calendar.months(self.fiscal_year)


def quartered(place: Place, season: Sequence[Fraction], quarters: Sequence[Fraction]) -> list[Fraction]:
    """The season with quarters in a given shape, months inside of each as before; unchanged without a shape."""
    return shaped_season(season, _quarter_of(place), list(quarters)) if quarters else list(season)


def months_held(place: Place, amount: int, season: Sequence[Fraction], quarters: Sequence[Fraction]) -> Frame | None:
    """PINS of the team's months that make its quarters exact; None without a shape."""
    if not quarters:
        return None
    months, of, root = place.months, _quarter_of(place), f"team:{place.team_id}"
    rows: list[tuple[str, Any, int]] = []
    for quarter, whole in enumerate(quarter_amounts(amount, list(quarters))):
        inside = [at for at, where in enumerate(of) if where == quarter]
        weights = [season[at] for at in inside]
        shares = parts(whole, weights if any(weights) else [1] * len(inside))
        rows += [(root, months[at].starts_on, part) for at, part in zip(inside, shares, strict=True)]
    columns = {name: [row[at] for row in rows] for at, name in enumerate(_PINS)}
    return nw.from_dict(columns, _PINS, backend="polars")


def _quarter_of(place: Place) -> list[int]:
    quarters = place.scene.calendar.quarters(place.fiscal_year)
    if len(quarters) != QUARTERS:
        why = f"The calendar has {len(quarters)} quarters in that year."
        raise Refusal("The goal was not set.", why, "Leave the shape of its quarters out.", "goal_quarters")
    return [
        next(at for at, quarter in enumerate(quarters) if quarter.starts_on <= month.starts_on < quarter.ends_on)
        for month in place.months
    ]


def markets_by_month(place: Place, segments: Sequence[dict[str, Any]], months: Sequence[int]) -> list[list[int]]:
    """Each segment's amount over the months of the goal: rows sum to the segments, columns to the months, exactly.

    In the proportions of last year's months by segment, where the metric is known by segment; else alike.
    """
    seed = _seed(place, [row["segment_id"] for row in segments], len(months))
    names = [row["name"] for row in segments]
    return two_margins(seed, [row["amount"] for row in segments], list(months), row_names=names)


def _seed(place: Place, segments: list[int], n_months: int) -> list[list[int]]:
    """Last year by segment and month in thousandths, one more each, so that nothing is ruled out."""
    before = months_before(place.scene, place.fiscal_year)
    if len(before) != n_months or "segment_id" not in METRICS[place.metric].slices:
        return [[1] * n_months for _ in segments]
    at = {month.starts_on: number for number, month in enumerate(before)}
    found = {segment: [1] * n_months for segment in segments}
    for segment, starts_on, value in _by_segment(place, before).iter_rows():
        if segment.isdecimal() and int(segment) in found and value is not None:
            found[int(segment)][at[starts_on]] += max(int(value), 0) * 1000
    return list(found.values())


def _by_segment(place: Place, months: list[Period]) -> Frame:
    scene, metric, holders = place.scene, place.metric, [f"team:{place.team_id}"]
    last = min(scene.actor.today, months[-1].last_day)
    wanted = stored.Wanted(
        measures=stored.measures_of([metric]), since=months[0].starts_on, as_of=last, people=scene.alike(holders),
        slices=frozenset({"segment_id"}), details=stored.details_of([metric]), edges=stored.edges_of(months),
        moves=scene.moves(holders),
    )  # fmt: skip
    framed = holders_framed(holders)
    values = metric_values(
        [metric], stored.totals(wanted), scene.memberships, framed, months, last, slice_by="segment_id"
    )
    return values.select("slice", "starts_on", "value")
