"""Run a function of `compute plan` on files, and write what it found.

    bases.csv, relief_rule=additive ──files_read──> rows, findings ──computed──> quotas, a sentence ──written──> files

A file goes to the input that it is named after (bases.csv, or bases=any.csv), else to the one whose columns it has.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw
import polars as pl

from quarterdeck.connectors.files import raw_tables
from quarterdeck.connectors.files.rules import finding
from quarterdeck.services.compute.planning.asking import asked
from quarterdeck.services.compute.planning.catalogue import FUNCTIONS
from quarterdeck.services.compute.planning.declared import Answer, Given, PlanFunction, digits_of
from quarterdeck.services.compute.planning.reading import How, Rows, fitted, headings
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.connectors.files import RawTable
    from quarterdeck.services.compute.planning.exact import Mark
    from quarterdeck.terms.findings import Finding
    from quarterdeck.terms.tables import Frame, Table

Form = Literal["csv", "parquet"]
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Computed:
    """What a function found: tables by name (money columns end in _minor), a sentence, findings, and the summary."""

    tables: Mapping[str, Frame]
    says: str
    findings: Sequence[Finding]
    summary: Mapping[str, Any]


def function_named(name: str) -> PlanFunction:
    """The function of that name. Raises Refusal where there is none."""
    if name not in FUNCTIONS:
        near = get_close_matches(name, FUNCTIONS, n=3, cutoff=0.4)
        why = f"There is no function '{name}'" + (f"; there is {', '.join(near)}." if near else ".")
        raise Refusal(
            "Nothing was computed.", why, "List them with `quarterdeck compute plan --help`.", "plan_function"
        )
    return FUNCTIONS[name]


def computed(  # noqa: PLR0913  files, and how they are to be read
    name: str,
    paths: Sequence[str | Path],
    options: Mapping[str, str | None],
    *,
    unit: str = "USD",
    mark: Mark = ".",
    despite_findings: bool = False,
) -> Computed:
    """Run a function on files. Unless `despite_findings`, what is wrong with them is found and nothing is computed.

    `tables` is empty then, and `says` empty. Raises Refusal for a missing file or input, an option that means nothing,
    and whatever the function itself refuses.
    """
    function = function_named(name)
    values = asked(function, options, unit, mark)
    measures = values.get("measure", []) if function.reads_measures else []
    inputs, findings = files_read(function, paths, How(digits_of(unit), mark), measures)
    if any(one.severity == "error" for one in findings) and not despite_findings:
        return Computed({}, "", findings, {})
    _refuse_missing(function, inputs)
    answer = _answered(function, Given(inputs, values, unit))
    tables = {table: _in_minor(frame) for table, frame in answer.tables.items()}
    summary = _summary(function, answer, tables, {"options": dict(options), "unit": unit, "inputs": inputs})
    return Computed(tables, answer.says, findings, summary | {"findings": [asdict(one) for one in findings]})


def _answered(function: PlanFunction, given: Given) -> Answer:
    """The answer; a refusal of the engine, which knows whole units only, says that its amounts are in them."""
    try:
        return function.compute(given)
    except OverflowError as error:
        why = f"A number is more than a column holds: {error}."
        raise Refusal("Nothing was computed.", why, "Check the amounts and ratios.", "plan_overflow") from error
    except Refusal as refusal:
        if not digits_of(given.unit) or refusal.rule not in _SAYS_AMOUNTS:
            raise
        why = f"{refusal.why.rstrip('.')} (amounts in minor units)."
        raise Refusal(refusal.what, why, refusal.next_step, refusal.rule, row=refusal.row) from refusal


_SAYS_AMOUNTS = frozenset({"goal_amount", "goal_pins", "goal_rails", "goal_margins", "goal_share", "plan_amendment"})


def files_read(
    function: PlanFunction, paths: Sequence[str | Path], how: How, measures: Sequence[str] = ()
) -> tuple[dict[str, Rows], list[Finding]]:
    """The rows of each input, from files and folders of files; several files of one input are one under the other."""
    tables = {each.table.name: each.table for each in function.inputs}
    found: dict[str, Rows] = {}
    findings: list[Finding] = []
    for said in paths:
        name, path = _named(str(said), tables)
        for raw in raw_tables(sorted(path.iterdir()) if path.is_dir() else [path]):
            if path.is_dir() and not name and not _is_ours(raw, function):
                findings.append(_left_aside(raw))
                continue
            findings += raw.findings
            if not raw.columns:
                continue
            table = tables[name or _input_of(raw, function)]
            rows, wrong = fitted(raw, table, how, measures if table.name == function.inputs[0].table.name else ())
            findings += wrong
            if rows is not None:
                found[table.name], again = _joined(found.get(table.name), rows, raw.file)
                findings += again
    return found, findings


def written(folder: Path, result: Computed, form: Form) -> list[Path]:
    """Write each table (`<name>.csv` or `.parquet`) and summary.json; money in minor units. Returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, frame in result.tables.items():
        paths.append(folder / f"{name}.{form}")
        if form == "csv":
            frame.write_csv(str(paths[-1]))
        else:
            frame.write_parquet(str(paths[-1]))
    paths.append(folder / "summary.json")
    paths[-1].write_text(json.dumps(result.summary, default=str, indent=1, ensure_ascii=False), encoding="utf-8")
    return paths


