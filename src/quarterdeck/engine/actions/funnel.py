"""How many proposals, meetings and calls what remains of a target means, in all and today.

    remaining 100,000 at 10,000 a deal   10 deals
    proposal to won    0.4               25 proposals   25 / 20 days   2 today
    meeting to proposal 0.5              50 meetings    50 / 20 days   3 today
    call to meeting    0.1              500 calls      500 / 20 days  25 today

The chain is exact; only what a person does is rounded up to a whole. A rate that is missing or zero gives way to the
team's, then to a stated default. Source: "sales math", mysalesprocess.com/sales-math (also of the defaults).
See docs/methods/reverse-funnel.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from quarterdeck.engine.calendar.exact import exact_days
from quarterdeck.terms.money import MAX_MINOR

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

DEFAULT_RATES: Final[dict[str, Fraction]] = {
    "proposal": Fraction(2, 5),
    "meeting": Fraction(1, 2),
    "call": Fraction(1, 10),
}
"""How many of an action lead to the next one up (a won deal, a proposal, a meeting) where nobody's rate is known."""

_FALLBACK_RATE: Final = Fraction(1, 4)
_LARGEST_DENOMINATOR: Final = 1_000_000
"""A float rate means the nearest fraction with a small denominator: 0.35 is 7/20, so that 70 / 0.35 is 200, not 201."""

