"""More handed down than has to come back: the compound of hedges, and the attainment at which the goal is just met.

    goal 100, 5 % a level, five levels     100  105  110.25  115.76  121.55  127.63
    assigned 127.63                        over-assignment 27.63 %, break-even attainment 78.35 %

See docs/methods/over-assignment.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate

from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import whole


def hedged_amounts(goal: int, hedges: Sequence[Fraction]) -> list[int]:
    """What each level hands down, the goal first: hedges compound exactly, each level is rounded once.

    >>> hedged_amounts(100_000_000_00, [Fraction(1, 20)] * 5)[-1]
    12762815625
    """
    if min(hedges, default=Fraction(0)) < 0:
        raise _refusal(f"A hedge is {min(hedges)}.", "Give hedges of zero or more, such as 0.05.", "goal_hedges")
    return [
        whole(goal * share) for share in accumulate(hedges, lambda all_, one: all_ * (1 + one), initial=Fraction(1))
    ]


def over_assignment(assigned: int, goal: int) -> Fraction:
    """What is assigned beyond the goal, as a part of the goal; below zero where less is assigned.

    >>> round(float(over_assignment(127_628_156_25, 100_000_000_00)), 6)
    0.276282
    """
    return Fraction(assigned, _positive(goal, "The goal")) - 1


def break_even_attainment(assigned: int, goal: int) -> Fraction:
    """The attainment of all quotas together at which the goal is just met.

    >>> float(break_even_attainment(125, 100))
    0.8
    """
    return Fraction(goal, _positive(assigned, "What is assigned"))


def _positive(amount: int, what: str) -> int:
    if amount <= 0:
        raise _refusal(f"{what} is {amount}, and a part of that means nothing.", "Give one above zero.", "goal_amount")
    return amount


def _refusal(why: str, next_step: str, rule: str) -> Refusal:
    return Refusal("The over-assignment was not computed.", why, next_step, rule)
