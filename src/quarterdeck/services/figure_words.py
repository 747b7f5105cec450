"""A metric's formula as people read it: words instead of columns, amounts in the company's currency, rates as percents.

average_deal_size   opportunity_won.amount_minor / opportunity_won.n   1000553400 / 4238
                    value of deals won / deals won                     10,005,534.00 USD / 4,238 = 2,360.91 USD
attainment          actual / target                                    339472100 / 429300000
                    bookings / target                                  3,394,721.00 USD / 4,293,000.00 USD = 79.1 %

Both are read off the metric's one definition, so that a new metric is explained by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.engine.metrics.definitions import METRICS, Metric, Term, metric_named
from quarterdeck.services.desks.words import exactly_said

if TYPE_CHECKING:
    from quarterdeck.services.desks.shapes import Figure

_MEASURES: Final = {
    "opportunity_opened.n": "deals that began", "opportunity_opened.amount_minor": "value of deals that began",
    "opportunity_won.n": "deals won", "opportunity_won.amount_minor": "value of deals won",
    "opportunity_lost.n": "deals lost", "opportunity_lost.amount_minor": "value of deals lost",
    "opportunity_cycle.n_days": "days from opening to winning",
    "opportunity_cycle.n": "deals won whose opening is known",
    "pipeline.n": "open deals", "pipeline.amount_minor": "value of open deals",
    "stage_passed.n": "deals that moved on", "stage_left.n": "deals that left the stage",
    "activity.n": "activities", "booking.amount_minor": "value of order and invoice lines",
    "return.amount_minor": "value of returns", "payment.amount_minor": "money received",
    "account_new.n": "new accounts",
}  # fmt: skip
"""What a column of a measure is; one that is missing here is shown by its own name."""
_COLUMNS: Final = {
    "target": "target", "expected": "expected by now", "earlier": "the same days of last year",
    "remaining": "remaining", "open_pipeline": "open pipeline", "days_elapsed": "working days so far",
    "days_left": "working days left", "days_total": "working days in all",
}  # fmt: skip
_TIMES: Final = " \N{MULTIPLICATION SIGN} "
_MINUS: Final = " \N{MINUS SIGN} "
_UNITS: Final = {"amount_minor": "money", "n": "count", "n_days": "days"}
TIMES: Final = frozenset({"coverage"})
"""Ratios that people say as a multiple, not as a percentage."""


def formula_said(metric: Metric, of: str = "", text: str = "") -> str:
    """A formula in words; of a metric that compares another, `of` is that one. `text` is one that is no metric's own.

    >>> formula_said(METRICS["win_rate"]), formula_said(METRICS["attainment"], "bookings")
    ('deals won / (deals won + deals lost)', 'bookings / target')
    >>> formula_said(METRICS["remaining"], "deals_won")
    'target \N{MINUS SIGN} deals won, never below nothing'
    """
    if metric.factors:
        return _product([(metric_named(name).title.lower(), power) for name, power in metric.factors])
    if text := text or metric.text:
        words = _COLUMNS | {"actual": metric_named(of).title.lower() if of else "actual"}
        first, rest = _laid_out(text, words)
        return first + rest
    above, below = _sum(metric.numerator), _sum(metric.denominator)
    if not below:
        return above
    return f"{above} / ({below})" if len(metric.denominator) > 1 else f"{above} / {below}"


def numbers_said(metric: Metric, row: Mapping[str, Any], currency: str, *, of: str = "", text: str = "") -> str:
    """The formula with a row's numbers and what they come to; nothing where it is not defined or says no more.

    >>> row = {"value": 0.25, "numerator": 1, "denominator": 4}
    >>> numbers_said(METRICS["win_rate"], row, "USD"), numbers_said(METRICS["bookings"], {"value": 5}, "USD")
    ('1 / 4 = 25 %', '')
    >>> row = {"actual": 339472100, "target": 429300000, "attainment": 0.790757}
    >>> numbers_said(METRICS["attainment"], row, "USD", of="bookings")
    '3,394,721.00 USD / 4,293,000.00 USD = 79.1 %'
    """
    value = row.get("value", row.get(metric.name))
    if value is None:
        return ""
    said = value_said(metric.name, value, currency, of)
    if text or metric.text:
        numbers = {name: _input_said(name, row.get(name), currency, of) for name in (*_COLUMNS, "actual")}
        first, rest = _laid_out(text or metric.text, numbers)
        return f"{first} = {said}{rest}"
    if row.get("denominator") is None or not metric.denominator:
        return ""
    above = exactly_said(row["numerator"], _UNITS[metric.numerator[0].column], currency)
    return f"{above} / {exactly_said(row['denominator'], _UNITS[metric.denominator[0].column], currency)} = {said}"


def factors_said(metric: Metric, factors: Sequence[Figure], value: float | None, currency: str) -> str:
    """A product with the figures that it multiplies."""
    if value is None or not factors:
        return ""
    known = {one.metric: exactly_said(one.value, one.unit, currency) for one in factors}
    said = _product([(known[name], power) for name, power in metric.factors])
    return f"{said} = {exactly_said(value, metric.unit, currency)}"


def value_said(metric: str, value: Any, currency: str, of: str = "") -> str:  # noqa: ANN401  a number of any kind
    """A metric's value with its unit; of one that compares amounts, in the unit of what it compares."""
    unit = METRICS[metric].unit if metric in METRICS else "money"
    if unit == "money" and of:
        unit = metric_named(of).unit
    return exactly_said(value, "times" if metric in TIMES else unit, currency)


def _input_said(name: str, value: Any, currency: str, of: str) -> str:  # noqa: ANN401  a cell of a frame
    unit = (
        "days" if name.startswith("days_") else "money" if name == "open_pipeline" or not of else metric_named(of).unit
    )
    return exactly_said(value, unit, currency)


def _laid_out(text: str, words: Mapping[str, str]) -> tuple[str, str]:
    """What comes before the equals sign and what is said after it: where a word comes from, how low it can go."""
    text = re.sub(r"max\((.*), 0\)", r"\1, never below nothing", text)
    first, _, rest = text.partition(", ")
    rest = f", where {rest}" if "=" in rest else f", {rest}" if rest else ""
    return _replaced(first, words), _replaced(rest, words) if "=" in rest else rest


def _replaced(text: str, words: Mapping[str, str]) -> str:
    text = text.replace(" x ", _TIMES).replace(" - ", _MINUS)
    return re.sub("[a-z_]+", lambda word: words.get(word[0], word[0]), text)


def _sum(terms: Sequence[Term]) -> str:
    text = "".join(f"{' + ' if term.sign > 0 else _MINUS}{_term(term)}" for term in terms)
    return text.removeprefix(" + ").strip()


def _term(term: Term) -> str:
    name = f"{term.measure}.{term.column}"
    return f"{term.detail}s" if term.detail and name == "activity.n" else _MEASURES.get(name, name)


def _product(parts: Sequence[tuple[str, int]]) -> str:
    over = "".join(f" / {text}" for text, power in parts if power < 0)
    return _TIMES.join(text for text, power in parts if power > 0) + over
