"""How much of a period has passed, in the working days of whoever carries the number.

    work_days   rita  2025-03-03  1.0         shares   rita  March  as of 2025-03-03   elapsed 1.0   left 2.0   total
    2.0
                rita  2025-03-04  1.0

A team's days are the sum of its people's days, each day counted for those who are in the team on it: when one of two
is on leave, half the team's working time passes. Today is elapsed (its facts are in) and left (there is still time to
act).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import narwhals as nw
import numpy as np

from quarterdeck.engine.metrics.holdings import Tree, holder_spans, holdings
from quarterdeck.engine.metrics.sums import day_column, days_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from quarterdeck.terms.period import Period
    from quarterdeck.terms.tables import Frame

_DAY: Final = dt.timedelta(days=1)
_UNITS: Final = 1_000_000
"""A share of a day is added up in millionths, so that the order of rows does not show in the last digit."""


def work_shares(  # noqa: PLR0913, PLR0917  each argument is a dimension of the question
    work_days: Frame, memberships: Frame, holders: Frame, periods: Sequence[Period], as_of: dt.date,
    tree: Tree = "then", *, spans: Frame | None = None,
) -> Frame:  # fmt: skip
    """One row per holder and period: holder_kind, holder_id, starts_on, ends_on, days_elapsed, days_left, days_total.

    `work_days` is WORK_DAYS over all the periods. Elapsed counts days up to and with `as_of`, left those from `as_of`
    on. Holders without working days have zeros. `spans`: the holder_spans of these holders, where they are known.
    500 people and a year take about 60 ms.

    >>> from quarterdeck.terms.period import Period
    >>> worked = nw.from_dict({"person_id": [7, 7], "day": [dt.date(2025, 3, 3), dt.date(2025, 3, 4)],
    ...     "share": [1.0, 0.5]}, backend="polars")
    >>> seats = nw.from_dict({"person_id": [7], "team_id": [1], "effective_from": [None], "effective_to": [None]},
    ...     backend="polars")
    >>> rita = nw.from_dict({"holder_kind": ["person"], "holder_id": [7]}, backend="polars")
    >>> march = Period(dt.date(2025, 3, 1), dt.date(2025, 4, 1))
    >>> work_shares(worked, seats, rita, [march], dt.date(2025, 3, 3)).rows()[0][-3:]
    (1.0, 1.5, 1.5)
    """
    rows = work_days.with_row_index("at")
    known = holder_spans(memberships, holders, as_of, tree) if spans is None else spans
    pairs = holdings(rows.select("at", "person_id"), known)
    row, holder = (pairs[name].to_numpy().astype(np.int64) for name in ("at", "holder_at"))
    day = day_column(rows, "day")[row]
    is_in = (day_column(pairs, "from_on") <= day) & (day < day_column(pairs, "to_on"))
    units = np.rint(rows["share"].to_numpy() * _UNITS).astype(np.int64)
    cuts = [
        (start, end, min(max(as_of + _DAY, start), end), min(max(as_of, start), end))
        for start, end in ((period.starts_on, period.ends_on) for period in periods)
    ]
    edges = days_array(sorted({edge for cut in cuts for edge in cut}))
    running = np.zeros((len(holders), len(edges) + 1), dtype=np.int64)
    np.add.at(running, (holder[is_in], np.searchsorted(edges, day[is_in], side="right")), units[row[is_in]])
    np.cumsum(running, axis=1, out=running)
    start, end, after, today = (np.searchsorted(edges, days_array(side)) for side in _sides(cuts))
    sums = {
        "days_elapsed": running[:, after] - running[:, start],
        "days_left": running[:, end] - running[:, today],
        "days_total": running[:, end] - running[:, start],
    }
    return _frame(holders, periods, sums)


def _sides(cuts: Sequence[tuple[dt.date, ...]]) -> list[tuple[dt.date, ...]]:
    return list(zip(*cuts, strict=True)) if cuts else [()] * 4


def _frame(holders: Frame, periods: Sequence[Period], sums: dict[str, npt.NDArray[np.int64]]) -> Frame:
    holder = np.repeat(np.arange(len(holders)), len(periods))
    days = {"starts_on": [part.starts_on for part in periods], "ends_on": [part.ends_on for part in periods]}
    columns = {
        "holder_kind": holders["holder_kind"][holder].to_native(),  # as it is: no Arrow between
        "holder_id": holders["holder_id"][holder].to_native(),
        **{name: np.tile(days_array(edge), len(holders)) for name, edge in days.items()},
        **{name: units.ravel() / _UNITS for name, units in sums.items()},
    }
    return nw.from_dict(columns, backend=holders.implementation).with_columns(
        nw.col("starts_on", "ends_on").cast(nw.Date)
    )
