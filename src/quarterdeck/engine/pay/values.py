"""Expressions over columns of exact fractions, and conditions over frames of events or people.

amount          if(sales > 50000.00 USD, 250 USD, 0 USD)     ->  Exact, a row per person and period
condition       product == 'XScan 400' and quantity >= 10    ->  nw.Expr, run by whichever engine holds the rows
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

import narwhals as nw
import numpy as np

from quarterdeck.engine.pay.exact import Exact, Flags, chosen
from quarterdeck.engine.pay.language import LanguageError, Name, Node, Number, Text

_KEYS: Final = {
    "amount": "amount_minor",
    **{name: f"{name}_id" for name in ("event", "person", "deal", "manager", "team")},
}


class Scope(Protocol):
    """Where an expression finds its numbers."""

    def value(self, name: str) -> Exact:
        """A measure or a value, row by row."""

    def target(self, name: str) -> Exact:
        """The target of a measure, row by row."""


def evaluated(node: Node, scope: Scope) -> Exact:
    """The expression row by row; conditions are 1 and 0. Unknown where a name it needs is unknown, or a divisor zero.

    >>> from quarterdeck.engine.pay.language import parsed
    >>> class Given:
    ...     def value(self, name): return Exact.of([3, 9])
    ...     def target(self, name): return Exact.of(6)
    >>> evaluated(parsed("if(attainment(sales) > 1, sales, 0)"), Given()).fractions()
    [Fraction(0, 1), Fraction(9, 1)]
    """
    if isinstance(node, Number):
        return Exact.of(node.value)
    if isinstance(node, Name):
        return scope.value(node.name)
    if isinstance(node, Text):
        raise LanguageError(f"'{node.value}' is a text where a number should be")
    if node.name in {"attainment", "target"} and isinstance(node.args[0], Name):
        target = scope.target(node.args[0].name)
        return target if node.name == "target" else scope.value(node.args[0].name) / target
    return _CALLS[node.name](*(evaluated(arg, scope) for arg in node.args))


def flags(node: Node | None, scope: Scope) -> Exact:
    """A condition row by row; true where there is none."""
    return Exact.of(1) if node is None else evaluated(node, scope)


def _truth(found: Flags, *parts: Exact) -> Exact:
    known = np.logical_and.reduce(np.broadcast_arrays(*(part.known for part in parts)))
    return Exact.of(found.astype(np.int64), known=known)


def _conditional(when: Exact, yes: Exact, no: Exact) -> Exact:
    found = chosen(np.asarray(when.num == 1), yes, no)
    return Exact(found.num, found.den, found.known & when.known)


_CALLS: Final[dict[str, Callable[..., Exact]]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "<": lambda left, right: _truth(left.less(right), left, right),
    ">": lambda left, right: _truth(right.less(left), left, right),
    "<=": lambda left, right: _truth(~right.less(left), left, right),
    ">=": lambda left, right: _truth(~left.less(right), left, right),
    "==": lambda left, right: _truth(left.same(right), left, right),
    "!=": lambda left, right: _truth(~left.same(right), left, right),
    "in": lambda left, *rest: _truth(np.logical_or.reduce([left.same(one) for one in rest]), left, *rest),
    "and": lambda left, right: left.smaller(right),
    "or": lambda left, right: left.larger(right),
    "not": lambda one: Exact.of(1) - one,
    "true": lambda: Exact.of(1),
    "false": lambda: Exact.of(0),
    "if": _conditional,
    "min": lambda first, *rest: _folded(Exact.smaller, first, rest),
    "max": lambda first, *rest: _folded(Exact.larger, first, rest),
}


def _folded(by: Callable[[Exact, Exact], Exact], first: Exact, rest: tuple[Exact, ...]) -> Exact:
    found = first
    for one in rest:
        known = found.known & one.known
        found = by(found, one)
        found = Exact(found.num, found.den, known)
    return found


def condition(node: Node) -> nw.Expr:
    """A condition as an expression over columns, false where a cell it needs is empty. Raises LanguageError.

    >>> from quarterdeck.engine.pay.language import parsed
    >>> rows = nw.from_dict({"product": ["A", "A/x", "B", None], "quantity": [1, 12, 12, 12]}, backend="polars")
    >>> rows.filter(condition(parsed("product under 'A' and quantity >= 10")))["product"].to_list()
    ['A/x']
    """
    found: nw.Expr = _column(node)
    return found.fill_null(value=False)


def column_of(name: str) -> str:
    """The column that a name in a condition means: amount is kept as amount_minor."""
    return _KEYS.get(name, name)


def _column(node: Node) -> Any:  # noqa: ANN401  an expression, or a constant beside one
    if isinstance(node, Text):
        return node.value
    if isinstance(node, Number):
        return int(node.value) if node.value.denominator == 1 else float(node.value)
    if isinstance(node, Name):
        return nw.col(column_of(node.name))
    if node.name not in _COLUMN_CALLS:
        raise LanguageError(f"{node.name} does not go in a condition on rows")
    return _COLUMN_CALLS[node.name](*map(_column, node.args))


_COLUMN_CALLS: Final[Mapping[str, Callable[..., Any]]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "in": lambda left, *rest: left.is_in(list(rest)),
    "under": lambda left, right: (left == right) | left.str.starts_with(f"{right}/"),
    "and": lambda left, right: left & right,
    "or": lambda left, right: left | right,
    "not": lambda one: ~one.fill_null(value=False),
    "true": lambda: nw.lit(1) == 1,
    "false": lambda: nw.lit(1) == 0,
}
