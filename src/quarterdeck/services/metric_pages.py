"""Metrics and fiscal months as pages show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.metrics.definitions import METRICS, metric_named

__all__ = ["definitions", "flows", "metric_named", "months_of"]

if TYPE_CHECKING:
    import datetime as dt

    from quarterdeck.engine.metrics.definitions import Metric
    from quarterdeck.terms.period import Period


def definitions() -> list[Metric]:
    """Every metric, by title."""
    return sorted(METRICS.values(), key=lambda metric: metric.title)


def flows() -> list[Metric]:
    """Metrics that add up over people and months, which desks may open with."""
    return [metric for metric in definitions() if metric.kind == "flow"]


def months_of(rule: dict[str, Any], day: dt.date) -> list[Period]:
    """The fiscal months of the year in which a day lies, by a calendar that may not be kept yet. Raises Refusal."""
    found = FiscalCalendar.from_dict(rule)
    return found.months(found.year_of(day))
