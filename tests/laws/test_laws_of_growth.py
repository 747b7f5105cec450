"""Parts of a change of revenue sum to it exactly, whatever the convention."""

from typing import Any

import narwhals as nw
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.growth.market import market_and_share
from quarterdeck.engine.growth.mix import price_volume_mix
from quarterdeck.engine.growth.retention import retention, revenue_bridge

AMOUNT = st.integers(-(10**15), 10**15)
UNITS = st.integers(0, 10**6)
SMALL, MARKET = st.integers(-(10**9), 10**9), st.integers(10**6, 10**13)
SALE = st.tuples(UNITS, AMOUNT, UNITS, AMOUNT)
SALES = ("units_before", "before_minor", "units_after", "after_minor")


@given(st.lists(SALE, min_size=1, max_size=6), st.sampled_from(["in_price", "separate"]))
@settings(max_examples=50, deadline=None)
def test_price_volume_and_mix_sum_to_every_change(rows: Any, joint: Any) -> None:
    data: dict[str, Any] = {name: [row[at] for row in rows] for at, name in enumerate(SALES)}
    found = price_volume_mix(
        nw.from_dict({"product_id": list(range(len(rows))), **data}, backend="polars"), joint=joint
    )
    for _, *parts, change, _ in found.iter_rows():
        assert sum(parts) == change
    changes = [after - before for _, before, _, after in rows]
    assert found["change_minor"].to_list() == changes


@given(SMALL, SMALL, MARKET, MARKET, st.sampled_from(["in_share", "in_market", "separate"]))
@settings(max_examples=50, deadline=None)
def test_market_and_share_sum_to_the_change(before: int, after: int, was: int, now: int, joint: Any) -> None:
    *parts, end = market_and_share(before, after, was, now, joint=joint)["amount_minor"].to_list()
    assert sum(parts) == end == after
    assert parts[0] == before


@given(st.lists(st.tuples(st.none() | AMOUNT, st.none() | AMOUNT), max_size=8))
@settings(max_examples=50, deadline=None)
def test_a_revenue_bridge_adds_up_and_gross_never_beats_net_or_one(rows: Any) -> None:
    data = {"before_minor": [row[0] for row in rows], "after_minor": [row[1] for row in rows]}
    frame = nw.from_dict(data, dict.fromkeys(data, nw.Int64), backend="polars")
    *parts, end = revenue_bridge(frame)["amount_minor"].to_list()
    assert sum(parts) == end
    found = retention(revenue_bridge(frame), contraction="counted")
    if found.gross is not None and found.net is not None:
        assert found.gross <= found.net
        assert found.gross <= 1
