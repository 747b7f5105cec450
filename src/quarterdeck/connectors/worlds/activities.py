"""What sellers did on every day they worked, linked to deals that were open then.

    activity   kind     person  happened_on  account  opportunity  minutes  outcome
    t-0000001  call     rita    2023-01-03   a-0004   d-00002      12       reached
    t-0000002  email    kofi    2023-01-03   a-0017                5        no reply

Five million rows are made in chunks of bounded size: memory holds one chunk and the grid of person-days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from quarterdeck.connectors.worlds.accounts import account_codes
from quarterdeck.connectors.worlds.tables import codes, framed, picked
from quarterdeck.terms.templates import ACTIVITY_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quarterdeck.connectors.worlds.absence import Absence
    from quarterdeck.connectors.worlds.cast import Cast
    from quarterdeck.connectors.worlds.days import Flags, Floats, Ints, Window
    from quarterdeck.connectors.worlds.deals import Deals

CHUNK: Final = 400_000
_SHARES: Final = (0.46, 0.27, 0.12, 0.06, 0.05, 0.04)
_LINKED: Final = (0.6, 0.7, 0.9, 1.0, 1.0, 0.1)
"""How often an activity of each kind is about a deal rather than about finding one."""
_MINUTES: Final = ((3, 25), (2, 10), (25, 75), (40, 90), (30, 120), (10, 60))
_OUTCOMES: Final = (
    ("reached", "no answer", "left message"), ("replied", "no reply", "no reply"), ("held", "held", "no show"),
    ("held", "held", "moved"), ("sent", "sent", "sent"), ("", "", ""),
)  # fmt: skip
_SUBJECTS: Final = (
    ("First call", "Follow-up", "Asked for a date"), ("Introduction", "Answers to questions", "Papers sent"),
    ("Site visit", "Needs of the warehouse", "Review with buyer"), ("Floor demo", "Remote demo", "Trial set-up"),
    ("Offer", "Revised offer", "Offer with financing"), ("Trade fair", "Research", "Training"),
)  # fmt: skip
_KEY: Final = 1 << 21
"""Room for day numbers in a key of book and day."""
_TRIES, _REACH = 6, 12


@dataclass(frozen=True)
class Grid:
    """One row per seller and day they worked, in order of the day, with how much they did."""

    seller: Ints
    day: Ints
    n: Ints


def grid(rng: np.random.Generator, cast: Cast, window: Window, away: Absence, n: int) -> Grid:
    """Exactly `n` activities over all person-days, at least one on each where `n` allows."""
    spans = [_worked(cast, window, away, at) for at in range(len(cast.sellers))]
    seller = np.repeat(np.arange(len(spans)), [len(days) for days in spans])
    day = np.concatenate(spans)
    order = np.lexsort((seller, day))
    seller, day = seller[order], day[order]
    floor = 1 if n >= len(day) else 0
    level = np.array([row.activity for row in cast.sellers])[seller] * rng.gamma(4.0, 0.25, len(day))
    filled = np.floor(np.cumsum(level) / level.sum() * (n - floor * len(day)) + 1e-9).astype(np.int64)
    filled[-1] = n - floor * len(day)
    return Grid(seller, day, floor + np.diff(filled, prepend=0))


def n_person_days(cast: Cast, window: Window) -> float:
    """Roughly how many days are worked, each times how active its seller is."""
    span = 0.93 * len(window.working(window.start, window.today))
    gone = [min(1.0, (row.gone_on - window.start) / (window.today + 1 - window.start)) for row in cast.sellers]
    return span * sum(row.activity * row.part_time * here for row, here in zip(cast.sellers, gone, strict=True))


def _worked(cast: Cast, window: Window, away: Absence, at: int) -> Ints:
    seller = cast.sellers[at]
    days = window.working(window.start, min(window.today, seller.gone_on - 1), seller.country)
    is_friday = days % 7 == 1  # 1970-01-01 was a Thursday
    kept: Ints = days[~np.isin(days, away.days_away(at)) & ~(is_friday & (seller.part_time < 1))]
    return kept


def activities(rng: np.random.Generator, cast: Cast, made: Deals, cells: Grid) -> Iterator[pl.DataFrame]:
    """Frames of at most about CHUNK activities, in order of the day."""
    link = Links(cast, made)
    prefix = "t-" if cast.name == "story" else "xt-"
    ends = np.cumsum(cells.n)
    start, done = 0, 0
    while start < len(ends):
        stop = max(start + 1, int(np.searchsorted(ends, done + CHUNK, side="right")))
        row = np.repeat(np.arange(start, stop), cells.n[start:stop])
        yield _chunk(rng, link, cells.seller[row], cells.day[row], codes(prefix, len(row), start=done + 1, width=7))
        start, done = stop, int(ends[stop - 1])


def _chunk(rng: np.random.Generator, link: Links, seller: Ints, day: Ints, code: pl.Series) -> pl.DataFrame:
    n = len(day)
    kind = rng.choice(len(_SHARES), n, p=_SHARES).astype(np.int64)
    book = link.books(rng.random(n), seller, day)
    is_about = (rng.random(n) < np.array(_LINKED)[kind]) & (book >= 0)
    deal = link.deals(rng, book, day, is_about)
    lows, highs = np.array(_MINUTES).T
    is_known = (deal >= 0) | ((rng.random(n) < 0.85) & (book >= 0))  # noqa: PLR2004  the rest is cold
    account = np.where(deal >= 0, link.account[deal], link.accounts(rng, book))
    nothing = ~(deal >= 0)
    return framed(
        "activities",
        n,
        activity=code,
        kind=picked(ACTIVITY_KINDS, kind),
        person=picked([row.person for row in link.cast.sellers], seller),
        happened_on=day,
        account=_emptied(account_codes(np.maximum(account, 0), link.cast), ~is_known),
        opportunity=_emptied(link.code.gather(np.maximum(deal, 0)), nothing),
        minutes=rng.integers(lows[kind], highs[kind]),
        outcome=_worded(_OUTCOMES, kind, rng.integers(0, 3, n)),
        subject=_worded(_SUBJECTS, kind, rng.integers(0, 3, n)),
    )


def _worded(words: tuple[tuple[str, ...], ...], kind: Ints, at: Ints) -> pl.Series:
    return picked([word for row in words for word in row], kind * 3 + at, empty="")


def _emptied(values: pl.Series, where: Flags) -> pl.Series:
    return values.set(pl.Series(where), None)


class Links:
    """Finds, for many activities at once, a book their seller held that day and a deal open in it."""

    def __init__(self, cast: Cast, made: Deals) -> None:
        """Sort the deals by book and first day."""
        found = made.drafts
        self.cast, self.code, self.account = cast, made.code, found.account
        self.order = np.lexsort((found.opened, found.book))
        self.keys = found.book[self.order] * _KEY + found.opened[self.order]
        self.book, self.closed = found.book[self.order], found.closed[self.order]
        held: list[list[int]] = [[] for _ in cast.sellers]
        at = {seller.person: index for index, seller in enumerate(cast.sellers)}
        for index, book in enumerate(cast.books):
            for holder in dict.fromkeys((book.holder, book.next_holder or book.holder)):
                held[at[holder]].append(index)
        most = max(len(row) for row in held)
        self.held = np.array([[row[k % len(row)] if row else -1 for k in range(most)] for row in held])

    def books(self, luck: Floats, seller: Ints, day: Ints) -> Ints:
        """A book held by each seller on each day, -1 for none."""
        n_held = self.held.shape[1]
        first = (luck * n_held).astype(np.int64)
        found = np.full(len(seller), -1)
        for turn in range(n_held):
            book = self.held[seller, (first + turn) % n_held]
            is_theirs = (book >= 0) & (self.cast.owners(book, day) == seller)
            found = np.where((found < 0) & is_theirs, book, found)
        return found

    def deals(self, rng: np.random.Generator, book: Ints, day: Ints, is_about: Flags) -> Ints:
        """A deal of the book that was open on the day, -1 for none: looks back over the last few begun."""
        found = np.full(len(book), -1)
        todo = np.flatnonzero(is_about)
        for _ in range(_TRIES):
            last = np.searchsorted(self.keys, book[todo] * _KEY + day[todo], side="right") - 1
            at = np.maximum(last - rng.integers(0, _REACH, len(todo)), 0)
            fits = (last >= 0) & (self.book[at] == book[todo]) & (self.closed[at] >= day[todo])
            found[todo[fits]] = self.order[at[fits]]
            todo = todo[~fits]
        return found

    def accounts(self, rng: np.random.Generator, book: Ints) -> Ints:
        """Some account of each book."""
        return book * self.cast.n_accounts + rng.integers(0, self.cast.n_accounts, len(book))
