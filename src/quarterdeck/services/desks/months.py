"""A director's year month by month: rows, the chart with the band of where it may end, and a small chart per team.

month      target     actual     last year   so far: target     actual     last year   may end from  to
October    262,764    367,800    187,950             2,966,227  3,190,471  2,390,032   3,190,471     3,190,471
November   328,906    204,250    127,594             3,295,133  3,394,721  2,517,626   3,431,000     3,702,000
December   997,867               1,012,250           4,293,000             3,529,876   4,190,000     5,080,000
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Final

from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.services.cells import target_of
from quarterdeck.services.desks.building import figure
from quarterdeck.services.desks.shapes import Figure, Line, MonthRow, Series
from quarterdeck.services.desks.teams import past_figure
from quarterdeck.services.year_range import YearRange, range_said, year_range

if TYPE_CHECKING:
    from quarterdeck.services.desks.director import Direction
    from quarterdeck.terms.period import Period

TEAMS_DRAWN: Final = 12
"""Teams with a small chart, the largest ones: more do not fit a page, and the table says it all."""


def month_rows(direction: Direction) -> tuple[MonthRow, ...]:
    """The year's months alone and summed; last year's month beside each, by its place in the year."""
    scene, holder = direction.scene, direction.holder
    targets = _targets(direction, holder, direction.team_id)
    has_begun = [month.starts_on <= scene.as_of for month in direction.months]
    actuals = _brought(direction, holder, direction.months)
    past = _brought(direction, holder, direction.months_before) + [0] * len(targets)
    sums = [list(accumulate(part)) for part in ([target or 0 for target in targets], actuals, past)]
    return tuple(
        MonthRow(
            period=month,
            target=figure(scene, "target", targets[at], holder, month, of=direction.metric,
                note="" if targets[at] is not None else "No target is set for this month."),
            actual=figure(scene, direction.metric, actuals[at] if has_begun[at] else None, holder, month,
                note="" if has_begun[at] else "The month has not begun."),
            last_year=_last_year_of(direction, at, past[at], month),
            target_so_far=sums[0][at] if any(target is not None for target in targets) else None,
            actual_so_far=sums[1][at] if has_begun[at] else None,
            last_year_so_far=sums[2][at],
        )
        for at, month in enumerate(direction.months)
    )  # fmt: skip


def _targets(direction: Direction, holder: str, team_id: int) -> list[int | None]:
    scene = direction.scene
    below = scene.people_now(team_id)
    return [target_of(scene, direction.found, holder, month, below=below) for month in direction.months]


def _brought(direction: Direction, holder: str, months: list[Period]) -> list[int]:
    return [direction.actual(holder, month) or 0 for month in months]


def _last_year_of(direction: Direction, at: int, value: int, month: Period) -> Figure:
    if at < len(direction.months_before):
        before = direction.months_before[at]
        return past_figure(direction.scene, direction.metric, value, direction.holder, before)
    return past_figure(direction.scene, direction.metric, None, direction.holder, month)


def finish_of(direction: Direction, months: tuple[MonthRow, ...]) -> YearRange:
    """Where the year may end, from the months that were read already."""
    return year_range(
        direction.metric, direction.year, direction.months, as_of=direction.scene.as_of,
        brought=[_whole(row.actual) or 0 for row in months], targets=[_whole(row.target) for row in months],
        past=_brought(direction, direction.holder, direction.months_before),
    )  # fmt: skip


def _whole(of: Figure) -> int | None:
    return None if of.value is None else round(of.value)


def series(direction: Direction, months: tuple[MonthRow, ...], finish: YearRange) -> Series:
    """The year so far against goal and last year, and the band of where it may end."""
    title, unit = METRICS[direction.metric].title, METRICS[direction.metric].unit
    lines = [Line(name=title, values=tuple(row.actual_so_far for row in months), kind="actual")]
    if any(row.target_so_far is not None for row in months):
        lines.append(Line(name="Goal", values=tuple(row.target_so_far for row in months), kind="goal"))
    if any(row.last_year_so_far for row in months):
        lines.append(Line(name="Last year", values=tuple(row.last_year_so_far for row in months), kind="last_year"))
    if finish.is_known:
        lines += [Line(name="May end from", values=finish.ends.low, kind="low"),
            Line(name="May end at most", values=finish.ends.high, kind="high")]  # fmt: skip
    note = range_said(finish, unit, direction.scene.company.currency)
    return Series(
        title=f"Are we on the way to the goal for {direction.year.name}?", unit=unit,
        labels=tuple(row.period.name for row in months), lines=tuple(lines),
        note=f"The band: {note}" if finish.is_known else note,
    )  # fmt: skip


def team_lines(direction: Direction) -> dict[str, tuple[Line, ...]]:
    """The year so far of each team below, as the small charts draw it; of the largest only where there are many."""
    by_size = sorted(direction.teams, key=lambda pk: (-_size(direction, pk), pk))
    return {f"team:{pk}": _lines(direction, pk) for pk in by_size[:TEAMS_DRAWN]}


def _size(direction: Direction, team_id: int) -> int:
    row = direction.standing[f"team:{team_id}", direction.year.starts_on, direction.year.ends_on]
    return max(row["target"] or 0, row["actual"] or 0)


def _lines(direction: Direction, team_id: int) -> tuple[Line, ...]:
    holder, as_of = f"team:{team_id}", direction.scene.as_of
    targets = _targets(direction, holder, team_id)
    so_far = accumulate(_brought(direction, holder, direction.months))
    actual = [total if month.starts_on <= as_of else None for month, total in
        zip(direction.months, so_far, strict=True)]  # fmt: skip
    lines = [Line(name=METRICS[direction.metric].title, values=tuple(actual), kind="actual")]
    if any(target is not None for target in targets):
        lines.append(Line(name="Goal", values=tuple(accumulate(target or 0 for target in targets)), kind="goal"))
    past = tuple(accumulate(_brought(direction, holder, direction.months_before)))[: len(targets)]
    if any(past):
        lines.append(Line(name="Last year", values=past, kind="last_year"))
    return tuple(lines)
