"""Pay: comp plans and their versions, who is on them, runs with everything they computed, disputes, payroll batches.

Rows are added, never changed: a state is a row of its own, a run that is computed again is another run, and the
database refuses to touch what a run has said (migration 0006).

    comp_plan  version  published_at      pay_run  period   state       pay_line  amount
    reps       1        2026-01-05        4        2026-03  previewed   rita      720.00 by event o-17, band 2
                                                            approved    rita      -40.00 correction for 2026-01
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from quarterdeck.records.models.base import DatedFact, Fact
from quarterdeck.records.models.people import Person
from quarterdeck.records.models.plans import Told

RUN_STATES = ("draft", "previewed", "approved", "locked", "paid", "discarded")
NOTE_KINDS = ("note", "resolved", "declined", "reopened")


class CompPlan(models.Model):
    """The rules by which somebody is paid, known by the name in its file; what they say is in its versions."""

    code = models.CharField(max_length=200, unique=True)

    class Meta:
        db_table = "comp_plan"

    def __str__(self) -> str:
        """The name in the file."""
        return self.code


class CompPlanVersion(Told):
    """A plan file as somebody handed it in. A published one is in force in its days until a later one takes over."""

    plan = models.ForeignKey(CompPlan, models.PROTECT, related_name="versions")
    number = models.IntegerField(help_text="From 1 in each plan.")
    title = models.CharField(max_length=300)
    text = models.TextField(help_text="The file, to the letter.")
    sha256 = models.CharField(max_length=64, help_text="Of the text in UTF-8.")
    effective_from = models.DateField()
    effective_to = models.DateField()
    published_at = models.DateTimeField(null=True, blank=True, help_text="Set once; empty: a draft.")
    published_by = models.ForeignKey("records.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        db_table = "comp_plan_version"
        ordering: ClassVar[list[str]] = ["plan_id", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["plan", "number"], name="comp_plan_version_one_of_a_number"),
            models.CheckConstraint(
                condition=Q(effective_to__gt=models.F("effective_from")), name="comp_plan_version_at_least_a_day"
            ),
        ]

    def __str__(self) -> str:
        """The plan and which version of it."""
        return f"{self.plan.code} {self.number}"


class CompAssignment(DatedFact):
    """A person on a plan from when to when, and what is theirs by the plan's values: quota, rate, target pay."""

    plan = models.ForeignKey(CompPlan, models.PROTECT, related_name="assignments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="comp_assignments")
    values = models.JSONField(default=dict, help_text="Exact decimals as text, by the name of the plan's value.")

    class Meta(DatedFact.Meta):
        db_table = "comp_assignment"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["person", "effective_from"])]


class PayEvent(Fact):
    """Something to be paid for that no other file says: the answer to a missing credit, approved by a named person."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    happened_on = models.DateField()
    amount_minor = models.BigIntegerField(help_text="In the company's currency; below zero takes back.")
    reason = models.TextField()
    by = models.ForeignKey("records.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Fact.Meta):
        db_table = "pay_event"


class PayRun(Told):
    """Pay for a period, from what was known at an instant, by plan versions and an engine version kept with it."""

    starts_on = models.DateField()
    ends_on = models.DateField()
    name = models.CharField(max_length=60, help_text="The period's.")
    known_at = models.DateTimeField()
    engine_version = models.CharField(max_length=40)
    parts = models.JSONField(help_text="Version id, sha256 and days of each plan version that pays.")
    inputs_sha256 = models.CharField(max_length=64)

    class Meta:
        db_table = "pay_run"
        ordering: ClassVar[list[str]] = ["-starts_on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(ends_on__gt=models.F("starts_on")), name="pay_run_at_least_a_day"),
        ]

    def __str__(self) -> str:
        """Its period."""
        return self.name


class PayRunState(Told):
    """How far a run had come from then on; when previewed, with what it found and the hash of all it computed."""

    run = models.ForeignKey(PayRun, models.PROTECT, related_name="states")
    state = models.CharField(max_length=9, choices=[(state, state) for state in RUN_STATES])
    note = models.TextField(blank=True)
    outputs_sha256 = models.CharField(max_length=64, blank=True)
    findings = models.JSONField(default=list)

    class Meta:
        db_table = "pay_run_state"
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "state"], name="pay_run_state_once"),
        ]

    def __str__(self) -> str:
        """The state in a word."""
        return self.state


class PayInput(models.Model):
    """A frame that a run was computed from, frozen: it can be computed again, whatever is corrected later."""

    run = models.ForeignKey(PayRun, models.PROTECT, related_name="inputs")
    name = models.CharField(max_length=60, help_text="events, or a frame of one plan version as version:frame.")
    n_rows = models.IntegerField()
    data = models.TextField(help_text="Parquet in base64.")

    class Meta:
        db_table = "pay_input"
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        """Which frame."""
        return self.name


class Computed(models.Model):
    """A row that a run computed for a person under a plan version."""

    run = models.ForeignKey(PayRun, models.PROTECT, related_name="%(class)s_rows")
    version = models.ForeignKey(CompPlanVersion, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """Which run it belongs to."""
        return f"run {self.run_id}"


class PayCredit(Computed):
    """Whose event it is, and how much of it; of earlier periods only what is not what the last run had."""

    measure = models.CharField(max_length=200)
    event_id = models.CharField(max_length=400)
    happened_on = models.DateField()
    value = models.BigIntegerField(help_text="Minor units, or a count; 0 where the event is gone.")
    was = models.BigIntegerField(null=True, blank=True, help_text="What the run before had; empty: nothing.")

    class Meta:
        db_table = "pay_credit"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["run", "person"], name="pay_credit_of_person")]


class PayMeasure(Computed):
    """What a person reached in the run's period, to date, and against which target."""

    measure = models.CharField(max_length=200)
    value = models.BigIntegerField()
    to_date = models.BigIntegerField()
    target = models.BigIntegerField(null=True, blank=True)
    attainment = models.FloatField(null=True, blank=True, help_text="For reading; pay comes from the exact ratio.")

    class Meta:
        db_table = "pay_measure"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["run", "person"], name="pay_measure_of_person")]


