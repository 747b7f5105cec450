"""A scenario becomes an edit of a draft plan: the goal is spread by what each seat can bring under it.

    "Hire two in spring"   rita 480,000   owen 390,000   east-3 0   ->   one edit of the plan, undone like any other

Only the shares of who carries the goal move. A scenario's goal or season is no edit of a plan: it takes a new goal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from quarterdeck.services import access
from quarterdeck.services.capacity.nodes import node_weights
from quarterdeck.services.capacity.outcomes import outcome
from quarterdeck.services.capacity.room import Room
from quarterdeck.services.capacity.scenarios import scenario_for
from quarterdeck.services.plans.drivers import basis_chosen
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    import datetime as dt

    from quarterdeck.services.actor import Actor
    from quarterdeck.services.capacity.compared import Compared
    from quarterdeck.services.plans.changes import Change

WHAT: Final = "The scenario was not applied."


def may_apply(actor: Actor, pair: Compared) -> bool:
    """Whether the scenario on the right can become an edit of its plan now, by the actor."""
    page = pair.right_page
    return page.is_root and page.is_open and access.may(actor, "edit_plans")


def scenario_applied(actor: Actor, scenario_id: int, as_of: dt.date) -> Change:
    """Spread the draft by what each can bring under the scenario. Raises Refusal: `scenario_part`, `plan_frozen`."""
    access.require(actor, "edit_plans", WHAT)
    found, seen = scenario_for(actor, scenario_id)
    if f"team:{seen.team_id}" != found.ground.root:
        why = f"It is about {seen.team}, and a basis is chosen for the whole plan."
        raise Refusal(WHAT, why, "Make the scenario for the plan's own team.", "scenario_part")
    room = Room(found, as_of)
    weights = node_weights(room, outcome(room, seen.team_id, seen.overrides).seats)
    if not any(weights.values()):
        why = "Under it nobody of the plan can bring anything."
        raise Refusal(WHAT, why, "Change its drivers first.", "scenario_part")
    return basis_chosen(actor, seen.plan_id, basis="weights", weights=weights)
