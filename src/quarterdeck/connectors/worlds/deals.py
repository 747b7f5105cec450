"""Deals on paper: the history of each and how it stands, from drafts.

opportunity  effective_from  stage        forecast_category  amount      close_on
d-00311      2024-06-03      Qualify      pipeline           52,000.00   2024-08-31
d-00311      2024-07-02      Demo         best_case          52,000.00   2024-08-31
d-00311      2024-08-30      Proposal     best_case          48,350.00   2024-09-30   pushed by a month
d-00311      2024-09-20      Won          closed             48,350.00   2024-09-20
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from quarterdeck.connectors.worlds.accounts import account_codes, account_names
from quarterdeck.connectors.worlds.cast import PRICE_CUT_COMPETITOR, PRICE_CUT_SEGMENT, PRODUCTS, SEGMENTS
from quarterdeck.connectors.worlds.days import months
from quarterdeck.connectors.worlds.tables import codes, framed, picked

if TYPE_CHECKING:
    from quarterdeck.connectors.worlds.cast import Cast
    from quarterdeck.connectors.worlds.days import Floats, Ints, Window
    from quarterdeck.connectors.worlds.drafts import Drafts
    from quarterdeck.connectors.worlds.rates import Rates

STAGES: Final = ("Qualify", "Discover", "Demo", "Proposal", "Negotiation", "Won", "Lost")
OPEN_STAGES: Final = 5
BEGINS_AT: Final = (0.0, 0.18, 0.38, 0.60, 0.82, 1.0)
"""When a stage usually begins, as a share of the whole way to a win."""
DEMO, PROPOSAL, NEGOTIATION, WON, LOST = 2, 3, 4, 5, 6
_CATEGORIES: Final = ("pipeline", "best_case", "commit", "closed", "omitted")
_MOST_PUSHES: Final = 14
N_NEGLECTED: Final = 4
"""Due deals that nobody pushed in the last 45 days, a tenth where there are many: they are overdue."""


@dataclass(frozen=True)
class Deals:
    """Both frames, and per deal what orders and activities need."""

    opportunities: pl.DataFrame
    history: pl.DataFrame
    drafts: Drafts
    code: pl.Series
    currency: Ints
    minor: Ints
    """Worth in whole minor units of the deal's currency."""


def deals(rng: np.random.Generator, cast: Cast, window: Window, found: Drafts, rates: Rates) -> Deals:
    """History and present state of each draft, seen from the window's last day."""
    n = len(found)
    code = codes("d-" if cast.name == "story" else "xd-", n)
    currency = rates.currencies(found.account, np.array([book.country != "US" for book in cast.books])[found.book])
    minor = rates.minor(found.worth, currency, found.closed)
    states = _states(rng, cast, window, found)
    guess = np.where(found.is_slip, 1.0, rng.uniform(0.75, 1.35, n))
    early = (np.round(minor * guess / 100_000) * 100_000).astype(np.int64)
    moods = rng.random(n)
    states = states.with_columns(
        amount=pl.Series(
            np.where(states["stage"].to_numpy() >= PROPOSAL, minor[states["deal"]], early[states["deal"]])
        ),
        category=pl.Series(_categories(states, cast, found, moods)),
    )
    history = _history(states, cast, code, currency)
    last = states.group_by("deal", maintain_order=True).last()
    present = _opportunities(cast, window, found, last, (code, currency)).with_columns(
        *_losses(rng, window, found, last)
    )
    return Deals(present, history, found, code, currency, minor)


def _states(rng: np.random.Generator, cast: Cast, window: Window, found: Drafts) -> pl.DataFrame:
    """One row per deal and day on which its stage, expected close or owner changed: deal, day, stage, close, owner."""
    events = [*_stage_events(rng, window, found), *_close_events(rng, window, found), _handovers(cast, window, found)]
    many = pl.concat(events, how="diagonal").sort("deal", "day", maintain_order=True)
    filled = many.with_columns(pl.col("stage", "close").forward_fill().over("deal"))
    one_a_day = filled.unique(["deal", "day"], keep="last", maintain_order=True)
    owner = cast.owners(found.book[one_a_day["deal"]], one_a_day["day"].to_numpy())
    return one_a_day.with_columns(owner=pl.Series(owner))


def _events(deal: Ints, day: Ints, **values: Ints) -> pl.DataFrame:
    return pl.DataFrame({"deal": deal, "day": day, **values})


def _stage_events(rng: np.random.Generator, window: Window, found: Drafts) -> list[pl.DataFrame]:
    """When each stage began, and when the deal was won or lost."""
    begins = np.tile(np.array(BEGINS_AT), (len(found), 1))
    begins[:, 1:OPEN_STAGES] += rng.uniform(-0.06, 0.06, (len(found), OPEN_STAGES - 1))
    begins[found.is_slip] = (0.0, 0.08, 0.16, 0.25, 0.36, 1.0)
    end = begins[np.arange(len(found)), found.reach + 1]
    events = []
    for stage in range(OPEN_STAGES):
        day = found.opened + ((found.closed - found.opened) * begins[:, stage] / end).astype(np.int64)
        seen = np.flatnonzero((stage <= found.reach) & (day < found.closed) & (day <= window.today))
        events.append(_events(seen, window.rolled(day)[seen].clip(found.opened[seen]), stage=np.full(len(seen), stage)))
    over = np.flatnonzero(found.closed <= window.today)
    events.append(
        _events(over, found.closed[over], stage=np.where(found.is_won[over], WON, LOST), close=found.closed[over])
    )
    return events


