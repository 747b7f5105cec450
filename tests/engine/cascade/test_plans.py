import datetime as dt
import json
from fractions import Fraction
from typing import Any

import narwhals as nw
import pytest

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.cascade.cells import cells, plan_cells
from quarterdeck.engine.cascade.explanations import explanation
from quarterdeck.engine.cascade.plan import Plan, plan, repinned
from quarterdeck.engine.cascade.reconciliation import plan_reconciliation, reconciliation
from quarterdeck.terms.errors import QuarterdeckFault, Refusal
from quarterdeck.terms.frames import FACTORS, NODES, PINS, RAILS
from quarterdeck.terms.money import MAX_MINOR
from quarterdeck.terms.period import Period
from quarterdeck.terms.tables import Frame, Table

YEAR = FiscalCalendar().months(2025)
JANUARY, MARCH = dt.date(2025, 1, 1), dt.date(2025, 3, 1)
TREE = [
    ("co", None, None), ("east", "co", None), ("west", "co", None), ("rita", "east", 1), ("sam", "east", 2),
    ("zoe", "west", 3),
]  # fmt: skip


def _frame(table: Table, *rows: tuple[Any, ...]) -> Frame:
    columns = {name: [row[at] for row in rows] for at, name in enumerate(table.schema)}
    return nw.from_dict(columns, table.schema, backend="polars")


def _plan(*pins: tuple[Any, ...], amount: int = 1200, **asked: Any) -> Plan:
    return plan(amount, _frame(NODES, *TREE), YEAR, [1] * 12, basis="given", pins=_frame(PINS, *pins), **asked)


def _at(made: Plan, node: str, month: int) -> int:
    return int(made.months("plan")[made.number(node), month - 1])


@pytest.mark.parametrize(
    ("pins", "sums"),
    [
        ([("rita", None, 700)], "rita year: 700), but there is room for 600"),
        ([("east", None, 300), ("rita", None, 200), ("sam", None, 200)], "At least 400"),
        ([("rita", JANUARY, 150), ("sam", JANUARY, 100), ("co", JANUARY, 200)], "room for 200 (co January 2025: 200)"),
        ([("rita", JANUARY, 150), ("rita", None, 100)], "150"),
        ([("co", None, 1000)], "the goal 1200"),
        ([("zoe", JANUARY, 1300)], "100 too many"),
    ],
)
def test_pins_that_cannot_be_are_refused_with_the_sums_that_clash(pins: list[tuple[Any, ...]], sums: str) -> None:
    rails = _frame(RAILS, ("east", 0, 600))
    with pytest.raises(Refusal) as caught:
        _plan(*pins, rails=rails)
    assert caught.value.rule == "goal_pins"
    assert sums in str(caught.value)


def test_a_pin_below_zero_outside_of_the_tree_or_between_months_is_refused() -> None:
    for pin in (("rita", None, -1), ("nobody", None, 1), ("rita", dt.date(2025, 1, 2), 1)):
        with pytest.raises(Refusal) as caught:
            _plan(pin)
        assert caught.value.rule == "goal_pins"


def test_a_goal_below_zero_takes_no_pins() -> None:
    with pytest.raises(Refusal, match="goal of zero or more"):
        _plan(("rita", None, 1), amount=-5)
    with pytest.raises(Refusal, match="goal of zero or more"):
        repinned(_plan(amount=-5), _frame(PINS, ("rita", None, 1)))


def test_two_pins_of_one_cell_are_our_fault() -> None:
    with pytest.raises(QuarterdeckFault, match="share a key"):
        _plan(("rita", None, 1), ("rita", None, 2))


@pytest.mark.parametrize("row", [("rita", 5, 4), ("rita", -1, 4), ("nobody", 1, 2)])
def test_rails_that_bound_nothing_are_refused(row: tuple[Any, ...]) -> None:
    with pytest.raises(Refusal) as caught:
        _plan(rails=_frame(RAILS, row))
    assert caught.value.rule == "goal_rails"


def test_rails_alone_that_cannot_hold_the_goal_are_refused_with_the_sums() -> None:
    rails = _frame(RAILS, ("east", 0, 500), ("west", 0, 600))
    with pytest.raises(Refusal, match="100 too many"):
        _plan(rails=rails)


