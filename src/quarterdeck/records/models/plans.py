"""Goals and the targets they come down to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from quarterdeck.records.models.base import Fact
from quarterdeck.records.models.market import Territory
from quarterdeck.records.models.people import Person, Position, Team
from quarterdeck.terms.templates import LAYERS, PERIOD_KINDS

BASES = ("history", "even", "weights")


class Goal(Fact):
    """A long-term number for a team (the company's root, as a rule), a metric and a fiscal year."""

    metric = models.CharField(max_length=40)
    team = models.ForeignKey(Team, models.PROTECT, related_name="goals")
    fiscal_year = models.IntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    amount = models.BigIntegerField(help_text="Minor units, or a count.")
    growth = models.CharField(
        max_length=30, blank=True, help_text="Exact decimal ratio on last year, when set by growth."
    )
    basis = models.CharField(max_length=10, choices=[(basis, basis) for basis in BASES], default="history")
    weights = models.JSONField(default=dict, help_text="Given weights by node id, for the basis 'weights'.")
    set_by = models.ForeignKey("records.User", models.PROTECT, null=True, blank=True, related_name="+")
    how = models.JSONField(default=dict, blank=True, help_text="How the amount came about, and its shape, where said.")
    note = models.TextField(blank=True)

    class Meta(Fact.Meta):
        db_table = "goal"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(ends_on__gt=models.F("starts_on")), name="goal_at_least_a_day"),
        ]


class Target(Fact):
    """A number to reach, of exactly one holder, for a metric and a fiscal period."""

    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="targets")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="targets")
    position = models.ForeignKey(Position, models.PROTECT, null=True, blank=True, related_name="targets")
    territory = models.ForeignKey(Territory, models.PROTECT, null=True, blank=True, related_name="targets")
    metric = models.CharField(max_length=40)
    period_kind = models.CharField(max_length=7, choices=[(kind, kind) for kind in PERIOD_KINDS])
    starts_on = models.DateField()
    ends_on = models.DateField()
    layer = models.CharField(max_length=6, choices=[(layer, layer) for layer in LAYERS], default="plan")
    amount = models.BigIntegerField(help_text="Minor units, or a count.")
    is_quota = models.BooleanField(default=False)
    goal = models.ForeignKey(Goal, models.PROTECT, null=True, blank=True, related_name="targets")
    derivation = models.JSONField(default=dict)

    class Meta(Fact.Meta):
        db_table = "target"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(ends_on__gt=models.F("starts_on")), name="target_at_least_a_day"),
            models.CheckConstraint(
                condition=Q(person__isnull=False, team=None, position=None, territory=None)
                | Q(person=None, team__isnull=False, position=None, territory=None)
                | Q(person=None, team=None, position__isnull=False, territory=None)
                | Q(person=None, team=None, position=None, territory__isnull=False),
                name="target_has_one_holder",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["metric", "starts_on", "ends_on"], name="target_by_period"),
        ]


PLAN_STATES = ("draft", "submitted", "returned", "approved", "published")
EDIT_KINDS = ("pin", "rail", "hedge", "basis", "carry", "undo", "redo")
AMENDMENT_KINDS = ("leaver", "mover", "account", "territory", "amount", "pins")


class Told(models.Model):
    """Something said about a plan: when, and by whom. Such rows are added, never changed."""

    at = models.DateTimeField()
    by = models.ForeignKey("records.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True


class Plan(Told):
    """A goal on its way to targets, on the ground of the day it was made: the tree, the season, last year's amounts.

    Its figures are a function of the goal, the ground and the edits, so every version can be shown again.
    """

    goal = models.ForeignKey(Goal, models.PROTECT, related_name="plans")
    team = models.ForeignKey(Team, models.PROTECT, related_name="plans")
    name = models.CharField(max_length=200)
    metric = models.CharField(max_length=40)
    fiscal_year = models.IntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    ground = models.JSONField(help_text="Nodes with parent and last year, and the season, as of the year's first day.")

    class Meta:
        db_table = "plan"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(ends_on__gt=models.F("starts_on")), name="plan_at_least_a_day"),
        ]

    def __str__(self) -> str:
        """The name people use."""
        return self.name


