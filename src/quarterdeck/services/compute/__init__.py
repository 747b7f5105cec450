"""The engine alone on files: no database, no login, nothing stored.

    files ──connectors.files──> template rows ──inputs──> engine frames ──engine──> tables, written as CSV and JSON

For people who keep plans in git and data in a warehouse. Ids are the codes in the files.
"""

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
