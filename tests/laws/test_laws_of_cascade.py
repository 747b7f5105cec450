"""Sums are exact, order does not matter, more weight never gets less, and explanations add up."""

import datetime as dt
import json
import random
from fractions import Fraction
from typing import Any

import narwhals as nw
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.cascade.cells import cells
from quarterdeck.engine.cascade.seasons import normalised_indices, seasonal_index
from quarterdeck.terms.money import MAX_MINOR

YEAR = FiscalCalendar().months(2025)
Rows = list[tuple[str, str | None, int | None]]
WEIGHT = st.none() | st.integers(-5, 20) | st.integers(-(2**63) + 1, MAX_MINOR)
AMOUNT = st.integers(-50, 5000) | st.integers(-MAX_MINOR, MAX_MINOR)
SEASON = st.lists(st.integers(0, 3) | st.fractions(0, 2, max_denominator=10**6), min_size=12, max_size=12)


@st.composite
def trees(draw: st.DrawFn) -> Rows:
    """Any tree of up to 12 nodes: each hangs under one that came before it."""
    weights = draw(st.lists(WEIGHT, min_size=1, max_size=12))
    parents = [None, *(f"n:{draw(st.integers(0, at))}" for at in range(len(weights) - 1))]
    return [(f"n:{at}", parent, weight) for at, (parent, weight) in enumerate(zip(parents, weights, strict=True))]


def _nodes(rows: Rows) -> nw.DataFrame[Any]:
    schema: dict[str, Any] = {"node_id": nw.String, "parent_id": nw.String, "weight": nw.Int64}
    return nw.from_dict({name: [row[at] for row in rows] for at, name in enumerate(schema)}, schema, backend="polars")


def _cells(amount: int, rows: Rows, season: list[Any]) -> dict[str, dict[dt.date, tuple[int, dict[str, Any]]]]:
    found: dict[str, dict[dt.date, tuple[int, dict[str, Any]]]] = {}
    for row in cells(amount, _nodes(rows), YEAR, season, basis="law").iter_rows(named=True):
        found.setdefault(row["node_id"], {})[row["starts_on"]] = (row["amount"], json.loads(row["derivation"]))
    return found


@given(AMOUNT, trees(), SEASON)
@settings(max_examples=60, deadline=None)
def test_children_sum_to_their_parent_in_every_month_and_months_to_the_year(
    amount: int, rows: Rows, season: list[Any]
) -> None:
    found = _cells(amount, rows, season)
    assert sum(value for value, _ in found["n:0"].values()) == amount
    for node, _, _ in rows:
        children = [child for child, parent, _ in rows if parent == node]
        for month in YEAR if children else ():
            assert found[node][month.starts_on][0] == sum(found[child][month.starts_on][0] for child in children)


@given(AMOUNT, trees(), SEASON)
@settings(max_examples=60, deadline=None)
def test_every_explanation_adds_up_to_its_amount(amount: int, rows: Rows, season: list[Any]) -> None:
    for months in _cells(amount, rows, season).values():
        year = sum(value for value, _ in months.values())
        for value, why in months.values():
            assert why["year_amount"] == year
            if why["year"]["rule"] == "root":
                assert year == why["year"]["amount"]
            else:
                exact, rounding = Fraction(why["year"]["exact"]), Fraction(why["year"]["rounding"])
                assert exact == Fraction(
                    why["year"]["parent_amount"] * why["year"]["weight"], why["year"]["weight_of_all"]
                )
                assert exact + rounding == year
                assert abs(rounding) < 1
            if why["rule"] != "children":
                exact, rounding = Fraction(why["exact"]), Fraction(why["rounding"])
                assert exact == year * Fraction(why["share"])
                assert exact + rounding == value
                assert abs(rounding) < 1


@given(AMOUNT, trees(), SEASON, st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_the_order_of_rows_changes_nothing(amount: int, rows: Rows, season: list[Any], seed: int) -> None:
    shuffled = random.Random(seed).sample(rows, len(rows))  # noqa: S311  not for secrets
    one, other = (cells(amount, _nodes(each), YEAR, season, basis="law") for each in (rows, shuffled))
    assert one.rows() == other.rows()


@given(
    st.integers(0, MAX_MINOR),
    st.lists(st.none() | st.integers(-3, 9) | st.integers(0, MAX_MINOR), min_size=2, max_size=9),
)
@settings(max_examples=60, deadline=None)
def test_a_larger_weight_never_gets_less_among_siblings(amount: int, weights: list[int | None]) -> None:
    rows: Rows = [("n:0", None, None), *((f"n:{at}", "n:0", weight) for at, weight in enumerate(weights, start=1))]
    found = _cells(amount, rows, [1] * 12)
    by_weight = sorted((max(weight or 0, 0), sum(v for v, _ in found[node].values())) for node, _, weight in rows[1:])
    amounts = [value for _, value in by_weight]
    assert amounts == sorted(amounts)


@given(st.integers(0, 10**6), SEASON)
@settings(max_examples=60, deadline=None)
def test_a_stronger_month_never_gets_less(amount: int, season: list[Any]) -> None:
    found = [value for value, _ in _cells(amount, [("n:0", None, None)], season)["n:0"].values()]
    amounts = [value for _, value in sorted(zip(season, found, strict=True))]
    assert amounts == sorted(amounts)


@given(SEASON, st.integers(1, 13))
@settings(max_examples=60, deadline=None)
def test_normalised_indices_sum_exactly_and_stay_within_a_millionth(raw: list[Any], total: int) -> None:
    found = normalised_indices(raw, total)
    assert sum(found) == total
    exact = [total * weight / Fraction(sum(raw)) for weight in raw] if any(raw) else [Fraction(total, 12)] * 12
    assert all(abs(one - other) < Fraction(1, 10**6) for one, other in zip(found, exact, strict=True))


@given(st.dictionaries(st.dates(dt.date(2022, 1, 1), dt.date(2024, 12, 31)), st.integers(-100, 1000), max_size=30))
@settings(max_examples=40, deadline=None)
def test_a_season_sums_to_twelve_whatever_the_history(history: dict[dt.date, int]) -> None:
    schema: dict[str, Any] = {"starts_on": nw.Date, "amount": nw.Int64}
    frame = nw.from_dict({"starts_on": list(history), "amount": list(history.values())}, schema, backend="polars")
    index = seasonal_index(frame)
    assert sum(index) == len(index) == 12
    assert min(index) >= 0
