"""Which dated rows of people count for which holder.

    rows     0  rita  2025-03-28        pairs   0  rita
             1  sam   2025-03-30                0  east
                                                1  sam
                                                1  east

A person's rows count for the person, and for every team they were in on the row's day (tree "then") or are in on the
as-of day (tree "now"). Two seats in one team count once.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal, TypeAlias

import narwhals as nw

from quarterdeck.engine.calendar.ranges import effective_on
from quarterdeck.engine.ledger.dtypes import common_dtype
from quarterdeck.engine.ledger.memberships import team_spans
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

Tree: TypeAlias = Literal["then", "now"]


def holdings(  # noqa: PLR0913, PLR0917  rows, their day, and how to read the tree
    rows: Frame, day: str, memberships: Frame, holders: Frame, as_of: dt.date, tree: Tree
) -> Frame:
    """One row per row handed in and holder it counts for: `at` and `holder_at`, the place of each in its frame.

    `rows` has `at`, person_id and a day column; `holders` has holder_kind and holder_id. Refuses holders that are
    neither people nor teams. Rows of nobody count for no holder.
    """
    if other := sorted(set(holders["holder_kind"].to_list()) - {"person", "team"}):
        raise Refusal(f"No figure was computed for a {other[0]}.", "Facts count for people and their teams.",
            "Ask for the people who hold it.", "holder")  # fmt: skip
    places = holders.with_row_index("holder_at").with_columns(key=nw.col("holder_id").cast(nw.String))
    person = common_dtype([rows.schema["person_id"], memberships.schema["person_id"]])
    known = rows.with_columns(nw.col("person_id").cast(person)).filter(~nw.col("person_id").is_null())
    people = places.filter(nw.col("holder_kind") == "person").select("holder_at", person_id=nw.col("key").cast(person))
    own = known.join(people, on="person_id").select("at", "holder_at")
    teams = places.filter(nw.col("holder_kind") == "team").select("holder_at", "key")
    spans = _spans(memberships.with_columns(nw.col("person_id").cast(person)), teams, as_of, tree)
    through = known.join(spans, on="person_id")
    if tree == "then":
        through = through.filter(nw.col("from_on") <= nw.col(day), nw.col("to_on") > nw.col(day))
    return nw.concat([own, through.select("at", "holder_at")])


def _spans(memberships: Frame, teams: Frame, as_of: dt.date, tree: Tree) -> Frame:
    """When each person was in each of the teams asked for."""
    members = memberships if tree == "then" else effective_on(memberships, as_of)
    keyed = members.with_columns(key=nw.col("team_id").cast(nw.String)).join(teams, on="key")
    spans = team_spans(keyed.select("person_id", "effective_from", "effective_to", team_id=nw.col("holder_at")))
    return spans.rename({"team_id": "holder_at"})
