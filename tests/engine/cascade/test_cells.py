import datetime as dt
import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import narwhals as nw
import pytest

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.cascade.cells import cells
from quarterdeck.terms.errors import QuarterdeckFault, Refusal
from quarterdeck.terms.money import MAX_MINOR
from quarterdeck.terms.period import Period
from quarterdeck.terms.tables import Frame

SCHEMA: dict[str, Any] = {"node_id": nw.String, "parent_id": nw.String, "weight": nw.Int64}
YEAR = FiscalCalendar().months(2025)
FLAT = [1] * 12


def _nodes(*rows: tuple[str | None, str | None, int | None], **more: list[str | None]) -> Frame:
    data: dict[str, Any] = {name: [row[at] for row in rows] for at, name in enumerate(SCHEMA)}
    return nw.from_dict(data | more, SCHEMA | dict.fromkeys(more, nw.String), backend="polars")


def _cells(
    nodes: Frame, amount: int = 1200, season: Sequence[int | Fraction] = FLAT, months: list[Period] = YEAR
) -> Frame:
    return cells(amount, nodes, months, season, basis="history")


def _years(frame: Frame) -> dict[str, int]:
    return dict(frame.group_by("node_id").agg(nw.col("amount").sum()).rows())


def _because(frame: Frame, node: str, month: int = 1) -> dict[str, Any]:
    found = frame.filter(nw.col("node_id") == node, nw.col("starts_on") == dt.date(2025, month, 1))
    reason: dict[str, Any] = json.loads(found["derivation"][0])
    return reason


PAIR = _nodes(("team:1", None, None), ("person:1", "team:1", 1), ("person:2", "team:1", 2))


def test_a_goal_goes_down_by_weight() -> None:
    assert _years(_cells(PAIR)) == {"team:1": 1200, "person:1": 400, "person:2": 800}


def test_a_tree_of_one_node_gets_all_of_it() -> None:
    found = _cells(_nodes(("team:1", None, None)), 100)
    assert found["amount"].to_list() == [9, 9, 9, 9, *[8] * 8]
    assert _because(found, "team:1")["year"] == {"rule": "root", "amount": 100}


def test_units_left_over_go_to_the_smaller_node_and_the_earlier_month() -> None:
    nodes = _nodes(("t", None, None), ("b", "t", 1), ("a", "t", 1))
    assert _years(_cells(nodes, 3)) == {"t": 3, "a": 2, "b": 1}
    assert _cells(nodes, 3).filter(nw.col("node_id") == "a")["amount"].to_list() == [1, 1, *[0] * 10]


def test_an_inner_node_without_weight_weighs_what_its_leaves_weigh() -> None:
    nodes = _nodes(
        ("root", None, None), ("east", "root", None), ("west", "root", None),
        ("a", "east", 1), ("b", "east", 1), ("c", "west", 1), ("empty", "west", None),
    )  # fmt: skip
    assert _years(_cells(nodes, 300)) == {
        "root": 300,
        "east": 200,
        "west": 100,
        "a": 100,
        "b": 100,
        "c": 100,
        "empty": 0,
    }


def test_an_inner_node_with_a_weight_keeps_it() -> None:
    nodes = _nodes(
        ("root", None, None), ("east", "root", 1), ("west", "root", 3), ("a", "east", 900), ("b", "west", None)
    )
    assert _years(_cells(nodes, 400)) == {"root": 400, "east": 100, "west": 300, "a": 100, "b": 300}


@pytest.mark.parametrize("weights", [(0, 0), (None, None), (0, None), (-3, 0)])
def test_siblings_that_weigh_nothing_share_evenly_and_the_reason_says_so(
    weights: tuple[int | None, int | None],
) -> None:
    found = _cells(_nodes(("t", None, None), ("a", "t", weights[0]), ("b", "t", weights[1])), 100)
    assert _years(found) == {"t": 100, "a": 50, "b": 50}
    assert _because(found, "a")["year"]["rule"] == "even"


def test_a_weight_below_zero_counts_as_zero_and_the_reason_says_so() -> None:
    found = _cells(_nodes(("t", None, None), ("a", "t", -5), ("b", "t", 5)), 100)
    assert _years(found) == {"t": 100, "a": 0, "b": 100}
    year = _because(found, "a")["year"]
    assert (year["weight"], year["weight_given"], year["weight_rule"]) == (0, -5, "below zero, counts as zero")


def test_the_reason_says_when_a_leaf_had_no_weight() -> None:
    found = _cells(_nodes(("t", None, None), ("a", "t", None), ("b", "t", 5)), 100)
    assert _because(found, "a")["year"]["weight_rule"] == "none given, counts as zero"


def test_the_reason_says_where_a_weight_comes_from() -> None:
    nodes = _nodes(("t", None, None), ("a", "t", 1), weight_from=[None, "own history"])
    assert _because(_cells(nodes), "a")["year"]["weight_from"] == "own history"


def test_a_month_follows_the_season() -> None:
    found = _cells(_nodes(("a", None, None)), 100, [0, 3, 1, *[0] * 9])
    assert found["amount"].to_list() == [0, 75, 25, *[0] * 9]
    assert _because(found, "a", 2)["share"] == "3/4"


