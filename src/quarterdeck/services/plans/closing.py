"""Months that are over in a draft: what was sold in them is a fact, so their targets stay as they were.

    15 May, rita's year from 700,000 to 760,000
             January ... April          May ... December     year
    before   20,000 ... 24,000          ...                  700,000
    after    20,000 ... 24,000          60,000 more          760,000      held: January to April of everybody

The first edit after a month is over keeps the cells of people and seats in that month as they stand before it; whatever
comes later, undoing included, goes through the months that are open.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.services.calendar import company
from quarterdeck.services.metrics import measured
from quarterdeck.services.plans.edits import YEAR
from quarterdeck.services.plans.notices import amount_said
from quarterdeck.services.scene import Scene
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.plans.doors import Door
    from quarterdeck.services.plans.edits import Edits
    from quarterdeck.services.plans.figures import Figures
    from quarterdeck.services.plans.ground import Ground
    from quarterdeck.terms.period import Period

WHAT: Final = "The plan was not changed."


def company_day(actor: Actor) -> dt.date:
    """The day on which the company stands: its own, where it looks from another one than today."""
    return company().shows_as_of or actor.today


def closed_months(ground: Ground, day: dt.date) -> list[Period]:
    """Months of a plan that are over on a day."""
    return [month for month in ground.months if month.ends_on <= day]


def newly_held(found: Door, before: Edits, figures: Figures) -> list[list[Any]]:
    """Cells of people and seats in months that are over and not held yet, as they stand: node, month, amount."""
    known = {month for _, month in before.held}
    over = [
        (at, str(month.starts_on))
        for at, month in enumerate(found.ground.months)
        if month in closed_months(found.ground, company_day(found.actor)) and str(month.starts_on) not in known
    ]
    if not over:
        return []
    parents = {node.parent for node in found.ground.nodes.values()}
    leaves = [node for node in found.ground.nodes if node not in parents]
    return [[node, month, figures.cells(node)[at]] for node in leaves for at, month in over]


def refuse_closed(found: Door, lines: Sequence[Mapping[str, Any]], figures: Figures) -> None:
    """Refuse pins in months that are over (`plan_closed`), with what stands there and what was sold."""
    over = {str(month.starts_on): at for at, month in enumerate(closed_months(found.ground, company_day(found.actor)))}
    if lines and len(over) == len(found.ground.months):
        raise Refusal(WHAT, "Every month of the plan is over.", "Plan the next year.", "plan_closed")
    for line in lines:
        if line.get("month", YEAR) in over:
            raise _refusal(found, line, over[line["month"]], figures)


def _refusal(found: Door, line: Mapping[str, Any], at: int, figures: Figures) -> Refusal:
    node, month, plan = line["node"], found.ground.months[at], found.plan
    stands = figures.cells(node)[at]
    sold = _sold(found, node, month)
    why = f"{month.name} is over: {Scene(found.actor, found.actor.today).name(node)}'s {amount_said(plan, stands)} stay"
    if line["amount"] is not None and line["amount"] != stands:
        clash = line["amount"] - stands
        more = "more" if clash > 0 else "less"
        why += f"; {amount_said(plan, line['amount'])} would be {amount_said(plan, abs(clash))} {more}"
    if sold is not None:
        why += f". What was brought in it, {amount_said(plan, sold)}, is a fact"
    step = "Change a month that is still open, or the year: open months carry the difference."
    return Refusal(WHAT, f"{why}.", step, "plan_closed", row=node)


def _sold(found: Door, node: str, month: Period) -> int | None:
    """What a team or person brought in a month; None for a seat."""
    if node.startswith("position:"):
        return None
    scene = Scene(found.actor, month.last_day)
    values = measured(scene, [found.plan.metric], [node], [month])["value"].drop_nulls().to_list()
    return int(values[0]) if values else None
