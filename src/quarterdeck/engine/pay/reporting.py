"""Who stands above whom, and who is in a team with whom, from when to when.

    rita under mara [2025-01-01, )   mara under dana [, )   ->   rita below rita 0, mara 1, dana 2, each from 2025-01-01

Source: as engine.ledger.memberships, over people instead of teams.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import narwhals as nw

from quarterdeck.engine.ledger.memberships import team_closure
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

_FIRST, _LAST = dt.date.min.replace(year=1000), dt.date.max


def reporting_lines(people: Frame) -> Frame:
    """person_id, above_id, depth, up_from, up_to of PAY_PEOPLE; depth 0 is the person. Raises Refusal for a cycle.

    >>> people = nw.from_dict({"person_id": ["rita"], "manager_id": ["mara"], "effective_from": [None],
    ...     "effective_to": [None]}, backend="polars")
    >>> reporting_lines(people).select("person_id", "above_id", "depth").rows()
    [('mara', 'mara', 0), ('rita', 'rita', 0), ('rita', 'mara', 1)]
    """
    edges = people.select(
        nw.col("effective_from", "effective_to"),
        team_id=nw.col("person_id").cast(nw.String),
        parent_id=nw.col("manager_id").cast(nw.String),
    ).unique()
    try:
        found = team_closure(edges)
    except Refusal as refusal:
        raise Refusal(
            "Nothing was paid.",
            f"These people report to themselves, directly or through others: {refusal.row}.",
            "Change the manager of one of them, or the days on which it holds.",
            "tree",
            row=refusal.row,
        ) from refusal
    rows = found.rename({"team_id": "person_id"}).with_columns(**_ends()).drop("effective_from", "effective_to")
    return _distinct(rows)


def _distinct(rows: Frame) -> Frame:
    """One row per pair and time, at the least depth: nobody is credited twice for one event on one way up."""
    keys = ["person_id", "above_id", "up_from", "up_to"]
    return rows.group_by(keys).agg(depth=nw.col("depth").min().cast(nw.Int64)).sort("depth", *keys)


def team_members(people: Frame) -> Frame:
    """person_id, payee_id, up_from, up_to: everybody in the same team during the same time, also the person.

    >>> people = nw.from_dict({"person_id": ["rita", "sam"], "team_id": ["east"] * 2, "effective_from": [None] * 2,
    ...     "effective_to": [None, dt.date(2025, 3, 1)]}, backend="polars")
    >>> team_members(people).select("person_id", "payee_id").rows()
    [('rita', 'rita'), ('rita', 'sam'), ('sam', 'rita'), ('sam', 'sam')]
    """
    rows = people.filter(~nw.col("team_id").is_null()).with_columns(**_ends())
    one = rows.select("team_id", "up_from", "up_to", person_id=nw.col("person_id").cast(nw.String))
    other = one.rename({"person_id": "payee_id", "up_from": "other_from", "up_to": "other_to"})
    both = one.join(other, on="team_id").with_columns(
        up_from=nw.max_horizontal("up_from", "other_from"), up_to=nw.min_horizontal("up_to", "other_to")
    )
    columns = ["person_id", "payee_id", "up_from", "up_to"]
    return both.filter(nw.col("up_from") < nw.col("up_to")).select(columns).unique().sort(columns)


def _ends() -> dict[str, nw.Expr]:
    begins, ends = (nw.col(f"effective_{end}").cast(nw.Date) for end in ("from", "to"))
    return {"up_from": begins.fill_null(_FIRST), "up_to": ends.fill_null(_LAST)}
