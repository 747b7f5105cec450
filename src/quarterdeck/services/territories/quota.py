"""Quota that goes along with accounts that moved: one amendment of a published plan for a whole proposal.

    proposal 3   a-101 rita -> walt, a-102 rita -> nora   on 1 July
    amendment    by sales of twelve months, by calendar days, the first day counts: rita gives, walt and nora carry

The conventions have no right answer and have to be said. An account whose number went along before is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from quarterdeck.services.plans.amending import amendment_choices, amendment_previewed, plan_amended
from quarterdeck.services.plans.amendment_shapes import WHAT, AmendmentDraft, Handover
from quarterdeck.services.plans.doors import plan_for
from quarterdeck.services.territories.doors import giver_of, proposal_for
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    import datetime as dt

    from quarterdeck.records.models import Amendment
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.plans.amending import AmendmentChoices
    from quarterdeck.services.plans.amendment_shapes import AmendmentMade
    from quarterdeck.services.territories.doors import Door

CONVENTIONS: Final = ("share_by", "first_day", "day_count")


def quota_choices(actor: Actor, proposal_id: int, plan_id: int, as_of: dt.date) -> tuple[Door, AmendmentChoices]:
    """The proposal and what the plan's amendments need; refused to who may not amend it."""
    return proposal_for(actor, proposal_id), amendment_choices(actor, plan_id, as_of)


def quota_previewed(
    actor: Actor, proposal_id: int, plan_id: int, asked: dict[str, Any], as_of: dt.date
) -> AmendmentMade:
    """What would go along; nothing is written. Raises Refusal (`amendment`)."""
    return amendment_previewed(actor, quota_draft(actor, proposal_id, plan_id, asked), as_of)


def quota_carried(actor: Actor, proposal_id: int, plan_id: int, asked: dict[str, Any], as_of: dt.date) -> Amendment:
    """Amend the plan by it, and tell everybody whose number changes."""
    return plan_amended(actor, quota_draft(actor, proposal_id, plan_id, asked), as_of)


def quota_draft(actor: Actor, proposal_id: int, plan_id: int, asked: dict[str, Any]) -> AmendmentDraft:
    """The amendment that a proposal's moves ask for. Raises Refusal (`amendment`) where nobody's number follows."""
    found, plan = proposal_for(actor, proposal_id), plan_for(actor, plan_id)
    done = {what for row in plan.amendments for what, *_ in row.formula.get("handovers", ())}
    handovers = [one for one in _handovers(found) if one.what not in done and one.giver in plan.ground.nodes]
    if found.state != "moved" or not handovers:
        why = "None of its accounts was of somebody with a number in this plan, or the number went along before."
        raise Refusal(WHAT, why, "Look at the plan's history.", "amendment")
    return AmendmentDraft(
        plan_id=plan_id, kind="account", node="", effective_on=found.scene.as_of, handovers=tuple(handovers),
        share_by=asked.get("share_by", ""), first_day=asked.get("first_day", ""),
        day_count=asked.get("day_count") or "calendar", version=asked.get("version"),
        trigger=f"{found.proposal.name}: {len(handovers):,} accounts changed hands",
    )  # fmt: skip


def _handovers(found: Door) -> list[Handover]:
    """From who looked after an account to who holds the territory it went to, on the day."""
    rows = []
    for move in found.moves:
        giver, taker = giver_of(found, move), found.lands[move.to_territory_id].person_id
        if giver and taker and giver != taker:
            what = f"account:{move.account_id}"
            rows.append(Handover(what=what, giver=f"person:{giver}", receiver=f"person:{taker}"))
    return rows
