"""Quota on the move: what a node gives from a day on, to whom, and every sum above both; closed months never change.

    rita leaves on 16 May, her seat keeps the quota             May     June ...
    person:7    rita                                53,000  ->  25,645       0
    position:4  her seat, vacant                         0  ->  27,355  51,000
    team:3                                         410,000     410,000          unchanged: both are below it

A mover's new seat takes the quota along to another team: then the sums above both change. Amounts by engine.cascade:
`moved_quota` cuts the month by days, `spread` shares it among several.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quarterdeck.engine.cascade.proration import moved_quota
from quarterdeck.engine.cascade.spread import spread

if TYPE_CHECKING:
    from quarterdeck.engine.cascade.proration import DayCount, FirstDay
    from quarterdeck.services.plans.figures import Figures
    from quarterdeck.services.plans.ground import Ground
    from quarterdeck.terms.period import Period

Moved = tuple[str, str, int, int]
"""A cell that changed: node, first day of the month, before, after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """From whom to whom from a day on, and by which conventions. Receivers share by weight."""

    giver: str
    receivers: Mapping[str, int]
    effective_on: dt.date
    day_count: DayCount
    first_day: FirstDay


def transferred(ground: Ground, figures: Figures, transfer: Transfer) -> list[Moved]:
    """Every cell that a transfer changes, in the order of nodes and months. The ground has all nodes already."""
    given = given_up(figures.cells(transfer.giver), ground.months, transfer)
    more = [(transfer.giver, [-amount for amount in given])]
    shares = [spread(amount, list(transfer.receivers.values())).amounts for amount in given]
    more += [(node, [share[at] for share in shares]) for at, node in enumerate(transfer.receivers)]
    return moved_by(ground, figures, more)


def moved_by(ground: Ground, figures: Figures, more: Iterable[tuple[str, Sequence[int]]]) -> list[Moved]:
    """Every cell that is another one once nodes have so much more (or less) in their months, sums above included."""
    after: dict[str, list[int]] = {}
    for node, amounts in more:
        _add(ground, figures, after, node, amounts)
    starts = [str(month.starts_on) for month in ground.months]
    return [
        (node, starts_on, was, now)
        for node in ground.nodes
        if node in after
        for starts_on, was, now in zip(starts, figures.cells(node), after[node], strict=True)
        if was != now
    ]


def given_up(cells: Sequence[int], months: Sequence[Period], transfer: Transfer) -> list[int]:
    """What goes over in each month."""
    found = moved_quota(
        cells, months, transfer.effective_on, day_count=transfer.day_count, first_day=transfer.first_day
    )
    return [int(amount) for amount in found["moved"].to_list()]


def _add(ground: Ground, figures: Figures, after: dict[str, list[int]], node: str, more: Sequence[int]) -> None:
    """More (or less) for a node and every team above it."""
    for each in (node, *ground.above(node)):
        before = after.get(each) or figures.cells(each)
        after[each] = [amount + extra for amount, extra in zip(before, more, strict=True)]
