"""What the engine reads and writes: one `Table` per frame.

Ids are whatever the caller joins on: integers from the database, codes from files. Days are dates, amounts whole minor
units of the company's currency. `effective_to` is the first day no longer so; empty means still so.
"""

from __future__ import annotations

from typing import Final

from quarterdeck.terms.tables import Column, Table
from quarterdeck.terms.templates import ACTIVITY_KINDS, FORECAST_CATEGORIES, HATS, HOLDER_KINDS, STAGE_KINDS

# fmt: off
_FROM = Column("effective_from", "day", "First day on which this is so; empty means always.", is_required=False)
_TO = Column("effective_to", "day", "First day no longer so; empty means still so.", is_required=False)
_PERSON = Column("person_id", "id", "Who it counts for; empty means nobody is known.", is_required=False)
_ACCOUNT = Column("account_id", "id", "With which account.", is_required=False)
_PRODUCT = Column("product_id", "id", "Which product.", is_required=False)
_SEGMENT = Column("segment_id", "id", "The account's segment.", is_required=False)

TEAMS: Final = Table(
    "teams", "team under a parent for a time", "The tree of teams as dated edges.",
    (Column("team_id", "id", "The team."), Column("parent_id", "id", "The team above; empty for a root.", is_required=False), _FROM, _TO),
)

SEATS: Final = Table(
    "seats", "person in a position for a time", "Who sat where, with which hat.",
    (
        Column("position_id", "id", "The seat."), Column("person_id", "id", "Who holds it; empty while vacant.", is_required=False),
        Column("team_id", "id", "The team it belongs to."), Column("hat", "choice", "What its holder does.", choices=HATS), _FROM, _TO,
    ),
)

OPPORTUNITY_STATES: Final = Table(
    "opportunity_states", "opportunity from one change to the next", "The stage history, gap-free per opportunity.",
    (
        Column("opportunity_id", "id", "The deal."), _FROM, _TO,
        Column("stage", "text", "Where it stood, in the company's words."),
        Column("stage_kind", "choice", "Open, won or lost.", choices=STAGE_KINDS),
        Column("forecast_category", "choice", "What its owner promised.", is_required=False, choices=FORECAST_CATEGORIES),
        _PERSON, _ACCOUNT, _PRODUCT, _SEGMENT,
        Column("amount_minor", "money", "What it was worth; empty means not said.", is_required=False),
        Column("close_on", "day", "Expected close.", is_required=False),
        Column("opened_on", "day", "The day the deal began; the same in all its rows.", is_required=False),
    ),
)

ACTIVITIES: Final = Table(
    "activities", "activity", "What people did.",
    (
        Column("activity_id", "id", "The activity."), _PERSON, Column("kind", "choice", "What it was.", choices=ACTIVITY_KINDS),
        Column("happened_on", "day", "When."), _ACCOUNT, Column("opportunity_id", "id", "About which deal.", is_required=False),
        Column("minutes", "count", "How long.", is_required=False, unit="minutes"),
    ),
    ("activity_id",),
)

BOOKINGS: Final = Table(
    "bookings", "order or invoice line", "What was booked.",
    (
        Column("booking_id", "id", "The line."), _PERSON, Column("booked_on", "day", "When it counts."), _ACCOUNT, _PRODUCT, _SEGMENT,
        Column("amount_minor", "money", "Its value."),
    ),
    ("booking_id",),
)

RETURNS: Final = Table(
    "returns", "return", "What came back; positive.",
    (
        Column("return_id", "id", "The return."), _PERSON, Column("returned_on", "day", "When it counts."), _ACCOUNT, _PRODUCT, _SEGMENT,
        Column("amount_minor", "money", "Its value."),
    ),
    ("return_id",),
)

