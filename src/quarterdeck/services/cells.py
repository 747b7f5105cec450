"""Targets as they are stored, and what they come to for a holder and any fiscal period.

    stored       person:7    January 100, February 120     what rita carries herself
                 position:4  January 50, February 50       her seat, which kept it while it was vacant
    effective    person:7    January 150, Q1 ...           her own plus that of the positions she holds

Months add up to quarters and years. A period without months takes its part of the quarter or year around it, evenly
over its months, by largest remainder. Of two versions of one cell the one known later counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
from django.db.models import Q

from quarterdeck.records.models import Target
from quarterdeck.services import frames
from quarterdeck.services.kept import kept
from quarterdeck.services.scene import holder_of
from quarterdeck.terms.frames import TARGETS
from quarterdeck.terms.money import parts

if TYPE_CHECKING:
    from quarterdeck.engine.calendar.fiscal import FiscalCalendar
    from quarterdeck.services.scene import Scene
    from quarterdeck.terms.period import Period
    from quarterdeck.terms.tables import Frame

_FIELDS: Final = (
    "pk", "person_id", "team_id", "position_id", "territory_id", "starts_on", "ends_on", "period_kind", "amount",
    "goal_id", "source_system", "known_at",
)  # fmt: skip
_KINDS: Final = ("person", "team", "position", "territory")

Span = tuple[dt.date, dt.date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One stored target: a number for a holder and a fiscal period."""

    target_id: int
    holder: str
    starts_on: dt.date
    ends_on: dt.date
    period_kind: str
    amount: int
    goal_id: int | None
    source_system: str
    known_at: dt.datetime

    @property
    def span(self) -> Span:
        """Its days."""
        return self.starts_on, self.ends_on


@dataclass(frozen=True, slots=True)
class Cells:
    """Stored targets by holder and period; of several for one, the one known last."""

    by_holder: dict[str, dict[Span, Cell]] = field(default_factory=dict)

    def of(self, holder: str) -> dict[Span, Cell]:
        """A holder's own cells by their days."""
        return self.by_holder.get(holder, {})

    def amount(self, holder: str, period: Period, calendar: FiscalCalendar) -> int | None:
        """What a holder's own cells come to for a period; None without any."""
        found = used(self.of(holder), (period.starts_on, period.ends_on))
        if found:
            return sum(cell.amount for cell in found)
        around = around_of(self.of(holder), (period.starts_on, period.ends_on))
        return _part(around, period, calendar) if around else None


def used(cells: dict[Span, Cell], span: Span) -> list[Cell]:
    """The cells that together make a span: itself, or the shortest ones inside it that do not overlap.

    A year that has a cell of its own and months is what its months come to: they are what people work with.
    """
    begin, end = span
    inside = [cell for (first, last), cell in cells.items() if begin <= first and last <= end]
    if len(inside) < 2:  # noqa: PLR2004  nothing to choose from
        return inside
    found: list[Cell] = []
    for cell in sorted(inside, key=lambda cell: (cell.ends_on - cell.starts_on, cell.starts_on)):
        if all(cell.ends_on <= other.starts_on or other.ends_on <= cell.starts_on for other in found):
            found.append(cell)
    return sorted(found, key=lambda cell: cell.starts_on)


def around_of(cells: dict[Span, Cell], span: Span) -> Cell | None:
    """The shortest cell that contains a span."""
    around = [cell for cell in cells.values() if cell.starts_on <= span[0] and span[1] <= cell.ends_on]
    return min(around, key=lambda cell: cell.ends_on - cell.starts_on, default=None)


def _part(cell: Cell, period: Period, calendar: FiscalCalendar) -> int | None:
    """The period's even share of a longer cell; None when the period is not made of whole fiscal months of it."""
    months = calendar.periods(cell.starts_on, cell.ends_on, "month")
    shares = parts(cell.amount, [1] * len(months))
    inside = [
        share
        for month, share in zip(months, shares, strict=True)
        if period.starts_on <= month.starts_on and month.ends_on <= period.ends_on
    ]
    return sum(inside) if inside else None


def cells(
    scene: Scene, metric: str, period: Period, holders: Collection[str] | None = None, *, layer: str = "plan"
) -> Cells:
    """Targets of a metric that share a day with the period; one query. Those of all, once per version of the data."""
    if holders is not None or scene.known_at:
        return _cells(scene.known_at, metric, period, holders, layer)
    name = f"cells {metric} {period.starts_on} {period.ends_on} {layer}"
    return kept(name, lambda: _cells(None, metric, period, None, layer), scene.version)


def _cells(
    known_at: dt.datetime | None, metric: str, period: Period, holders: Collection[str] | None, layer: str
) -> Cells:
    rows = frames.known(Target, known_at).filter(
        metric=metric, layer=layer, starts_on__lt=period.ends_on, ends_on__gt=period.starts_on
    )
    if holders is not None:
        rows = rows.filter(_held_by(holders))
    found = Cells()
    for row in rows.order_by("known_at", "pk").values_list(*_FIELDS):
        cell = _cell(row)
        found.by_holder.setdefault(cell.holder, {})[cell.span] = cell
    return found


