"""Metrics of people or teams, by period, from files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import narwhals as nw

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.engine.metrics.values import metric_values

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from quarterdeck.engine.metrics.definitions import Slice
    from quarterdeck.services.compute.inputs import Inputs
    from quarterdeck.terms.period import PeriodKind
    from quarterdeck.terms.tables import Frame


def computed_metrics(  # noqa: PLR0913  each argument is a dimension of the question
    given: Inputs,
    *,
    metrics: Sequence[str] = (),
    by: Literal["person", "team"] = "team",
    period: PeriodKind = "year",
    starts_on: dt.date | None = None,
    as_of: dt.date,
    slice_by: Slice | None = None,
    calendar: FiscalCalendar | None = None,
) -> Frame:
    """METRIC_VALUES of every holder of a kind, by period from `starts_on` (the first fact) to `as_of`.

    Without `metrics`, all that need no target and can be sliced as asked. Raises Refusal for what is no metric.
    """
    chosen = list(metrics) or [
        metric.name
        for metric in METRICS.values()
        if (metric.terms or metric.factors) and (slice_by is None or slice_by in metric.slices)
    ]
    ids = given.teams["team_id"] if by == "team" else given.seats["person_id"]
    known = sorted(set(ids.drop_nulls().to_list()))
    holders = nw.from_dict({"holder_kind": [by] * len(known), "holder_id": known},
                           {"holder_kind": nw.String, "holder_id": nw.String}, backend="polars")  # fmt: skip
    first = starts_on or given.totals["starts_on"].min() or as_of
    cut = (calendar or FiscalCalendar()).periods(first, as_of, period)
    return metric_values(chosen, given.totals, given.memberships, holders, cut, as_of, slice_by=slice_by)
