"""`quarterdeck compute pay`: a plan file on files of events and people."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from quarterdeck.terms.money import Money


class Engine(StrEnum):
    """Who holds the rows; the cents are the same."""

    polars = "polars"
    duckdb = "duckdb"
    spark = "spark"


_Files = list[Path] | None


def _template_told(name: str | None) -> None:
    """Print a plan to start from, fitted to the running calendar year, or what there is; then end."""
    if name is None:
        return
    from quarterdeck.faces.cli.computing import day_of
    from quarterdeck.faces.cli.show import table
    from quarterdeck.services.compute import FiscalCalendar, starter_text, starters

    if name == "list":
        table("", ("template", "whom it pays for what"), [(one.name, one.about) for one in starters()])
    else:
        typer.echo(starter_text(name, FiscalCalendar().period_of(day_of(None), "year")), nl=False)
    raise typer.Exit


def _schema_told(value: bool) -> None:
    """Print the JSON Schema of a plan file, for editors; then end."""
    if value:
        from quarterdeck.services.compute import plan_schema_text

        typer.echo(plan_schema_text(), nl=False)
        raise typer.Exit


def pay(
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN.yaml", help="The plan.", exists=True, dir_okay=False)],
    events: Annotated[
        list[Path], typer.Option(help="What happened: CSV, XLSX or Parquet; repeat for several.", exists=True)
    ],
    people: Annotated[list[Path], typer.Option(help="Who is paid, and to whom they report.", exists=True)],
    out: Annotated[Path, typer.Option(help="A folder for the tables and the summary.")],
    targets: Annotated[_Files, typer.Option(help="Quotas and all else that differs by person.", exists=True)] = None,
    splits: Annotated[_Files, typer.Option(help="Who shares which event.", exists=True)] = None,
    exchange: Annotated[_Files, typer.Option(help="Rates of exchange.", exists=True)] = None,
    receipts: Annotated[_Files, typer.Option(help="Money received, for pay on cash.", exists=True)] = None,
    settled: Annotated[_Files, typer.Option(help="What locked periods were settled at.", exists=True)] = None,
    as_of: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day to look from; empty means today.")
    ] = None,
    open_from: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Periods that ended by this day are locked.")
    ] = None,
    engine: Annotated[
        Engine, typer.Option(help="Who filters, joins and sums; all pay the same cents.")
    ] = Engine.polars,
    template: Annotated[  # noqa: ARG001  told before anything else is asked for
        str | None,
        typer.Option(
            metavar="NAME",
            is_eager=True,
            callback=_template_told,
            help="Print a plan to start from, with examples that hold, and end; `list` names them all.",
        ),
    ] = None,
    schema: Annotated[  # noqa: ARG001  as above
        bool,
        typer.Option(
            "--schema", is_eager=True, callback=_schema_told, help="Print the JSON Schema of a plan, and end."
        ),
    ] = False,
    despite_findings: Annotated[
        bool, typer.Option("--despite-findings", help="Pay what can be paid although something is wrong.")
    ] = False,
) -> None:
    """Compute what a plan pays: credits, measures, payouts, settlements, statement lines and a summary."""
    from quarterdeck.faces.cli.computing import day_of
    from quarterdeck.faces.cli.importing import told_findings
    from quarterdeck.faces.cli.show import progress, say
    from quarterdeck.services import compute

    day = day_of(as_of)
    plan = compute.read_plan(plan_file)
    files = {
        "events": events,
        "people": people,
        "values": targets or [],
        "splits": splits or [],
        "exchange": exchange or [],
        "receipts": receipts or [],
        "settled": settled or [],
    }
    with progress("Paying"):
        facts, found = compute.pay_facts(files, plan.currency, engine.value)
        run, more = compute.computed_pay(plan, facts, day, open_from=open_from.date() if open_from else None)
    findings = [*found, *more]
    told_findings(findings)
    if not despite_findings:
        compute.refuse_errors(findings)
    tables = compute.pay_tables(plan, run)
    summary = compute.pay_summary(plan, tables, day, findings)
    paths = compute.pay_written(out, tables, summary)
    paid = Money(summary["paid_minor"], plan.currency)
    say(f"{paid} paid to {summary['n_people']} people by {day}; {len(paths)} files written to {out}.")
