"""Capacity of a plan's teams, and scenarios: to read."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router

from quarterdeck.faces.api.answers import Answer, answer
from quarterdeck.faces.api.asked import AsOf, Id
from quarterdeck.faces.api.auth import reads
from quarterdeck.services.capacity import pages, scenarios, shapes

router = Router(tags=["Plans"])

AMOUNT = "Whole minor units of the company's currency, or a count."
CapacityLine = answer(
    "CapacityLine", shapes.Line, key="First day of the month, team:3, people:3 (right in the team) or year.",
    name="Its name.", goal=f"What the plan asks for. {AMOUNT}", capacity=f"What can be brought. {AMOUNT}",
    brought="What was brought; null before it has begun.", expected=f"Brought, and what is still to come. {AMOUNT}",
    seats="Rep seats, by days.", vacant="Of these: nobody sits there.", away="Heads lost to long leave.",
    hires="Planned hires expected to be there.", heads="Heads expected to be there.",
    ramped_heads="The same in fully ramped heads.", low="Capacity at the low end of what is measured; null: no range.",
    high="At the high end; null: no range.",
)  # fmt: skip


class Capacity(Answer):
    """What a team can bring against its part of a plan."""

    plan_id: int = Field(description="The plan's id.")
    team_id: int = Field(description="The team's id.")
    team: str = Field(description="Its name.")
    unit: str = Field(description="money (whole minor units) or count.")
    sentence: str = Field(description="Where it stands, in words.")
    year: CapacityLine = Field(description="The year.")  # type: ignore[valid-type]  # made at run time
    months: list[CapacityLine] = Field(description="Its months.")  # type: ignore[valid-type]  # as above
    teams: list[CapacityLine] = Field(description="Teams right below, for the year.")  # type: ignore[valid-type]
    parts: dict[str, int] = Field(description="From a full house to the year's capacity; they add up to it.")
    drivers: dict[str, Any] = Field(description="What it was computed with: a value by driver.")


class ScenarioLine(Answer):
    """A scenario."""

    scenario_id: int = Field(description="Its id.")
    name: str = Field(description="Its name.")
    plan_id: int = Field(description="Beside which plan.")
    team_id: int = Field(description="For which team of it.")
    overrides: dict[str, Any] = Field(description="Values by driver; all others are the plan's.")
    version: int = Field(description="The number of its last version.")


class Scenarios(Answer):
    """Scenarios."""

    items: list[ScenarioLine] = Field(description="The latest first.")


@router.get("/plans/{plan_id}/capacity/{team_id}", response=Capacity, summary="Capacity of a team in a plan")
def get_capacity(request: HttpRequest, plan_id: Id, team_id: Id, wanted: Query[AsOf]) -> dict[str, Any]:
    """What a team you lead can bring, month by month, against its part of a plan."""
    actor = reads(request)
    page = pages.capacity_page(actor, plan_id, team_id, wanted.day(actor))
    made = page.outcome
    return {
        "plan_id": plan_id, "team_id": team_id, "team": page.team, "unit": page.unit, "sentence": page.sentence,
        "year": made.year, "months": made.months, "teams": made.teams, "parts": made.parts,
        "drivers": {name: one.value for name, one in made.drivers.items()},
    }  # fmt: skip


@router.get("/scenarios", response=Scenarios, summary="Scenarios")
def list_scenarios(request: HttpRequest) -> dict[str, Any]:
    """Scenarios of teams you lead."""
    return {"items": scenarios.scenarios(reads(request))}
