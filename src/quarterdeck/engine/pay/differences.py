"""What changed between two versions of a plan, path by path, in the words of the file.

    components.commission.table.values    8 %, 12 %    ->    8 %, 15 %

Definitions are compared, not texts: another order of keys, or 0.08 for 8 %, is no change.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.engine.pay.exact import fraction
from quarterdeck.engine.pay.language import Call, Name, Number, Text

if TYPE_CHECKING:
    from quarterdeck.engine.pay.definitions import Plan

_UNSAID: Final = {"version", "examples"}


def plan_differences(before: Plan, after: Plan) -> list[tuple[str, str, str]]:
    """(path, before, after) of everything that differs; an empty text is nothing there.

    >>> from quarterdeck.engine.pay.reading import plan_from_text
    >>> text = '''{plan: reps, currency: USD, effective_from: 2025-01-01, effective_to: 2026-01-01,
    ...   measures: {sales: {window: year}}, components: [{name: pay, measure: sales, rate: 8%}]}'''
    >>> plan_differences(plan_from_text(text), plan_from_text(text.replace("8%", "9%")))
    [('components.pay.rate', '2/25', '9/100')]
    """
    old, new = dict(_leaves(before, "")), dict(_leaves(after, ""))
    return [
        (path, old.get(path, ""), new.get(path, "")) for path in sorted({*old, *new}) if old.get(path) != new.get(path)
    ]


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401  any part of a plan
    """Every leaf below a part, with its path."""
    if isinstance(value, (Number, Text, Name, Call)):
        yield path, _said(value)
    elif dataclasses.is_dataclass(value):
        for part in dataclasses.fields(value):
            if part.name not in _UNSAID:
                yield from _leaves(getattr(value, part.name), f"{path}.{part.name}" if path else part.name)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves(item, f"{path}.{name}")
    elif isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
        for at, item in enumerate(value):
            yield from _leaves(item, f"{path}.{getattr(item, 'name', at)}")
    elif value is not None:
        yield path, ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _said(node: Number | Text | Name | Call) -> str:
    """An expression as text."""
    if isinstance(node, Number):
        return f"{Fraction(node.value)}{f' minor {node.currency}' if node.currency else ''}"
    if isinstance(node, Text):
        return repr(node.value)
    if isinstance(node, Name):
        return node.name
    return f"{node.name}({', '.join(map(_said, node.args))})"


def file_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(path, before, after) of everything that two plan files say differently, as the files write it.

    Parts of lists are known by their name, or by their number. Another order of keys, or 0.08 for 8 %, is no change.

    >>> file_differences({"components": [{"name": "a", "rate": "8%"}]}, {"components": [{"name": "a", "rate": "9%"}]})
    [('components, a, rate', '8%', '9%')]
    >>> file_differences({"measures": {"s": {"credit": "splits"}}}, {"measures": {"s": {"credit": "owner"}}})
    [('measures, s, credit', 'splits', 'owner')]
    """
    old, new = dict(_written(before, ())), dict(_written(after, ()))
    return [
        (", ".join(path), old.get(path, ""), new.get(path, ""))
        for path in dict.fromkeys([*new, *old])
        if _same(old.get(path, "")) != _same(new.get(path, ""))
    ]


def _written(part: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:  # noqa: ANN401  any part of a file
    """Every leaf with its path; an example is one."""
    if path[:1] == ("examples",) and len(path) == 2:  # noqa: PLR2004  examples, NAME
        yield path, json.dumps(part, default=str, ensure_ascii=False)
    elif isinstance(part, Mapping):
        for name, item in part.items():
            yield from _written(item, (*path, str(name)))
    elif isinstance(part, list):
        for at, item in enumerate(part, 1):
            named = item.get("name") if isinstance(item, Mapping) else None
            yield from _written(item, (*path, str(named or at)))
    elif part is not None:
        yield path, str(part).lower() if isinstance(part, bool) else str(part)


def _same(text: str) -> object:
    """What a text means: a number where it is one."""
    try:
        return fraction(text)
    except ValueError:
        return " ".join(text.split())
