"""People, the tree of teams, positions and who sits in them when.

seat  position  person  team  hat      effective_from  effective_to
1     east-1    rita    east  rep      2024-01-01      2025-07-01
2     west-4    rita    west  rep      2025-07-01                     moved on 1 July
3     east-1    (none)  east  rep      2025-07-01                     vacant, and keeps its target
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from quarterdeck.records.models.base import DatedFact, Fact, Noun
from quarterdeck.terms.templates import HATS

HAT_CHOICES = [(hat, hat.replace("_", " ")) for hat in HATS]


class Person(Noun):
    """A human. Whether and how they sign in is in `User`."""

    email = models.EmailField(blank=True)
    country = models.CharField(max_length=60, blank=True, help_text="ISO 3166; empty means the company's.")
    part_time = models.DecimalField(max_digits=5, decimal_places=4, default=1)

    class Meta:
        db_table = "person"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(part_time__gt=0, part_time__lte=1), name="person_part_time_is_a_share"),
        ]


class Team(Noun):
    """A node of the tree; what it hangs under is in `TeamLink`."""

    class Meta:
        db_table = "team"


class TeamLink(DatedFact):
    """Which team a team hung under, from when to when; no parent means a root."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="links")
    parent = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="child_links")

    class Meta(DatedFact.Meta):
        db_table = "team_link"


class Position(Noun):
    """A seat in a team with a hat, whoever holds it; it exists while vacant."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="positions")
    hat = models.CharField(max_length=20, choices=HAT_CHOICES)

    class Meta:
        db_table = "position"


class Seat(DatedFact):
    """A person in a position for a time."""

    position = models.ForeignKey(Position, models.PROTECT, related_name="seats")
    person = models.ForeignKey(Person, models.PROTECT, related_name="seats")

    class Meta(DatedFact.Meta):
        db_table = "seat"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["person", "effective_from"])]


class Leave(Fact):
    """Days `[starts_on, ends_on)` a person does not work, or works less."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="leave")
    starts_on = models.DateField()
    ends_on = models.DateField()
    share = models.DecimalField(max_digits=5, decimal_places=4, default=1)
    reason = models.CharField(max_length=100, blank=True)

    class Meta(Fact.Meta):
        db_table = "leave"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(ends_on__gt=models.F("starts_on")), name="leave_at_least_a_day"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="leave_share_is_a_share"),
        ]
