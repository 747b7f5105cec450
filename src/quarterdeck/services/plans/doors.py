"""Who sees what of a plan, and who may change it: one condition a line.

    who    sees                                    may change
    dana   everything                              everything, until it is approved
    mona   her team and everybody in or below it   everybody below her team, not its own number, until she submits it
    rita   her own row, once it was submitted      nothing; she answers with a number of her own

What one does not see does not exist: rows are left out, and a plan without a row that one sees is `not_visible`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from quarterdeck.engine.metrics.definitions import metric_named
from quarterdeck.records.models import Amendment, Plan, PlanState
from quarterdeck.services import access
from quarterdeck.services.plans.ground import Ground
from quarterdeck.services.rights import MATRIX
from quarterdeck.services.scene import holder_of
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quarterdeck.records.models import User
    from quarterdeck.services.actor import Actor

FROZEN: Final = ("approved", "published")
OPEN: Final = ("draft", "returned")


@dataclass(frozen=True)
class Door:
    """A plan as one actor meets it."""

    actor: Actor
    plan: Plan
    ground: Ground
    states: tuple[PlanState, ...]
    """Oldest first."""
    amendments: tuple[Amendment, ...] = ()
    """Oldest first; the ground has the seats that they brought."""

    @property
    def is_money(self) -> bool:
        """Whether its amounts are minor units of the company's currency; else they are counts."""
        return metric_named(self.plan.metric).unit == "money"

    def named(self, user: User | None) -> str:
        """Who did something, as far as the actor sees them."""
        if user is None:
            return "the command line"
        is_seen = user == self.actor.user or access.sees_person(self.actor, user.person_id, self.actor.today)
        return str(user) if is_seen else "somebody above"

    @cached_property
    def reads_notes(self) -> bool:
        """Notes and reasons are for those who work on plans, not for those whom they are about."""
        return access.may(self.actor, "edit_plans") or access.sees_all(self.actor, self.actor.today)

    @cached_property
    def state(self) -> str:
        """How far the whole plan has come."""
        return next(row.state for row in reversed(self.states) if row.team_id == self.plan.team_id)

    def state_of(self, node: str) -> str:
        """How far the part of the plan has come in which a node lies: the last thing said of it or of a team above."""
        path = {node, *self.ground.above(node)}
        return next(row.state for row in reversed(self.states) if f"team:{row.team_id}" in path)

    @cached_property
    def may_approve(self) -> bool:
        """Whether they decide on the whole plan."""
        actor = self.actor
        sees = access.sees_people_of(actor, self.plan.team_id, actor.today)
        return access.may(actor, "approve_plans") and sees

    @cached_property
    def seen(self) -> frozenset[str]:
        """Nodes whose rows they see; a rep those that were submitted at least."""
        if self.reads_notes:
            return self._visible
        return frozenset(node for node in self._visible if self.state_of(node) not in OPEN)

    @cached_property
    def _visible(self) -> frozenset[str]:
        if access.sees_all(self.actor, self.actor.today):
            return frozenset(self.ground.nodes)
        return frozenset(node for node in self.ground.nodes if self._sees(node))

    def _sees(self, node: str) -> bool:
        actor, day = self.actor, self.actor.today
        kind, number = holder_of(node)
        if kind == "person":
            return access.sees_person(actor, number, day)
        if kind == "team":
            return access.sees_team(actor, number, day)
        _, team = holder_of(self.ground.nodes[node].parent)
        return access.sees_position(actor, number, team, day)

    @cached_property
    def led(self) -> frozenset[str]:
        """Teams of the plan below which they may change everything, whatever its state."""
        verb = "edit_plans"
        if not access.may(self.actor, verb):
            return frozenset()
        hats = [hat for hat in self.actor.hats if verb in MATRIX[hat.name].verbs]
        if self.actor.is_system or any(MATRIX[hat.name].sees == "all" for hat in hats):
            return frozenset({self.ground.root})
        tops = access.teams_below(self.actor, [hat.team_id for hat in hats], self.actor.today)
        return frozenset(f"team:{team}" for team in tops) & self.ground.nodes.keys()

    def leads(self, node: str) -> bool:
        """Whether a node lies below a team of theirs; who decides on the plan leads all of it."""
        return self.may_approve or bool(self.led & set(self.ground.above(node)))

    @cached_property
    def editable(self) -> frozenset[str]:
        """Nodes whose cells they may change now."""
        return frozenset(node for node in self.seen if self.edits(node))

    def edits(self, node: str) -> bool:
        """Whether they may change a node's cells now: theirs, not frozen, and not handed up."""
        is_theirs = self.state not in FROZEN and node in self.seen and self.leads(node)
        return is_theirs and (self.may_approve or self.state_of(node) in OPEN)

    @cached_property
    def proposable(self) -> frozenset[str]:
        """Nodes for which they may propose a number: rows they see, of a plan that is not frozen."""
        if self.state in FROZEN or not access.may(self.actor, "propose_targets"):
            return frozenset()
        return frozenset(node for node in self.seen if node != self.ground.root)

    def require_editable(self, nodes: Iterable[str], what: str) -> None:
        """Refuse changes of what is frozen, handed up, somebody else's, or not there."""
        if self.state in FROZEN:
            why = f"The plan is {self.state}."
            step = "Amend it." if self.state == "published" else "Return it first."
            raise Refusal(what, why, step, "plan_frozen")
        access.require(self.actor, "edit_plans", what)
        for node in sorted(node for node in set(nodes) if not self.edits(node)):
            if node not in self.seen:
                raise access.not_visible("node")
            if self.leads(node):
                raise Refusal(what, "That part is submitted.", "Ask for it to be returned.", "plan_submitted", row=node)
            raise Refusal(
                what, "That number is set above you.", "Propose another one, with a reason.", "plan_above", row=node
            )


def door(actor: Actor, plan: Plan) -> Door:
    """The plan as the actor meets it; a query for its states, and one for amendments once it is published."""
    states = tuple(plan.states.select_related("by__person", "team"))
    is_published = any(row.state == "published" for row in states)
    return _door(actor, plan, states, plan.amendments.select_related("by__person") if is_published else ())


def _door(actor: Actor, plan: Plan, states: Iterable[PlanState], amendments: Iterable[Amendment]) -> Door:
    known = tuple(amendments)
    ground = Ground(plan.ground).with_nodes(row for each in known for row in each.formula.get("nodes", ()))
    return Door(actor, plan, ground, tuple(states), known)


def plan_for(actor: Actor, plan_id: int) -> Door:
    """The plan, or the refusal `not_visible`; two queries and the tree's."""
    plan = Plan.objects.select_related("goal", "team", "by__person").filter(pk=plan_id).first()
    found = door(actor, plan) if plan else None
    if found is None or not found.seen:
        raise access.not_visible("plan")
    return found


def plans_seen(actor: Actor) -> list[Door]:
    """Every plan of which the actor sees a row, newest first; two queries and the tree's."""
    rows = Plan.objects.select_related("goal", "team", "by__person").prefetch_related(
        "states__by__person", "states__team"
    )
    doors = [Door(actor, plan, Ground(plan.ground), tuple(plan.states.all())) for plan in rows.order_by("-pk")]
    return [one for one in doors if one.seen]


def locked(door_seen: Door) -> Door:
    """The same door with the plan's row locked, inside a transaction: writers of one plan take turns."""
    Plan.objects.select_for_update().only("pk").get(pk=door_seen.plan.pk)
    again = door(door_seen.actor, door_seen.plan)
    return replace(again, ground=door_seen.ground) if again.amendments == door_seen.amendments else again
