"""Amounts, counts and shares as people write them, to exact whole numbers or ratios.

    text        digits  mark  scale    whole number
    1,234.50    2       .     1        123450
    12,5        2       ,     1000     1250000
    90          0       .     1/60     2             (rounded once, half away from zero)

Plain numbers are computed at column speed in 64-bit integers within their bounds; all others once per distinct text
with exact fractions (terms.money). 1.234 alone could be a thousand or a one: then the column's other values decide, or
it is asked.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from quarterdeck.terms.money import MAX_MINOR, exact_from_text, whole

if TYPE_CHECKING:
    from quarterdeck.connectors.files.mapping import DecimalMark

_USUAL_DIGITS: Final = 2
_SWAPPABLE: Final = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}$")
"""A point and three digits after it: thousands or thousandths. With a comma it is thousands unless the column proves
otherwise, since nobody writes amounts with three decimals and a comma only."""
_MARKS: Final = {
    ".": re.compile(r"\.\d{1,2}$|\.\d{4,}$|^\D*\d{4,}\.\d+$|^\D*0\.\d+|,\d{3}\.|,\d{3},\d{3}"),
    ",": re.compile(r",\d{1,2}$|,\d{4,}$|^\D*\d{4,},\d+$|^\D*0,\d+|\.\d{3},|\.\d{3}\.\d{3}"),
}


def proven_mark(texts: pl.Series) -> DecimalMark:
    """The decimal mark that the values of a column prove: `ask` when none does or when both do.

    >>> proven_mark(pl.Series(["1.234", "12,50"])), proven_mark(pl.Series(["1.234"]))
    (',', 'ask')
    """
    marked = texts.filter(texts.str.contains("[.,]")).drop_nulls().unique()
    bare = [text.strip("()- $€£¥") for text in marked]
    found = [mark for mark, pattern in _MARKS.items() if any(pattern.search(text) for text in bare)]
    return "." if found == ["."] else "," if found == [","] else "ask"


def wholes(
    texts: pl.Series, *, digits: int, mark: DecimalMark, scale: Fraction, currency: str = ""
) -> tuple[pl.Series, dict[str, str]]:
    """Int64 of a text column in units of 10^-digits, and each text that is none with the rule it breaks."""
    name = texts.name
    room = 18 - len(str(2 * scale.numerator)) - digits
    if room < 1 or (mark == "ask" and digits > _USUAL_DIGITS):  # three decimals could be thousands
        fast = pl.repeat(None, len(texts), dtype=pl.Int64, eager=True).alias(name)
    else:
        fast = texts.to_frame().select(_fast(pl.col(name), digits, mark, scale, room)).to_series()
    rest = texts.filter(fast.is_null()).drop_nulls().unique(maintain_order=True).to_list()
    read = {text: _slow(text, digits, mark, scale, currency) for text in rest}
    good = {text: number for text, number in read.items() if isinstance(number, int)}
    if good:
        more = texts.replace_strict(list(good), list(good.values()), default=None, return_dtype=pl.Int64)
        fast = pl.select(pl.coalesce(fast, more)).to_series().alias(name)
    return fast, {text: rule for text, rule in read.items() if isinstance(rule, str)}


def _fast(text: pl.Expr, digits: int, mark: DecimalMark, scale: Fraction, room: int) -> pl.Expr:
    """The number where it is plain and of at most `room` digits before the mark, so that 64 bits hold it; else null."""
    point = re.escape("," if mark == "," else ".")
    number: Any = pl.when(text.str.contains(rf"^-?\d{{1,{room}}}$")).then(
        text.str.to_integer(strict=False) * 10**digits
    )
    for n in range(1, digits + 1):
        shape = rf"^-?\d{{1,{room}}}{point}\d{{{n}}}$"
        unmarked = text.str.replace(point, "").str.to_integer(strict=False)
        number = number.when(text.str.contains(shape)).then(unmarked * 10 ** (digits - n))
    unit: pl.Expr = number.otherwise(None)
    if scale == 1:
        return unit
    rounded = (unit.abs() * 2 * scale.numerator + scale.denominator) // (2 * scale.denominator)
    return rounded * unit.sign()


def _slow(text: str, digits: int, mark: DecimalMark, scale: Fraction, currency: str) -> int | str:
    if mark == "ask" and _SWAPPABLE.match(text.strip("()- $€£¥")):
        return "ambiguous_amount"
    try:
        number = whole(
            exact_from_text(text, currency=currency, decimal_mark="." if mark == "ask" else mark) * scale * 10**digits
        )
    except ValueError:
        return "unreadable_amount"
    return number if abs(number) <= MAX_MINOR else "unreadable_amount"


def ratios(texts: pl.Series, *, mark: DecimalMark, scale: Fraction) -> tuple[pl.Series, dict[str, str]]:
    """Float64 of a text column; 80 % is 0.8."""
    read = {text: _ratio(text, mark, scale) for text in texts.drop_nulls().unique(maintain_order=True)}
    good = {text: number for text, number in read.items() if number is not None}
    numbers = texts.replace_strict(list(good), list(good.values()), default=None, return_dtype=pl.Float64)
    return numbers, {text: "unreadable_number" for text in read if text not in good}


def _ratio(text: str, mark: DecimalMark, scale: Fraction) -> float | None:
    bare = text.removesuffix("%").strip()
    try:
        exact = exact_from_text(bare, decimal_mark="." if mark == "ask" else mark) * scale
    except ValueError:
        return None
    return float(exact / 100 if text.endswith("%") else exact)
