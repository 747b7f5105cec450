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
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from quarterdeck.engine.actions.funnel import DealSize, Step, WorkingTime, daily_actions
from quarterdeck.engine.actions.needed import needed
from quarterdeck.engine.actions.rates import shrunken_rates
from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.services.desks.shapes import Action
from quarterdeck.services.desks.words import counted, said

if TYPE_CHECKING:
    from quarterdeck.services.scene import Scene
    from quarterdeck.terms.period import Period
    from quarterdeck.terms.tables import Frame

WINDOW_DAYS: Final = 365
FUNNEL: Final = (("proposal", "won"), ("meeting", "proposal"), ("call", "meeting"))
"""Each action, and the step above it to which it leads."""

_TITLES: Final = {"proposal": "Proposals", "meeting": "Meetings", "call": "Calls"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What is missing to a person's target, and the time there is for it."""

    metric: str
    remaining: int | None
    days_left: float
    share_today: float
    period: Period


def actions(scene: Scene, person_id: int, team: frozenset[int], history: History, need: Need) -> tuple[Action, ...]:
    """Today's actions of a person, from what they and their team did over the window."""
    done = history.done(person_id, scene.as_of, scene.as_of)
    kind = activity_kind(need.metric)
    if kind is not None:
        return (_counted_action(kind, need, done),)
    if need.remaining is None:
        return _without_target(done)
    since = scene.as_of - dt.timedelta(days=WINDOW_DAYS)
    everybody = {pk: history.counts(pk, since) for pk in sorted(team | {person_id})}
    own, together = everybody[person_id], sum(everybody.values(), Counter())
    found = daily_actions(
        need.remaining,
        DealSize(own=_average(own, need.metric), team=_average(together, need.metric)),
        [_step(kind, above, own, list(everybody.values()), done.get(kind, 0)) for kind, above in FUNNEL],
        WorkingTime(days_left=need.days_left, share_today=need.share_today),
    )
    return tuple(_action(scene, row, need) for row in found.iter_rows(named=True))


class History:
    """Activities by kind and deals won, by person and day (or month), read off TOTALS once.

    Plain dictionaries: a desk asks some dozen small questions of some thousand rows, and a frame costs a fifth of a
    millisecond per question whatever its size.
    """

    def __init__(self, rows: Frame) -> None:
        """Keep what funnels are made of."""
        self._done: dict[int, list[tuple[dt.date, str, int]]] = {}
        self._won: dict[int, list[tuple[dt.date, int, int]]] = {}
        kept = rows.filter(nw.col("measure").is_in(["activity", "opportunity_won"]))
        names = ("measure", "person_id", "starts_on", "detail", "n", "amount_minor")
        for measure, person, day, kind, n, amount in kept.select(names).iter_rows():
            if measure == "activity":
                self._done.setdefault(person, []).append((day, kind, n))
            else:
                self._won.setdefault(person, []).append((day, n, amount))

    def done(self, person_id: int, first: dt.date, last: dt.date) -> Counter[str]:
        """Activities of a person from the first to the last day, by kind."""
        found: Counter[str] = Counter()
        for day, kind, n in self._done.get(person_id, ()):
            if first <= day <= last:
                found[kind] += n
        return found

    def counts(self, person_id: int, since: dt.date) -> Counter[str]:
        """Activities by kind after a day, deals `won`, and their worth as `won_amount`."""
        found = self.done(person_id, since + dt.timedelta(days=1), dt.date.max)
        for day, n, amount in self._won.get(person_id, ()):
            if day > since:
                found["won"] += n
                found["won_amount"] += amount
        return found


def activity_kind(metric: str) -> str | None:
    """The kind of activity a metric counts; None when it is about something else."""
    terms = METRICS[metric].numerator
    return terms[0].detail if len(terms) == 1 and terms[0].measure == "activity" else None


def _average(counts: Counter[str], metric: str) -> float | None:
    """What one won deal brings of the metric: its worth, or 1 where the metric counts."""
    if METRICS[metric].unit == "count":
        return 1.0
    return counts["won_amount"] / counts["won"] if counts["won"] > 0 else None


def _step(kind: str, above: str, own: Counter[str], everybody: list[Counter[str]], done_today: int) -> Step:
    """The step with its rate; a person without a single try has none of their own."""
    row = (
        shrunken_rates(_tries([own], kind, above), _tries(everybody, kind, above)).select("rate", "team_rate").rows()[0]
    )
    return Step(kind=kind, rate=row[0] if own[kind] > 0 else None, team_rate=row[1], done_today=done_today)


def _tries(counts: list[Counter[str]], kind: str, above: str) -> Frame:
    columns = {"n": [row[kind] for row in counts], "hits": [row[above] for row in counts]}
    return nw.from_dict(columns, {"n": nw.Int64, "hits": nw.Int64}, backend="polars")


def _action(scene: Scene, row: dict[str, Any], need: Need) -> Action:
    because = json.loads(row["because"])
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
    return (
        f"{missing} remain, {because['deals']:.1f} deals{size}: {counted(row['needed_total'], row['kind'])} by "
        f"{need.period.last_day:%-d %B} ({rate}), {per}."
    )


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
