"""Who works at Harbour & Hale: teams, people, and the books of business they hold. The story's constants live here.

A *book* is a group of accounts that one person works at a time; its holder may change once. A cast is made of data only:

    book         territory     holders                       share of deals   win rate
    gulf         gulf          bruno, hana from July 1       0.13             0.42
    pacific      pacific       yuki                          0.14             0.46
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from quarterdeck.connectors.worlds.days import NEVER, Window, date

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


LOGINS: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("dana@example.com", "dana", ("director",)),
    ("priya@example.com", "priya", ("manager",)),
    ("marcus@example.com", "marcus", ("manager",)),
    ("toma@example.com", "toma", ("manager", "rep")),
    ("rita@example.com", "rita", ("rep",)),
    ("kofi@example.com", "kofi", ("rep",)),
    ("yuki@example.com", "yuki", ("rep",)),
    ("ines@example.com", "ines", ("operations",)),
    ("arthur@example.com", "arthur", ("finance",)),
    ("meilin@example.com", "meilin", ("department_head",)),
)
"""Who can sign in to the demo: address, person, hats. Passwords are set by whoever sets the demo up."""


def story_cast(window: Window) -> Cast:
    """The company everybody knows: one director, two managers, six reps, and Toma with two hats."""
    change = window.plan_change
    return Cast(
        "story",
        _STORY_TEAMS,
        _story_seats(change),
        _story_sellers(change),
        _story_books(change),
        _story_quotas(change),
        15,
    )


_STORY_TEAMS: Final = (
    Team("company", "Harbour & Hale", None),
    Team("east", "East", "company"),
    Team("west", "West", "company"),
    Team("partners", "Partners", "company"),
)


def _story_seats(change: int) -> tuple[Seat, ...]:
    return (
        Seat("dana", "Dana Whitlock", "director", "company", "director"),
        Seat("ines", "Inês Carvalho", "operations", "company", "operations"),
        Seat("arthur", "Arthur Bello", "finance", "company", "finance"),
        Seat("meilin", "Mei-Lin Zhou", "department_head", "company", "marketing"),
        Seat("priya", "Priya Raman", "manager", "east", "east-manager"),
        Seat("marcus", "Marcus Oyelaran", "manager", "west", "west-manager"),
        Seat("rita", "Rita Moreno", "rep", "east", "east-1"),
        Seat("kofi", "Kofi Mensah", "rep", "east", "east-2"),
        Seat("bruno", "Bruno Keller", "rep", "east", "east-4", None, change),
        Seat("hana", "Hana Novák", "rep", "west", None, None, change),
        Seat("hana", "Hana Novák", "rep", "east", None, change, None),
        Seat("lena", "Lena Fischer", "rep", "west", "west-1"),
        Seat("owen", "Owen Gallagher", "rep", "west", "west-2", part_time=0.8),
        Seat("yuki", "Yuki Tanaka", "rep", "west", "west-3"),
        Seat("toma", "Toma Lindqvist", "manager", "partners", "partners-manager", country="GB"),
        Seat("toma", "Toma Lindqvist", "rep", "partners", "partners-1", country="GB"),
    )


def _story_sellers(change: int) -> tuple[Seller, ...]:
    return (
        Seller("rita", 0.5),
        Seller("kofi", 1.9),
        Seller("bruno", 0.9, gone_on=change),
        Seller("hana", 1.0),
        Seller("lena", 1.0),
        Seller("owen", 1.0, part_time=0.8),
        Seller("yuki", 0.9),
        Seller("toma", 0.5, country="GB"),
    )


def _story_books(change: int) -> tuple[Book, ...]:
    return (
        Book("new-england", "new-england", "New England", "rita", 0.12, 0.62, 0.195),
        Book("mid-atlantic", "mid-atlantic", "Mid-Atlantic", "kofi", 0.19, 0.22, 0.1),
        Book("gulf", "gulf", "Gulf", "bruno", 0.13, 0.42, 0.15, "hana", change),
        Book("great-lakes", "great-lakes", "Great Lakes", "lena", 0.19, 0.42, 0.17, is_drying=True),
        Book("mountain", "mountain", "Mountain", "hana", 0.12, 0.42, 0.11, "owen", change, has_slip=True),
        Book("pacific", "pacific", "Pacific", "yuki", 0.13, 0.48, 0.16, is_sandbagged=True),
        # Owen's named accounts lie in Yuki's territory: here holder and owner disagree, as they do in life.
        Book("named", "pacific", "Pacific", "owen", 0.06, 0.42, 0.05),
        Book("overseas", None, "", "toma", 0.06, 0.45, 0.055, country="GB"),
    )


def _story_quotas(change: int) -> tuple[Quota, ...]:
    return (
        Quota("person", "rita", "east", 170),
        Quota("person", "kofi", "east", 130),
        Quota("person", "bruno", "east", 150, effective_to=change),
        Quota("person", "hana", "west", 140, effective_to=change),
        Quota("person", "hana", "east", 150, effective_from=change),
        Quota("position", "east-4", "east", 60, effective_from=change),
        Quota("person", "lena", "west", 180),
        Quota("person", "owen", "west", 70, effective_to=change),
        Quota("person", "owen", "west", 140, effective_from=change),
        Quota("person", "yuki", "west", 130),
        Quota("person", "toma", "partners", 50),
    )


_FIRST: Final = (
    "Ada", "Amara", "Anders", "Ayesha", "Bao", "Bea", "Carlos", "Chidi", "Dario", "Elif", "Emeka", "Farah", "Freya",
    "Giulia", "Hugo", "Imani", "Ivo", "Jae", "Joana", "Kaito", "Leila", "Lucía", "Malik", "Marta", "Nadia", "Nils",
    "Oskar", "Pilar", "Quinn", "Rafael", "Rosa", "Sana", "Sven", "Tariq", "Uma", "Viktor", "Wanda", "Xavi", "Yara", "Zofia",
)  # fmt: skip
_LAST: Final = (
    "Abara", "Almeida", "Bakker", "Banerjee", "Castillo", "Chen", "Dahl", "Diallo", "Eriksen", "Farouk", "García", "Haas",
    "Ibrahim", "Jensen", "Kaya", "Kim", "Lambert", "Levy", "Marino", "Mbeki", "Nakamura", "Nguyen", "Okafor", "Osei",
    "Park", "Pereira", "Quispe", "Rossi", "Sato", "Schmid", "Singh", "Torres", "Ueda", "Vance", "Wójcik", "Yilmaz", "Zanetti",
)  # fmt: skip
_TEAM_SIZE, _TEAMS_PER_REGION = 8, 6


def crowd_cast(n_reps: int) -> Cast:
    """Generated colleagues of the same company: regions of six teams, teams of eight reps, a manager for each."""
    n_teams = -(-n_reps // _TEAM_SIZE)
    team_of = [f"team-{at // _TEAM_SIZE + 1:03}" for at in range(n_reps)]
    regions = [f"region-{at // _TEAMS_PER_REGION + 1:02}" for at in range(n_teams)]
    people = [f"p{at + 1:04}" for at in range(n_reps)]
    teams = [Team(code, code.replace("-", " ").title(), "company") for code in dict.fromkeys(regions)]
    teams += [Team(f"team-{at + 1:03}", f"Team {at + 1}", region) for at, region in enumerate(regions)]
    seats = [_manager(at, team.team) for at, team in enumerate(teams)]
    seats += [
        Seat(code, _name(at), "rep", team_of[at], f"{team_of[at]}-{at % _TEAM_SIZE + 1}")
        for at, code in enumerate(people)
    ]
    return Cast(
        "crowd",
        tuple(teams),
        tuple(seats),
        tuple(Seller(code, 0.7 + 0.1 * (at % 7)) for at, code in enumerate(people)),
        tuple(_crowd_book(at, code, n_reps) for at, code in enumerate(people)),
        tuple(Quota("person", code, team_of[at], 100) for at, code in enumerate(people)),
        15,
    )


def _crowd_book(at: int, person: str, n_reps: int) -> Book:
    return Book(
        f"x{at + 1:04}",
        f"x{at + 1:04}",
        f"District {at + 1}",
        person,
        1 / n_reps,
        0.34 + 0.02 * (at % 8),
        0.7 + 0.1 * (at % 7),
    )


def _manager(at: int, team: str) -> Seat:
    return Seat(f"m{at + 1:03}", _name(at + 17), "manager", team, f"{team}-manager")


def _name(at: int) -> str:
    return f"{_FIRST[at % len(_FIRST)]} {_LAST[(at * 7 + at // len(_FIRST)) % len(_LAST)]}"


def chain(teams: tuple[Team, ...], team: str) -> list[str]:
    """The team and all teams above it.

    >>> chain(_STORY_TEAMS, "east")
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
