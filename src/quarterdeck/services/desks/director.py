"""The director's desk: direction. The year's goal against actual and last year, by team, segment, product and month.

goal 12,000,000   actual 3,100,000   expected 3,050,000   same days last year 2,900,000   growth 0.069

month      target     actual     last year   so far: target     actual     last year
January    950,000    1,010,000  930,000             950,000    1,010,000  930,000
February   970,000               910,000             1,920,000             1,840,000     not begun
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
from django.db.models import Value

from quarterdeck.engine.metrics.definitions import METRICS, Slice
from quarterdeck.records.models import Product, Segment, Total
from quarterdeck.services import access
from quarterdeck.services.cells import Cells, cells
from quarterdeck.services.desks.building import figure, progress_of, rows_by_key, sentence, standing_said
from quarterdeck.services.desks.months import finish_of, month_rows, series, team_lines
from quarterdeck.services.desks.shapes import DirectorDesk, MonthRow, Notice, Progress, TeamRow
from quarterdeck.services.desks.teams import furthest_behind, growth_figure, growth_of, past_figure, ratio, team_rows
from quarterdeck.services.desks.words import said, shortened
from quarterdeck.services.journal import pulse
from quarterdeck.services.metrics import earlier, progressed, read, valued
from quarterdeck.services.scene import Scene
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.period import Period

if TYPE_CHECKING:
    from quarterdeck.services.actor import Actor
    from quarterdeck.terms.tables import Frame

SLICES_SHOWN: Final = 50
"""Segments or products on the desk, largest first."""
_NONE: Final = {"product_id": "No product", "segment_id": "No segment"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """What the parts of a director's desk are read from."""

    scene: Scene
    team_id: int
    metric: str
    year: Period
    months: list[Period]
    before: Period | None
    """The same days of last year."""
    whole_before: Period | None
    months_before: list[Period]
    teams: list[int]
    rows: Frame
    """TOTALS by person of this year and the last."""
    found: Cells
    standing: dict[Any, dict[str, Any]]
    actuals: dict[tuple[str, dt.date, dt.date], int]
    """The metric by holder and days: this year's months, last year's, and the same days of last year."""

    @property
    def holder(self) -> str:
        """Whose direction it is."""
        return f"team:{self.team_id}"

    def actual(self, holder: str, period: Period | None) -> int | None:
        """What a holder brought in a period; None without a period."""
        return None if period is None else self.actuals.get((holder, period.starts_on, period.ends_on))


def director_desk(actor: Actor, team_id: int, as_of: dt.date) -> DirectorDesk:
    """A team's year as of a day. At most 15 queries. Raises Refusal (`not_visible`)."""
    version, fresh_at = pulse()
    if not access.sees_team(actor, team_id, as_of):
        raise access.not_visible("team")
    scene = Scene(actor, as_of, version=version)
    if team_id not in scene.team_names:
        raise access.not_visible("team")
    direction = _read(scene, team_id)
    metric, year, holder = direction.metric, direction.year, direction.holder
    progress = progress_of(scene, metric, holder, year, direction.standing[holder, year.starts_on, year.ends_on])
    past = direction.actual(holder, direction.before)
    actual = direction.standing[holder, year.starts_on, year.ends_on]["actual"]
    months = month_rows(direction)
    finish = finish_of(direction, months)
    segments, products = _slices(direction)
    return DirectorDesk(
        team_id=team_id,
        team=scene.team_names[team_id],
        as_of=as_of,
        version=version,
        fresh_at=fresh_at,
        metric=metric,
        metric_title=METRICS[metric].title,
        sentence=_sentence(direction, progress),
        evidence=_evidence(direction, progress, past, months),
        notices=_notices(direction, progress),
        goal=progress.target,
        progress=progress,
        last_year=past_figure(scene, metric, past, holder, direction.before or year),
        last_year_whole=past_figure(
            scene, metric, direction.actual(holder, direction.whole_before), holder, direction.whole_before or year
        ),
        growth=growth_figure(scene, metric, actual, past, holder, year),
        teams=_team_rows(direction),
        segments=segments,
        products=products,
        months=months,
        series=series(direction, months, finish),
        finish=finish,
    )


