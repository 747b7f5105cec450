"""Small plans for laws: a tree of two teams, pins anywhere, frames of what is asked."""

import datetime as dt
from typing import Any

import narwhals as nw
from hypothesis import strategies as st

from quarterdeck.terms.period import Period

NODE_IDS = ("co", "east", "rita", "sam", "west", "zoe", "kim")
PARENTS = {"co": None, "east": "co", "west": "co", "rita": "east", "sam": "east", "zoe": "west", "kim": "west"}
CHILDREN = {"co": ("east", "west"), "east": ("rita", "sam"), "west": ("zoe", "kim")}
LEAVES = ("rita", "sam", "zoe", "kim")
PIN_SCHEMA: dict[str, Any] = {"node_id": nw.String, "starts_on": nw.Date, "amount": nw.Int64}
Pins = dict[tuple[str, int | None], int | None]


def months(n: int) -> list[Period]:
    return [Period(dt.date(2025, at, 1), dt.date(2025, at + 1, 1)) for at in range(1, n + 1)]


def tree(weights: list[int | None]) -> nw.DataFrame[Any]:
    rows = {"node_id": NODE_IDS, "parent_id": [PARENTS[node] for node in NODE_IDS], "weight": weights}
    schema: dict[str, Any] = {"node_id": nw.String, "parent_id": nw.String, "weight": nw.Int64}
    return nw.from_dict({name: list(values) for name, values in rows.items()}, schema, backend="polars")


def pinned(pins: Pins) -> nw.DataFrame[Any]:
    rows = {
        "node_id": [node for node, _ in pins],
        "starts_on": [None if month is None else dt.date(2025, month + 1, 1) for _, month in pins],
        "amount": list(pins.values()),
    }
    return nw.from_dict(rows, PIN_SCHEMA, backend="polars")


def pins(n_months: int, largest: int, *, most: int = 4) -> st.SearchStrategy[Pins]:
    """Pins of any node and month, or of its year."""
    cell = st.tuples(st.sampled_from(NODE_IDS), st.none() | st.integers(0, n_months - 1))
    return st.dictionaries(cell, st.integers(0, largest), max_size=most).map(dict)


WEIGHTS = st.lists(st.none() | st.integers(-2, 9), min_size=7, max_size=7)
