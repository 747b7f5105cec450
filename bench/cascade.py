"""A goal down to 5,000 people x 12 months with derivations, against a float spread without exactness or reasons.

Bound: under 0.5 s of CPU.
"""

from __future__ import annotations

import datetime as dt

import narwhals as nw
import numpy as np
import polars as pl

from measure import cpu_seconds, told
from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.cascade.cells import cells

N_PEOPLE, GOAL = 5_000, 987_654_321_09


def nodes() -> nw.DataFrame[pl.DataFrame]:
    """A company, 25 regions, 625 teams, 5,000 people with random histories."""
    rng = np.random.default_rng(7)
    rows: list[tuple[str, str | None, int | None]] = [("team:0", None, None)]
    rows += [(f"team:{region}", "team:0", None) for region in range(1, 26)]
    rows += [(f"team:{100 + team}", f"team:{1 + team % 25}", None) for team in range(625)]
    weights = rng.integers(0, 10**9, N_PEOPLE)
    rows += [(f"person:{at}", f"team:{100 + at % 625}", int(weights[at])) for at in range(N_PEOPLE)]
    frame = pl.DataFrame(rows, schema={"node_id": pl.String, "parent_id": pl.String, "weight": pl.Int64}, orient="row")
    return nw.from_native(frame, eager_only=True)


def by_floats(weights: np.ndarray, season: np.ndarray) -> np.ndarray:
    """What a spreadsheet does: shares of shares, rounded at the end, summing to something near the goal."""
    return np.rint(GOAL * np.outer(weights / weights.sum(), season / season.sum()))


def main() -> None:
    """Print the line."""
    tree, months, season = nodes(), FiscalCalendar().months(2026), [8, 7, 9, 8, 8, 9, 7, 5, 9, 9, 9, 12]
    ours, found = cpu_seconds(lambda: cells(GOAL, tree, months, season, basis="history"))
    weights = tree["weight"].drop_nulls().to_numpy().astype(float)
    theirs, spread = cpu_seconds(lambda: by_floats(weights, np.array(season, dtype=float)))
    people = found.filter(nw.col("node_id").str.starts_with("person:"))
    assert len(people) == N_PEOPLE * 12
    assert people["amount"].sum() == GOAL
    off = int(abs(spread.sum() - GOAL))
    told("cascade, 5,000 people x 12 months", f"{ours:.3f} s CPU", f"{theirs * 1000:.1f} ms floats", ours / theirs,
         bound=f"bound 0.5 s; the floats are off by {off} cents")  # fmt: skip
    assert dt.date(2026, 1, 1) in months[0]


if __name__ == "__main__":
    main()
