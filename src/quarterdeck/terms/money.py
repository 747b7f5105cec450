"""Money as whole minor units with a currency, and the one way to split a whole into parts.

Floats never touch an amount: 0.1 + 0.2 is not 0.3, and a float script gets a sixth of all payouts wrong by a cent.
Parts of a whole are made to sum by largest remainder (Hamilton 1792): everyone gets the floor of the exact share, the
units left over go to the largest fractions, ties to the smaller position.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_MINOR: Final = 2**63 - 1
"""The largest amount a column holds; anything beyond is refused, never wrapped."""

_DIGITS: Final = dict.fromkeys(
    ("BIF", "CLP", "ISK", "JPY", "KRW", "PYG", "RWF", "UGX", "VND", "XAF", "XOF", "XPF"), 0
) | (dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3))


def minor_digits(currency: str) -> int:
    """Digits after the point in ISO 4217's minor unit: 2 for most, 0 for JPY, 3 for KWD.

    >>> minor_digits("USD"), minor_digits("JPY"), minor_digits("KWD")
    (2, 0, 3)
    """
    return _DIGITS.get(currency, 2)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in whole minor units of one currency.

    >>> str(Money(123456789, "USD")), str(Money(-500, "JPY"))
    ('1,234,567.89 USD', '-500 JPY')
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse what a 64-bit column cannot hold."""
        if abs(self.minor) > MAX_MINOR:
            msg = f"amount out of range: {self.minor} {self.currency}"
            raise OverflowError(msg)

    @property
    def major(self) -> Decimal:
        """The amount in the unit people say: 12.34, not 1234."""
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))

    def __str__(self) -> str:
        """Grouped digits and the currency code."""
        return f"{self.major:,.{minor_digits(self.currency)}f} {self.currency}"


_GROUPS: Final = r"\d{1,3}(?:([ '\u00a0\u202f%s])\d{3})(?:\1\d{3})*"
_AMOUNT: Final = {
    mark: re.compile(rf"^[+-]?(?:{_GROUPS % grouping}|\d*)(?:{re.escape(mark)}\d*)?(?:[eE][+-]?\d{{1,2}})?$")
    for mark, grouping in ((".", ","), (",", "."))
}


def exact_from_text(text: str, *, currency: str = "", decimal_mark: str = ".") -> Fraction:
    """Turn a number as people write it into an exact fraction; ValueError for anything else.

    Accepts grouping in threes by one mark, a currency sign or code, brackets or a trailing minus for negatives.

    >>> exact_from_text("1,234.50"), exact_from_text("(12)"), exact_from_text("1.234,5", decimal_mark=",")
    (Fraction(2469, 2), Fraction(-12, 1), Fraction(2469, 2))
    """
    bare = text.strip()
    negative = bare.startswith("(") and bare.endswith(")")
    bare = bare[1:-1] if negative else bare
    bare = bare.translate(str.maketrans("", "", "$€£¥")).strip()
    bare = bare.removesuffix(currency).removeprefix(currency).strip()
    if bare.endswith("-"):
        negative, bare = not negative, bare[:-1]
    if not _AMOUNT[decimal_mark].match(bare) or not any(letter.isdigit() for letter in bare):
        msg = f"not an amount: {text!r}"
        raise ValueError(msg)
    digits = re.sub(rf"[ '\u00a0\u202f{',' if decimal_mark == '.' else '.'}]", "", bare).replace(",", ".")
    return -Fraction(digits) if negative else Fraction(digits)


def whole(value: Fraction) -> int:
    """Round half away from zero, as amounts on paper are.

    >>> whole(Fraction(5, 2)), whole(Fraction(-5, 2))
    (3, -3)
    """
    size = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return size if value >= 0 else -size


def minor_from_text(text: str, currency: str, *, decimal_mark: str = ".", scale: int | Fraction = 1) -> int:
    """Turn an amount as written in a file into minor units, rounding half up once, at the end.

    `scale` 1000 reads a sheet kept in thousands. Raises ValueError for what is not a number (see `exact_from_text`), so
    that the caller can make a finding of it, and OverflowError for what 64 bits do not hold.

    >>> minor_from_text("1,234.50", "USD"), minor_from_text("(12)", "USD")
    (123450, -1200)
    >>> minor_from_text("1.234,5", "EUR", decimal_mark=",")
    123450
    >>> minor_from_text("12.5", "USD", scale=1000)
    1250000
    """
    value = exact_from_text(text, currency=currency, decimal_mark=decimal_mark) * scale
    return Money(whole(value * 10 ** minor_digits(currency)), currency).minor


def parts(total: int, weights: Sequence[int | Fraction]) -> list[int]:
    """Split `total` whole units in proportion to `weights`, summing exactly, by largest remainder.

    A larger weight never gets less than a smaller one. Negative totals split as their mirror image. Raises ValueError
    when the weights are negative or sum to nothing, since no split would then be meant.

    >>> parts(10, [1, 2, 3])
    [2, 3, 5]
    >>> parts(100, [1, 1, 1]), sum(parts(-100, [1, 1, 1]))
    ([34, 33, 33], -100)
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        msg = "weights must be non-negative and sum to more than zero"
        raise ValueError(msg)
    sign, size = (-1, -total) if total < 0 else (1, total)
    if type(whole) is not int:  # a quarter of the cost where all weights are whole
        weights, whole = [Fraction(weight) for weight in weights], Fraction(whole)
    scaled = [divmod(weight * size, whole) for weight in weights]
    shares = [int(floor) for floor, _ in scaled]
    by_remainder = sorted(range(len(shares)), key=lambda at: (-scaled[at][1], at))
    for at in by_remainder[: size - sum(shares)]:
        shares[at] += 1
    return [sign * share for share in shares]


def whole_parts(exact: Sequence[int | Fraction]) -> list[int]:
    """Round exact parts of either sign to whole units that sum to their rounded sum; what is whole already stays so.

    Everyone gets the floor, the units left over go to the largest fractions, ties to the smaller position. Each part is
    off by less than one unit.

    >>> whole_parts([Fraction(-4, 3), Fraction(40, 3), Fraction(-6)])
    [-1, 13, -6]
    """
    floors = [part.numerator // part.denominator for part in exact]
    n_left = whole(sum(map(Fraction, exact), Fraction())) - sum(floors)
    by_fraction = sorted(range(len(floors)), key=lambda at: (floors[at] - exact[at], at))
    for at in by_fraction[:n_left]:
        floors[at] += 1
    return floors
