"""Functions of size: how many heads a target takes, how many the work takes, how many are worth their cost.

classes.csv   A 150 accounts, 52 calls of 60 minutes; B ...; C ...   ->   11,970 hours, 14 people
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final, get_args

from quarterdeck.engine.capacity.chain import HeadcountDrivers, Timing, headcount
from quarterdeck.engine.capacity.ramp import ramped_heads
from quarterdeck.engine.capacity.response import MarginalRule, Sizing, marginal_sizing, square_root_sizing
from quarterdeck.engine.capacity.sensitivity import sensitivity
from quarterdeck.engine.capacity.workload import AccountClass, Rounding, workload
from quarterdeck.services.compute.planning.declared import Answer, Example, Given, Input, Option, PlanFunction
from quarterdeck.services.compute.planning.framing import Row, each, made, n_of
from quarterdeck.terms import plan_inputs as reads
from quarterdeck.terms import plan_outputs as writes
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import whole
from quarterdeck.terms.planning import SENSITIVITY

ROOM: Final = "Capacity and size"


def _headcount(given: Given) -> Answer:
    def row_of(row: Row) -> Row:
        drivers = {name: row[name] for name in _DRIVERS}
        found = headcount(HeadcountDrivers(**drivers, attrition_timing=given["attrition_timing"]))
        naive = math.ceil(Fraction(row["target_minor"], row["quota_minor"]))
        return {
            "ramped_heads": found.ramped,
            "with_attrition": found.with_attrition,
            "exact_heads": found.exact,
            "n_heads": found.n_heads,
            "n_heads_naive": naive,
            "because": found.because,
        }

    rows = each(given.rows("scenarios"), "scenario_id", row_of)
    told = ", ".join(f"{row['scenario_id']} {row['n_heads']:,} (naively {row['n_heads_naive']:,})" for row in rows[:5])
    says = f"Heads needed: {told}; who leaves is counted by {given['attrition_timing']}."
    return Answer(
        {"headcount": made(writes.HEADCOUNT_CHAIN, rows)}, says, {"n_heads": [row["n_heads"] for row in rows]}
    )


_DRIVERS: Final = ("target_minor", "quota_minor", "attainment", "attrition", "share_ramping", "ramping_productivity")


def _sensitivity(given: Given) -> Answer:
    rows = given.rows("scenarios")
    if len(rows) != 1:
        why = f"There are {len(rows)} scenarios."
        raise Refusal("Nothing was computed.", why, "Give the one whose drivers are to change.", "plan_input")

    def heads(drivers: Mapping[str, Fraction]) -> Fraction:
        exact: dict[str, Any] = dict(drivers) | {name: whole(drivers[name]) for name in _AMOUNTS}
        return headcount(HeadcountDrivers(**exact, attrition_timing=given["attrition_timing"])).exact

    found = sensitivity(heads, {name: rows[0][name] for name in _DRIVERS}, given["changes"])
    first = found.row(0)
    says = f"{first[0].removesuffix('_minor').replace('_', ' ')} moves the number of heads most."
    return Answer({"sensitivity": found}, says[0].upper() + says[1:], {"driver": first[0]})


_AMOUNTS: Final = ("target_minor", "quota_minor")


def _ramped(given: Given) -> Answer:
    rows = given.rows("ramps")
    found = each(
        rows,
        "cohort_id",
        lambda row: {
            "n_heads": row["n_heads"],
            "ramp": row["ramp"],
            "ramped_heads": ramped_heads([(row["n_heads"], row["ramp"])]),
        },
    )
    heads, ramped = sum(row["n_heads"] for row in rows), ramped_heads([(row["n_heads"], row["ramp"]) for row in rows])
    says = f"{heads:,} heads are {float(ramped):,.2f} fully ramped ones."
    return Answer({"ramped_heads": made(writes.RAMPED, found)}, says, {"n_heads": heads, "ramped_heads": float(ramped)})


def _workload(given: Given) -> Answer:
    rows = given.rows("classes")
    names = ("n_accounts", "calls_per_year", "minutes_per_call")
    classes = [AccountClass(**{name: row[name] for name in names}) for row in rows]
    found = workload(
        classes,
        hours_per_year=given["hours_per_year"],
        selling_share=given["selling_share"],
        rounding=given["rounding"],
    )
    table = made(
        writes.WORK,
        [
            {"class_id": row["class_id"], "n_accounts": row["n_accounts"], "hours": one.hours}
            for row, one in zip(rows, classes, strict=True)
        ],
    )
    total, selling = float(found.total_hours), float(found.selling_hours)
    people = n_of(found.n_people, "person", "people")
    says = f"{total:,.0f} hours over {selling:,.0f} a person can sell: {float(found.exact):,.2f}, {people}."
    figures = {
        "total_hours": total,
        "available_hours": float(given["hours_per_year"]),
        "selling_hours": selling,
        "exact": float(found.exact),
        "n_people": found.n_people,
    }
    return Answer({"workload": table}, says, figures)


def _marginal(given: Given) -> Answer:
    rows = sorted(given.rows("heads"), key=lambda row: int(row["n_heads"]))
    if [row["n_heads"] for row in rows] != list(range(len(rows))):
        why = "The numbers of heads do not go 0, 1, 2, ..."
        raise Refusal("The number of heads was not found.", why, "Say what each number brings, from 0 on.", "sizing")
    found = marginal_sizing([row["brings_minor"] for row in rows], given["cost"], rule=given["rule"])
    return _sized(
        given, [_sizing("all", found)], f"By {given['rule']}, {n_of(found.n_heads, 'head')} are worth their cost."
    )


def _square_root(given: Given) -> Answer:
    found = each(
        given.rows("responses"),
        "group_id",
        lambda row: _sizing(
            row["group_id"],
            square_root_sizing(
                row["scale_minor"], row["cost_minor"], margin=Fraction(1) if row["margin"] is None else row["margin"]
            ),
        ),
    )
    total = sum(row["n_heads"] for row in found)
    return _sized(
        given, found, f"Where revenue grows with the square root of heads, {n_of(total, 'head')} are worth their cost."
    )


def _sized(given: Given, rows: list[Row], says: str) -> Answer:
    profit = sum(row["profit_minor"] for row in rows)
    says = f"{says[:-1]}, and leave {given.money(profit)}."
    return Answer({"sizing": made(writes.SIZINGS, rows)}, says, {"n_heads": sum(row["n_heads"] for row in rows)})


def _sizing(group: str, found: Sizing) -> Row:
    names = ("n_heads", "brings_minor", "profit_minor", "because")
    values: dict[str, Any] = {name: getattr(found, name) for name in names}
    return {"group_id": group} | values


_TIMING: Final = Option(
    name="attrition_timing",
    kind="choice",
    choices=get_args(Timing),
    is_required=True,
    about="When in the year those who leave are gone, on average.",
)
_SCENARIO: Final = (
    "scenario,target,quota,attainment,attrition,share_ramping,ramping_productivity\n"
    "plan,50000000,1000000,0.85,0.15,0.3,0.5\n"
)

FUNCTIONS: Final = (
    PlanFunction(
        name="headcount",
        room=ROOM,
        about="The capacity chain: from target through attainment, attrition and ramp to heads.",
        method="headcount",
        inputs=(Input(reads.HEADCOUNTS),),
        outputs=(writes.HEADCOUNT_CHAIN,),
        compute=_headcount,
        options=(_TIMING,),
        example=Example(files={"scenarios": _SCENARIO}, options={"attrition_timing": "mid_year"}),
    ),
    PlanFunction(
        name="headcount-sensitivity",
        room=ROOM,
        about="What the number of heads becomes when one driver changes and the others stay.",
        method="headcount",
        inputs=(Input(reads.HEADCOUNTS),),
        outputs=(SENSITIVITY,),
        compute=_sensitivity,
        options=(
            _TIMING,
            Option(
                name="changes",
                kind="ratios",
                about="By which share each driver changes, one at a time.",
                default="-0.1,0.1",
            ),
        ),
        example=Example(files={"scenarios": _SCENARIO}, options={"attrition_timing": "mid_year", "changes": "0.1"}),
    ),
    PlanFunction(
        name="ramped-heads",
        room=ROOM,
        about="Heads in fully ramped heads.",
        method="capacity",
        inputs=(Input(reads.RAMPS),),
        outputs=(writes.RAMPED,),
        compute=_ramped,
        example=Example(files={"ramps": "cohort,heads,ramp\nnew,5,0.25\nspring,3,0.6\nwinter,2,0.85\nold,15,1\n"}),
    ),
    PlanFunction(
        name="workload",
        room=ROOM,
        about="Workload sizing: how many people the calls on all accounts take.",
        method="workload-sizing",
        inputs=(Input(reads.ACCOUNT_CLASSES),),
        outputs=(writes.WORK,),
        compute=_workload,
        options=(
            Option(name="hours_per_year", kind="ratio", about="Hours one person works in a year.", is_required=True),
            Option(name="selling_share", kind="ratio", about="The share of them that is selling.", is_required=True),
            Option(
                name="rounding", kind="choice", choices=get_args(Rounding), is_required=True, about="To whole people."
            ),
        ),
        example=Example(
            files={
                "classes": "class,accounts,calls_per_year,minutes_per_call\nA,150,52,60\nB,220,24,30\nC,510,12,15\n"
            },
            options={"hours_per_year": "1920", "selling_share": "0.45", "rounding": "up"},
        ),
    ),
    PlanFunction(
        name="marginal-sizing",
        room=ROOM,
        about="Heads worth their cost, by a table of what each number brings.",
        method="response-sizing",
        inputs=(Input(reads.HEAD_STEPS),),
        outputs=(writes.SIZINGS,),
        compute=_marginal,
        options=(
            Option(name="cost", kind="money", about="What a head costs.", is_required=True),
            Option(
                name="rule",
                kind="choice",
                choices=get_args(MarginalRule),
                is_required=True,
                about="When the next one is hired.",
            ),
        ),
        example=Example(
            files={"heads": "heads,brings\n0,0\n1,100\n2,160\n3,220\n4,230\n"},
            options={"cost": "60", "rule": "while_at_least"},
        ),
    ),
    PlanFunction(
        name="square-root-sizing",
        room=ROOM,
        about="Heads worth their cost where revenue grows with the square root of heads.",
        method="response-sizing",
        inputs=(Input(reads.RESPONSES),),
        outputs=(writes.SIZINGS,),
        compute=_square_root,
        example=Example(files={"responses": "group,scale,cost\neast,1000000,100000\n"}),
    ),
)
