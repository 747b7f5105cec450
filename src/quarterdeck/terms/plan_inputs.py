"""The files that `quarterdeck compute plan` reads: one `Table` per input, as people keep them.

An amount is `<name>_minor` here. A file may say `<name>_minor` (whole minor units) or `<name>` (the unit people say):

    base_minor     base          read as, in USD
    1250050        12500.50      1250050
"""

# ruff: noqa: E501  a column a line: the file is the table it defines

from __future__ import annotations

from dataclasses import replace
from typing import Final

from quarterdeck.terms.planning import BACK_CAST, COHORTS, TERRITORY_ACCOUNTS
from quarterdeck.terms.tables import Column, Table

_HOLDER: Final = Column("holder_id", "id", "Who: a person, team or seat.", aliases=("holder", "person", "rep", "name"))
_STARTS: Final = Column("starts_on", "day", "First day of the month.", aliases=("month", "day"))
_RATE: Final = Column("rate", "ratio", "The share that leads to the step above; empty is unknown.", is_required=False)
_NODE: Final = Column("node_id", "id", "The node: a team, person or seat.", aliases=("node", "holder", "holder_id"))
_PARENT: Final = Column(
    "parent_id", "id", "The node above; empty for the root.", is_required=False, aliases=("parent",)
)


def in_files(table: Table) -> Table:
    """A frame's table as files carry it: money columns are called `_minor`, ids also go by their bare name."""
    return replace(table, columns=tuple(_in_file(column) for column in table.columns), key=tuple(
        _in_file(table.by_name[name]).name for name in table.key
    ))  # fmt: skip


def _in_file(column: Column) -> Column:
    if column.kind == "money" and not column.name.endswith("_minor"):
        return replace(column, name=f"{column.name}_minor")
    return replace(column, kind="id") if column.name == "node_id" else column


BASES: Final = Table(
    "bases", "holder", "Last year's amounts, what they are to grow by, and relief for losses that are expected.",
    (
        _HOLDER,
        Column("base_minor", "money", "Last year's amount.", example="1000"),
        Column("growth", "ratio", "Growth asked for.", example="0.1"),
        Column("relief", "ratio", "Relief; empty is none.", is_required=False, example="0.02"),
    ),
    ("holder_id",),
)  # fmt: skip

POTENTIALS: Final = Table(
    "potentials", "holder", "What there is to win.",
    (_HOLDER, Column("potential_minor", "money", "What the market there buys.")),
    ("holder_id",),
)  # fmt: skip

TREE: Final = Table(
    "tree", "node", "Who shares a goal; without parents, all of them side by side.",
    (
        _NODE, _PARENT,
        Column("history_minor", "money", "Last year's amount; empty is nothing known.", is_required=False),
        Column("potential_minor", "money", "What there is to win; empty is nothing.", is_required=False),
    ),
    ("node_id",),
)  # fmt: skip

PARTS: Final = Table(
    "parts", "part", "What a whole is split into.",
    (
        Column("part_id", "id", "Which part.", aliases=("part", "holder", "name")),
        Column("weight", "ratio", "Its weight; below zero counts as zero."),
        Column("pin_minor", "money", "Its amount, where it is fixed by hand.", is_required=False),
        Column("minimum_minor", "money", "At least this; empty is zero.", is_required=False),
        Column("maximum_minor", "money", "At most this; empty is no bound.", is_required=False),
    ),
    ("part_id",),
)  # fmt: skip

LEVELS: Final = Table(
    "levels", "level", "What each level adds to what it hands down, the top first.",
    (Column("level_id", "id", "Which level.", aliases=("level",)), Column("hedge", "ratio", "What it adds, 0.05 for 5 %.")),
    ("level_id",),
)  # fmt: skip

ASSIGNED: Final = Table(
    "assigned", "holder", "Quotas of one level of the tree.",
    (_HOLDER, Column("quota_minor", "money", "What was assigned.")),
    ("holder_id",),
)  # fmt: skip

