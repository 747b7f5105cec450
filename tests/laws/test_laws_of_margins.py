"""Both margins sum exactly, zeros stay zero, cells are near their fit, and what is refused cannot be."""

from itertools import combinations
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.cascade.margins import two_margins
from quarterdeck.engine.cascade.tables import fitted, margins
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR


@st.composite
def tables(draw: st.DrawFn, *, largest: int = 40, least: int = 0) -> tuple[list[list[int]], list[int], list[int]]:
    """A seed and two margins of one sum, which zeros may rule out."""
    n_rows, n_columns = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    weight = st.integers(least, 5)
    seed = draw(st.lists(st.lists(weight, min_size=n_columns, max_size=n_columns), min_size=n_rows, max_size=n_rows))
    rows = draw(st.lists(st.integers(0, largest), min_size=n_rows, max_size=n_rows))
    cuts = sorted(draw(st.lists(st.integers(0, sum(rows)), min_size=n_columns - 1, max_size=n_columns - 1)))
    columns = [after - before for before, after in zip([0, *cuts], [*cuts, sum(rows)], strict=True)]
    return seed, rows, columns


def _exists(seed: list[list[int]], rows: list[int], columns: list[int]) -> bool:
    """Gale's condition: no set of columns is wanted by rows that can go nowhere else by more than it holds."""
    for n in range(len(columns) + 1):
        for inside in combinations(range(len(columns)), n):
            bound = sum(
                wanted
                for weights, wanted in zip(seed, rows, strict=True)
                if not any(weight for at, weight in enumerate(weights) if at not in inside)
            )
            if bound > sum(columns[at] for at in inside):
                return False
    return True


@given(tables())
@settings(max_examples=150, deadline=None)
def test_both_margins_hold_and_zeros_stay_or_no_such_table_exists(table: Any) -> None:
    seed, rows, columns = table
    try:
        found = two_margins(seed, rows, columns)
    except Refusal:
        assert not _exists(seed, rows, columns)
        return
    assert [sum(row) for row in found] == rows
    assert [sum(column) for column in zip(*found, strict=True)] == columns
    assert min(min(row) for row in found) >= 0
    assert all(
        cell == 0
        for weights, row in zip(seed, found, strict=True)
        for weight, cell in zip(weights, row, strict=True)
        if not weight
    )


@given(tables(largest=5000, least=1))
@settings(max_examples=80, deadline=None)
def test_a_cell_is_within_a_unit_of_its_fit(table: Any) -> None:
    seed, rows, columns = table
    found = two_margins(seed, rows, columns)
    shape = (len(rows), len(columns))
    ideal = fitted(np.array(seed, dtype=float), margins(rows, columns, np.zeros(shape), np.full(shape, MAX_MINOR)))
    assert np.all(np.abs(np.array(found) - ideal) < 1 + 1e-5)


@given(tables(largest=MAX_MINOR // 5, least=1))
@settings(max_examples=40, deadline=None)
def test_the_largest_amounts_are_exact(table: Any) -> None:
    seed, rows, columns = table
    found = two_margins(seed, rows, columns)
    assert [sum(row) for row in found] == rows
    assert [sum(column) for column in zip(*found, strict=True)] == columns
