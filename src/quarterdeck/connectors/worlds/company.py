"""The invented company, whole: a frame per template, for the demo, the docs, the tests and the benchmarks.

world(seed=7, ends_on=date(2026, 11, 24))["people"].head(2)

person  name           email              hat         team     position
dana    Dana Whitlock  dana@example.com   director    company  director
ines    Inês Carvalho  ines@example.com   operations  company  operations
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from quarterdeck.connectors.worlds.absence import absences
from quarterdeck.connectors.worlds.accounts import accounts
from quarterdeck.connectors.worlds.activities import activities, grid, n_person_days
from quarterdeck.connectors.worlds.cast import PRODUCTS, Seat, territory_rows
from quarterdeck.connectors.worlds.crowd import crowd_cast
from quarterdeck.connectors.worlds.days import Window, stream
from quarterdeck.connectors.worlds.deals import deals
from quarterdeck.connectors.worlds.drafts import STORY_BOOKINGS, drafts, story_size
from quarterdeck.connectors.worlds.orders import orders
from quarterdeck.connectors.worlds.potentials import account_potentials, market_potentials
from quarterdeck.connectors.worlds.rates import Rates, rates
from quarterdeck.connectors.worlds.story import story_cast
from quarterdeck.connectors.worlds.tables import framed
from quarterdeck.connectors.worlds.targets import targets
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.templates import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from quarterdeck.connectors.worlds.cast import Cast

ACTIVITIES_A_DAY = 6.0
"""What a usual seller does on a working day."""
FIRST_YEAR, LAST_YEAR = 1975, 2200


class LargeWorld(NamedTuple):
    """A world too large to hold: every template's frame but one, and the activities in chunks, to be read once."""

    frames: dict[str, pl.DataFrame]
    activities: Iterator[pl.DataFrame]


def world(*, seed: int, ends_on: dt.date, scale: int = 1) -> dict[str, pl.DataFrame]:
    """One frame per template, in the order of TEMPLATES: the story, and `scale - 1` companies' worth of colleagues.

    Facts run from January 1 two years before `ends_on` up to `ends_on`. The same arguments give the same bytes, and a
    larger scale holds every fact of a smaller one; only targets of the whole company grow. Raises Refusal for a scale
    below 1, a negative seed or a year out of range. Costs about a third of a second at scale 1.
    """
    _fits(seed, ends_on, scale, 1, "scale")
    window = Window(ends_on)
    sizes = ((scale - 1) * story_size(window), (scale - 1) * _own_activities(window))
    made, fx = _made(seed, window, (scale - 1) * 6, sizes)
    frames = _frames(made, fx) | {"activities": pl.concat([chunk for part in made for chunk in part.activities()])}
    return {name: frames[name] for name in TEMPLATES if name in frames}


def large_world(
    *, seed: int, ends_on: dt.date, n_reps: int = 500, n_deals: int = 200_000, n_activities: int = 5_000_000
) -> LargeWorld:
    """The story among `n_reps` sellers in regions of six teams; numbers are exact but for the deals of the story.

    Raises Refusal where fewer are asked for than the story alone has.
    """
    window = Window(ends_on)
    story = story_cast(window)
    _fits(seed, ends_on, n_reps, len(story.sellers), "n_reps")
    _fits(seed, ends_on, n_deals, story_size(window), "n_deals")
    _fits(seed, ends_on, n_activities, _own_activities(window), "n_activities")
    rest = (n_deals - story_size(window), n_activities - _own_activities(window))
    made, fx = _made(seed, window, n_reps - len(story.sellers), rest)
    whole = _frames(made, fx)
    frames = {name: whole[name] for name in TEMPLATES if name in whole and name != "activities"}
    return LargeWorld(frames, (chunk for part in made for chunk in part.activities()))


def _fits(seed: int, ends_on: dt.date, asked: int, least: int, name: str) -> None:
    if asked < least:
        raise Refusal(
            "The world was not made.",
            f"{name} is {asked}; the story alone needs {least}.",
            f"Ask for {least} or more.",
            "world_size",
        )
    if seed < 0 or not FIRST_YEAR <= ends_on.year <= LAST_YEAR:
        raise Refusal(
            "The world was not made.",
            f"Seed {seed} or day {ends_on} is out of range.",
            f"Take a seed from 0 up and a day from {FIRST_YEAR} to {LAST_YEAR}.",
            "world_range",
        )


