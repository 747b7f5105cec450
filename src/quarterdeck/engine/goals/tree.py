"""Goals that roll up to goals: what each adds to the one above, up to all together.

    company                      0.6         0.5 x 2/3 + 0.8 x 1/3
      revenue   weight 2         0.5         its own key results, 0.4 and 0.6 alike
      quality   weight 1         0.8

Every level is the weighted mean of `progress.rolled_up`. See docs/methods/goal-progress.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from quarterdeck.engine.goals.progress import GoalProgress, Unknown, rolled_up
from quarterdeck.terms.errors import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolled:
    """One goal of a tree: how far it has come, its share of weights beside it, what it adds to the one above."""

    name: str
    parent: str | None
    progress: Fraction | None
    weight: float
    adds: float | None


def rolled_up_tree(
    goals: Sequence[tuple[GoalProgress, str | None]], *, unknown: Unknown
) -> tuple[Fraction | None, list[Rolled]]:
    """The progress of all goals together, and one entry per goal in the order given.

    `goals`: each with the name of the goal that it rolls up to (None at the top). A goal that others roll up to has
    their progress, and none of its own. Raises Refusal for a parent that is not there, a goal above itself, one that
    has both, and as `rolled_up` does. Costs one pass per level.

    >>> half, most = (GoalProgress(name=name, progress=Fraction(part, 10)) for name, part in (("a", 4), ("b", 6)))
    >>> top = GoalProgress(name="revenue", progress=None)
    >>> found, _ = rolled_up_tree([(top, None), (half, "revenue"), (most, "revenue")], unknown="as_zero")
    >>> str(found)
    '1/2'
    """
    below: dict[str | None, list[GoalProgress]] = defaultdict(list)
    own = {goal.name: goal for goal, _ in goals}
    parents = {goal.name: parent for goal, parent in goals}
    for goal, parent in goals:
        if parent is not None and parent not in own:
            raise _refusal(f"{goal.name} rolls up to {parent}, which is not there.", "Name a goal of the list.")
        below[parent].append(goal)
    known: dict[str, GoalProgress] = {}
    rolled: dict[str, Rolled] = {}
    for name in [*_lowest_first(own, below), None]:
        children = [known[child.name] for child in below[name]]
        if name is not None and not children:
            known[name] = own[name]
            continue
        if name is not None and own[name].progress is not None:
            raise _refusal(f"{name} has numbers of its own and goals below it.", "Leave one of the two out.")
        found = rolled_up(children, unknown=unknown)
        for child, row in zip(children, found.parts.iter_rows(named=True), strict=True):
            rolled[child.name] = Rolled(
                name=child.name,
                parent=parents[child.name],
                progress=child.progress,
                weight=row["weight"],
                adds=row["adds"],
            )
        if name is None:
            return found.progress, [rolled[goal.name] for goal, _ in goals]
        known[name] = replace(own[name], progress=found.progress)
    return None, []


def _lowest_first(own: dict[str, GoalProgress], below: dict[str | None, list[GoalProgress]]) -> list[str]:
    """Names with every goal after the ones below it. Raises Refusal where a goal is above itself."""
    order = [goal.name for goal in below[None]]
    for name in order:  # grows while it is walked
        order += [goal.name for goal in below[name]]
    if len(order) < len(own):
        lost = next(name for name in own if name not in set(order))
        raise _refusal(f"{lost} is above itself.", "Give every goal a parent that is not below it.")
    return order[::-1]


def _refusal(why: str, next_step: str) -> Refusal:
    return Refusal("The progress was not rolled up.", why, next_step, "goal_progress")
