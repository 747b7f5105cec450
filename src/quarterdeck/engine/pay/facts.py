"""What a run of pay is computed from, and how small frames come to where the large ones lie.

Events, splits and receipts may be large: they are lazy, and stay with the engine that holds them. People, values and
rates of exchange are small.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw

from quarterdeck.terms.pay import PAY_EXCHANGE, PAY_RECEIPTS, PAY_SETTLED, PAY_SPLITS, PAY_VALUES

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame, LazyFrame, Table


def empty(table: Table, backend: Any = "polars") -> Frame:  # noqa: ANN401  a backend's name or module
    """A frame of the table without rows."""
    return nw.from_dict({name: [] for name in table.schema}, table.schema, backend=backend)


@dataclass(frozen=True)
class PayFacts:
    """The frames PAY_EVENTS, PAY_PEOPLE, PAY_VALUES, PAY_SPLITS, PAY_EXCHANGE, PAY_RECEIPTS and PAY_SETTLED.

    None is none.

    `lift` brings a small frame to the engine of `events`; without it DuckDB's default connection and Spark's session of
    the events are taken.
    """

    events: LazyFrame
    people: Frame
    values: Frame | None = None
    splits: LazyFrame | None = None
    exchange: Frame | None = None
    receipts: LazyFrame | None = None
    settled: Frame | None = None
    lift: Callable[[Frame], LazyFrame] | None = None

    def lifted(self, frame: Frame) -> LazyFrame:
        """A small frame beside the events."""
        if self.lift is not None:
            return self.lift(frame)
        where = self.events.implementation
        if where.is_polars():
            return frame.lazy()
        session = getattr(nw.to_native(self.events), "sparkSession", None)
        return frame.lazy(backend=where, session=session) if session is not None else frame.lazy(backend=where)

    def small(self, name: str) -> Frame:
        """Values, exchange or settled, empty when not given."""
        found = getattr(self, name)
        tables = {"values": PAY_VALUES, "exchange": PAY_EXCHANGE, "settled": PAY_SETTLED}
        return found if found is not None else empty(tables[name])

    def large(self, name: str) -> LazyFrame:
        """Splits or receipts, empty when not given."""
        found = getattr(self, name)
        tables = {"splits": PAY_SPLITS, "receipts": PAY_RECEIPTS}
        return found if found is not None else self.lifted(empty(tables[name]))


def collected(frame: LazyFrame) -> Frame:
    """The rows, wherever they lay, as Polars frames: what the rest of a run works on."""
    return frame.collect(backend="polars")
