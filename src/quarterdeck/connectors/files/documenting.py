"""The mapping language and the templates described: JSON Schema, reference page, empty files to fill in.

    Mapping.currency, with its metadata  ->  {"currency": {"type": "string", "pattern": ..., "description": ...}}
                                         ->  | `currency` | three letters | The currency of amounts ... |
    TEMPLATES["teams"]                   ->  team,name,parent,effective_from,effective_to

Everything is made from the dataclasses of `mapping`, RULES and TEMPLATES, so that it cannot disagree with the parser.
"""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Iterator
from typing import Any, Final

import xlsxwriter

from quarterdeck.connectors.files.mapping import Field, Join, Mapping, TableRule, Unpivot
from quarterdeck.connectors.files.rules import RULES
from quarterdeck.terms.tables import Table, column_names
from quarterdeck.terms.templates import TEMPLATES

_TEXT: Final = {"type": ["string", "number", "boolean"]}
"""YAML writes 1 and true without quotes; the parser reads every scalar as the text it is."""
_TEXTS: Final = {"type": "array", "items": _TEXT}
_NODES: Final[dict[str, dict[str, Any]]] = {
    "text": _TEXT,
    "texts": _TEXTS,
    "flag": {"enum": [True, False, "true", "false"]},
    "pairs": {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean", "null"]}},
    "on": {"type": ["string", "object"], "additionalProperties": _TEXT},
    "conditions": {"type": "object", "additionalProperties": _TEXTS},
    "scale": {"type": ["string", "number"], "pattern": r"^\d{1,12}(\.\d{1,9}|/[1-9]\d{0,8})?$"},
    "pattern": {"type": "string", "format": "regex"},
    "currency": {"type": "string", "pattern": "^[A-Za-z]{3}$"},
    "template": {"enum": list(TEMPLATES)},
    "unpivot": {"$ref": "#/$defs/Unpivot"},
    "joins": {"type": "array", "items": {"$ref": "#/$defs/Join"}},
    "tables": {"type": "array", "items": {"$ref": "#/$defs/TableRule"}},
    "fields": {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {"oneOf": [{"type": "string"}, {"$ref": "#/$defs/Field"}]},
    },
}
_WORDS: Final = {
    "text": "text", "texts": "list of texts", "flag": "true or false", "pairs": "value: meaning", "on": "column",
    "conditions": "column: list of values", "scale": "number or fraction", "pattern": "regular expression",
    "currency": "three letters", "template": "template's name", "unpivot": "see Unpivot", "joins": "list, see Join",
    "tables": "list, see Table", "fields": "field: column, or see Field",
}  # fmt: skip
_PARTS: Final[dict[str, type[Any]]] = {
    "Mapping": Mapping,
    "TableRule": TableRule,
    "Field": Field,
    "Join": Join,
    "Unpivot": Unpivot,
}


def mapping_json_schema() -> dict[str, Any]:
    """The mapping language as JSON Schema (draft 2020-12), for editors and for the page that edits mappings."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Quarterdeck mapping file",
        **_schema(Mapping),
        "$defs": {name: _schema(part) for name, part in _PARTS.items() if part is not Mapping},
    }


def _schema(part: type[Any]) -> dict[str, Any]:
    keys = dataclasses.fields(part)
    required = [key.name for key in keys if key.metadata["is_required"]]
    schema: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {key.name: _key(key) for key in keys},
    }
    if part is TableRule:
        schema["allOf"] = [_fields_of(name) for name in TEMPLATES]
    if part is Field:
        schema["oneOf"] = [{"required": [name]} for name in ("column", "first_of", "text")]
    return schema | ({"required": required} if required else {})


def _key(key: dataclasses.Field[Any]) -> dict[str, Any]:
    kind = key.metadata["kind"]
    node = {"enum": list(key.metadata["choices"])} if kind == "choice" else _NODES[kind]
    return {**node, "description": key.metadata["about"]}


def _fields_of(template: str) -> dict[str, Any]:
    """A table that fills a template names only fields of that template."""
    return {
        "if": {"properties": {"template": {"const": template}}, "required": ["template"]},
        "then": {"properties": {"fields": {"propertyNames": {"enum": column_names(TEMPLATES[template])}}}},
    }


def mapping_reference() -> str:
    """The reference page of mapping files, as Markdown."""
    return "\n".join([*_language(), *_templates(), *_findings()])


def _language() -> Iterator[str]:
    yield "# Mapping files\n"
    yield "A mapping is a YAML file that says which columns of which files feed which fields of which templates."
    yield "This page is generated from the code that reads it.\n"
    yield "Names of files and columns, values and conditions are compared without case and outer spaces; in names of"
    yield "columns punctuation does not count either. `*` stands for any letters, and alone for any cell that is not"
    yield 'empty; `""` is an empty cell.\n'
    for name, part in _PARTS.items():
        yield f"## {name.removesuffix('Rule')}\n\n{(part.__doc__ or '').strip()}\n"
        yield "| key | value | meaning | example |\n| --- | --- | --- | --- |"
        for key in dataclasses.fields(part):
            words = ", ".join(f"`{choice}`" for choice in key.metadata["choices"]) or _WORDS[key.metadata["kind"]]
            must = " Required." if key.metadata["is_required"] else ""
            example = f"`{key.metadata['example']}`" if key.metadata["example"] else ""
            yield _line(f"`{key.name}`", words, f"{key.metadata['about']}{must}", example)
        yield ""


def _templates() -> Iterator[str]:
    yield "## Templates\n"
    for table in TEMPLATES.values():
        key = ", ".join(f"`{name}`" for name in table.key)
        yield f"### {table.name}\n\n{table.about} One row per {table.row}; known by {key}.\n"
        yield "| field | kind | required | meaning |\n| --- | --- | --- | --- |"
        for column in table.columns:
            kind = " / ".join(column.choices) or column.kind
            about = f"{column.about} Code of {column.refers_to}." if column.refers_to else column.about
            yield _line(f"`{column.name}`", kind, "yes" if column.is_required else "", about)
        yield ""


def _findings() -> Iterator[str]:
    yield "## Findings\n\n| rule | severity | what | remedy |\n| --- | --- | --- | --- |"
    for rule in RULES.values():
        yield _line(f"`{rule.code}`", rule.severity, rule.title, rule.remedy)
    yield ""


def _line(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def template_csv(table: Table) -> str:
    """An empty file to fill in: the header, and one row of examples.

    >>> print(template_csv(TEMPLATES["leave"]), end="")
    person,starts_on,ends_on,share,reason
    rita,2025-07-07,2025-07-21,1,holiday
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(column_names(table))
    writer.writerow([column.example for column in table.columns])
    return out.getvalue()


def templates_xlsx() -> bytes:
    """A workbook with one sheet per template: header, a row of examples, and what each column means as a note."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True})
        for table in TEMPLATES.values():
            sheet = book.add_worksheet(table.name)
            sheet.freeze_panes(1, 0)
            for at, column in enumerate(table.columns):
                sheet.write_string(0, at, column.name, bold)
                sheet.write_comment(0, at, f"{column.about}{' Required.' if column.is_required else ''}")
                sheet.write_string(1, at, column.example)
            sheet.set_column(0, len(table.columns) - 1, 16)
    return out.getvalue()
