"""What locked runs have settled: what the next run holds its own figures against.

run of January, locked    commission 720.00                              ->   January  720.00
run of March, locked      commission 510.00, correction -40.00 of January ->  March    510.00
                                                                              January  -40.00, posted in March
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from django.db.models import Exists, OuterRef

from quarterdeck.records.models import PayLine, PayPayout, PayRun, PayRunState
from quarterdeck.services.bulk import rows_framed

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

LOCKED: Final = ("locked", "paid")
CORRECTION: Final = "correction"
HELD: Final = ("held", "released")
SETTLED: Final[dict[str, Any]] = {
    "person_id": pl.String, "component": pl.String, "starts_on": pl.Date, "amount_minor": pl.Int64,
    "posted_on": pl.Date, "held_minor": pl.Int64,
}  # fmt: skip


def locked_runs() -> QuerySet[PayRun]:
    """Runs whose periods are closed."""
    return PayRun.objects.filter(Exists(PayRunState.objects.filter(run=OuterRef("pk"), state="locked")))


def is_settled(plan_id: int, since: dt.date) -> bool:
    """Whether a locked run paid anything by a plan for a period from that day on."""
    return PayPayout.objects.filter(version__plan_id=plan_id, run__starts_on__gte=since, run__in=locked_runs()).exists()


def settled_rows(plan_id: int, begins: dt.date, ends: dt.date, few: Collection[str] | None = None) -> pl.DataFrame:
    """PAY_SETTLED of a plan for periods of the days `[begins, ends)`, with the period in which each was posted."""
    runs: dict[str, Any] = {"version__plan_id": plan_id, "run__in": locked_runs()}
    if few is not None:
        runs["person__code__in"] = list(few)
    names = ("person__code", "component", "run__starts_on", "amount_minor")
    paid = rows_framed(PayPayout.objects.filter(**runs).order_by("pk"), *names)
    own = paid.select(
        "component", "amount_minor", person_id="person__code", starts_on="run__starts_on", posted_on="run__starts_on",
        held_minor=pl.lit(0, pl.Int64),
    )  # fmt: skip
    lines = PayLine.objects.filter(**runs, kind__in=[CORRECTION, *HELD]).order_by("pk")
    posted = rows_framed(lines, *names, "for_starts_on", "kind")
    is_correction = pl.col("kind") == CORRECTION
    later = posted.select(
        "component", person_id="person__code", posted_on="run__starts_on",
        starts_on=pl.coalesce("for_starts_on", "run__starts_on"),
        amount_minor=pl.when(is_correction).then("amount_minor").otherwise(0),
        held_minor=pl.when(is_correction).then(0).otherwise(-pl.col("amount_minor")),
    )  # fmt: skip
    found = pl.concat(
        [frame.select(pl.col(name).cast(kind) for name, kind in SETTLED.items()) for frame in (own, later)]
    )
    found = found.filter(pl.col("starts_on") >= begins, pl.col("starts_on") < ends)
    keys = ["person_id", "component", "starts_on", "posted_on"]
    return found.group_by(keys).agg(pl.col("amount_minor", "held_minor").sum()).select(list(SETTLED)).sort(keys)
