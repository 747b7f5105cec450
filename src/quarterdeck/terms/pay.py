"""What pay reads and writes: one `Table` per frame, from events to statement lines.

    events -> credits -> measures -> payouts -> settlements, explained by lines

Ids are codes. Amounts are whole minor units of the plan's currency; `value` is minor units, or a count, by the measure.
Exact decimals that are no amounts (rates of exchange, quotas, shares) are text, so that no float ever touches them.
"""

from __future__ import annotations

from typing import Final

from quarterdeck.terms.tables import Column, Table

LINE_KINDS: Final = (
    "credit", "restated", "cap", "floor", "pool", "correction", "guarantee", "draw", "recovery", "held", "released", "carried",
)  # fmt: skip

# fmt: off
_FROM = Column("effective_from", "day", "First day on which this is so; empty means always.", is_required=False)
_TO = Column("effective_to", "day", "First day no longer so; empty means still so.", is_required=False)
_PERSON = Column("person_id", "id", "Who is paid.")
_STARTS = Column("starts_on", "day", "First day of the pay period.")
_ENDS = Column("ends_on", "day", "First day after it.")
_COMPONENT = Column("component", "text", "Which component of the plan; empty for the whole of it.", is_required=False)

PAY_EVENTS: Final = Table(
    "pay_events", "thing that happened", "What pay is made of: orders, invoices, meetings, returns. Further columns can be asked for in conditions.",
    (
        Column("event_id", "id", "Known by this; a second row with it is refused."),
        Column("happened_on", "day", "The day on which it counts."),
        Column("person_id", "id", "Whose it is; may be empty where a file of splits says so.", is_required=False),
        Column("amount_minor", "money", "What it is worth, in its currency; below zero takes back.", is_required=False),
        Column("currency", "text", "ISO 4217; empty means the plan's.", is_required=False),
        Column("quantity", "count", "How many; empty means one, below zero takes back.", is_required=False),
        Column("deal_id", "id", "Events of one deal are judged together by the window `deal`; empty means alone.", is_required=False),
        Column("invoiced_on", "day", "When it was invoiced, for components released by invoice.", is_required=False),
        Column("credited_on", "day", "Whose line of reporting and team of this day are credited; empty means `happened_on`. What takes a sale back names the day of the sale.", is_required=False),
    ),
    ("event_id",),
)

PAY_PEOPLE: Final = Table(
    "pay_people", "person and the time during which all of the row is so", "Who is paid by the plan, and to whom they report.",
    (
        _PERSON, Column("manager_id", "id", "To whom they report; the way up for roll-ups.", is_required=False),
        Column("team_id", "id", "Their team, for team credit.", is_required=False),
        Column("hat", "text", "rep, manager, ...: what a plan's `who` asks for.", is_required=False), _FROM, _TO,
    ),
)

PAY_VALUES: Final = Table(
    "pay_values", "person, name and time", "What differs by person: quota, rate, draw, cap, target pay. An empty person is everybody without a row of their own.",
    (
        Column("person_id", "id", "Whose; empty is everybody else's.", is_required=False), Column("name", "text", "Which value of the plan."),
        Column("value", "text", "An exact decimal; money in the currency's own unit (90000.00), ratios as 0.08 or 8%."), _FROM, _TO,
    ),
)

PAY_SPLITS: Final = Table(
    "pay_splits", "event, person and role", "Who shares an event, or is credited beside its owner.",
    (
        Column("event_id", "id", "Of which event."), _PERSON, Column("role", "text", "As what; a plan asks for it.", is_required=False),
        Column("share", "text", "An exact share: 0.5 or 50%."),
    ),
    ("event_id", "person_id", "role"),
)

PAY_EXCHANGE: Final = Table(
    "pay_exchange", "currency and day from which the rate holds", "What one unit of a currency was worth in the plan's currency.",
    (Column("currency", "text", "The foreign currency."), Column("on", "day", "From this day until the next row."),
     Column("rate", "text", "Plan currency per unit, an exact decimal.")),
    ("currency", "on"),
)

PAY_RECEIPTS: Final = Table(
    "pay_receipts", "payment for an event", "Money received, for components released by cash; in the event's currency.",
    (Column("event_id", "id", "For which event."), Column("paid_on", "day", "When."), Column("amount_minor", "money", "How much.")),
)

PAY_SETTLED: Final = Table(
    "pay_settled", "person, component and pay period", "What locked periods were settled at; a run posts the difference in the first open period.",
    (
        _PERSON, _COMPONENT, _STARTS, Column("amount_minor", "money", "What was settled."),
        Column("posted_on", "day", "First day of the period in which it was posted; empty means its own.", is_required=False),
        Column("held_minor", "money", "What was held back of it, less what was released; empty means as computed now.", is_required=False),
    ),
)

CREDITS: Final = Table(
    "credits", "measure, person and event", "Whose event it is, and how much of it.",
    (
        Column("measure", "text", "Which measure."), _PERSON, Column("event_id", "id", "Which event."), Column("happened_on", "day", "When."),
        Column("deal_id", "id", "The deal it is judged with."), Column("value", "money", "Minor units of the plan's currency, or a count."),
    ),
    ("measure", "person_id", "event_id"),
)

