"""The rep's desk: today. What to do, where the month stands, and which deals need a hand.

desk = rep_desk(actor, person_id, as_of)
desk.sentence   "You are 1,900 USD behind pace with 4,200 of the 38,000 USD of won value for January 2018: today ..."
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from quarterdeck.engine.actions.deals import deals_in_order_of_need
from quarterdeck.engine.actions.history import WINDOW_DAYS, History
from quarterdeck.engine.calendar.ranges import effective_on
from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.records.models import FieldReport, OpportunityState
from quarterdeck.services import access, stored
from quarterdeck.services.activities_list import report_rows
from quarterdeck.services.cells import cells
from quarterdeck.services.deals import deal_rows
from quarterdeck.services.desks.building import figure, progress_of, rows_by_key, sentence, standing_said
from quarterdeck.services.desks.shapes import Action, DealRow, KindRow, Line, Notice, Progress, RepDesk, Series
from quarterdeck.services.desks.todo import Need, actions
from quarterdeck.services.desks.words import KIND_TITLES, counted, joined, said, shortened
from quarterdeck.services.journal import pulse
from quarterdeck.services.metrics import holders_with_cells, progressed
from quarterdeck.services.mixes import mix_on
from quarterdeck.services.scene import CARRIES, Scene
from quarterdeck.terms.period import Period
from quarterdeck.terms.templates import ACTIVITY_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quarterdeck.records.models import Person
    from quarterdeck.services.actor import Actor
    from quarterdeck.terms.tables import Frame

DEALS_SHOWN: Final = 12
REPORTS_SHOWN: Final = 5
METRIC_OF_KIND: Final = {
    "call": "calls", "email": "emails", "meeting": "meetings", "demo": "demos", "proposal": "proposals",
    "other": "other_activities",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What the parts of a rep's desk are read from; all of it read once."""

    scene: Scene
    person: Person
    metric: str
    month: Period
    year: Period
    week: Period
    team: frozenset[int]
    rows: Frame
    """TOTALS of the team over a year, by kind; days from the start of this month or week on."""
    worked: Frame
    """WORK_DAYS of the person over the year."""

    @property
    def holder(self) -> str:
        """Who carries the numbers."""
        return f"person:{self.person.pk}"

    @property
    def share_today(self) -> float:
        """How much of the day is worked."""
        return float(self.worked.filter(nw.col("day") == self.scene.as_of)["share"].sum())


def rep_desk(actor: Actor, person_id: int, as_of: dt.date) -> RepDesk:
    """A person's desk as of a day. At most 15 queries. Raises Refusal (`not_visible`)."""
    version, fresh_at = pulse()
    scene = Scene(actor, as_of, version=version)
    today = _today(scene, access.person_for(actor, person_id, as_of))
    metric, month, year = today.metric, today.month, today.year
    standing = _standing(today)
    progress = progress_of(scene, metric, today.holder, month, standing[today.holder, month.starts_on, month.ends_on])
    history = History(today.rows)
    mix = mix_on(scene, person_id)
    todo = actions(scene, person_id, today.team, history, _need(today, progress), mix.mix)
    open_deals = _open_deals(today)
    deals = _needy(scene, open_deals, month)
    return RepDesk(
        person_id=person_id,
        person=today.person.name,
        as_of=as_of,
        version=version,
        fresh_at=fresh_at,
        metric=metric,
        metric_title=METRICS[metric].title,
        sentence=_sentence(today, progress, todo, deals),
        evidence=_evidence(today, progress, deals),
        notices=_notices(progress),
        progress=progress,
        year=progress_of(scene, metric, today.holder, year, standing[today.holder, year.starts_on, year.ends_on]),
        actions=todo,
        mix=mix,
        deals=tuple(deals[:DEALS_SHOWN]),
        n_open_deals=len(open_deals),
        series=_series(today, progress),
        week=_week(today, history, todo),
        week_starts_on=today.week.starts_on,
        reports=tuple(report_rows(_reports(today), as_of)),
    )


