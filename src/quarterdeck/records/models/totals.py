"""The stored summary that every metric reads: facts summed to days and to calendar months.

It is a function of the current facts, kept right by adding, with every write, what the touched facts sum to now minus
what they summed to before (services.totals). `quarterdeck doctor` recomputes it and compares.

    grain  measure   starts_on   person_id  detail  n   amount_minor
    d      activity  2025-03-03  7          call    14  0
    m      activity  2025-03-01  7          call    291 0
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Total(models.Model):
    """Derived: one measure of one person (0: nobody known) on one day or in one calendar month, by slice (0: none)."""

    grain = models.CharField(max_length=1, choices=[("d", "day"), ("m", "calendar month")])
    measure = models.CharField(max_length=24)
    starts_on = models.DateField()
    person_id = models.BigIntegerField(default=0)
    product_id = models.BigIntegerField(default=0)
    segment_id = models.BigIntegerField(default=0)
    detail = models.CharField(max_length=100, default="", blank=True)
    n = models.BigIntegerField(default=0)
    amount_minor = models.BigIntegerField(default=0)
    n_days = models.BigIntegerField(default=0)

    class Meta:
        db_table = "total"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["grain", "measure", "starts_on", "person_id", "product_id", "segment_id", "detail"],
                name="total_key",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person_id", "grain", "measure", "starts_on"], name="total_by_person"),
            models.Index(fields=["id"], condition=Q(n=0, amount_minor=0, n_days=0), name="total_nothing"),
        ]

    def __str__(self) -> str:
        """Measure, day and person."""
        return f"{self.measure} {self.starts_on} {self.person_id}"
