"""What could be sold a year to each account of the invented company, and how large its markets are.

account  segment  effective_from  amount
a-0001            2025-01-01      31,400.00     more in books that bring more, least in the one that dries up
         food     2025-01-01  14,200,000.00     every market is some four times what all accounts of it could buy
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import numpy as np

from quarterdeck.connectors.worlds.accounts import account_codes, segments
from quarterdeck.connectors.worlds.cast import SEGMENTS
from quarterdeck.connectors.worlds.tables import framed

if TYPE_CHECKING:
    import polars as pl

    from quarterdeck.connectors.worlds.cast import Cast
    from quarterdeck.connectors.worlds.days import Floats, Ints, Window

_REACH: Final = 2.4
"""Potential of all accounts against a year's bookings of the company."""
_MARKETS: Final = (3.1, 4.6, 3.8, 4.2, 5.3)
"""Each market against what its accounts could buy."""
_GROWTH: Final = 1.04


def account_potentials(cast: Cast, window: Window, base: float) -> pl.DataFrame:
    """The potentials template: one row per account, known for all years; `base`: a year's bookings, USD."""
    n = len(cast.books) * cast.n_accounts
    amounts = _amounts(cast, base)
    first = [dt.date(window.year - 2, 1, 1)] * n
    return framed(
        "potentials", n, account=account_codes(np.arange(n), cast), effective_from=first, amount=amounts * 100
    )


def market_potentials(parts: list[tuple[Cast, float]], window: Window) -> pl.DataFrame:
    """The same for markets: one row per segment and year, sized by what all accounts could buy."""
    sizes = np.zeros(len(SEGMENTS))
    for cast, base in parts:
        at = np.arange(len(cast.books) * cast.n_accounts)
        sizes += np.bincount(segments(at), weights=_amounts(cast, base), minlength=len(SEGMENTS))
    years = [window.year + shift for shift in (-1, 0, 1)]
    rows = [
        (segment, dt.date(year, 1, 1), int(size * times * _GROWTH**step) // 10_000 * 10_000 * 100)
        for step, year in enumerate(years)
        for segment, size, times in zip(SEGMENTS, sizes, _MARKETS, strict=True)
    ]
    segment, day, amount = (list(column) for column in zip(*rows, strict=True))
    return framed("potentials", len(rows), segment=segment, effective_from=day, amount=amount)


def _amounts(cast: Cast, base: float) -> Ints:
    """Whole hundreds of USD per account, by number: no two worlds of one cast differ."""
    at = np.arange(len(cast.books) * cast.n_accounts)
    weight: Floats = (3 + at * 37 % 11).astype(np.float64)
    dry = np.array([0.45 if book.is_drying else 1.0 for book in cast.books])
    takes = np.array([book.takes for book in cast.books])
    of_book = base * _REACH * (0.6 * takes + 0.4 / len(cast.books)) * dry
    book = at // cast.n_accounts
    whole = np.bincount(book, weights=weight)
    found: Ints = (of_book[book] * weight / whole[book] / 100).round().astype(np.int64) * 100
    return found
