"""Commissions as expense over the time they serve: costs to obtain a contract, straight line, and the asset's schedule.

    3,000.00 of March, 60 months                 ->   50.00 in March and in each of the 59 months after it
    -600.00 of March, posted in May              ->   additions -600.00 in May; May expenses 10.00 less for March, April
                                                      and itself, and so do the months after it by 10.00 each
    month   opening     additions   amortised    closing
    March       0.00     3,000.00       50.00   2,950.00
    April   2,950.00                    50.00   2,900.00
    May     2,900.00      -600.00       20.00   2,280.00      as if 2,400.00 had been known in March

Source: ASC 340-40-25-1 (capitalise incremental costs of obtaining a contract), 25-4 (practical expedient: expense what
would be amortised within a year), 35-1 (amortise systematically, as what was sold is transferred). Cents that do not
divide go to the largest fractions (terms.money.parts), so the months sum to the cost.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from quarterdeck.terms.money import parts
from quarterdeck.terms.pay import AMORTISATIONS, CAPITALISATION, CAPITALISED_RUNS, PAY_COSTS

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame, Table

A_YEAR: Final = 12
"""Months up to which the practical expedient lets costs be expensed at once."""


def amortisations(settlements: Frame, n_months: int) -> Frame:
    """AMORTISATIONS of what SETTLEMENTS paid, by pay period, over `n_months` calendar months from the period's first.

    >>> paid = nw.from_dict({"starts_on": [dt.date(2025, 12, 1)], "paid_minor": [100]}, backend="polars")
    >>> amortisations(paid, 3)["amount_minor"].to_list(), str(amortisations(paid, 3)["expensed_on"][1])
    ([34, 33, 33], '2026-01-01')
    """
    sums = settlements.group_by("starts_on").agg(nw.col("paid_minor").sum()).sort("starts_on")
    rows = [
        (starts_on, _month(starts_on, at), amount)
        for starts_on, paid in sums.iter_rows() if paid
        for at, amount in enumerate(parts(int(paid), [1] * n_months))
    ]  # fmt: skip
    return _framed(AMORTISATIONS, rows)


def served_months(benefit_months: int, *, is_expedient: bool) -> int:
    """Over how many months a cost is spread: none where the practical expedient is taken for a year or less.

    >>> [served_months(months, is_expedient=True) for months in (12, 13)], served_months(12, is_expedient=False)
    ([0, 13], 12)
    """
    return 0 if is_expedient and benefit_months <= A_YEAR else benefit_months


def capitalisation(costs: Frame) -> Frame:
    """CAPITALISATION of PAY_COSTS: every month from the first cost to the last expense; empty without costs.

    A cost serves its `n_months` calendar months from the first of its own period, whenever it was posted: what earlier
    months would have expensed is expensed in the month of posting. So the closing balance is what it would be, had
    everything been known from the start. Raises ValueError for a cost posted before its own period.

    >>> rows = {"starts_on": [dt.date(2026, 3, 1)] * 2, "posted_on": [dt.date(2026, 3, 1), dt.date(2026, 5, 1)]}
    >>> rows |= {"n_months": [60, 60], "amount_minor": [300000, -60000]}
    >>> found = capitalisation(nw.from_dict(rows, PAY_COSTS.schema, backend="polars")).head(3)
    >>> found["amortised_minor"].to_list(), found["closing_minor"].to_list()
    ([5000, 5000, 2000], [295000, 290000, 228000])
    """
    sums: dict[dt.date, list[int]] = {}
    for starts_on, posted_on, n_months, amount in _summed(costs):
        posted = sums.setdefault(_month(posted_on, 0), [0, 0, 0])
        if not n_months:
            posted[2] += amount
            continue
        posted[0] += amount
        for month, part in _expensed(starts_on, posted_on, n_months, amount):
            sums.setdefault(month, [0, 0, 0])[1] += part
    rows, opening = [], 0
    for month in _every(sums):
        added, amortised, expensed = sums.get(month, (0, 0, 0))
        rows.append((month, opening, added, amortised, opening + added - amortised, expensed))
        opening += added - amortised
    return _framed(CAPITALISATION, rows)


def capitalised_runs(costs: Frame, as_of: dt.date) -> Frame:
    """CAPITALISED_RUNS of PAY_COSTS: what is left of each pay period's cost after the month of `as_of`.

    Costs posted later than that month do not exist yet.

    >>> rows = {"starts_on": [dt.date(2026, 3, 1)], "posted_on": [dt.date(2026, 3, 1)], "n_months": [60]}
    >>> costs = nw.from_dict(rows | {"amount_minor": [300000]}, PAY_COSTS.schema, backend="polars")
    >>> capitalised_runs(costs, dt.date(2026, 5, 31))["closing_minor"].to_list()
    [285000]
    """
    sums: dict[tuple[dt.date, int], list[int]] = {}
    for starts_on, posted_on, n_months, amount in _summed(costs):
        if n_months and _month(posted_on, 0) <= as_of:
            row = sums.setdefault((starts_on, n_months), [0, 0])
            row[0] += amount
            row[1] += sum(part for month, part in _expensed(starts_on, posted_on, n_months, amount) if month <= as_of)
    rows = [
        (starts_on, n_months, _month(starts_on, n_months - 1), added, amortised, added - amortised)
        for (starts_on, n_months), (added, amortised) in sorted(sums.items())
    ]
    return _framed(CAPITALISED_RUNS, rows)


def _summed(costs: Frame) -> Iterator[tuple[dt.date, dt.date, int, int]]:
    """Costs of one period, posting and span as one, so that cents are split once."""
    keys = ["starts_on", "posted_on", "n_months"]
    sums = costs.select(list(PAY_COSTS.schema)).group_by(keys).agg(nw.col("amount_minor").sum()).sort(keys)
    for starts_on, posted_on, n_months, amount in sums.iter_rows():
        if posted_on < starts_on:
            msg = f"a cost of {starts_on} was posted on {posted_on}, before its own period"
            raise ValueError(msg)
        if amount:
            yield starts_on, posted_on, int(n_months), int(amount)


def _expensed(starts_on: dt.date, posted_on: dt.date, n_months: int, amount: int) -> Iterator[tuple[dt.date, int]]:
    """The months of a cost's expense; those before its posting fall into it."""
    posted = _month(posted_on, 0)
    for at, part in enumerate(parts(amount, [1] * n_months)):
        yield max(_month(starts_on, at), posted), part


def _every(months: Iterable[dt.date]) -> Iterator[dt.date]:
    """Every month from the first to the last of these."""
    found = sorted(months)
    at = found[0] if found else None
    while at is not None and at <= found[-1]:
        yield at
        at = _month(at, 1)


def _framed(table: Table, rows: list[Any]) -> Frame:
    data = {name: [row[at] for row in rows] for at, name in enumerate(table.schema)}
    return nw.from_dict(data, table.schema, backend="polars")


def _month(day: dt.date, later: int) -> dt.date:
    months = day.year * 12 + day.month - 1 + later
    return dt.date(months // 12, months % 12 + 1, 1)
