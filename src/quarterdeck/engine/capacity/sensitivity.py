"""What a result becomes when one of its drivers changes and the others stay.

Heads = target / quota, at 1,000 and 100:

    driver   change   becomes   heads   difference
    target   0.1      1,100     11       1
    quota    0.1      110       9.09    -0.91

Works on any function of drivers (headcount, sizing, coverage). See docs/methods/headcount.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import narwhals as nw

from quarterdeck.engine.calendar.exact import exact_ratio
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.planning import SENSITIVITY

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

Drivers = Mapping[str, Fraction]


def sensitivity(
    result: Callable[[Drivers], Fraction | int],
    drivers: Mapping[str, Decimal | Fraction | float],
    changes: Sequence[Decimal | Fraction | float],
) -> Frame:
    """SENSITIVITY: one row per driver and change, drivers in the order in which they move the result most.

    `result` maps drivers to a number; where it refuses the changed drivers, result and difference are empty. Drivers
    are multiplied by 1 + change. The figures are floats: they compare, they are not booked.

    >>> found = sensitivity(lambda by: by["target"] / by["quota"], {"target": 1000, "quota": 100}, [Fraction(1, 10)])
    >>> [(name, round(gap, 2)) for name, gap in found.select("driver", "difference").rows()]
    [('target', 1.0), ('quota', -0.91)]
    """
    start = {name: exact_ratio(value, name, least=None, most=None) for name, value in drivers.items()}
    by = [exact_ratio(change, "change", least=-1, most=None) for change in changes]
    base = Fraction(result(start))
    rows = [_row(result, start, name, change, base) for name in start for change in by]
    swing = {name: max((abs(row[4] or 0.0) for row in rows if row[0] == name), default=0.0) for name in start}
    rows.sort(key=lambda row: -swing[row[0]])
    data = {name: [row[at] for row in rows] for at, name in enumerate(SENSITIVITY.schema)}
    return SENSITIVITY.check(nw.from_dict(data, SENSITIVITY.schema, backend="polars"))


def _row(
    result: Callable[[Drivers], Fraction | int], start: Drivers, name: str, change: Fraction, base: Fraction
) -> tuple[Any, ...]:
    value = start[name] * (1 + change)
    try:
        found = Fraction(result({**start, name: value}))
    except (Refusal, ZeroDivisionError):
        return name, float(change), float(value), None, None
    return name, float(change), float(value), float(found), float(found - base)