SEED: Final = Table(
    "seed", "row and column", "The proportions that a table is to keep; a pair that is not there weighs nothing.",
    (Column("row", "text", "Its row."), Column("column", "text", "Its column."), Column("weight", "ratio", "Its weight, such as last year.")),
    ("row", "column"),
)  # fmt: skip

ROW_SUMS: Final = Table(
    "rows", "row", "What each row is to sum to.",
    (Column("row", "text", "Which row."), Column("amount_minor", "money", "Its sum.")), ("row",),
)  # fmt: skip

COLUMN_SUMS: Final = Table(
    "columns", "column", "What each column is to sum to.",
    (Column("column", "text", "Which column."), Column("amount_minor", "money", "Its sum.")), ("column",),
)  # fmt: skip

PAST_MONTHS: Final = Table(
    "history", "month, or part of one", "What past months brought; rows of a month add up. Leave out a month that is not over.",
    (_STARTS, Column("amount_minor", "money", "What it brought.")),
)  # fmt: skip

INDICES: Final = Table(
    "indices", "season", "Raw indices that are to sum to something exactly.",
    (Column("season_id", "id", "Which season.", aliases=("season", "month", "quarter", "name")), Column("raw", "ratio", "Its raw index.", aliases=("index",))),
    ("season_id",),
)  # fmt: skip

STRETCHES: Final = Table(
    "stretches", "holder", "Whole amounts, and from when to when each is held.",
    (
        _HOLDER, Column("amount_minor", "money", "The amount of the whole period."),
        Column("starts_on", "day", "The first day held; empty is from the start.", is_required=False),
        Column("ends_on", "day", "First day no longer held; empty is to the end.", is_required=False),
    ),
)  # fmt: skip

MONTH_WEIGHTS: Final = Table(
    "months", "month", "The months of a year, in order, and what each weighs.",
    (_STARTS, Column("weight", "ratio", "Its weight.")), ("starts_on",),
)  # fmt: skip

PERIODS: Final = Table(
    "periods", "period", "A quota by period.",
    (
        Column("starts_on", "day", "First day of the period."), Column("ends_on", "day", "First day after it."),
        Column("amount_minor", "money", "Its amount."),
    ),
    ("starts_on",),
)  # fmt: skip

PLAN_NODES: Final = Table(
    "nodes", "node", "The tree down which a goal goes: one root.",
    (_NODE, _PARENT, Column("weight", "ratio", "A leaf's weight; empty for who has others below.", is_required=False)),
    ("node_id",),
)  # fmt: skip

SEASON: Final = Table(
    "season", "month", "What each month of the year weighs; without it all months weigh alike.",
    (_STARTS, Column("weight", "ratio", "Its weight, zero or more.")), ("starts_on",),
)  # fmt: skip

PLAN_PINS: Final = Table(
    "pins", "node and month, or node and year", "Cells fixed by hand; the rest of the plan is spread around them.",
    (
        _NODE, Column("starts_on", "day", "First day of the month; empty pins the year.", is_required=False, aliases=("month",)),
        Column("amount_minor", "money", "The amount that is fixed."),
    ),
    ("node_id", "starts_on"),
)  # fmt: skip

PLAN_RAILS: Final = Table(
    "rails", "node", "The least and the most that a node's year may come to.",
    (
        _NODE, Column("minimum_minor", "money", "At least this; empty is zero.", is_required=False),
        Column("maximum_minor", "money", "At most this; empty is no bound.", is_required=False),
    ),
    ("node_id",),
)  # fmt: skip

PLAN_FACTORS: Final = Table(
    "factors", "node, month and cause", "How much of a full month somebody carries; causes of a month multiply.",
    (
        _NODE, _STARTS, Column("factor", "ratio", "Share of a full month, zero or more; of a team, for everyone below it."),
    ),
)  # fmt: skip

