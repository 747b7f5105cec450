"""A re-plan changes no closed period and nothing beside its subtree, keeps all sums, and tells what it changed."""

from fractions import Fraction
from typing import Any

import narwhals as nw
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from laws.planned import NODE_IDS, PARENTS, WEIGHTS, Pins, months, pinned, pins, tree
from quarterdeck.engine.cascade.amendments import amendment
from quarterdeck.engine.cascade.cells import plan_cells
from quarterdeck.engine.cascade.plan import LAYERS, plan
from quarterdeck.engine.cascade.reconciliation import reconciliation
from quarterdeck.terms.errors import Refusal

HEDGES = [Fraction(1, 10), Fraction(1, 7)]
QUARTER = months(3)
SUBTREES = {"co": NODE_IDS, "east": ("east", "rita", "sam"), "rita": ("rita",)}


@given(
    st.integers(0, 200), WEIGHTS, pins(3, 20, most=2), WEIGHTS, st.sampled_from(sorted(SUBTREES)), st.integers(0, 2),
    pins(3, 15, most=2), st.sets(st.sampled_from(["sam", "zoe"]), max_size=1),
)  # fmt: skip
@settings(max_examples=30, deadline=None)
def test_a_re_plan_changes_only_open_months_of_its_subtree(  # noqa: PLR0913, PLR0917  what hypothesis draws
    amount: int, weights: Any, fixed: Pins, new_weights: Any, root: str, first_open: int, new_pins: Pins, gone: set[str]
) -> None:
    rows = tree(new_weights).filter(nw.col("node_id").is_in(SUBTREES[root]), ~nw.col("node_id").is_in(sorted(gone)))
    is_root = nw.col("node_id") == root
    parent = nw.when(is_root).then(nw.lit(None, nw.String)).otherwise(nw.col("parent_id"))
    wanted = {
        (node, month): pin
        for (node, month), pin in new_pins.items()
        if node in rows["node_id"].to_list() and (month is None or month >= first_open)
    }
    try:
        made = plan(amount, tree(weights), QUARTER, [1, 2, 3], basis="law", pins=pinned(fixed), hedges=HEDGES)
        before = nw.concat([plan_cells(made, layer=layer).with_columns(layer=nw.lit(layer)) for layer in LAYERS])
        found = amendment(
            before, rows.with_columns(parent_id=parent), [3, 2, 1], effective_on=QUARTER[first_open].starts_on,
            running="open", basis="law", pins=pinned(wanted), hedges=HEDGES,
        )  # fmt: skip
    except Refusal:
        assume(False)  # noqa: FBT003  hypothesis names no argument
        raise
    assert reconciliation(found.cells)["difference"].abs().sum() == 0
    assert found.cells["amount"].min() >= 0
    changed = found.difference
    assert not len(changed) or changed["starts_on"].min() >= QUARTER[first_open].starts_on
    outside = {node for node in NODE_IDS if node not in SUBTREES[root]} | ({root} if PARENTS[root] else set())
    assert not outside & set(changed["node_id"].to_list())
    both = [frame.filter(nw.col("layer") == "plan", nw.col("node_id") == "co")["amount"].sum()
            for frame in (before, found.cells)]  # fmt: skip
    assert both == [amount, amount]
    told = before.join(changed.select("layer", "node_id", "starts_on", "difference"),
                       on=["layer", "node_id", "starts_on"], how="left")  # fmt: skip
    sums = told.with_columns(now=nw.col("amount") + nw.col("difference").fill_null(0))
    now = sums.select("layer", "node_id", "starts_on", "now").sort("layer", "node_id", "starts_on").rows()
    assert now == found.cells.select("layer", "node_id", "starts_on", "amount").rows()
