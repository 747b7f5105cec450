"""A plan's grid as lines: sums below their teams, and what does not add up is marked."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from quarterdeck.faces.web.templatetags.plan_grid import n_off, n_sums, plan_lines, width
from quarterdeck.services.plans.grids import PlanGrid, PlanMonth, PlanRow

TEAM, NORTH, RITA, SAM = "team:1", "team:2", "person:1", "person:2"


def row(node: str, parent: str, depth: int, *cells: int) -> PlanRow:
    return PlanRow(
        node=node, name=node, parent=parent, depth=depth, kind=node.partition(":")[0], is_vacant=False, year=sum(cells),
        cells=cells, pins=(False, node == RITA), year_pinned=False, last_year=200, proposal=None,
        may_edit=node != TEAM, is_whole=True,
    )  # fmt: skip


@pytest.fixture
def grid() -> PlanGrid:
    months = (
        PlanMonth(starts_on=dt.date(2026, 1, 1), name="January 2026", is_open=False),
        PlanMonth(starts_on=dt.date(2026, 2, 1), name="February 2026", is_open=True),
    )
    rows = (row(TEAM, "", 0, 400, 600), row(NORTH, TEAM, 1, 300, 400), row(RITA, NORTH, 2, 300, 400),
        row(SAM, TEAM, 1, 100, 200))  # fmt: skip
    return PlanGrid(
        plan=1, name="Plan", state="draft", may_edit=True, metric="bookings", unit="count", currency="USD", digits=0,
        version=0, months=months, rows=rows,
    )  # fmt: skip


def changed(grid: PlanGrid, node: str, **changes: object) -> PlanGrid:
    rows = tuple(replace(one, **changes) if one.node == node else one for one in grid.rows)  # type: ignore[arg-type]
    return replace(grid, rows=rows)


def test_a_sum_stands_below_the_last_row_of_its_team(grid: PlanGrid) -> None:
    found = [f"sum of {line.parent}" if line.is_sum else line.node for line in plan_lines(grid)]
    assert found == [TEAM, NORTH, RITA, f"sum of {NORTH}", SAM, f"sum of {TEAM}"]


def test_sums_that_agree_say_so(grid: PlanGrid) -> None:
    lines = plan_lines(grid)
    assert (n_sums(lines), n_off(lines)) == (2, 0)
    assert [line.difference for line in lines if line.is_sum] == ["0", "0"]


def test_a_month_that_does_not_add_up_is_marked_even_where_the_year_does(grid: PlanGrid) -> None:
    lines = plan_lines(changed(grid, SAM, cells=(101, 199)))
    (off,) = (line for line in lines if line.is_off)
    assert (off.parent, off.differences, off.difference) == (TEAM, (0, -1, 1), "0")


def test_a_team_of_which_not_all_is_seen_has_no_sum(grid: PlanGrid) -> None:
    assert n_sums(plan_lines(changed(grid, TEAM, is_whole=False))) == 1


def test_what_may_not_be_changed_is_locked(grid: PlanGrid) -> None:
    found = {line.node: [cell.is_locked for cell in line.cells] for line in plan_lines(grid) if not line.is_sum}
    assert found[TEAM] == [True, True, True], "set above"
    assert found[RITA] == [False, True, False], "January is over"
    frozen = plan_lines(replace(grid, may_edit=False))
    assert all(cell.is_locked for line in frozen if not line.is_sum for cell in line.cells)


def test_growth_is_said_where_there_was_a_last_year(grid: PlanGrid) -> None:
    found = {line.node: (line.last_year, line.growth) for line in plan_lines(changed(grid, SAM, last_year=0))}
    assert found[TEAM] == ("200", "+400.0 %")
    assert found[SAM] == ("—", "")


def test_columns_are_as_wide_as_the_longest_amount(grid: PlanGrid) -> None:
    assert width(plan_lines(grid)) == 7
    assert width(plan_lines(changed(grid, SAM, cells=(1_234_567_890, 1)))) == len("1,234,567,890")
    assert width([]) == 7
