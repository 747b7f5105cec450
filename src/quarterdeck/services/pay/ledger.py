"""What a run computed, as rows that are added and never changed.

engine   rita  credit  crm:o-17  before 0  after 4,800,000  band 2  720.00   ->   pay_line 1 of rita in run 4
         credit of January that the last run did not have (a late booking)    ->   pay_credit  value 900,000, was none
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from quarterdeck.records.models import (
    CompPlanVersion,
    PayCredit,
    PayLine,
    PayMeasure,
    PayPayout,
    PayRun,
    PaySettlement,
    Person,
)
from quarterdeck.services.bulk import rows_framed, rows_inserted
from quarterdeck.services.pay.settled import locked_runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quarterdeck.services.pay.computing import Computed
    from quarterdeck.services.pay.inputs import Part

_KEYS = ["measure", "person_id", "event_id"]


def outputs_stored(run: PayRun, found: Sequence[Computed]) -> None:
    """Every frame of every part, people by their ids."""
    codes = pl.DataFrame(
        list(Person.objects.values_list("code", "pk")), schema={"code": pl.String, "pk": pl.Int64}, orient="row"
    )
    plans = dict(CompPlanVersion.objects.values_list("pk", "plan_id"))
    for one in found:
        credited = _credits(one, plans[one.part.version])
        for model, frame in (
            (PayCredit, credited), (PayMeasure, one.frames["measures"]), (PayPayout, one.frames["payouts"]),
            (PaySettlement, one.frames["settlements"]), (PayLine, _numbered(one.frames["lines"])),
        ):  # fmt: skip
            rows = _of_people(frame, codes).with_columns(
                run_id=pl.lit(run.pk, pl.Int64), version_id=pl.lit(one.part.version, pl.Int64)
            )
            rows_inserted(model, rows)


def _of_people(frame: pl.DataFrame, codes: pl.DataFrame) -> pl.DataFrame:
    """Codes of people as ids; what the whole company did is nobody's."""
    rows = frame.join(codes, left_on="person_id", right_on="code", how="left", maintain_order="left")
    return rows.drop("person_id").rename({"pk": "person_id"})


def _numbered(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines with their place in the person's statement; texts that are not there are empty."""
    return lines.with_columns(
        *(pl.col(name).fill_null("") for name in ("component", "event_id", "rate", "multiplier")),
        number=pl.col("person_id").cum_count().over("person_id").cast(pl.Int64),
    )


def _credits(one: Computed, plan_id: int) -> pl.DataFrame:
    """Credits of the period, and of earlier ones what is not what the run before had: new, changed, gone."""
    rows = one.frames["credits"].select(*_KEYS, "happened_on", "value")
    is_now = pl.col("happened_on") >= one.part.starts_on
    was = _known_before(plan_id, one.part)
    if not was.height:
        return rows.filter(is_now).with_columns(was=pl.lit(None, pl.Int64))
    both = rows.filter(~is_now).join(was, on=_KEYS, how="full", coalesce=True, suffix="_then")
    both = both.with_columns(
        happened_on=pl.coalesce("happened_on", "happened_on_then"), value=pl.col("value").fill_null(0)
    )
    changed = both.filter(
        pl.col("value").ne_missing(pl.col("was")) & ~((pl.col("value") == 0) & pl.col("was").is_null())
    )
    now = rows.filter(is_now).with_columns(was=pl.lit(None, pl.Int64))
    return pl.concat([now, changed.select(now.columns)])


def _known_before(plan_id: int, part: Part) -> pl.DataFrame:
    """The last value of every credit of the part's days before its period, by locked runs of the plan."""
    kept = PayCredit.objects.filter(
        version__plan_id=plan_id, run__in=locked_runs(), happened_on__gte=part.begins, happened_on__lt=part.starts_on
    )
    names = ("measure", "person__code", "event_id", "happened_on", "value")
    rows = rows_framed(kept.order_by("run__starts_on", "pk"), *names)
    rows = rows.with_columns(pl.col("person__code").fill_null("*"))  # engine.pay.credits.COMPANY
    rows = rows.rename({"person__code": "person_id", "happened_on": "happened_on_then", "value": "was"})
    return rows.unique(_KEYS, keep="last", maintain_order=True)
