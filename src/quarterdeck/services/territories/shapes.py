"""What balancing is asked, and what it shows: indices before and after, disruption, moves with the reason of each.

asked    sales 3, activities 1, each by itself; within 5 %; at most 15 % of accounts; Hollis Oak stays
found    sales       farthest off 1.40 -> 1.06   cv 0.21 -> 0.05   gini 0.11 -> 0.03
         moves       Marsh Tools   north -> south   "sales: north 40% above its even share, south 22% below"
         disturbs    9 of 180 accounts (5 %), 4.1 % of sales

Amounts in whole minor units, indices and shares as ratios.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

How = Literal["each", "blend"]
HOWS: Final[dict[How, str]] = {
    "each": "each measure is to be even by itself",
    "blend": "one measure may make up for another, by weight",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceAsk:
    """What somebody wants to even out, and within which limits."""

    weights: Mapping[str, int]
    """Measures by name with their weight; the weights count where measures are blended."""
    how: How = "each"
    within: Fraction = Fraction(1, 20)
    """How far from its even share a territory may stay."""
    most: int | Fraction = Fraction(15, 100)
    """How many accounts that have a territory may move, or which share of them."""
    locks: frozenset[int] = frozenset()
    """Accounts that may not move."""
    team_id: int | None = None
    """Only territories held in this team or below it; None: all that the actor sees."""
    places: bool = False
    """Whether accounts without a territory are given one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A territory before and after: what it has of each measure, against its even share (1 is even)."""

    territory_id: int
    name: str
    holder: str
    person_id: int | None
    n_before: int
    n_after: int
    amounts_before: tuple[int, ...]
    amounts_after: tuple[int, ...]
    before: tuple[float | None, ...]
    after: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evenness:
    """One measure over all territories, before and after; empty where there is nothing of it."""

    measure: str
    title: str
    deviation_before: float | None
    deviation_after: float | None
    cv_before: float | None
    cv_after: float | None
    gini_before: float | None
    gini_after: float | None
    moved: Fraction | None
    """Which share of it changes hands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An account that would change hands, and why."""

    account_id: int
    account: str
    from_id: int | None
    from_name: str
    to_id: int
    to_name: str
    owner_id: int | None
    amounts: tuple[int, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lockable:
    """An account that takes part, and whether it may not move."""

    account_id: int
    account: str
    territory: str
    is_locked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What balancing came to. Nothing has moved."""

    ask: BalanceAsk
    as_of: dt.date
    measures: tuple[str, ...]
    standings: tuple[Standing, ...]
    evenness: tuple[Evenness, ...]
    moves: tuple[Move, ...]
    n_moved: int
    """Accounts that had a territory and change it."""
    n_placed: int
    """Accounts that had none."""
    n_accounts: int
    """Accounts with a territory in what is balanced."""
    lockable: tuple[Lockable, ...]
    """Accounts that may be told to stay, locked ones first; at most a thousand."""
    n_locked: int
    n_allowed: int
    """The budget as a number of accounts."""
    state: str
    sentence: str
    fingerprint: str
    """Of the moves: saving needs the one that was seen."""