PAYMENTS: Final = Table(
    "payments", "payment", "Money received.",
    (
        Column("payment_id", "id", "The payment."), _PERSON, Column("paid_on", "day", "When."), _ACCOUNT, _PRODUCT, _SEGMENT,
        Column("amount_minor", "money", "How much."),
    ),
    ("payment_id",),
)

TOTALS: Final = Table(
    "totals", "measure, person, day and slice", "Facts summed to days (or months): all a metric ever reads.",
    (
        Column("measure", "text", "What is summed; see engine.metrics.measures."),
        Column("starts_on", "day", "The day, or the first day of the calendar month."), _PERSON, _PRODUCT, _SEGMENT,
        Column("detail", "text", "Activity kind, stage name, or empty."),
        Column("n", "count", "How many; negative where things leave a stock."),
        Column("amount_minor", "money", "How much."),
        Column("n_days", "count", "Days taken, for durations.", unit="days"),
    ),
    ("measure", "starts_on", "person_id", "product_id", "segment_id", "detail"),
)

TARGETS: Final = Table(
    "targets", "holder, metric and fiscal period", "Numbers to reach.",
    (
        Column("holder_kind", "choice", "Person, team, position or territory.", choices=HOLDER_KINDS), Column("holder_id", "id", "Which."),
        Column("metric", "text", "Of what."), Column("starts_on", "day", "First day of the period."),
        Column("ends_on", "day", "First day after it."), Column("amount", "money", "Minor units, or a count."),
    ),
    ("holder_kind", "holder_id", "metric", "starts_on", "ends_on"),
)

WORK_DAYS: Final = Table(
    "work_days", "person and day on which they work", "Working time after holidays, leave and part time.",
    (Column("person_id", "id", "Who."), Column("day", "day", "When."), Column("share", "ratio", "Share of a full day worked, above zero.")),
    ("person_id", "day"),
)

METRIC_VALUES: Final = Table(
    "metric_values", "metric, holder, period and slice", "What a metric is for a holder in a period, with what it is made of.",
    (
        Column("metric", "text", "Which metric."), Column("holder_kind", "choice", "Person or team.", choices=HOLDER_KINDS),
        Column("holder_id", "id", "Which."), Column("starts_on", "day", "First day."), Column("ends_on", "day", "First day after."),
        Column("slice", "text", "The slice's value, empty for all."),
        Column("value", "ratio", "Minor units, a count, days or a ratio, by the metric's unit; empty when not defined.",
          is_required=False),
        Column("numerator", "ratio", "What is divided, exact up to 2^53.", is_required=False),
        Column("denominator", "ratio", "What it is divided by; empty for plain sums.", is_required=False),
    ),
)

NODES: Final = Table(
    "nodes", "node of the tree down which a goal goes", "Who gets a share of a goal, and by which weight.",
    (
        Column("node_id", "text", "Team, person or position, as kind:id."),
        Column("parent_id", "text", "The node above; empty for the root.", is_required=False),
        Column("weight", "money", "Its weight among its siblings; empty is the sum of the leaves below.", is_required=False),
    ),
)

CELLS: Final = Table(
    "cells", "node of the tree and fiscal month", "A cascaded goal, with each cell's derivation.",
    (
        Column("node_id", "id", "Team, person or position, as kind:id."), Column("parent_id", "id", "The node above.", is_required=False),
        Column("starts_on", "day", "First day of the month."), Column("ends_on", "day", "First day after it."),
        Column("amount", "money", "Minor units, or a count."), Column("derivation", "text", "Why it is this much, as JSON."),
    ),
    ("node_id", "starts_on"),
)

PINS: Final = Table(
    "pins", "node and month, or node and year", "Cells fixed by hand; the rest of a plan is spread around them.",
    (
        Column("node_id", "text", "Team, person or position, as kind:id."),
        Column("starts_on", "day", "First day of the month; empty pins the year.", is_required=False),
        Column("amount", "money", "Minor units, or a count; empty in an edit takes the pin away.", is_required=False),
    ),
    ("node_id", "starts_on"),
)

