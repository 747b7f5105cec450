"""What each key of a plan file means, in a sentence: for the JSON Schema, the reference page and the form.

component.gate   ->   "A condition: while false, nothing is paid to date."
"""

from __future__ import annotations

from typing import Final

ABOUT: Final[dict[str, dict[str, str]]] = {
    "plan": {
        "plan": "The plan's name. A file with the same name is a new version of it.",
        "title": "The name for people.",
        "currency": "Of all amounts, ISO 4217.",
        "effective_from": "First day.",
        "effective_to": "First day no longer.",
        "calendar": "The fiscal calendar, e.g. {first_month: 7, names_year_by: end}; the calendar year when left out.",
        "period": "How often is paid.",
        "who": "A condition on people: who of those in the file is paid. Left out: everybody.",
        "values": "What differs by person: quota, rate, draw, cap, target pay.",
        "tables": "Rate tables that several components use, by name.",
        "measures": "What is measured, by name.",
        "components": "What is paid on the measures.",
        "settlement": "What becomes of payouts: guarantee, draw, a rest below zero.",
        "capitalise_months": "Over how many months commissions are expensed (ASC 340-40).",
        "examples": "Worked examples: run at publication, which fails where one fails.",
    },
    "value": {
        "unit": "What it is.",
        "default": "What it is for whom nobody says it; without, such a person is not paid but found.",
        "per": "The stretch it is meant for: each pay period has its even part, a window sums them.",
    },
    "measure": {
        "credit": "Who is credited.",
        "of": "What of an event counts: its amount, its quantity, or the event itself.",
        "as": "How events become one number.",
        "window": "The stretch over which it is summed, to date.",
        "periods": "Of a rolling window: how many pay periods.",
        "where": "A condition on events: which count.",
        "weights": "How much of an event counts: the first that holds decides; none holds: no credit.",
        "years_later": "Events count so many fiscal years later: 1 is last year's figure.",
        "target": "What it is held against: an expression over values and other measures.",
        "target_to_date": "The target grows with the window, instead of being that of the whole window.",
        "prorate_target": "Each period's target counts by the share of its days on the plan.",
        "score": "Instead of events: an expression over other measures.",
    },
    "credit": {
        "to": (
            "owner: the event's person; splits: whom the splits name; roll_up: everybody above the owner; "
            "team: everybody in the owner's team; company: one sum for all."
        ),
        "role": "Of splits: only rows of this role.",
        "sums_to_one": (
            "Of splits: shares make a whole, and an event without one is its owner's. No: overlays, beside the owner."
        ),
        "depth": "Of a roll-up: how many levels up; 1 is the direct manager only.",
        "own": "Of a roll-up: whether one's own events count.",
        "share": "How much of it is credited.",
    },
    "weight": {
        "where": "Which events; left out: all others.",
        "weight": "How much of them counts.",
    },
    "component": {
        "name": "Its name, on every statement line.",
        "measure": "What it is paid on.",
        "rate": "A share of the measure. Beside a table of multipliers: what they multiply.",
        "amount": "An amount for each thing counted.",
        "table": "A rate table, or the name of one.",
        "formula": "Any expression that is money.",
        "pool": "A rate of the measure, shared among everybody who is eligible.",
        "eligibility": "A condition: who does not meet it is not paid by this component.",
        "gate": "A condition: while false, nothing is paid to date.",
        "multiplier": "What the pay is multiplied by: an expression, or a table of multipliers.",
        "floor": "The least that is paid.",
        "cap": "The most that is paid.",
        "prorate": "By the days of the window on the plan.",
        "rounding": "Where and how it is rounded, once.",
        "release": "When it may be paid: at once, once invoiced, or as the customer pays.",
    },
    "table": {
        "mode": (
            "How a band's value is used; has no default. marginal: each part at its own band; retroactive: "
            "all at the band reached; retroactive_over_target: marginal to target, all above it at the band "
            "reached; lookup: the band's value; interpolated: on a straight line to it."
        ),
        "value": "What a band's value is.",
        "closed": "left: a bound belongs to the band above it; right: to the one below.",
        "by": "What the bands divide: the measure, its attainment, or any expression. Left out: the measure.",
        "bands": "From the lowest to the highest, each beginning where the one before ends.",
        "dimensions": "Several axes instead of by and bands.",
        "values": "Of several axes: the values, the first axis outermost.",
    },
    "band": {
        "from": "Where it begins.",
        "to": "Where it ends; left out: where the next begins, or never.",
        "pays": "Its value.",
        "starts": "Of an interpolated table's first band: the value at its beginning.",
    },
    "dimension": {
        "of": "An expression.",
        "bands": "Its bands, without values.",
    },
    "pool": {
        "rate": "The share of the measure that is the pool.",
        "weight": "A person's weight; left out: all the same.",
        "of_weights": "A fixed sum of all weights; left out: the sum of those who are there.",
    },
    "bound": {
        "amount": "How much.",
        "per": "period: of what one pay period pays; window: of the measure's window, or each deal.",
        "excess": "Of a cap: what is above it is lost, or paid later below it.",
    },
    "rounding": {
        "to": "To a multiple of this.",
        "rule": "How.",
    },
    "settlement": {
        "guarantee": "Pay is brought up to this.",
        "draw": "An advance up to an amount each period.",
        "negative": "A rest below zero is carried to the next period, or taken back at once.",
    },
    "draw": {
        "amount": "Up to how much.",
        "recoverable": "Whether it is a debt, repaid from what is above it.",
        "limit": "The most that may be owed.",
        "recovery_share": "Which share of what is above the draw repays it.",
    },
    "example": {
        "name": "What it shows.",
        "as_of": "The day it looks from; left out: the plan's last.",
        "events": (
            "What happened: on, id, person, amount and any further column; person `rep` and the first day "
            "when left out."
        ),
        "people": "Who is there, under whom; left out: one person `rep`.",
        "values": "{quota: 100000} for everybody, or rows by person and days.",
        "splits": "Who shares which event.",
        "exchange": "Rates of exchange.",
        "receipts": "Money received.",
        "settled": "What locked periods were settled at.",
        "open_from": "The first day of the open period.",
        "expect": "Rows by table: texts and days choose rows, numbers are compared with their sum.",
    },
}
"""By kind of part, then by key."""
