"""The pages of capacity and scenarios, and their readings for programs: shown, stated, compared, typed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plan_stage import planned
from quarterdeck.records.models import CapacityDriver, ScenarioVersion

if TYPE_CHECKING:
    from django.test import Client

    from quarterdeck.records.models import Plan
    from small_company import SmallCompany

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
DAY = "2025-07-01"


@pytest.fixture
def stage(client: Client) -> tuple[SmallCompany, Plan, Client]:
    company, plan = planned()
    client.force_login(company.users["dana"], backend=BACKEND)
    return company, plan, client


def test_a_scenario_goes_from_the_form_to_the_comparison(stage: tuple[SmallCompany, Plan, Client]) -> None:
    company, plan, client = stage
    root = company.teams["company"].pk
    page = client.get(f"/capacity/{plan.pk}/{root}", {"as_of": DAY}).content.decode()
    assert "Capacity of Team company" in page
    assert "5 people" in page
    form = {"plan": plan.pk, "team": root, "name": "Two in spring", "hires-2026-03-01": "2", "attrition": "12,5 %"}
    kept = client.post("/scenarios/new", form | {"attrition": "many"})
    assert kept.status_code == 409
    assert 'value="many"' in kept.content.decode(), "what was typed is kept"
    client.post("/scenarios/new", form)
    made = ScenarioVersion.objects.get()
    assert made.overrides == {"attrition": "0.125", "hires": {"2026-03-01": 2}}
    number = made.scenario_id
    shown = client.get(f"/scenarios/{number}", {"as_of": DAY}).content.decode()
    assert shown.count('class="is-different"') == 2
    assert b"January 2026" in client.get(f"/scenarios/compare?left={number}&right=0&format=csv").content
    why = client.get(f"/capacity/{plan.pk}/{root}/why", {"of": "2026-03-01", "scenario": number, "as_of": DAY})
    assert "2 to be hired" in why.content.decode()
    client.post(f"/scenarios/{number}/drop", {"version": "1"})
    assert "There is no scenario" in client.get("/scenarios").content.decode()


def test_a_driver_is_stated_and_taken_back(stage: tuple[SmallCompany, Plan, Client]) -> None:
    company, plan, client = stage
    address = f"/capacity/{plan.pk}/{company.teams['east'].pk}/drivers"
    form = {"name": "productivity", "value": "12,000.50", "effective_from": DAY, "reason": "a new product"}
    client.post(address, form)
    client.post(address, form | {"value": ""})
    client.post(address, form | {"step": "clear"})
    assert [row.value for row in CapacityDriver.objects.order_by("pk")] == [1_200_050, None]


def test_a_program_reads_capacity_and_scenarios(stage: tuple[SmallCompany, Plan, Client]) -> None:
    company, plan, client = stage
    found = client.get(f"/api/v1/plans/{plan.pk}/capacity/{company.teams['company'].pk}", {"as_of": DAY}).json()
    assert sum(month["capacity"] for month in found["months"]) == found["year"]["capacity"]
    assert sum(found["parts"].values()) == found["year"]["capacity"]
    assert client.get("/api/v1/scenarios").json() == {"items": []}
