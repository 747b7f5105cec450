"""What the demo company supposes of next year: hires stated for West, and two scenarios that disagree.

West    one hire planned for March, as Marcus stated
"Hire two more in spring"   "A hard year": more leave, and fewer deals are won
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quarterdeck.records.models import Team
from quarterdeck.services.capacity.drivers import driver_stated
from quarterdeck.services.capacity.scenarios import scenario_made

if TYPE_CHECKING:
    from quarterdeck.records.models import Plan
    from quarterdeck.services.actor import Actor


def demo_capacity(dana: Actor, marcus: Actor, plan: Plan) -> None:
    """State a driver, and make two scenarios of a plan."""
    year, west = plan.fiscal_year, Team.objects.get(code="west").pk
    driver_stated(
        marcus, west, "hires", {f"{year}-03-01": 1}, effective_from=marcus.today, currency="USD",
        reason="Hana's old seat is opened again.",
    )  # fmt: skip
    spring = {"hires": {f"{year}-03-01": 1, f"{year}-04-01": 2}, "days_to_fill": 75}
    scenario_made(dana, plan.pk, plan.team_id, name="Hire two more in spring", overrides=spring)
    hard = {"attrition": "0.2", "win_rate": "0.33"}
    scenario_made(dana, plan.pk, plan.team_id, name="A hard year", overrides=hard, note="Should the price cut go on.")