def _read(scene: Scene, team_id: int) -> Direction:
    metric, year = scene.metric, scene.calendar.period_of(scene.as_of, "year")
    number, teams = scene.calendar.year_of(scene.as_of), scene.children(team_id)
    months, before = scene.calendar.months(number), earlier(scene, year)
    months_before = _months_before(scene, number) if before else []
    whole_before = Period(months_before[0].starts_on, months_before[-1].ends_on) if months_before else None
    holders = [f"team:{team_id}", *(f"team:{pk}" for pk in teams)]
    past = [period for period in (before, whole_before) if period]
    everything = list(dict.fromkeys([*months, *months_before, *past]))
    periods, names = list(dict.fromkeys([*everything, year])), [metric, "open_pipeline"]
    rows = read(scene, names, holders, periods)
    found = cells(scene, metric, year)
    both = valued(scene, names, rows, holders, periods)
    of_year = both.filter(nw.col("starts_on") == year.starts_on, nw.col("ends_on") == year.ends_on)
    standing = rows_by_key(progressed(scene, metric, rows, holders, [year], found=found, both=of_year))
    return Direction(
        scene=scene, team_id=team_id, metric=metric, year=year, months=months, before=before,
        whole_before=whole_before, months_before=months_before, teams=teams, rows=rows, found=found,
        standing=standing, actuals=_actuals(both.filter(nw.col("metric") == metric)),
    )  # fmt: skip


def _months_before(scene: Scene, number: int) -> list[Period]:
    try:
        return scene.calendar.months(number - 1)
    except Refusal:
        return []


def _actuals(values: Frame) -> dict[tuple[str, dt.date, dt.date], int]:
    named = values.select("holder_kind", "holder_id", "starts_on", "ends_on", "value").iter_rows()
    return {(f"{kind}:{pk}", begin, end): round(value or 0) for kind, pk, begin, end, value in named}


def _team_rows(direction: Direction) -> tuple[TeamRow, ...]:
    holders = [f"team:{pk}" for pk in direction.teams]
    past = {holder: value for holder in holders if (value := direction.actual(holder, direction.before)) is not None}
    return team_rows(
        direction.scene, direction.metric, direction.teams, direction.year, direction.standing,
        share_of=direction.holder, last_year=past, before=direction.before, lines=team_lines(direction),
    )  # fmt: skip


def _slices(direction: Direction) -> tuple[tuple[TeamRow, ...], tuple[TeamRow, ...]]:
    """By segment and by product; one query for both."""
    scene, metric = direction.scene, direction.metric
    slices: list[Slice] = [name for name in ("segment_id", "product_id") if name in METRICS[metric].slices]
    if not slices:
        return (), ()
    periods = [direction.year, *([direction.before] if direction.before else [])]
    rows = read(scene, [metric], [direction.holder], periods, slices=slices)
    names = _names_of_slices()
    found = [_slice_rows(direction, rows, name, periods, names) for name in ("segment_id", "product_id")]
    return found[0], found[1]


def _names_of_slices() -> dict[tuple[str, str], str]:
    """Every segment's and product's name by slice and key, and what their absence is called; one query."""
    kinds = [(Segment, "segment_id"), (Product, "product_id")]
    parts = [model.objects.values_list(Value(kind), "pk", "name") for model, kind in kinds]
    named = {(kind, str(pk)): name for kind, pk, name in parts[0].union(parts[1], all=True)}
    return named | {(kind, ""): text for kind, text in _NONE.items()}


def _slice_rows(
    direction: Direction, rows: Frame, slice_by: Slice, periods: list[Period], names: dict[tuple[str, str], str]
) -> tuple[TeamRow, ...]:
    scene, metric, holder, year = direction.scene, direction.metric, direction.holder, direction.year
    if slice_by not in METRICS[metric].slices:
        return ()
    values = valued(scene, [metric], rows, [holder], periods, slice_by=slice_by)
    by_slice: dict[str, dict[dt.date, int]] = {}
    for key, begin, value in values.select("slice", "starts_on", "value").iter_rows():
        by_slice.setdefault(key, {})[begin] = round(value or 0)
    whole = sum(amounts.get(year.starts_on, 0) for amounts in by_slice.values())
    made = [
        _slice_row(direction, slice_by, key, names.get((slice_by, key), key), amounts, whole)
        for key, amounts in by_slice.items()
    ]
    ordered = sorted(made, key=lambda row: (-(row.actual.value or 0), -(row.last_year.value or 0), row.name))
    return tuple(ordered[:SLICES_SHOWN])


def _slice_row(  # noqa: PLR0913, PLR0917  what a row is made of
    direction: Direction, slice_by: Slice, key: str, name: str, amounts: dict[dt.date, int], whole: int
) -> TeamRow:
    scene, metric, holder, year = direction.scene, direction.metric, direction.holder, direction.year
    actual = amounts.get(year.starts_on, 0)
    past = amounts.get(direction.before.starts_on, 0) if direction.before else None
    where = {"slice_by": slice_by, "slice_value": key}
    return TeamRow(
        key=f"{slice_by.removesuffix('_id')}:{key or 0}", name=name, target=None, expected=None, pace=None,
        actual=figure(scene, metric, actual, holder, year, **where),
        last_year=past_figure(scene, metric, past, holder, direction.before or year, slice_by, key),
        growth=growth_figure(scene, metric, actual, past, holder, year, slice_by, key), share=ratio(actual, whole),
    )  # fmt: skip


