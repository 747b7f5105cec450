"""Orders, payments and returns from won deals; each splits exactly.

deal d-00311, 48,350.00   ->  booking d-00311-1  mast-20    38,680.00   paid in two parts of 19,340.00
                              booking d-00311-2  ridge-bay   9,670.00   paid at once
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from quarterdeck.connectors.worlds.accounts import account_codes
from quarterdeck.connectors.worlds.cast import PRODUCTS
from quarterdeck.connectors.worlds.rates import CURRENCIES
from quarterdeck.connectors.worlds.tables import framed, picked

if TYPE_CHECKING:
    from quarterdeck.connectors.worlds.cast import Cast
    from quarterdeck.connectors.worlds.days import Ints, Window
    from quarterdeck.connectors.worlds.deals import Deals

_PRICES = np.array([row[3] for row in PRODUCTS]) * 100


def orders(rng: np.random.Generator, cast: Cast, window: Window, made: Deals) -> dict[str, pl.DataFrame]:
    """Bookings, payments and returns of every deal won by today, in order of the day."""
    found = made.drafts
    won = np.flatnonzero(found.is_won & (found.closed <= window.today))
    n_lines = rng.choice(3, len(won), p=[0.55, 0.3, 0.15]) + 1
    deal, line, amount = split(rng, made.minor[won], n_lines)
    deal = won[deal]
    product = np.where(line == 0, found.product[deal], rng.integers(0, len(PRODUCTS), len(deal)))
    booking = made.code.gather(deal) + pl.Series([f"-{at + 1}" for at in line.tolist()], dtype=pl.String)
    person = picked([seller.person for seller in cast.sellers], cast.owners(found.book[deal], found.closed[deal]))
    is_unsigned = rng.random(len(deal)) < 0.02  # noqa: PLR2004  a few are read off their deal
    currency = picked(CURRENCIES, made.currency[deal])
    bookings = framed(
        "bookings",
        len(deal),
        booking=booking,
        kind=["order"] * len(deal),
        person=person.set(pl.Series(is_unsigned), None),
        account=account_codes(found.account[deal], cast),
        product=picked([row[0] for row in PRODUCTS], product),
        opportunity=made.code.gather(deal),
        booked_on=found.closed[deal],
        amount=amount,
        currency=currency,
        quantity=np.maximum(1, (amount + _PRICES[product] // 2) // _PRICES[product]),
    )
    lines = (booking, amount, found.closed[deal], currency)
    return {"bookings": bookings, "payments": _payments(rng, window, lines), "returns": _returns(rng, window, lines)}


def split(rng: np.random.Generator, totals: Ints, n_parts: Ints) -> tuple[Ints, Ints, Ints]:
    """Row of the total, position of the part, and its amount: whole tens, the first part takes what is left.

    >>> _, _, amounts = split(np.random.default_rng(1), np.array([100_05, 70_00]), np.array([3, 1]))
    >>> int(amounts[:3].sum()), int(amounts[3])
    (10005, 7000)
    """
    row = np.repeat(np.arange(len(totals)), n_parts)
    position = np.arange(len(row)) - np.repeat(np.cumsum(n_parts) - n_parts, n_parts)
    share = rng.integers(10, 30, len(row)) / 100
    amount = np.where(position == 0, 0, (totals[row] * share / 1000).astype(np.int64) * 1000)
    rest = totals - np.bincount(row, weights=amount, minlength=len(totals)).astype(np.int64)
    return row, position, np.where(position == 0, rest[row], amount)


def _payments(rng: np.random.Generator, window: Window, lines: tuple[pl.Series, Ints, Ints, pl.Series]) -> pl.DataFrame:
    """One to three instalments a line, about a month apart, those that arrived by today."""
    booking, amount, booked, currency = lines
    row, position, paid = split(rng, amount, rng.choice(3, len(amount), p=[0.6, 0.25, 0.15]) + 1)
    on = window.rolled(booked[row] + 30 * (position + 1) + rng.integers(-5, 12, len(row)))
    there = np.flatnonzero((on <= window.today) & (paid > 0))
    order = there[np.lexsort((position[there], row[there], on[there]))]
    mark = pl.Series([f"-p{at + 1}" for at in position[order].tolist()], dtype=pl.String)
    key = booking.gather(row[order])
    return framed(
        "payments",
        len(order),
        payment=key + mark,
        booking=key,
        paid_on=on[order],
        amount=paid[order],
        currency=currency.gather(row[order]),
    )


def _returns(rng: np.random.Generator, window: Window, lines: tuple[pl.Series, Ints, Ints, pl.Series]) -> pl.DataFrame:
    """About one line in thirty comes back in part, weeks after the order."""
    booking, amount, booked, currency = lines
    on = window.rolled(booked + rng.integers(14, 70, len(booked)))
    rows = np.flatnonzero((rng.random(len(booked)) < 0.035) & (on <= window.today))  # noqa: PLR2004  the usual share
    rows = rows[np.argsort(on[rows], kind="stable")]
    back = (amount[rows] * rng.integers(1, 5, len(rows)) // 10 // 1000 + 1) * 1000
    key = booking.gather(rows)
    return framed(
        "returns",
        len(rows),
        booking=key,
        returned_on=on[rows],
        amount=np.minimum(back, amount[rows]),
        currency=currency.gather(rows),
        reason=picked(("damaged", "ordered twice", "wrong size"), rng.integers(0, 3, len(rows))),
        **{"return": key + pl.Series(["-r"] * len(rows), dtype=pl.String)},
    )
