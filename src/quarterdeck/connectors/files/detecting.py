"""What a set of files is: a preset's, our own templates, or something a person must map, with a draft to start from.

files                                      suggestion
sales_pipeline.csv, sales_teams.csv, ...   preset maven
opportunities.csv, people.csv              templates
deals.csv with columns Deal, Rep, Value    drafted: deals -> opportunities, each column with a confidence
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final, Literal

from quarterdeck.connectors.files.mapping import Field, Mapping, TableRule
from quarterdeck.connectors.files.matching import names_file, squashed
from quarterdeck.connectors.files.parsing import mapping_from_yaml
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.templates import TEMPLATES

if TYPE_CHECKING:
    from quarterdeck.connectors.files.raw import RawTable
    from quarterdeck.terms.tables import Column, Table

PRESETS: Final = ("maven", "salesforce", "hubspot")
CANONICAL: Final = "canonical"
"""Our own templates, where a preset may be named: files are known by their headings, and no preset is tried."""

_ENOUGH: Final = 0.6
"""Least share of a preset's columns, or of a template's, that must be there."""
_NEAR: Final = 0.75


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """One column of a file and the field it seems to feed; `confidence` from 0 to 1, 1 when the names are equal."""

    file: str
    column: str
    template: str
    field: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """How a set of files can be read; a drafted one is for a person to confirm and not applied by itself."""

    kind: Literal["preset", "templates", "drafted", "none"]
    mapping: Mapping
    confidence: float
    columns: tuple[ColumnGuess, ...] = ()
    unmatched: tuple[str, ...] = ()


@cache
def preset(name: str) -> Mapping:
    """The mapping of a preset; Refusal when there is none of that name."""
    if name not in PRESETS:
        raise Refusal(
            f"There is no preset {name!r}.",
            f"The presets are {', '.join((CANONICAL, *PRESETS))}.",
            "Name one of them.",
            "unknown_preset",
        )
    text = resources.files(__package__).joinpath(f"presets/{name}.yaml").read_text(encoding="utf-8")
    return mapping_from_yaml(text)


def detect(tables: list[RawTable], presets: tuple[str, ...] = PRESETS) -> Suggestion:
    """The best suggestion for these tables among some presets and our own templates."""
    full = [table for table in tables if table.columns]
    scored = {name: _fit(preset(name), full) for name in presets}
    best = max(presets, key=lambda name: scored[name], default="")
    if best and scored[best] >= _ENOUGH and not all(_is_template(table) for table in full):
        mapping = preset(best)
        patterns = [pattern for rule in mapping.tables for pattern in (rule.file, *(join.file for join in rule.joins))]
        unmatched = tuple(
            table.file for table in full if not any(names_file(pattern, table.name) for pattern in patterns)
        )
        return Suggestion("preset", mapping, scored[best], unmatched=unmatched)
    return _drafted(full, [_guess(table) for table in full])


def _is_template(table: RawTable) -> bool:
    """Whether the table has every required column of some template."""
    there = {squashed(name) for name in table.columns}
    needed = [[column for column in template.columns if column.is_required] for template in TEMPLATES.values()]
    return any(all(there & _names(column) for column in columns) for columns in needed)


def _names(column: Column) -> set[str]:
    return {squashed(word) for word in (column.name, *column.aliases)}


def _fit(mapping: Mapping, tables: list[RawTable]) -> float:
    """Share of the tables that the preset knows, times the share of columns it names that they have."""
    n_known, n_named, n_there = 0, 0, 0
    for table in tables:
        rules = [rule for rule in mapping.tables if names_file(rule.file, table.name)]
        there = {squashed(name) for name in table.columns}
        named = {squashed(source.column) for rule in rules for _, source in rule.fields if "." not in source.column}
        named -= {""}
        n_known += bool(rules)
        n_named, n_there = n_named + len(named), n_there + len(named & there)
    return round(n_there / n_named * min(1.0, 2 * n_known / len(tables)), 3) if n_named else 0.0


def _drafted(
    tables: list[RawTable], guesses: list[tuple[TableRule | None, float, tuple[ColumnGuess, ...]]]
) -> Suggestion:
    rules = tuple(dict.fromkeys(rule for rule, _, _ in guesses if rule is not None))  # files of one name share a rule
    scores = [confidence for rule, confidence, _ in guesses if rule is not None]
    unmatched = tuple(table.file for table, (rule, _, _) in zip(tables, guesses, strict=True) if rule is None)
    columns = tuple(guess for _, _, listed in guesses for guess in listed)
    kind: Literal["templates", "drafted", "none"] = "drafted" if rules else "none"
    if rules and min(scores) == 1.0:
        kind = "templates"
    mapping = Mapping(name=kind, title="Quarterdeck templates" if kind == "templates" else "Draft", tables=rules)
    return Suggestion(kind, mapping, min(scores, default=0.0), columns, unmatched)


def _guess(table: RawTable) -> tuple[TableRule | None, float, tuple[ColumnGuess, ...]]:
    """The rule for the template that fits a table best, how sure it is, and each column's guess."""
    drafts = {name: _column_guesses(table, template) for name, template in TEMPLATES.items()}
    named = next((name for name in TEMPLATES if squashed(name) == squashed(table.name)), None)
    best = max(TEMPLATES, key=lambda name: _score(TEMPLATES[name], drafts[name], is_named=name == named))
    template, listed = TEMPLATES[best], drafts[best]
    exact = {guess.field for guess in listed if guess.confidence == 1.0}
    required = {column.name for column in template.columns if column.is_required}
    has_all = required <= exact
    if not has_all and len(required & {guess.field for guess in listed}) < len(required) * _ENOUGH:
        return None, 0.0, ()
    confidence = 1.0 if has_all else round(min(0.95, sum(guess.confidence for guess in listed) / len(table.columns)), 2)
    kept = tuple(guess for guess in listed if guess.confidence == 1.0) if has_all else listed
    fields = tuple((guess.field, Field(column=guess.column)) for guess in kept)
    return TableRule(template=best, file=table.name.replace("|", "*"), fields=fields), confidence, kept


