"""Harbour & Hale, which sells warehouse equipment: the few people everybody meets in the demo, the docs and the tests.

person  hat      team      what to know
rita    rep      east      little activity, wins most of what she touches
kofi    rep      east      the most activity, wins a fifth
hana    rep      east      in the West until June of last year
yuki    rep      west      promises little, wins on the quarter's last days
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from quarterdeck.connectors.worlds.cast import ACCOUNTS_A_BOOK, Book, Cast, Quota, Seat, Seller, Team

if TYPE_CHECKING:
    from quarterdeck.connectors.worlds.days import Window

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
        name="story",
        teams=_STORY_TEAMS,
        seats=_story_seats(change),
        sellers=_story_sellers(change),
        books=_story_books(change),
        quotas=_story_quotas(change),
        n_accounts=ACCOUNTS_A_BOOK,
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
