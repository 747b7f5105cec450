"""What a component has earned, for a column of rows, and what it pays for each period.

The difference to the period before.

    year to date, 8 % to 100,000, 12 % above     January 90,000   ->  earned 7,200      pays 7,200
                                                 February 30,000  ->  earned 10,400     pays 3,200

One function from a measure to what is earned by it, rounded once; a payout is the difference of two of its values. So
lines, periods, corrections and clawbacks are the same operation, and sum by construction. Modifiers apply in one order:
eligibility, gate, rate, multiplier, floor, cap, proration, rounding. See docs/methods/pay-components.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from quarterdeck.engine.pay.definitions import Component, RateTable
from quarterdeck.engine.pay.exact import Array, Exact, Flags, chosen
from quarterdeck.engine.pay.measures import Reached, active_share
from quarterdeck.engine.pay.rates import factor, table_pay
from quarterdeck.engine.pay.values import Scope, evaluated, flags

if TYPE_CHECKING:
    from quarterdeck.engine.pay.definitions import Window
    from quarterdeck.engine.pay.grid import Grid

_ZERO = Exact.of(0)


@dataclass(frozen=True)
class Steps:
    """Rows on which a component is evaluated.

    The base measure at each, in the light of one cell; `own` are other measures that are known by row rather than by
    cell (those of a deal).
    """

    reached: Reached
    measure: str
    base: Exact
    cell: Array | None
    own: dict[str, Exact] = field(default_factory=dict)

    def value(self, name: str) -> Exact:
        """The base measure, a row's own measure, or what the cell knows."""
        if name == self.measure:
            return self.base
        return self.own[name] if name in self.own else self._there(self.reached.value(name))

    def target(self, name: str) -> Exact:
        """The target of a measure in the cell."""
        return self._there(self.reached.target(name))

    def _there(self, column: Exact) -> Exact:
        return column if self.cell is None else column.at(self.cell)


def earned(component: Component, steps: Steps, share: Exact | None = None) -> tuple[Array, Flags, Array]:
    """What the component has earned at each row in minor units, where that is known, and the band reached.

    The band is -1 without a table.

    `share` is the share of the window on the plan, for components that are prorated.
    """
    pay, band = _paid(component, steps)
    if component.multiplier is not None:
        multiplier = component.multiplier
        pay = pay * (factor(multiplier, steps) if isinstance(multiplier, RateTable) else evaluated(multiplier, steps))
    if component.floor is not None and component.floor.per == "window":
        pay = _bounded(pay, evaluated(component.floor.amount, steps), is_cap=False)
    if component.cap is not None and component.cap.per == "window":
        pay = _bounded(pay, evaluated(component.cap.amount, steps), is_cap=True)
    if component.is_prorated and share is not None:
        pay = pay * share
    pay = opened(component, pay, steps)
    size = steps.base.num.shape
    amounts = np.broadcast_to(pay.rounded(component.rounding.rule, component.rounding.unit), size)
    return amounts, np.broadcast_to(pay.known, size), np.broadcast_to(band, size)


def opened(component: Component, pay: Exact, scope: Scope) -> Exact:
    """The pay where gate and eligibility hold, else zero: who is not eligible has nothing to be unknown."""
    for condition in (component.gate, component.eligibility):
        if condition is not None:
            found = flags(condition, scope)
            pay = chosen(np.asarray(found.num == 1, dtype=np.bool_), pay, _ZERO)
            pay = Exact(pay.num, pay.den, pay.known & found.known)
    return pay


def _bounded(pay: Exact, bound: Exact, *, is_cap: bool) -> Exact:
    found = pay.smaller(bound) if is_cap else pay.larger(bound)
    return Exact(found.num, found.den, pay.known & bound.known)


def _paid(component: Component, steps: Steps) -> tuple[Exact, Array]:
    """The component's rate: what it pays before modifiers."""
    no_band = np.array(-1)
    if component.table is not None:
        return table_pay(component.table, steps, component.rate)
    if component.rate is not None:
        return steps.base * evaluated(component.rate, steps), no_band
    if component.amount is not None:
        return steps.base * evaluated(component.amount, steps), no_band
    assert component.formula is not None  # noqa: S101  the plan's reader saw to it; pools have their own room
    return evaluated(component.formula, steps), no_band


@dataclass(frozen=True, slots=True)
class Earned:
    """Earned to date by payee and period, begun ones only.

    Beside it, what of it the window's earlier periods brought, and where
    both are known. `opening` is what the window's earlier credits are worth in this period's light: with a changed
    quota or gate it differs from `before`.
    """

    to_date: Array
    before: Array
    opening: Array
    known: Flags

    @property
    def amounts(self) -> Array:
        """What each period adds."""
        return self.to_date - self.before


def earned_by_period(component: Component, reached: Reached) -> Earned:
    """What a component on a window has earned up to each period.

    Where it is unknown, nothing is added, and a finding says so.
    """
    cells = reached.cells
    measure = cells.plan.measures[component.measure]
    n_payees, n_now = len(cells.payees), cells.n_now
    pick = (np.arange(n_payees)[:, None] * len(cells.periods) + np.arange(n_now)[None, :]).ravel()
    window = cells.window_of(measure.window)
    share = active_share(cells, window).at(pick)
    base = reached.to_date[measure.name].at(pick)
    base = Exact(np.broadcast_to(base.num, pick.shape), base.den, base.known)
    to_date, known, _ = earned(component, Steps(reached, measure.name, base, pick), share)
    first = first_of_window(cells, measure.window)[:n_now]
    start = _shifted(base, first, n_payees)
    opening, _, _ = earned(component, Steps(reached, measure.name, start, pick), share)
    shape = (n_payees, n_now)
    return chained(to_date.reshape(shape), opening.reshape(shape), known.reshape(shape), first)


def first_of_window(cells: Grid, window: Window) -> Flags:
    """Where a period begins a window."""
    numbers = cells.window_of(window)
    return np.array([True, *(numbers[1:] != numbers[:-1])], dtype=np.bool_)


def _shifted(base: Exact, first: Flags, n_payees: int) -> Exact:
    """The measure at the end of the period before, zero where a window begins."""

    def back(column: Array, fill: int) -> Array:
        if column.ndim == 0 or not column.size:
            return column
        rows = column.reshape(n_payees, -1)
        found = np.concatenate([np.full((n_payees, 1), fill, dtype=rows.dtype), rows[:, :-1]], axis=1)
        return np.where(first[None, :], fill, found).astype(rows.dtype).ravel()

    return Exact(back(base.num, 0), back(base.den, 1), back(base.known, 1))


def chained(to_date: Array, opening: Array, known: Flags, first: Flags) -> Earned:
    """Each period on top of the last known one of its window."""
    upto, before = to_date.copy(), np.zeros_like(to_date)
    for at in range(to_date.shape[1]):
        if not first[at]:
            before[:, at] = upto[:, at - 1]
        upto[:, at] = np.where(known[:, at], upto[:, at], before[:, at])
    return Earned(upto, before, np.where(known, opening, before), known)
