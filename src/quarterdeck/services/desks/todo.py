"""What a person should do today: the reverse funnel on their own rates, pulled towards their team's.

    remaining 38,000, average deal 2,400, 20 working days left
    proposal  own 3 of 10, team 0.4  ->  rate 0.36  ->  3 today   "15.8 deals at 2,400 each: 45 proposals by 31 January"

Rates and deal sizes come from the twelve months up to the day. A metric that counts one kind of activity needs no
funnel: what remains of it, over the days that are left, is the action.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.engine.actions.durations import days_to_won
from quarterdeck.engine.actions.funnel import WorkingTime, daily_actions
from quarterdeck.engine.actions.history import FUNNEL, History, funnel_of
from quarterdeck.engine.actions.needed import needed
from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.services.desks.shapes import Action
from quarterdeck.services.desks.stages import team_stage_days
from quarterdeck.services.desks.words import counted, said

if TYPE_CHECKING:
    from quarterdeck.engine.actions.durations import StageDays
    from quarterdeck.engine.actions.mix import Mix
    from quarterdeck.services.scene import Scene
    from quarterdeck.terms.period import Period


_TITLES: Final = {"proposal": "Proposals", "meeting": "Meetings", "call": "Calls"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What is missing to a person's target, and the time there is for it."""

    metric: str
    remaining: int | None
    days_left: float
    share_today: float
    period: Period


def actions(  # noqa: PLR0913, PLR0917  whose, and what they are made of
    scene: Scene, person_id: int, team: frozenset[int], history: History, need: Need, mix: Mix | None = None
) -> tuple[Action, ...]:
    """Today's actions of a person, from what they and their team did over the window, by the mix they chose."""
    done = history.done(person_id, scene.as_of, scene.as_of)
    kind = activity_kind(need.metric)
    if kind is not None:
        return (_counted_action(kind, need, done),)
    if need.remaining is None:
        return _without_target(done)
    size, steps = funnel_of(history, person_id, team, scene.as_of, is_count=METRICS[need.metric].unit == "count")
    time = WorkingTime(days_left=need.days_left, share_today=need.share_today)
    found = daily_actions(need.remaining, size, steps, time, mix.factors() if mix else None)
    stages = team_stage_days(scene, team | {person_id})
    return tuple(_action(scene, row, need, stages) for row in found.iter_rows(named=True))


def activity_kind(metric: str) -> str | None:
    """The kind of activity a metric counts; None when it is about something else."""
    terms = METRICS[metric].numerator
    return terms[0].detail if len(terms) == 1 and terms[0].measure == "activity" else None


def _action(scene: Scene, row: dict[str, Any], need: Need, stages: tuple[StageDays, ...]) -> Action:
    because = json.loads(row["because"])
    if took := days_to_won(stages, row["kind"]):
        because |= {"days_to_won": took[0], "n_deals_timed": took[1]}
    return Action(
        kind=row["kind"], title=_TITLES[row["kind"]], needed_today=row["needed_today"] or 0,
        done_today=row["done_today"], why=_why(scene, row, because, need), because=because,
    )  # fmt: skip


def _why(scene: Scene, row: dict[str, Any], because: dict[str, Any], need: Need) -> str:
    """Why that many, in a sentence that a rep can check with a pencil."""
    state = because["state"]
    if state in _STATES:
        return _STATES[state]
    unit, currency = METRICS[need.metric].unit, scene.company.currency
    missing = said(need.remaining, unit, currency)
    size = f" at {said(because['average_deal'], unit, currency)} each" if unit == "money" else ""
    rate = f"{because['rate_from']} rate {said(because['rate'], 'ratio', currency)}"
    per = f"{row['per_day']:.1f} a working day" if row["per_day"] else "none"
    if because.get("every_n_days", 0) > 1:
        per = f"one every {because['every_n_days']} working days"
    when = _when_said(scene, row["kind"], because, need)
    return (
        f"{missing} remain, {because['deals']:.1f} deals{size}: {counted(row['needed_total'], row['kind'])} by "
        f"{need.period.last_day:%-d %B} ({rate}{_mix_said(because)}), {per}.{when}"
    )


def _mix_said(because: dict[str, Any]) -> str:
    """By how much the mix one chose raises or lowers the number."""
    part = Fraction(because.get("mix", 1)) - 1
    return f", {abs(part):.0%} {'more' if part > 0 else 'less'} by your mix" if part else ""


def _when_said(scene: Scene, kind: str, because: dict[str, Any], need: Need) -> str:
    """When a deal that begins with one of today's would close, and so for which month it counts."""
    days = because.get("days_to_won")
    if days is None:
        return ""
    deals = because["n_deals_timed"]
    took = f" From a {kind} to the deal it took {days} days ({deals} won deal{'' if deals == 1 else 's'})"
    last = need.period.last_day - dt.timedelta(days=days)
    if last >= scene.as_of:
        return f"{took}: until {last:%-d %B} it still counts for {need.period.last_day:%B}."
    return f"{took}: today's counts for {scene.as_of + dt.timedelta(days=days):%B}."


_STATES: Final = {
    "reached": "The target is reached.",
    "no_days_left": "No working day is left in this period.",
    "not_working_today": "This is not a working day.",
    "no_average_deal": "Nobody in the team has won a deal in the last twelve months, so its size is not known.",
    "beyond_counting": "What remains is out of proportion to the average deal.",
}


def _counted_action(kind: str, need: Need, done: Counter[str]) -> Action:
    """The action of a target that counts activities itself."""
    title = _TITLES.get(kind, kind.capitalize())
    if need.remaining is None:
        return Action(kind=kind, title=title, needed_today=0, done_today=done.get(kind, 0), why=NO_TARGET)
    # What was done today is in the actual already, so today's part is of what was missing this morning.
    missing = need.remaining + done.get(kind, 0)
    found = needed(missing, need.days_left, need.share_today)
    why = _STATES.get(found.state) or f"{counted(missing, kind)} to go by {need.period.last_day:%-d %B}."
    because = {"remaining": need.remaining, "days_left": need.days_left, "state": found.state}
    return Action(
        kind=kind, title=title, needed_today=found.today or 0, done_today=done.get(kind, 0), why=why, because=because
    )


NO_TARGET: Final = "There is no target to work from; the number is only what was done."


def _without_target(done: Counter[str]) -> tuple[Action, ...]:
    return tuple(
        Action(kind=kind, title=_TITLES[kind], needed_today=0, done_today=done.get(kind, 0), why=NO_TARGET)
        for kind, _ in FUNNEL
    )
