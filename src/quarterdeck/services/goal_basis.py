"""What a goal is brought down by: past months, the season they teach, and the tree of those who carry it.

East 2018   rita, sam, seat e-4 (vacant)   ->   nodes     team:2 > person:7, person:9, position:4
            March 2017 sold twice January  ->   season    January 0.66, February ..., March 1.32
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import narwhals as nw

from quarterdeck.engine.cascade.seasons import seasonal_index
from quarterdeck.engine.metrics.values import metric_values
from quarterdeck.services import stored
from quarterdeck.services.scene import CARRIES, Scene, holders_framed
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.terms.period import Period
    from quarterdeck.terms.tables import Frame

SEASON_YEARS: Final = 3
"""Years before the goal's from which the season is learned."""


def months_before(scene: Scene, fiscal_year: int, years: int = 1) -> list[Period]:
    """Months of the years before the goal's, oldest first; fewer where the calendar does not reach back."""
    months: list[Period] = []
    for number in range(fiscal_year - years, fiscal_year):
        try:
            months += scene.calendar.months(number)
        except Refusal:
            continue
    return months


def past(scene: Scene, metric: str, holders: list[str], months: list[Period]) -> Frame:
    """METRIC_VALUES of the goal's metric for holders and past months, as far as they are over."""
    last = min(scene.actor.today, scene.as_of - dt.timedelta(days=1))
    wanted = stored.Wanted(
        measures=stored.measures_of([metric]), since=months[0].starts_on, as_of=last, people=scene.alike(holders),
        details=stored.details_of([metric]), edges=stored.edges_of(months), moves=scene.moves(holders),
    )  # fmt: skip
    rows = stored.totals(wanted)
    return metric_values([metric], rows, scene.memberships, holders_framed(holders), months, last)


def last_year(scene: Scene, metric: str, fiscal_year: int, team_id: int) -> int:
    """What the team brought in the year before, exactly; 0 where the calendar does not reach back."""
    months = months_before(scene, fiscal_year)
    if not months:
        return 0
    values = past(scene, metric, [f"team:{team_id}"], months)["value"].drop_nulls()
    return sum(int(value) for value in values.to_list())


def season(scene: Scene, metric: str, fiscal_year: int, team_id: int) -> list[Fraction]:
    """One weight per month of the year, from the months of up to three years before that are over."""
    n_months = len(scene.calendar.months(fiscal_year))
    months = [month for month in months_before(scene, fiscal_year, SEASON_YEARS) if month.ends_on <= scene.actor.today]
    if not months:
        return [Fraction(1)] * n_months
    values = past(scene, metric, [f"team:{team_id}"], months)
    rows = values.select("starts_on", amount=nw.col("value").cast(nw.Int64)).filter(nw.col("amount") != 0)
    return seasonal_index(rows, scene.calendar, n_months=n_months)


def nodes(scene: Scene, team_id: int, year: Period) -> Frame:
    """NODES of the tree on the first day of the year: teams that have somebody below, people, vacant seats."""
    leaves = _leaves(scene, team_id)
    if not leaves:
        raise tree_refusal(
            f"Nobody has a rep's seat in {scene.name(f'team:{team_id}')} or below it on {year.starts_on}.",
            "Give somebody a seat from that day on, or set the goal for a team that has people.",
        )  # fmt: skip
    parent_of = {child: team for team in scene.below(team_id) for child in scene.children(team)}
    carried = _upwards({team for team, _ in leaves}, parent_of, team_id)
    rows: list[tuple[str, str | None]] = [(f"team:{team_id}", None)]
    rows += [(f"team:{team}", f"team:{parent_of[team]}") for team in sorted(carried - {team_id})]
    rows += [(leaf, f"team:{team}") for team, leaf in leaves]
    columns = {"node_id": [row[0] for row in rows], "parent_id": [row[1] for row in rows]}
    return nw.from_dict(columns, {"node_id": nw.String, "parent_id": nw.String}, backend="polars").with_columns(
        weight=nw.lit(None).cast(nw.Int64)
    )


def _leaves(scene: Scene, team_id: int) -> list[tuple[int, str]]:
    """Team and leaf: a person under the team of their first rep's seat; further seats and vacancies as positions."""
    seats = scene.seats_on(scene.as_of).filter(nw.col("team_id").is_in(scene.below(team_id)), nw.col("hat") == CARRIES)
    known: set[int] = set()
    leaves = []
    for position, person, team in seats.select("position_id", "person_id", "team_id").sort("position_id").iter_rows():
        is_first = person is not None and person not in known
        leaves.append((team, f"person:{person}" if is_first else f"position:{position}"))
        known |= {person} if is_first else set()
    return leaves


def _upwards(teams: set[int], parent_of: dict[int, int], root: int) -> set[int]:
    found = {root}
    for team in teams:
        at = team
        while at != root:
            found.add(at)
            at = parent_of[at]
    return found


def tree_refusal(why: str, next_step: str) -> Refusal:
    """Why a goal has nobody to come down to."""
    return Refusal("The goal was not set.", why, next_step, "goal_tree")