class PayPayout(Computed):
    """What a component pays for the run's period."""

    component = models.CharField(max_length=200)
    before_minor = models.BigIntegerField()
    to_date_minor = models.BigIntegerField()
    withheld_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()

    class Meta:
        db_table = "pay_payout"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["run", "person"], name="pay_payout_of_person")]


class PaySettlement(Computed):
    """What is paid out to a person under a plan for the run's period, and which balances remain."""

    earned_minor = models.BigIntegerField()
    corrected_minor = models.BigIntegerField()
    held_minor = models.BigIntegerField()
    brought_minor = models.BigIntegerField()
    guaranteed_minor = models.BigIntegerField()
    drawn_minor = models.BigIntegerField()
    recovered_minor = models.BigIntegerField()
    carried_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField()
    debt_minor = models.BigIntegerField()

    class Meta:
        db_table = "pay_settlement"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "version", "person"], name="pay_settlement_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "run"], name="pay_settlement_of_person")
        ]


class PayLine(Computed):
    """One step of a statement; those of a person in a run sum to what the run pays them."""

    number = models.IntegerField(help_text="Its place in the statement of the plan, from 1.")
    component = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=20)
    event_id = models.CharField(max_length=400, blank=True)
    happened_on = models.DateField(null=True, blank=True)
    for_starts_on = models.DateField(null=True, blank=True, help_text="The locked period that a correction is for.")
    value = models.BigIntegerField(null=True, blank=True)
    before = models.BigIntegerField(null=True, blank=True)
    after = models.BigIntegerField(null=True, blank=True)
    band = models.IntegerField(null=True, blank=True)
    rate = models.CharField(
        max_length=60, blank=True, help_text="The component's own rate, exact; a multiplier's base."
    )
    multiplier = models.CharField(max_length=60, blank=True, help_text="What the component's multiplier came to.")
    amount_minor = models.BigIntegerField()

    class Meta:
        db_table = "pay_line"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["run", "person", "number"], name="pay_line_in_order")
        ]


class PayDispute(Told):
    """A question about a line, or about a credit that is missing; what was answered is in its notes."""

    run = models.ForeignKey(PayRun, models.PROTECT, related_name="disputes")
    person = models.ForeignKey(Person, models.PROTECT, related_name="disputes")
    line = models.ForeignKey(PayLine, models.PROTECT, null=True, blank=True, related_name="disputes")
    event_id = models.CharField(max_length=400, blank=True, help_text="The missing event, as the asker names it.")
    text = models.TextField()

    class Meta:
        db_table = "pay_dispute"
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["person", "run"], name="pay_dispute_of_person")]

    def __str__(self) -> str:
        """What was asked."""
        return self.text[:80]


class PayDisputeNote(Told):
    """One contribution to a dispute; the last that is no note says how it stands."""

    dispute = models.ForeignKey(PayDispute, models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=8, choices=[(kind, kind) for kind in NOTE_KINDS])
    text = models.TextField()
    event = models.ForeignKey(PayEvent, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        db_table = "pay_dispute_note"
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        """What was said."""
        return self.text[:80]


class Payroll(Told):
    """A numbered batch of what a locked run pays, frozen; its hash is over its rows."""

    run = models.OneToOneField(PayRun, models.PROTECT, related_name="payroll")
    number = models.IntegerField(unique=True)
    currency = models.CharField(max_length=3)
    sha256 = models.CharField(max_length=64)

    class Meta:
        db_table = "payroll"
        ordering: ClassVar[list[str]] = ["-number"]

    def __str__(self) -> str:
        """Its number."""
        return f"Payroll {self.number}"


class PayrollRow(models.Model):
    """A person of a batch: what the run settled, what an earlier batch left below zero, what is paid, what is left."""

    payroll = models.ForeignKey(Payroll, models.PROTECT, related_name="rows")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3, blank=True, help_text="Empty: the batch's.")
    settled_minor = models.BigIntegerField()
    brought_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField()
    carried_minor = models.BigIntegerField()

    class Meta:
        db_table = "payroll_row"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["payroll", "person", "currency"], name="payroll_row_once"),
            models.CheckConstraint(
                condition=Q(paid_minor__gte=0, carried_minor__lte=0), name="payroll_row_pays_or_carries"
            ),
        ]

    def __str__(self) -> str:
        """Which batch it belongs to."""
        return f"row of payroll {self.payroll_id}"