PLAN_CELLS: Final = Table(
    "cells", "layer, node and month", "A plan as it is.",
    (
        Column("layer", "text", "plan or street; empty is plan.", is_required=False), _NODE, _PARENT,
        Column("starts_on", "day", "First day of the month."), Column("ends_on", "day", "First day after it."),
        Column("amount_minor", "money", "The amount."), Column("derivation", "text", "Why it is this much.", is_required=False),
    ),
    ("layer", "node_id", "starts_on"),
)  # fmt: skip

NODE_YEARS: Final = Table(
    "years", "layer and node", "The year's amounts on record, held against the sum of their months.",
    (Column("layer", "text", "plan or street; empty is plan.", is_required=False), _NODE, Column("amount_minor", "money", "The year's amount.")),
    ("layer", "node_id"),
)  # fmt: skip

CAPACITY_MONTHS: Final = Table(
    "months", "month", "The months looked at, in order.",
    (
        _STARTS, Column("target_minor", "money", "What is wanted; empty for none.", is_required=False),
        Column("season", "ratio", "Its seasonal weight; empty is 1.", is_required=False),
    ),
    ("starts_on",),
)  # fmt: skip

HEADS: Final = in_files(COHORTS)

HEADCOUNTS: Final = Table(
    "scenarios", "scenario", "What a number of heads depends on.",
    (
        Column("scenario_id", "id", "Its name.", aliases=("scenario", "name")),
        Column("target_minor", "money", "What the year has to bring."), Column("quota_minor", "money", "What a ramped head is asked for."),
        Column("attainment", "ratio", "How much of it a head brings; may exceed 1."), Column("attrition", "ratio", "Share of heads that leave in a year."),
        Column("share_ramping", "ratio", "Share of heads that are ramping."), Column("ramping_productivity", "ratio", "What one of those brings, as a share."),
    ),
    ("scenario_id",),
)  # fmt: skip

RAMPS: Final = Table(
    "ramps", "cohort", "Heads by how far they are ramped.",
    (
        Column("cohort_id", "id", "Which cohort.", aliases=("cohort", "name")), Column("n_heads", "count", "How many.", aliases=("heads", "headcount")),
        Column("ramp", "ratio", "Share of a full head."),
    ),
    ("cohort_id",),
)  # fmt: skip

ACCOUNT_CLASSES: Final = Table(
    "classes", "class of accounts", "Accounts that are called alike.",
    (
        Column("class_id", "id", "Which class.", aliases=("class", "name")), Column("n_accounts", "count", "How many.", aliases=("accounts",)),
        Column("calls_per_year", "ratio", "How often each is called in a year."), Column("minutes_per_call", "ratio", "How long a call takes."),
    ),
    ("class_id",),
)  # fmt: skip

HEAD_STEPS: Final = Table(
    "heads", "number of heads, from 0 in steps of one", "What so many heads bring in contribution, before their own cost.",
    (Column("n_heads", "count", "How many.", aliases=("heads",)), Column("brings_minor", "money", "What they bring together.")),
    ("n_heads",),
)  # fmt: skip

RESPONSES: Final = Table(
    "responses", "group", "Revenue = scale x square root of heads, per group.",
    (
        Column("group_id", "id", "Which group.", aliases=("group", "name")), Column("scale_minor", "money", "What one head alone brings."),
        Column("cost_minor", "money", "What a head costs."), Column("margin", "ratio", "The share of revenue that is contribution; empty is 1.", is_required=False),
    ),
    ("group_id",),
)  # fmt: skip

_KIND: Final = Column("kind", "text", "What is done.", aliases=("step", "stage", "activity"))
_TEAM_RATE: Final = Column("team_rate", "ratio", "The team's share, where the own one is unknown.", is_required=False)

FUNNEL: Final = Table(
    "steps", "step, the one next to the won deal first", "What leads to a won deal.",
    (_KIND, _RATE, _TEAM_RATE, Column("done_today", "count", "How many were done today; empty is none.", is_required=False)),
    ("kind",),
)  # fmt: skip