def _held_by(holders: Collection[str]) -> Q:
    ids: dict[str, list[int]] = {kind: [] for kind in _KINDS}
    for holder in holders:
        kind, number = holder_of(holder)
        ids[kind].append(number)
    found = Q(pk__in=[])
    for kind, numbers in ids.items():
        if numbers:
            found |= Q(**{f"{kind}_id__in": numbers})
    return found


def _cell(row: tuple[Any, ...]) -> Cell:
    pk, *ids = row[:5]
    at = next(place for place, value in enumerate(ids) if value is not None)
    starts_on, ends_on, kind, amount, goal_id, source_system, known_at = row[5:]
    return Cell(
        target_id=pk, holder=f"{_KINDS[at]}:{ids[at]}", starts_on=starts_on, ends_on=ends_on, period_kind=kind,
        amount=amount, goal_id=goal_id, source_system=source_system, known_at=known_at,
    )  # fmt: skip


def holder_day(as_of: dt.date, month: Period) -> dt.date:
    """The day that decides who holds a position's target in a month: the as-of day, kept inside the month."""
    return min(max(as_of, month.starts_on), month.last_day)


def positions_of(scene: Scene, person_ids: Collection[int]) -> list[int]:
    """Positions that these people hold at any time."""
    rows = scene.seats.filter(nw.col("person_id").is_in(list(person_ids)))
    return sorted({int(position) for position in rows["position_id"].to_list()})


def carried_by(scene: Scene, person_ids: Collection[int]) -> list[str]:
    """Holders whose cells can count for these people: they themselves and the positions they ever hold."""
    return [f"person:{pk}" for pk in person_ids] + [f"position:{pk}" for pk in positions_of(scene, person_ids)]


def effective(scene: Scene, found: Cells, person_ids: Iterable[int], period: Period) -> dict[int, int | None]:
    """What each person's target is for a period: their own, plus that of the positions they hold, month by month."""
    wanted = list(person_ids)
    totals: dict[int, int | None] = {pk: found.amount(f"person:{pk}", period, scene.calendar) for pk in wanted}
    held = [holder_of(holder)[1] for holder in found.by_holder if holder.startswith("position:")]
    for month in _months_in(scene, period) if held else ():
        sitting = scene.sitting(holder_day(scene.as_of, month))
        for position in held:
            for person in totals.keys() & sitting.get(position, ()):
                more = found.amount(f"position:{position}", month, scene.calendar)
                if more is not None:
                    totals[person] = (totals[person] or 0) + more
    return totals


def vacant(scene: Scene, found: Cells, position_ids: Collection[int], period: Period) -> dict[int, int]:
    """What each position's target comes to in the months of a period in which nobody holds it."""
    totals: dict[int, int] = {}
    for month in _months_in(scene, period):
        for position in sorted(set(position_ids) - scene.sitting(holder_day(scene.as_of, month)).keys()):
            amount = found.amount(f"position:{position}", month, scene.calendar)
            if amount is not None:
                totals[position] = totals.get(position, 0) + amount
    return totals


def _months_in(scene: Scene, period: Period) -> list[Period]:
    months = scene.calendar.periods(period.starts_on, period.ends_on, "month")
    return [month for month in months if period.starts_on <= month.starts_on and month.ends_on <= period.ends_on]


def targets_framed(metric: str, amounts: dict[tuple[str, Span], int | None]) -> Frame:
    """TARGETS of a metric by holder and days; what is None has no row."""
    known = [(*holder_of(holder), span, amount) for (holder, span), amount in amounts.items() if amount is not None]
    columns = {
        "holder_kind": [row[0] for row in known], "holder_id": [row[1] for row in known],
        "metric": [metric] * len(known), "starts_on": [row[2][0] for row in known],
        "ends_on": [row[2][1] for row in known], "amount": [row[3] for row in known],
    }  # fmt: skip
    types: dict[str, Any] = {
        "holder_kind": nw.String, "holder_id": nw.Int64, "metric": nw.String, "starts_on": nw.Date,
        "ends_on": nw.Date, "amount": nw.Int64,
    }  # fmt: skip
    return TARGETS.check(nw.from_dict(columns, types, backend="polars"))


def target_of(scene: Scene, found: Cells, holder: str, period: Period, *, below: Collection[int] = ()) -> int | None:
    """The target of a person (effective) or a team: its own cells, else what the people and vacancies below carry.

    `below` names the people of the team; used only where it has no cells itself.
    """
    kind, number = holder_of(holder)
    if kind == "person":
        return effective(scene, found, [number], period)[number]
    own = found.amount(holder, period, scene.calendar)
    if own is not None or kind != "team":
        return own
    carried = [amount for amount in effective(scene, found, below, period).values() if amount is not None]
    carried += vacant(scene, found, vacancies_of(scene, number), period).values()
    return sum(carried) if carried else None


def vacancies_of(scene: Scene, team_id: int) -> list[int]:
    """Positions in the team or below it that nobody holds on some day."""
    teams = scene.below(team_id)
    rows = scene.seats.filter(nw.col("team_id").is_in(teams), nw.col("person_id").is_null())
    return sorted({int(position) for position in rows["position_id"].to_list()})
