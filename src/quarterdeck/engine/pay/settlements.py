"""From what is earned to what is paid: bounds of periods, corrections of locked ones, guarantee, draw, recovery, carry.

    draw of 2,000 a month, recoverable     earned 1,500   ->  paid 2,000, owes 500
                                           earned 2,375   ->  paid 2,000, owes 125
                                           earned 3,000   ->  paid 2,875, owes nothing

Period by period in order, all payees at once, in whole minor units. The order: earned, corrections, held, brought,
guarantee, draw, recovery, carry. Source of the example: Siebel Incentive Compensation, plan design 8. See
docs/methods/pay-settlement.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from quarterdeck.engine.pay.exact import Array, Exact
from quarterdeck.engine.pay.measures import Reached, cell_columns
from quarterdeck.engine.pay.payouts import opened
from quarterdeck.engine.pay.values import evaluated
from quarterdeck.terms.pay import PAY_SETTLED, SETTLEMENTS

if TYPE_CHECKING:
    from quarterdeck.engine.pay.definitions import Component, Settlement
    from quarterdeck.engine.pay.grid import Grid
    from quarterdeck.engine.pay.language import Node
    from quarterdeck.engine.pay.payouts import Earned
    from quarterdeck.terms.tables import Frame

COLUMNS = ("earned", "corrected", "held", "brought", "guaranteed", "drawn", "recovered", "carried", "paid", "debt")


@dataclass(frozen=True, slots=True)
class Paid:
    """A component's payouts by payee and period: what was earned, what the period's bounds kept back, what is left."""

    earned: Earned
    withheld: Array

    @property
    def amounts(self) -> Array:
        """What the period pays."""
        return self.earned.amounts - self.withheld


def bounded(component: Component, earned: Earned, reached: Reached) -> Paid:
    """Payouts within the floor and cap of each period; what a carrying cap cuts waits until there is room below it."""
    amounts, withheld = earned.amounts, np.zeros_like(earned.to_date)
    floor, cap = component.floor, component.cap
    waiting = np.zeros(amounts.shape[0], dtype=np.int64)
    floors = _by_period(floor.amount if floor and floor.per == "period" else None, reached)
    caps = _by_period(cap.amount if cap and cap.per == "period" else None, reached)
    size = reached.cells.shape[0] * reached.cells.shape[1]
    allowed = opened(component, Exact.of(np.ones(size, dtype=np.int64)), reached)
    is_open = (allowed.num == 1).reshape(reached.cells.shape)
    for at in range(amounts.shape[1]):
        due = amounts[:, at] + waiting
        paid = due
        if floors is not None:
            is_there = floors[1][:, at] & earned.known[:, at] & is_open[:, at]
            paid = np.where(is_there, np.maximum(paid, floors[0][:, at]), paid)
        if caps is not None:
            paid = np.where(caps[1][:, at], np.minimum(paid, caps[0][:, at]), paid)
        waiting = np.maximum(due - paid, 0) if cap and cap.is_carried else waiting
        withheld[:, at] = amounts[:, at] - paid
    return Paid(earned, withheld)


def _by_period(node: Node | None, reached: Reached) -> tuple[Array, Array] | None:
    """An amount by payee and period, and where it is known and the payee on the plan."""
    if node is None:
        return None
    cells = reached.cells
    found = evaluated(node, reached)
    size = cells.shape[0] * cells.shape[1]
    amounts = np.broadcast_to(found.rounded(), size).reshape(cells.shape)[:, : cells.n_now]
    known = np.broadcast_to(found.known, size).reshape(cells.shape)[:, : cells.n_now]
    return amounts, known & (cells.active_days[:, : cells.n_now] > 0)


@dataclass(frozen=True, slots=True)
class Locked:
    """What locked periods were settled at, by component: arrays of payee and period; `n` periods are locked.

    `settled` is by the period it is of, `posted` by the one in which it was paid: a correction is of one, in another.
    `held` is what was held back, of components of which that was kept.
    """

    settled: Mapping[str, Array]
    n: int
    posted: Mapping[str, Array] = field(default_factory=dict)
    held: Mapping[str, Array] = field(default_factory=dict)

    def held_back(self, component: str, held: Array) -> Array:
        """What is held in each period: in locked ones what was settled; what differs by now, in the first open one."""
        if component not in self.held:
            return held
        is_locked = np.arange(held.shape[1]) < self.n
        found = np.where(is_locked, self.held[component], held)
        found[:, self.n] += np.where(is_locked, held - self.held[component], 0).sum(axis=1)
        return found


def locked(cells: Grid, settled: Frame, open_from: dt.date | None) -> Locked:
    """The settled amounts of PAY_SETTLED in the grid. Without `open_from` nothing is locked."""
    if open_from is None:
        return Locked({}, 0)
    n = sum(period.ends_on <= open_from for period in cells.periods[: cells.n_now])
    n = min(n, cells.n_now - 1)  # the difference is posted in an open period, so there is always one
    payees = {person: at for at, person in enumerate(cells.payees)}
    found: dict[str, dict[str, Array]] = {"settled": {}, "posted": {}, "held": {}}

    def add(name: str, component: str, person: str, day: dt.date, amount: int | None) -> None:
        period = next((at for at, one in enumerate(cells.periods) if day in one), None)
        if amount is not None and person in payees and period is not None and period < n:
            grid = found[name].setdefault(component, np.zeros((len(cells.payees), cells.n_now), dtype=np.int64))
            grid[payees[person], period] += amount

    schema = PAY_SETTLED.schema
    missing = [nw.lit(None).cast(schema[name]).alias(name) for name in schema if name not in settled.columns]
    rows = settled.with_columns(missing) if missing else settled
    for person, component, starts_on, amount, posted_on, held in rows.select(list(schema)).iter_rows():
        add("settled", component or "", str(person), starts_on, amount)
        add("posted", component or "", str(person), posted_on or starts_on, amount)
        add("held", component or "", str(person), posted_on or starts_on, held)
    return Locked(found["settled"], n, found["posted"], found["held"])


def corrections(paid: Mapping[str, Paid], lock: Locked) -> dict[str, Array]:
    """By component: earned to date less settled, of each locked period; what the first open period posts."""
    found = {}
    for name in [*paid, *(name for name in lock.settled if name not in paid)]:
        amounts = paid[name].amounts if name in paid else np.zeros_like(lock.settled[name])
        settled = lock.settled.get(name, np.zeros_like(amounts))
        found[name] = np.where(np.arange(amounts.shape[1]) < lock.n, amounts - settled, 0)
    return found


def settled_by_period(
    paid: Mapping[str, Paid], held: Array, lock: Locked, settlement: Settlement, reached: Reached
) -> dict[str, Array]:
    """Every column of SETTLEMENTS as an array of payee and period."""
    amounts = sum((one.amounts for one in paid.values()), np.zeros_like(held))
    locked_sum = sum(lock.posted.values(), np.zeros_like(held))
    is_locked = np.arange(held.shape[1]) < lock.n
    columns = {name: np.zeros_like(held) for name in COLUMNS}
    columns["earned"] = np.where(is_locked, locked_sum, amounts)
    if lock.n < held.shape[1]:
        columns["corrected"][:, lock.n] = sum(
            (one.sum(axis=1) for one in corrections(paid, lock).values()), np.zeros(held.shape[0], dtype=np.int64)
        )
    columns["held"] = held
    guarantee = _by_period(settlement.guarantee, reached)
    draw = _draws(settlement, reached)
    for at in range(held.shape[1]):
        _settle(columns, at, settlement, guarantee, draw)
    return columns


@dataclass(frozen=True, slots=True)
class _Draws:
    amount: tuple[Array, Array]
    limit: tuple[Array, Array] | None


def _draws(settlement: Settlement, reached: Reached) -> _Draws | None:
    amount = _by_period(settlement.draw.amount if settlement.draw else None, reached)
    limit = _by_period(settlement.draw.limit if settlement.draw else None, reached)
    return _Draws(amount, limit) if amount is not None else None


def _settle(columns: dict[str, Array], at: int, settlement: Settlement, guarantee: Any, draws: _Draws | None) -> None:  # noqa: ANN401  arrays, or none
    """Fill one period of every column, from the balances of the one before."""
    if at:
        columns["brought"][:, at] = columns["carried"][:, at - 1]
    due = columns["earned"][:, at] + columns["corrected"][:, at] - columns["held"][:, at] + columns["brought"][:, at]
    if guarantee is not None:
        top = np.where(guarantee[1][:, at], np.maximum(guarantee[0][:, at] - due, 0), 0)
        columns["guaranteed"][:, at] = top
        due = due + top
    debt = columns["debt"][:, at - 1] if at else np.zeros_like(due)
    if draws is not None and settlement.draw is not None:
        drawn, recovered, debt = _drawn(due, debt, at, settlement, draws)
        columns["drawn"][:, at], columns["recovered"][:, at] = drawn, recovered
        due = due + drawn - recovered
    columns["debt"][:, at] = debt
    columns["carried"][:, at] = np.minimum(due, 0) if settlement.is_negative_carried else 0
    columns["paid"][:, at] = due - columns["carried"][:, at]


def _drawn(due: Array, debt: Array, at: int, settlement: Settlement, draws: _Draws) -> tuple[Array, Array, Array]:
    """Advance, recovery and what is owed afterwards. Recovery takes a share of what is above the draw, rounded down."""
    draw = settlement.draw
    assert draw is not None  # noqa: S101  the caller looked
    amount = np.where(draws.amount[1][:, at], draws.amount[0][:, at], 0)
    advance = np.where(draws.amount[1][:, at], np.maximum(amount - due, 0), 0)
    if not draw.is_recoverable:
        return advance, np.zeros_like(due), debt
    if draws.limit is not None:
        room = np.where(draws.limit[1][:, at], np.maximum(draws.limit[0][:, at] - debt, 0), advance)
        advance = np.minimum(advance, room)
    above = Exact.of(np.maximum(due - amount, 0)) * Exact.of(draw.recovery_share)
    recovered = np.minimum(debt, above.rounded("down"))
    return advance, recovered, debt + advance - recovered


def settlements_frame(columns: Mapping[str, Array], cells: Grid) -> Frame:
    """SETTLEMENTS.

    One row per payee and period on the plan, or with anything in it: nobody gets a written zero for nothing.
    """
    n_now = cells.n_now
    is_there = (cells.active_days[:, :n_now] > 0) | np.logical_or.reduce([columns[name] != 0 for name in COLUMNS])
    payee, period = np.nonzero(is_there)
    data = {f"{name}_minor": columns[name][payee, period] for name in COLUMNS}
    frame = nw.from_dict({**cell_columns(cells, payee * len(cells.periods) + period), **data}, backend="polars")
    return frame.select(list(SETTLEMENTS.schema))