MEASURES: Final = Table(
    "measures", "measure, person and pay period", "What was reached, to date in its window.",
    (
        Column("measure", "text", "Which measure."), _PERSON, _STARTS, _ENDS,
        Column("value", "money", "In this period alone: minor units, or a count."),
        Column("to_date", "money", "In the window up to the period's end."),
        Column("target", "money", "The target it is held against, rounded; empty without one.", is_required=False),
        Column("attainment", "ratio", "to_date / target, for reading; pay is computed from the exact one.", is_required=False),
    ),
    ("measure", "person_id", "starts_on"),
)

PAYOUTS: Final = Table(
    "payouts", "component, person and pay period", "What a component pays for a period.",
    (
        _COMPONENT, _PERSON, _STARTS, _ENDS,
        Column("before_minor", "money", "Earned in the window up to the period before."),
        Column("to_date_minor", "money", "Earned in the window up to the period's end; for windows of one period or deal, in it."),
        Column("withheld_minor", "money", "Kept back by the period's cap (negative: added by its floor, or paid out of what was carried)."),
        Column("amount_minor", "money", "to_date - before - withheld: what this period pays."),
    ),
    ("component", "person_id", "starts_on"),
)

SETTLEMENTS: Final = Table(
    "settlements", "person and pay period", "What is paid out, and which balances remain.",
    (
        _PERSON, _STARTS, _ENDS,
        Column("earned_minor", "money", "Payouts of the period, all components; of a locked period, what was settled."),
        Column("corrected_minor", "money", "Differences of locked periods, posted here."),
        Column("held_minor", "money", "Earned but not released yet (negative: released now)."),
        Column("brought_minor", "money", "Negative rest of the period before, zero or less."),
        Column("guaranteed_minor", "money", "Added up to the guarantee."),
        Column("drawn_minor", "money", "Advanced by the draw."),
        Column("recovered_minor", "money", "Kept back to repay earlier draws."),
        Column("carried_minor", "money", "Negative rest left to the next period, zero or less."),
        Column("paid_minor", "money", "What is paid: never below zero unless the plan says so."),
        Column("debt_minor", "money", "Draw still to be repaid, after this period."),
    ),
    ("person_id", "starts_on"),
)

STATEMENT_LINES: Final = Table(
    "statement_lines", "one step of a payout or settlement", "Every step from zero to what is paid; they sum to it exactly.",
    (
        _PERSON, _STARTS, _COMPONENT, Column("kind", "choice", "What kind of step.", choices=LINE_KINDS),
        Column("event_id", "id", "For which event.", is_required=False), Column("happened_on", "day", "When.", is_required=False),
        Column("for_starts_on", "day", "The locked period that a correction is for.", is_required=False),
        Column("value", "money", "What was credited.", is_required=False),
        Column("before", "money", "The measure before, to date.", is_required=False), Column("after", "money", "And after.", is_required=False),
        Column("band", "count", "The band of the rate table reached, from 1; 0 is below the table.", is_required=False),
        Column("rate", "text", "The component's own rate (or amount for each thing, in minor units), exact; what a multiplier stands on.", is_required=False),
        Column("multiplier", "text", "What the component's multiplier came to, exact.", is_required=False),
        Column("amount_minor", "money", "What this step adds."),
    ),
)

AMORTISATIONS: Final = Table(
    "amortisations", "pay period and month of expense", "Paid commissions that are capitalised, as expense by month (ASC 340-40).",
    (_STARTS, Column("expensed_on", "day", "First day of the month of expense."), Column("amount_minor", "money", "The expense.")),
    ("starts_on", "expensed_on"),
)

PAY_COSTS: Final = Table(
    "pay_costs", "pay period, month of posting and span", "What pay cost, by the period it is of and by when it was posted.",
    (
        _STARTS, Column("posted_on", "day", "First day of the pay period in which it was posted."),
        Column("n_months", "count", "Over how many months it serves; 0 is expensed at once."),
        Column("amount_minor", "money", "The cost; below zero takes back."),
    ),
)

CAPITALISATION: Final = Table(
    "capitalisation", "month", "The asset of capitalised commissions from its opening to its closing (ASC 340-40).",
    (
        Column("month", "day", "First day of the month."),
        Column("opening_minor", "money", "The asset at its beginning."),
        Column("additions_minor", "money", "Capitalised in it, corrections of earlier periods among them."),
        Column("amortised_minor", "money", "Expensed of what was capitalised."),
        Column("closing_minor", "money", "opening + additions - amortised."),
        Column("expensed_minor", "money", "Expensed at once."),
    ),
    ("month",),
)

CAPITALISED_RUNS: Final = Table(
    "capitalised_runs", "pay period and span", "What was capitalised of a pay period's cost, and what is left of it.",
    (
        _STARTS, Column("n_months", "count", "Over how many months."), Column("ends_on", "day", "First day of the last of them."),
        Column("additions_minor", "money", "Capitalised, with what was corrected since."),
        Column("amortised_minor", "money", "Expensed of it so far."), Column("closing_minor", "money", "What is left."),
    ),
    ("starts_on", "n_months"),
)

PAY_INPUTS: Final[dict[str, Table]] = {
    table.name: table for table in (PAY_EVENTS, PAY_PEOPLE, PAY_VALUES, PAY_SPLITS, PAY_EXCHANGE, PAY_RECEIPTS, PAY_SETTLED)
}
PAY_OUTPUTS: Final[dict[str, Table]] = {
    table.name: table for table in (CREDITS, MEASURES, PAYOUTS, SETTLEMENTS, STATEMENT_LINES, AMORTISATIONS)
}
