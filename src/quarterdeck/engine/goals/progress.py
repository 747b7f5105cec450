"""How far a goal has come from its baseline to its target, and how far goals have come together.

    goal      baseline  target  actual   progress   weight   adds
    revenue   100       200     150      0.5        2        1/3
    churn      10         4       7      0.5        1        1/6       together 0.5
    unknown                              nothing known: counted as zero, or left out, as said

Works for goals that go down, too. Exact throughout. Source: objectives and key results as in puzzle/okr (zones,
planning case ok-04). See docs/methods/goal-progress.md.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, get_args

import narwhals as nw

from quarterdeck.engine.calendar.exact import exact_ratio
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.planning import ROLL_UP

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

Ends = Literal["open", "clipped"]
Unknown = Literal["as_zero", "left_out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalProgress:
    """One goal: how far it has come (None when nothing is known), and how much it weighs."""

    name: str
    progress: Fraction | None
    weight: Decimal | Fraction | float = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RollUp:
    """Progress of goals together (None when none is known), and ROLL_UP: what each adds."""

    progress: Fraction | None
    parts: Frame
    because: str


def goal_progress(baseline: int, target: int, actual: int | None, *, ends: Ends) -> Fraction | None:
    """(actual - baseline) / (target - baseline), exactly, all three in one whole unit; None without an actual.

    `ends`: "open" goes below 0 and above 1, "clipped" does not. Where target and baseline are alike, keeping the level
    is the goal: 1 at or above it, else 0. Raises Refusal for an unknown convention.

    >>> str(goal_progress(10, 4, 7, ends="open")), str(goal_progress(100, 200, 250, ends="clipped"))
    ('1/2', '1')
    """
    if ends not in get_args(Ends):
        raise _refusal(f"'{ends}' is no convention.", f"Choose one of {', '.join(get_args(Ends))}.")
    if actual is None:
        return None
    if target == baseline:
        return Fraction(int(actual >= target))
    progress = Fraction(actual - baseline, target - baseline)
    return progress if ends == "open" else min(max(progress, Fraction()), Fraction(1))


def goal_zones(
    baseline: int, stretch: int, *, commit: Decimal | Fraction | float, target: Decimal | Fraction | float
) -> tuple[Fraction, Fraction]:
    """The values at which a goal leaves "fail" for "commit", and that for "target"; `stretch` is its far end.

    Raises Refusal where commit lies beyond target.

    >>> [int(value) for value in goal_zones(10, 110, commit=0.3, target=0.7)]
    [40, 80]
    """
    low, high = exact_ratio(commit, "commit ratio"), exact_ratio(target, "target ratio")
    if low > high:
        raise _refusal(f"Commit at {float(low):g} lies beyond target at {float(high):g}.", "Give commit the smaller.")
    return baseline + (stretch - baseline) * low, baseline + (stretch - baseline) * high


def rolled_up(goals: Sequence[GoalProgress], *, unknown: Unknown) -> RollUp:
    """The mean progress of goals by weight, with what each adds; the parts sum to it exactly (as floats, nearly).

    `unknown`: goals of which nothing is known count "as_zero", or are "left_out" with their weight. None when no weight
    is left. Raises Refusal for a weight below zero, an unknown convention, and a goal named twice.

    >>> half = GoalProgress(name="revenue", progress=Fraction(1, 2), weight=2)
    >>> goals = [half, GoalProgress(name="nps", progress=None)]
    >>> str(rolled_up(goals, unknown="as_zero").progress), str(rolled_up(goals, unknown="left_out").progress)
    ('1/3', '1/2')
    """
    if unknown not in get_args(Unknown) or len({goal.name for goal in goals}) < len(goals):
        raise _refusal(f"'{unknown}' is no convention, or a goal is named twice.", "Say as_zero or left_out.")
    weights = [
        Fraction() if goal.progress is None and unknown == "left_out" else exact_ratio(goal.weight, "weight", most=None)
        for goal in goals
    ]
    whole = sum(weights, Fraction())
    adds = [
        (goal.progress or 0) * weight / whole if whole else None for goal, weight in zip(goals, weights, strict=True)
    ]
    data = {
        "goal": [goal.name for goal in goals],
        "progress": [None if goal.progress is None else float(goal.progress) for goal in goals],
        "weight": [float(weight / whole) if whole else 0.0 for weight in weights],
        "adds": [None if part is None else float(part) for part in adds],
    }
    return RollUp(
        progress=sum((part for part in adds if part is not None), Fraction()) if whole else None,
        parts=ROLL_UP.check(nw.from_dict(data, ROLL_UP.schema, backend="polars")),
        because=json.dumps({"unknown": unknown, "n_unknown": sum(goal.progress is None for goal in goals)}),
    )


def _refusal(why: str, next_step: str) -> Refusal:
    return Refusal("The progress was not computed.", why, next_step, "goal_progress")