def _today(scene: Scene, person: Person) -> Today:
    as_of = scene.as_of
    scene.know([person])
    year, week = scene.calendar.period_of(as_of, "year"), scene.calendar.period_of(as_of, "week")
    month, metric, team = scene.month_of(as_of), scene.metric, _team(scene, person.pk)
    wanted = stored.Wanted(
        measures=stored.measures_of([metric, "open_pipeline", "won_amount", "activities"]),
        since=min(year.starts_on, as_of - dt.timedelta(days=WINDOW_DAYS)), as_of=as_of, people=team | {person.pk},
        details=frozenset({"activity"}), daily_from=min(month.starts_on, week.starts_on),
        edges=stored.edges_of([month, year]),
    )  # fmt: skip
    begin, end = min(year.starts_on, week.starts_on), max(year.ends_on, week.ends_on)
    return Today(
        scene=scene, person=person, metric=metric, month=month, year=year, week=week, team=team,
        rows=stored.totals(wanted), worked=scene.work_days([person.pk], begin, end),
    )  # fmt: skip


def _team(scene: Scene, person_id: int) -> frozenset[int]:
    """Those who sit in the same teams on the day; what their rates are gives way for little data of one's own."""
    now = effective_on(scene.memberships.filter(nw.col("depth") == 0, nw.col("hat") == CARRIES), scene.as_of)
    teams = now.filter(nw.col("person_id") == person_id)["team_id"].to_list()
    return frozenset(now.filter(nw.col("team_id").is_in(teams))["person_id"].to_list())


def _standing(today: Today) -> dict[Any, Any]:
    scene, periods = today.scene, [today.month, today.year]
    around = Period(min(part.starts_on for part in periods), max(part.ends_on for part in periods))
    found = cells(scene, today.metric, around, holders_with_cells(scene, [today.holder]))
    rows = progressed(scene, today.metric, today.rows, [today.holder], periods, found=found, worked=today.worked)
    return rows_by_key(rows)


def _need(today: Today, progress: Progress) -> Need:
    remaining = progress.remaining.value
    return Need(
        metric=today.metric, remaining=None if remaining is None else round(remaining),
        days_left=progress.work_days_left, share_today=today.share_today, period=progress.period,
    )  # fmt: skip


def _open_deals(today: Today) -> list[DealRow]:
    states = OpportunityState.objects.filter(
        access.stood_on(today.scene.as_of), person_id=today.person.pk, stage_kind="open", opportunity__withdrawn_at=None
    )
    return deal_rows(states.order_by("pk"), today.scene.as_of)


def _needy(scene: Scene, deals: Sequence[DealRow], month: Period) -> list[DealRow]:
    """Open deals in the order in which they need somebody, each with its reasons."""
    by_id = {deal.opportunity_id: deal for deal in deals}
    types: dict[str, Any] = {
        "opportunity_id": nw.Int64, "amount_minor": nw.Int64, "close_on": nw.Date, "last_activity_on": nw.Date,
        "opened_on": nw.Date,
    }  # fmt: skip
    columns = {name: [getattr(deal, name) for deal in deals] for name in types}
    ordered = deals_in_order_of_need(nw.from_dict(columns, types, backend="polars"), scene.as_of, month=month)
    return [
        replace(by_id[pk], need=float(score), reasons=tuple(part for part in reasons.split("; ") if part))
        for pk, score, reasons in ordered.select("opportunity_id", "score", "reasons").iter_rows()
    ]


def _reports(today: Today) -> list[FieldReport]:
    said = FieldReport.current.filter(person_id=today.person.pk, reported_on__lte=today.scene.as_of)
    return list(said.select_related("person", "account", "opportunity").order_by("-reported_on", "-pk")[:REPORTS_SHOWN])


def _series(today: Today, progress: Progress) -> Series:
    """Actual and expected, summed day by day over the fiscal month; the actual ends on the as-of day."""
    month, target, title = today.month, progress.target.value, METRICS[today.metric].title
    days = [month.starts_on + dt.timedelta(days=at) for at in range(month.n_days)]
    by_day = _by_day(today)
    so_far = accumulate(by_day.get(day, 0) for day in days)
    actual = tuple(sum_ if day <= today.scene.as_of else None for day, sum_ in zip(days, so_far, strict=True))
    lines = [Line(name=title, values=actual, kind="actual")]
    if target is not None:
        lines.append(Line(name="Expected", values=_expected(today, days, round(target)), kind="expected"))
    return Series(
        title=f"Are you where you should be in {month.name}?", unit=progress.actual.unit,
        labels=tuple(f"{day:%-d %b}" for day in days), lines=tuple(lines),
    )  # fmt: skip


