"""Deals before their paper: which book, which account, from when to when, won or lost, for how much.

The story is planted by changing a few arrays, and the amounts are scaled so that the company books what it means to:

    book          opened      closes      is_won   worth
    mountain      2024-02-23  2024-12-30  yes      480,000   the slip: 40 days beyond today
    pacific       2024-06-03  2024-09-27  yes      44,000    the sandbagger: moved to the quarter's last days
    great-lakes   2024-09-12  2024-11-18  no       31,000    the dry territory: one of two that month
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

import numpy as np

from quarterdeck.connectors.worlds.accounts import segments
from quarterdeck.connectors.worlds.cast import PRICE_CUT_SEGMENT, PRODUCTS, SEGMENTS
from quarterdeck.connectors.worlds.days import evenly, months, rank_within
from quarterdeck.connectors.worlds.times import times

if TYPE_CHECKING:
    from quarterdeck.connectors.worlds.cast import Cast
    from quarterdeck.connectors.worlds.days import Flags, Floats, Ints, Window

GROWTH: Final = 1.12
"""Yearly growth of the company's bookings."""
STORY_BOOKINGS: Final = 3_200_000
"""Bookings of the first year at scale 1, in whole USD."""
PACE: Final = 0.935
"""Bookings of the running year against what its target expects by today."""

WIN_AFTER_CUT: Final = 0.10
SLIP_WORTH: Final = 480_000
SLIP_ACCOUNT: Final = 4
"""Which account of its book is buying."""
SMALLEST, LARGEST = 1500, 330_000  # even a guess a third too high stays below the deal that slips
LOST_AT: Final = (0.30, 0.25, 0.20, 0.15, 0.10)
"""How often a lost deal gets no further than each open stage."""


@dataclass
class Drafts:
    """One row per deal; days are numbers, worth is whole USD. Sorted by close day."""

    book: Ints
    account: Ints
    segment: Ints
    product: Ints
    opened: Ints
    closed: Ints
    is_won: Flags
    reach: Ints
    """The last open stage that the deal gets to."""
    worth: Ints
    is_slip: Flags

    def __len__(self) -> int:
        """How many deals."""
        return len(self.book)


def drafts(rng: np.random.Generator, cast: Cast, window: Window, n: int) -> Drafts:
    """About `n` deals of a cast, in order of their close; exactly `n` outside the story."""
    book, opened, closed, is_slip = times(rng, cast, window, n)
    n = len(book)
    rank = rank_within(book)
    account = book * cast.n_accounts + (rank * 7 + rng.integers(0, 3, n)) % cast.n_accounts
    account = np.where(is_slip, book * cast.n_accounts + SLIP_ACCOUNT, account)
    segment = segments(account)
    is_cut = (segment == SEGMENTS.index(PRICE_CUT_SEGMENT)) & (closed >= window.price_cut)
    rate = np.where(is_cut, WIN_AFTER_CUT, np.array([row.win_rate for row in cast.books])[book])
    is_won = (evenly(rank_within(book * 2 + is_cut), rng.random(len(cast.books))[book]) < rate) | is_slip
    closed = _sandbagged(rng, cast, window, (book, closed, is_won))
    reach = np.where(is_won, 4, np.searchsorted(np.cumsum(LOST_AT), rng.random(n) * sum(LOST_AT)))
    reach = np.where(is_cut & ~is_won, np.maximum(reach, 3), reach)
    product = np.where(is_slip, len(PRODUCTS) - 1, rng.choice(len(PRODUCTS), n, p=[row[5] for row in PRODUCTS]))
    worth = _worth(rng, window, (product, closed, is_won))
    found = Drafts(book, account, segment, product, opened, closed, is_won, reach, worth, is_slip)
    found.worth = np.where(is_slip, SLIP_WORTH, calibrated(found, cast, window))
    return found


def _sandbagged(rng: np.random.Generator, cast: Cast, window: Window, rows: tuple[Ints, Ints, Flags]) -> Ints:
    """Close days, with the sandbagger's wins moved to the last days of their quarter."""
    book, closed, is_won = rows
    sandbagger = cast.book_of(is_sandbagged=True)
    late = window.month_ends((months(closed) // 3) * 3 + 2) - rng.integers(0, 11, len(closed))
    return np.where((book == sandbagger) & is_won, window.rolled(late), closed)


_BELL: Final = np.array([NormalDist().inv_cdf((at + 0.5) / 1000) for at in range(1000)])


def _worth(rng: np.random.Generator, window: Window, rows: tuple[Ints, Ints, Flags]) -> Ints:
    """Log-normal deal sizes in whole USD, growing, spread evenly among the won and the lost of each product."""
    product, closed, is_won = rows
    usual = np.array([row[4] for row in PRODUCTS])[product]
    at = evenly(rank_within(product * 2 + is_won), rng.random(2 * len(PRODUCTS))[product * 2 + is_won])
    size = usual * np.exp(0.5 * _BELL[(at * 1000).astype(np.int64)])
    grown = size * (GROWTH / 1.06) ** ((closed - window.start) / 365.25)
    return np.maximum(_rounded(grown), SMALLEST)


def calibrated(found: Drafts, cast: Cast, window: Window) -> Ints:
    """Worth in whole USD, with each year's won deals scaled to what the company and its people book in that year.

    Deals still open scale with the running year, so that the pipeline is of the same size as what was won before.
    """
    year = months(found.closed) // 12 + 1970 - (window.year - 2)
    factor = np.ones(len(found))
    for at in range(3):
        rows = (year == at) & found.is_won & (found.closed <= window.today) & ~found.is_slip
        is_running = at == 2  # noqa: PLR2004  the third year
        whole = (
            STORY_BOOKINGS * len(found) / story_size(window) * GROWTH**at * (window.elapsed() if is_running else 1.0)
        )
        scale = _scales(found.worth[rows], found.book[rows], cast, whole, _behind(cast, window, is_running=is_running))
        factor = np.where((year == at) | (is_running & (found.closed > window.today)), scale[found.book], factor)
    return np.clip(_rounded(found.worth * factor), SMALLEST, LARGEST)


def _behind(cast: Cast, window: Window, *, is_running: bool) -> Floats:
    """Each book's share of bookings: in the running year a sandbagger has nothing yet for the running quarter."""
    is_late = np.array([book.is_sandbagged for book in cast.books]) & is_running
    return np.array([book.takes for book in cast.books]) * np.where(is_late, window.elapsed_quarters(), 1.0)


def _scales(worth: Ints, book: Ints, cast: Cast, whole: float, takes: Floats) -> Floats:
    """What to multiply each book's deals by: towards its share, then all alike towards the whole; within bounds."""
    had = np.bincount(book, weights=worth, minlength=len(cast.books))
    if not had.any():
        return np.ones(len(had))
    wanted = takes * (had > 0)
    each = np.where(had > 0, np.clip(whole * wanted / wanted.sum() / np.maximum(had, 1), 0.4, 2.5), 1.0)
    scale: Floats = each * np.clip(whole / (had * each).sum(), 0.5, 2.0)
    return scale


def story_size(window: Window) -> int:
    """How many deals the story has: 185 a year and those open on the first and the last day."""
    return round(185 * (window.today - window.start) / 365.25) + 60


def _rounded(worth: Floats) -> Ints:
    """To 50 USD, as deals are priced."""
    return (np.round(worth / 50) * 50).astype(np.int64)
