"""Functions of seasons, part of a year, and two margins at once.

stretches.csv   rita 800,000 from 2019-06-01    --from 2019-01-01 --to 2020-01-01   ->   214 of 365 days, 469,041.10
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any, Final, get_args

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.cascade.margins import two_margins
from quarterdeck.engine.cascade.proration import (
    DayCount,
    FirstDay,
    counted_days,
    moved_quota,
    prorated_by_days,
    prorated_by_months,
)
from quarterdeck.engine.cascade.seasons import normalised_indices, seasonal_index
from quarterdeck.services.compute.planning.declared import Answer, Example, Given, Input, Option, PlanFunction
from quarterdeck.services.compute.planning.exact import whole_weights
from quarterdeck.services.compute.planning.framing import Row, each, made, month_periods, period_of
from quarterdeck.terms import plan_inputs as reads
from quarterdeck.terms import plan_outputs as writes
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.period import Period

ROOM: Final = "Seasons, parts of a year, two margins"
DAY_COUNT: Final = Option(
    name="day_count",
    kind="choice",
    choices=get_args(DayCount),
    is_required=True,
    about="All days, Monday to Friday, or months of thirty days.",
)
FIRST_DAY: Final = Option(
    name="first_day",
    kind="choice",
    choices=get_args(FirstDay),
    is_required=True,
    about="Whether the day on which somebody starts, or something moves, counts.",
)
FROM: Final = Option(name="from", kind="day", about="First day of the period.", is_required=True)
TO: Final = Option(name="to", kind="day", about="First day after it.", is_required=True)
FISCAL_START: Final = Option(
    name="fiscal_start", kind="count", about="The month in which the fiscal year begins, 1 to 12.", default="1"
)
_MONTHS: Final = 12


def fiscal_calendar(given: Given) -> FiscalCalendar:
    """The calendar of the option `fiscal_start`. Raises Refusal for what is no month."""
    month = given["fiscal_start"]
    if not 1 <= month <= _MONTHS:
        raise Refusal("Nothing was computed.", f"There is no month {month}.", "Say 1 to 12.", "plan_option")
    return FiscalCalendar(first_month=month)


def _seasonal(given: Given) -> Answer:
    history = given.inputs["history"].frame().rename({"amount_minor": "amount"})
    found = seasonal_index(history, fiscal_calendar(given))
    return _indexed([str(at + 1) for at in range(len(found))], found)


def _normalised(given: Given) -> Answer:
    rows = given.rows("indices")
    raw = whole_weights([row["raw"] for row in rows])
    total = len(rows) if given["sum"] is None else given["sum"]
    return _indexed([row["season_id"] for row in rows], normalised_indices([one or 0 for one in raw], total))


def _indexed(names: list[str], found: list[Fraction]) -> Answer:
    rows = [{"season_id": name, "index": index} for name, index in zip(names, found, strict=True)]
    name, most = max(zip(names, found, strict=True), key=lambda pair: pair[1])
    total = sum(found, Fraction())
    strongest = f"{name} with {float(most):.6f}"
    says = f"{len(rows)} indices sum to {float(total):g}; the strongest is {strongest}."
    return Answer({"indices": made(writes.SEASON_INDICES, rows)}, says, {"sum": float(total)})


def _by_days(given: Given) -> Answer:
    period, how = period_of(given), _conventions(given)

    def part(row: Row) -> Row:
        starts_on, ends_on = _held(row, period)
        begins = max(starts_on + dt.timedelta(days=how["first_day"] != "counts"), period.starts_on)
        return {
            "amount_minor": row["amount_minor"],
            "n_days": counted_days(begins, min(ends_on, period.ends_on), how["day_count"]),
            "n_days_in_period": counted_days(period.starts_on, period.ends_on, how["day_count"]),
            "prorated_minor": prorated_by_days(row["amount_minor"], period, starts_on, ends_on, **how),
        }

    return _prorated(given, each(given.rows("stretches"), "holder_id", part))


def _by_months(given: Given) -> Answer:
    rows, how = given.rows("months"), _conventions(given)
    months = month_periods([row["starts_on"] for row in rows], given["to"])
    whole, weights = Period(months[0].starts_on, months[-1].ends_on), [row["weight"] for row in rows]

    def part(row: Row) -> Row:
        found = prorated_by_months(row["amount_minor"], months, weights, *_held(row, whole), **how)
        return {"amount_minor": row["amount_minor"], "prorated_minor": found}

    return _prorated(given, each(given.rows("stretches"), "holder_id", part))


def _held(row: Row, period: Period) -> tuple[dt.date, dt.date]:
    """From when to when; whoever was there before the period began has its first day whatever the convention."""
    before = period.starts_on - dt.timedelta(days=1)
    return row["starts_on"] or before, row["ends_on"] or period.ends_on


def _prorated(given: Given, rows: list[Row]) -> Answer:
    whole, part = (sum(row[name] for row in rows) for name in ("amount_minor", "prorated_minor"))
    told = f"by {given['day_count']} days, the first day {given['first_day'].replace('_', ' ')}"
    says = f"{given.money(part)} of {given.money(whole)}, {told}."
    return Answer({"prorated": made(writes.PRORATED, rows)}, says, {"prorated_minor": part})


def _moved(given: Given) -> Answer:
    rows = given.rows("periods")
    periods = [_period(row) for row in rows]
    found = moved_quota([row["amount_minor"] for row in rows], periods, given["moved_on"], **_conventions(given))
    kept, moved = (sum(found[name].to_list()) for name in ("kept", "moved"))
    says = f"{given.money(kept)} stay and {given.money(moved)} go on {given['moved_on']}; together what there was."
    return Answer({"moved_quota": found}, says, {"kept_minor": kept, "moved_minor": moved})


def _period(row: Row) -> Period:
    if row["ends_on"] <= row["starts_on"]:
        why = f"The period from {row['starts_on']} ends on {row['ends_on']}."
        raise Refusal("The number was not prorated.", why, "Give the first day after it.", "goal_proration")
    return Period(row["starts_on"], row["ends_on"])


def _conventions(given: Given) -> dict[str, Any]:
    return {name: given[name] for name in ("day_count", "first_day")}


def _margins(given: Given) -> Answer:
    rows = {row["row"]: row["amount_minor"] for row in given.rows("rows")}
    columns = {row["column"]: row["amount_minor"] for row in given.rows("columns")}
    seed = {(row["row"], row["column"]): row["weight"] for row in given.rows("seed")}
    if strange := [pair for pair in seed if pair[0] not in rows or pair[1] not in columns]:
        why = f"The seed has {' x '.join(strange[0])}, and there is no sum for one of the two."
        raise Refusal("The two margins were not met.", why, "Give each row and column its sum.", "goal_margins")
    table = [[seed.get((row, column), Fraction()) for column in columns] for row in rows]
    found = two_margins(
        table, list(rows.values()), list(columns.values()), row_names=list(rows), column_names=list(columns)
    )
    cells = [
        {"row": row, "column": column, "amount_minor": found[at][to]}
        for at, row in enumerate(rows)
        for to, column in enumerate(columns)
    ]
    total = sum(rows.values())
    says = f"{given.money(total)} in {len(rows)} rows and {len(columns)} columns; both margins are met exactly."
    return Answer({"cells": made(writes.MARGIN_CELLS, cells)}, says, {"total_minor": total})


FUNCTIONS: Final = (
    PlanFunction(
        name="two-margins",
        room=ROOM,
        about="A table that meets two sets of sums: proportional fitting, controlled rounding.",
        method="two-margins",
        inputs=(Input(reads.SEED), Input(reads.ROW_SUMS), Input(reads.COLUMN_SUMS)),
        outputs=(writes.MARGIN_CELLS,),
        compute=_margins,
        example=Example(
            files={
                "seed": "row,column,weight\nJanuary,north,10\nJanuary,south,30\nFebruary,north,20\n",
                "rows": "row,amount\nJanuary,90\nFebruary,34\n",
                "columns": "column,amount\nnorth,60\nsouth,64\n",
            },
            unit="count",
        ),
    ),
    PlanFunction(
        name="seasonal-index",
        room=ROOM,
        about="How a year spreads over its months, learned from past ones.",
        method="seasonal-index",
        inputs=(Input(reads.PAST_MONTHS),),
        outputs=(writes.SEASON_INDICES,),
        options=(FISCAL_START,),
        compute=_seasonal,
        example=Example(
            files={
                "history": "month,amount\n"
                + "".join(f"2024-{at:02}-01,{100 * (1 + 2 * (at // 7))}\n" for at in range(1, 13))
            }
        ),
    ),
    PlanFunction(
        name="normalised-index",
        room=ROOM,
        about="Raw seasonal indices made to sum exactly.",
        method="seasonal-index",
        inputs=(Input(reads.INDICES),),
        outputs=(writes.SEASON_INDICES,),
        compute=_normalised,
        options=(Option(name="sum", kind="count", about="What they are to sum to; empty is how many there are."),),
        example=Example(files={"indices": "season,raw\nspring,1.1575\nsummer,1.2305\nautumn,0.5925\n"}),
    ),
    PlanFunction(
        name="prorate-days",
        room=ROOM,
        about="The part of an amount for the days that it is held.",
        method="proration",
        inputs=(Input(reads.STRETCHES),),
        outputs=(writes.PRORATED,),
        options=(FROM, TO, DAY_COUNT, FIRST_DAY),
        compute=_by_days,
        example=Example(
            files={"stretches": "holder,amount,starts_on\nrita,800000,2019-06-01\n"},
            options={"from": "2019-01-01", "to": "2020-01-01", "day_count": "calendar", "first_day": "counts"},
        ),
    ),
    PlanFunction(
        name="prorate-months",
        room=ROOM,
        about="The same where months weigh differently; a month in part by its days.",
        method="proration",
        inputs=(Input(reads.STRETCHES), Input(reads.MONTH_WEIGHTS)),
        outputs=(writes.PRORATED,),
        compute=_by_months,
        options=(
            Option(name="to", kind="day", about="First day after the last month; empty is a calendar month."),
            DAY_COUNT,
            FIRST_DAY,
        ),
        example=Example(
            files={
                "stretches": "holder,amount,starts_on\nsam,1000,2025-02-15\n",
                "months": "month,weight\n2025-01-01,1\n2025-02-01,1\n2025-03-01,2\n",
            },
            options={"day_count": "calendar", "first_day": "counts"},
        ),
    ),
    PlanFunction(
        name="moved-quota",
        room=ROOM,
        about="What stays and what goes when a person, account or territory moves.",
        method="proration",
        inputs=(Input(reads.PERIODS),),
        outputs=(writes.MOVED,),
        compute=_moved,
        options=(
            Option(name="moved_on", kind="day", about="The day of the move.", is_required=True),
            DAY_COUNT,
            FIRST_DAY,
        ),
        example=Example(
            files={
                "periods": "starts_on,ends_on,amount\n"
                "2025-01-01,2025-02-01,310\n2025-02-01,2025-03-01,280\n2025-03-01,2025-04-01,310\n"
            },
            options={"moved_on": "2025-02-11", "day_count": "calendar", "first_day": "counts"},
        ),
    ),
)
