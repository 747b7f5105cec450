"""What leaves the house about pay: who accepted which plan document, payroll files, the settings they are made by.

    comp_plan_acceptance   rita   reps 2   "Rita Moreno"   sha256 of what she saw
    pay_setting            adp    from 2026-01-01   {company_code: HHX, earnings_code: C}
    payroll_file           adp    of payroll 7, the first   EPIHHX07.csv   its bytes and their sha256

Rows are added, never changed; of settings and payroll ids the last one said counts.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from quarterdeck.records.models.pay import CompPlanVersion, Payroll
from quarterdeck.records.models.people import Person
from quarterdeck.records.models.plans import Told

SYSTEMS = ("adp", "gusto")
LAYOUTS = ("csv", "xlsx", *SYSTEMS)
SETTINGS = (*SYSTEMS, "capitalisation")


class PlanAcceptance(Told):
    """A person accepted the document of a plan version, as they saw it then."""

    version = models.ForeignKey(CompPlanVersion, models.PROTECT, related_name="acceptances")
    person = models.ForeignKey(Person, models.PROTECT, related_name="plan_acceptances")
    name = models.CharField(max_length=300, help_text="As they wrote it.")
    document = models.JSONField(help_text="Everything the document said.")
    document_sha256 = models.CharField(max_length=64)

    class Meta:
        db_table = "comp_plan_acceptance"
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["person", "version", "document_sha256"], name="comp_plan_acceptance_once_of_a_document"
            ),
        ]

    def __str__(self) -> str:
        """The name they wrote."""
        return self.name


class PlanReminder(Told):
    """A person was reminded that a plan document waits for them."""

    version = models.ForeignKey(CompPlanVersion, models.PROTECT, related_name="reminders")
    person = models.ForeignKey(Person, models.PROTECT, related_name="plan_reminders")

    class Meta:
        db_table = "comp_plan_reminder"
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "version"], name="comp_plan_reminder_of_person")
        ]

    def __str__(self) -> str:
        """Of which plan."""
        return f"reminder of {self.version_id}"


class PaySetting(Told):
    """How pay leaves the house from a day on; of two for one day the later one counts."""

    name = models.CharField(max_length=20, choices=[(name, name) for name in SETTINGS])
    effective_from = models.DateField()
    values = models.JSONField(default=dict)

    class Meta:
        db_table = "pay_setting"
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        """Which, and from when."""
        return f"{self.name} from {self.effective_from}"


class PayrollCode(Told):
    """By which number and name a payroll system knows a person; the last row counts, an empty code is none."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="payroll_codes")
    system = models.CharField(max_length=10, choices=[(name, name) for name in SYSTEMS])
    code = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "payroll_code"
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["system", "person"], name="payroll_code_of_person")
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code


class PayrollFile(Told):
    """A batch as a file, in a layout of its own or of a payroll system: the bytes are kept as they were handed over."""

    payroll = models.ForeignKey(Payroll, models.PROTECT, related_name="files")
    layout = models.CharField(max_length=10, choices=[(name, name) for name in LAYOUTS])
    number = models.IntegerField(help_text="From 1 for each layout of a batch.")
    name = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    n_rows = models.IntegerField()
    total_minor = models.BigIntegerField()
    data = models.TextField(help_text="The bytes in base64.")

    class Meta:
        db_table = "payroll_file"
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["payroll", "layout", "number"], name="payroll_file_one_of_a_number"),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name
