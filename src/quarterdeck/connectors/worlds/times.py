"""When deals begin and close: season, growth, log-normal cycles, and two parts of the story.

A deal whose close lies after the demo's today is open; its close is what will happen, unknown to anybody in the world.

    book          opened      closes      is_slip
    mountain      2024-04-08  2025-02-12  yes       begun nine months before today (2025-01-03), never closing
    great-lakes   2024-12-12  2025-03-18  no        the only deal begun in the dry territory that month
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from quarterdeck.connectors.worlds.days import SEASON, Flags, Floats, Ints, evenly, months

if TYPE_CHECKING:
    from quarterdeck.connectors.worlds.cast import Cast
    from quarterdeck.connectors.worlds.days import Window

DRYING: Final = (5, 5, 4, 4, 3, 3, 2, 1, 1)
"""Deals begun in the dry territory in each of the last nine times thirty days, oldest first."""
CYCLE_DAYS, CYCLE_SIGMA = 70, 0.5
SHORTEST, LONGEST = 12, 260
QUARTER_PUSH_DAYS: Final = 10


class Times(NamedTuple):
    """One row per deal: whose book, first day, close day, and whether it is the one that slips."""

    book: Ints
    opened: Ints
    closed: Ints
    is_slip: Flags

    def taken(self, rows: Ints | Flags) -> Times:
        """Some of the deals, in the order of `rows`."""
        return Times(self.book[rows], self.opened[rows], self.closed[rows], self.is_slip[rows])

    def joined(self, more: Times) -> Times:
        """These deals, then others."""
        return Times(
            np.append(self.book, more.book),
            np.append(self.opened, more.opened),
            np.append(self.closed, more.closed),
            np.append(self.is_slip, more.is_slip),
        )


def times(rng: np.random.Generator, cast: Cast, window: Window, n: int) -> Times:
    """About `n` deals in order of their close; exactly `n` where no territory dries up and nothing slips."""
    found = _slipped(cast, window, _dried(rng, cast, window, _drawn(rng, cast, window, n)))
    return found.taken(np.lexsort((found.opened, found.closed)))


def _drawn(rng: np.random.Generator, cast: Cast, window: Window, n: int) -> Times:
    """`n` deals begun by today, spread evenly over what was drawn."""
    n_drawn = int(n * 1.7) + 30
    days = window.working(window.start, window.today + 300)
    weights = np.cumsum(_day_weights(days, window))
    closed = days[np.searchsorted(weights / weights[-1], (np.arange(n_drawn) + rng.random(n_drawn)) / n_drawn)]
    shares = np.cumsum([book.share for book in cast.books])
    book = np.searchsorted(shares / shares[-1], evenly(np.arange(n_drawn), rng.random()), side="right")
    cycle = np.exp(np.log(CYCLE_DAYS) + CYCLE_SIGMA * rng.standard_normal(n_drawn))
    opened = window.rolled(closed - np.clip(cycle, SHORTEST, LONGEST).astype(np.int64))
    begun = np.flatnonzero(opened <= window.today)
    kept = begun[np.linspace(0, len(begun) - 1, n).astype(np.int64)]
    return Times(book[kept].astype(np.int64), opened[kept], closed[kept], np.zeros(n, dtype=bool))


def _day_weights(days: Ints, window: Window) -> Floats:
    """How likely a deal closes on each day: season, growth in number, and the push at a quarter's end."""
    month = months(days)
    quarter_end = window.month_ends((month // 3) * 3 + 2)
    season = np.array(SEASON)[month % 12] / np.bincount(month - month[0])[month - month[0]]
    weights: Floats = (
        season * np.where(quarter_end - days < QUARTER_PUSH_DAYS, 1.7, 1.0) * 1.06 ** (month // 12 - month[0] // 12)
    )
    return weights


def _dried(rng: np.random.Generator, cast: Cast, window: Window, found: Times) -> Times:
    """The same deals, with the dry territory's last nine months replaced by a falling count."""
    dry = cast.book_of(is_drying=True)
    if dry is None:
        return found
    edges = window.today - 30 * np.arange(len(DRYING), -1, -1)
    spans = [window.working(int(first) + 1, int(last)) for first, last in pairwise(edges)]
    begun = np.sort(np.concatenate([rng.choice(days, n) for days, n in zip(spans, DRYING, strict=True)]))
    ends = window.rolled(begun + rng.integers(45, 120, len(begun)))
    few = Times(np.full(len(begun), dry), begun, ends, np.zeros(len(begun), dtype=bool))
    kept = (found.book != dry) | (found.opened <= edges[0])
    return found.taken(kept).joined(few)


def _slipped(cast: Cast, window: Window, found: Times) -> Times:
    """The same deals and the one that slips: begun nine months ago, and still 40 days from its close."""
    slip = cast.book_of(has_slip=True)
    if slip is None:
        return found
    opened = window.rolled(np.array([window.today - 270]))
    one = Times(np.array([slip]), opened, np.array([window.today + 40]), np.array([True]))
    return found.joined(one)
