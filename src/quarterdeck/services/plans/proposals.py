"""Negotiation: a bottom-up number for somebody's year, with a reason; accepted it becomes a pin, declined it says why.

rita      top-down 713,183   bottom-up 650,000  "two accounts left"   open
mona      accepts            rita's year is pinned at 650,000, the rest of her team carries the difference
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from quarterdeck.records.models import Proposal, ProposalAnswer
from quarterdeck.services import access
from quarterdeck.services.journal import journaled
from quarterdeck.services.plans.changes import Change, edit_written
from quarterdeck.services.plans.doors import door, locked, plan_for
from quarterdeck.services.plans.edits import YEAR
from quarterdeck.services.plans.texts import said
from quarterdeck.services.scene import Scene
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR

if TYPE_CHECKING:
    from quarterdeck.records.models import Plan
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.plans.doors import Door

_WHAT: Final = "The number was not proposed."
_ANSWER: Final = "The number was not answered."


def proposals_open(plan: Plan) -> dict[str, Proposal]:
    """By node, its latest proposal if nobody has answered it; one query."""
    latest = {row.node: row for row in plan.proposals.select_related("answer", "by__person")}
    return {node: row for node, row in latest.items() if not hasattr(row, "answer")}


def proposal_made(actor: Actor, plan_id: int, *, node: str, amount: int, reason: str) -> Proposal:
    """Propose a year for a node; an earlier open proposal of it gives way. Raises Refusal (`plan_proposal`)."""
    access.require(actor, "propose_targets", _WHAT)
    found = plan_for(actor, plan_id)
    if node not in found.seen:
        raise access.not_visible("node")
    _check(found, node, amount, reason)
    with journaled(actor, "proposal_made", "plan") as entry:
        row = Proposal.objects.create(
            plan=found.plan, node=node, amount=amount, reason=said(reason), at=actor.now, by=actor.user
        )
        name = Scene(actor, actor.today).name(node)
        after = {"node": node, "amount": amount, "reason": row.reason}
        entry.about(found.plan.pk, f"Plan {found.plan.name}: a number proposed for {name}", after=after)
    return row


def _check(found: Door, node: str, amount: int, reason: str) -> None:
    if node not in found.proposable:
        why = f"The plan is {found.state}." if node != found.ground.root else "The whole is the goal itself."
        raise Refusal(_WHAT, why, "Propose for a part of a plan on its way.", "plan_proposal")
    if not (type(amount) is int and 0 <= amount <= MAX_MINOR):
        raise Refusal(
            _WHAT, f"{str(amount)[:30]} is no target.", "Give a whole number of zero or more.", "plan_proposal"
        )
    if not said(reason):
        raise Refusal(_WHAT, "It gives no reason.", "Say why it should be this number.", "plan_proposal")


def proposal_accepted(actor: Actor, proposal_id: int, *, reason: str = "") -> Change:
    """The number becomes a pin of the node's year. Raises Refusal where the plan cannot meet it."""
    row, found = _asked(actor, proposal_id)
    with journaled(actor, "proposal_accepted", "plan") as entry:
        line = {"node": row.node, "month": YEAR, "amount": row.amount, "proposal": row.pk}
        change = edit_written(locked(found), "pin", [line], reason=reason or row.reason)
        ProposalAnswer.objects.create(proposal=row, is_accepted=True, reason=said(reason), at=actor.now, by=actor.user)
        name = Scene(actor, actor.today).name(row.node)
        entry.about(found.plan.pk, f"Plan {found.plan.name}: the number proposed for {name} accepted")
    return change


def proposal_declined(actor: Actor, proposal_id: int, *, reason: str) -> ProposalAnswer:
    """The number is not taken, and the reason is kept beside it."""
    row, found = _asked(actor, proposal_id)
    if not said(reason):
        raise Refusal(_ANSWER, "It gives no reason.", "Say why not.", "plan_proposal")
    with journaled(actor, "proposal_declined", "plan") as entry:
        answer = ProposalAnswer.objects.create(
            proposal=row, is_accepted=False, reason=said(reason), at=actor.now, by=actor.user
        )
        name = Scene(actor, actor.today).name(row.node)
        entry.about(found.plan.pk, f"Plan {found.plan.name}: the number proposed for {name} declined")
    return answer


def plan_of(actor: Actor, proposal_id: int) -> int:
    """The plan of a proposal that the actor sees."""
    row = Proposal.objects.select_related("plan__goal", "plan__team").filter(pk=proposal_id).first()
    if row is None or row.node not in door(actor, row.plan).seen:
        raise access.not_visible("proposal")
    return int(row.plan_id)


def _asked(actor: Actor, proposal_id: int) -> tuple[Proposal, Door]:
    """An open proposal that the actor may answer: not their own, unless they decide on the whole plan."""
    row = Proposal.objects.select_related("plan__goal", "plan__team", "by").filter(pk=proposal_id).first()
    found = door(actor, row.plan) if row else None
    if row is None or found is None or row.node not in found.seen:
        raise access.not_visible("proposal")
    found.require_editable([row.node], _ANSWER)
    if hasattr(row, "answer") or proposals_open(row.plan).get(row.node) != row:
        raise Refusal(_ANSWER, "It was answered, or a later one took its place.", "Look at the plan.", "plan_proposal")
    return row, found
