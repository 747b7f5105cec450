"""The stored summary that every metric reads: facts summed to days and to calendar months.

It is a function of the current facts, kept right by adding, with every write, what the touched facts sum to now minus
what they summed to before (services.totals). `quarterdeck doctor` recomputes it and compares.

    person_id  grain  measure   starts_on   detail  n   amount_minor
    7          d      activity  2025-03-03  call    14  0
    7          m      activity  2025-03-01  call    291 0
    7          pd     activity  2025-03-03          19  0                 whatever the kind, the product, the segment
    7          pm     activity  2025-03-01          402 0

The key lies in the order in which figures are read: person by person. On SQLite the rows themselves do (migration 3).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Total(models.Model):
    """Derived: one measure of one person (0: nobody known) on one day or in one calendar month, by slice (0: none)."""

    pk = models.CompositePrimaryKey("person_id", "grain", "measure", "starts_on", "product_id", "segment_id", "detail")
    grain = models.CharField(
        max_length=2,
        choices=[
            ("d", "day by slice"), ("m", "calendar month by slice"),
            ("pd", "day of the person"), ("pm", "calendar month of the person"),
        ],
    )  # fmt: skip
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
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person_id"], condition=Q(n=0, amount_minor=0, n_days=0), name="total_nothing"),
        ]

    def __str__(self) -> str:
        """Measure, day and person."""
        return f"{self.measure} {self.starts_on} {self.person_id}"
