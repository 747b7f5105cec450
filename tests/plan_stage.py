"""A plan of the small company: East (rita, raj; North below with nora and nils) and West (walt), 1,200,000.00 for 2026.

Nobody booked anything the year before but on 30 June 2025, so every leaf weighs what it booked then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from quarterdeck.records.models import Account, Potential, Segment, Territory, TerritoryHolding
from quarterdeck.services.actor import Actor
from quarterdeck.services.goals import GoalDraft, goal_set
from quarterdeck.services.plans.changes import Change, Line, edits_made, edits_of
from quarterdeck.services.plans.doors import plan_for
from quarterdeck.services.plans.drafts import plan_made
from quarterdeck.services.plans.figures import plan_figures
from quarterdeck.services.totals import totals_rebuilt
from small_company import NOW, SmallCompany, fact, small_company

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quarterdeck.records.models import Plan

AMOUNT = 1_200_000_00
YEAR = 2026


def planned(basis: Any = "even") -> tuple[SmallCompany, Plan]:
    """The small company with a draft plan by its director."""
    company = small_company()
    totals_rebuilt(Actor(now=NOW))
    draft = GoalDraft(
        metric="bookings", fiscal_year=YEAR, team_id=company.teams["company"].pk, amount=AMOUNT, basis=basis
    )
    goal = goal_set(company.actor("dana"), draft)
    return company, plan_made(company.actor("dana"), goal.pk)


def market(company: SmallCompany) -> None:
    """Potential of accounts: rita's 300.00, walt's 100.00; of nora's territory 500.00; their market is of 1,000.01."""
    north = Territory.objects.create(code="plan-north", name="Plan North")
    TerritoryHolding.objects.create(territory=north, person=company.people["nora"], **fact("holds-plan-north"))
    part = Segment.objects.create(code="plan-food", name="Plan Food")
    for who, amount in (("rita", 300_00), ("walt", 100_00)):
        owner = company.people[who]
        account = Account.objects.create(code=f"plan-{who}", name=f"Plan {who}", owner=owner, segment=part)
        Potential.objects.create(account=account, amount_minor=amount, **fact(f"potential-{who}"))
    Potential.objects.create(territory=north, amount_minor=500_00, **fact("potential-north"))
    Potential.objects.create(segment=part, amount_minor=1_000_01, **fact("potential-food"))


def staged(blocker: Any) -> Iterator[tuple[SmallCompany, Plan]]:
    """The small company with its market and an even draft, for the tests of one module: each runs in a savepoint."""
    with blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        company, plan = planned("even")
        market(company)
    yield company, plan
    with blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


def person(company: SmallCompany, who: str) -> str:
    return f"person:{company.people[who].pk}"


def team(company: SmallCompany, name: str) -> str:
    return f"team:{company.teams[name].pk}"


def pinned(actor: Actor, plan: Plan, node: str, amount: int | None, month: str = "year") -> Change:
    """One cell pinned on top of whatever is there."""
    version = plan.edits.count()
    return edits_made(actor, plan.pk, version=version, lines=[Line(node, month, amount)], reason="because")


def months(company: SmallCompany, plan: Plan, node: str) -> list[int]:
    """What a node's months are now."""
    found = plan_for(company.actor("dana"), plan.pk)
    return plan_figures(found.plan, edits_of(found)).cells(node)


def year(company: SmallCompany, plan: Plan, node: str) -> int:
    return sum(months(company, plan, node))
