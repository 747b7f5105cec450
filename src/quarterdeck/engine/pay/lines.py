"""Statement lines: every step from nothing to what is paid, and tables of what was credited and paid out.

    rita  2025-01  commission  credit    e1   before 0       after 9,000     720.00
    rita  2025-01  commission  cap                                          -220.00
    rita  2025-01              recovery                                     -100.00      sums to what is paid: 400.00

The lines of a payee and period sum to `paid_minor` of the settlement, by construction: each is a difference of two
amounts that the next one takes up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from quarterdeck.engine.pay.credits import COMPANY, Crediting
from quarterdeck.engine.pay.measures import cell_columns
from quarterdeck.terms.pay import CREDITS, PAYOUTS, STATEMENT_LINES

if TYPE_CHECKING:
    from quarterdeck.engine.pay.definitions import Component
    from quarterdeck.engine.pay.exact import Array
    from quarterdeck.engine.pay.factors import Texts
    from quarterdeck.engine.pay.grid import Grid
    from quarterdeck.engine.pay.settlements import Locked, Paid
    from quarterdeck.engine.pay.steps import Stepped
    from quarterdeck.terms.tables import Frame, LazyFrame

_STEPS = (("guarantee", "guaranteed", 1), ("draw", "drawn", 1), ("recovery", "recovered", -1))


def credits_frame(crediting: Crediting) -> LazyFrame:
    """CREDITS of every measure made of events, where the events lie."""
    parts = []
    people = crediting.on_plan.select("payee_at", "person_id").unique()
    for name, measure in crediting.cells.plan.measures.items():
        if measure.score is None:
            rows = crediting.rows(measure).with_columns(measure=nw.lit(name))
            is_company = measure.credit.to == "company"
            rows = rows.with_columns(person_id=nw.lit(COMPANY)) if is_company else rows.join(people, on="payee_at")
            parts.append(rows.with_columns(nw.col("value").cast(nw.Int64)).select(list(CREDITS.schema)))
    return nw.concat(parts)


def payouts_frame(paid: Mapping[str, Paid], cells: Grid) -> Frame:
    """PAYOUTS: one row per component, payee and period that is known and in which the payee is on the plan, or paid."""
    parts = []
    for name, one in paid.items():
        earned = one.earned
        is_there = (cells.active_days[:, : cells.n_now] > 0) | (one.amounts != 0) | (one.withheld != 0)
        payee, period = np.nonzero(is_there & earned.known)
        data = {
            **cell_columns(cells, payee * len(cells.periods) + period),
            "before_minor": earned.before[payee, period],
            "to_date_minor": earned.to_date[payee, period],
            "withheld_minor": one.withheld[payee, period],
            "amount_minor": one.amounts[payee, period],
        }
        parts.append(
            nw.from_dict(data, backend="polars").with_columns(component=nw.lit(name)).select(list(PAYOUTS.schema))
        )
    return nw.concat(parts)


def lines_frame(  # noqa: PLR0913, PLR0917  what the lines are made of
    stepped: Mapping[str, Stepped],
    paid: Mapping[str, Paid],
    settled: Mapping[str, Array],
    held: Mapping[str, Array],
    corrected: Mapping[str, Array],
    lock: Locked,
    cells: Grid,
) -> Frame:
    """STATEMENT_LINES of all open periods, sorted by payee, period and step."""
    parts = []
    for component in cells.plan.components:
        parts += list(_component_lines(component, stepped.get(component.name), paid[component.name], lock, cells))
        parts += list(_held_lines(component, held[component.name], cells, lock))
    parts += list(_settlement_lines(settled, corrected, lock, cells))
    schema = STATEMENT_LINES.schema
    if not parts:
        return nw.from_dict({name: [] for name in schema}, schema, backend="polars")
    return nw.concat(parts)


def _component_lines(
    component: Component, stepped: Stepped | None, paid: Paid, lock: Locked, cells: Grid
) -> Iterator[Frame]:
    if stepped is not None:
        pick = np.flatnonzero(stepped.known & (stepped.cell % len(cells.periods) >= lock.n))
        rows = stepped.rows[pick] if len(pick) < len(stepped.cell) else stepped.rows
        of = {
            name: getattr(stepped, name)[pick] if len(pick) < len(stepped.cell) else getattr(stepped, name)
            for name in ("value", "before", "after", "amount")
        }
        texts = {name: _texts_of(getattr(stepped, name), pick) for name in ("rate", "multiplier")}
        yield _lines(
            cells,
            stepped.cell[pick],
            component.name,
            "credit",
            of["amount"],
            event_id=rows["event_id"],
            happened_on=rows["happened_on"],
            value=of["value"],
            before=of["before"],
            after=of["after"],
            band=stepped.band[pick],
            **{name: column for name, column in texts.items() if column is not None},
        )
    rest = paid.earned.amounts - _summed(stepped, cells)
    kind = "pool" if component.pool else "restated" if stepped is not None else "credit"
    yield from _cell_lines(cells, component.name, kind, rest, lock)
    yield from _cell_lines(cells, component.name, "cap", np.minimum(-paid.withheld, 0), lock)
    yield from _cell_lines(cells, component.name, "floor", np.maximum(-paid.withheld, 0), lock)


def _texts_of(texts: Texts, pick: Array) -> Texts:
    return texts if texts is None or len(pick) == len(texts) else texts[pick]


def _summed(stepped: Stepped | None, cells: Grid) -> Array:
    """What the credits of each cell sum to."""
    total = np.zeros(cells.shape[0] * cells.shape[1], dtype=np.int64)
    if stepped is not None:
        np.add.at(total, stepped.cell, stepped.amount)
    return total.reshape(cells.shape)[:, : cells.n_now]


def _held_lines(component: Component, held: Array, cells: Grid, lock: Locked) -> Iterator[Frame]:
    yield from _cell_lines(cells, component.name, "held", np.minimum(-held, 0), lock)
    yield from _cell_lines(cells, component.name, "released", np.maximum(-held, 0), lock)


def _settlement_lines(
    settled: Mapping[str, Array], corrected: Mapping[str, Array], lock: Locked, cells: Grid
) -> Iterator[Frame]:
    for name, amounts in corrected.items():
        payee, period = np.nonzero(amounts)
        if len(payee):
            starts = nw.new_series("starts", [one.starts_on for one in cells.periods], nw.Date, backend="polars")
            yield _lines(
                cells,
                payee * len(cells.periods) + lock.n,
                name,
                "correction",
                amounts[payee, period],
                for_starts_on=starts[period],
            )
    yield from _cell_lines(cells, None, "carried", settled["brought"] - settled["carried"], lock)
    for kind, column, sign in _STEPS:
        yield from _cell_lines(cells, None, kind, sign * settled[column], lock)


def _cell_lines(cells: Grid, component: str | None, kind: str, amounts: Array, lock: Locked) -> Iterator[Frame]:
    """One line for each cell that has an amount."""
    payee, period = np.nonzero(amounts)
    is_open = period >= lock.n
    payee, period = payee[is_open], period[is_open]
    if len(payee):
        yield _lines(cells, payee * len(cells.periods) + period, component, kind, amounts[payee, period])


def _lines(cells: Grid, cell: Array, component: str | None, kind: str, amount: Array, **more: Any) -> Frame:  # noqa: ANN401  columns
    """Lines of one kind, with what of the further columns they have."""
    native = {name: nw.to_native(column, pass_through=True) for name, column in more.items()}
    frame = nw.from_dict({**cell_columns(cells, cell), **native, "amount_minor": amount}, backend="polars")
    missing = {
        name: nw.lit(None).cast(dtype)
        for name, dtype in STATEMENT_LINES.schema.items()
        if name not in frame.columns and name not in {"component", "kind"}
    }
    named = frame.with_columns(component=nw.lit(component, nw.String), kind=nw.lit(kind), **missing)
    if "band" in more:
        named = named.with_columns(band=nw.when(nw.col("band") >= 0).then(nw.col("band")).cast(nw.Int64))
    return named.select(list(STATEMENT_LINES.schema))