@pytest.mark.parametrize("factor", [-0.1, float("nan"), float("inf"), 101.0])
def test_a_factor_that_is_no_share_is_refused(factor: float) -> None:
    with pytest.raises(Refusal) as caught:
        _plan(factors=_frame(FACTORS, ("rita", JANUARY, factor)))
    assert caught.value.rule == "goal_factors"


def test_a_factor_of_a_team_counts_for_all_below_it_and_causes_multiply() -> None:
    rows = [("east", month.starts_on, 0.5) for month in YEAR] + [("rita", month.starts_on, 0.5) for month in YEAR]
    made = _plan(factors=_frame(FACTORS, *rows), amount=1700)
    assert made.years("plan") == [1700, 500, 100, 400, 1200, 1200]


def test_a_factor_of_nobody_in_the_tree_is_refused() -> None:
    with pytest.raises(Refusal, match="nobody is not in the tree"):
        _plan(factors=_frame(FACTORS, ("nobody", JANUARY, 1.0)))


def test_a_hedge_below_zero_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        _plan(hedges=[Fraction(-1, 10)])
    assert caught.value.rule == "goal_hedges"


def test_a_street_layer_beyond_64_bits_is_refused() -> None:
    with pytest.raises(Refusal, match="more than a column holds"):
        _plan(amount=MAX_MINOR, hedges=[Fraction(1, 10)])


