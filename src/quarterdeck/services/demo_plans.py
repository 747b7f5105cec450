"""The demo company's plans: this year's, published; next year's, a draft that East answers with a number of its own.

goal this year  ──> plan submitted, approved, published by Dana ──> targets, a notice for everybody
goal next year  ──> draft; Priya proposes less for East
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from quarterdeck.engine.cascade.weights import goal_amount
from quarterdeck.records.models import Team, User
from quarterdeck.services.actor import Actor, actor_of
from quarterdeck.services.capacity.demo import demo_capacity
from quarterdeck.services.goals import GoalDraft, goal_set
from quarterdeck.services.mixes import mix_limit_set
from quarterdeck.services.plans.changes import edits_of
from quarterdeck.services.plans.doors import plan_for
from quarterdeck.services.plans.drafts import plan_made
from quarterdeck.services.plans.drivers import basis_chosen, carrying_set
from quarterdeck.services.plans.figures import plan_figures
from quarterdeck.services.plans.proposals import proposal_made
from quarterdeck.services.plans.publishing import plan_published
from quarterdeck.services.plans.states import plan_approved, plan_submitted

if TYPE_CHECKING:
    from quarterdeck.records.models import Goal, Plan

GROWTH: Final = Decimal("0.12")
LESS: Final = Decimal("-0.06")
MIX: Final = 25
"""Percent of an action that East may shift to another."""


def demo_plans(actor: Actor, goal: Goal) -> None:
    """Publish the plan of this year's goal, and begin next year's."""
    mix_limit_set(_actor(actor, "priya@example.com"), Team.objects.get(code="east").pk, MIX)
    dana = _actor(actor, "dana@example.com")
    _published(dana, plan_made(dana, goal.pk))
    amount = goal_amount(goal.amount, GROWTH)
    wanted = GoalDraft(
        metric=goal.metric, fiscal_year=goal.fiscal_year + 1, team_id=goal.team_id, amount=amount,
        note="A first number, to be talked about.",
    )  # fmt: skip
    draft = plan_made(dana, goal_set(dana, wanted).pk)
    _driven(dana, draft)
    _answered(_actor(actor, "priya@example.com"), draft)
    demo_capacity(dana, _actor(actor, "marcus@example.com"), draft)


def _actor(actor: Actor, email: str) -> Actor:
    return actor_of(User.objects.get(email=email), actor.now)


def _published(dana: Actor, plan: Plan) -> None:
    plan_submitted(dana, plan.pk, note="As agreed with the teams.")
    plan_approved(dana, plan.pk)
    plan_published(dana, plan.pk)


def _driven(dana: Actor, plan: Plan) -> None:
    """Half by what each brought, half by what each could sell; leave counts, and a vacant seat carries half."""
    named = {"potential_from": "accounts", "unknown": "mean", "history_share": "0.5"}
    basis_chosen(dana, plan.pk, basis="blend", conventions=named)
    carrying_set(dana, plan.pk, vacancy="0.5", leave=True, day_count="weekdays")


def _answered(priya: Actor, plan: Plan) -> None:
    """East's manager finds her team's number too high."""
    found = plan_for(priya, plan.pk)
    east = f"team:{Team.objects.get(code='east').pk}"
    amount = goal_amount(plan_figures(found.plan, edits_of(found)).year(east), LESS)
    reason = "The price cut of a competitor costs us two renewals; I can stand for this much."
    proposal_made(priya, plan.pk, node=east, amount=amount, reason=reason)