def _by_day(today: Today) -> dict[dt.date, int]:
    """The metric's actual by day of the month."""
    rows = today.rows.filter(nw.col("person_id") == today.person.pk, nw.col("starts_on") >= today.month.starts_on)
    found: dict[dt.date, int] = {}
    for term in METRICS[today.metric].numerator:
        mine = rows.filter(nw.col("measure") == term.measure)
        if term.detail:
            mine = mine.filter(nw.col("detail") == term.detail)
        for day, amount in mine.select("starts_on", term.column).iter_rows():
            found[day] = found.get(day, 0) + term.sign * int(amount)
    return found


def _expected(today: Today, days: list[dt.date], target: int) -> tuple[int | None, ...]:
    shares = dict(today.worked.select("day", "share").iter_rows())
    so_far = list(accumulate(shares.get(day, 0.0) for day in days))
    return tuple(round(target * part / so_far[-1]) if so_far[-1] else None for part in so_far)


def _week(today: Today, history: History, todo: tuple[Action, ...]) -> tuple[KindRow, ...]:
    """This week's activities by kind, against what a full day needs times the days worked in it."""
    week = today.week
    done = history.done(today.person.pk, week.starts_on, today.scene.as_of)
    in_week = today.worked.filter(nw.col("day") >= week.starts_on, nw.col("day") < week.ends_on)
    days = float(in_week["share"].sum())
    needed = {action.kind: math.ceil(_per_day(action) * days) for action in todo}
    return tuple(
        KindRow(
            kind=kind, title=KIND_TITLES[kind][1].capitalize(), needed=needed.get(kind, 0),
            done=figure(today.scene, METRIC_OF_KIND[kind], done.get(kind, 0), today.holder, week),
        )
        for kind in ACTIVITY_KINDS
    )  # fmt: skip


def _per_day(action: Action) -> float:
    total, days = action.because.get("exact_total"), action.because.get("days_left")
    return float(action.needed_today) if total is None or not days else float(total) / float(days)


def _notices(progress: Progress) -> tuple[Notice, ...]:
    if progress.target.value is not None:
        return ()
    text = f"There is no target for {progress.period.name}, so nothing says what is needed today."
    return (Notice(text=text, next_step="Set a goal and bring it down, or import targets.", link="goals"),)


def _sentence(today: Today, progress: Progress, todo: tuple[Action, ...], deals: list[DealRow]) -> str:
    """Where I stand and what to do next; said to the person, or about them to whoever looks."""
    is_own = today.scene.actor.person_id == today.person.pk
    if is_own:
        stands = standing_said(today.scene, progress, "You", verbs=("are", "have"))
    else:
        stands = standing_said(today.scene, progress, shortened(today.person.name))
    return sentence(stands, _next(today, progress, todo, deals, is_own=is_own))


def _next(today: Today, progress: Progress, todo: tuple[Action, ...], deals: list[DealRow], *, is_own: bool) -> str:
    """What to do next, as the end of a sentence."""
    left = joined([counted(n, kind) for n, kind in _missing(todo) if n > 0])
    first = shortened(deals[0].in_text) if deals and deals[0].reasons else ""
    if progress.work_days and not today.share_today:
        return "today is not a working day" + (f", and {first} comes first after it" if first else "")
    if left:
        asked = f"today make {left}" if is_own else f"today needs {left}"
        return f"{asked}, starting with {first}" if first else asked
    if first:
        return f"start with {first}"
    if progress.target.value is None:
        return "ask for a goal to work from" if is_own else "set a goal and bring it down"
    return "nothing more is asked for today"


def _missing(todo: tuple[Action, ...]) -> list[tuple[int, str]]:
    return [(action.needed_today - action.done_today, action.kind) for action in todo]


def _evidence(today: Today, progress: Progress, deals: list[DealRow]) -> tuple[str, ...]:
    """What the sentence rests on: why that deal first, and the time there is."""
    why = f"{shortened(deals[0].in_text)}: {deals[0].reasons[0]}" if deals and deals[0].reasons else ""
    left = progress.work_days_left
    days = f"{left:.3g} working day{'' if left == 1 else 's'} left in {today.month.name}" if progress.work_days else ""
    per_day, currency = progress.needed_per_day, today.scene.company.currency
    needed = f"{said(per_day.value, per_day.unit, currency)} needed on each" if per_day.value and days else ""
    return tuple(part for part in (why, days, needed) if part)
