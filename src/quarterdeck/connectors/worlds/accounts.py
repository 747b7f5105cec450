"""Accounts of the invented company: code, name, segment and territory by number; every book has the same many.

account  name             segment        territory    owner
a-0001   Alder Foods      manufacturing  new-england  rita
a-0002   Ironwood Pharma  food           new-england  rita
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from quarterdeck.connectors.worlds.cast import SEGMENTS
from quarterdeck.connectors.worlds.tables import codes, framed, picked

if TYPE_CHECKING:
    from quarterdeck.connectors.worlds.cast import Cast
    from quarterdeck.connectors.worlds.days import Ints, Window


def accounts(cast: Cast, window: Window) -> pl.DataFrame:
    """The accounts template: one row per account, owned by whoever holds its book today."""
    n = len(cast.books) * cast.n_accounts
    at = np.arange(n)
    book = at // cast.n_accounts
    code = account_codes(at, cast)
    is_abroad = np.array([row.country != "US" for row in cast.books])[book]
    is_branch = at % 30 == 14  # noqa: PLR2004  a few belong to the account before them
    return framed(
        "accounts",
        n,
        account=code,
        name=account_names(at, cast),
        segment=picked(SEGMENTS, segments(at)),
        territory=pl.Series([row.territory for row in cast.books], dtype=pl.String).gather(book),
        owner=picked([row.person for row in cast.sellers], cast.owners(book, np.full(n, window.today))),
        country=picked(("US", "DE", "GB"), np.where(is_abroad, np.where(at % 3 == 0, 2, 1), 0)),
        parent=code.gather(np.maximum(at - 1, 0)).set(pl.Series(~is_branch), None),
    )


def segments(accounts: Ints) -> Ints:
    """The segment of each account: every book has some of each."""
    return (accounts * 3 + accounts // len(SEGMENTS)) % len(SEGMENTS)


def account_codes(accounts: Ints, cast: Cast) -> pl.Series:
    """Codes of accounts by number, unlike those of another cast."""
    mark = "a" if cast.name == "story" else "xa"
    return codes(f"{mark}-", int(accounts.max(initial=0)) + 1, width=4).gather(accounts)


def account_names(accounts: Ints, cast: Cast) -> pl.Series:
    """Names of accounts by number; repeated ones get a number of their own."""
    return picked(names(int(accounts.max(initial=0)) + 1, 0 if cast.name == "story" else 5000), accounts)


_PLACES: Final = (
    "Alder", "Birch", "Castell", "Dunmore", "Elmsworth", "Fenwick", "Glen", "Hollow", "Ironwood", "Juniper", "Kestrel",
    "Larkspur", "Marlow", "Northgate", "Orchard", "Pemberton", "Quarry", "Redfern", "Sable", "Thornbury", "Underhill",
    "Vale", "Westbrook", "Yarrow", "Amber", "Bluff", "Copper", "Drift", "Ember",
)  # fmt: skip
_TRADES: Final = (
    "Foods", "Logistics", "Supply", "Freight", "Home", "Tools", "Textiles", "Pharma", "Paper", "Cold Storage", "Parts",
    "Brewing", "Medical", "Grocers", "Plastics", "Furniture", "Trading",
)  # fmt: skip


def names(n: int, offset: int) -> list[str]:
    """`n` names of invented companies, all different, the same for the same offset.

    >>> names(3, 0)
    ['Alder Foods', 'Ironwood Pharma', 'Quarry Plastics']
    """
    n_pairs = len(_PLACES) * len(_TRADES)
    found = []
    for at in range(offset, offset + n):
        pair = at * 211 % n_pairs  # 211 shares no factor with 29 x 17: every pair comes once before any comes twice
        again = f" {at // n_pairs + 1}" if at >= n_pairs else ""
        found.append(f"{_PLACES[pair % len(_PLACES)]} {_TRADES[pair % len(_TRADES)]}{again}")
    return found
