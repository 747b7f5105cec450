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

STAFF: Final = Table(
    "staff",
    "stretch of days of a seat",
    "Who holds a seat from when to when, or that nobody does, or that somebody is to be hired.",
    (
        Column("stretch_id", "id", "The stretch; the seats of a person have one each."),
        Column("kind", "choice", "Whose it is.", choices=("held", "vacant", "hire")),
        Column("n_heads", "count", "How many."),
        Column("tenure_from", "day", "Since when they sell here; empty: longer than known.", is_required=False),
        Column("starts_on", "day", "First day of the stretch; empty: before everything.", is_required=False),
        Column("ends_on", "day", "First day after it, where known.", is_required=False),
        Column("part_time", "ratio", "Share of a full week."),
        Column("productive_minor", "money", "What a fully ramped head brings in a month."),
    ),
    ("stretch_id",),
)

AWAY: Final = Table(
    "away",
    "absence in a stretch",
    "Days on which who holds a seat does not sell, or sells less.",
    (
        Column("stretch_id", "id", "In which stretch."),
        Column("starts_on", "day", "First day away."),
        Column("ends_on", "day", "First day back."),
        Column("share", "ratio", "Share of the day they are away."),
    ),
)

SEAT_MONTHS: Final = Table(
    "seat_months",
    "stretch and fiscal month",
    "What a seat can bring in a month, and what it would bring held, full time, present, ramped and kept.",
    (
        Column("stretch_id", "id", "Which stretch."),
        _STARTS,
        Column("seats", "ratio", "Seats there are, by days."),
        Column("vacant", "ratio", "Of these: nobody sits there."),
        Column("away", "ratio", "Heads lost to leave."),
        Column("hires", "ratio", "Heads to be hired, expected to be there."),
        Column("heads", "ratio", "Heads expected to be there, part time counted in part."),
        Column("ramped_heads", "ratio", "The same in fully ramped heads."),
        Column("full_minor", "money", "Were each seat held all month by somebody ramped and full time who stays."),
        Column("vacant_minor", "money", "Less: nobody sits there."),
        Column("part_time_minor", "money", "Less: part time."),
        Column("leave_minor", "money", "Less: leave."),
        Column("ramp_minor", "money", "Less: ramp."),
        Column("attrition_minor", "money", "Less: who may have left."),
        Column("hires_minor", "money", "More: who is to be hired, ramp and attrition counted."),
        Column("capacity_minor", "money", "What is left: the parts add up to it."),
    ),
    ("stretch_id", "starts_on"),
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

TERRITORY_ACCOUNTS: Final = Table(
    "territory_accounts",
    "account",
    "Which account belongs to which territory; further whole-number columns are measures (potential, minutes, sales).",
    (
        Column("account_id", "id", "The account."),
        Column("territory_id", "id", "Its territory; empty while it has none.", is_required=False),
    ),
    ("account_id",),
)

TERRITORY_INDICES: Final = Table(
    "territory_indices",
    "measure and territory",
    "How much each territory has of what is measured, against its even share.",
    (
        Column("measure", "text", "Which measure."),
        Column("territory_id", "id", "Which territory."),
        Column("n_accounts", "count", "Its accounts."),
        Column("amount", "money", "What it has, in the measure's unit."),
        Column(
            "index",
            "ratio",
            "Amount / even share: 1.2 is a fifth more; empty for nothing.",
            is_required=False,
        ),
    ),
    ("measure", "territory_id"),
)

BALANCE: Final = Table(
    "balance",
    "measure",
    "How evenly territories share a measure.",
    (
        Column("measure", "text", "Which measure."),
        Column("largest_deviation", "ratio", "Of any territory's index from 1.", is_required=False),
        Column("cv", "ratio", "Standard deviation / mean of the indices.", is_required=False),
        Column("gini", "ratio", "0: all alike, towards 1: one has all; empty with amounts below 0.", is_required=False),
        Column("means", "text", "The same in words."),
    ),
    ("measure",),
)

PROPOSED_MOVES: Final = Table(
    "proposed_moves",
    "account that would get another territory",
    "A proposal: nothing moves until somebody accepts.",
    (
        Column("account_id", "id", "The account; its measures stand beside it."),
        Column("from_territory_id", "id", "Where it is; empty while it has none.", is_required=False),
        Column("to_territory_id", "id", "Where it would go."),
        Column("reason", "text", "Why, with the indices of both before."),
    ),
    ("account_id",),
)

PRICE_VOLUME_MIX: Final = Table(
    "price_volume_mix",
    "product",
    "Why its revenue changed; the parts sum to the change.",
    (
        Column("product_id", "id", "Which product."),
        Column("price_minor", "money", "Because it costs another price."),
        Column("volume_minor", "money", "Because more or fewer units of everything were sold."),
        Column("mix_minor", "money", "Because its share of all units changed."),
        Column("joint_minor", "money", "Price change times unit change, where kept apart."),
        Column("other_minor", "money", "What has no units."),
        Column("change_minor", "money", "Revenue now less revenue before."),
        _BECAUSE,
    ),
)

FUNNEL_STEPS: Final = Table(
    "funnel_steps",
    "step of a funnel, the one next to the won deal first",
    "How many are still needed, and until when they can lead to a deal in the period.",
    (
        Column("kind", "text", "What is done."),
        Column("n_in_flight", "count", "Done before, and waiting for the step above."),
        Column("needed_total", "count", "Still to do; empty when nothing can be said.", is_required=False),
        Column("last_useful_on", "day", "Last working day on which one can lead to a deal in time.", is_required=False),
        Column("state", "choice", "Where it stands.", choices=("open", "reached", "too_late", "no_average_deal")),
        _BECAUSE,
    ),
    ("kind",),
)

DATED_ACTIONS: Final = Table(
    "dated_actions",
    "kind of activity and working day",
    "How many to do on which day so that they can still close in the period.",
    (
        Column("kind", "text", "What is done."),
        Column("day", "day", "When."),
        Column("n", "count", "How many, above zero."),
    ),
    ("kind", "day"),
)

BACK_CAST: Final = Table(
    "back_cast",
    "holder",
    "What somebody did in a past period, against the target that the proposed rules would have given them.",
    (
        Column("holder_id", "id", "Who."),
        Column("actual_minor", "money", "What they did."),
        Column("target_minor", "money", "What the rules would have asked."),
        Column("size_minor", "money", "Potential of the territory.", is_required=False),
        Column("growth", "ratio", "Growth that the target asks for.", is_required=False),
    ),
    ("holder_id",),
)

FAIRNESS: Final = Table(
    "fairness",
    "check",
    "Whether targets are fair, with how sure one can be.",
    (
        Column("check", "text", "What is looked at."),
        Column("value", "ratio", "What it is; empty when it is not defined.", is_required=False),
        Column("low", "ratio", "Lower end of the 95 % interval, where there is one.", is_required=False),
        Column("high", "ratio", "Its upper end.", is_required=False),
        Column("n", "count", "People it rests on."),
        Column("means", "text", "What it means."),
        Column("caution", "text", "How far it can be trusted; empty when far enough."),
        Column("method", "text", "How it is computed."),
    ),
    ("check",),
)

ROLL_UP: Final = Table(
    "roll_up",
    "goal",
    "What each goal adds to the progress of all.",
    (
        Column("goal", "text", "Which goal."),
        Column("progress", "ratio", "How far it has come; empty when nothing is known.", is_required=False),
        Column("weight", "ratio", "Its share of all weights counted."),
        Column("adds", "ratio", "Progress x weight; empty when no weight counts.", is_required=False),
    ),
    ("goal",),
)

PLANNING_FRAMES: Final[dict[str, Table]] = {
    table.name: table
    for table in (
        COHORTS,
        CAPACITY,
        STAFF,
        AWAY,
        SEAT_MONTHS,
        BRIDGE,
        HIRE_OPTIONS,
        SENSITIVITY,
        TERRITORY_ACCOUNTS,
        TERRITORY_INDICES,
        BALANCE,
        PROPOSED_MOVES,
        PRICE_VOLUME_MIX,
        FUNNEL_STEPS,
        DATED_ACTIONS,
        BACK_CAST,
        FAIRNESS,
        ROLL_UP,
    )
}
