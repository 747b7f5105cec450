"""Plans under any pins, hedges, rails, factors and edits: sums, order, undo, reasons; refusals are right."""

import json
import random
from fractions import Fraction
from itertools import product
from typing import Any

import narwhals as nw
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from laws.planned import CHILDREN, LEAVES, NODE_IDS, WEIGHTS, Pins, months, pinned, pins, tree
from quarterdeck.engine.cascade.cells import plan_cells
from quarterdeck.engine.cascade.plan import LAYERS, Plan, plan, repinned
from quarterdeck.terms.errors import Refusal

HEDGES = st.lists(st.fractions(0, Fraction(1, 2), max_denominator=20), max_size=3)
SEASON = st.lists(st.integers(0, 3), min_size=3, max_size=3)
RAILS = st.dictionaries(st.sampled_from(NODE_IDS), st.tuples(st.integers(0, 20), st.integers(20, 90)), max_size=2)
FACTORS = st.dictionaries(
    st.tuples(st.sampled_from(NODE_IDS), st.integers(0, 2)), st.sampled_from([0.0, 0.25, 0.5, 1.0, 1.5]), max_size=4
)
ASKED = st.fixed_dictionaries(
    {
        "amount": st.integers(0, 100), "weights": WEIGHTS, "season": SEASON, "pins": pins(3, 40), "hedges": HEDGES,
        "rails": RAILS, "factors": FACTORS,
    }
)  # fmt: skip


def _made(asked: dict[str, Any], **other: Any) -> Plan:
    """The plan, or an assumption that this is one of those that can be."""
    asked = asked | other
    schema: dict[str, Any] = {"node_id": nw.String, "minimum": nw.Int64, "maximum": nw.Int64}
    rails = {
        "node_id": list(asked["rails"]),
        "minimum": [low for low, _ in asked["rails"].values()],
        "maximum": [high for _, high in asked["rails"].values()],
    }
    factors = {
        "node_id": [node for node, _ in asked["factors"]],
        "starts_on": [months(3)[month].starts_on for _, month in asked["factors"]],
        "factor": list(asked["factors"].values()),
    }
    of_factors: dict[str, Any] = {"node_id": nw.String, "starts_on": nw.Date, "factor": nw.Float64}
    try:
        return plan(
            asked["amount"], asked.get("tree", tree(asked["weights"])), months(3), asked["season"], basis="law",
            pins=pinned(asked["pins"]), hedges=asked["hedges"], rails=nw.from_dict(rails, schema, backend="polars"),
            factors=nw.from_dict(factors, of_factors, backend="polars"),
        )  # fmt: skip
    except Refusal:
        assume(False)  # noqa: FBT003  hypothesis names no argument
        raise


def _amounts(made: Plan) -> dict[str, Any]:
    return {layer: (made.years(layer), made.months(layer).tolist()) for layer in LAYERS}


@given(ASKED)
@settings(max_examples=60, deadline=None)
def test_children_sum_to_their_parent_in_every_month_and_layer_and_pins_hold(asked: dict[str, Any]) -> None:
    made = _made(asked)
    assert made.years("plan")[0] == asked["amount"]
    at = made.shape.number
    for layer in LAYERS:
        by_month = made.months(layer)
        assert by_month.sum(axis=1).tolist() == made.years(layer)
        assert by_month.min() >= 0
        for parent, children in CHILDREN.items():
            assert by_month[at[parent]].tolist() == by_month[[at[child] for child in children]].sum(axis=0).tolist()
    for (node, month), amount in asked["pins"].items():
        assert amount == (made.years("plan")[at[node]] if month is None else made.months("plan")[at[node], month])
    for node, (low, high) in asked["rails"].items():
        assert low <= made.years("plan")[at[node]] <= high


