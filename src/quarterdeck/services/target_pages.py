"""The targets grid as a file, and one of its cells as a form shows it.

holder     January 2026   February 2026   ...   year        for a file
East       148,010.11     57,260.40             1,991,532.13
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from quarterdeck.engine.metrics.definitions import metric_named
from quarterdeck.services import access
from quarterdeck.services.cells import cells
from quarterdeck.services.listing import Listing, whole
from quarterdeck.services.scene import Scene
from quarterdeck.services.targets import origin_of, sees_holder
from quarterdeck.terms.tables import Column

if TYPE_CHECKING:
    import datetime as dt

    from quarterdeck.services.actor import Actor
    from quarterdeck.services.targets import Grid
    from quarterdeck.terms.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetCell:
    """What a holder's own cells come to in a fiscal month; None where no target is set."""

    holder: str
    name: str
    metric: str
    metric_title: str
    unit: str
    month: Period
    fiscal_year: int
    amount: int | None
    origin: str


def target_cell(actor: Actor, holder: str, *, starts_on: dt.date, metric: str) -> TargetCell:
    """One cell of the grid. Raises Refusal for holders the actor does not see and for what is no metric."""
    scene = Scene(actor, actor.today)
    chosen = metric_named(metric or scene.metric)
    if not sees_holder(scene, holder):
        raise access.not_visible("holder")
    month = scene.month_of(starts_on)
    found = cells(scene, chosen.name, month)
    amount = found.amount(holder, month, scene.calendar)
    exact = found.of(holder).get((month.starts_on, month.ends_on))
    return TargetCell(
        holder=holder, name=scene.name(holder), metric=chosen.name, metric_title=chosen.title, unit=chosen.unit,
        month=month, fiscal_year=scene.calendar.year_of(starts_on), amount=amount,
        origin="" if amount is None else origin_of(exact),
    )  # fmt: skip


def grid_listing(grid: Grid) -> Listing[dict[str, Any]]:
    """The grid as a list that exports write: one row per node, one column per month, and the year."""
    kind: Literal["money", "count"] = "money" if grid.unit == "money" else "count"
    suffix = "_minor" if kind == "money" else ""
    months = tuple(
        Column(f"{month.name}{suffix}", kind, f"Target of {month.name}.", is_required=False) for month in grid.months
    )
    columns = (
        Column("holder", "text", "Team, person or vacant seat."),
        Column("above", "text", "The team above."),
        *months,
        Column(f"year{suffix}", kind, "The whole year.", is_required=False),
    )
    names = {row.holder: row.name for row in grid.rows}
    rows = tuple(
        {"holder": row.name, "above": names.get(row.parent, ""), f"year{suffix}": row.year}
        | {column.name: cell.amount for column, cell in zip(months, row.cells, strict=True)}
        for row in grid.rows
    )
    return whole(f"Targets {grid.metric.replace('_', ' ')} {grid.fiscal_year}", columns, rows)
