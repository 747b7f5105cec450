"""The unit of an expression: what may be added, compared and paid.

    quota * rate      money x ratio  ->  money           sales + attainment(sales)    refused: money + ratio
    sales / quota     money / money  ->  ratio           sales > 1000                 refused: write 1000 USD

A plain number is a ratio, and counts things where a count stands beside it; money says its currency, so that nobody has
to guess whether 1000 are dollars or cents. Source: dimensional analysis, checked once, on the tree.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from quarterdeck.engine.pay.language import Call, LanguageError, Name, Node, Number, Text

Unit = Literal["money", "count", "ratio", "flag", "text"]

_LOGIC: Final = {"and", "or", "not"}


def unit_of(node: Node, scope: Mapping[str, Unit], measures: frozenset[str], currency: str) -> Unit:
    """The unit of an expression. Raises LanguageError for an unknown name or units that do not go together.

    `scope` gives the unit of each name, `measures` those names that have a target.

    >>> from quarterdeck.engine.pay.language import parsed
    >>> unit_of(parsed("if(attainment(sales) > 1, sales * 2%, 0 USD)"), {"sales": "money"}, frozenset({"sales"}), "USD")
    'money'
    >>> unit_of(parsed("sales + 5"), {"sales": "money"}, frozenset(), "USD")
    Traceback (most recent call last):
    quarterdeck.engine.pay.language.LanguageError: money + ratio does not go; write money with its currency, like 100
    USD
    """
    if isinstance(node, Number):
        if node.currency not in {"", currency}:
            raise LanguageError(f"{node.currency} is not the plan's currency, {currency}")
        return "money" if node.currency else "ratio"
    if isinstance(node, Text):
        return "text"
    if isinstance(node, Name):
        if node.name not in scope:
            raise LanguageError(
                f"'{node.name}' is neither a measure nor a value; known are {', '.join(sorted(scope)) or 'none'}"
            )
        return scope[node.name]
    if node.name in {"attainment", "target"}:
        return _of_target(node, scope, measures)
    return _combined(node, [unit_of(arg, scope, measures, currency) for arg in node.args], currency)


def _of_target(node: Call, scope: Mapping[str, Unit], measures: frozenset[str]) -> Unit:
    named = node.args[0]
    if not isinstance(named, Name) or named.name not in measures:
        known = ", ".join(sorted(measures)) or "none"
        raise LanguageError(f"{node.name}() takes a measure that has a target; these have: {known}")
    return "ratio" if node.name == "attainment" else scope[named.name]


def _combined(node: Call, units: list[Unit], currency: str) -> Unit:
    name = node.name
    if name in {"true", "false"}:
        return "flag"
    if name in _LOGIC:
        if set(units) != {"flag"}:
            raise LanguageError(f"'{name}' joins conditions, not {' and '.join(units)}")
        return "flag"
    if name == "if":
        if units[0] != "flag":
            raise LanguageError(f"if() begins with a condition, not {units[0]}")
        return _alike(name, units[1:], currency)
    if name in {"in", "under"}:
        _alike(name, units, currency)
        return "flag"
    if name in {"==", "!=", "<", "<=", ">", ">="}:
        _alike(name, units, currency)
        return "flag"
    return _multiplied(name, units) if name in {"*", "/"} else _alike(name, _numbers(name, units), currency)


def _numbers(name: str, units: list[Unit]) -> list[Unit]:
    if wrong := {"flag", "text"} & set(units):
        raise LanguageError(f"'{name}' reckons with numbers, not with a {min(wrong)}")
    return units


def _alike(name: str, units: list[Unit], currency: str) -> Unit:
    found = set(units)
    if found == {"count", "ratio"}:
        return "count"
    if len(found) == 1:
        return units[0]
    hint = f"; write money with its currency, like 100 {currency}" if "money" in found else ""
    raise LanguageError(f"{f' {name} '.join(units)} does not go{hint}")


def _multiplied(name: str, units: list[Unit]) -> Unit:
    left, right = _numbers(name, units)
    if name == "*":
        if left == right == "money":
            raise LanguageError("money * money does not go")
        return left if right == "ratio" else right if left == "ratio" else "money" if "money" in units else "count"
    if left == right:
        return "ratio"
    if right in {"ratio", "count"}:
        return left if right == "ratio" else "money" if left == "money" else "ratio"
    raise LanguageError(f"{left} / {right} does not go")
