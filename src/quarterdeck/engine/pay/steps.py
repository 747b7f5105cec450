"""A component credit by credit: the running measure, and what each credit earned.

    rita  e1  9,000   before 0      after 9,000        720.00
    rita  e2  4,000   before 9,000  after 13,000       400.00     (crossed into 12 % at 10,000)

Credits come in order of effective date and id, never of arrival. What a credit earns is the difference of what is
earned after it and before it, each rounded once: so the lines of a period sum to its payout. Sorted by the engine that
holds the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import numpy as np

from quarterdeck.engine.pay.definitions import Component, Measure, RateTable
from quarterdeck.engine.pay.exact import Array, Exact, Flags
from quarterdeck.engine.pay.factors import factor_texts
from quarterdeck.engine.pay.facts import collected
from quarterdeck.engine.pay.language import names
from quarterdeck.engine.pay.measures import Reached, active_share, in_periods
from quarterdeck.engine.pay.payouts import Earned, Steps, earned

if TYPE_CHECKING:
    from quarterdeck.engine.pay.credits import Crediting
    from quarterdeck.engine.pay.factors import Texts
    from quarterdeck.terms.tables import Frame

_KEYS: Final = ["payee_at", "period_at", "happened_on", "event_id", "deal_id"]


@dataclass(frozen=True)
class Stepped:
    """One row per credit of a component, in order."""

    rows: Frame
    """happened_on, event_id, deal_id."""
    cell: Array
    value: Array
    before: Array
    after: Array
    band: Array
    amount: Array
    known: Flags
    rate: Texts = None
    """The component's own rate at each, and what its multiplier came to; exact texts, None where it has none."""
    multiplier: Texts = None


def has_steps(component: Component, measure: Measure) -> bool:
    """Whether credits add up to the measure one by one.

    Maxima, rolling windows, scores, what the company did and pools do not.
    """
    is_plain = measure.score is None and measure.aggregate != "maximum" and measure.window != "rolling"
    return is_plain and measure.credit.to != "company" and component.pool is None and not measure.years_later


def asked_by(component: Component) -> set[str]:
    """Every name that a component asks for."""
    parts = (component.rate, component.amount, component.formula, component.eligibility, component.gate)
    nodes = [one for one in parts if one is not None]
    nodes += [bound.amount for bound in (component.floor, component.cap) if bound is not None]
    for table in (component.table, component.multiplier):
        if isinstance(table, RateTable):
            nodes += [axis.of for axis in table.dimensions]
        elif table is not None:
            nodes.append(table)
    nodes += [
        node for node in (component.pool and component.pool.rate, component.pool and component.pool.weight) if node
    ]
    return {component.measure}.union(*map(names, nodes))


def steps_of_window(component: Component, crediting: Crediting, reached: Reached, periods: Earned) -> Stepped:
    """Steps of a component on a window, on top of what the window's earlier credits are worth in the period's light."""
    cells = crediting.cells
    measure = cells.plan.measures[component.measure]
    rows = collected(in_periods(crediting, crediting.rows(measure), measure).select(*_KEYS, "value").sort(*_KEYS[:4]))
    cell = _cells(rows, len(cells.periods))
    value = rows["value"].to_numpy().astype(np.int64)
    is_first = _starts(cell)
    inside = _running(value, is_first)
    start = (reached.to_date[measure.name].num - reached.in_period[measure.name].ravel())[cell]
    after = start + inside
    share = active_share(cells, cells.window_of(measure.window)).at(cell)
    steps = Steps(reached, measure.name, Exact.of(after), cell)
    amount, known, band = earned(component, steps, share)
    opening = periods.opening[cell // len(cells.periods), cell % len(cells.periods)]
    before = np.where(is_first, opening, _back(amount))
    adds, texts = np.where(known, amount - before, 0), factor_texts(component, steps)
    return Stepped(rows, cell, value, after - value, after, band, adds, known, *texts)


def steps_of_deals(component: Component, crediting: Crediting, reached: Reached) -> Stepped:
    """Steps of a component on single deals: each deal begins at nothing, and its later events change what it earned."""
    cells = crediting.cells
    measures = cells.plan.measures
    own = [measures[component.measure]]
    own += [
        measures[name]
        for name in sorted(asked_by(component) - {component.measure})
        if name in measures and measures[name].window == "deal"
    ]
    rows = _deal_rows(crediting, own)
    cell = _cells(rows, len(cells.periods))
    is_first = _starts(cell // len(cells.periods)) | _starts_of(rows["deal_id"])
    values = [rows[f"value{at}"].to_numpy().astype(np.int64) for at in range(len(own))]
    after = [_running(value, is_first) for value in values]
    others = {one.name: Exact.of(column) for one, column in zip(own[1:], after[1:], strict=True)}
    steps = Steps(reached, component.measure, Exact.of(after[0]), cell, others)
    amount, known, band = earned(component, steps)
    before = np.where(is_first, 0, _back(amount))
    adds, texts = np.where(known, amount - before, 0), factor_texts(component, steps)
    return Stepped(rows, cell, values[0], after[0] - values[0], after[0], band, adds, known, *texts)


def _deal_rows(crediting: Crediting, measures: list[Measure]) -> Frame:
    """Events with what each is worth in several measures, deal by deal in order."""
    parts = []
    for at, measure in enumerate(measures):
        crediting.check_sizes(measure)
        zeros = {f"value{other}": nw.lit(0).cast(nw.Int64) for other in range(len(measures)) if other != at}
        rows = in_periods(crediting, crediting.rows(measure), measure)
        names = [*_KEYS, *(f"value{one}" for one in range(len(measures)))]
        parts.append(rows.with_columns(**zeros, **{f"value{at}": nw.col("value")}).select(names))
    found = parts[0]
    if len(parts) > 1:
        found = (
            nw.concat(parts).group_by(_KEYS).agg(nw.col(f"value{at}").sum().cast(nw.Int64) for at in range(len(parts)))
        )
    return collected(found.sort("payee_at", "deal_id", "happened_on", "event_id"))


def _cells(rows: Frame, n_periods: int) -> Array:
    payee, period = (rows[name].to_numpy().astype(np.int64) for name in ("payee_at", "period_at"))
    return np.asarray(payee * n_periods + period)


def _starts(groups: Array) -> Flags:
    """Where a row belongs to another group than the one before it."""
    found = np.ones(len(groups), dtype=np.bool_)
    found[1:] = groups[1:] != groups[:-1]
    return found


def _starts_of(texts: nw.Series[Any]) -> Flags:
    return np.asarray((texts != texts.shift(1)).fill_null(value=True).to_numpy(), dtype=np.bool_)


def _running(value: Array, is_first: Flags) -> Array:
    """The running sum within each group of rows."""
    total = np.cumsum(value)
    before = (total - value)[is_first]
    return np.asarray(total - before[np.cumsum(is_first) - 1]) if len(value) else total


def _back(amount: Array) -> Array:
    """The row before."""
    return np.concatenate([np.zeros(1, dtype=np.int64), amount[:-1]]) if len(amount) else amount
