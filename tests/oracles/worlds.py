"""Small random companies, seeded: every fact that a metric reads, with the odd things that happen to real ones.

People move between teams and teams between parents; deals are handed over, revalued, reopened and won again; some
have no amount, no day or no owner. Frames are made here without the engine, so that SQL over them is a second opinion.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

EPOCH = dt.date(2025, 1, 1)
N_DAYS = 120
KINDS = ("call", "email", "meeting", "demo", "proposal", "other")
STAGES = {"Qualify": "open", "Proposal": "open", "Won": "won", "Lost": "lost"}


@dataclass(frozen=True)
class World:
    """Polars frames in the shapes of terms.frames."""

    states: pl.DataFrame
    activities: pl.DataFrame
    bookings: pl.DataFrame
    returns: pl.DataFrame
    payments: pl.DataFrame
    seats: pl.DataFrame
    teams: pl.DataFrame


def world(seed: int, *, n_people: int = 5, n_deals: int = 12, n_rows: int = 30) -> World:
    rng = np.random.default_rng(seed)
    return World(
        states=_states(rng, n_people, n_deals),
        activities=_activities(rng, n_people, n_rows),
        bookings=_money(rng, n_people, n_rows, "booking_id", "booked_on"),
        returns=_money(rng, n_people, n_rows // 3, "return_id", "returned_on"),
        payments=_money(rng, n_people, n_rows // 2, "payment_id", "paid_on"),
        seats=_seats(rng, n_people),
        teams=_teams(rng),
    )


def day(offset: int) -> dt.date:
    return EPOCH + dt.timedelta(days=int(offset))


def _maybe(rng: np.random.Generator, value: int, share: float = 0.1) -> int | None:
    return None if rng.random() < share else int(value)


def _states(rng: np.random.Generator, n_people: int, n_deals: int) -> pl.DataFrame:
    rows = []
    for deal in range(n_deals):
        n_states = int(rng.integers(1, 7))
        offsets = sorted(rng.choice(N_DAYS, n_states, replace=False))
        is_undated, knows_opening = rng.random() < 0.1, rng.random() < 0.8
        nouns = {"account_id": _maybe(rng, rng.integers(4)), "product_id": int(rng.integers(3)),
            "segment_id": _maybe(rng, rng.integers(2))}  # fmt: skip
        for at, offset in enumerate(offsets[:1] if is_undated else offsets):
            stage = str(rng.choice(list(STAGES)[:2] if at == 0 else list(STAGES)))
            is_last = at == n_states - 1 or is_undated
            rows.append({
                "opportunity_id": deal, "effective_from": None if is_undated else day(offset),
                "effective_to": None if is_last else day(offsets[at + 1]), "stage": stage, "stage_kind": STAGES[stage],
                "forecast_category": None, "person_id": _maybe(rng, rng.integers(n_people)), **nouns,
                "amount_minor": _maybe(rng, rng.integers(0, 1000)), "close_on": None,
                "opened_on": day(offsets[0]) if knows_opening and not is_undated else None,
            })  # fmt: skip
    schema = {"effective_from": pl.Date, "effective_to": pl.Date, "forecast_category": pl.String, "close_on": pl.Date,
        "opened_on": pl.Date, "account_id": pl.Int64, "segment_id": pl.Int64, "person_id": pl.Int64,
        "amount_minor": pl.Int64}  # fmt: skip
    return pl.DataFrame(rows, schema_overrides=schema).sample(fraction=1.0, shuffle=True, seed=1)


def _activities(rng: np.random.Generator, n_people: int, n_rows: int) -> pl.DataFrame:
    rows = [
        {"activity_id": at, "person_id": int(rng.integers(n_people)), "kind": str(rng.choice(KINDS)),
            "happened_on": day(rng.integers(N_DAYS)), "minutes": _maybe(rng, rng.integers(1, 60))}
        for at in range(n_rows)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"minutes": pl.Int64})


def _money(rng: np.random.Generator, n_people: int, n_rows: int, key: str, on: str) -> pl.DataFrame:
    rows = [
        {key: at, "person_id": _maybe(rng, rng.integers(n_people)), on: day(rng.integers(N_DAYS)),
            "account_id": _maybe(rng, rng.integers(6)), "product_id": int(rng.integers(3)),
            "segment_id": _maybe(rng, rng.integers(2)), "amount_minor": int(rng.integers(-50, 1000))}
        for at in range(n_rows)
    ]  # fmt: skip
    ids = dict.fromkeys(("person_id", "account_id", "segment_id"), pl.Int64)
    return pl.DataFrame(rows, schema_overrides=ids)


def _seats(rng: np.random.Generator, n_people: int) -> pl.DataFrame:
    """Each person sits in one team until a day, and in another from it; some hold a second seat all along."""
    rows = []
    for person in range(n_people):
        moves_on = day(rng.integers(10, N_DAYS))
        first, second = (int(team) for team in rng.integers(1, 5, 2))
        rows += [(person, first, None, moves_on), (person, second, moves_on, None)]
        if rng.random() < 0.3:
            rows.append((person, int(rng.integers(1, 5)), None, None))
    frame = pl.DataFrame(rows, schema={"person_id": pl.Int64, "team_id": pl.Int64, "effective_from": pl.Date,
        "effective_to": pl.Date}, orient="row")  # fmt: skip
    return frame.with_columns(hat=pl.lit("rep")).with_row_index("position_id")


def _teams(rng: np.random.Generator) -> pl.DataFrame:
    """Team 0 is the company; 1 and 2 hang under it, 3 under 1; 4 moves from 1 to 2."""
    moves_on = day(rng.integers(10, N_DAYS))
    rows = [(0, None, None, None), (1, 0, None, None), (2, 0, None, None), (3, 1, None, None),
        (4, 1, None, moves_on), (4, 2, moves_on, None)]  # fmt: skip
    schema = {"team_id": pl.Int64, "parent_id": pl.Int64, "effective_from": pl.Date, "effective_to": pl.Date}
    return pl.DataFrame(rows, schema=schema, orient="row")
