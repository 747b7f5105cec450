"""Text columns read as what their template says they are: each value typed, or named with the rule it breaks.

text        column               typed         breaks
31/03/2025  closed_on (day)      2025-03-31
soon        closed_on (day)                    unreadable_date
Won         stage_kind (choice)  won
yes         is_quota (flag)      true
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import polars as pl

from quarterdeck.connectors.files.amounts import proven_mark, ratios, wholes
from quarterdeck.connectors.files.days import days, proven_order
from quarterdeck.terms.money import minor_digits

if TYPE_CHECKING:
    from quarterdeck.connectors.files.mapping import DateOrder, DecimalMark
    from quarterdeck.terms.tables import Column

_FLAGS: Final = {
    **dict.fromkeys(("yes", "y", "true", "t", "1", "x", "on"), True),
    **dict.fromkeys(("no", "n", "false", "f", "0", "off"), False),
}
_CURRENCY: Final = re.compile(r"^[A-Z]{3}$")

DTYPES: Final[dict[str, pl.DataType]] = {
    "id": pl.String(), "text": pl.String(), "choice": pl.String(), "day": pl.Date(), "count": pl.Int64(),
    "money": pl.Int64(), "ratio": pl.Float64(), "flag": pl.Boolean(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    """How a column is written: order of day and month, decimal mark, factor. The column's values settle `ask`."""

    dates: DateOrder = "ask"
    mark: DecimalMark = "ask"
    scale: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Typed:
    """A typed column as long as its text, which texts break which rule, and the order of days if it was read off."""

    values: pl.Series
    broken: dict[str, str]
    proven: DateOrder = "ask"


def typed(texts: pl.Series, column: Column, way: Way, digits: pl.Series | None = None) -> Typed:  # noqa: PLR0911  a kind each
    """The column typed; null where empty or unreadable. `digits` are those of each row's currency, for money."""
    match column.kind:
        case "money":
            return _money(texts, _settled(texts, way), digits)
        case "count":
            return _count(texts, _settled(texts, way))
        case "ratio":
            return Typed(*ratios(texts, mark=_settled(texts, way).mark, scale=way.scale))
        case "day":
            return _day(texts, way)
        case "choice":
            return _choice(texts, column)
        case "flag":
            return _flag(texts)
        case _:
            return _currencies(texts) if column.name == "currency" else _text(texts)


def _settled(texts: pl.Series, way: Way) -> Way:
    return way if way.mark != "ask" else Way(way.dates, proven_mark(texts), way.scale)


def _text(texts: pl.Series) -> Typed:
    has_accents = texts.str.len_bytes().sum() != texts.str.len_chars().sum()
    return Typed(
        texts.str.normalize("NFC") if has_accents else texts, {}
    )  # a code typed on a Mac equals one typed elsewhere


def _currencies(texts: pl.Series) -> Typed:
    codes = texts.str.to_uppercase()
    bad = {text: "unreadable_currency" for text in texts.drop_nulls().unique() if not _CURRENCY.match(text.upper())}
    return Typed(codes.set(codes.str.contains("^[A-Z]{3}$").fill_null(value=True).not_(), None), bad)


def _choice(texts: pl.Series, column: Column) -> Typed:
    known = {re.sub(r"[\W_]", "", choice): choice for choice in column.choices}
    read = {
        text: known.get(re.sub(r"[\W_]", "", text.lower())) for text in texts.drop_nulls().unique(maintain_order=True)
    }
    values = texts.replace_strict(list(read), list(read.values()), default=None, return_dtype=pl.String)
    return Typed(values, {text: "unknown_choice" for text, choice in read.items() if choice is None})


def _flag(texts: pl.Series) -> Typed:
    read = {text: _FLAGS.get(text.lower()) for text in texts.drop_nulls().unique(maintain_order=True)}
    values = texts.replace_strict(list(read), list(read.values()), default=None, return_dtype=pl.Boolean)
    return Typed(values, {text: "unreadable_flag" for text, flag in read.items() if flag is None})


def _day(texts: pl.Series, way: Way) -> Typed:
    proven = proven_order(texts) if way.dates == "ask" else "ask"
    values, broken = days(texts, proven if way.dates == "ask" else way.dates)
    return Typed(values, broken, proven)


def _count(texts: pl.Series, way: Way) -> Typed:
    values, broken = wholes(texts, digits=0, mark=way.mark, scale=way.scale)
    return Typed(
        values, {text: rule.replace("unreadable_amount", "unreadable_number") for text, rule in broken.items()}
    )


def _money(texts: pl.Series, way: Way, digits: pl.Series | None) -> Typed:
    per_row = digits if digits is not None else pl.repeat(2, len(texts), eager=True)
    values = pl.repeat(None, len(texts), dtype=pl.Int64, eager=True)
    broken: dict[str, str] = {}
    for n_digits in per_row.drop_nulls().unique():
        here = (per_row == n_digits).fill_null(value=False)
        some, bad = wholes(
            pl.select(pl.when(here).then(texts)).to_series(), digits=n_digits, mark=way.mark, scale=way.scale
        )
        values, broken = pl.select(pl.coalesce(values, some)).to_series(), broken | bad
    return Typed(values.alias(texts.name), broken)


def currency_digits(codes: pl.Series) -> pl.Series:
    """Digits of each row's currency, null where it is not known."""
    read = {code: minor_digits(code) for code in codes.drop_nulls().unique()}
    return codes.replace_strict(list(read), list(read.values()), default=None, return_dtype=pl.Int32)
