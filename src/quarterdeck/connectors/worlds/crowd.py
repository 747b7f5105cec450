"""Colleagues in any number, around the story: regions of six teams, teams of eight reps, a manager for each.

person  name             hat      team       position
m001    Zofia Rossi      manager  region-01  region-01-manager
p0001   Ada Abara        rep      team-001   team-001-1
"""

from __future__ import annotations

from typing import Final

from quarterdeck.connectors.worlds.cast import ACCOUNTS_A_BOOK, Book, Cast, Quota, Seat, Seller, Team

_FIRST: Final = (
    "Ada", "Amara", "Anders", "Ayesha", "Bao", "Bea", "Carlos", "Chidi", "Dario", "Elif", "Emeka", "Farah", "Freya",
    "Giulia", "Hugo", "Imani", "Ivo", "Jae", "Joana", "Kaito", "Leila", "Lucía", "Malik", "Marta", "Nadia", "Nils",
    "Oskar", "Pilar", "Quinn", "Rafael", "Rosa", "Sana", "Sven", "Tariq", "Uma", "Viktor", "Wanda", "Xavi", "Yara",
    "Zofia",
)  # fmt: skip
_LAST: Final = (
    "Abara", "Almeida", "Bakker", "Banerjee", "Castillo", "Chen", "Dahl", "Diallo", "Eriksen", "Farouk",
    "García", "Haas", "Ibrahim", "Jensen", "Kaya", "Kim", "Lambert", "Levy", "Marino", "Mbeki", "Nakamura",
    "Nguyen", "Okafor", "Osei", "Park", "Pereira", "Quispe", "Rossi", "Sato", "Schmid", "Singh", "Torres",
    "Ueda", "Vance", "Wójcik", "Yilmaz", "Zanetti",
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
    return Cast(
        name="crowd",
        teams=tuple(teams),
        seats=(*seats, *(_rep(at, code, team_of[at]) for at, code in enumerate(people))),
        sellers=tuple(Seller(code, 0.7 + 0.1 * (at % 7)) for at, code in enumerate(people)),
        books=tuple(_crowd_book(at, code, n_reps) for at, code in enumerate(people)),
        quotas=tuple(Quota("person", code, team_of[at], 100) for at, code in enumerate(people)),
        n_accounts=ACCOUNTS_A_BOOK,
    )


def _rep(at: int, person: str, team: str) -> Seat:
    return Seat(person, _name(at), "rep", team, f"{team}-{at % _TEAM_SIZE + 1}")


def _crowd_book(at: int, person: str, n_reps: int) -> Book:
    code, rate, takes = f"x{at + 1:04}", 0.34 + 0.02 * (at % 8), 0.7 + 0.1 * (at % 7)
    return Book(code, code, f"District {at + 1}", person, 1 / n_reps, rate, takes)


def _manager(at: int, team: str) -> Seat:
    return Seat(f"m{at + 1:03}", _name(-1 - at), "manager", team, f"{team}-manager")


def _name(at: int) -> str:
    """A name of its own for each of 1,480 people; managers count from the other end."""
    at %= len(_FIRST) * len(_LAST)
    return f"{_FIRST[at % len(_FIRST)]} {_LAST[(at * 7 + at // len(_FIRST)) % len(_LAST)]}"
