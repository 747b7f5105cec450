"""People belong to their team and to every team above it, for as long as every edge on the way holds."""

import datetime as dt
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from quarterdeck.engine.ledger.memberships import memberships, people_below, team_spans
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.tables import Frame

MARCH, JUNE = dt.date(2025, 3, 1), dt.date(2025, 6, 1)
SEATS = {"position_id": pl.String, "person_id": pl.String, "team_id": pl.String, "hat": pl.String,
    "effective_from": pl.Date, "effective_to": pl.Date}  # fmt: skip
TEAMS = {"team_id": pl.String, "parent_id": pl.String, "effective_from": pl.Date, "effective_to": pl.Date}


def seats(*rows: tuple[Any, ...]) -> Frame:
    full = [(f"{person}-{team}", person, team, hat, begins, ends) for person, team, hat, begins, ends in rows]
    return nw.from_native(pl.DataFrame(full, schema=SEATS, orient="row"))


def teams(*rows: tuple[Any, ...]) -> Frame:
    return nw.from_native(pl.DataFrame(rows, schema=TEAMS, orient="row"))


TREE = (("company", None, None, None), ("east", "company", None, None), ("north", "east", None, None))
RITA = ("rita", "north", "rep", None, None)


def ranges(seat_rows: list[tuple[Any, ...]], team_rows: tuple[tuple[Any, ...], ...]) -> set[tuple[Any, ...]]:
    frame = memberships(seats(*seat_rows), teams(*team_rows))
    return set(frame.select("person_id", "team_id", "depth", "effective_from", "effective_to").rows())


def test_a_person_is_in_their_team_and_in_every_team_above() -> None:
    assert {(row[1], row[2]) for row in ranges([RITA], TREE)} == {("north", 0), ("east", 1), ("company", 2)}


def test_a_team_that_moves_takes_its_people_along_from_that_day() -> None:
    moving = (
        TREE[0],
        TREE[1],
        ("west", "company", None, None),
        ("north", "east", None, MARCH),
        ("north", "west", MARCH, None),
    )
    got = ranges([RITA], moving)
    assert ("rita", "east", 1, None, MARCH) in got
    assert ("rita", "west", 1, MARCH, None) in got


def test_ranges_of_seat_and_tree_are_intersected() -> None:
    got = ranges([("rita", "north", "rep", MARCH, None)], (*TREE[:2], ("north", "east", None, JUNE)))
    assert ("rita", "east", 1, MARCH, JUNE) in got


def test_an_edge_that_ended_before_the_seat_began_gives_nothing() -> None:
    got = ranges([("rita", "north", "rep", JUNE, None)], (*TREE[:2], ("north", "east", None, MARCH)))
    assert {row[1] for row in got} == {"north"}


def test_a_vacant_seat_has_no_members() -> None:
    assert ranges([(None, "north", "rep", None, None)], TREE) == set()


def test_a_team_without_an_edge_still_has_its_own_people() -> None:
    assert {row[1] for row in ranges([("rita", "lonely", "rep", None, None)], ())} == {"lonely"}


@pytest.mark.parametrize(
    "rows",
    [
        (("a", "a", None, None),),
        (("a", "b", None, None), ("b", "a", None, None)),
        (("a", "b", None, None), ("b", "c", None, None), ("c", "a", None, None), ("d", "a", None, None)),
    ],
)
def test_a_team_above_itself_is_refused_by_name(rows: tuple[tuple[Any, ...], ...]) -> None:
    with pytest.raises(Refusal, match="above themselves: a") as refused:
        memberships(seats(RITA), teams(*rows))
    assert refused.value.rule == "tree"
    assert "d" not in refused.value.row.split(", ")


def test_a_circle_whose_edges_never_hold_on_one_day_is_none() -> None:
    rows = (("a", "b", None, MARCH), ("b", "a", MARCH, None))
    assert {(row[1], row[3], row[4]) for row in ranges([("rita", "a", "rep", None, None)], rows)} == {
        ("a", None, None), ("b", None, MARCH)
    }  # fmt: skip


def test_two_seats_in_one_team_are_one_span() -> None:
    both = memberships(seats(RITA, ("rita", "east", "manager", MARCH, None)), teams(*TREE))
    spans = team_spans(both).filter(nw.col("team_id") == "company")
    assert spans.select("from_on", "to_on").rows() == [(dt.date.min, dt.date.max)]


def test_spans_that_touch_are_one_and_spans_apart_stay_apart() -> None:
    rows = seats(("rita", "east", "rep", None, MARCH), ("rita", "east", "rep", MARCH, JUNE),
        ("rita", "east", "rep", dt.date(2025, 9, 1), None))  # fmt: skip
    spans = team_spans(memberships(rows, teams(TREE[0])))
    assert spans.select("from_on", "to_on").rows() == [(dt.date.min, JUNE), (dt.date(2025, 9, 1), dt.date.max)]


def test_people_below_are_those_of_that_day() -> None:
    members = memberships(seats(RITA, ("sam", "east", "rep", None, MARCH)), teams(*TREE))
    assert people_below(members, "company", dt.date(2025, 2, 28)) == ["rita", "sam"]
    assert people_below(members, "company", MARCH) == ["rita"]


def test_five_thousand_seats_are_in_every_team_above() -> None:
    rows = [(f"p{at}", f"t{at % 400}", "rep", None, None) for at in range(5000)]
    tree = [(f"t{at}", None if at == 0 else f"t{(at - 1) // 5}", None, None) for at in range(400)]
    assert len(memberships(seats(*rows), teams(*tree))) > 20_000
