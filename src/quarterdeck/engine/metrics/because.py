"""Why a figure is what it is: its definition, the formula with its numbers, whose it is, and as of when.

    value    win_rate  person 7  2025-03  0.25  1 / 4
    because  "Win rate is 0.25 = 1 / 4. Deals won, of all deals decided in the period. ..."

The rows behind the measures are looked up by whoever holds them; the terms named here say which.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.engine.metrics.definitions import Metric, Term, metric_named
from quarterdeck.engine.metrics.measures import MEASURES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quarterdeck.engine.metrics.holdings import Tree

_TREE: Final = {
    "then": "A team counts the people who were in it, or in a team below it, on the day of each fact.",
    "now": "A team counts the people who are in it, or in a team below it, on the as-of day.",
}
_INPUTS: Final = (
    "actual", "target", "expected", "earlier", "remaining", "open_pipeline", "days_elapsed", "days_left", "days_total",
    "method",
)  # fmt: skip
"""Columns of `progress` that a derived metric may read."""


def because(metric: str, row: Mapping[str, Any], *, as_of: dt.date, tree: Tree = "then") -> dict[str, Any]:
    """What a page, the API or a command shows beside one row of METRIC_VALUES or of `progress`.

    Keys: metric, title, unit, direction, definition, formula, with_numbers, value, numerator, denominator, inputs,
    terms (measure, column, sign, detail, scope, about), whose, tree, as_of, starts_on, ends_on, slice, method,
    sentence. Days are ISO 8601 texts, so that the whole is JSON.

    >>> row = {"metric": "win_rate", "holder_kind": "person", "holder_id": 7, "starts_on": dt.date(2025, 3, 1),
    ...     "ends_on": dt.date(2025, 4, 1), "slice": "", "value": 0.25, "numerator": 1.0, "denominator": 4.0}
    >>> why = because("win_rate", row, as_of=dt.date(2025, 4, 1))
    >>> why["formula"], why["with_numbers"]
    ('opportunity_won.n / (opportunity_won.n + opportunity_lost.n)', '1 / 4')
    >>> why["sentence"].split(". ")[0]
    'Win rate from 2025-03-01 to 2025-03-31, as of 2025-04-01: 0.25 = 1 / 4'
    >>> why["whose"].split(". ")[0]
    'Deals won, for their owner that day; taken back when opened again'
    """
    definition = metric_named(metric)
    value = row.get("value", row.get(metric))
    numbers = _with_numbers(definition, row)
    return {
        "metric": metric, "title": definition.title, "unit": definition.unit, "direction": definition.direction,
        "definition": definition.about, "formula": definition.formula, "with_numbers": numbers,
        "value": value, "numerator": row.get("numerator"), "denominator": row.get("denominator"),
        "inputs": {name: row[name] for name in _INPUTS if name in row},
        "terms": _terms(definition),
        "whose": _whose(definition, row, tree),
        "tree": tree, "as_of": as_of.isoformat(), "starts_on": row["starts_on"].isoformat(),
        "ends_on": row["ends_on"].isoformat(), "slice": row.get("slice", ""), "method": f"methods/{definition.method}",
        "sentence": _sentence(definition, row, value, numbers, as_of),
    }  # fmt: skip


def _parts(definition: Metric) -> list[Term]:
    """The terms of the metric, or of those it is made of."""
    named = [metric_named(name) for name, _ in definition.factors] or [definition]
    return list(dict.fromkeys(term for metric in named for term in metric.terms))


def _terms(definition: Metric) -> list[dict[str, Any]]:
    return [
        {
            "measure": term.measure, "column": term.column, "sign": term.sign, "detail": term.detail,
            "scope": MEASURES[term.measure].scope, "about": MEASURES[term.measure].about,
        }
        for term in _parts(definition)
    ]  # fmt: skip


def _whose(definition: Metric, row: Mapping[str, Any], tree: Tree) -> str:
    """Each measure's own rule, and how the tree is read when the holder is a team."""
    rules = list(dict.fromkeys(MEASURES[term.measure].about for term in _parts(definition)))
    return " ".join(rules + ([_TREE[tree]] if row.get("holder_kind") == "team" else []))


def _with_numbers(definition: Metric, row: Mapping[str, Any]) -> str:
    """The formula with its numbers put in."""
    if definition.text:
        words = {name: _number(row[name]) for name in _INPUTS if name in row and not isinstance(row[name], str)}
        return re.sub("[a-z_]+", lambda word: words.get(word[0], word[0]), definition.text)
    above, below = _number(row.get("numerator")), row.get("denominator")
    return above if below is None else f"{above} / {_number(below)}"


def _number(value: Any) -> str:  # noqa: ANN401  a cell of a frame
    """Digits without a tail: 4, 0.25, and a word for what is not defined.

    >>> _number(4.0), _number(0.25), _number(None), _number(1 / 3)
    ('4', '0.25', 'not defined', '0.333333')
    """
    if value is None:
        return "not defined"
    return f"{int(value):,}" if value == int(value) else f"{round(float(value), 6):,}"


def _sentence(definition: Metric, row: Mapping[str, Any], value: Any, numbers: str, as_of: dt.date) -> str:  # noqa: ANN401  a cell
    last = row["ends_on"] - dt.timedelta(days=1)
    is_plain = _number(value) == numbers
    said = _number(value) if is_plain else f"{_number(value)} = {numbers}"
    return f"{definition.title} from {row['starts_on']} to {last}, as of {as_of}: {said}. {definition.about}"
