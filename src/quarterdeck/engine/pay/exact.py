"""Columns of exact fractions: whole numbers over whole numbers, 64 bits wide where that is enough.

    amount 10,000.10   x   8 %   x   17 / 31 days      ->   1000010 x 2 x 17 / (25 x 31), rounded once, at the end

Every operation bounds its result by the largest sizes that go in. Where the bound passes 2^62 the column goes on in
Python's whole numbers, which have no end: slower, never wrong. Only a result that no 64-bit column holds is refused.
Source: fraction arithmetic over common denominators (Knuth, TAOCP 2, 4.5.1), without reducing what is not worth
reducing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from quarterdeck.terms.errors import Refusal

Array: TypeAlias = npt.NDArray[Any]
Flags: TypeAlias = npt.NDArray[np.bool_]
RoundingRule = Literal["half_away_from_zero", "half_even", "down", "up"]

ROUNDING_RULES: Final = get_args(RoundingRule)
_SAFE: Final = 2**62
_LARGEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Exact:
    """A column of fractions `num / den`, den above zero; `known` is False where there is no number.

    `num` and `den` have one element per row, or one for all.

    >>> tenth = Exact.of(Fraction(1, 10))
    >>> (Exact.of([10, 25]) * tenth + tenth).fractions()
    [Fraction(11, 10), Fraction(13, 5)]
    >>> (Exact.of([3, 5]) / Exact.of([2, 0])).fractions()
    [Fraction(3, 2), None]
    """

    num: Array
    den: Array
    known: Flags

    @classmethod
    def of(cls, values: Any, den: Any = 1, known: Any = True) -> Exact:  # noqa: ANN401, FBT002  arrays or scalars
        """Make a column of whole numbers over `den`, or of one fraction for all rows."""
        if isinstance(values, Fraction):
            values, den = values.numerator, values.denominator * den
        return cls(_whole(values), _whole(den), np.asarray(known, dtype=np.bool_))

    def __add__(self, other: Exact) -> Exact:
        left, right, den = _common(self, other)
        return Exact(_sum(left, right), den, self.known & other.known)

    def __sub__(self, other: Exact) -> Exact:
        return self + Exact(_whole(-other.num), other.den, other.known)

    def __mul__(self, other: Exact) -> Exact:
        num, den = _product(self.num, other.num), _product(self.den, other.den)
        return _reduced(Exact(num, den, self.known & other.known))

    def __truediv__(self, other: Exact) -> Exact:
        """Unknown where the divisor is zero."""
        is_zero, sign = other.num == 0, np.where(other.num < 0, -1, 1)
        divisor = np.where(is_zero, 1, _product(other.num, _whole(sign)))
        num = _product(_product(self.num, other.den), _whole(sign))
        return _reduced(Exact(num, _product(self.den, divisor), self.known & other.known & ~is_zero))

    def less(self, other: Exact) -> Flags:
        """Where self < other; False where either is unknown."""
        left, right, _ = _common(self, other)
        return np.asarray(left < right, dtype=np.bool_) & self.known & other.known

    def same(self, other: Exact) -> Flags:
        """Where both are the same number."""
        left, right, _ = _common(self, other)
        return np.asarray(left == right, dtype=np.bool_) & self.known & other.known

    def smaller(self, other: Exact) -> Exact:
        """The smaller of both, row by row."""
        return chosen(other.less(self), other, self)

    def larger(self, other: Exact) -> Exact:
        """The larger of both, row by row."""
        return chosen(self.less(other), other, self)

    def rounded(self, rule: RoundingRule = "half_away_from_zero", unit: int = 1) -> Array:
        """Whole multiples of `unit`, as int64; unknown rows give 0. Raises Refusal beyond 64 bits."""
        den = _product(self.den, _whole(unit))
        size = _whole(abs(self.num))
        floor = _whole(size // den)
        twice = _product(size - floor * den, _whole(2))
        up = {
            "half_away_from_zero": twice >= den,
            "half_even": (twice > den) | ((twice == den) & (floor % 2 == 1)),
            "down": np.zeros_like(twice, dtype=np.bool_),
            "up": twice > 0,
        }[rule]
        found = _product(floor + np.asarray(up, dtype=np.bool_).astype(np.int64), _whole(unit))
        return fitting(np.where(self.known, np.where(self.num < 0, -found, found), 0))

    def fractions(self) -> list[Fraction | None]:
        """Row by row, None where unknown; for reading and tests."""
        num, den, known = np.broadcast_arrays(self.num, self.den, self.known)
        rows = zip(num.ravel(), den.ravel(), known.ravel(), strict=True)
        return [Fraction(int(above), int(below)) if is_known else None for above, below, is_known in rows]

    def floats(self) -> npt.NDArray[np.float64]:
        """For reading only; NaN where unknown."""
        return np.where(self.known, np.asarray(self.num / self.den, dtype=np.float64), np.nan)

    def at(self, rows: Array) -> Exact:
        """Some rows, by position."""
        num, den, known = (part if part.ndim == 0 else part[rows] for part in (self.num, self.den, self.known))
        return Exact(num, den, known)


def chosen(where: Flags, yes: Exact, no: Exact) -> Exact:
    """`yes` where true, else `no`.

    >>> chosen(np.array([True, False]), Exact.of(1), Exact.of(Fraction(1, 2))).fractions()
    [Fraction(1, 1), Fraction(1, 2)]
    """
    left, right, den = _common(yes, no)
    return Exact(np.where(where, left, right), den, np.where(where, yes.known, no.known))


def fitting(values: Array) -> Array:
    """The values as int64. Raises Refusal where one does not fit."""
    values = np.asarray(values)
    if values.dtype == object and largest(values) > _LARGEST:
        raise overflow(largest(values))
    return values.astype(np.int64)


def overflow(size: float) -> Refusal:
    """What a sum or product beyond 64 bits is answered with."""
    return Refusal("Nothing was paid.", f"An amount of {size:.3g} minor units is beyond 64 bits.",
        "Check the amounts, quantities and rates of the events.", "overflow")  # fmt: skip


def largest(values: Array) -> int:
    """The largest size in a column; 0 without rows."""
    return max(abs(int(values.min())), abs(int(values.max()))) if values.size else 0


def fraction(text: str) -> Fraction:
    """An exact number as people write it: 0.08, 8%, 1,250.50. Raises ValueError for anything else.

    >>> fraction("8%"), fraction("-0.5")
    (Fraction(2, 25), Fraction(-1, 2))
    """
    from quarterdeck.terms.money import exact_from_text  # noqa: PLC0415  beside its only use

    bare = text.strip()
    return exact_from_text(bare.removesuffix("%")) / (100 if bare.endswith("%") else 1)


def _whole(values: Any) -> Array:  # noqa: ANN401  arrays or scalars
    found = np.asarray(values)
    if found.dtype in {np.dtype(object), np.dtype(np.int64)}:
        return found
    return found.astype(np.int64 if found.dtype.kind in "ib" or not found.size else object)


def _product(left: Array, right: Array) -> Array:
    left, right = _whole(left), _whole(right)  # one row of Python's whole numbers comes back bare
    if object in (left.dtype, right.dtype) or largest(left) * largest(right) > _SAFE:
        return np.asarray(left.astype(object) * right.astype(object), dtype=object)
    return np.asarray(left * right)


def _sum(left: Array, right: Array) -> Array:
    left, right = _whole(left), _whole(right)
    if object in (left.dtype, right.dtype) or largest(left) + largest(right) > _SAFE:
        return np.asarray(left.astype(object) + right.astype(object), dtype=object)
    return np.asarray(left + right)


def _common(left: Exact, right: Exact) -> tuple[Array, Array, Array]:
    """Both numerators over one denominator."""
    if left.den is right.den or (left.den.ndim == right.den.ndim == 0 and bool(left.den == right.den)):
        return left.num, right.num, left.den
    shared = np.gcd(left.den, right.den) if left.den.dtype == right.den.dtype else _whole(1)
    over = _whole(right.den // shared)
    return _product(left.num, over), _product(right.num, _whole(left.den // shared)), _product(left.den, over)


def _reduced(value: Exact) -> Exact:
    """Divide out what one shared denominator has in common with one shared numerator: keeps constants small."""
    if value.num.ndim or value.den.ndim:
        return value
    shared = math.gcd(int(value.num), int(value.den)) or 1
    return Exact(_whole(value.num // shared), _whole(value.den // shared), value.known)
