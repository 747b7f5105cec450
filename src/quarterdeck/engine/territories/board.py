"""Accounts and territories as arrays: what indices are computed from and what balancing moves about.

account  territory  potential         territories east, west   home  [0, 0, 1, -1]
a        east       60                even     [50, 50]
b        east       20           ->   loads    [[80], [10]]
c        west       10
d                   10                (-1: has none yet)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import numpy.typing as npt

from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.planning import TERRITORY_ACCOUNTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quarterdeck.terms.tables import Frame

Whole = npt.NDArray[np.int64]
Real = npt.NDArray[np.float64]

_LARGEST = 2**62
"""Sums beyond it would come near to what 64 bits hold; refused, never wrapped."""


@dataclass(frozen=True, slots=True)
class Board:
    """Accounts by account_id, territories by id; `amounts` is accounts x measures, `even` territories x measures."""

    accounts: list[Any]
    territories: list[Any]
    measures: tuple[str, ...]
    amounts: Whole
    home: Whole
    is_locked: npt.NDArray[np.bool_]
    even: Real

    def loads(self, place: Whole) -> Whole:
        """What each territory has of each measure, were accounts placed like that: territories x measures."""
        found = np.zeros(self.even.shape, np.int64)
        np.add.at(found, place[place >= 0], self.amounts[place >= 0])
        return found

    def counts(self, place: Whole) -> Whole:
        """Accounts of each territory."""
        return np.bincount(place[place >= 0], minlength=len(self.territories)).astype(np.int64)


def board(accounts: Frame, measures: Sequence[str], territories: Frame | None = None) -> Board:
    """The arrays of TERRITORY_ACCOUNTS (optional column is_locked) for the named measures.

    `territories`: territory_id and optionally `weight`, a whole number above zero: twice the weight, twice the even
    share; without it, the territories that accounts name, alike. An empty measure counts as zero. Order of rows does
    not matter. Raises Refusal for no territory, weights not above zero, a measure that is missing, no whole number, or
    too large, a territory that is not listed, or one listed twice.
    """
    if not measures:
        raise refusal("No measure is named.", "Name at least one column with whole numbers.")
    rows = TERRITORY_ACCOUNTS.check(accounts).sort("account_id")
    named = sorted(set(rows["territory_id"].drop_nulls().to_list())) if territories is None else territories
    listed, weights = _listed(named)
    positions = {territory: at for at, territory in enumerate(listed)} | {None: -1}
    try:
        home = np.array([positions[territory] for territory in rows["territory_id"].to_list()], dtype=np.int64)
    except KeyError as unknown:
        raise refusal(f"Accounts lie in {unknown.args[0]}, which is not listed.", "List every territory.") from None
    amounts = np.stack([_amounts(rows, name) for name in measures], axis=1)
    locked = rows["is_locked"].fill_null(value=False).to_list() if "is_locked" in rows.columns else [False] * len(rows)
    shares = weights / weights.sum()
    even = shares[:, None] * amounts.sum(axis=0, dtype=np.float64)[None, :]
    return Board(
        rows["account_id"].to_list(), listed, tuple(measures), amounts, home, np.array(locked, dtype=bool), even
    )


def _listed(territories: Frame | list[Any]) -> tuple[list[Any], Real]:
    if isinstance(territories, list):
        ids, weights = territories, [1] * len(territories)
    else:
        rows = territories.sort("territory_id")
        ids = rows["territory_id"].to_list()
        weights = rows["weight"].to_list() if "weight" in rows.columns else [1] * len(ids)
    if not ids or len(set(ids)) < len(ids) or None in ids:
        raise refusal("No territory is listed, or one twice or without a name.", "List each territory once.")
    if any(weight is None or weight <= 0 for weight in weights):
        raise refusal("A territory has no weight above zero.", "Give whole numbers above zero, or no weights.")
    return ids, np.array(weights, dtype=np.float64)


def _amounts(rows: Frame, name: str) -> Whole:
    if name not in rows.columns or not isinstance(rows.schema[name], nw.Int64 | nw.Int32 | nw.UInt32):
        raise refusal(f"'{name}' is no column of whole numbers.", "Name a measure in minor units, minutes or counts.")
    found: Whole = rows[name].fill_null(0).cast(nw.Int64).to_numpy().astype(np.int64)
    if float(np.abs(found.astype(np.float64)).sum()) > _LARGEST:
        raise refusal(f"'{name}' sums to more than 64 bits hold.", "Use a larger unit.")
    return found


def refusal(why: str, next_step: str) -> Refusal:
    """What the rooms of territories refuse."""
    return Refusal("The territories were not compared.", why, next_step, "territories")
