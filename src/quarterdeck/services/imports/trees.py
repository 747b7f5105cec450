"""What only all rows together can say about the tree: no team under itself, no seat for two at once.

    teams   company under east   east under company        both left out: team_cycle
    people  rita in s1 from January   sam in s1 from March  both kept: seat_shared, since targets of s1 count twice

A tree with a cycle has no sums, so what would make one never gets in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import polars as pl

from quarterdeck.records.models import Seat, TeamLink
from quarterdeck.services.bulk import rows_framed
from quarterdeck.services.imports.preparing import noted
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.services.imports.writes import Write

_SPAN: Final = ("effective_from", "effective_to")
_LINK: Final = ("team_id", "parent_id", *_SPAN)

Link = tuple[int, int | None, dt.date | None, dt.date | None]


def under_themselves(links: Iterable[Link]) -> set[int]:
    """Teams that on some day hang under themselves. Costs a walk upwards per team and day on which a link begins.

    >>> under_themselves([(1, 2, None, None), (2, 1, None, dt.date(2025, 1, 1)), (3, 1, None, None)])
    {1, 2}
    >>> under_themselves([(1, 2, dt.date(2025, 1, 1), None), (2, 1, None, dt.date(2025, 1, 1))])
    set()
    """
    known = [(team, parent, begins or dt.date.min, ends or dt.date.max) for team, parent, begins, ends in links]
    found: set[int] = set()
    for day in {begins for _, _, begins, _ in known}:
        above = {team: parent for team, parent, begins, ends in known if begins <= day < ends and parent is not None}
        found |= {team for team in above if _is_above(team, above)}
    return found


def _is_above(team: int, above: dict[int, int]) -> bool:
    at, seen = above.get(team), set[int]()
    while at is not None and at != team and at not in seen:
        seen.add(at)
        at = above.get(at)
    return at == team


def without_cycles(write: Write, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of teams (ids in place of codes) less those by which a team would hang under itself."""
    said = rows.select("source_id", pl.col("team").alias("team_id"), pl.col("parent").alias("parent_id"), *_SPAN)
    others = rows_framed(TeamLink.current.all(), "source_system", "source_id", *_LINK)
    own = others["source_system"] == write.source_system
    kept = others.filter(~(own & others["source_id"].is_in(said["source_id"].implode())))
    links = [*kept.select(_LINK).iter_rows(), *said.select(_LINK).iter_rows()]
    wrong = pl.Series(sorted(under_themselves(links)), dtype=pl.Int64)
    is_wrong = pl.col("team").is_in(wrong.implode()) & pl.col("parent").is_not_null()
    _noted(write, rows.filter(is_wrong), "team_cycle", "team", "The team {value} would hang under itself.")
    return rows.filter(~is_wrong)


def tree_kept(what: str) -> None:
    """Refuse what has left a team under itself."""
    if wrong := under_themselves(TeamLink.current.values_list(*_LINK)):
        names = ", ".join(TeamLink.current.filter(team_id__in=wrong).values_list("team__name", flat=True)[:3])
        raise Refusal(what, f"It would leave {names} under itself.", "Undo first what moved it since.", "cycle")


def seats_noted(write: Write, rows: pl.DataFrame) -> None:
    """A finding for each seat that a row gives to a second person for the same days."""
    said = rows.select(*(pl.col(name).alias(f"{name}_id") for name in ("position", "person")), *_SPAN, "source_id")
    there = Seat.current.filter(position_id__in=said["position_id"].unique().to_list())
    held = rows_framed(there, "position_id", "person_id", *_SPAN, "source_id", "source_system")
    own = held["source_system"] == write.source_system
    held = held.filter(~(own & held["source_id"].is_in(said["source_id"].implode()))).drop("source_system")
    spans = pl.concat([said, held.select(said.columns)], how="vertical_relaxed")
    pairs = said.join(spans, on="position_id").filter(
        pl.col("person_id") != pl.col("person_id_right"), _begins("") < _ends("_right"), _begins("_right") < _ends("")
    )
    shared = rows.filter(pl.col("source_id").is_in(pairs["source_id"].implode()))
    _noted(write, shared, "seat_shared", "position", "The seat {value} is held by two people at once.")


def _noted(write: Write, bad: pl.DataFrame, rule: str, column: str, message: str) -> None:
    """A finding for each row's code, which stands in `said_code`; the column itself holds an id by now."""
    noted(write, bad.with_columns(pl.col("said_code").alias(column)), rule, column, message)


def _begins(side: str) -> pl.Expr:
    return pl.col(f"effective_from{side}").fill_null(dt.date.min)


def _ends(side: str) -> pl.Expr:
    return pl.col(f"effective_to{side}").fill_null(dt.date.max)