def example_written(name: str, folder: Path) -> tuple[list[Path], str]:
    """Write the example files of a function, and return the command that runs it on them.

    Raises Refusal where one of them is there already: nobody's file is overwritten.
    """
    function = function_named(name)
    paths = [folder / f"{table}.csv" for table in function.example.files]
    if there := [path.name for path in paths if path.exists()]:
        why = f"{there[0]} is in {folder} already."
        raise Refusal("No example was written.", why, "Name another folder.", "file_exists")
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in zip(paths, function.example.files.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths, " ".join(function.example.words(name, str(folder)))


def _named(said: str, tables: Mapping[str, Table]) -> tuple[str, Path]:
    """`pins=my.csv` as the input pins and the path; a path alone has no input yet."""
    name, mark, rest = said.partition("=")
    if mark and name in tables:
        return name, Path(rest)
    return "", Path(said)


def _is_ours(raw: RawTable, function: PlanFunction) -> bool:
    """Whether a file that merely lies in a folder is named after an input, or has all the columns of one."""
    return any(_stem(raw) == each.table.name or _has_all(raw, each.table) for each in function.inputs)


def _left_aside(raw: RawTable) -> Finding:
    told, remedy = "It is none of what the function reads.", "Nothing to do, unless it was meant: then name its input."
    return finding("no_template", raw.file, told, remedy=remedy)


def _has_all(raw: RawTable, table: Table) -> bool:
    named = headings(table.columns, raw.columns)
    return all(column.name in named for column in table.columns if column.is_required)


def _stem(raw: RawTable) -> str:
    return raw.name.lower().replace("-", "_")


def _input_of(raw: RawTable, function: PlanFunction) -> str:
    """The input that a file is named after; else the only one; else the one whose columns it has."""
    names = [each.table.name for each in function.inputs]
    stem = _stem(raw)
    if stem in names or len(names) == 1:
        return stem if stem in names else names[0]
    fitting = {
        each.table.name: len(headings(each.table.columns, raw.columns))
        for each in function.inputs
        if _has_all(raw, each.table)
    }
    best = sorted(name for name, size in fitting.items() if size == max(fitting.values()))
    if len(best) != 1:
        why = f"{raw.file} could be any of {', '.join(best or names)}."
        raise Refusal("Nothing was computed.", why, f"Say which, as in {(best or names)[0]}={raw.file}.", "plan_input")
    return best[0]


def _joined(before: Rows | None, rows: Rows, file: str) -> tuple[Rows, list[Finding]]:
    """Rows of several files of one input, one under the other; a key that an earlier file has is left out and told."""
    if before is None:
        return rows, []
    key = list(rows.table.key)
    known = set(before.data.select(key).rows()) if key else set()
    fresh = [one not in known for one in rows.data.select(key).rows()] if key else [True] * len(rows)
    exact = {
        name: [*before.exact[name], *(value for value, stays in zip(values, fresh, strict=True) if stays)]
        for name, values in rows.exact.items()
    }
    data = pl.concat([before.data, rows.data.filter(pl.Series(fresh, dtype=pl.Boolean))], how="diagonal_relaxed")
    return Rows(rows.table, data, exact), _said_before(rows.table, file, fresh.count(False))


def _said_before(table: Table, file: str, n: int) -> list[Finding]:
    if not n:
        return []
    told = f"{n:,} rows have a {' '.join(table.key)} that an earlier file of {table.name} has."
    remedy = "Keep one of the files, or one of the rows."
    return [finding("duplicate_key", file, told, column=" ".join(table.key), n_rows=n, is_fatal=True, remedy=remedy)]


def _refuse_missing(function: PlanFunction, inputs: Mapping[str, Rows]) -> None:
    for each in function.inputs:
        if each.is_required and not len(inputs.get(each.table.name, ())):
            needed = ", ".join(
                column.name.removesuffix("_minor") for column in each.table.columns if column.is_required
            )
            why = f"There are no rows of {each.table.name}."
            raise Refusal(
                "Nothing was computed.", why, f"Add a file {each.table.name}.csv with {needed}.", "plan_input"
            )


def _in_minor(frame: Frame) -> Frame:
    """Money columns of the engine that do not say their unit get it: amount -> amount_minor."""
    whole = [name for name in frame.columns if name in _MONEY and frame.schema[name] == nw.Int64]
    return frame.rename({name: f"{name}_minor" for name in whole})


_MONEY = frozenset({"amount", "before", "after", "below", "difference", "kept", "moved"})


def _summary(
    function: PlanFunction, answer: Answer, tables: Mapping[str, Frame], asked_for: Mapping[str, Any]
) -> dict[str, Any]:
    """What was computed from what, with a hash of all rows: two runs are the same when this is."""
    digest = hashlib.sha256()
    for name, frame in tables.items():
        digest.update(json.dumps([name, frame.columns, frame.rows()], default=str, ensure_ascii=False).encode())
    inputs: Mapping[str, Rows] = asked_for["inputs"]
    return {
        "function": function.name,
        "method": f"docs/methods/{function.method}.md",
        "unit": asked_for["unit"],
        "options": {name: value for name, value in asked_for["options"].items() if value},
        "says": answer.says,
        "figures": dict(answer.figures),
        "n_rows_read": {name: len(rows) for name, rows in inputs.items()},
        "n_rows": {name: len(frame) for name, frame in tables.items()},
        "rows_hash": digest.hexdigest(),
    }
