"""Whole numbers in a table with given row and column sums, near a table of fractions: controlled rounding.

    fitted           rows    ->   whole        rows
    1.5  2.5  3.0       7          1   3   3      7
    0.5  1.5  3.0       5          1   1   3      5
    2    4    6        12          2   4   6     12

Each row is rounded by largest remainder. Then single units go along paths of columns: from a column that has too many,
by a row that may give there and take elsewhere, to one that has too few. Whole bounds and sums are a transport problem,
so a path exists as long as any whole table does (integral flows; Ford and Fulkerson 1956), and where the fractions
themselves meet the sums, one exists that rounds each cell to a neighbour (Cox 1987). See docs/methods/two-margins.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

Matrix: TypeAlias = npt.NDArray[Any]
Floats: TypeAlias = npt.NDArray[np.float64]

_SAFE: Final = 2**58
"""Sums of a dozen numbers below this stay in 64-bit integers; above it NumPy computes with Python's unbounded ones."""
ROUNDS: Final = 200
NEAR: Final = 1e-9
"""A fit stops when no row is off by more than this part of itself."""
DIGITS: Final = 6
"""A fit counts to the millionth of a unit: what differs by less is a tie."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Why no table exists: these rows must leave `least` in these columns, which hold `most`."""

    rows: list[int]
    columns: list[int]
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Margins:
    """What a table must meet: sums of rows and columns, and bounds of its cells (all whole; rows x columns)."""

    rows: Matrix
    columns: Matrix
    low: Matrix
    high: Matrix


def margins(rows: Any, columns: Any, low: Any, high: Any) -> Margins:  # noqa: ANN401  anything NumPy makes an array of
    """Margins as arrays of 64-bit integers, or of Python's where sums could pass 64 bits."""
    whole = max(map(abs, columns), default=0) + int(max(rows, default=0))
    dtype: Any = np.int64 if whole < _SAFE else object
    as_whole = [np.array(each, dtype=dtype) for each in (rows, columns, low, high)]
    return Margins(as_whole[0], as_whole[1], as_whole[2], np.minimum(as_whole[3], as_whole[0][:, np.newaxis]))


def fitted(seed: Floats, given: Margins) -> Floats:
    """The seed scaled to the sums by iterative proportional fitting, around cells that have no choice. Rows x columns.

    Zeros stay zero. Floats, since a fit has no exact form: it decides who gets an odd unit, sums are made whole later.
    Source: Deming and Stephan (1940). Costs a few passes over the table; one suffices where all rows have one shape.
    """
    fixed = given.low == given.high
    held = np.where(fixed, given.low, 0).astype(float)
    found = np.where(fixed, 0.0, seed)
    rows = given.rows.astype(float) - _row_sums(held)
    columns = given.columns.astype(float) - np.add.reduce(held, axis=0)
    for _ in range(ROUNDS):
        found = found * _ratios(columns, np.add.reduce(found, axis=0))
        sums = _row_sums(found)
        if bool(np.all(np.abs(sums - rows) <= NEAR * np.maximum(np.abs(rows), 1.0))):
            break
        found = found * _ratios(rows, sums)[:, np.newaxis]
    whole: Floats = found + held
    return whole


def _row_sums(table: Floats) -> Floats:
    """Column after column: a sum that is the same on every machine."""
    found: Floats = np.add.reduce(np.ascontiguousarray(table.T), axis=0)
    return found


def _ratios(wanted: Floats, found: Floats) -> Floats:
    return np.divide(np.maximum(wanted, 0.0), found, out=np.zeros_like(found), where=found > 0)


def whole_table(ideal: Floats, given: Margins) -> Matrix | Cut:
    """Whole numbers that meet the margins exactly, each next to its ideal where that can be; or why none do.

    The sums of rows and of columns must be equal as a whole, and each row must fit between its bounds.

    >>> ideal = np.array([[1.5, 2.5, 3.0], [0.5, 1.5, 3.0]])
    >>> found = whole_table(ideal, margins([7, 5], [2, 4, 6], np.zeros((2, 3)), np.full((2, 3), 12)))
    >>> found.tolist()
    [[1, 3, 3], [1, 1, 3]]
    """
    ideal = np.round(ideal, DIGITS)
    floor = np.floor(np.clip(ideal, 0.0, 2.0**62)).astype(np.int64).astype(given.low.dtype)
    near_low, near_high = (np.clip(each, given.low, given.high) for each in (floor, floor + 1))
    found = _rows_met(near_low, ideal, given)
    is_near = (found >= near_low) & (found <= near_high)
    near = Margins(
        given.rows, given.columns, np.where(is_near, near_low, given.low), np.where(is_near, near_high, given.high)
    )
    if _moved(found, ideal, near) is None:
        return found
    reached = _moved(found, ideal, given)
    return found if reached is None else _cut(found, reached, given)