class Part:
    """One cast with everything that happened to it; activities are made when asked for."""

    def __init__(self, seed: int, window: Window, cast: Cast, sizes: tuple[int, int], fx: Rates) -> None:
        """Make the deals, since everything else hangs on them."""
        self.seed, self.window, self.cast = seed, window, cast
        self.n_deals, self.n_activities = sizes
        self.away = absences(self._stream("away"), cast, window)
        found = drafts(self._stream("drafts"), cast, window, self.n_deals)
        self.deals = deals(self._stream("deals"), cast, window, found, fx)

    @property
    def base(self) -> float:
        """First-year bookings in whole USD."""
        return STORY_BOOKINGS * self.n_deals / story_size(self.window)

    def frames(self) -> dict[str, pl.DataFrame]:
        """Every template but those of the whole company (products, rates, targets) and the activities."""
        cast, window = self.cast, self.window
        return {
            "teams": _teams(cast),
            "people": _people(cast),
            "leave": self.away.frame(cast),
            "territories": _territories(cast),
            "accounts": accounts(cast, window),
            "potentials": account_potentials(cast, window, self.base),
            "opportunities": self.deals.opportunities,
            "opportunity_history": self.deals.history,
            **orders(self._stream("orders"), cast, window, self.deals),
        }

    def activities(self) -> Iterator[pl.DataFrame]:
        """Frames of activities, in order of the day."""
        rng = self._stream("acts")
        cells = grid(rng, self.cast, self.window, self.away, self.n_activities)
        return activities(rng, self.cast, self.deals, cells)

    def _stream(self, part: str) -> np.random.Generator:
        return stream(self.seed, self.cast.name, part)


def _made(seed: int, window: Window, n_crowd: int, crowd_sizes: tuple[int, int]) -> tuple[list[Part], Rates]:
    """The story, and the crowd where there is one."""
    fx = rates(stream(seed, "rates"), window)
    story = story_cast(window)
    own = (story_size(window), _own_activities(window))
    found = [Part(seed, window, story, own, fx)]
    if n_crowd:
        found.append(Part(seed, window, crowd_cast(n_crowd), crowd_sizes, fx))
    return found, fx


def _own_activities(window: Window) -> int:
    """How many activities the story has."""
    return round(ACTIVITIES_A_DAY * n_person_days(story_cast(window), window))


def _frames(made: list[Part], fx: Rates) -> dict[str, pl.DataFrame]:
    """Whole frames of every template but activities."""
    each = [part.frames() for part in made]
    whole = {name: pl.concat([frames[name] for frames in each]) for name in each[0]}
    plan = targets([(part.cast, part.base) for part in made], made[0].window)
    markets = market_potentials([(part.cast, part.base) for part in made], made[0].window)
    whole["potentials"] = pl.concat([whole["potentials"], markets])
    nobody_shares = framed("credit_splits", 0)
    return whole | {
        "products": _products(), "exchange_rates": fx.frame(), "targets": plan, "credit_splits": nobody_shares
    }  # fmt: skip


def _teams(cast: Cast) -> pl.DataFrame:
    code, name, parent = (list(column) for column in zip(*cast.teams, strict=True))
    return framed("teams", len(code), team=code, name=name, parent=parent)


def _people(cast: Cast) -> pl.DataFrame:
    columns = {name: [getattr(seat, name) for seat in cast.seats] for name in Seat._fields}
    days = {name: pl.Series(columns.pop(name), dtype=pl.Int64) for name in ("effective_from", "effective_to")}
    email = [f"{person}@example.com" for person in columns["person"]]
    return framed("people", len(email), **columns, **days, email=email)


def _territories(cast: Cast) -> pl.DataFrame:
    code, name, person, since, until = (list(column) for column in zip(*territory_rows(cast), strict=True))
    return framed(
        "territories", len(code), territory=code, name=name, person=person, effective_from=since, effective_to=until
    )


def _products() -> pl.DataFrame:
    code, name, family, price = (list(column) for column in list(zip(*PRODUCTS, strict=True))[:4])
    return framed(
        "products",
        len(code),
        product=code,
        name=name,
        family=family,
        list_price=[dollars * 100 for dollars in price],
        currency=["USD"] * len(code),
    )
