"""Small steps that functions of `compute plan` share.

a result per row with its name            a frame of results            2025-01-01, 2025-02-01 -> two months
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import narwhals as nw

from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR
from quarterdeck.terms.period import Period

if TYPE_CHECKING:
    from quarterdeck.services.compute.planning.declared import Given
    from quarterdeck.terms.tables import Frame, Table

Row = Mapping[str, Any]


def made(table: Table, rows: Iterable[Row]) -> Frame:
    """Rows as a frame of `table`; fractions become floats in ratio columns, what a row does not have is empty."""
    listed = list(rows)
    columns = {column.name: [_fitting(column.kind, row.get(column.name)) for row in listed] for column in table.columns}
    return table.check(nw.from_dict(columns, table.schema, backend="polars"))


def each(rows: Sequence[Row], name: str, compute: Callable[[Row], Row]) -> list[Row]:
    """A result per row, with the row's own `name` in front. A refusal says of which row it speaks."""
    found: list[Row] = []
    for row in rows:
        try:
            found.append({name: row[name]} | dict(compute(row)))
        except Refusal as refusal:
            why = f"{row[name]}: {refusal.why}"
            raise Refusal(refusal.what, why, refusal.next_step, refusal.rule, row=str(row[name])) from refusal
    return found


def month_periods(starts: Sequence[dt.date], ends_on: dt.date | None = None) -> list[Period]:
    """Each month up to the next one's first day; the last to `ends_on`, or a calendar month long.

    >>> [str(month.ends_on) for month in month_periods([dt.date(2025, 1, 1), dt.date(2025, 2, 1)])]
    ['2025-02-01', '2025-03-01']
    """
    if sorted(set(starts)) != list(starts) or (ends_on is not None and starts and ends_on <= starts[-1]):
        raise Refusal(
            "The months were not read.",
            "They are not in order, one comes twice, or the last ends before it begins.",
            "List each month once, the first one first.",
            "plan_months",
        )
    return [Period(first, end) for first, end in zip(starts, [*starts[1:], ends_on or _next(starts)], strict=True)]


def period_of(given: Given) -> Period:
    """The period from the options `starts_on` to `ends_on`. Raises Refusal when it has no day."""
    starts_on, ends_on = given["from"], given["to"]
    if ends_on <= starts_on:
        why = f"{ends_on} is not after {starts_on}."
        raise Refusal("The period was not read.", why, "Give the first day, and the first day after it.", "plan_months")
    return Period(starts_on, ends_on)


def _next(starts: Sequence[dt.date]) -> dt.date:
    last = starts[-1]
    month = last.replace(day=1)
    following = (month + dt.timedelta(days=32)).replace(day=1)
    most = ((following + dt.timedelta(days=32)).replace(day=1) - following).days
    return following.replace(day=min(last.day, most))


def _fitting(kind: str, value: Any) -> Any:  # noqa: ANN401  a cell
    """A cell of its kind. Raises Refusal for a number that no column holds: it is never wrapped."""
    if isinstance(value, int) and abs(value) > MAX_MINOR:
        why = f"A result of {value:.3g} is more than a column holds."
        raise Refusal("Nothing was computed.", why, "Check the amounts and ratios.", "plan_overflow")
    return float(value) if kind == "ratio" and value is not None else value


def n_of(n: int, one: str, many: str = "") -> str:
    """A number with what is counted.

    >>> n_of(1, "account"), n_of(1200, "account"), n_of(2, "person", "people")
    ('1 account', '1,200 accounts', '2 people')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"
