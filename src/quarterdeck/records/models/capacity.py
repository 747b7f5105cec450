"""What capacity rests on: drivers as somebody stated them, and scenarios, which name other drivers and copy nothing.

driver  team  name       value   effective_from  reason
1       east  attrition  "0.2"   2026-01-01      two gave notice
2       east  attrition  null    2026-04-01      measured again from then on

scenario "Hire two in spring"   version 1  {"hires": {"2026-03-01": 2}}   version 2  {"hires": {"2026-04-01": 2}}
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from quarterdeck.records.models.people import Team
from quarterdeck.records.models.plans import Plan, Told


class CapacityDriver(Told):
    """A driver of capacity as somebody stated it for a team and all below it, from a day on; the last one holds."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="capacity_drivers")
    name = models.CharField(max_length=30)
    value = models.JSONField(null=True, help_text="An exact ratio as text, a whole number or a word; null: measured.")
    effective_from = models.DateField()
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "capacity_driver"
        ordering: ClassVar[list[str]] = ["effective_from", "pk"]

    def __str__(self) -> str:
        """Which driver it is."""
        return self.name


class Scenario(Told):
    """A name for other drivers of one team's part of a plan."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="scenarios")
    team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)

    class Meta:
        db_table = "scenario"
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        """The name people use."""
        return self.name


class ScenarioVersion(Told):
    """What a scenario overrides from then on; only what differs from the plan stands in it."""

    scenario = models.ForeignKey(Scenario, models.PROTECT, related_name="versions")
    number = models.IntegerField(help_text="From 1 in each scenario.")
    overrides = models.JSONField(default=dict, help_text="Values by driver.")
    is_dropped = models.BooleanField(default=False, help_text="Set aside: it is in no list from then on.")
    note = models.TextField(blank=True)

    class Meta:
        db_table = "scenario_version"
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["scenario", "number"], name="scenario_version_one_of_a_number"),
        ]

    def __str__(self) -> str:
        """Its place in the scenario."""
        return f"version {self.number}"
