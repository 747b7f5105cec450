"""Mapping files read and written: YAML to `Mapping` with a precise refusal, and back.

tables:                            Refusal: tables[1].fields.amont
- template: opportunities            opportunities has no field 'amont'.
  file: deals                        Did you mean 'amount'?
  fields: {amont: value}
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, Final, NoReturn

import yaml

from quarterdeck.connectors.files.mapping import Field, Join, Mapping, TableRule, Unpivot
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.templates import TEMPLATES

_MAX_TEXT: Final = 1_000_000
_LINE: Final = 60


def mapping_from_yaml(text: str) -> Mapping:
    """The mapping a YAML text says; Refusal (rule `mapping`) with the path into the file when it says none."""
    if len(text) > _MAX_TEXT:
        _refuse("", f"The file has {len(text):,} characters.", "A mapping has a few pages at most.")
    try:
        node = yaml.load(text, Loader=_Loader)  # noqa: S506  it is a SafeLoader that knows less
    except (yaml.YAMLError, RecursionError) as error:
        _refuse("", f"It is not YAML: {' '.join(str(error).split())}.", "Mend the place named.")
    mapping: Mapping = _object(Mapping, node, "")
    return mapping


class _Loader(yaml.SafeLoader):
    """Safe, without aliases (a small file could unfold to a huge one), and every scalar stays the text it is."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not part of the mapping language")
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] in {"null", "merge"}]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _refuse(path: str, why: str, remedy: str) -> NoReturn:
    raise Refusal("The mapping was not read.", f"{path}: {why}" if path else why, remedy, "mapping", row=path)


