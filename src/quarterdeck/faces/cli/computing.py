"""`quarterdeck compute`: the engine alone on files, without a database."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quarterdeck.faces.cli import paying, planning
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection

    from quarterdeck.services.compute import Inputs
    from quarterdeck.terms.tables import Frame

app = typer.Typer(help="Run the engine alone on CSV or Parquet files, without a database.", no_args_is_help=True)
app.command()(paying.pay)
app.add_typer(planning.app, name="plan")

Files = Annotated[
    list[Path], typer.Argument(help="CSV, TSV, XLSX, Parquet or ZIP files, or folders of these.", exists=True)
]
AsOf = Annotated[
    dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day to look from; empty means today.")
]
Out = Annotated[
    Path | None, typer.Option(help="A folder for the tables, as CSV and JSON; empty prints the first rows.")
]
Preset = Annotated[str, typer.Option(help="canonical, maven, salesforce or hubspot; empty is detected.")]
MappingFile = Annotated[
    Path | None, typer.Option("--mapping", help="A mapping file of your own (YAML).", exists=True, dir_okay=False)
]
Currency = Annotated[str, typer.Option(help="What amounts without a currency are in (ISO 4217).")]
FiscalStart = Annotated[
    int, typer.Option("--fiscal-start", help="The month in which the fiscal year begins.", min=1, max=12)
]
SHOWN = 20
UNSEEN = [
    "effective_from",
    "effective_to",
    "stage_kind",
    "forecast_category",
    "account_id",
    "product_id",
    "segment_id",
    "opened_on",
    "days_silent",
    "days_to_close",
]
"""Columns of a deal that files carry and the screen has no room for."""


class By(StrEnum):
    """Whose values are computed."""

    person = "person"
    team = "team"


class Every(StrEnum):
    """How time is cut."""

    day = "day"
    week = "week"
    month = "month"
    quarter = "quarter"
    year = "year"


class Basis(StrEnum):
    """What shares of a goal follow."""

    history = "history"
    even = "even"


@app.command()
def metrics(
    files: Files,
    name: Annotated[
        list[str] | None, typer.Option("--metric", help="A metric; repeat for several. Empty: all.")
    ] = None,
    by: Annotated[By, typer.Option(help="Whose values.")] = By.team,
    period: Annotated[Every, typer.Option(help="How time is cut.")] = Every.year,
    slice_by: Annotated[str, typer.Option(help="product, segment or detail; empty for none.")] = "",
    starts_on: Annotated[dt.datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")] = None,
    as_of: AsOf = None,
    preset: Preset = "",
    mapping: MappingFile = None,
    currency: Currency = "USD",
    fiscal_start: FiscalStart = 1,
    out: Out = None,
) -> None:
    """Compute metrics of people or teams, by period."""
    from quarterdeck.services import compute

    day = day_of(as_of)
    given = _given(files, day, preset, mapping, currency)
    frame = compute.computed_metrics(
        given, metrics=name or (), by=by.value, period=period.value, starts_on=starts_on.date() if starts_on else None,
        as_of=day, slice_by=_slice(slice_by), calendar=_calendar(fiscal_start),
    )  # fmt: skip
    _shown("metrics", frame, out)


@app.command()
def cascade(
    files: Files,
    year: Annotated[int, typer.Option(help="The fiscal year of the goal.")],
    goal: Annotated[str, typer.Option(help="The amount, in the currency's own unit: 12000000 or 12,000,000.00.")] = "",
    growth: Annotated[str, typer.Option(help="Or growth on last year, as a ratio: 0.08 is 8 % more.")] = "",
    metric: Annotated[str, typer.Option(help="What the goal is about.")] = "bookings",
    basis: Annotated[Basis, typer.Option(help="What shares follow.")] = Basis.history,
    preset: Preset = "",
    mapping: MappingFile = None,
    currency: Currency = "USD",
    fiscal_start: FiscalStart = 1,
    out: Out = None,
) -> None:
    """Bring a goal down to teams, people and months, exactly, with each cell's derivation."""
    from quarterdeck.services import compute

    calendar = _calendar(fiscal_start)
    given = _given(files, calendar.year(year).last_day, preset, mapping, currency)
    frame = compute.computed_cascade(
        given, year=year, amount=compute.goal_in_units(goal, metric, currency) if goal else None,
        growth=_exact(growth) if growth else None, metric=metric, basis=basis.value, calendar=calendar,
    )  # fmt: skip
    _shown("cascade", frame, out)


@app.command()
def actions(
    files: Files,
    person: Annotated[
        list[str] | None, typer.Option(help="A person's code; repeat for several. Empty: everybody.")
    ] = None,
    metric: Annotated[str, typer.Option(help="Which targets.")] = "bookings",
    as_of: AsOf = None,
    preset: Preset = "",
    mapping: MappingFile = None,
    currency: Currency = "USD",
    fiscal_start: FiscalStart = 1,
    out: Out = None,
) -> None:
    """From each person's remaining target: what to do today, and which deals to touch first."""
    from quarterdeck.services import compute

    day = day_of(as_of)
    given = _given(files, day, preset, mapping, currency)
    todo, deals = compute.computed_actions(
        given, people=person or (), metric=metric, as_of=day, calendar=_calendar(fiscal_start)
    )
    _shown("actions", todo, out)
    _shown("deals", deals, out, hidden=UNSEEN)


def day_of(as_of: dt.datetime | None) -> dt.date:
    """The day asked for, or today."""
    return as_of.date() if as_of else dt.datetime.now(dt.UTC).date()  # noqa: TID251  a face reads the clock


def _calendar(first_month: int) -> Any:  # noqa: ANN401  imported late
    from quarterdeck.services.compute import FiscalCalendar

    return FiscalCalendar(first_month=first_month)


def _given(files: list[Path], day: dt.date, preset: str, mapping: Path | None, currency: str) -> Inputs:
    from quarterdeck.faces.cli.importing import told_findings
    from quarterdeck.faces.cli.show import progress
    from quarterdeck.services import compute

    paths = [path for file in files for path in (sorted(file.iterdir()) if file.is_dir() else [file]) if path.is_file()]
    with progress("Reading"):
        given = compute.inputs(
            paths, as_of=day, preset=preset, mapping=mapping.read_text() if mapping else "", currency=currency
        )
    told_findings(given.findings)
    return given


def _slice(name: str) -> Any:  # noqa: ANN401  a literal of the engine, or none
    slices = {"": None, "product": "product_id", "segment": "segment_id", "detail": "detail"}
    if name not in slices:
        raise Refusal("Nothing was computed.", f"'{name}' is no slice.", "Use product, segment or detail.", "slice")
    return slices[name]


def _exact(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise Refusal(
            "Nothing was computed.", f"'{text}' is no ratio.", "Write growth as 0.08 for 8 % more.", "goal_amount"
        ) from error


def _shown(name: str, frame: Frame, out: Path | None, hidden: Collection[str] = ("derivation", "because")) -> None:
    from quarterdeck.faces.cli.show import say, table
    from quarterdeck.services import compute

    if out:
        paths = compute.written(out, name, frame)
        say(f"{len(frame):,} rows written to {' and '.join(map(str, paths))}.")
        return
    columns = [column for column in frame.columns if column not in hidden]
    rows = frame.select(columns).head(SHOWN).rows()
    table(
        name,
        columns,
        rows,
        right=[at for at, first in zip(columns, rows[0], strict=True) if isinstance(first, int | float)]
        if rows
        else (),
    )
    if len(frame) > SHOWN:
        say(f"... and {len(frame) - SHOWN:,} more rows; --out FOLDER writes them all.")
