"""The grid as a sheet and back: what somebody changed in a spreadsheet becomes one edit, after a look at it.

    node      name  above  January 2026  February 2026 ...  year
    person:7  Rita  East      53,000.00      20,500.00      713,183.00

    back with 60,000.00 in January  ->  one difference: Rita, January 2026, 53,000.00 -> 60,000.00, a pin

Cells left empty, rows left out and columns of one's own change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from quarterdeck.connectors.files import raw_tables
from quarterdeck.services.listing import Listing, whole
from quarterdeck.services.plans.changes import Line
from quarterdeck.services.plans.edits import YEAR
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import minor_from_text
from quarterdeck.terms.tables import Column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quarterdeck.services.plans.grids import PlanGrid, PlanRow

WHAT: Final = "The sheet was not read."
LARGEST: Final = 20_000_000
"""Bytes; 5,000 people and 12 months take half a million."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A cell that the sheet has otherwise than the plan."""

    line: Line
    name: str
    month: str
    before: int
    after: int


def sheet_listing(grid: PlanGrid) -> Listing[dict[str, Any]]:
    """The grid as a list that exports write: one row per node, a column per month, and the year."""
    kind: Literal["money", "count"] = "money" if grid.unit == "money" else "count"
    suffix = "_minor" if kind == "money" else ""
    columns = (
        Column("node", "text", "Team, person or seat, as kind:id; leave it as it is."),
        Column("name", "text", "Its name."),
        Column("above", "text", "The team above."),
        *(Column(f"{month.name}{suffix}", kind, f"Target of {month.name}.") for month in grid.months),
        Column(f"{YEAR}{suffix}", kind, "The whole year."),
    )
    names = {row.node: row.name for row in grid.rows}
    rows = [
        {"node": row.node, "name": row.name, "above": names.get(row.parent, ""), f"{YEAR}{suffix}": row.year}
        | {f"{month.name}{suffix}": amount for month, amount in zip(grid.months, row.cells, strict=True)}
        for row in grid.rows
    ]
    return whole(f"Plan {grid.plan} version {grid.version}", columns, rows)


def sheet_differences(grid: PlanGrid, name: str, data: bytes) -> list[Difference]:
    """What a sheet has other than the plan as its reader sees it. Raises Refusal (`plan_sheet`) for another sheet."""
    if len(data) > LARGEST:
        raise _refusal("It is larger than 20 MB.", "Leave out what is not the plan.")
    tables = raw_tables([(name, data)])
    rows = {row.node: row for row in grid.rows}
    wanted = next((table for table in tables if "node" in table.columns), None)
    if wanted is None:
        raise _refusal("No sheet in it has a column 'node'.", "Take the sheet from the plan and change its numbers.")
    found: list[Difference] = []
    known: set[str] = set()
    for cells in wanted.frame.iter_rows(named=True):
        node = (cells["node"] or "").strip()
        if not node:
            continue
        if node not in rows or node in known:
            why = "is there twice" if node in known else "is not in the plan"
            raise _refusal(f"Row {cells['_row']}: '{node[:40]}' {why}.", "Leave the column 'node' as it was.")
        known.add(node)
        found += _of_row(grid, rows[node], cells)
    return found


def _of_row(grid: PlanGrid, row: PlanRow, cells: dict[str, Any]) -> Iterator[Difference]:
    places = [(str(month.starts_on), month.name, amount) for month, amount in zip(grid.months, row.cells, strict=True)]
    for at, title, before in [*places, (YEAR, YEAR, row.year)]:
        text = (cells.get(title) or "").strip()
        after = _amount(grid, text, f"row {cells['_row']}, {title}") if text else before
        if after != before:
            line = Line(node=row.node, month=at, amount=after)
            yield Difference(line=line, name=row.name, month=title, before=before, after=after)


def _amount(grid: PlanGrid, text: str, where: str) -> int:
    try:
        return minor_from_text(text, grid.currency) if grid.unit == "money" else int(text.replace(",", ""))
    except (ValueError, OverflowError) as error:
        raise _refusal(f"'{text[:40]}' ({where}) is no amount.", "Write it like 53,000.00.") from error


def _refusal(why: str, next_step: str) -> Refusal:
    return Refusal(WHAT, why, next_step, "plan_sheet")