RAILS: Final = Table(
    "rails", "node", "The least and the most that a node's year may come to.",
    (
        Column("node_id", "text", "Team, person or position, as kind:id."),
        Column("minimum", "money", "At least this; empty is zero.", is_required=False),
        Column("maximum", "money", "At most this; empty is no bound.", is_required=False),
    ),
    ("node_id",),
)

FACTORS: Final = Table(
    "factors", "node, fiscal month and cause", "How much of a full month somebody carries; causes of a month multiply.",
    (
        Column("node_id", "text", "Team, person or position; everyone below a team."),
        Column("starts_on", "day", "First day of the month."),
        Column("factor", "ratio", "Share of a full month, zero or more; read to the millionth."),
    ),
)

DATED_FACTORS: Final = Table(
    "dated_factors", "node, cause and stretch of days", "Ramps, part time, leave and vacancies as dated shares of full capacity.",
    (
        Column("node_id", "text", "Team, person or position, as kind:id."),
        Column("factor", "ratio", "Share of full capacity, zero or more."), _FROM, _TO,
    ),
)

RECONCILIATION: Final = Table(
    "reconciliation", "layer, node and month, or its year", "Every parent against its children, every year against its months.",
    (
        Column("layer", "text", "plan or street."), Column("node_id", "text", "The node."),
        Column("kind", "text", "children: the nodes below it; year: its own months."),
        Column("starts_on", "day", "First day of the month; empty for the year.", is_required=False),
        Column("amount", "money", "What it says."), Column("below", "money", "What the sum says."),
        Column("difference", "money", "The one less the other; zero when all is well."),
    ),
    ("layer", "node_id", "kind", "starts_on"),
)

EXPLANATION: Final = Table(
    "explanation", "step from a cell up to the goal", "How one number of a plan came about.",
    (
        Column("step", "count", "0 is the cell itself."), Column("node_id", "text", "Whose amount."),
        Column("starts_on", "day", "First day of the month; empty for the year.", is_required=False),
        Column("amount", "money", "Minor units, or a count."), Column("rule", "text", "What decided it."),
        Column("derivation", "text", "Why it is this much, as JSON."),
    ),
    ("step",),
)

MOVED_QUOTA: Final = Table(
    "moved_quota", "period", "What of a quota stays with its holder and what goes to the next one.",
    (
        Column("starts_on", "day", "First day of the period."), Column("ends_on", "day", "First day after it."),
        Column("amount", "money", "The whole, minor units or a count."), Column("kept", "money", "The old holder's part."),
        Column("moved", "money", "The new holder's part."),
    ),
    ("starts_on",),
)

AMENDMENT: Final = Table(
    "amendment", "layer, node and month", "What a re-plan changes.",
    (
        Column("layer", "text", "plan or street."), Column("node_id", "text", "Whose."),
        Column("starts_on", "day", "First day of the month."), Column("before", "money", "As it was."),
        Column("after", "money", "As it is now."), Column("difference", "money", "After less before; never zero."),
    ),
    ("layer", "node_id", "starts_on"),
)

GOAL_PARTS: Final = Table(
    "goal_parts", "part of a goal", "What a goal is made of: new, expansion and retained business, or other parts.",
    (Column("part", "text", "Which part."), Column("amount", "money", "Minor units, or a count.")),
    ("part",),
)

FRAMES: Final[dict[str, Table]] = {
    table.name: table
    for table in (
        TEAMS, SEATS, OPPORTUNITY_STATES, ACTIVITIES, BOOKINGS, RETURNS, PAYMENTS, TOTALS, TARGETS, WORK_DAYS,
        METRIC_VALUES, NODES, CELLS, PINS, RAILS, FACTORS, DATED_FACTORS,
        RECONCILIATION, EXPLANATION, MOVED_QUOTA, AMENDMENT, GOAL_PARTS,
    )
}
