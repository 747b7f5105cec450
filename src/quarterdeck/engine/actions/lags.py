"""How many of each activity on which working day, so that they can still close in the period.

100,000 remain on March 3, the quarter ends with March; deals of 10,000; the open pipeline brings 60,000, so 4 deals are
missing. A proposal wins in 2 of 5 and takes 10 days to, a meeting leads to a proposal in 1 of 2 within 7 days:

    step      still needed   last useful day   spread over
    proposal  10             March 21          March 10 (new meetings have led there by then) to 21
    meeting   20             March 14          March 3 to 14

The existing pipeline counts first, then what is in flight at each step, then new work from the lowest step that can
still make it. Counts are exact until the end; each day gets whole ones, early rather than late. See
docs/methods/dated-actions.md. Source: backward scheduling; planning cases rf-01 and rf-04 for chain and lead time.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from operator import mul
from typing import TYPE_CHECKING, Any, Literal, get_args

import narwhals as nw

from quarterdeck.engine.actions.funnel import DealSize, Step, average_deal, step_rate
from quarterdeck.engine.calendar.exact import exact_days, exact_ratio
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR, whole
from quarterdeck.terms.planning import DATED_ACTIONS, FUNNEL_STEPS

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

Counting = Literal["by_close_date", "by_velocity", "left_out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LaggedStep:
    """A step with the calendar days until the step above, and how many were done before and still wait for it.

    What is in flight must not stand on open deals that the pipeline counts already.
    """

    step: Step
    lag_days: Decimal | Fraction | float
    n_in_flight: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPipeline:
    """Open deals in minor units: all, those expected to close in the period, their win rate, and what is won per day.

    `counting` says what it brings: "by_close_date" the deals closing in time x win rate, "by_velocity" the velocity x
    calendar days left, at most all x win rate, "left_out" nothing.
    """

    counting: Counting
    amount_minor: int = 0
    in_time_minor: int = 0
    win_rate: Decimal | Fraction | float = 0
    velocity_minor: Fraction | int = 0

    def brings(self, days_left: int) -> Fraction:
        """What it is expected to bring until the end of the period, exactly."""
        rate = exact_ratio(self.win_rate, "win rate")
        if self.counting == "by_close_date":
            return max(self.in_time_minor, 0) * rate
        if self.counting == "by_velocity":
            return min(Fraction(max(self.velocity_minor, 0)) * days_left, max(self.amount_minor, 0) * rate)
        return Fraction()


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The person's WORK_DAYS, the day from which we look (still to be worked), and the first day after the period."""

    worked: Frame
    as_of: dt.date
    ends_on: dt.date

    def shares(self) -> list[tuple[dt.date, Fraction]]:
        """The working days left, in order, with the share of a full day."""
        rows = self.worked.filter(nw.col("day") >= self.as_of, nw.col("day") < self.ends_on).sort("day")
        return [(day, exact_days(share)) for day, share in rows.select("day", "share").iter_rows()]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedFunnel:
    """FUNNEL_STEPS, DATED_ACTIONS, and what new work can no longer bring in the period (minor units)."""

    steps: Frame
    actions: Frame
    unreachable_minor: int


@dataclass(slots=True)
class _Line:
    """One step while it is computed: its rate and lag down to the won deal, and its days."""

    given: LaggedStep
    rate: Fraction
    rate_from: str
    to_won: Fraction
    lag: int
    days: list[tuple[dt.date, Fraction]]
    needed: Fraction = field(default_factory=Fraction)
    from_flight: Fraction = field(default_factory=Fraction)
    state: str = "reached"
    actions: list[tuple[dt.date, int]] = field(default_factory=list)

    def in_time(self, days_left: int) -> Fraction:
        """Deals that what is in flight leads to in the period; it counts as done today."""
        return max(self.given.n_in_flight, 0) * self.to_won if self.lag < days_left else Fraction()


