"""Which rows of people count for which holder, and while they were in it.

    rows     0  rita  2025-03-28        pairs   0  rita  always
             1  sam   2025-03-30                0  east  until 2025-04-01
                                                1  sam   always
                                                1  east  always

A person's rows count for the person, and for every team they were in on a day (tree "then") or are in on the as-of day
(tree "now", for all days). Two seats in one team count once. What happens on a day counts for the teams of that day;
what stands on a day (a stock) moves with the person: it comes into a team on joining and goes on leaving.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import narwhals as nw

from quarterdeck.engine.calendar.ranges import effective_on
from quarterdeck.engine.ledger.dtypes import common_dtype
from quarterdeck.engine.ledger.memberships import team_spans
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

Tree: TypeAlias = Literal["then", "now"]


ALWAYS: Final = (dt.date.min, dt.date.max)


def holdings(rows: Frame, spans: Frame) -> Frame:
    """One row per row handed in, holder and unbroken time in it.

    Columns: `at` and `holder_at` (places in the frames), from_on, to_on. `rows` has `at` and person_id; `spans` are
    holder_spans. Rows of nobody count for no holder.
    """
    person = common_dtype([rows.schema["person_id"], spans.schema["person_id"]])
    rows, spans = (frame.with_columns(nw.col("person_id").cast(person)) for frame in (rows, spans))
    known = rows.filter(~nw.col("person_id").is_null())
    return known.join(spans, on="person_id").select("at", "holder_at", "from_on", "to_on")


def holder_spans(memberships: Frame, holders: Frame, as_of: dt.date, tree: Tree) -> Frame:
    """When each person counts for each holder: one row per person, holder and unbroken time.

    Columns: person_id, holder_at (the place in `holders`), from_on, to_on. `holders` has holder_kind and holder_id.
    Refuses holders that are neither people nor teams. Whoever asks several questions about the same holders computes
    it once.
    """
    if other := sorted(set(holders["holder_kind"].to_list()) - {"person", "team"}):
        raise Refusal(f"No figure was computed for a {other[0]}.", "Facts count for people and their teams.",
            "Ask for the people who hold it.", "holder")  # fmt: skip
    places = holders.with_row_index("holder_at").with_columns(key=nw.col("holder_id").cast(nw.String))
    teams, people = (places.filter(nw.col("holder_kind") == kind) for kind in ("team", "person"))
    if not len(people):
        return _through_teams(memberships, teams, as_of, tree)
    of_person = nw.col("person_id").cast(common_dtype([holders.schema["holder_id"], memberships.schema["person_id"]]))
    own = _own(people).with_columns(of_person)
    return nw.concat([own, _through_teams(memberships.with_columns(of_person), teams, as_of, tree)])


def _own(places: Frame) -> Frame:
    """People hold their own rows at all times."""
    begin, end = (nw.lit(day).cast(nw.Date) for day in ALWAYS)
    return places.select("holder_at", from_on=begin, to_on=end, person_id=nw.col("key"))[
        ["person_id", "holder_at", "from_on", "to_on"]
    ]


def _through_teams(memberships: Frame, teams: Frame, as_of: dt.date, tree: Tree) -> Frame:
    """When each person counts for each of the teams asked for."""
    members = memberships if tree == "then" else effective_on(memberships, as_of)
    keyed = members.with_columns(key=nw.col("team_id").cast(nw.String)).join(teams, on="key")
    if tree == "now":
        begin, end = (nw.lit(day).cast(nw.Date) for day in ALWAYS)
        keyed = keyed.with_columns(effective_from=begin, effective_to=end)
    spans = team_spans(keyed.select("person_id", "effective_from", "effective_to", team_id=nw.col("holder_at")))
    return spans.rename({"team_id": "holder_at"})
