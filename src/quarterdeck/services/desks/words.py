"""Numbers and standings in the words of a sentence: what a person would say aloud.

4,200,000 minor units of USD -> "42,000 USD"      0.873 -> "87 %"      pace 0.7 -> "far behind"
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from quarterdeck.terms.money import MAX_MINOR, Money, minor_digits, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quarterdeck.services.desks.shapes import Number, Standing, Unit

AHEAD: Final = 1.05
ON_PACE: Final = 0.95
BEHIND: Final = 0.8
"""From which pace a number is ahead, on pace, behind; below that far behind."""

_CENTS: Final = frozenset(("USD", "EUR", "CAD", "AUD", "NZD", "SGD", "HKD", "ZAR"))
"""Currencies whose hundredth people call a cent; of the others rounding is said in the unit itself."""

KIND_TITLES: Final = {
    "call": ("call", "calls"), "email": ("email", "emails"), "meeting": ("meeting", "meetings"),
    "demo": ("demo", "demos"), "proposal": ("proposal", "proposals"), "other": ("other", "others"),
}  # fmt: skip


def standing_of(pace: float | None, *, remaining: int | None = None, target: int | None = None) -> Standing:
    """The word for a pace; a target that is reached is ahead whatever the pace.

    >>> standing_of(0.9), standing_of(None), standing_of(None, remaining=0, target=5)
    ('behind', 'unknown', 'ahead')
    """
    if target and remaining == 0:
        return "ahead"
    if pace is None:
        return "unknown"
    return "ahead" if pace >= AHEAD else "on_pace" if pace >= ON_PACE else "behind" if pace >= BEHIND else "far_behind"


def said(value: Number | None, unit: Unit, currency: str) -> str:
    """A number as a sentence says it: whole currency units, whole percents, days with one digit.

    >>> said(4200050, "money", "USD"), said(0.125, "ratio", "USD"), said(12, "count", "USD"), said(None, "money", "USD")
    ('42,001 USD', '13 %', '12', 'nothing known')
    """
    if value is None:
        return "nothing known"
    if unit == "money":
        major = Money(round(value), currency).major
        return f"{major.quantize(Decimal(1), ROUND_HALF_UP):,} {currency}"
    if unit == "ratio":
        return f"{Decimal(str(float(value) * 100)).quantize(Decimal(1), ROUND_HALF_UP)} %"
    return f"{float(value):,.1f} days" if unit == "days" else f"{round(value):,}"


def exactly_said(value: Number | None, unit: str, currency: str) -> str:
    """A number as an explanation says it: money to the last cent, rates as percents, days with at most one digit.

    >>> exactly_said(420000, "money", "USD"), exactly_said(0.63219, "ratio", "USD"), exactly_said(18.5, "days", "USD")
    ('4,200.00 USD', '63.2 %', '18.5 days')
    >>> exactly_said(1, "days", "USD"), exactly_said(2604, "count", "USD"), exactly_said(3.46, "times", "USD")
    ('1 day', '2,604', '3.5 times')
    """
    if value is None:
        return "not defined"
    if unit == "money":
        return str(Money(whole(Fraction(value)), currency))
    number = Decimal(str(float(value))) * (100 if unit == "ratio" else 1)
    text = f"{number.quantize(Decimal('0.1'), ROUND_HALF_UP):,}".removesuffix(".0")
    after = {"ratio": " %", "days": " day" if text == "1" else " days", "times": " times"}
    return text + after.get(unit, "")


def rounding_said(rounding: Fraction, unit: str, currency: str) -> str:
    """What was rounded off one part of a whole, in words; nothing where it came out even.

    >>> rounding_said(Fraction(-2, 5), "money", "USD")
    'rounded down by 0.4 cents so that the parts sum to the whole'
    >>> rounding_said(Fraction(1, 3), "count", "USD"), rounding_said(Fraction(), "money", "USD")
    ('rounded up by 0.33 so that the parts sum to the whole', '')
    >>> rounding_said(Fraction(1, 1000), "money", "JPY")
    'rounded up by less than 0.01 JPY so that the parts sum to the whole'
    """
    if not rounding:
        return ""
    size, name = abs(rounding), ""
    if unit == "money":
        is_cents = currency in _CENTS
        size, name = (size, " cents") if is_cents else (size / 10 ** minor_digits(currency), f" {currency}")
    digits = 2 + (minor_digits(currency) if name == f" {currency}" else 0)
    step = Decimal(1).scaleb(-digits)
    shown = Decimal(size.numerator) / Decimal(size.denominator)
    text = f"{shown.quantize(step).normalize():f}" if shown >= step else f"less than {step:f}"
    return f"rounded {'up' if rounding > 0 else 'down'} by {text}{name} so that the parts sum to the whole"


def about_said(value: Number | None, unit: Unit, currency: str) -> str:
    """A number to three digits: an estimate is not sure of more.

    >>> about_said(382_928_112, "money", "USD"), about_said(12_345, "count", "USD"), about_said(42, "count", "USD")
    ('3,830,000 USD', '12,300', '42')
    """
    if value is None:
        return said(value, unit, currency)
    scale = 10 ** minor_digits(currency) if unit == "money" else 1
    major = Decimal(round(value)) / scale
    rounded = +major.normalize(Context(prec=3, rounding=ROUND_HALF_UP)) if abs(major) >= 1_000 else major  # noqa: PLR2004  three digits and more
    return said(min(int(rounded * scale), MAX_MINOR), unit, currency)


def of_said(value: Number | None, whole: Number | None, unit: Unit, currency: str, title: str) -> str:
    """An actual beside what it is held against, the unit said once.

    >>> of_said(420000, 5464000, "money", "USD", "Bookings"), of_said(2, 10, "count", "USD", "Deals won")
    ('4,200 of the 54,640 USD of bookings', '2 of the 10 deals won')
    """
    bare = said(value, unit, currency).removesuffix(f" {currency}")
    return f"{bare} of the {amount_of(whole, unit, currency, title)}"


def amount_of(value: Number | None, unit: Unit, currency: str, title: str) -> str:
    """A number of something.

    >>> amount_of(420000, "money", "USD", "Bookings"), amount_of(10, "count", "USD", "Deals won")
    ('4,200 USD of bookings', '10 deals won')
    """
    return f"{said(value, unit, currency)} {'' if unit == 'count' else 'of '}{title.lower()}"


def shortened(name: str, most: int = 48) -> str:
    """A name as a sentence bears it: at most so many letters.

    >>> shortened("Ridge Bay for Thornbury Paper"), shortened("x" * 60, 10)
    ('Ridge Bay for Thornbury Paper', 'xxxxxxxxx…')
    """
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def counted(n: int, kind: str) -> str:
    """A number of activities of a kind.

    >>> counted(1, "call"), counted(3, "proposal")
    ('1 call', '3 proposals')
    """
    one, many = KIND_TITLES.get(kind, (kind, f"{kind}s"))
    return f"{n:,} {one if n == 1 else many}"


def joined(parts: Sequence[str]) -> str:
    """Parts of a list as a sentence has them.

    >>> joined(["2 proposals", "3 meetings", "11 calls"]), joined(["a", "b"]), joined([])
    ('2 proposals, 3 meetings and 11 calls', 'a and b', '')
    """
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
