"""How evenly territories share what is measured, before and after moves, and how many accounts the moves disturb.

    territory   potential   index    largest deviation 0.2, cv 0.127, gini 0.069
    A           120         1.20
    B            95         0.95
    C            85         0.85
    D           100         1.00

Index = amount / even share (the mean, unless territories have weights). The coefficient of variation is that of the
whole population of territories; Gini is the mean absolute difference over twice the mean. Source: Gini, Variabilita e
mutabilita (1912); planning case tb-02. See docs/methods/territory-indices.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from quarterdeck.engine.territories.board import Board, Real, Whole, board
from quarterdeck.terms.planning import BALANCE, TERRITORY_INDICES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quarterdeck.terms.tables import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Disruption:
    """Accounts that change territory, of those that had one: how many, which share, and which share of each measure."""

    n_moved: int
    share_of_accounts: Fraction | None
    share_of_measures: dict[str, Fraction | None]


def territory_indices(accounts: Frame, measures: Sequence[str], territories: Frame | None = None) -> Frame:
    """TERRITORY_INDICES: one row per measure and territory, also of territories without an account.

    `accounts` and `territories` as in `board`; what has no territory counts in the even share. Amounts are exact, the
    index is a float.

    >>> rows = {"account_id": [1, 2, 3], "territory_id": ["a", "a", "b"], "potential": [50, 40, 60]}
    >>> territory_indices(nw.from_dict(rows, backend="polars"), ["potential"]).select("territory_id", "index").rows()
    [('a', 1.2), ('b', 0.8)]
    """
    found = board(accounts, measures, territories)
    return indices_of(found, found.home)


def balance(accounts: Frame, measures: Sequence[str], territories: Frame | None = None) -> Frame:
    """BALANCE: one row per measure. Empty where a measure sums to nothing; gini also where a territory is below zero.

    >>> rows = {"account_id": [1, 2, 3, 4], "territory_id": ["a", "b", "c", "d"], "potential": [120, 95, 85, 100]}
    >>> found = balance(nw.from_dict(rows, backend="polars"), ["potential"])
    >>> [round(value, 6) for value in found.select("largest_deviation", "cv", "gini").rows()[0]]
    [0.2, 0.127475, 0.06875]
    """
    found = board(accounts, measures, territories)
    return balance_of(found, found.home)


def disruption(before: Board, place: Whole) -> Disruption:
    """What changes hands between a board's home and another placing. Exact ratios; None where there was nothing."""
    had = before.home >= 0
    moved = had & (before.home != place)
    sums, of_moved = before.amounts[had].sum(axis=0), before.amounts[moved].sum(axis=0)
    return Disruption(
        n_moved=int(moved.sum()),
        share_of_accounts=_share(moved.sum(), had.sum()),
        share_of_measures={name: _share(of_moved[at], sums[at]) for at, name in enumerate(before.measures)},
    )


def indices_of(found: Board, place: Whole) -> Frame:
    """TERRITORY_INDICES of a board with its accounts placed like that."""
    loads, index = found.loads(place), _index(found, place)
    n_territories, n_measures = loads.shape
    data: dict[str, Any] = {
        "measure": np.repeat(found.measures, n_territories).tolist(),
        "territory_id": found.territories * n_measures,
        "n_accounts": np.tile(found.counts(place), n_measures),
        "amount": loads.T.ravel(),
        "index": [None if np.isnan(value) else float(value) for value in index.T.ravel()],
    }
    schema = {**TERRITORY_INDICES.schema, "territory_id": _id_dtype(found.territories)}
    return TERRITORY_INDICES.check(nw.from_dict(data, schema, backend="polars"))


def balance_of(found: Board, place: Whole) -> Frame:
    """BALANCE of a board with its accounts placed like that."""
    index = _index(found, place)
    rows = [(name, *_evenness(name, index[:, at])) for at, name in enumerate(found.measures)]
    data = {name: [row[at] for row in rows] for at, name in enumerate(BALANCE.schema)}
    return BALANCE.check(nw.from_dict(data, BALANCE.schema, backend="polars"))


def _index(found: Board, place: Whole) -> Real:
    even = np.where(found.even > 0, found.even, np.nan)
    return np.asarray(found.loads(place) / even, dtype=np.float64)


def _evenness(name: str, index: Real) -> tuple[float | None, float | None, float | None, str]:
    """Largest deviation, cv, gini of the indices of one measure, and what they say."""
    if np.isnan(index).any():
        return None, None, None, f"There is no {name} to share."
    far = float(np.abs(index - 1).max())
    mean = float(index.mean())
    cv = float(index.std() / mean) if mean > 0 else None
    ranks = 2 * np.arange(1, len(index) + 1) - len(index) - 1
    gini = float((ranks * np.sort(index)).sum() / (len(index) ** 2 * mean)) if index.min() >= 0 and mean > 0 else None
    text = f"The territory farthest off has {far:.0%} more or less {name} than its even share"
    return far, cv, gini, text + (f"; typically they differ by {cv:.0%}." if cv is not None else ".")


def _share(part: Any, of: Any) -> Fraction | None:  # noqa: ANN401  numpy integers
    return Fraction(int(part), int(of)) if of > 0 else None


def _id_dtype(ids: Sequence[Any]) -> Any:  # noqa: ANN401  a narwhals dtype
    return nw.Int64 if ids and isinstance(ids[0], int) else nw.String