def _suggestion(word: str, known: Iterable[str]) -> str:
    """The remedy for a word that is not known.

    >>> _suggestion("amont", ["amount", "owner"]), _suggestion("x", ["b", "a"])
    ("Did you mean 'amount'?", 'Use one of: a, b.')
    """
    words = sorted(known)
    near = difflib.get_close_matches(word, words, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Use one of: {', '.join(words)}."


def _object(cls: type[Any], node: object, path: str) -> Any:  # noqa: ANN401  one of the dataclasses of the language
    if not isinstance(node, dict):
        _refuse(path, f"Expected keys and values, found {_shown(node)}.", "See the reference of mapping files.")
    keys = {key.name: key for key in dataclasses.fields(cls)}
    for key in node:
        if key not in keys:
            _refuse(_at(path, key), f"There is no such key {_shown(key)}.", _suggestion(str(key), keys))
    for key in keys.values():
        if key.metadata["is_required"] and node.get(key.name) is None:
            _refuse(_at(path, key.name), "It is missing.", f"Say it: {key.metadata['about']}")
    made = {name: _value(keys[name], value, _at(path, name)) for name, value in node.items() if value is not None}
    whole = cls(**made)
    if isinstance(whole, TableRule):
        _check_fields(whole.template, whole.fields, path)
    return whole


def _at(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)


def _shown(node: object) -> str:
    return repr(node) if len(repr(node)) < _LINE else f"{repr(node)[:57]}..."


def _value(key: dataclasses.Field[Any], node: object, path: str) -> object:
    kind = key.metadata["kind"]
    if kind == "choice":
        return _chosen(node, key.metadata["choices"], path)
    if kind in _OBJECTS:
        return _object(_OBJECTS[kind], node, path)
    if kind in _LISTS:
        return tuple(_object(_LISTS[kind], item, f"{path}[{at}]") for at, item in enumerate(_listed(node, path), 1))
    return _READERS[kind](node, path)


def _listed(node: object, path: str) -> list[object]:
    if not isinstance(node, list):
        _refuse(path, f"Expected a list, found {_shown(node)}.", "Start each item with a hyphen.")
    return node


def _text(node: object, path: str) -> str:
    if not isinstance(node, str):
        _refuse(path, f"Expected a text, found {_shown(node)}.", "Put it in quotes.")
    return node


def _texts(node: object, path: str) -> tuple[str, ...]:
    return tuple(_text(item, f"{path}[{at}]") for at, item in enumerate(_listed(node, path), 1))


def _pairs(node: object, path: str) -> tuple[tuple[str, str], ...]:
    if not isinstance(node, dict):
        _refuse(path, f"Expected pairs, found {_shown(node)}.", "Write {value: meaning}.")
    return tuple(
        (_text(key, path), _text("" if value is None else value, _at(path, key))) for key, value in node.items()
    )


def _on(node: object, path: str) -> tuple[tuple[str, str], ...]:
    return ((node, node),) if isinstance(node, str) else _pairs(node, path)


def _conditions(node: object, path: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(node, dict):
        _refuse(path, f"Expected columns and lists of values, found {_shown(node)}.", "Write {column: [value, ...]}.")
    return tuple((_text(key, path), _texts(values, _at(path, key))) for key, values in node.items())


def _fields(node: object, path: str) -> tuple[tuple[str, Field], ...]:
    if not isinstance(node, dict) or not node:
        _refuse(path, f"Expected fields, found {_shown(node)}.", "Write {field: column}.")
    return tuple((_text(name, path), _field(value, _at(path, name))) for name, value in node.items())


def _field(node: object, path: str) -> Field:
    made: Field = Field(column=node) if isinstance(node, str) else _object(Field, node, path)
    n_sources = bool(made.column) + bool(made.first_of) + bool(made.text)
    if n_sources != 1:
        _refuse(path, f"It has {n_sources} sources.", "Say one of `column`, `first_of` and `text`.")
    return made


def _flag(node: object, path: str) -> bool:
    return bool(_chosen(node, ("true", "false"), path) == "true")


def _chosen(node: object, choices: tuple[str, ...], path: str) -> str:
    word = _text(node, path)
    if word not in choices:
        _refuse(path, f"It cannot be {_shown(word)}.", _suggestion(word, choices))
    return word


def _template(node: object, path: str) -> str:
    return _chosen(node, tuple(TEMPLATES), path)


def _currency(node: object, path: str) -> str:
    code = _text(node, path).upper()
    if not re.fullmatch(r"[A-Z]{3}", code):
        _refuse(path, f"{_shown(node)} is not a currency.", "Use a three-letter code such as EUR.")
    return code


def _scale(node: object, path: str) -> str:
    text = _text(node, path)
    if not re.fullmatch(r"\d{1,12}(\.\d{1,9}|/[1-9]\d{0,8})?", text) or not Fraction(text):
        _refuse(path, f"{_shown(node)} is not a number above zero.", "Write 1000, 0.01 or 1/60.")
    return text


def _pattern(node: object, path: str) -> str:
    text = _text(node, path)
    try:
        re.compile(text)
    except re.error as error:
        _refuse(path, f"It is not a regular expression: {error}.", "Mend it, for instance (?P<year>\\d{4}).")
    return text


def _check_fields(template: str, fields: tuple[tuple[str, Field], ...], path: str) -> None:
    for name, _ in fields:
        if name not in TEMPLATES[template].by_name:
            _refuse(
                _at(path, f"fields.{name}"), f"{template} has no field {name!r}.",
                _suggestion(name, TEMPLATES[template].by_name),
            )  # fmt: skip


_OBJECTS: Final[dict[str, type[Any]]] = {"unpivot": Unpivot}
_LISTS: Final[dict[str, type[Any]]] = {"joins": Join, "tables": TableRule}
_READERS: Final[dict[str, Callable[[object, str], object]]] = {
    "text": _text, "texts": _texts, "pairs": _pairs, "on": _on, "conditions": _conditions, "fields": _fields,
    "flag": _flag, "template": _template, "currency": _currency, "scale": _scale, "pattern": _pattern,
}  # fmt: skip


def mapping_to_yaml(mapping: Mapping) -> str:
    """The mapping as a file that reads back as the same mapping; what equals its default is left out."""
    return yaml.safe_dump(_node(mapping), sort_keys=False, allow_unicode=True, width=120)


def _node(made: Any) -> dict[str, object]:  # noqa: ANN401  one of the dataclasses of the language
    node = {}
    for key in dataclasses.fields(made):
        value = getattr(made, key.name)
        if value != key.default:
            node[key.name] = _written(key.metadata["kind"], value)
    return node


def _written(kind: str, value: Any) -> object:  # noqa: ANN401  whatever the key holds
    if kind == "fields":
        return {name: item.column if item == Field(column=item.column) else _node(item) for name, item in value}
    if kind in _LISTS:
        return [_node(item) for item in value]
    if kind in _OBJECTS:
        return _node(value)
    if kind in {"pairs", "on"}:
        return dict(value)
    if kind == "conditions":
        return {column: list(values) for column, values in value}
    return list(value) if kind == "texts" else value


def with_translation(mapping: Mapping, template: str, field: str, value: str, meaning: str) -> Mapping:
    """The mapping in which `value` of a template's field means `meaning`, as a person decided on a page.

    A translation that so far led to `value` leads to `meaning` as well. Refusal when no rule fills the field.
    """
    if not any(rule.template == template and name == field for rule in mapping.tables for name, _ in rule.fields):
        _refuse(f"{template}.{field}", "No table of the mapping fills it.", "Map a column to it first.")
    tables = (
        _translated(rule, field, value, meaning) if rule.template == template else rule for rule in mapping.tables
    )
    return dataclasses.replace(mapping, tables=tuple(tables))


def _translated(rule: TableRule, field: str, value: str, meaning: str) -> TableRule:
    fields = tuple(
        (name, dataclasses.replace(source, values=_more(source.values, value, meaning)) if name == field else source)
        for name, source in rule.fields
    )
    return dataclasses.replace(rule, fields=fields)


def _more(values: tuple[tuple[str, str], ...], value: str, meaning: str) -> tuple[tuple[str, str], ...]:
    kept = tuple((old, meaning if new == value else new) for old, new in values if old != value)
    return (*kept, (value, meaning))
