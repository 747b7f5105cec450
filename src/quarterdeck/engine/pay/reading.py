"""A plan file: from YAML text to a `Plan`, or findings that name file, line, path and remedy.

    components:                                     Plan(... components=(Component(name="commission", ...),))
      - {name: commission, measure: sales,    ->    or plan.yaml, line 3, components[0].rate: '8 %%' has '%' where
         rate: 8%%}                                  an operator or the end should follow

Numbers stay texts until they are exact fractions, days until they are days; a key said twice and an alias are refused,
since the first would be lost in silence and the second can grow without end. Source: YAML 1.1 as PyYAML reads it,
without its floats.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import yaml

from quarterdeck.engine.pay.building import built
from quarterdeck.engine.pay.problems import Problems
from quarterdeck.engine.pay.schema import schema_problems
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.findings import Finding

if TYPE_CHECKING:
    from quarterdeck.engine.pay.definitions import Plan

MAX_LENGTH: Final = 1_000_000


class PlainLoader(yaml.SafeLoader):
    """Plain YAML without floats and timestamps, so that 0.1 stays what was written."""


_LEFT_OUT: Final = {f"tag:yaml.org,2002:{name}" for name in ("float", "timestamp", "bool")}
PlainLoader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in found if tag not in _LEFT_OUT]
    for letter, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
# YAML 1.1 also takes on, off, yes and no for truth: the key `on` of an example's event would be lost.
PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def plan_read(text: str, file: str = "plan.yaml") -> tuple[Plan | None, list[Finding]]:
    """The plan of a file's text, and what is wrong with it; None when something is.

    >>> plan, findings = plan_read('''
    ... plan: reps
    ... currency: USD
    ... effective_from: 2025-01-01
    ... effective_to: 2026-01-01
    ... measures: {sales: {window: year, target: quota}}
    ... values: {quota: money}
    ... components: [{name: commission, measure: sales, rate: 8%}]
    ... ''')
    >>> plan.components[0].name, findings
    ('commission', [])
    >>> _, findings = plan_read("plan: reps", "reps.yaml")
    >>> findings[0].file, findings[0].column, findings[0].remedy
    ('reps.yaml', 'currency', "Add 'currency' under the plan.")
    """
    document, lines, findings = _document(text, file)
    if findings:
        return None, findings
    problems = Problems(schema_problems(document))
    plan = built(document, problems, hashlib.sha256(text.encode()).hexdigest()) if not problems.found else None
    if problems.found:
        return None, [_finding(file, _line(path, lines), path, why, remedy) for path, why, remedy in problems.found]
    return plan, []


def plan_from_text(text: str, file: str = "plan.yaml") -> Plan:
    """The plan of a file's text. Raises Refusal naming everything that is wrong with it.

    >>> plan_from_text("plan: [")
    Traceback (most recent call last):
    quarterdeck.terms.errors.Refusal: The plan was not read. plan.yaml, line 1: this is no YAML: ...
    """
    plan, findings = plan_read(text, file)
    if plan is None:
        shown = [
            f"{one.file}, line {one.row}{', ' + one.column if one.column else ''}: {one.message}" for one in findings
        ]
        raise Refusal("The plan was not read.", "; ".join(shown[:20]) + ".",
            " ".join(dict.fromkeys(one.remedy for one in findings[:20])), "comp_plan", row=file)  # fmt: skip
    return plan


def text_findings(text: str, file: str = "plan.yaml") -> list[Finding]:
    """What keeps a text from being read as a plan file at all: no YAML, no mapping, a key said twice, an alias.

    >>> [one.message for one in text_findings("plan: [")][0][:17], text_findings("plan: reps")
    ('this is no YAML: ', [])
    """
    found, _, findings = _document(text, file)
    if not findings and not isinstance(found, dict):
        return [_finding(file, 1, "", "it holds no keys", "Begin with a plan to start from.")]
    return findings


def _document(text: str, file: str) -> tuple[Any, dict[str, int], list[Finding]]:
    if len(text) > MAX_LENGTH:
        return None, {}, [_finding(file, 1, "", f"it has more than {MAX_LENGTH:,} characters", "Split the plan.")]
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=PlainLoader)):
            return None, {}, [_finding(file, 1, "", "it uses an alias (*name)", "Write out what it stands for.")]
        root = yaml.compose(text, Loader=PlainLoader)
        document = yaml.load(text, Loader=PlainLoader)  # noqa: S506  a subclass of the safe loader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        why = " ".join(str(getattr(error, "problem", None) or error).split())
        line = mark.line + 1 if mark else 1
        return None, {}, [_finding(file, line, "", f"this is no YAML: {why}", "Mind the indentation and the brackets.")]
    placed = list(_placed(root, "")) if root else []
    lines = dict(placed)
    twice = [_finding(file, line, path, "it is said twice", "Keep one of the two.") for path, line in _twice(placed)]
    return document, lines, twice


def _placed(node: yaml.Node, path: str) -> Iterator[tuple[str, int]]:
    """Every path of the document with its line."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = f"{path}.{key.value}" if path else str(key.value)
            yield below, key.start_mark.line + 1
            yield from _placed(value, below)
    elif isinstance(node, yaml.SequenceNode):
        for at, value in enumerate(node.value):
            yield f"{path}[{at}]", value.start_mark.line + 1
            yield from _placed(value, f"{path}[{at}]")


def _twice(placed: list[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    seen: set[str] = set()
    for path, line in placed:
        if path in seen:
            yield path, line
        seen.add(path)


def _line(path: str, lines: dict[str, int]) -> int:
    """The line of a path, or of the nearest one above it that the file has."""
    while path and path not in lines:
        path = re.sub(r"(?:\.[^.\[\]]+|\[\d+\]|^[^.\[\]]+)$", "", path)
    return lines.get(path, 1)


def _finding(file: str, line: int, path: str, message: str, remedy: str) -> Finding:
    return Finding(file=file, row=line, column=path, value="", rule="comp_plan", severity="error", message=message,
        remedy=remedy)  # fmt: skip
