"""A plan begins: a draft from a goal, on the ground of its year's first day.

goal East 2026 won_amount 12,000,000   ->   Plan "East, won amount 2026", state draft, version 0
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from quarterdeck.engine.metrics.definitions import metric_named
from quarterdeck.records.models import Goal, Plan, PlanState
from quarterdeck.services import access
from quarterdeck.services.goal_shape import Place
from quarterdeck.services.journal import journaled
from quarterdeck.services.plans.ground import ground_of
from quarterdeck.services.plans.texts import said
from quarterdeck.services.scene import Scene
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.services.actor import Actor

_WHAT: Final = "The plan was not made."


def plan_made(actor: Actor, goal_id: int, *, name: str = "") -> Plan:
    """A draft plan of a goal in force. Raises Refusal while another plan of the same goal is on its way."""
    access.require(actor, "set_goals", _WHAT)
    with journaled(actor, "plan_made", "plan") as entry:
        goal = Goal.current.select_for_update().filter(pk=goal_id).first()
        if goal is None or not access.sees_people_of(actor, goal.team_id, actor.today):
            raise access.not_visible("goal")
        if Plan.objects.filter(goal=goal).exists():
            raise Refusal(_WHAT, "That goal has a plan.", "Open it; a published one is amended.", "plan_exists")
        place = Place(Scene(actor, goal.starts_on), goal.metric, goal.fiscal_year, goal.team_id)
        title = metric_named(goal.metric).title.lower()
        plan = Plan.objects.create(
            goal=goal, team_id=goal.team_id, metric=goal.metric, fiscal_year=goal.fiscal_year,
            starts_on=goal.starts_on, ends_on=goal.ends_on, at=actor.now, by=actor.user,
            name=said(name, 200) or f"{goal.team.name}, {title} {goal.fiscal_year}",
            ground=ground_of(place, goal.how.get("quarters", ())),
        )  # fmt: skip
        PlanState.objects.create(plan=plan, team_id=plan.team_id, state="draft", at=actor.now, by=actor.user)
        n_nodes = len(plan.ground["nodes"])
        entry.about(plan.pk, f"Plan {plan.name}: a draft of {n_nodes:,} rows", after={"goal": goal.pk})
    return plan