def _notices(direction: Direction, progress: Progress) -> tuple[Notice, ...]:
    """Said plainly: no goal, targets that do not sum, facts that count for nobody."""
    found = [_no_goal(direction, progress), _not_summing(direction, progress), _of_nobody(direction)]
    return tuple(notice for notice in found if notice)


def _no_goal(direction: Direction, progress: Progress) -> Notice | None:
    if progress.target.value is not None:
        return None
    text = f"No goal is set for {direction.year.name}."
    return Notice(text=text, next_step="Set one; it comes down to people and months at once.", link="goals")


def _not_summing(direction: Direction, progress: Progress) -> Notice | None:
    year, scene = direction.year, direction.scene
    below = [direction.standing[f"team:{pk}", year.starts_on, year.ends_on]["target"] for pk in direction.teams]
    if progress.target.value is None or not below:
        return None
    own = [cell for cell in direction.found.by_holder if cell.startswith("person:")]
    inside = {f"person:{pk}" for pk in _direct(scene, direction.team_id)}
    amounts = [amount for amount in below if amount is not None]
    amounts += [
        amount for cell in own if cell in inside and (amount := direction.found.amount(cell, year, scene.calendar))
    ]
    gap = sum(amounts) - round(progress.target.value)
    if not gap:
        return None
    size = said(abs(gap), progress.target.unit, scene.company.currency)
    text = f"The targets of the teams below sum to {size} {'more' if gap > 0 else 'less'} than the goal."
    return Notice(text=text, next_step="Look at the difference in the targets grid.", link="targets")


def _direct(scene: Scene, team_id: int) -> set[int]:
    seats = scene.seats.filter(nw.col("team_id") == team_id, ~nw.col("person_id").is_null())
    return set(seats["person_id"].to_list())


def _of_nobody(direction: Direction) -> Notice | None:
    """What the year brought that counts for nobody: deals or bookings without a known owner. Only said at the top."""
    scene = direction.scene
    if not (scene.is_root(direction.team_id) and access.sees_all(scene.actor, scene.as_of)):
        return None
    terms = METRICS[direction.metric].numerator
    rows = Total.objects.filter(
        person_id=0, grain="pd", measure__in=[term.measure for term in terms], starts_on__gte=direction.year.starts_on,
        starts_on__lte=scene.as_of,
    ).values_list("measure", terms[0].column)  # fmt: skip
    signs = {term.measure: term.sign for term in terms}
    amount = sum(signs[measure] * value for measure, value in rows)
    if not amount:
        return None
    size = said(amount, METRICS[direction.metric].unit, scene.company.currency)
    text = f"{size} of {METRICS[direction.metric].title.lower()} count for nobody, since their owner is not known."
    return Notice(text=text, next_step="Map the owners in the import and apply it again.", link="imports")


def _sentence(direction: Direction, progress: Progress) -> str:
    """Where the company stands against the goal, and what to do next."""
    scene = direction.scene
    stands = standing_said(scene, progress, shortened(scene.team_names[direction.team_id]))
    return sentence(stands, _next(direction, progress))


def _next(direction: Direction, progress: Progress) -> str:
    """What to do next, as the end of a sentence."""
    if progress.target.value is None:
        return f"set a goal for {direction.year.name}"
    if below := furthest_behind(direction.scene, direction.teams, direction.year, direction.standing):
        return f"look first at {shortened(below[0])}"
    if direction.teams:
        return "no team is behind"
    return f"look at who needs help in {shortened(direction.scene.team_names[direction.team_id])}"


def _evidence(
    direction: Direction, progress: Progress, past: int | None, months: tuple[MonthRow, ...]
) -> tuple[str, ...]:
    """What the sentence rests on: last year, the goal's own months, the team named."""
    scene, unit, currency = direction.scene, progress.actual.unit, direction.scene.company.currency
    found = []
    change = growth_of(progress.actual.value, past)  # type: ignore[arg-type]  # a whole amount
    if change is not None:
        word = "more" if change >= 0 else "less"
        found.append(f"{said(abs(change), 'ratio', currency)} {word} than the same days of last year")
    over = [row for row in months if row.period.last_day <= scene.as_of and row.target_so_far is not None]
    if over:
        gap = (over[-1].actual_so_far or 0) - (over[-1].target_so_far or 0)
        word = "ahead of" if gap >= 0 else "behind"
        found.append(
            f"{said(abs(gap), unit, currency)} {word} the months' targets at the end of {over[-1].period.name}"
        )
    if below := furthest_behind(scene, direction.teams, direction.year, direction.standing):
        found.append(f"{shortened(below[0])}: {below[1]} behind an even pace")
    return tuple(found)
