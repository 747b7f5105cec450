"""`quarterdeck compute plan FUNCTION FILES`: a command per declared function, made when it is asked for.

declared                                           command
historic-quota, reads bases, asks --relief-rule    ... plan historic-quota bases.csv --relief-rule additive
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.services.compute.planning import Computed, Option, PlanFunction
    from quarterdeck.terms.tables import Table

SHOWN = 20
_UNSEEN = {"because", "derivation", "method", "exact"}
"""Columns that files carry and the screen has no room for."""
_FILES = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FILES",
        help="CSV, XLSX or Parquet, named after the input or as INPUT=FILE; or folders of these.",
        show_default=False,
    ),
]
_OUT = Annotated[
    Path | None, typer.Option(help="A folder for the tables and summary.json; empty prints the first rows.")
]
_FORM = Annotated[Literal["csv", "parquet"], typer.Option("--format", help="How tables are written.")]
_UNIT = Annotated[str, typer.Option("--unit", "--currency", help="What amounts are in: a currency, or count.")]
_MARK = Annotated[str, typer.Option("--decimal-mark", metavar="[.|,]", help="Which mark divides decimals.")]
_EXAMPLE = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Write example files into a folder, say the command, and stop.")
]
_DESPITE = Annotated[bool, typer.Option("--despite-findings", help="Leave out rows that are wrong, and compute.")]
_SHARED = {
    "files": (_FILES, None),
    "out": (_OUT, None),
    "form": (_FORM, "csv"),
    "unit": (_UNIT, "USD"),
    "mark": (_MARK, "."),
    "example": (_EXAMPLE, None),
    "despite_findings": (_DESPITE, False),
}


class Functions(TyperGroup):
    """The declared functions as commands; none is made before somebody asks for it."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002  Typer's own
        """Names in the order of the catalogue."""
        from quarterdeck.services.compute.planning import FUNCTIONS

        return list(FUNCTIONS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002  Typer's own
        """The command of a function; an option before it is Typer's. Raises Refusal where there is none."""
        from quarterdeck.services.compute.planning import function_named

        return None if cmd_name.startswith("-") else _command(function_named(cmd_name))


app = typer.Typer(
    cls=Functions,
    no_args_is_help=True,
    help="Formulas of planning on files: quotas, capacity, funnels, growth, territories.",
)


def _command(function: PlanFunction) -> Any:  # noqa: ANN401  Typer's own
    """A command whose options are those of the function and the shared ones."""

    def run(**said: Any) -> None:  # noqa: ANN401  as the signature below says
        options = {option.name: said.pop(f"asked_{option.name}") for option in function.options}
        _run(function, options, **said)

    parameters = [_shared("files"), *map(_parameter, function.options), *(_shared(name) for name in list(_SHARED)[1:])]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {}
    one = typer.Typer(rich_markup_mode=None, add_completion=False)
    one.command(function.name, help=help_of(function), short_help=function.about, rich_help_panel=function.room)(run)
    return typer.main.get_command(one)


def _shared(name: str) -> inspect.Parameter:
    annotation, default = _SHARED[name]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _parameter(option: Option) -> inspect.Parameter:
    """Every option is text until the service reads it; a mandatory one is refused there, in three sentences."""
    about = option.about + (
        " [required]" if option.is_required else f" [default: {option.default}]" if option.default else ""
    )
    metavar = f"[{'|'.join(option.choices)}]" if option.choices else option.kind.upper()
    info = typer.Option(option.flag, metavar=metavar, help=about, show_default=False)
    return inspect.Parameter(
        f"asked_{option.name}", inspect.Parameter.KEYWORD_ONLY, default="", annotation=Annotated[str, info]
    )


def _run(
    function: PlanFunction,
    options: dict[str, str | None],
    files: list[str] | None,
    out: Path | None,
    form: Literal["csv", "parquet"],
    unit: str,
    mark: str,
    example: Path | None,
    despite_findings: bool,
) -> None:
    from quarterdeck.faces.cli.importing import told_findings
    from quarterdeck.faces.cli.show import progress, say
    from quarterdeck.services.compute import planning

    if example:
        paths, command = planning.example_written(function.name, example)
        n = (
            f"{len(paths)} example file{'' if len(paths) == 1 else 's'} written to {example}."
            if paths
            else "It needs no file."
        )
        say(f"{n} Now run:\n\n{command}")
        return
    if mark not in {".", ","}:
        raise Refusal(
            "Nothing was computed.", f"'{mark}' divides no decimals.", "Say . or , as the mark.", "plan_option"
        )
    with progress(function.name):
        result = planning.computed(
            function.name,
            files or [],
            options,
            unit=unit,
            mark="," if mark == "," else ".",
            despite_findings=despite_findings,
        )
    told_findings(result.findings)
    if not result.says:
        wrong = [one for one in result.findings if one.severity == "error"]
        why = f"{len(wrong)} finding{'s are errors' if len(wrong) > 1 else ' is an error'}, listed above."
        raise Refusal(
            "Nothing was computed.",
            why,
            "Mend the files, or leave the rows out with --despite-findings.",
            "plan_findings",
        )
    if out:
        paths = planning.written(out, result, form)
        say(f"{result.says}\n{len(paths)} files written to {out}.")
        return
    _shown(function, result, unit)


def _shown(function: PlanFunction, result: Computed, unit: str) -> None:
    from quarterdeck.faces.cli.show import say, table
    from quarterdeck.services.compute.planning import digits_of

    digits = digits_of(unit)
    for name, frame in result.tables.items():
        columns = [column for column in frame.columns if column not in _UNSEEN]
        rows = [
            [_cell(column, value, digits) for column, value in zip(columns, row, strict=True)]
            for row in frame.select(columns).head(SHOWN).rows()
        ]
        right = [column for column in columns if not isinstance(frame[column].to_list()[0], str)] if len(frame) else []
        table(
            name,
            [column.removesuffix("_minor") for column in columns],
            rows,
            right=[one.removesuffix("_minor") for one in right],
        )
        if len(frame) > SHOWN:
            say(f"... and {len(frame) - SHOWN:,} more rows; --out FOLDER writes them all.")
        say("")
    say(result.says)
    say(f"Method: docs/methods/{function.method}.md")


def _cell(column: str, value: object, digits: int) -> object:
    """Amounts in the unit people say; everything else as it is."""
    if column.endswith("_minor") and isinstance(value, int):
        return f"{Decimal(value).scaleb(-digits):,.{digits}f}"
    return value


def help_of(function: PlanFunction) -> str:
    """What a function is for, its inputs with columns and kinds, and an example that runs."""
    parts = [function.about]
    for each in function.inputs:
        rest = "" if each.is_required else " (may be left out)"
        parts.append(f"\b\n{each.table.name}{rest}: one row per {each.table.row}.\n" + "\n".join(_columns(each.table)))
    if function.reads_measures:
        parts.append("Columns named by --measure stand beside these in the first input.")
    writes = ", ".join(dict.fromkeys(table.name for table in function.outputs))
    parts.append(f"Writes {writes}, and summary.json.")
    words = function.example.words(function.name, "files")
    first = f"quarterdeck compute plan {function.name} --example files\n" if function.inputs else ""
    parts.append(f"\b\n{first}{_wrapped(words)}")
    return "\n\n".join(parts)


def _columns(table: Table) -> list[str]:
    names = [column.name.removesuffix("_minor").removesuffix("_id") for column in table.columns]
    wide = max(map(len, names))
    return [
        f"  {name:{wide}}  {column.kind:6}  {'' if column.is_required else '(optional) '}{column.about}"
        for name, column in zip(names, table.columns, strict=True)
    ]


def _wrapped(words: Sequence[str]) -> str:
    """A command over several lines where it is long, as a shell takes it."""
    lines = [""]
    for word in words:
        if len(lines[-1]) + len(word) > _WIDE:
            lines.append("   ")
        lines[-1] += f"{' ' if lines[-1] else ''}{word}"
    return " \\\n".join(lines)


_WIDE = 96