LAGGED_FUNNEL: Final = Table(
    "steps", "step, the one next to the won deal first", "What leads to a won deal, and how long each step takes to lead to the one above.",
    (
        _KIND, _RATE, _TEAM_RATE, Column("lag_days", "ratio", "Calendar days until the step above."),
        Column("n_in_flight", "count", "Done before, and waiting for the step above; empty is none.", is_required=False),
    ),
    ("kind",),
)  # fmt: skip

DAYS_WORKED: Final = Table(
    "work_days", "day", "Days that are worked; without them Monday to Friday.",
    (Column("day", "day", "Which day."), Column("share", "ratio", "Which share of it; empty is all.", is_required=False)), ("day",),
)  # fmt: skip

PIPELINES: Final = Table(
    "pipelines", "holder", "What is still to win, and how deals go.",
    (
        _HOLDER, Column("remaining_minor", "money", "What is still to win.", aliases=("target",)), Column("average_minor", "money", "The average won deal.", aliases=("average_deal",)),
        Column("win_rate", "ratio", "Share of deals that are won."), Column("cycle_days", "ratio", "Days from open to won; empty is unknown.", is_required=False),
    ),
    ("holder_id",),
)  # fmt: skip

VELOCITIES: Final = Table(
    "pipelines", "holder", "Open deals and how they go.",
    (
        _HOLDER, Column("n_deals", "count", "Open deals.", aliases=("deals",)), Column("average_minor", "money", "The average won deal.", aliases=("average_deal",)),
        Column("win_rate", "ratio", "Share of deals that are won."), Column("cycle_days", "ratio", "Days from open to won."),
    ),
    ("holder_id",),
)  # fmt: skip

TRIES: Final = Table(
    "tries", "person", "Tries and hits of everybody in a team.",
    (_HOLDER, Column("n", "count", "Tries.", aliases=("tries",)), Column("hits", "count", "Those that led to the step above.")), ("holder_id",),
)  # fmt: skip

ACCOUNT_CHANGES: Final = Table(
    "accounts", "account", "Recurring revenue of two periods.",
    (
        Column("account_id", "id", "Which account.", aliases=("account", "customer")), Column("before_minor", "money", "Before; empty is nothing.", is_required=False),
        Column("after_minor", "money", "After; empty is nothing.", is_required=False),
    ),
    ("account_id",),
)  # fmt: skip

REVENUE_PARTS: Final = Table(
    "revenue_parts", "part", "Or the sums, where they are known: start, new, expansion, contraction, churn (losses below zero).",
    (
        Column("part", "choice", "Which part.", choices=("start", "new", "expansion", "contraction", "churn", "other", "end")),
        Column("amount_minor", "money", "How much; contraction and churn below zero."),
    ),
    ("part",),
)  # fmt: skip

PRODUCTS: Final = Table(
    "products", "product", "Units and revenue of two periods.",
    (
        Column("product_id", "id", "Which product.", aliases=("product", "name")), Column("units_before", "count", "Units before; empty is none.", is_required=False),
        Column("before_minor", "money", "Revenue before; empty is nothing.", is_required=False), Column("units_after", "count", "Units after.", is_required=False),
        Column("after_minor", "money", "Revenue after.", is_required=False),
    ),
    ("product_id",),
)  # fmt: skip

_SEGMENT: Final = Column("segment_id", "id", "Which segment.", aliases=("segment", "market_name", "name"))

MARKETS: Final = Table(
    "markets", "segment", "Our revenue and the whole market, before and after.",
    (
        _SEGMENT, Column("before_minor", "money", "Ours before."), Column("after_minor", "money", "Ours after."),
        Column("market_before_minor", "money", "The market before."), Column("market_after_minor", "money", "The market after."),
    ),
    ("segment_id",),
)  # fmt: skip

SHARES: Final = Table(
    "shares", "segment", "Our share of a market, our growth and the market's.",
    (
        _SEGMENT, Column("share", "ratio", "Our share before."), Column("own_growth", "ratio", "Our growth."),
        Column("market_growth", "ratio", "The market's growth."),
    ),
    ("segment_id",),
)  # fmt: skip

