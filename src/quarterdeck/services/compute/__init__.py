"""The engine alone on files: no database, no login, nothing stored.

    files ──connectors.files──> template rows ──inputs──> engine frames ──engine──> tables, written as CSV and JSON

For people who keep plans in git and data in a warehouse. Ids are the codes in the files.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from quarterdeck.engine.calendar.fiscal import FiscalCalendar
    from quarterdeck.services.compute.actions import computed_actions
    from quarterdeck.services.compute.cascade import computed_cascade, goal_in_units
    from quarterdeck.services.compute.inputs import Inputs, inputs
    from quarterdeck.services.compute.metrics import computed_metrics
    from quarterdeck.services.compute.outputs import written
    from quarterdeck.services.compute.pay_inputs import pay_facts
    from quarterdeck.services.compute.paying import (
        computed_pay,
        pay_summary,
        pay_tables,
        pay_written,
        plan_schema_text,
        read_plan,
        refuse_errors,
    )
    from quarterdeck.services.pay.starters import starter_text, starters

__all__ = [
    "FiscalCalendar",
    "Inputs",
    "computed_actions",
    "computed_cascade",
    "computed_metrics",
    "computed_pay",
    "goal_in_units",
    "inputs",
    "pay_facts",
    "pay_summary",
    "pay_tables",
    "pay_written",
    "plan_schema_text",
    "read_plan",
    "refuse_errors",
    "starter_text",
    "starters",
    "written",
]

_HOMES: Final = {
    "FiscalCalendar": "quarterdeck.engine.calendar.fiscal",
    "computed_actions": "quarterdeck.services.compute.actions",
    "computed_cascade": "quarterdeck.services.compute.cascade",
    "goal_in_units": "quarterdeck.services.compute.cascade",
    "Inputs": "quarterdeck.services.compute.inputs",
    "inputs": "quarterdeck.services.compute.inputs",
    "computed_metrics": "quarterdeck.services.compute.metrics",
    "written": "quarterdeck.services.compute.outputs",
    "pay_facts": "quarterdeck.services.compute.pay_inputs",
    "computed_pay": "quarterdeck.services.compute.paying",
    "pay_summary": "quarterdeck.services.compute.paying",
    "pay_tables": "quarterdeck.services.compute.paying",
    "pay_written": "quarterdeck.services.compute.paying",
    "plan_schema_text": "quarterdeck.services.compute.paying",
    "read_plan": "quarterdeck.services.compute.paying",
    "refuse_errors": "quarterdeck.services.compute.paying",
    "starter_text": "quarterdeck.services.pay.starters",
    "starters": "quarterdeck.services.pay.starters",
}
"""Where each name lives: a command loads what it needs, so that `compute plan` does not wait for pay or holidays."""


def __getattr__(name: str) -> Any:  # noqa: ANN401  whatever is asked for
    """A name of this package, its module loaded now."""
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(importlib.import_module(_HOMES[name]), name)
