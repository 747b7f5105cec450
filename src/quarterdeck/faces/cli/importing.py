"""`quarterdeck import`: the same steps as the upload page, with the findings on the screen."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quarterdeck.faces.cli.operating import DataDir, migrate, operator
from quarterdeck.services.exports import defused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quarterdeck.terms.findings import Finding

SHOWN = 25


def import_files(
    files: Annotated[
        list[Path], typer.Argument(help="CSV, TSV, XLSX, Parquet, or a ZIP of these.", exists=True, dir_okay=False)
    ],
    preset: Annotated[str, typer.Option(help="canonical, maven, salesforce or hubspot; empty is detected.")] = "",
    mapping: Annotated[
        Path | None, typer.Option(help="A mapping file of your own (YAML).", exists=True, dir_okay=False)
    ] = None,
    as_of: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day the files were made.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read, check and tell; write no fact.")] = False,
    findings_to: Annotated[Path | None, typer.Option(help="Write all findings into this CSV file.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Import files: everything is written in one transaction, or nothing is."""
    migrate(data_dir)
    from quarterdeck.faces.cli.show import progress, say
    from quarterdeck.services import imports

    actor = operator()
    with progress("Reading") as moved:
        batch = imports.batch_created(
            actor,
            files,
            preset=preset,
            mapping=mapping.read_text() if mapping else "",
            as_of=as_of.date() if as_of else None,
        )
        imports.batch_previewed(actor, batch, progress=moved)
    findings = imports.findings_of(actor, batch)
    if not dry_run:
        with progress("Applying") as moved:
            imports.batch_applied(actor, batch, progress=moved)
        findings = imports.findings_of(actor, batch)
    _told(batch.counts, findings)
    if findings_to:
        _written(findings_to, findings)
        say(f"{len(findings)} findings written to {findings_to}.")
    say(
        "Nothing was written (dry run)."
        if dry_run
        else f"Batch {batch.pk} was applied; undo it with `quarterdeck undo {batch.pk}`."
    )


def undo(batch: Annotated[int, typer.Argument(help="The batch's number.")], data_dir: DataDir = None) -> None:
    """Undo an import: what can be seen is again as it was before it."""
    migrate(data_dir)
    from quarterdeck.services import imports

    actor = operator()
    imports.batch_undone(actor, imports.batch_for(actor, batch))
    typer.echo(f"Batch {batch} was undone.")


def _told(counts: dict[str, dict[str, int]], findings: Sequence[Finding]) -> None:
    from quarterdeck.faces.cli.show import table

    columns = ("read", "new", "changed", "same", "left_out")
    rows = [(name, *(count.get(column, 0) for column in columns)) for name, count in counts.items()]
    table("", ("template", *columns), rows, right=columns)
    told_findings(findings)


def told_findings(findings: Sequence[Finding]) -> None:
    """The first findings as a table, and how many more there are."""
    from quarterdeck.faces.cli.show import say, table

    shown = [(f.severity, f.rule, f.file, f.row, f.column, f.value, f.n_rows, f.remedy) for f in findings[:SHOWN]]
    if shown:
        headings = ("severity", "rule", "file", "row", "column", "value", "rows", "remedy")
        table(f"\n{len(findings)} findings", headings, shown, right=("row", "rows"))
    if len(findings) > SHOWN:
        say(f"... and {len(findings) - SHOWN} more; --findings-to FILE.csv keeps them all.")


def _written(path: Path, findings: Sequence[Finding]) -> None:
    columns = ("severity", "rule", "file", "row", "column", "value", "n_rows", "message", "remedy")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for finding in findings:
            cells = (getattr(finding, column) for column in columns)
            writer.writerow([defused(cell) if isinstance(cell, str) else cell for cell in cells])


COMMANDS = (undo,)
