"""Write the pages that code already says: docs/terms.md and docs/reference/. Run by `make docs`; not committed.

Every page is a function from a definition to Markdown, so a page cannot disagree with what it describes.
"""

from __future__ import annotations

import ast
import json
import os
import re
import sys
import tempfile
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from quarterdeck.services.compute.planning import PlanFunction
    from quarterdeck.terms.tables import Table

DOCS = Path(__file__).resolve().parent
SOURCE = DOCS.parent / "src" / "quarterdeck"


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; bars inside cells are escaped."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def terms_page() -> str:
    """docs/terms.md."""
    from quarterdeck.terms.words import WORDS

    parts = ["# Terms\n\nOne word per thing, in code, tables, addresses, pages and docs.\n"]
    for group, words in groupby(WORDS, key=lambda word: word.group):
        parts.append(f"## {group}\n\n" + table(("word", "means"), [(f"**{word.name}**", word.means) for word in words]))
    return "\n".join(parts)


def _table_section(definition: Table) -> str:
    rows = [
        (
            f"`{column.name}`",
            column.kind,
            "yes" if column.is_required else "",
            column.about + (f" One of: {', '.join(column.choices)}." if column.choices else ""),
            f"`{column.example}`" if column.example else "",
        )
        for column in definition.columns
    ]
    key = f" Unique by {', '.join(f'`{name}`' for name in definition.key)}." if definition.key else ""
    return f"## {definition.name}\n\n{definition.about} One row per {definition.row}.{key}\n\n" + table(
        ("column", "kind", "required", "means", "example"), rows
    )


def templates_page() -> str:
    """docs/reference/templates.md."""
    from quarterdeck.terms.templates import TEMPLATES

    return "# Templates\n\nThe files a company hands in.\n\n" + "\n".join(map(_table_section, TEMPLATES.values()))


def frames_page() -> str:
    """docs/reference/frames.md."""
    from quarterdeck.terms.frames import FRAMES
    from quarterdeck.terms.pay import PAY_INPUTS, PAY_OUTPUTS
    from quarterdeck.terms.planning import PLANNING_FRAMES

    tables = (FRAMES | PLANNING_FRAMES | PAY_INPUTS | PAY_OUTPUTS).values()
    return "# Frames\n\nWhat the engine reads and writes.\n\n" + "\n".join(map(_table_section, tables))


def metrics_page() -> str:
    """docs/reference/metrics.md."""
    from quarterdeck.engine.metrics.definitions import METRICS

    rows = [
        (f"[`{metric.name}`](../methods/{metric.method}.md)", metric.title, metric.unit, metric.kind, metric.about)
        for metric in METRICS.values()
    ]
    return "# Metrics\n\n" + table(("name", "title", "unit", "kind", "what it is"), rows)


def findings_page() -> str:
    """docs/reference/findings.md."""
    from quarterdeck.connectors.files.rules import RULES

    rows = [(f"`{rule.code}`", rule.severity, rule.title, rule.remedy) for rule in RULES.values()]
    return "# Findings\n\nWhat an import can notice, and what to do about it.\n\n" + table(
        ("rule", "severity", "means", "remedy"), rows
    )


def refusals() -> Iterator[tuple[str, str, str]]:
    """Every refusal in the code as (rule, what, module), read off the syntax tree.

    A module's own helper `_refusal(..., "rule")` hands the rule on as its last argument.
    """
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and (rule := _rule(node)):
                what = node.args[0]
                sentence = what.value if isinstance(what, ast.Constant) else ast.unparse(what)
                yield rule, str(sentence), path.relative_to(SOURCE).as_posix()


def _rule(call: ast.Call) -> str:
    name = getattr(call.func, "id", "")
    if name == "Refusal" and len(call.args) >= 4:  # noqa: PLR2004  what, why, next step, rule
        said = call.args[3]
    elif name == "_refusal" and call.args:
        said = call.args[-1]
    else:
        return ""
    text = said.value if isinstance(said, ast.Constant) else ""
    return text if isinstance(text, str) and re.fullmatch("[a-z_]+", text) else ""


