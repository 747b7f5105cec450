"""How a page writes numbers: grouped, in whole units on desks, to the last cent in titles and explanations.

value       unit    currency   shown      exactly
123456789   money   USD        1,234,568  1,234,567.89 USD
0.63219     ratio              63.2 %     63.219 %
3.5         days               3.5        3.5 days
None        count              —          —
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Final, TypeAlias

from quarterdeck.terms.money import Money, minor_digits

Number: TypeAlias = int | float | Fraction | Decimal
NONE: Final = "—"
"""What stands where a number is not defined; its reason stands in the title."""
_MINUS: Final = "\N{MINUS SIGN}"
_EXACT_DIGITS: Final = 6


def shown(value: Number | None, unit: str, currency: str = "USD") -> str:
    """A number as a column of a desk shows it; its unit stands in the header.

    >>> shown(123456789, "money"), shown(500, "money", "JPY")
    ('1,234,568', '500')
    >>> shown(Fraction(632, 1000), "ratio"), shown(12.26, "days"), shown(7, "count"), shown(None, "count")
    ('63.2 %', '12.3', '7', '—')
    """
    if value is None or not math.isfinite(value):
        return NONE
    if unit == "money":
        return _grouped(_decimal(value).scaleb(-minor_digits(currency)), 0)
    if unit == "ratio":
        return f"{_grouped(_decimal(value) * 100, 1)} %"
    if unit == "times":
        return f"{_grouped(_decimal(value), 1)} \N{MULTIPLICATION SIGN}"
    number = _decimal(value)
    return _grouped(number, 0 if number == number.to_integral_value() else 1)


def exactly(value: Number | None, unit: str, currency: str = "USD") -> str:
    """The same number with every digit it has and its unit.

    >>> exactly(123456789, "money"), exactly(Fraction(2, 3), "ratio"), exactly(3.5, "days"), exactly(1, "count")
    ('1,234,567.89 USD', '66.666667 %', '3.5 days', '1')
    """
    if value is None or not math.isfinite(value):
        return NONE
    if unit == "money" and value == int(value):
        return str(Money(int(value), currency)).replace("-", _MINUS)
    if unit == "money":
        return f"{_trimmed(_decimal(value).scaleb(-minor_digits(currency)))} {currency}"
    if unit == "ratio":
        return f"{_trimmed(_decimal(value) * 100)} %"
    if unit == "times":
        return f"{_trimmed(_decimal(value))} times"
    return f"{_trimmed(_decimal(value))}{' days' if unit == 'days' else ''}"


def compact(value: Number | None, unit: str, currency: str = "USD") -> str:
    """The same number to three digits, for the ends of ranges, which are not sure of more.

    >>> compact(420311800, "money"), compact(98765, "money", "JPY"), compact(99_999_900, "money")
    ('4.20 M', '98.8 k', '1.00 M')
    >>> compact(1234, "count"), compact(950, "count"), compact(None, "count")
    ('1.23 k', '950', '—')
    """
    if value is None or not math.isfinite(value):
        return NONE
    number = _decimal(value).scaleb(-minor_digits(currency) if unit == "money" else 0)
    number = +number.normalize(Context(prec=3, rounding=ROUND_HALF_UP))
    for size, letter in ((12, " T"), (9, " bn"), (6, " M"), (3, " k")):
        if abs(number) >= 10**size:
            part = number.scaleb(-size)
            return _grouped(part, max(0, 2 - part.adjusted())) + letter
    return _grouped(number, 0)


def unit_name(unit: str, currency: str) -> str:
    """What a header adds to a title: the currency, a percent sign, days, or nothing.

    >>> unit_name("money", "EUR"), unit_name("count", "EUR")
    ('EUR', '')
    """
    return {"money": currency, "ratio": "%", "days": "days"}.get(unit, "")


def _decimal(value: Number) -> Decimal:
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    return Decimal(str(value)) if isinstance(value, float) else Decimal(value)


def _grouped(value: Decimal, digits: int) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{rounded or abs(rounded):,f}".replace("-", _MINUS)


def _trimmed(value: Decimal) -> str:
    text = _grouped(value, _EXACT_DIGITS)
    return text.rstrip("0").rstrip(".") if "." in text else text
