"""What a rate table pays, for a whole column of results at once, exactly.

    0 to 5,000: 5 %, to 10,000: 10 %, above: 15 %, on sales of 11,000
      marginal      5,000 x 5 % + 5,000 x 10 % + 1,000 x 15 %    =    900
      retroactive   11,000 x 15 %                                 =  1,650

A band is found by counting the bounds below a result; everything after it is sums of fractions. Where a table runs
along an attainment, its bounds are multiplied by the target, so that nothing is divided. Conventions:
docs/methods/rate-tables.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Protocol

import numpy as np

from quarterdeck.engine.pay.definitions import TARGET_PAY, Dimension, RateTable
from quarterdeck.engine.pay.exact import Array, Exact, chosen
from quarterdeck.engine.pay.values import Scope, evaluated

if TYPE_CHECKING:
    from quarterdeck.engine.pay.language import Node

_ZERO = Exact.of(0)


class Based(Scope, Protocol):
    """A scope with the measure that a component is paid on."""

    @property
    def measure(self) -> str:
        """Which one."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where each row lies on one axis: its band from 1 (0 is below the table), its position, and the axis's bounds."""

    band: Array
    position: Exact
    bounds: list[Exact | None]


def placed(table: RateTable, at: int, scope: Based) -> Placed:
    """Each row's place on an axis. Results below zero lie in a first band that begins at zero."""
    axis = table.dimensions[at]
    runs_on_base = axis.is_attainment and axis.measure == scope.measure
    unit = scope.target(axis.measure) if runs_on_base else Exact.of(1)
    position = scope.value(axis.measure) if runs_on_base else evaluated(axis.of, scope)
    position = Exact(position.num, position.den, position.known & unit.known)
    bounds = [None if bound is None else Exact.of(bound) * unit for bound in axis.bounds]
    band: Array = np.zeros(
        np.broadcast_shapes(position.num.shape, position.known.shape, unit.num.shape), dtype=np.int64
    )
    for number, bound in enumerate(bounds[:-1]):
        if bound is not None:
            band = band + (_reaches(position, bound, table) | ((number == 0) & (axis.bounds[0] == 0)))
    return Placed(band, position, bounds)


def _reaches(position: Exact, bound: Exact, table: RateTable) -> Array:
    return np.asarray(bound.less(position) if table.closed == "right" else ~position.less(bound), dtype=np.int64)


def table_pay(table: RateTable, scope: Based, rate: Node | None) -> tuple[Exact, Array]:
    """What the table pays on the component's measure, and the band of its first axis.

    `rate` is what a table of multipliers multiplies. Unknown where a position or a target is.
    """
    places = [placed(table, at, scope) for at in range(len(table.dimensions))]
    base = _base(table, scope)
    if table.mode == "interpolated":
        worth = interpolated(table, places[0])
    elif table.mode == "lookup":
        worth = _looked_up(table, places)
    elif table.mode == "retroactive":
        worth = _looked_up(table, places) * base
    else:
        worth = _marginal(table, places, scope, is_over_target=table.mode == "retroactive_over_target")
    if table.mode in {"lookup", "interpolated"} and table.kind in {"rate", "multiplier"}:
        worth = worth * base
    if table.kind == "percent_of_target_pay":
        worth = worth * scope.value(TARGET_PAY)
    if table.kind == "multiplier" and rate is not None:
        worth = worth * evaluated(rate, scope)
    known = np.logical_and.reduce(np.broadcast_arrays(worth.known, *(place.position.known for place in places)))
    return Exact(worth.num, worth.den, known), places[0].band


def factor(table: RateTable, scope: Based) -> Exact:
    """The value of a lookup or interpolated table by itself: what a modifier multiplies by."""
    places = [placed(table, at, scope) for at in range(len(table.dimensions))]
    worth = interpolated(table, places[0]) if table.mode == "interpolated" else _looked_up(table, places)
    known = np.logical_and.reduce(np.broadcast_arrays(worth.known, *(place.position.known for place in places)))
    return Exact(worth.num, worth.den, known)


def _base(table: RateTable, scope: Based) -> Exact:
    """What a running value is multiplied with: the measure, or for percents of target pay its attainment."""
    value = scope.value(scope.measure)
    if table.kind == "percent_of_target_pay" and table.mode not in {"lookup", "interpolated"}:
        return value / scope.target(scope.measure)
    return value


def _looked_up(table: RateTable, places: list[Placed]) -> Exact:
    """The value of each row's cell of the table; zero below any axis, the last band's above an end."""
    den = lcm(*(value.denominator for value in table.values))
    worth = np.array([int(value * den) for value in table.values], dtype=object)
    index: Array = np.zeros((), dtype=np.int64)
    is_inside: Array = np.ones((), dtype=np.bool_)
    for axis, place in zip(table.dimensions, places, strict=True):
        index = index * axis.n_bands + np.maximum(place.band - 1, 0)
        is_inside = is_inside & (place.band > 0)
    worth = worth.astype(np.int64) if max(abs(one) for one in worth) < 2**62 else worth
    return Exact.of(np.where(is_inside, worth[index], 0), den)


def _marginal(table: RateTable, places: list[Placed], scope: Based, *, is_over_target: bool) -> Exact:
    """The sum over bands of value x the part of the measure in it; over target, all above it at the band reached."""
    axis, place = table.dimensions[0], places[0]
    position = place.position
    upto = scope.target(axis.measure) if is_over_target else None
    total = _ZERO
    for number, width in enumerate(_widths(axis, place, position if upto is None else position.smaller(upto))):
        total = total + width * _band_value(table, number, places)
    if upto is not None:
        over = (position - upto).larger(_ZERO)
        total = total + over * _looked_up(table, places)
    is_of_pay = table.kind == "percent_of_target_pay"
    return total / scope.target(scope.measure) if is_of_pay else total


def _widths(axis: Dimension, place: Placed, position: Exact) -> list[Exact]:
    """How much of the position lies in each band; a first band from zero also holds what is below zero."""
    found = []
    for number in range(axis.n_bands):
        low, high = place.bounds[number], place.bounds[number + 1]
        assert low is not None  # noqa: S101  only the last bound is open
        part = position if high is None else position.smaller(high)
        width = part - low
        found.append(width if number == 0 and axis.bounds[0] == 0 else width.larger(_ZERO))
    return found


def _band_value(table: RateTable, number: int, places: list[Placed]) -> Exact:
    """The value of a band of the first axis, by the rows' places on the others."""
    n_others = len(table.values) // table.dimensions[0].n_bands
    if n_others == 1:
        return Exact.of(table.values[number])
    others = RateTable(
        "lookup",
        table.kind,
        table.dimensions[1:],
        table.values[number * n_others : (number + 1) * n_others],
        table.closed,
    )
    return _looked_up(others, places[1:])


def interpolated(table: RateTable, place: Placed) -> Exact:
    """Straight lines between the ends of bands; nothing below the first, the last end's value above it."""
    reached: tuple[Fraction, ...] = (table.starts_at, *table.values)
    begins = place.bounds[0]
    assert begins is not None  # noqa: S101  only the last bound is open
    found = chosen(place.position.less(begins), _ZERO, Exact.of(table.starts_at))
    for number in range(len(table.values)):
        low, high = place.bounds[number], place.bounds[number + 1]
        assert low is not None  # noqa: S101  only the last bound is open
        assert high is not None  # noqa: S101  interpolated tables have no open end
        inside = place.position.larger(low).smaller(high) - low
        rise = Exact.of(reached[number + 1] - reached[number])
        found = found + rise * (inside / (high - low))
    return found
