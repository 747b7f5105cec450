"""A plan's grid as lines of a table: what each cell shows, and below every team the sum of the rows under it.

East   1,000   400  600                    <- its own number
  Rita   700   300  400  (pinned)
  Sam    300   100  200
Sum    1,000   400  600   difference 0     <- a second opinion: added up from what is shown, not asked of the service
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django import template

from quarterdeck.faces.web.numbers import NONE, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from quarterdeck.services.plans.grids import PlanGrid, PlanMonth, PlanRow

register = template.Library()
YEAR: Final = "year"
_NARROWEST: Final = 7
_WIDEST: Final = 16


@dataclass(frozen=True, slots=True)
class PlanCell:
    """One cell: its amount in minor units or a count, how it is read, and whether it may be changed."""

    at: int | str
    label: str
    amount: int
    shown: str
    is_pinned: bool
    is_locked: bool
    is_closed: bool = False
    """Its month is over: what was sold in it is a fact, so its target stays."""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One row: a node, or (`is_sum`) what the nodes below a team add up to."""

    node: str
    parent: str
    name: str
    depth: int
    kind: str
    is_vacant: bool
    is_sum: bool
    cells: tuple[PlanCell, ...]
    last_year: str
    last_year_amount: int
    proposal: str
    growth: str
    differences: tuple[int, ...]
    difference: str

    @property
    def is_off(self) -> bool:
        """Whether it differs from its team in some column."""
        return any(self.differences)


@register.filter
def plan_lines(grid: PlanGrid) -> list[PlanLine]:
    """Rows in their order, a sum below the last of each team's rows: teams are closed from the inside out."""
    return list(_lines(grid, _children(grid.rows)))


def _children(rows: Iterable[PlanRow]) -> dict[str, list[PlanRow]]:
    found: dict[str, list[PlanRow]] = {}
    for row in rows:
        found.setdefault(row.parent or "", []).append(row)
    return found


def _lines(grid: PlanGrid, children: dict[str, list[PlanRow]]) -> Iterator[PlanLine]:
    open_: list[PlanRow] = []
    for row in grid.rows:
        while open_ and row.depth <= open_[-1].depth:
            yield _sum(grid, open_[-1], children[open_.pop().node])
        yield _line(grid, row)
        if row.node in children and row.is_whole:
            open_.append(row)
    while open_:
        yield _sum(grid, open_[-1], children[open_.pop().node])


def _line(grid: PlanGrid, row: PlanRow) -> PlanLine:
    may = grid.may_edit and row.may_edit
    locked = (not may, *(not (may and month.is_open) for month in grid.months))
    pins = (row.year_pinned, *row.pins)
    return PlanLine(
        node=row.node, parent=row.parent or "", name=row.name, depth=row.depth, kind=row.kind, is_vacant=row.is_vacant,
        is_sum=False, cells=_cells(grid, (row.year, *row.cells), pins, locked),
        last_year=_read(grid, row.last_year) if row.last_year else NONE,
        last_year_amount=row.last_year or 0,
        proposal="" if row.proposal is None else _read(grid, row.proposal), growth=_growth(row.year, row.last_year),
        differences=(), difference="",
    )  # fmt: skip


def _sum(grid: PlanGrid, team: PlanRow, below: Sequence[PlanRow]) -> PlanLine:
    amounts = [sum(numbers) for numbers in zip(*((row.year, *row.cells) for row in below), strict=True)]
    differences = tuple(mine - theirs for mine, theirs in zip((team.year, *team.cells), amounts, strict=True))
    nothing = (False,) * len(amounts)
    return PlanLine(
        node="", parent=team.node, name=f"Sum of {len(below)} below {team.name}", depth=team.depth, kind="sum",
        is_vacant=False, is_sum=True, cells=_cells(grid, amounts, nothing, nothing), last_year="", last_year_amount=0,
        proposal="", growth="", differences=differences, difference=_read(grid, differences[0]),
    )  # fmt: skip


def _cells(
    grid: PlanGrid, amounts: Sequence[int], pins: Sequence[bool], locked: Sequence[bool]
) -> tuple[PlanCell, ...]:
    heads: list[tuple[int | str, str]] = [(YEAR, "Year")]
    heads += [(at, month_label(month)) for at, month in enumerate(grid.months)]
    closed = (False, *(not month.is_open for month in grid.months))
    return tuple(
        PlanCell(at, label, amount, _read(grid, amount), is_pinned, is_locked, is_closed)
        for (at, label), amount, is_pinned, is_locked, is_closed in zip(
            heads, amounts, pins, locked, closed, strict=True
        )
    )


def _read(grid: PlanGrid, amount: int) -> str:
    return shown(amount, grid.unit, grid.currency)


def _growth(year: int, last_year: int | None) -> str:
    if not last_year or last_year < 0:
        return ""
    ratio = Decimal(year - last_year) / last_year
    return f"{'+' if ratio > 0 else ''}{shown(ratio, 'ratio')}"


@register.filter
def month_label(month: PlanMonth) -> str:
    """A month as a column is headed: Mar 26."""
    return f"{month.starts_on:%b %y}"


@register.filter
def months_over(grid: PlanGrid) -> str:
    """The months that are over, in words; empty where all are open: January 2026 to April 2026."""
    names = [month.name for month in grid.months if not month.is_open]
    return f"{names[0]} to {names[-1]}" if len(names) > 1 else "".join(names)


@register.filter
def n_off(lines: Iterable[PlanLine]) -> int:
    """How many sums differ from their team in some column."""
    return sum(line.is_off for line in lines)


@register.filter
def n_sums(lines: Iterable[PlanLine]) -> int:
    """How many sums there are."""
    return sum(line.is_sum for line in lines)


@register.filter
def has_proposals(grid: PlanGrid) -> bool:
    """Whether somebody's own number waits for an answer."""
    return any(row.proposal is not None for row in grid.rows)


@register.filter
def width(lines: Iterable[PlanLine]) -> int:
    """Characters of the longest amount of a month, for columns that need no measuring by the browser."""
    longest = max((len(cell.shown) for line in lines for cell in line.cells[1:]), default=0)
    return min(max(longest, _NARROWEST), _WIDEST)