def test_a_season_of_nothing_is_even_and_the_reason_says_so() -> None:
    found = _cells(_nodes(("a", None, None)), 120, [0] * 12)
    assert found["amount"].to_list() == [10] * 12
    assert _because(found, "a")["rule"] == "even"


def test_a_goal_below_zero_is_split_as_its_mirror_image() -> None:
    positive, negative = (_cells(PAIR, amount, [Fraction(at, 7) for at in range(12)]) for amount in (1001, -1001))
    assert negative["amount"].to_list() == [-amount for amount in positive["amount"].to_list()]
    why = _because(negative, "person:1", 3)
    assert (
        Fraction(why["exact"]) + Fraction(why["rounding"])
        == negative.filter(nw.col("node_id") == "person:1")["amount"][2]
    )


def test_a_goal_of_nothing_gives_cells_of_nothing() -> None:
    assert set(_cells(PAIR, 0)["amount"].to_list()) == {0}


def test_the_largest_goal_that_a_column_holds_is_split_exactly() -> None:
    nodes = _nodes(("t", None, None), ("a", "t", MAX_MINOR), ("b", "t", MAX_MINOR - 1))
    found = _cells(nodes, MAX_MINOR, [Fraction(1, at) for at in range(1, 13)])
    assert _years(found)["t"] == MAX_MINOR
    assert sum(_years(found).values()) == 2 * MAX_MINOR


def test_thirteen_months_need_thirteen_weights() -> None:
    months = [
        Period(dt.date(2025, 1, 1) + dt.timedelta(28 * at), dt.date(2025, 1, 29) + dt.timedelta(28 * at))
        for at in range(13)
    ]
    assert _years(_cells(PAIR, 3900, [1] * 13, months)) == {"team:1": 3900, "person:1": 1300, "person:2": 2600}
    with pytest.raises(Refusal, match="12 weights for 13 months"):
        _cells(PAIR, 1300, FLAT, months)


def test_names_of_any_script_survive_in_a_derivation() -> None:
    found = cells(
        10, _nodes(('team:"x"\\', None, None), ("person:Ж\n", 'team:"x"\\', 1)), YEAR, FLAT, basis='by "hand"\\ é'
    )
    why = json.loads(found["derivation"][0])
    assert (why["year"]["parent_id"], why["basis"]) == ('team:"x"\\', 'by "hand"\\ é')


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], "roots found: none"),
        ([("a", None, 1), ("b", None, 1)], "roots found: a, b"),
        ([("a", "a", 1)], "roots found: none"),
        ([("r", None, 1), ("a", "b", 1), ("b", "a", 1)], "a hangs under itself"),
        ([("r", None, 1), ("a", "x", 1)], "under x, which is unknown"),
        ([("r", None, 1), ("a", "r", 1), ("a", "r", 1)], "a stands in the tree twice"),
    ],
)
def test_what_is_no_tree_is_refused(rows: list[tuple[str, str | None, int]], why: str) -> None:
    with pytest.raises(Refusal, match=why) as caught:
        _cells(_nodes(*rows))
    assert caught.value.rule == "goal_tree"


@pytest.mark.parametrize("amount", [MAX_MINOR + 1, -MAX_MINOR - 1, 10**40])
def test_a_goal_that_no_column_holds_is_refused(amount: int) -> None:
    with pytest.raises(Refusal, match="more than a column holds"):
        _cells(PAIR, amount)


@pytest.mark.parametrize("season", [[-1, *[1] * 11], [], [1] * 11])
def test_a_season_that_fits_no_year_is_refused(season: list[int]) -> None:
    with pytest.raises(Refusal):
        _cells(PAIR, 100, season)


@pytest.mark.parametrize("months", [[], [YEAR[1], YEAR[0]], [YEAR[0], YEAR[0]]])
def test_months_that_are_missing_or_overlap_are_refused(months: list[Period]) -> None:
    with pytest.raises(Refusal, match="missing, out of order or overlap"):
        _cells(PAIR, 100, [1] * len(months), months)


@pytest.mark.parametrize("amount", [1.5, True, "100"])
def test_an_amount_that_is_not_whole_is_our_fault(amount: Any) -> None:
    with pytest.raises(QuarterdeckFault):
        _cells(PAIR, amount)


def test_weights_that_are_floats_are_our_fault() -> None:
    with pytest.raises(QuarterdeckFault, match="weight is Float64"):
        _cells(PAIR.with_columns(nw.col("weight").cast(nw.Float64)))


def test_a_chain_of_a_thousand_levels_is_no_trouble() -> None:
    chain = [("n0", None, None), *((f"n{at}", f"n{at - 1}", None) for at in range(1, 1000))]
    assert set(_years(_cells(_nodes(*chain), 77)).values()) == {77}


def test_the_cells_of_five_thousand_people_sum_to_the_goal() -> None:
    people = [(f"person:{at}", f"team:{at % 500}", at * 7919) for at in range(5000)]
    nodes = _nodes(("root", None, None), *((f"team:{at}", "root", None) for at in range(500)), *people)
    found = _cells(nodes, 12_000_000_00, [Fraction(1_000_000 + at, 10**6) for at in range(12)])
    assert len(found) == 5501 * 12
    years = _years(found)
    assert sum(years[f"person:{at}"] for at in range(5000)) == 12_000_000_00