def _close_events(rng: np.random.Generator, window: Window, found: Drafts) -> list[pl.DataFrame]:
    """The first expected close, a month's end, and each push to the next month's end when that passes."""
    way = np.where(found.is_slip, 75, (found.closed - found.opened) * rng.uniform(0.4, 1.1, len(found)))
    month = months(found.opened + way.astype(np.int64))
    is_due = (window.month_ends(month) < window.today) & (found.closed > window.today) & ~found.is_slip
    is_neglected = np.zeros(len(found), dtype=bool)
    is_neglected[rng.permutation(np.flatnonzero(is_due))[: max(N_NEGLECTED, int(is_due.sum()) // 10)]] = True
    events = [_events(np.arange(len(found)), found.opened, close=window.month_ends(month))]
    for push in range(_MOST_PUSHES):
        day = window.rolled(window.month_ends(month + push)).clip(found.opened)
        seen = (day < found.closed) & (day <= window.today) & ~(is_neglected & (day > window.today - 45))
        rows = np.flatnonzero(seen)
        events.append(_events(rows, day[rows], close=window.month_ends(month + push + 1)[rows]))
    return events


def _handovers(cast: Cast, window: Window, found: Drafts) -> pl.DataFrame:
    """The day on which a deal changed hands with its book."""
    day = np.array([book.handed_on for book in cast.books])[found.book]
    rows = np.flatnonzero((found.opened < day) & (day < found.closed) & (day <= window.today))
    return _events(rows, day[rows])


def _categories(states: pl.DataFrame, cast: Cast, found: Drafts, moods: Floats) -> Ints:
    """What the owner promises: by stage and mood; the sandbagger promises little, the slip's owner commits early."""
    deal, stage = states["deal"].to_numpy(), states["stage"].to_numpy()
    mood = moods[deal]
    usual = np.select(
        [stage < DEMO, stage == DEMO, stage == PROPOSAL, stage == NEGOTIATION, stage == WON],
        [0, np.where(mood < 0.3, 1, 0), 1, np.where(mood < 0.85, 2, 1), 3],  # noqa: PLR2004  shares of optimists
        default=4,
    )
    shy = np.where((stage == NEGOTIATION) & (mood < 0.3), 1, 0)  # noqa: PLR2004  likewise
    usual = np.where((found.book[deal] == cast.book_of(is_sandbagged=True)) & (stage < OPEN_STAGES), shy, usual)
    return np.where(found.is_slip[deal] & (stage >= PROPOSAL), 2, usual)


def _history(states: pl.DataFrame, cast: Cast, code: pl.Series, currency: Ints) -> pl.DataFrame:
    deal, stage = states["deal"].to_numpy(), states["stage"].to_numpy()
    return framed(
        "opportunity_history",
        len(states),
        opportunity=code.gather(deal),
        effective_from=states["day"],
        stage=picked(STAGES, stage),
        stage_kind=picked(("open",) * OPEN_STAGES + ("won", "lost"), stage),
        forecast_category=picked(_CATEGORIES, states["category"].to_numpy()),
        amount=states["amount"],
        currency=picked(("USD", "EUR", "GBP"), currency[deal]),
        owner=picked([seller.person for seller in cast.sellers], states["owner"].to_numpy()),
        close_on=states["close"],
    )


_RIVALS: Final = ("", PRICE_CUT_COMPETITOR, "Stoneferry", "Pallwick")
_REASONS: Final = ("", "price", "timing", "no budget", "no decision", "product fit")


def _opportunities(
    cast: Cast, window: Window, found: Drafts, last: pl.DataFrame, keys: tuple[pl.Series, Ints]
) -> pl.DataFrame:
    code, currency = keys
    stage = last["stage"].to_numpy()
    is_over = found.closed <= window.today
    return framed(
        "opportunities",
        len(found),
        opportunity=code,
        name=picked([row[1] for row in PRODUCTS], found.product) + " for " + account_names(found.account, cast),
        owner=picked([seller.person for seller in cast.sellers], last["owner"].to_numpy()),
        account=account_codes(found.account, cast),
        product=picked([row[0] for row in PRODUCTS], found.product),
        stage=picked(STAGES, stage),
        stage_kind=picked(("open",) * OPEN_STAGES + ("won", "lost"), stage),
        forecast_category=picked(_CATEGORIES, last["category"].to_numpy()),
        amount=last["amount"],
        currency=picked(("USD", "EUR", "GBP"), currency),
        opened_on=found.opened,
        close_on=last["close"],
        closed_on=pl.Series(found.closed).set(pl.Series(~is_over), None),
    )


def _losses(rng: np.random.Generator, window: Window, found: Drafts, last: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """Who else was in it, and why it was lost; after the price cut, its segment is lost to it on price."""
    n = len(found)
    is_lost = last["stage"].to_numpy() == LOST
    rival = np.where(rng.random(n) < 0.3, rng.integers(1, len(_RIVALS), n), 0)  # noqa: PLR2004  the usual share
    reason = np.where(is_lost, rng.integers(1, len(_REASONS), n), 0)
    is_cut = (found.segment == SEGMENTS.index(PRICE_CUT_SEGMENT)) & (found.closed >= window.price_cut)
    rivals = picked(_RIVALS, np.where(is_cut, 1, rival), empty="")
    reasons = picked(_REASONS, np.where(is_cut & is_lost, 1, reason), empty="")
    return rivals.alias("competitor"), reasons.alias("loss_reason")