ACTIONS_SCHEMA: Final[dict[str, Any]] = {
    "kind": nw.String,
    "needed_total": nw.Int64,
    "needed_today": nw.Int64,
    "done_today": nw.Int64,
    "per_day": nw.Float64,
    "because": nw.String,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the funnel: what a person does, and the share of it that leads to the step above.

    `rate` is the person's own (already pulled towards the team's, or not), `team_rate` the team's; None is unknown.
    `done_today` is how many were done today.
    """

    kind: str
    rate: float | None = None
    team_rate: float | None = None
    done_today: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DealSize:
    """The average won deal of a person, and of the team for want of one; minor units, None is unknown."""

    own: float | None
    team: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingTime:
    """Full working days left, today and part days included, and the share of today that is worked."""

    days_left: float
    share_today: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineNeeded:
    """Deals to win, deals to have open for that, their worth, and how many quarters before they must exist."""

    n_deals: int
    n_opportunities: int
    amount_minor: int
    coverage: Fraction
    n_quarters_before: int | None


def pipeline_needed(
    remaining: int, average_deal: float, win_rate: float, *, cycle_days: float | None = None
) -> PipelineNeeded | None:
    """What must be in the pipeline to make what remains; None when average or win rate are not above zero.

    Money in minor units, days in calendar days; a quarter is counted as 91.25 days and rounded up.

    >>> need = pipeline_needed(100_000, 10_000, 1 / 3, cycle_days=180)
    >>> need.n_deals, need.n_opportunities, need.amount_minor, str(need.coverage), need.n_quarters_before
    (10, 30, 300000, '3', 2)
    """
    average, rate = _above_zero(average_deal), _rate(win_rate)
    if average is None or rate is None:
        return None
    open_amount = Fraction(max(remaining, 0)) / rate
    before = None if cycle_days is None else math.ceil(exact_days(cycle_days) / Fraction("91.25"))
    return PipelineNeeded(
        n_deals=math.ceil(max(remaining, 0) / average),
        n_opportunities=math.ceil(open_amount / average),
        amount_minor=math.ceil(open_amount),
        coverage=1 / rate,
        n_quarters_before=before,
    )


def daily_actions(
    remaining: int, size: DealSize, steps: Sequence[Step], time: WorkingTime, mix: Mapping[str, Fraction] | None = None
) -> Frame:
    """What to do today: one row per step, in the order given, the one next to the won deal first.

    `remaining` in minor units. needed_total counts until the end; needed_today is its even part for today, rounded up;
    per_day the unrounded number for a full day. All needed_* are empty when no deal size is known, needed_today and
    per_day also when no day is left. `because` is JSON: the arithmetic, each rate and whose it is, the state, and in
    `every_n_days` how often something is due that is needed less than daily. `mix`: by kind, how much of its number
    it takes on (`mix.Mix.factors`); the chain to other steps stays.

    >>> steps = [Step(kind="proposal", rate=0.4), Step(kind="meeting", rate=0.5), Step(kind="call", done_today=5)]
    >>> todo = daily_actions(100_000, DealSize(own=10_000), steps, WorkingTime(days_left=20))
    >>> todo.select("kind", "needed_total", "needed_today", "done_today").rows()
    [('proposal', 25, 2, 0), ('meeting', 50, 3, 0), ('call', 500, 25, 5)]
    >>> json.loads(todo["because"][2])["rate_from"]
    'default'
    """
    average, whose = average_deal(size)
    deals = None if average is None else Fraction(max(remaining, 0)) / average
    opening = {
        "remaining": remaining,
        "average_deal": _number(average),
        "average_deal_from": whose,
        "deals": _number(deals),
        "days_left": float(exact_days(time.days_left)),
    }
    rows, count = [], deals
    for step in steps:
        rate, rate_from = step_rate(step)
        above, count = count, None if count is None else count / rate
        because = opening | {"step_above": _number(above), "rate": float(rate), "rate_from": rate_from}
        factor = (mix or {}).get(step.kind, Fraction(1))
        if factor != 1:
            because |= {"mix": str(factor)}
        rows.append((step.kind, step.done_today, *_counts(None if count is None else count * factor, time, because)))
    names = ("kind", "done_today", "needed_total", "needed_today", "per_day", "because")
    columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    return nw.from_dict({name: columns[name] for name in ACTIONS_SCHEMA}, ACTIONS_SCHEMA, backend="polars")


def _counts(
    count: Fraction | None, time: WorkingTime, because: dict[str, Any]
) -> tuple[int | None, int | None, float | None, str]:
    """needed_total, needed_today, per_day and because of one step."""
    if count is None or count > MAX_MINOR:
        state = "no_average_deal" if count is None else "beyond_counting"
        return None, None, None, json.dumps(because | {"state": state})
    total, left, share = math.ceil(count), exact_days(time.days_left), exact_days(time.share_today)
    if left <= 0:
        return total, None, None, json.dumps(because | {"state": "reached" if total == 0 else "no_days_left"})
    per_day = min(count / left, count)
    today = math.ceil(count * min(share / left, Fraction(1))) if share > 0 else 0
    state = "reached" if total == 0 else "open" if share > 0 else "not_working_today"
    if 0 < per_day < 1:
        because = because | {"every_n_days": round(1 / per_day)}
    return total, today, float(per_day), json.dumps(because | {"exact_total": float(count), "state": state})


def average_deal(size: DealSize) -> tuple[Fraction | None, str]:
    """The deal size to count with, and whose it is: own, team or nobody."""
    for value, whose in ((size.own, "own"), (size.team, "team")):
        if (exact := _above_zero(value)) is not None:
            return exact, whose
    return None, "nobody"


def step_rate(step: Step) -> tuple[Fraction, str]:
    """The rate to count with, above zero and at most 1, and whose it is: own, team or default."""
    for value, whose in ((step.rate, "own"), (step.team_rate, "team")):
        if (exact := _rate(value)) is not None:
            return exact, whose
    return DEFAULT_RATES.get(step.kind, _FALLBACK_RATE), "default"


def _above_zero(value: float | None) -> Fraction | None:
    if value is None or not math.isfinite(value):
        return None
    exact = Fraction(value).limit_denominator(_LARGEST_DENOMINATOR)
    return exact if exact > 0 else None


def _rate(value: float | None) -> Fraction | None:
    """The fraction meant, at most 1; None when it is missing, not above zero, or below one in a million."""
    exact = _above_zero(value)
    return None if exact is None else min(exact, Fraction(1))


def _number(count: Fraction | None) -> float | None:
    return None if count is None else float(count)