WALLETS: Final = Table(
    "wallets", "account", "What customers spend on what we sell, and with us.",
    (
        Column("account_id", "id", "Which account.", aliases=("account", "customer")), Column("budget_minor", "money", "All they spend on it."),
        Column("revenue_minor", "money", "What they spend with us."), Column("target_share", "ratio", "The share aimed at."),
    ),
    ("account_id",),
)  # fmt: skip

SERIES: Final = Table(
    "series", "series", "An amount at the start and at the end of some years.",
    (
        Column("series_id", "id", "Its name.", aliases=("series", "name")), Column("start_minor", "money", "At the start."),
        Column("end_minor", "money", "At the end."), Column("n_years", "ratio", "Years between; parts of years count.", aliases=("years",)),
    ),
    ("series_id",),
)  # fmt: skip

ACCOUNTS: Final = Table(
    "accounts", "account", TERRITORY_ACCOUNTS.about + " Name the measures with --measure.",
    (
        Column("account_id", "id", "The account.", aliases=("account",)),
        Column("territory_id", "id", "Its territory; empty while it has none.", is_required=False, aliases=("territory",)),
        Column("is_locked", "flag", "yes where it must stay; empty is no.", is_required=False, aliases=("locked",)),
    ),
    ("account_id",),
)  # fmt: skip

MOVED_ACCOUNTS: Final = Table(
    "accounts", "account", "Where each account is and where it would go; further columns are measures.",
    (*ACCOUNTS.columns[:2], Column("to_territory_id", "id", "Its territory after.", aliases=("to_territory", "new_territory"))),
    ("account_id",),
)  # fmt: skip

TERRITORIES: Final = Table(
    "territories", "territory", "All territories, also those without an account yet; without it those that accounts name.",
    (
        Column("territory_id", "id", "The territory.", aliases=("territory",)),
        Column("weight", "count", "Its part of the even share, such as people in it; empty is 1.", is_required=False),
    ),
    ("territory_id",),
)  # fmt: skip

BACK_CASTS: Final = in_files(BACK_CAST)

RESULTS: Final = Table(
    "results", "holder and period", "Attainment, or anything else that differs from period to period.",
    (_HOLDER, Column("value", "ratio", "What it was.", aliases=("attainment",))),
)  # fmt: skip

GOALS: Final = Table(
    "goals", "goal", "Goals that go up or down, and what each weighs.",
    (
        Column("goal_id", "id", "Which goal.", aliases=("goal", "name")), Column("parent_id", "id", "The goal that it rolls up to; empty for one at the top.", is_required=False, aliases=("parent",)),
        Column("baseline", "ratio", "Where it started; empty for a goal made of others.", is_required=False),
        Column("target", "ratio", "Where it should come to.", is_required=False),
        Column("actual", "ratio", "Where it is; empty is unknown.", is_required=False), Column("weight", "ratio", "Its weight; empty is 1.", is_required=False),
    ),
    ("goal_id",),
)  # fmt: skip

KEY_RESULTS: Final = Table(
    "key_results", "key result", "From where to where a key result goes.",
    (
        Column("goal_id", "id", "Which one.", aliases=("goal", "key_result", "name")), Column("baseline", "ratio", "Where it started."),
        Column("stretch", "ratio", "Its far end."),
    ),
    ("goal_id",),
)  # fmt: skip

SHARES_WANTED: Final = Table(
    "shares_wanted", "segment", "Markets, their growth, and the share wanted of them.",
    (
        _SEGMENT, Column("market_minor", "money", "The market as it is."), Column("market_growth", "ratio", "Its growth."),
        Column("share", "ratio", "The share wanted."),
    ),
    ("segment_id",),
)  # fmt: skip

MIX: Final = Table(
    "mix", "part", "Parts of a goal by their share of it.",
    (Column("part", "text", "Which part.", aliases=("kind", "name")), Column("share", "ratio", "Its share; all sum to 1.")), ("part",),
)  # fmt: skip
