"""A plan file changed by a form: one value in its place where that is possible, so that comments and layout stay.

    components:                               components[0].rate = 9 %      components:
      - {name: pay, rate: 8 %}   # since May             ->                   - {name: pay, rate: 9 %}   # since May

What changes the structure (a key more or less, a band added) writes the file anew; comments above the first key are
kept, others are lost, and the answer says so. Either way the new text means exactly what was asked for: it is read
again and compared.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from quarterdeck.engine.pay.reading import PlainLoader
from quarterdeck.engine.pay.schema import PLAN_SCHEMA

Document = dict[str, Any]
_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_SHORT: Final = {"credit": "to", "cap": "amount", "floor": "amount", "values": "unit", "draw": "amount"}
"""A part that may be written as one text, by its name (or its parent's), and the key that the text stands for."""
_WIDTH: Final = 110


@dataclass(frozen=True, slots=True)
class Edited:
    """The file's new text, and whether comments in it were lost."""

    text: str
    lost_comments: bool = False


class _Dumper(yaml.SafeDumper):
    """Writes what PlainLoader reads: numbers and days as they are said, without quotes."""


_Dumper.yaml_implicit_resolvers = dict(PlainLoader.yaml_implicit_resolvers)


def document(text: str) -> Document:
    """The file as mappings and lists; empty where it is no mapping."""
    found = yaml.load(text, Loader=PlainLoader)  # noqa: S506  a subclass of the safe loader
    return found if isinstance(found, dict) else {}


def value_at(of: Any, path: str) -> Any:  # noqa: ANN401  any part of a file
    """What stands at a path, None for nothing; a part written short is found under the key it stands for.

    >>> value_at({"measures": {"sales": {"credit": "splits"}}}, "measures.sales.credit.to")
    'splits'
    """
    steps = _steps(path)
    for at, step in enumerate(steps):
        if isinstance(of, dict) and isinstance(step, str):
            of = of.get(step)
        elif isinstance(of, list) and isinstance(step, int):
            of = of[step] if step < len(of) else None
        else:
            return of if of is not None and step == _short(steps[:at]) else None
    return of


def with_values(text: str, changes: Mapping[str, str]) -> Edited:
    r"""The file with texts set at paths; an empty text takes the key away.

    >>> with_values("plan: a   # ours\nmeasures: {s: {window: year}}\n", {"measures.s.window": "month"}).text
    'plan: a   # ours\nmeasures: {s: {window: month}}\n'
    """
    wanted = copy.deepcopy(document(text))
    for path, value in changes.items():
        _set(wanted, _steps(path), _typed(path, value.strip()))
    gone = [path for path, value in changes.items() if not value.strip()]
    for path in sorted(gone, key=lambda one: [str(step).zfill(9) for step in _steps(one)], reverse=True):
        _emptied(wanted, path)
    return _written(text, wanted, changes)


def with_change(text: str, change: Callable[[Document], None]) -> Edited:
    """The file with its structure changed."""
    wanted = copy.deepcopy(document(text))
    change(wanted)
    return _written(text, wanted, {})


def removed(of: Document, path: str) -> None:
    """Take away what stands at a path; nothing happens where there is nothing."""
    *before, last = _steps(path) or [""]
    at: Any = of
    for step in before:
        at = _below(at, step)
    if isinstance(at, dict):
        at.pop(last, None)
    elif isinstance(at, list) and isinstance(last, int):
        del at[last : last + 1]


def _below(of: Any, step: str | int) -> Any:  # noqa: ANN401  any part of a file
    if isinstance(of, dict):
        return of.get(step)
    return of[step] if isinstance(of, list) and isinstance(step, int) and step < len(of) else None


def has_comments(text: str) -> bool:
    """Whether a line below the head seems to have a comment."""
    return bool(re.search(r"(?m)^\s*#|\s#\s", _headless(text)))


def _written(text: str, wanted: Document, changes: Mapping[str, str]) -> Edited:
    """In place if the result means what is wanted, else anew."""
    if wanted == document(text):
        return Edited(text)
    patched = _patched(text, changes)
    if patched is not None and document(patched) == wanted:
        return Edited(patched)
    head = text[: len(text) - len(_headless(text))]
    return Edited(head + written(wanted), has_comments(text))


def written(part: object) -> str:
    """A part of a file as text: the innermost rows in one line each."""
    if not part:
        return ""
    return yaml.dump(part, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=_WIDTH)


def _headless(text: str) -> str:
    """The file without the comments above its first key."""
    return re.sub(r"\A(?:[ \t]*(?:#[^\n]*)?\n)*", "", text)


def _patched(text: str, changes: Mapping[str, str]) -> str | None:
    """The text with single values replaced where they stand; None where one does not stand there yet, or would go."""
    spans = dict(_spans(yaml.compose(text, Loader=PlainLoader), ""))
    found: list[tuple[int, int, str]] = []
    for path, value in changes.items():
        place = spans.get(path) or spans.get(_parent(path))
        if place is None or not value.strip():
            return None
        found.append((*place, _one(_typed(path, value.strip()))))
    for begins, ends, new in sorted(found, reverse=True):
        text = text[:begins] + new + text[ends:]
    return text


def _one(value: object) -> str:
    """A single value as it may stand in a list in brackets, and so anywhere."""
    listed = yaml.dump([value], Dumper=_Dumper, default_flow_style=True, allow_unicode=True, width=10**9)
    return listed[1:].rstrip("\n")[:-1]


def _spans(node: yaml.Node | None, path: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Every single value's path, with where it stands in the text."""
    if isinstance(node, yaml.ScalarNode):
        yield path, (node.start_mark.index, node.end_mark.index)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _spans(value, f"{path}.{key.value}" if path else str(key.value))
    elif isinstance(node, yaml.SequenceNode):
        for at, value in enumerate(node.value):
            yield from _spans(value, f"{path}[{at}]")


def _steps(path: str) -> list[str | int]:
    return [int(at) if at else name for name, at in _STEP.findall(path)]


def _parent(path: str) -> str:
    """The path of the part that may be written short, where a path ends in the key it stands for; else nothing."""
    before, _, last = path.rpartition(".")
    return before if before and last == _short(_steps(before)) else ""


def _short(steps: list[str | int]) -> str:
    names = [step for step in steps if isinstance(step, str)]
    own = _SHORT.get(names[-1], "") if names else ""
    return own or (_SHORT["values"] if names[:1] == ["values"] and len(names) == 2 else "")  # noqa: PLR2004  values.NAME


def _set(of: Any, steps: list[str | int], value: object) -> None:  # noqa: ANN401  any part of a file
    """Set what is at the end of the steps, making parts on the way; None takes it away."""
    for at, step in enumerate(steps[:-1]):
        below = _below(of, step)
        if below is not None and not isinstance(below, dict | list):
            short = _short(steps[: at + 1])
            if len(steps) == at + 2 and steps[at + 1] == short and value is not None:
                of[step] = value
                return
            below = {short: below} if short else {}
            of[step] = below
        if below is None:
            if value is None:
                return
            below = [] if isinstance(steps[at + 1], int) else {}
            if isinstance(of, list):
                of.append(below)
            else:
                of[step] = below
        of = below
    last = steps[-1]
    if isinstance(of, dict):
        if value is None:
            of.pop(last, None)
        else:
            of[last] = value
    elif isinstance(of, list) and isinstance(last, int) and value is not None:
        of[last : last + 1] = [value]


def _emptied(of: Document, path: str) -> None:
    """Take away the parts above a path that have nothing left in them, up to the first that has."""
    steps = _steps(path)
    for n in range(len(steps) - 1, 0, -1):
        above: Any = of
        for step in steps[: n - 1]:
            above = _below(above, step)
        name = steps[n - 1]
        if _below(above, name) not in ({}, []) or name in {"measures", "components", "expect"}:
            return
        del above[name]


def _typed(path: str, text: str) -> object:
    """A text as what the schema says is there: a whole number, true or false, else as it is; None for nothing."""
    if not text:
        return None
    kind = schema_at(path).get("type", "")
    if kind == "boolean" and text in {"true", "false"}:
        return text == "true"
    if kind != "string" and re.fullmatch(r"-?(?:0|[1-9]\d{0,17})", text):
        return int(text)
    return text


def schema_at(path: str) -> dict[str, Any]:
    """What the plan's schema says of a path; empty for what it does not know."""
    of: dict[str, Any] = PLAN_SCHEMA
    for step in _steps(path):
        if isinstance(step, int):
            of = of.get("items", {})
        else:
            more = of.get("additionalProperties")
            of = of.get("properties", {}).get(step) or (more if isinstance(more, dict) else {})
    return of