def test_the_largest_goal_takes_pins_and_a_table_exactly() -> None:
    made = _plan(("co", JANUARY, MAX_MINOR // 3), ("east", MARCH, MAX_MINOR // 5), amount=MAX_MINOR)
    assert (_at(made, "co", 1), _at(made, "east", 3)) == (MAX_MINOR // 3, MAX_MINOR // 5)
    assert plan_reconciliation(made)["difference"].to_list().count(0) == len(plan_reconciliation(made))


def test_a_month_in_which_the_season_is_zero_can_be_pinned_above() -> None:
    made = plan(120, _frame(NODES, *TREE), YEAR, [0] + [1] * 11, basis="given", pins=_frame(PINS, ("co", JANUARY, 12)))
    assert [_at(made, node, 1) for node in ("rita", "sam", "zoe")] == [2, 4, 6]


def test_a_plan_of_one_node_takes_pins_of_its_months() -> None:
    made = plan(100, _frame(NODES, ("a", None, 1)), YEAR, [1] * 12, basis="x", pins=_frame(PINS, ("a", JANUARY, 89)))
    assert made.months("plan").tolist() == [[89, *[1] * 11]]


def test_every_month_of_a_team_can_be_pinned_at_once() -> None:
    made = _plan(*(("co", month.starts_on, 50 + 100 * (at % 2)) for at, month in enumerate(YEAR)))
    assert made.months("plan")[0].tolist() == [50, 150] * 6
    assert made.years("plan") == [1200, 600, 200, 400, 600, 600]


def test_a_reason_tells_of_a_pin_and_of_a_part_of_a_pinned_month() -> None:
    made = _plan(("east", JANUARY, 90), ("sam", MARCH, 7))
    found = {
        (row["node_id"], row["starts_on"].month): json.loads(row["derivation"])
        for row in plan_cells(made, layer="plan").iter_rows(named=True)
    }
    assert found["sam", 3]["rule"] == found["east", 1]["rule"] == "pin"
    part = found["rita", 1]
    assert (part["rule"], part["pinned_id"], part["pinned_amount"], part["exact"]) == ("shared", "east", 90, "30")
    assert found["sam", 2]["open_amount"] == 400 - 7 - _at(made, "sam", 1)


def test_what_crossing_pins_force_upon_others_is_told_as_settled() -> None:
    made = _plan(("east", JANUARY, 300), ("rita", None, 400), ("rita", JANUARY, 5))
    assert made.pins.keys() < made.plan.pins.keys()
    rules = set(explanation(made, "sam", JANUARY)["rule"].to_list())
    assert "settled" in rules


def test_crossing_pins_far_from_the_plan_are_met() -> None:
    made = _plan(("east", JANUARY, 305), ("rita", None, 890), ("rita", JANUARY, 5))
    assert (_at(made, "sam", 1), made.years("plan")[made.number("rita")]) == (300, 890)


def test_a_chain_of_five_hundred_levels_takes_pins_and_says_why() -> None:
    chain = [("n0", None, None), *((f"n{at}", f"n{at - 1}", None) for at in range(1, 500))]
    made = plan(1200, _frame(NODES, *chain), YEAR, [1] * 12, basis="x", pins=_frame(PINS, ("n250", JANUARY, 1200)))
    assert made.months("plan")[499].tolist() == [1200, *[0] * 11]
    assert len(explanation(made, "n499", JANUARY)) == 501


def test_thirteen_months_and_names_of_any_script_take_pins() -> None:
    months = [
        Period(dt.date(2025, 1, 1) + dt.timedelta(28 * at), dt.date(2025, 1, 29) + dt.timedelta(28 * at))
        for at in range(13)
    ]
    nodes = _frame(NODES, ('team:"x"', None, None), ("person:Ж\n", 'team:"x"', 1), ("person:é", 'team:"x"', 1))
    pins = _frame(PINS, ("person:Ж\n", months[12].starts_on, 1), ('team:"x"', months[0].starts_on, 9))
    found = plan_cells(plan(1300, nodes, months, [1] * 13, basis='by "hand"', pins=pins), layer="plan")
    assert json.loads(found["derivation"][0])["pinned_id"] == 'team:"x"'
    assert reconciliation(found)["difference"].abs().sum() == 0


def test_an_explanation_of_the_street_ends_in_the_hedge() -> None:
    steps = explanation(_plan(hedges=[Fraction(1, 10)]), "rita", JANUARY, layer="street")
    assert steps["rule"].to_list() == ["plan", "weight", "weight", "hedge"]
    assert steps["amount"].to_list()[-1] == 1320


@pytest.mark.parametrize(("node", "day"), [("nobody", JANUARY), ("rita", dt.date(2025, 1, 2))])
def test_a_cell_that_is_not_there_has_no_explanation(node: str, day: dt.date) -> None:
    with pytest.raises(Refusal, match="The cell was not found"):
        explanation(_plan(), node, day)


def test_a_reconciliation_finds_a_cell_changed_by_hand() -> None:
    found = cells(1200, _frame(NODES, *TREE), YEAR, [1] * 12, basis="given")
    is_changed = (nw.col("node_id") == "rita") & (nw.col("starts_on") == MARCH)
    changed = found.with_columns(amount=nw.when(is_changed).then(nw.col("amount") + 5).otherwise(nw.col("amount")))
    off = reconciliation(changed).filter(nw.col("difference") != 0)
    assert off.select("node_id", "starts_on", "difference").rows() == [("east", None, -5), ("east", MARCH, -5)]


def test_a_reconciliation_finds_what_is_missing_on_either_side() -> None:
    found = cells(1200, _frame(NODES, *TREE), YEAR, [1] * 12, basis="given")
    without = reconciliation(found.filter(nw.col("node_id") != "zoe"))
    assert without.filter(nw.col("node_id") == "co", nw.col("difference") != 0).is_empty()
    headless = reconciliation(found.filter(nw.col("node_id") != "co")).filter(nw.col("node_id") == "co")
    assert headless["difference"].to_list()[0] == -1200
    assert sum(headless["difference"].to_list()[1:]) == -1200


def test_a_reconciliation_holds_years_on_record_against_their_months() -> None:
    found = cells(1200, _frame(NODES, *TREE), YEAR, [1] * 12, basis="given")
    years = nw.from_dict({"node_id": ["co", "rita"], "amount": [1201, 200]}, backend="polars")
    off = reconciliation(found, years).filter(nw.col("kind") == "year", nw.col("difference") != 0)
    assert ("co", 1) in off.select("node_id", "difference").rows()
    assert "rita" not in off["node_id"].to_list()


def test_an_edit_among_five_thousand_people_keeps_the_sum() -> None:
    people = [(f"person:{at}", f"team:{at % 500}", at * 7919) for at in range(5000)]
    nodes = _frame(NODES, ("root", None, None), *((f"team:{at}", "root", None) for at in range(500)), *people)
    made = plan(12_000_000_00, nodes, YEAR, [1] * 12, basis="history", hedges=[Fraction(1, 20)] * 2)
    edited = repinned(made, _frame(PINS, ("person:77", MARCH, 1_234)))
    assert edited.months("plan").sum() == made.months("plan").sum()
