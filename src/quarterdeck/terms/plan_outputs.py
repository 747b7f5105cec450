"""What `quarterdeck compute plan` writes beside the engine's own frames: one `Table` per result.

Amounts are whole minor units; `exact` is what an amount was before it was rounded, as a fraction in text.
"""

# ruff: noqa: E501  a column a line: the file is the table it defines

from __future__ import annotations

from typing import Final

from quarterdeck.terms.frames import AMENDMENT, CELLS, EXPLANATION, GOAL_PARTS, MOVED_QUOTA, RECONCILIATION
from quarterdeck.terms.plan_inputs import in_files
from quarterdeck.terms.planning import PROPOSED_MOVES, TERRITORY_INDICES
from quarterdeck.terms.tables import Column, Table

_HOLDER: Final = Column("holder_id", "id", "Who.")
_EXACT: Final = Column("exact", "text", "The exact amount before rounding, in minor units.")
_LAYER: Final = Column("layer", "text", "plan or street.")

QUOTAS: Final = Table(
    "quotas",
    "holder",
    "A quota per holder, each rounded once.",
    (_HOLDER, Column("quota_minor", "money", "The quota.")),
)

SHARED: Final = Table(
    "quotas", "node", "A goal shared out; children sum to their parent exactly.",
    (
        Column("node_id", "id", "The node."), Column("parent_id", "id", "The node above.", is_required=False),
        Column("weight", "count", "Its weight; empty for who has others below.", is_required=False), Column("weight_from", "text", "Where the weight comes from.", is_required=False),
        Column("quota_minor", "money", "Its amount."), Column("derivation", "text", "Why it is this much, as JSON."),
    ),
)  # fmt: skip

SPREAD: Final = Table(
    "parts", "part", "A whole split into parts that sum to it exactly.",
    (
        Column("part_id", "id", "Which part."), Column("amount_minor", "money", "Its amount."),
        Column("rule", "text", "What decided it: weight, even, pin, minimum, maximum."), _EXACT,
    ),
)  # fmt: skip

HANDED_DOWN: Final = Table(
    "levels", "level, the goal first", "What each level hands down.",
    (
        Column("level_id", "id", "Which level."), Column("hedge", "ratio", "What it adds.", is_required=False),
        Column("amount_minor", "money", "What it hands down."), Column("over_assignment", "ratio", "What that is beyond the goal, as a part of it."),
        Column("break_even_attainment", "ratio", "The attainment at which the goal is just met."),
    ),
)  # fmt: skip

OVER_ASSIGNED: Final = Table(
    "break_even", "goal", "What is assigned against a goal.",
    (
        Column("goal_minor", "money", "The goal."), Column("assigned_minor", "money", "What is assigned."),
        Column("over_assignment", "ratio", "What that is beyond the goal, as a part of it."),
        Column("break_even_attainment", "ratio", "The attainment at which the goal is just met."),
    ),
)  # fmt: skip

MARGIN_CELLS: Final = Table(
    "cells", "row and column", "A table whose rows and columns both sum exactly.",
    (Column("row", "text", "Its row."), Column("column", "text", "Its column."), Column("amount_minor", "money", "Its amount.")),
    ("row", "column"),
)  # fmt: skip

SEASON_INDICES: Final = Table(
    "indices", "season", "Indices that sum exactly, in millionths.",
    (Column("season_id", "id", "Which season; fiscal months by position from 1."), Column("index", "ratio", "Its index.")),
)  # fmt: skip

PRORATED: Final = Table(
    "prorated", "holder", "The part of an amount for part of the time.",
    (
        _HOLDER, Column("amount_minor", "money", "The whole."), Column("n_days", "count", "Days held, of those that count.", is_required=False),
        Column("n_days_in_period", "count", "Days of the period that count.", is_required=False), Column("prorated_minor", "money", "The part."),
    ),
)  # fmt: skip

PLAN_CELLS_MADE: Final = Table(
    "cells", "layer, node and month", "A plan in two layers, with each cell's derivation.", (_LAYER, *in_files(CELLS).columns),
    ("layer", "node_id", "starts_on"),
)  # fmt: skip

