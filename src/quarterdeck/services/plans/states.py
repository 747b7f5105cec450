"""How a plan moves on: submitted, returned, approved; a team's part may be submitted and returned on its own.

    step      from                 to          who
    submit    draft, returned      submitted   who edits it: a manager her part, a director or operations all of it
    return    submitted, approved  returned    who decides on it
    approve   submitted            approved    who decides on it
    publish   approved             published   who decides on it (services.plans.publishing)

Every step is a row with a name, a date and a note. Returning the whole plan returns its parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from quarterdeck.records.models import PlanState
from quarterdeck.services import access
from quarterdeck.services.journal import journaled
from quarterdeck.services.plans.doors import locked, plan_for
from quarterdeck.services.plans.texts import said
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.plans.doors import Door


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is called, from which states, to which, by which verb."""

    name: str
    before: tuple[str, ...]
    after: str
    verb: str


STEPS: Final = {
    step.name: step
    for step in (
        Step("submit", ("draft", "returned"), "submitted", "edit_plans"),
        Step("return", ("submitted", "approved"), "returned", "approve_plans"),
        Step("approve", ("submitted",), "approved", "approve_plans"),
        Step("publish", ("approved",), "published", "approve_plans"),
    )
}
_DONE: Final = {"submit": "submitted", "return": "returned", "approve": "approved", "publish": "published"}


def plan_submitted(actor: Actor, plan_id: int, *, team_id: int | None = None, note: str = "") -> PlanState:
    """Hand up a team's part of a plan; without a team all that the actor edits. Frozen for them from then on."""
    return _stepped(actor, plan_id, "submit", team_id, note)


def plan_returned(actor: Actor, plan_id: int, *, team_id: int | None = None, note: str = "") -> PlanState:
    """Give a plan, or a team's part of it, back to those who edit it."""
    return _stepped(actor, plan_id, "return", team_id, note)


def plan_approved(actor: Actor, plan_id: int, *, note: str = "") -> PlanState:
    """Approve the whole plan: nobody changes it from then on, unless it is returned."""
    return _stepped(actor, plan_id, "approve", None, note)


def _stepped(actor: Actor, plan_id: int, name: str, team_id: int | None, note: str) -> PlanState:
    seen = plan_for(actor, plan_id)
    with journaled(actor, f"plan_{_DONE[name]}", "plan") as entry:
        found = locked(seen)
        team = team_id if team_id is not None else _own(found, name)
        require_step(found, name, f"team:{team}")
        row = PlanState.objects.create(
            plan=found.plan,
            team_id=team,
            state=STEPS[name].after,
            note=said(note),
            at=actor.now,
            by=actor.user,
        )
        part = "" if team == found.plan.team_id else f", the part of {row.team.name}"
        entry.about(found.plan.pk, f"Plan {found.plan.name}{part}: {row.state}", after={"note": row.note})
    return row


def may_step(found: Door, name: str, node: str) -> bool:
    """Whether the actor may take a step with the plan, or a part of it, now."""
    try:
        require_step(found, name, node)
    except Refusal:
        return False
    return True


def require_step(found: Door, name: str, node: str) -> None:
    """Refuse a step of somebody without the right to it, from a state that it does not follow, or of no part."""
    step, what = STEPS[name], f"The plan was not {_DONE[name]}."
    is_known = node == found.ground.root or node in found.seen
    if not (is_known and node.startswith("team:")):
        raise access.not_visible("team")
    access.require(found.actor, step.verb, what)
    is_theirs = found.may_approve if step.verb == "approve_plans" else found.may_approve or _edits(found, node)
    if not is_theirs:
        raise Refusal(what, "That part is not yours.", "Ask who leads it.", "needs_hat")
    state = found.state_of(node)
    if state not in step.before:
        why = f"It is {state}, and only what is {' or '.join(step.before)} can be {_DONE[name]}."
        raise Refusal(what, why, "Look at its history.", "plan_state")


def _edits(found: Door, node: str) -> bool:
    """A part is handed up by who leads its team; all of it by who edits all of it."""
    return node in found.led or found.leads(node)


def _own(found: Door, name: str) -> int:
    """The part meant when none is named: all of the plan, or the highest team that the actor leads."""
    root = found.ground.root
    if name != "submit" or found.may_approve or root in found.led or not found.led:
        return found.plan.team_id
    highest = min(found.led, key=lambda node: (len(found.ground.above(node)), node))
    return int(highest.partition(":")[2])
