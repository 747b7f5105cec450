"""The frames of planning: capacity, parts of growth, territories, dated activities, fairness, progress of goals.

One `Table` per frame, as in `frames`, which lists them all. Amounts are whole minor units; ratios and expected heads
are floats; `because` is JSON that names the convention used:

    CAPACITY   2025-01-01  n_heads 2.0  ramped_heads 1.25  capacity_minor 1,250,000  target_minor 2,000,000
"""

from __future__ import annotations

from typing import Final

from quarterdeck.terms.tables import Column, Table

_STARTS: Final = Column("starts_on", "day", "First day of the month.")
_ENDS: Final = Column("ends_on", "day", "First day after it.")
_BECAUSE: Final = Column("because", "text", "Why it is this much, with the convention used, as JSON.")

COHORTS: Final = Table(
    "cohorts",
    "people who started on one day",
    "Who sells, or will, and what one of them brings in a month when fully ramped.",
    (
        Column("cohort_id", "id", "The cohort; a person is a cohort of one."),
        Column("n_heads", "count", "How many started."),
        Column("starts_on", "day", "Their first day."),
        Column("ends_on", "day", "First day no longer there, where known.", is_required=False),
        Column("productive_minor", "money", "What a fully ramped head brings in a month."),
    ),
    ("cohort_id",),
)

CAPACITY: Final = Table(
    "capacity",
    "fiscal month",
    "What the people there can bring, against the target.",
    (
        _STARTS,
        _ENDS,
        Column("n_heads", "ratio", "Heads expected, after attrition."),
        Column("ramped_heads", "ratio", "The same in fully ramped heads."),
        Column("capacity_minor", "money", "What they can bring."),
        Column("target_minor", "money", "What is wanted; empty without a target.", is_required=False),
        Column("gap_minor", "money", "Capacity less target; below zero is missing.", is_required=False),
        _BECAUSE,
    ),
)

BRIDGE: Final = Table(
    "bridge",
    "part of a change",
    "From one amount to another; the parts between start and end add up.",
    (
        Column("part", "text", "start, what changed, end."),
        Column("amount_minor", "money", "How much it adds; below zero takes away."),
        _BECAUSE,
    ),
    ("part",),
)

HIRE_OPTIONS: Final = Table(
    "hire_options",
    "month in which people could start",
    "How many hires close a gap if all start then.",
    (
        _STARTS,
        Column("one_hire_minor", "money", "What one hire brings until the end of the plan."),
        Column("n_hires", "count", "Hires needed; empty when one brings nothing in time.", is_required=False),
        Column("open_seat_by", "day", "The last day to open the seat, given the time to fill it."),
        Column("is_in_time", "flag", "Whether that day is still to come."),
        _BECAUSE,
    ),
    ("starts_on",),
)

SENSITIVITY: Final = Table(
    "sensitivity",
    "driver and change of it",
    "What a result becomes when one driver changes and the others stay.",
    (
        Column("driver", "text", "Which input."),
        Column("change", "ratio", "By which share it changes."),
        Column("driver_value", "ratio", "What it becomes."),
        Column("result", "ratio", "What the result becomes; empty when refused.", is_required=False),
        Column("difference", "ratio", "Less the result as it stands.", is_required=False),
    ),
    ("driver", "change"),
)

PLANNING_FRAMES: Final[dict[str, Table]] = {
    table.name: table for table in (COHORTS, CAPACITY, BRIDGE, HIRE_OPTIONS, SENSITIVITY)
}