def dated_actions(
    remaining: int, size: DealSize, steps: Sequence[LaggedStep], window: Window, pipeline: OpenPipeline
) -> DatedFunnel:
    """What is still to do, and on which working day, to make what remains (minor units) by the end of the period.

    `steps` top-first: the one next to the won deal, then the one below. Rates are own, else the team's, else a default,
    as in `funnel`. Without a deal size nothing is said. Raises Refusal for a lag below zero or an unknown counting.

    >>> march = [dt.date(2025, 3, day) for day in range(3, 32)]
    >>> worked = nw.from_dict({"person_id": [7] * 29, "day": march, "share": [1.0] * 29}, backend="polars")
    >>> window = Window(worked=worked, as_of=march[0], ends_on=dt.date(2025, 4, 1))
    >>> steps = [LaggedStep(step=Step(kind="proposal", rate=0.4), lag_days=10),
    ...     LaggedStep(step=Step(kind="meeting", rate=0.5), lag_days=7)]
    >>> pipeline = OpenPipeline(counting="by_close_date", in_time_minor=120_000, win_rate=0.5)
    >>> found = dated_actions(100_000, DealSize(own=10_000), steps, window, pipeline)
    >>> [(kind, n, str(day)) for kind, n, day in found.steps.select("kind", "needed_total", "last_useful_on").rows()]
    [('proposal', 10, '2025-03-21'), ('meeting', 20, '2025-03-14')]
    >>> str(found.actions.filter(nw.col("kind") == "proposal")["day"][0])
    '2025-03-10'
    """
    if pipeline.counting not in get_args(Counting):
        raise _refusal(f"'{pipeline.counting}' is no way to count.", f"Choose one of {', '.join(get_args(Counting))}.")
    days_left = max((window.ends_on - window.as_of).days, 0)
    average, whose = average_deal(size)
    brings = pipeline.brings(days_left)
    lines = _lines(steps, window)
    missing = Fraction() if average is None else max(remaining - brings, Fraction()) / average
    left = _need(lines, missing, days_left)
    if average is not None:
        _spread(lines, window.as_of)
    why = {"remaining": remaining, "pipeline_brings": float(brings), "pipeline": pipeline.counting,
        "average_deal": None if average is None else float(average), "average_deal_from": whose}  # fmt: skip
    return DatedFunnel(
        steps=_steps(lines, why, is_known=average is not None),
        actions=_actions(lines),
        unreachable_minor=whole(left * (average or 0)),
    )


def _lines(steps: Sequence[LaggedStep], window: Window) -> list[_Line]:
    lags = list(accumulate(exact_ratio(each.lag_days, "lag", most=None) for each in steps))
    rates = [step_rate(each.step) for each in steps]
    to_won = list(accumulate((rate for rate, _ in rates), mul))
    days = window.shares()
    lines = []
    for at, (each, (rate, whose)) in enumerate(zip(steps, rates, strict=True)):
        lag = math.ceil(lags[at])
        useful = [(day, share) for day, share in days if (window.ends_on - day).days > lag]
        lines.append(_Line(each, rate, whose, to_won[at], lag, useful))
    return lines


def _need(lines: list[_Line], missing: Fraction, days_left: int) -> Fraction:
    """Set what each step still needs, and from where; the deals that nothing can bring any more."""
    entry = max((at for at, line in enumerate(lines) if line.days), default=-1)
    in_time = [line.in_time(days_left) for line in lines]
    for at, line in enumerate(lines):
        deals = max(missing - sum(in_time[: at + 1], Fraction()), Fraction())
        line.state = "reached" if not deals else "open" if at <= entry else "too_late"
        if line.state == "open":
            line.needed = deals / line.to_won
            line.from_flight = min(line.needed, sum(in_time[at + 1 :], Fraction()) / line.to_won)
    return max(missing - sum(in_time, Fraction()), Fraction()) if entry < 0 else Fraction()


def _spread(lines: list[_Line], as_of: dt.date) -> None:
    """Whole activities by day: what is in flight below from today on, new work when it can have come that far."""
    entry = max((line.lag for line in lines if line.days), default=0)
    for line in lines:
        if line.state != "open" or line.needed > MAX_MINOR:
            continue
        begins = as_of + dt.timedelta(days=entry - line.lag)
        late = [(day, share) for day, share in line.days if day >= begins] or line.days
        by_day = dict.fromkeys((day for day, _ in line.days), Fraction())
        for days, count in ((line.days, line.from_flight), (late, line.needed - line.from_flight)):
            whole_time = sum((share for _, share in days), Fraction())
            for day, share in days:
                by_day[day] += count * share / whole_time
        done = Fraction()
        for day, count in by_day.items():
            before, done = done, done + count
            if n := math.ceil(done) - math.ceil(before):
                line.actions.append((day, n))


def _steps(lines: list[_Line], why: dict[str, Any], *, is_known: bool) -> Frame:
    rows = [
        (
            line.given.step.kind,
            max(line.given.n_in_flight, 0),
            math.ceil(line.needed) if is_known and line.needed <= MAX_MINOR else None,
            line.days[-1][0] if line.days else None,
            line.state if is_known else "no_average_deal",
            json.dumps(why | {"rate": float(line.rate), "rate_from": line.rate_from, "lag_days_to_won": line.lag,
                "exact": float(line.needed), "from_flight": float(line.from_flight)}),
        )
        for line in lines
    ]  # fmt: skip
    data = {name: [row[at] for row in rows] for at, name in enumerate(FUNNEL_STEPS.schema)}
    return FUNNEL_STEPS.check(nw.from_dict(data, FUNNEL_STEPS.schema, backend="polars"))


def _actions(lines: list[_Line]) -> Frame:
    rows = [(line.given.step.kind, day, n) for line in lines for day, n in line.actions]
    data = {name: [row[at] for row in rows] for at, name in enumerate(DATED_ACTIONS.schema)}
    return DATED_ACTIONS.check(nw.from_dict(data, DATED_ACTIONS.schema, backend="polars"))


def _refusal(why: str, next_step: str) -> Refusal:
    return Refusal("The actions were not dated.", why, next_step, "dated_actions")