PLAN_YEARS: Final = Table(
    "years", "node", "What each node carries in the year.",
    (
        Column("node_id", "id", "The node."), Column("parent_id", "id", "The node above.", is_required=False),
        Column("plan_minor", "money", "In the plan layer, which sums to the goal."), Column("street_minor", "money", "In the street layer, with hedges."),
    ),
    ("node_id",),
)  # fmt: skip

RECONCILED: Final = in_files(RECONCILIATION)
AMENDED: Final = in_files(AMENDMENT)
EXPLAINED: Final = in_files(EXPLANATION)
PARTS_OF_GOAL: Final = in_files(GOAL_PARTS)
MOVED: Final = in_files(MOVED_QUOTA)
TERRITORY_INDEX: Final = in_files(TERRITORY_INDICES)
MOVES: Final = PROPOSED_MOVES

HEADCOUNT_CHAIN: Final = Table(
    "headcount", "scenario", "Heads by link of the chain.",
    (
        Column("scenario_id", "id", "Which scenario."), Column("ramped_heads", "ratio", "Target over what a ramped head brings."),
        Column("with_attrition", "ratio", "The same with those who leave."), Column("exact_heads", "ratio", "The same with those who ramp."),
        Column("n_heads", "count", "Rounded up once, at the end."), Column("n_heads_naive", "count", "Target over quota, rounded up: what is forgotten without the chain."),
        Column("because", "text", "The conventions, as JSON."),
    ),
)  # fmt: skip

RAMPED: Final = Table(
    "ramped_heads", "cohort", "Heads in fully ramped heads.",
    (
        Column("cohort_id", "id", "Which cohort."), Column("n_heads", "count", "How many."), Column("ramp", "ratio", "Share of a full head."),
        Column("ramped_heads", "ratio", "Heads x ramp."),
    ),
)  # fmt: skip

WORK: Final = Table(
    "workload", "class of accounts", "Hours that calls take in a year.",
    (Column("class_id", "id", "Which class."), Column("n_accounts", "count", "Its accounts."), Column("hours", "ratio", "Hours a year.")),
)  # fmt: skip

SIZINGS: Final = Table(
    "sizing", "group", "How many heads are worth their cost.",
    (
        Column("group_id", "id", "Which group."), Column("n_heads", "count", "Heads."), Column("brings_minor", "money", "What they bring."),
        Column("profit_minor", "money", "What is left after their cost."), Column("because", "text", "The rule and what one more head would add, as JSON."),
    ),
)  # fmt: skip

TODO: Final = Table(
    "funnel", "step, the one next to the won deal first", "How many of each step what remains takes.",
    (
        Column("kind", "text", "What is done."), Column("needed_total", "count", "How many in all; empty without a deal size.", is_required=False),
        Column("needed_today", "count", "How many today; empty when no day is left.", is_required=False), Column("done_today", "count", "Done today."),
        Column("per_day", "ratio", "How many on a full day.", is_required=False), Column("because", "text", "The arithmetic, as JSON."),
    ),
)  # fmt: skip

PIPELINES_NEEDED: Final = Table(
    "pipeline", "holder", "What must be open to win what remains.",
    (
        _HOLDER, Column("n_deals", "count", "Deals to win; empty where nothing can be said.", is_required=False),
        Column("n_opportunities", "count", "Deals to have open for that.", is_required=False), Column("pipeline_minor", "money", "Their worth.", is_required=False),
        Column("coverage", "ratio", "Pipeline over what remains.", is_required=False), Column("n_quarters_before", "count", "How many quarters before they must exist.", is_required=False),
    ),
)  # fmt: skip

VELOCITY: Final = Table(
    "velocity", "holder", "How fast a pipeline pays.",
    (_HOLDER, Column("per_day_minor", "money", "Won per calendar day; empty without days.", is_required=False), Column("exact", "text", "The same before rounding.", is_required=False)),
)  # fmt: skip

RATES: Final = Table(
    "rates", "person", "Own rates pulled towards the team's where there is little data.",
    (
        _HOLDER, Column("n", "count", "Tries."), Column("hits", "count", "Hits."), Column("own_rate", "ratio", "Own share; empty without a try.", is_required=False),
        Column("team_rate", "ratio", "The team's share.", is_required=False), Column("weight_on_own", "ratio", "How much the own one counts."),
        Column("rate", "ratio", "The rate to count with.", is_required=False), Column("strength", "ratio", "Tries that the team's rate is worth."),
        Column("strength_rule", "text", "Where that comes from."),
    ),
)  # fmt: skip