def refusals_page() -> str:
    """docs/reference/refusals.md."""
    rows = sorted({(f"`{rule}`", what, f"`{module}`") for rule, what, module in refusals()})
    return "# Refusals\n\nWhat can be refused, by rule; each answer also says why and what to do next.\n\n" + table(
        ("rule", "what was refused", "said by"), rows
    )


def command_line_page() -> str:
    """docs/reference/command-line.md."""
    from typer.testing import CliRunner

    from quarterdeck.faces.cli.main import app

    runner, parts = CliRunner(), ["# Command line\n"]
    for words in ([], *(command_paths())):
        text = runner.invoke(app, [*words, "--help"], terminal_width=100, env={"TERM": "dumb", "NO_COLOR": "1"}).output
        parts.append(f"## quarterdeck {' '.join(words)}".rstrip() + f"\n\n```\n{text.strip()}\n```\n")
    return "\n".join(parts)


def command_paths() -> list[list[str]]:
    """Every command as its words: [["demo"], ["user", "add"], ...]."""
    import typer

    from quarterdeck.faces.cli.main import app

    def walk(group: object, words: list[str]) -> Iterator[list[str]]:
        for name, command in sorted(getattr(group, "commands", {}).items()):
            inner = [*words, name]
            yield from walk(command, inner) if getattr(command, "commands", None) else [inner]

    return list(walk(typer.main.get_command(app), []))


def compute_plan_page() -> str:
    """docs/reference/compute-plan.md: every function with its inputs, options, example, and what the example gives."""
    from quarterdeck.services.compute.planning import FUNCTIONS

    rows = [(f"[{name}](#{name})", each.room, each.about) for name, each in FUNCTIONS.items()]
    parts = ["# Compute plan\n\nThe formulas of planning on files: `quarterdeck compute plan FUNCTION FILES`. See "
        "[the guide](../guides/command-line.md).\n\n" + table(("function", "room", "does"), rows)]  # fmt: skip
    return "\n".join([*parts, *map(_function_section, FUNCTIONS.values())])


def _function_section(function: PlanFunction) -> str:
    parts = [f"## {function.name}\n\n{function.about} Method: [{function.method}](../methods/{function.method}.md).\n"]
    for each in function.inputs:
        left_out = "" if each.is_required else " May be left out."
        parts.append(f"**{each.table.name}**: {each.table.about} One row per {each.table.row}.{left_out}\n\n" + table(
            ("column", "kind", "required", "means"),
            [(f"`{_in_file(column.name)}`", column.kind, "yes" if column.is_required else "",
                column.about + (f" One of: {', '.join(column.choices)}." if column.choices else ""))
                for column in each.table.columns],
        ))  # fmt: skip
    if function.options:
        parts.append(table(("option", "kind", "required", "means"), [
            (f"`{option.flag}`", option.kind, "yes" if option.is_required else "",
                option.about + (f" One of: {', '.join(option.choices)}." if option.choices else ""))
            for option in function.options
        ]))  # fmt: skip
    return "\n".join([*parts, _function_example(function)])


def _function_example(function: PlanFunction) -> str:
    from quarterdeck.services.compute.planning import computed, example_written

    example = function.example
    with tempfile.TemporaryDirectory() as folder:
        paths, _ = example_written(function.name, Path(folder))
        found = computed(function.name, paths, example.options, unit=example.unit)
    parts = [f"`{name}.csv`\n\n```\n{text}```\n" for name, text in example.files.items()]
    parts.append(f"```\n{' '.join(example.words(function.name, 'files'))}\n```\n\n{found.says}\n")
    for name, frame in found.tables.items():
        columns = [column for column in frame.columns if column not in {"because", "derivation", "method"}]
        cells = [["" if cell is None else f"{cell:.6g}" if isinstance(cell, float) else cell for cell in row]
            for row in frame.select(columns).head(6).rows()]  # fmt: skip
        more = f"... and {len(frame) - 6} more.\n" if len(frame) > 6 else ""  # noqa: PLR2004  what fits a page
        parts.append(f"`{name}`\n\n{table(columns, cells)}{more}")
    return "\n".join(parts)


