"""Expressions of a plan file as people say them, for the document that is signed and for pages.

    if(attainment(sales) >= 80%, bonus, 0 USD)   ->   bonus if attainment of sales is at least 80 %, otherwise 0.00 USD
    min(sales, 50000 USD) * rate                 ->   (the smaller of sales and 50,000.00 USD) times rate

Numbers take the unit of what stands beside them: 1 beside an attainment is 100 %, a number beside `amount` is money.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from quarterdeck.engine.pay.language import Call, Name, Node, Number, Text
from quarterdeck.services.desks.words import exactly_said

if TYPE_CHECKING:
    from quarterdeck.engine.pay.definitions import Plan

_COMPARES: Final = {
    "==": "is", "!=": "is not", "<": "is below", "<=": "is at most", ">": "is above", ">=": "is at least",
    "under": "is, or lies under,",
}  # fmt: skip
_SUMS: Final = {"+": "plus", "-": "less", "*": "times", "/": "divided by"}
_FORMS: Final[dict[str, Callable[[list[str]], str]]] = {
    "attainment": lambda said: f"attainment of {said[0]}",
    "target": lambda said: f"target of {said[0]}",
    "if": lambda said: f"{said[1]} if {said[0]}, otherwise {said[2]}",
    "min": lambda said: f"the smallest of {listed(said)}" if len(said) > 2 else f"the smaller of {listed(said)}",  # noqa: PLR2004  two are compared
    "max": lambda said: f"the largest of {listed(said)}" if len(said) > 2 else f"the larger of {listed(said)}",  # noqa: PLR2004  two are compared
    "not": lambda said: f"not {said[0]}",
    "and": lambda said: f"{said[0]} and {said[1]}",
    "or": lambda said: f"{said[0]} or {said[1]}",
    "in": lambda said: f"{said[0]} is {listed(said[1:], 'or')}",
    "true": lambda _: "always",
    "false": lambda _: "never",
}
_LOOSE: Final = {"if", "min", "max", "or", *_SUMS}
"""What is put in brackets inside of another expression, so that it cannot be read in two ways."""


def listed(parts: list[str], word: str = "and") -> str:
    """Parts as a list that is read aloud.

    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or")
    ('a', 'a and b', 'a, b or c')
    """
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def named(name: str) -> str:
    """A name of the file as people write it.

    >>> named("team_sales")
    'team sales'
    """
    return name.replace("_", " ")


def expression_said(node: Node, plan: Plan, unit: str = "") -> str:
    """An expression in words; `unit` is what a bare number in it is of.

    >>> from quarterdeck.engine.pay.language import parsed
    >>> from quarterdeck.engine.pay.reading import plan_from_text
    >>> plan = plan_from_text('''{plan: reps, currency: USD, effective_from: 2025-01-01, effective_to: 2026-01-01,
    ...   values: {quota: money}, measures: {sales: {window: year, target: quota}},
    ...   components: [{name: pay, measure: sales, rate: 8%}]}''')
    >>> expression_said(parsed("if(attainment(sales) >= 1, 500 USD, 0 USD)"), plan)
    '500.00 USD if attainment of sales is at least 100 %, otherwise 0.00 USD'
    >>> expression_said(parsed("kind == 'order' and amount > 100000"), plan)
    'kind is “order” and amount is above 1,000.00 USD'
    """
    if isinstance(node, Number):
        return _number(node, plan, unit)
    if isinstance(node, Text):
        return f"“{node.value}”"
    if isinstance(node, Name):
        return named(node.name)
    beside = next((found for arg in node.args if (found := _unit(arg, plan))), unit)
    of = beside if node.name in _COMPARES or node.name in {"if", "min", "max", "+", "-"} else unit
    said = [_inner(arg, node, plan, of) for arg in node.args]
    if node.name in _COMPARES:
        return f"{said[0]} {_COMPARES[node.name]} {said[1]}"
    return f"{said[0]} {_SUMS[node.name]} {said[1]}" if node.name in _SUMS else _FORMS[node.name](said)


def _inner(node: Node, around: Call, plan: Plan, unit: str) -> str:
    text = expression_said(node, plan, unit)
    if not isinstance(node, Call) or around.name == "if" or node.name == around.name == "+":
        return text
    return f"({text})" if node.name in _LOOSE or around.name == "not" else text


def _number(node: Number, plan: Plan, unit: str) -> str:
    if node.currency or unit == "money":
        return exactly_said(node.value, "money", plan.currency)
    if unit == "ratio":
        return exact_ratio(node)
    return f"{node.value.numerator:,}" if node.value.denominator == 1 else exact_ratio(node)


def exact_ratio(node: Number) -> str:
    """A ratio as a percentage with all its digits, as far as twelve.

    >>> from fractions import Fraction
    >>> exact_ratio(Number(Fraction("0.0825"))), exact_ratio(Number(Fraction(3, 2)))
    ('8.25 %', '150 %')
    """
    return f"{float(node.value * 100):,.12g} %"


def _unit(node: Node, plan: Plan) -> str:
    """The unit of a part where it has one of its own; nothing for bare numbers."""
    if isinstance(node, Name):
        if node.name in plan.values:
            return plan.values[node.name].unit
        return plan.measures[node.name].unit if node.name in plan.measures else "money" if node.name == "amount" else ""
    if isinstance(node, Call):
        if node.name in {"attainment", *_COMPARES}:
            return "ratio" if node.name == "attainment" else ""
        return next((found for arg in node.args if (found := _unit(arg, plan))), "")
    return "money" if isinstance(node, Number) and node.currency else ""
