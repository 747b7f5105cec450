"""Paid commissions as expense over the time they serve: costs to obtain a contract, straight line.

    3,000.00 paid in March, 60 months   ->   50.00 in March and in each of the 59 months after it

Source: ASC 340-40-35-1 (amortise on a systematic basis consistent with the transfer of what was sold). Cents that do
not divide go to the largest fractions (terms.money.parts), so the months sum to what was paid.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import narwhals as nw

from quarterdeck.terms.money import parts
from quarterdeck.terms.pay import AMORTISATIONS

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame


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
    data = {name: [row[at] for row in rows] for at, name in enumerate(AMORTISATIONS.schema)}
    return nw.from_dict(data, AMORTISATIONS.schema, backend="polars")


def _month(day: dt.date, later: int) -> dt.date:
    months = day.year * 12 + day.month - 1 + later
    return dt.date(months // 12, months % 12 + 1, 1)