RETENTION: Final = Table(
    "retention", "company", "Net and gross revenue retention.",
    (
        Column("net", "ratio", "Net revenue retention; empty where nothing was there to keep.", is_required=False),
        Column("gross", "ratio", "Gross revenue retention.", is_required=False), Column("because", "text", "The convention and the parts, as JSON."),
    ),
)  # fmt: skip

MARKET_PARTS: Final = Table(
    "market_and_share", "segment", "Why revenue changed; the parts sum to the change.",
    (
        Column("segment_id", "id", "Which segment."), Column("start_minor", "money", "Ours before."), Column("market_minor", "money", "Because the market changed."),
        Column("share_minor", "money", "Because our share of it changed."), Column("joint_minor", "money", "Both, where kept apart."), Column("end_minor", "money", "Ours after."),
    ),
)  # fmt: skip

SHARES_AFTER: Final = Table(
    "shares", "segment", "Our share after both grew.",
    (Column("segment_id", "id", "Which segment."), Column("share", "ratio", "Before."), Column("new_share", "ratio", "After."), Column("change", "ratio", "After less before.")),
)  # fmt: skip

WALLET_SHARES: Final = Table(
    "wallets", "account", "Our share of what customers spend.",
    (
        Column("account_id", "id", "Which account."), Column("share", "ratio", "Our share."), Column("elsewhere_minor", "money", "What goes elsewhere."),
        Column("missing_minor", "money", "What is missing to the share aimed at."),
    ),
)  # fmt: skip

GROWTH_RATES: Final = Table(
    "growth", "series", "The same growth a year.",
    (Column("series_id", "id", "Which series."), Column("cagr", "ratio", "Growth a year; empty where none leads there.", is_required=False)),
)  # fmt: skip

DISRUPTION: Final = Table(
    "disruption", "what changes hands", "Of accounts that had a territory: how many change it, and which share of each measure.",
    (
        Column("measure", "text", "accounts, or which measure."), Column("amount_minor", "money", "What changes hands; accounts are counted."),
        Column("share", "ratio", "Of all that had a territory; empty for nothing.", is_required=False),
    ),
)  # fmt: skip

DISPERSION: Final = Table(
    "dispersion", "holder", "How much somebody's results differ.",
    (
        _HOLDER, Column("n", "count", "Results."), Column("mean", "ratio", "Their mean."),
        Column("sd", "ratio", "Sample standard deviation (n - 1); empty with fewer than two.", is_required=False),
        Column("cv", "ratio", "Standard deviation / mean; empty for a mean not above zero.", is_required=False),
        Column("iqr", "ratio", "Third less first quartile, type 7; empty with fewer than two.", is_required=False),
    ),
    ("holder_id",),
)  # fmt: skip

PROGRESS: Final = Table(
    "progress", "goal", "How far each goal has come, and what it adds to the one above.",
    (
        Column("goal_id", "id", "Which goal."), Column("parent_id", "id", "The goal above.", is_required=False),
        Column("progress", "ratio", "How far it has come; empty when nothing is known.", is_required=False),
        Column("weight", "ratio", "Its share of the weights counted beside it."), Column("adds", "ratio", "Progress x weight.", is_required=False),
    ),
)  # fmt: skip

ZONES: Final = Table(
    "zones", "key result", "Where a key result leaves one zone for the next.",
    (Column("goal_id", "id", "Which one."), Column("commit", "ratio", "From fail to commit."), Column("target", "ratio", "From commit to target."), Column("stretch", "ratio", "Its far end.")),
)  # fmt: skip

MARKET_GOALS: Final = Table(
    "goals", "segment", "A goal per segment, rounded once.",
    (Column("segment_id", "id", "Which segment."), Column("goal_minor", "money", "Its goal.")),
)  # fmt: skip

GOAL_YEARS: Final = Table(
    "path", "year", "Goals of years to come.", (Column("year", "count", "Years from now."), Column("goal_minor", "money", "Its goal."))
)  # fmt: skip

GOAL_QUARTERS: Final = Table(
    "quarters", "quarter", "A year in four quarters.", (Column("quarter", "count", "1 to 4."), Column("goal_minor", "money", "Its goal."))
)  # fmt: skip