def _rows_met(start: Matrix, ideal: Floats, given: Margins) -> Matrix:
    """Each row lifted (largest fraction first), or lowered (smallest first), to its sum."""
    found = start.copy()
    over = ideal - start.astype(float)
    for sign, bound in ((1, given.high), (-1, given.low)):
        one = np.minimum(np.abs(bound - found), 1) if sign > 0 else np.abs(bound - found)
        found = found + sign * _filled(found, one, -sign * over, sign * (given.rows - _sums(found)))
    missing = given.rows - _sums(found)
    return found + _filled(found, given.high - found, -over, missing) if bool(np.any(missing > 0)) else found


def _sums(table: Matrix) -> Matrix:
    found: Matrix = table.sum(axis=1)
    return found


def _filled(found: Matrix, room: Matrix, order: Floats, wanted: Matrix) -> Matrix:
    """What each cell takes of what its row wants, in ascending order, within its room."""
    most = np.maximum(wanted, 0)[:, np.newaxis]
    at = np.argsort(order, axis=1, kind="stable")
    rooms = np.minimum(np.take_along_axis(room, at, axis=1), most)
    before = np.cumsum(rooms, axis=1) - rooms
    taken = np.clip(most - before, 0, rooms)
    filled = np.zeros_like(found)
    np.put_along_axis(filled, at, taken, axis=1)
    return filled


def _moved(found: Matrix, ideal: Floats, given: Margins) -> list[int] | None:
    """Move units between columns, in place, until the sums hold; or the columns that cannot get rid of theirs."""
    while True:
        off = found.sum(axis=0) - given.columns
        if not bool(np.any(off)):
            return None
        gives, takes = found > given.low, found < given.high
        linked = (gives.T.astype(np.int64) @ takes.astype(np.int64)) > 0
        path, reached = _path(off, linked)
        if not path:
            return reached
        _push(found, ideal, given, path, int(min(off[path[0]], -off[path[-1]])))


def _path(off: Matrix, linked: Matrix) -> tuple[list[int], list[int]]:
    """A shortest path from a column with too much to one with too little, and all the columns that were reached."""
    come_from: dict[int, int | None] = {int(at): None for at in np.flatnonzero(off > 0)}
    waiting = list(come_from)
    for column in waiting:
        if off[column] < 0:
            path, at = [column], come_from[column]
            while at is not None:
                path.append(at)
                at = come_from[at]
            return path[::-1], list(come_from)
        for after in np.flatnonzero(linked[column]).tolist():
            if after not in come_from:
                come_from[after] = column
                waiting.append(after)
    return [], list(come_from)


def _push(found: Matrix, ideal: Floats, given: Margins, path: list[int], wanted: int) -> None:
    """Move up to `wanted` along a path: by many rows at once where it has one step, else by one row each step."""
    steps = []
    for giver, taker in pairwise(path):
        room = np.minimum(found[:, giver] - given.low[:, giver], given.high[:, taker] - found[:, taker])
        gain = (found[:, giver] - ideal[:, giver]) - (found[:, taker] - ideal[:, taker])
        rows = np.flatnonzero(room > 0)
        rows = rows[np.argsort(-gain[rows].astype(float), kind="stable")]
        steps.append((giver, taker, rows, room))
    if len(steps) == 1:
        giver, taker, rows, room = steps[0]
        rooms = np.minimum(room[rows], wanted)
        moved = np.clip(wanted - (np.cumsum(rooms) - rooms), 0, rooms)
        found[rows, giver] -= moved
        found[rows, taker] += moved
        return
    least = min([wanted, *(int(room[rows[0]]) for _, _, rows, room in steps)])
    for giver, taker, rows, _ in steps:
        found[rows[0], giver] -= least
        found[rows[0], taker] += least


def _cut(found: Matrix, columns: list[int], given: Margins) -> Cut:
    inside = sorted(columns)
    held = found[:, inside].sum(axis=1)
    rows = np.flatnonzero(held > 0).tolist()
    return Cut(rows, inside, int(held.sum()), int(given.columns[inside].sum()))