def _in_file(name: str) -> str:
    return name.removesuffix("_minor").removesuffix("_id")


def mapping_page() -> str:
    """docs/reference/mapping.md."""
    from quarterdeck.connectors.files import mapping_reference

    return mapping_reference()


def pay_plan_page() -> str:
    """docs/reference/pay-plan.md."""
    from quarterdeck.engine.pay.schema import PLAN_SCHEMA
    from quarterdeck.services.pay.starters import starters

    offered = [(f"`{one.name}`", one.title, one.about) for one in starters()]
    return (
        "# The plan file\n\nEvery key of a comp plan. How to write one: [pay plans](../guides/pay-plans.md). "
        "The same as JSON Schema, for editors: `quarterdeck compute pay --schema`.\n\n"
        + "\n".join(_schema_sections("", PLAN_SCHEMA))
        + "\n## To start from\n\n`quarterdeck compute pay --template NAME` prints one.\n\n"
        + table(("template", "title", "pays whom for what"), offered)
    )


def _schema_sections(path: str, schema: dict[str, Any]) -> Iterator[str]:
    """A table of the keys of a mapping, then one for each mapping below it."""
    rows, below = [], []
    for name, part in schema.get("properties", {}).items():
        inner, suffix = part, ""
        if "additionalProperties" in part and isinstance(part["additionalProperties"], dict):
            inner, suffix = part["additionalProperties"], ".NAME"
        elif "items" in part:
            inner, suffix = part["items"], "[]"
        where = f"{path}{'.' if path else ''}{name}{suffix}"
        if inner.get("properties"):
            below.append((where, inner))
        rows.append((f"`{name}`", _schema_kind(part), "yes" if name in schema["required"] else "", part["description"]))
    yield f"## {path or 'A plan'}\n\n" + table(("key", "is", "required", "means"), rows)
    for where, inner in below:
        yield from _schema_sections(where, inner)


def _schema_kind(part: dict[str, Any]) -> str:
    if "enum" in part:
        return ", ".join(f"`{one}`" for one in part["enum"])
    kinds = part.get("type", "anything")
    words = {
        "array": "list", "object": "mapping", "string": "text", "boolean": "true or false", "integer": "whole number",
        "null": "nothing",
    }  # fmt: skip
    return " or ".join(words.get(kind, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds))


def api_page() -> str:
    """docs/reference/api.md."""
    from quarterdeck.faces.api.routes import api

    schema = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    rows = [
        (f"`{verb.upper()} {path}`", operation.get("summary", ""), (operation.get("description") or "").split("\n")[0])
        for path, verbs in sorted(schema["paths"].items())
        for verb, operation in verbs.items()
    ]
    return "# API\n\nThe full description is served at `/api/v1/openapi.json`.\n\n" + table(
        ("operation", "does", "in a sentence"), rows
    )


PAGES: dict[str, Callable[[], str]] = {
    "terms.md": terms_page,
    "reference/templates.md": templates_page,
    "reference/frames.md": frames_page,
    "reference/metrics.md": metrics_page,
    "reference/findings.md": findings_page,
    "reference/refusals.md": refusals_page,
    "reference/command-line.md": command_line_page,
    "reference/compute-plan.md": compute_plan_page,
    "reference/mapping.md": mapping_page,
    "reference/pay-plan.md": pay_plan_page,
    "reference/api.md": api_page,
}


def main(target: Path) -> None:
    """Write every page below `target`."""
    os.environ.setdefault("QUARTERDECK_DATA_DIR", tempfile.mkdtemp())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quarterdeck.config.settings")
    import django

    django.setup()
    for name, page in PAGES.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS)