def _score(template: Table, guesses: tuple[ColumnGuess, ...], *, is_named: bool) -> tuple[float, float]:
    required = [column.name for column in template.columns if column.is_required]
    found = sum(guess.confidence for guess in guesses if guess.field in required)
    return found / len(required) + (0.5 if is_named else 0), sum(guess.confidence for guess in guesses)


def _column_guesses(table: RawTable, template: Table) -> tuple[ColumnGuess, ...]:
    """Each field with the column that fits it best, each column used once; equal names first."""
    pairs = sorted(
        ((_likeness(column, name), at, name) for at, column in enumerate(template.columns) for name in table.columns),
        key=lambda pair: (-pair[0], pair[1]),
    )
    taken_fields, taken_columns, found = set(), set(), []
    for confidence, at, name in pairs:
        column = template.columns[at]
        if confidence < _NEAR or at in taken_fields or name in taken_columns:
            continue
        taken_fields.add(at)
        taken_columns.add(name)
        found.append(ColumnGuess(table.file, name, template.name, column.name, confidence))
    return tuple(found)


def _likeness(column: Column, name: str) -> float:
    """1 for an equal name or alias, else how alike they are; an alias that is a mere word counts less than the name."""
    theirs, ours = squashed(name), _names(column)
    if theirs in ours:
        return 1.0
    longer = {f"{word}{suffix}" for word in ours for suffix in ("id", "code", "name", "key", "no", "number")}
    if theirs in longer:
        return 0.9
    alike = (difflib.SequenceMatcher(None, theirs, word) for word in sorted(ours))
    return round(max(one.ratio() if one.quick_ratio() >= _NEAR else 0.0 for one in alike), 2)
