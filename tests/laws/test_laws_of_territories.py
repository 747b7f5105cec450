"""Proposals keep every account, locks and the budget, also of blends; the worst never gets worse; order is nothing."""

import random
from typing import Any

import narwhals as nw
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.territories.blend import WHOLE, blended
from quarterdeck.engine.territories.indices import balance
from quarterdeck.engine.territories.proposal import proposed_moves

NAMES = ["n", "o", "s", "w"]
ROWS = st.lists(
    st.tuples(st.sampled_from([*NAMES, None]), st.integers(0, 50), st.integers(0, 9), st.booleans()),
    min_size=1,
    max_size=25,
)
MEASURES = st.sampled_from([["sales"], ["sales", "visits"]])
TERRITORIES = nw.from_dict({"territory_id": NAMES, "weight": [1, 2, 1, 3]}, backend="polars")
SCHEMA: dict[str, Any] = {
    "account_id": nw.String, "territory_id": nw.String, "sales": nw.Int64, "visits": nw.Int64, "is_locked": nw.Boolean,
}  # fmt: skip


def _accounts(rows: list[Any]) -> nw.DataFrame[Any]:
    return nw.from_dict({name: [row[at] for row in rows] for at, name in enumerate(SCHEMA)}, SCHEMA, backend="polars")


def _named(rows: list[Any]) -> list[Any]:
    return [(f"a{at:02}", *row) for at, row in enumerate(rows)]


def _found(rows: list[Any], measures: list[str], budget: int) -> Any:
    return proposed_moves(_accounts(rows), measures, within=0.02, most_moves=budget, territories=TERRITORIES)


@given(ROWS, MEASURES, st.integers(0, 6))
@settings(max_examples=50, deadline=None)
def test_locks_and_budget_hold_and_sums_stay(rows: Any, measures: list[str], budget: int) -> None:
    named = _named(rows)
    moves = _found(named, measures, budget)
    moved = dict(moves.moves.select("account_id", "from_territory_id").rows())
    assert sum(frm is not None for frm in moved.values()) <= budget
    for account, home, _, _, is_locked in named:
        assert (account in moved) if home is None else not (is_locked and account in moved)
    sums = dict(moves.indices_after.group_by("measure").agg(nw.col("amount").sum()).rows())
    assert sums == {name: sum(row[2 + at] for row in named) for at, name in enumerate(measures)}


@given(ROWS, MEASURES, st.integers(0, 6))
@settings(max_examples=40, deadline=None)
def test_the_territory_farthest_off_never_ends_farther(rows: Any, measures: list[str], budget: int) -> None:
    placed = [row if row[1] else (row[0], "n", *row[2:]) for row in _named(rows)]
    found = _found(placed, measures, budget)
    before, after = (
        max((far or 0.0) for far in frame["largest_deviation"].to_list()) for frame in (found.before, found.after)
    )
    assert after <= before + 1e-9


@given(ROWS, MEASURES, st.integers(0, 6), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_the_order_of_rows_changes_nothing(rows: Any, measures: list[str], budget: int, seed: int) -> None:
    shuffled = random.Random(seed).sample(_named(rows), len(rows))  # noqa: S311  not for secrets
    one, other = _found(_named(rows), measures, budget), _found(shuffled, measures, budget)
    assert one.moves.rows() == other.moves.rows()
    assert one.because == other.because


@given(ROWS)
@settings(max_examples=40, deadline=None)
def test_indices_stay_within_their_bounds(rows: Any) -> None:
    placed = [row if row[1] else (row[0], "n", *row[2:]) for row in _named(rows)]
    for _, far, cv, gini, _ in balance(_accounts(placed), ["sales", "visits"], TERRITORIES).iter_rows():
        assert (far is None) == (cv is None) == (gini is None)
        if far is not None:
            assert far >= 0
            assert cv >= 0
            assert 0 <= gini < 1


@given(ROWS, st.integers(1, 9), st.integers(1, 9), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_a_blend_sums_to_the_whole_whatever_the_scale_and_order(rows: Any, one: int, other: int, seed: int) -> None:
    named = _named(rows)
    weights = {"sales": one, "visits": other}
    blends = dict(blended(_accounts(named), weights).select("account_id", "blend").rows())
    scaled = blended(
        _accounts(random.Random(seed).sample(named, len(named))),  # noqa: S311  not for secrets
        {name: 3 * weight for name, weight in weights.items()},
    )
    assert blends == dict(scaled.select("account_id", "blend").rows())
    is_something = any(row[2] or row[3] for row in named)
    assert abs(sum(blends.values()) - (WHOLE if is_something else 0)) <= len(named)


@given(ROWS, st.integers(0, 6))
@settings(max_examples=30, deadline=None)
def test_locks_and_budget_hold_on_a_blend(rows: Any, budget: int) -> None:
    placed = [row if row[1] else (row[0], "n", *row[2:]) for row in _named(rows)]
    frame = blended(_accounts(placed), {"sales": 2, "visits": 1})
    moves = proposed_moves(frame, ["blend"], within=0.02, most_moves=budget, territories=TERRITORIES).moves
    moved = set(moves["account_id"].to_list())
    assert len(moved) <= budget
    assert not moved & {row[0] for row in placed if row[4]}
