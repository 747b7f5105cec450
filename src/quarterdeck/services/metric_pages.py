"""Metrics and fiscal months as pages show them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import quarterdeck
from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.metrics.definitions import METRICS, metric_named
from quarterdeck.services.listing import Listing, whole
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.tables import Column

__all__ = [
    "definitions",
    "definitions_listing",
    "flows",
    "has_methods",
    "method_text",
    "metric_named",
    "months_of",
]
METHODS: Final = Path(quarterdeck.__file__).resolve().parents[2] / "docs" / "methods"

if TYPE_CHECKING:
    import datetime as dt

    from quarterdeck.engine.metrics.definitions import Metric
    from quarterdeck.terms.period import Period


def definitions() -> list[Metric]:
    """Every metric, by title."""
    return sorted(METRICS.values(), key=lambda metric: metric.title)


def definitions_listing() -> Listing[Any]:
    """Every metric as a file holds it."""
    names = ("name", "title", "about", "formula", "unit", "kind", "method")
    columns = tuple(Column(name, "text", f"The metric's {name}.") for name in names)
    return whole("Metrics", columns, definitions())


def method_text(name: str) -> str:
    """A page of docs/methods as it is written, in Markdown. Raises Refusal where there is none."""
    pages = {page.stem: page for page in METHODS.glob("*.md")}
    if name not in pages:
        raise Refusal(
            "The method was not shown.", f"There is no page '{name[:40]}' in {METHODS.parent.name}/{METHODS.name}.",
            "Choose a metric of the list.", "not_visible",
        )  # fmt: skip
    return pages[name].read_text(encoding="utf-8")


def has_methods() -> bool:
    """Whether the method pages lie beside the code, as they do in a checkout; a bare package has none."""
    return METHODS.is_dir()


def flows() -> list[Metric]:
    """Metrics that add up over people and months, which desks may open with."""
    return [metric for metric in definitions() if metric.kind == "flow"]


def months_of(rule: dict[str, Any], day: dt.date) -> list[Period]:
    """The fiscal months of the year in which a day lies, by a calendar that may not be kept yet. Raises Refusal."""
    found = FiscalCalendar.from_dict(rule)
    return found.months(found.year_of(day))