class PlanEdit(Told):
    """One change of a plan as somebody made it; undoing it and bringing it back are rows of their own.

    number  by    kind  lines
    1       mona  pin   [{"node": "person:7", "month": "2026-01-01", "amount": 900000}]
    2       mona  undo  []                                    the plan is what it was before 1
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="edits")
    number = models.IntegerField(help_text="From 1 in each plan; the last one is the plan's version.")
    kind = models.CharField(max_length=5, choices=[(kind, kind) for kind in EDIT_KINDS])
    lines = models.JSONField(default=list, help_text="Pins, rails, hedges, a basis, or what seats carry.")
    held = models.JSONField(
        default=list, help_text="Node, month and amount of cells whose month was over by then; from then on they stay."
    )
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "plan_edit"
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_edit_one_of_a_number"),
        ]

    def __str__(self) -> str:
        """What it is, and its place in the plan."""
        return f"{self.kind} {self.number}"


class PlanState(Told):
    """How far a plan, or a team's part of it, had come from then on, and why."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="states")
    team = models.ForeignKey(Team, models.PROTECT, related_name="+", help_text="Whose part; the plan's own team: all.")
    state = models.CharField(max_length=9, choices=[(state, state) for state in PLAN_STATES])
    note = models.TextField(blank=True)

    class Meta:
        db_table = "plan_state"
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        """The state in a word."""
        return self.state


class Proposal(Told):
    """A bottom-up number for the year of one node, and why."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="proposals")
    node = models.CharField(max_length=40, help_text="Team, person or position, as kind:id.")
    amount = models.BigIntegerField(help_text="Minor units, or a count.")
    reason = models.TextField()

    class Meta:
        db_table = "plan_proposal"
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="plan_proposal_not_below_zero"),
        ]

    def __str__(self) -> str:
        """Whose number it is."""
        return self.node


class ProposalAnswer(Told):
    """A proposal accepted (its number became a pin) or declined, and why. A later proposal of a node replaces both."""

    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="answer")
    is_accepted = models.BooleanField()
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "plan_proposal_answer"

    def __str__(self) -> str:
        """The answer in a word."""
        return "accepted" if self.is_accepted else "declined"


class Amendment(Told):
    """A published plan changed from a day on: what set it off, by which formula, who approved it, and what it moved."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="amendments")
    kind = models.CharField(max_length=9, choices=[(kind, kind) for kind in AMENDMENT_KINDS])
    effective_on = models.DateField()
    trigger = models.TextField(help_text="What happened, in words.")
    formula = models.JSONField(help_text="The named conventions and their inputs.")
    moved = models.JSONField(help_text="Node, month, before and after of every cell of the plan layer that changed.")

    class Meta:
        db_table = "plan_amendment"
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        """What set it off."""
        return self.trigger


class Notice(Told):
    """What a person was told about their target, or about accounts that moved."""

    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="notices")
    territory_proposal = models.ForeignKey(
        "records.TerritoryProposal", models.PROTECT, null=True, blank=True, related_name="notices",
        help_text="Instead of a plan: accounts that moved.",
    )  # fmt: skip
    amendment = models.ForeignKey(Amendment, models.PROTECT, null=True, blank=True, related_name="notices")
    person = models.ForeignKey(Person, models.PROTECT, related_name="notices")
    before = models.BigIntegerField(null=True, blank=True, help_text="Their year before; empty: they had none.")
    after = models.BigIntegerField(
        null=True, blank=True, help_text="Their year from now on; empty: not about a number."
    )
    text = models.TextField()
    seen_at = models.DateTimeField(null=True, blank=True, help_text="When they said that they read it; set once.")

    class Meta:
        db_table = "plan_notice"
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["person", "seen_at"], name="plan_notice_unseen")]

    def __str__(self) -> str:
        """What was said."""
        return self.text