@given(ASKED, pins(3, 40, most=3), st.lists(st.sampled_from(range(4)), max_size=2))
@settings(max_examples=50, deadline=None)
def test_an_edit_gives_what_a_new_plan_gives_and_undoing_it_restores_every_cell(
    asked: dict[str, Any], edit: Pins, taken: list[int]
) -> None:
    before = _made(asked)
    edit |= {cell: None for at, cell in enumerate(asked["pins"]) if at in taken}
    wanted = {cell: amount for cell, amount in (asked["pins"] | edit).items() if amount is not None}
    afresh = _made(asked, pins=wanted)
    edited = repinned(before, pinned(edit))
    assert _amounts(edited) == _amounts(afresh)
    undone = repinned(edited, pinned({cell: asked["pins"].get(cell) for cell in edit}))
    assert _amounts(undone) == _amounts(before)
    assert undone.pins == before.pins


@given(ASKED, st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_the_order_of_rows_and_of_pins_changes_nothing(asked: dict[str, Any], seed: int) -> None:
    shuffle = random.Random(seed)  # noqa: S311  not for secrets
    rows = tree(asked["weights"])
    mixed = rows[shuffle.sample(range(len(rows)), len(rows))]
    other = dict(shuffle.sample(list(asked["pins"].items()), len(asked["pins"])))
    assert _amounts(_made(asked)) == _amounts(_made(asked, tree=mixed, pins=other))


@given(ASKED)
@settings(max_examples=40, deadline=None)
def test_every_reason_adds_up_to_its_amount(asked: dict[str, Any]) -> None:
    made = _made(asked)
    for layer in LAYERS:
        for row in plan_cells(made, layer=layer).iter_rows(named=True):
            why = json.loads(row["derivation"])
            year = made.years(layer)[made.shape.number[row["node_id"]]]
            assert why["year_amount"] == year
            if "exact" in why["year"]:
                assert Fraction(why["year"]["exact"]) + Fraction(why["year"]["rounding"]) == year
                assert abs(Fraction(why["year"]["rounding"])) < 1
            if "exact" in why:
                told = Fraction(why["exact"]) + Fraction(why["rounding"]) + Fraction(why.get("fitted", 0))
                assert told == row["amount"]
                assert abs(Fraction(why["rounding"])) < 1
            if "share" in why:
                assert Fraction(why["exact"]) == Fraction(why["share"]) * why.get("open_amount", year)


@given(st.integers(0, 500), WEIGHTS, SEASON, HEDGES)
@settings(max_examples=60, deadline=None)
def test_a_larger_weight_never_gets_less_in_either_layer(
    amount: int, weights: list[int | None], season: list[int], hedges: list[Fraction]
) -> None:
    made = plan(amount, tree(weights), months(3), season, basis="law", hedges=hedges)
    for layer in LAYERS:
        for children in CHILDREN.values():
            numbers = [made.shape.number[child] for child in children]
            ranked = sorted((made.shape.weights[at], made.years(layer)[at]) for at in numbers)
            years = [year for _, year in ranked]
            assert years == sorted(years)


def _can_be(amount: int, wanted: Pins) -> bool:
    """Whether any way to put whole units into the eight cells of two months meets the pins: all are tried."""
    cells = list(product(LEAVES, range(2)))

    def told(node: str) -> set[str]:
        return {leaf for child in CHILDREN.get(node, ()) for leaf in told(child)} or {node}

    sums = [
        ([at for at, (leaf, when) in enumerate(cells) if leaf in told(node) and month in (None, when)], pin)
        for (node, month), pin in wanted.items()
    ]

    def tried(given_: list[int], left: int) -> bool:
        if len(given_) == len(cells) - 1:
            whole = [*given_, left]
            return all(sum(whole[at] for at in inside) == pin for inside, pin in sums)
        return any(tried([*given_, here], left - here) for here in range(left + 1))

    return tried([], amount)


@given(st.integers(0, 5), WEIGHTS, pins(2, 4, most=6))
@settings(max_examples=60, deadline=None)
def test_pins_are_refused_exactly_when_no_plan_meets_them(amount: int, weights: list[int | None], wanted: Pins) -> None:
    try:
        plan(amount, tree(weights), months(2), [1, 2], basis="law", pins=pinned(wanted))
    except Refusal:
        assert not _can_be(amount, wanted)
    else:
        assert _can_be(amount, wanted)
