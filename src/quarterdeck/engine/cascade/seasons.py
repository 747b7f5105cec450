"""How a year spreads over its months, learned from past years.

    history        Jan 10, Feb 20, Mar 30 and nothing else known
    mean           20
    index          0.5, 1, 1.5; the nine unknown months 1; all made to sum to 12

Simple averages: each month's amount over the mean month of its year, averaged over years, then normalised. Source:
ratio-to-average method of seasonal indices (e.g. Croxton and Cowden, Applied General Statistics).
See docs/methods/seasonal-index.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import parts

if TYPE_CHECKING:
    import datetime as dt

    from quarterdeck.terms.tables import Frame

INDEX_DIGITS: Final = 6
"""Digits after the point of an index: enough to be exact to a unit in a million, few enough to be read."""


def normalised_indices(raw: Sequence[int | Fraction], total: int) -> list[Fraction]:
    """Indices in the proportions of `raw` that sum to `total` exactly, in millionths, by largest remainder.

    Raises Refusal when an index is below zero; indices that are all zero become even.

    >>> [float(index) for index in normalised_indices([Fraction("1.1575"), Fraction("1.2305"), Fraction("0.5925")], 3)]
    [1.165073, 1.238551, 0.596376]
    """
    if min(raw, default=0) < 0:
        why = f"A seasonal index is {min(raw)}."
        raise Refusal("The season was not normalised.", why, "Use indices of zero or more.", "goal_season")
    unit = 10**INDEX_DIGITS
    shares = parts(total * unit, raw if any(raw) else [1] * len(raw)) if raw else []
    return [Fraction(share, unit) for share in shares]


def seasonal_index(history: Frame, calendar: FiscalCalendar | None = None, *, n_months: int = 12) -> list[Fraction]:
    """One weight per fiscal month, summing to `n_months` exactly; flat when there is no history.

    `history`: one row per month or part of it (starts_on, amount in any one unit); rows of a month add up; leave out a
    month that is not over. Between the first and the last month named, a month without a row sold nothing; outside of
    them it is unknown and weighs 1. A year whose sum is not above zero says nothing. A mean below zero counts as zero.

    >>> import datetime as dt, narwhals as nw
    >>> rows = {"starts_on": [dt.date(2024, at, 1) for at in range(1, 13)], "amount": [1] * 6 + [3] * 6}
    >>> [str(weight) for weight in seasonal_index(nw.from_dict(rows, backend="polars"))][5:7]
    ['1/2', '3/2']
    """
    ratios: dict[int, list[Fraction]] = defaultdict(list)
    for months in _by_year(history, calendar or FiscalCalendar()).values():
        whole = sum(months.values())
        if whole > 0:
            for position, amount in months.items():
                ratios[position].append(Fraction(amount * len(months), whole))
    means = {position: sum(seen, Fraction()) / len(seen) for position, seen in ratios.items()}
    raw = [max(means.get(position, Fraction(1)), Fraction()) for position in range(n_months)]
    return normalised_indices(raw, n_months)


def _by_year(history: Frame, calendar: FiscalCalendar) -> dict[int, dict[int, int]]:
    """Amounts by fiscal year and month position; months without a row between the first and the last are zero."""
    amounts: dict[dt.date, int] = defaultdict(int)
    for day, amount in history.select("starts_on", "amount").drop_nulls().iter_rows():
        amounts[calendar.period_of(day, "month").starts_on] += int(amount)
    found: dict[int, dict[int, int]] = {}
    for year in range(calendar.year_of(min(amounts)), calendar.year_of(max(amounts)) + 1) if amounts else ():
        found[year] = {
            position: amounts.get(month.starts_on, 0)
            for position, month in enumerate(calendar.months(year))
            if min(amounts) <= month.starts_on <= max(amounts)
        }
    return found
