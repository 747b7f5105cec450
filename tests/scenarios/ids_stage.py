"""Prints an id per noun of a data directory, as JSON: what addresses with parameters are filled with."""

from __future__ import annotations

import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quarterdeck.config.settings")
django.setup()

from quarterdeck.records.models import (  # noqa: E402  Django first
    Account,
    Batch,
    CompPlan,
    CompPlanVersion,
    Goal,
    Opportunity,
    PayDispute,
    Payroll,
    PayRun,
    PlanState,
    Scenario,
    Seat,
    Team,
    Territory,
    TerritoryProposal,
)

if __name__ == "__main__":
    reps = Seat.objects.filter(position__hat="rep", effective_to=None).values_list("person_id", flat=True)
    print(json.dumps({  # noqa: T201  another process reads it
        "person": list(reps[:1]),
        "team": list(Team.objects.filter(code="east").values_list("pk", flat=True)),
        "account": list(Account.objects.values_list("pk", flat=True)[:1]),
        "opportunity": list(Opportunity.objects.values_list("pk", flat=True)[:1]),
        "goal": list(Goal.objects.values_list("pk", flat=True)[:1]),
        "plan": list(PlanState.objects.filter(state="published").values_list("plan_id", flat=True)),
        "comp_plan_version": list(CompPlanVersion.objects.values_list("pk", flat=True)[:1]),
        "scenario": list(Scenario.objects.values_list("pk", flat=True)[:1]),
        "comp_plan": list(CompPlan.objects.values_list("pk", flat=True)[:1]),
        "pay_run": list(PayRun.objects.values_list("pk", flat=True)[:1]),
        "dispute": list(PayDispute.objects.values_list("pk", flat=True)[:1]),
        "payroll": list(Payroll.objects.values_list("pk", flat=True)[:1]),
        "territory": list(Territory.objects.values_list("pk", flat=True)[:1]),
        "territory_proposal": list(TerritoryProposal.objects.values_list("pk", flat=True)[:1]),
        "batch": list(Batch.objects.values_list("pk", flat=True)[:1]),
    }))  # fmt: skip
