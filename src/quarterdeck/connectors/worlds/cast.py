"""What a company's people are made of: teams, seats, sellers, and the books of business they hold.

A *book* is a group of accounts that one person works at a time; its holder may change once. A cast is data only:

    book      territory   holders                   share of deals   win rate   share of bookings
    gulf      gulf        bruno, hana from July 1   0.13             0.42       0.15
    pacific   pacific     yuki                      0.13             0.48       0.16
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from quarterdeck.connectors.worlds.days import NEVER, date

if TYPE_CHECKING:
    from quarterdeck.connectors.worlds.days import Ints

SEGMENTS: Final = ("manufacturing", "retail", "logistics", "food", "healthcare")
PRICE_CUT_SEGMENT: Final = "logistics"
PRICE_CUT_COMPETITOR: Final = "Brackwater"

PRODUCTS: Final = (
    # code, name, family, list price, usual deal size, share of deals; prices and sizes in USD
    ("mast-10", "Mast 10", "Mast lift trucks", 18_500, 26_000, 0.20),
    ("mast-20", "Mast 20", "Mast lift trucks", 27_900, 34_000, 0.20),
    ("mast-40", "Mast 40", "Mast lift trucks", 46_000, 60_000, 0.12),
    ("ridge-bay", "Ridge Bay", "Ridge racking", 2_400, 22_000, 0.20),
    ("ridge-deep", "Ridge Deep", "Ridge racking", 5_800, 30_000, 0.14),
    ("tern-cart", "Tern Cart", "Tern automation", 32_000, 45_000, 0.10),
    ("tern-fleet", "Tern Fleet", "Tern automation", 145_000, 150_000, 0.04),
)


ACCOUNTS_A_BOOK: Final = 15


class Seat(NamedTuple):
    """A row of the people template, days as numbers; None is always or still."""

    person: str
    name: str
    hat: str
    team: str
    position: str | None
    effective_from: int | None = None
    effective_to: int | None = None
    country: str = "US"
    part_time: float = 1.0


class Team(NamedTuple):
    """A team under its parent, always."""

    team: str
    name: str
    parent: str | None


class Seller(NamedTuple):
    """Somebody who sells: how much they do a day against the usual, and until when (first day gone)."""

    person: str
    activity: float
    country: str = "US"
    part_time: float = 1.0
    gone_on: int = NEVER


class Book(NamedTuple):
    """Accounts worked by one person at a time."""

    code: str
    territory: str | None
    territory_name: str
    holder: str
    share: float
    win_rate: float
    takes: float
    """Share of the company's bookings."""
    next_holder: str | None = None
    handed_on: int = NEVER
    country: str = "US"
    is_drying: bool = False
    is_sandbagged: bool = False
    has_slip: bool = False


class Quota(NamedTuple):
    """Who carries which share of the company's target from one day to another."""

    kind: str
    holder: str
    team: str
    share: int
    effective_from: int = -NEVER
    effective_to: int = NEVER


@dataclass(frozen=True)
class Cast:
    """A company's people before anything happens."""

    name: str
    teams: tuple[Team, ...]
    seats: tuple[Seat, ...]
    sellers: tuple[Seller, ...]
    books: tuple[Book, ...]
    quotas: tuple[Quota, ...]
    n_accounts: int
    """Accounts in each book."""

    def owners(self, books: Ints, days: Ints) -> Ints:
        """Who holds each book on each day, as positions in `sellers`."""
        at = {seller.person: index for index, seller in enumerate(self.sellers)}
        first = np.array([at[book.holder] for book in self.books])
        second = np.array([at[book.next_holder or book.holder] for book in self.books])
        handed = np.array([book.handed_on for book in self.books])
        return np.where(days < handed[books], first[books], second[books])

    def book_of(self, **marks: bool) -> int | None:
        """The position of the book that carries a part of the story, None when this cast has no such book."""
        marked = [i for i, book in enumerate(self.books) if all(getattr(book, key) == on for key, on in marks.items())]
        return marked[0] if marked else None


def chain(teams: tuple[Team, ...], team: str) -> list[str]:
    """The team and all teams above it.

    >>> chain((Team("company", "All", None), Team("east", "East", "company")), "east")
    ['east', 'company']
    """
    parent = {row.team: row.parent for row in teams} | {"company": None}
    found = [team]
    while above := parent[found[-1]]:
        found.append(above)
    return found


def territory_rows(cast: Cast) -> list[tuple[str, str, str, dt.date | None, dt.date | None]]:
    """Code, name, holder, from, to; one row per holder of a territory."""
    rows: list[tuple[str, str, str, dt.date | None, dt.date | None]] = []
    for book in cast.books:
        if book.territory is None or book.territory != book.code:
            continue
        handed = date(book.handed_on) if book.next_holder else None
        rows.append((book.territory, book.territory_name, book.holder, None, handed))
        if book.next_holder:
            rows.append((book.territory, book.territory_name, book.next_holder, handed, None))
    return rows
