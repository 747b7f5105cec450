"""Publishing: an approved plan becomes targets, in both layers at once, and nobody edits it from then on.

plan, version 12, approved   ->   targets  person:7  January 2026  plan    53,000.00   derivation + plan 3, version 12
                                                                   street  55,650.00
                                  notices  rita: "Your target for 2026 is 713,183.00 USD, ..."
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from quarterdeck.engine.cascade.cells import plan_cells
from quarterdeck.engine.cascade.plan import LAYERS
from quarterdeck.records.models import PlanState, Target
from quarterdeck.services.dated import BY_HAND
from quarterdeck.services.goals import targets_written
from quarterdeck.services.journal import journaled
from quarterdeck.services.plans.changes import edits_of
from quarterdeck.services.plans.doors import locked, plan_for
from quarterdeck.services.plans.figures import solved_plan
from quarterdeck.services.plans.ground import Ground
from quarterdeck.services.plans.notices import notices_of_publication
from quarterdeck.services.plans.seats import causes_of
from quarterdeck.services.plans.states import require_step
from quarterdeck.services.plans.texts import said
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    import datetime as dt

    from quarterdeck.records.models import Plan
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.plans.edits import Edits

Layer = Literal["plan", "street"]


def plan_published(actor: Actor, plan_id: int, *, note: str = "") -> PlanState:
    """Write the targets of both layers, freeze the plan, tell everybody with a number: one transaction, one entry."""
    seen = plan_for(actor, plan_id)
    with journaled(actor, "plan_published", "plan") as entry:
        found = locked(seen)
        require_step(found, "publish", found.ground.root)
        plan = found.plan
        if plan.goal.superseded_at is not None:
            raise Refusal(
                "The plan was not published.", "Its goal was replaced by another.", "Plan that one.", "plan_state"
            )
        edits = edits_of(found)
        n_targets = _targets(plan, edits, actor.now)
        row = PlanState.objects.create(
            plan=plan, team_id=plan.team_id, state="published", note=said(note), at=actor.now, by=actor.user
        )
        n_notices = notices_of_publication(found, edits)
        entry.about(
            plan.pk, f"Plan {plan.name} published: {n_targets:,} targets, {n_notices:,} people told",
            after={"version": edits.version, "note": row.note},
        )  # fmt: skip
    return row


def _targets(plan: Plan, edits: Edits, now: dt.datetime) -> int:
    """Both layers; whatever cells the goal had until now are superseded."""
    earlier = Target.current.filter(goal__source_system=BY_HAND, goal__source_id=plan.goal.source_id)
    at = max([now, *earlier.order_by("-known_at").values_list("known_at", flat=True)[:1]])
    earlier.update(superseded_at=at)
    solved = solved_plan(plan, edits)
    words = {"id": plan.pk, "name": plan.name, "version": edits.version}

    causes = causes_of(edits.carry, Ground(plan.ground).months)

    def more(node: str, starts_on: dt.date) -> dict[str, Any]:
        edit = edits.pinned_by.get((node, str(starts_on)))
        said: dict[str, Any] = {"pinned": {"by": str(edit.by or "system"), "reason": edit.reason}} if edit else {}
        if carries := causes.get(node, {}).get(starts_on):
            said["carries"] = carries
        return {"plan": words} | said

    return sum(
        targets_written(plan.goal, plan_cells(solved, layer=layer), at, layer=layer, more=more) for layer in LAYERS
    )
