"""A pool: a rate of what was measured, shared by weights among those who are eligible, to the last unit.

    1 % of 1,000,000.00 among 3 who weigh 1, 1, 1    ->    3,333.34   3,333.33   3,333.33

Source: largest remainder (terms.money.parts). With a fixed sum of all weights, everybody has the value of their own
share.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from quarterdeck.engine.pay.exact import Array, Exact, fitting
from quarterdeck.engine.pay.payouts import Earned, chained, first_of_window
from quarterdeck.engine.pay.values import evaluated, flags
from quarterdeck.terms.money import parts, whole

if TYPE_CHECKING:
    from quarterdeck.engine.pay.definitions import Component
    from quarterdeck.engine.pay.measures import Reached


def pool_by_period(component: Component, reached: Reached) -> Earned:
    """What each payee's part of the pool is worth to date in each period.

    Zero for who is not eligible or not on the plan.
    """
    cells, pool = reached.cells, component.pool
    assert pool is not None  # noqa: S101  the caller asked
    n_payees, n_periods = cells.shape
    amount = (reached.value(component.measure) * evaluated(pool.rate, reached)).fractions()
    weight = (evaluated(pool.weight, reached) if pool.weight is not None else Exact.of(1)).fractions()
    conditions = [one for one in (component.eligibility, component.gate) if one is not None]
    allowed = [flags(one, reached).fractions() for one in conditions]
    found = np.zeros((n_payees, cells.n_now), dtype=object)
    known = np.ones((n_payees, cells.n_now), dtype=np.bool_)
    for period in range(cells.n_now):
        at = [payee * n_periods + period for payee in range(n_payees)]
        weights = [
            _weight(_row(weight, cell), [_row(one, cell) for one in allowed], int(cells.active_days.ravel()[cell]))
            for cell in at
        ]
        whole_pool = [_row(amount, cell) for cell in at]
        known[:, period] = [
            one is not None and pooled is not None for one, pooled in zip(weights, whole_pool, strict=True)
        ]
        found[:, period] = _shared(whole_pool, [one or Fraction(0) for one in weights], pool.of_weights)
    window = cells.plan.measures[component.measure].window
    return chained(
        fitting(found), np.zeros_like(found, dtype=np.int64), known, first_of_window(cells, window)[: cells.n_now]
    )


def _row(column: list[Fraction | None], cell: int) -> Fraction | None:
    return column[cell if len(column) > 1 else 0]


def _weight(weight: Fraction | None, allowed: list[Fraction | None], active_days: int) -> Fraction | None:
    """Nothing for who takes no part; unknown where it matters and nobody knows."""
    if not active_days or 0 in allowed:
        return Fraction(0)
    return None if weight is None or None in allowed else max(weight, Fraction(0))


def _shared(pool: list[Fraction | None], weights: list[Fraction], of_weights: Fraction | None) -> Array:
    if of_weights is not None:
        return np.array(
            [whole((one or Fraction(0)) * weight / of_weights) for one, weight in zip(pool, weights, strict=True)],
            dtype=object,
        )
    if not any(weights):
        return np.zeros(len(weights), dtype=object)
    return np.array(parts(whole(pool[0] or Fraction(0)), weights), dtype=object)
