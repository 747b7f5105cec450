"""Functions of quotas: historic with relief, by potential, shared out by history, potential or both; hedges.

tree.csv   rita 300 100, sam 100 150, zoe 200 250   --goal 660 --history-share 0.5   ->   rita 231, sam 154, zoe 275
"""

from __future__ import annotations

import datetime as dt
import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, get_args

import narwhals as nw

from quarterdeck.engine.cascade.over_assignment import break_even_attainment, hedged_amounts, over_assignment
from quarterdeck.engine.cascade.plan import Plan, plan
from quarterdeck.engine.cascade.quotas import (
    QuotaRails,
    Relief,
    blended_weights,
    growth_share_weights,
    historic_quota,
    potential_quota,
    potential_weights,
)
from quarterdeck.engine.cascade.reasons import year_reason
from quarterdeck.engine.cascade.spread import spread
from quarterdeck.engine.cascade.weights import Newcomers, history_weights
from quarterdeck.services.compute.planning.declared import Answer, Example, Given, Input, Option, PlanFunction
from quarterdeck.services.compute.planning.framing import each, made, n_of
from quarterdeck.terms import plan_inputs as reads
from quarterdeck.terms import plan_outputs as writes
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.frames import NODES
from quarterdeck.terms.period import Period

if TYPE_CHECKING:
    from collections.abc import Callable

    from quarterdeck.terms.tables import Frame

ROOM: Final = "Quotas"
ALL: Final = "all"
"""The root that holders without parents hang under."""
GOAL: Final = Option(name="goal", kind="money", about="The amount to hand down.", is_required=True)


def _historic(given: Given) -> Answer:
    rails = QuotaRails(growth_min=given["growth_min"], growth_max=given["growth_max"], relief_max=given["relief_max"])
    found = each(
        given.rows("bases"),
        "holder_id",
        lambda row: {
            "quota_minor": historic_quota(
                row["base_minor"],
                row["growth"],
                relief=row["relief"] or Fraction(),
                relief_rule=given["relief_rule"],
                rails=rails,
            )
        },
    )
    return _quotas(given, made(writes.QUOTAS, found), f"relief is {given['relief_rule']}")


def _by_potential(given: Given) -> Answer:
    found = each(
        given.rows("potentials"),
        "holder_id",
        lambda row: {"quota_minor": potential_quota(row["potential_minor"], given["rate"])},
    )
    return _quotas(given, made(writes.QUOTAS, found), f"{float(given['rate']):.6g} of what there is to win")


def _quotas(given: Given, quotas: Frame, told: str) -> Answer:
    total = sum(quotas["quota_minor"].to_list())
    says = f"{n_of(len(quotas), 'quota')} come to {given.money(total)}; {told}."
    return Answer({"quotas": quotas}, says, {"total_minor": total})


def _by_history(given: Given) -> Answer:
    return _shared(
        given,
        "history",
        lambda nodes: history_weights(nodes, _amounts(given, "history_minor"), newcomers=given["newcomers"]),
    )


def _fair(given: Given) -> Answer:
    return _shared(given, "potential", lambda nodes: potential_weights(nodes, _amounts(given, "potential_minor")))


def _blended(given: Given) -> Answer:
    past, market = _amounts(given, "history_minor"), _amounts(given, "potential_minor")
    share = given["history_share"]
    return _shared(given, "blend", lambda nodes: blended_weights(nodes, past, market, history_share=share))


def _of_growth(given: Given) -> Answer:
    past, market = _amounts(given, "history_minor"), _amounts(given, "potential_minor")
    return _shared(given, "growth share", lambda nodes: growth_share_weights(nodes, given["goal"], past, market))


def _shared(given: Given, basis: str, weigh: Callable[[Frame], Frame]) -> Answer:
    """The goal down the tree by these weights, as one period."""
    nodes = weigh(_tree(given))
    solved = plan(given["goal"], NODES.check(nodes), [_ANY_YEAR], [1], basis=basis)
    years = dict(zip((node.node_id for node in solved.shape.nodes), solved.years("plan"), strict=True))
    rows = [
        row | {"quota_minor": years[row["node_id"]], "derivation": _reason(solved, row["node_id"])}
        for row in nodes.select("node_id", "parent_id", "weight", "weight_from").iter_rows(named=True)
    ]
    shares = made(writes.SHARED, rows)
    n_leaves = sum(row["weight"] is not None for row in rows)
    says = f"{given.money(given['goal'])} shared by {basis} among {n_of(n_leaves, 'holder')}; every level sums exactly."
    return Answer({"quotas": shares}, says, {"goal_minor": given["goal"], "basis": basis})


def _reason(solved: Plan, node: str) -> str:
    return json.dumps(year_reason(solved, solved.shape.number[node], "plan"), ensure_ascii=False)


def _tree(given: Given) -> Frame:
    """node_id and parent_id; holders side by side get a root."""
    rows = given.rows("tree")
    nodes: list[tuple[str, str | None]] = [(row["node_id"], row["parent_id"]) for row in rows]
    if sum(parent is None for _, parent in nodes) > 1:
        if ALL in dict(nodes):
            why = f"Several nodes have no parent, and one of them is called {ALL}."
            raise Refusal("The goal was not shared.", why, "Give the tree one root.", "goal_tree")
        nodes = [(ALL, None), *((node, parent or ALL) for node, parent in nodes)]
    data = {"node_id": [node for node, _ in nodes], "parent_id": [parent for _, parent in nodes]}
    return nw.from_dict(data, {"node_id": nw.String, "parent_id": nw.String}, backend="polars")


def _amounts(given: Given, column: str) -> Frame:
    """node_id and amount of what is known."""
    rows = [row for row in given.rows("tree") if row[column] is not None]
    data = {"node_id": [row["node_id"] for row in rows], "amount": [row[column] for row in rows]}
    schema: dict[str, Any] = {"node_id": nw.String, "amount": nw.Int64}
    return nw.from_dict(data, schema, backend="polars")


def _spread(given: Given) -> Answer:
    rows = given.rows("parts")
    pins, low, high = ([row[name] for row in rows] for name in ("pin_minor", "minimum_minor", "maximum_minor"))
    found = spread(
        given["total"],
        [row["weight"] for row in rows],
        pins=pins,
        minimum=low,
        maximum=high,
        names=[row["part_id"] for row in rows],
    )
    parts = [
        {
            "part_id": row["part_id"],
            "amount_minor": found.amounts[at],
            "rule": found.rules[at],
            "exact": str(found.exact(at)),
        }
        for at, row in enumerate(rows)
    ]
    fixed = sum(rule not in {"weight", "even"} for rule in found.rules)
    says = f"{given.money(given['total'])} over {n_of(len(rows), 'part')}, {fixed} at a pin or bound; they sum exactly."
    return Answer({"parts": made(writes.SPREAD, parts)}, says, {"total_minor": given["total"]})


def _over_assigned(given: Given) -> Answer:
    rows, goal = given.rows("levels"), given["goal"]
    amounts = hedged_amounts(goal, [row["hedge"] for row in rows])
    names = [("goal", None), *((row["level_id"], row["hedge"]) for row in rows)]
    levels = [
        {
            "level_id": name,
            "hedge": hedge,
            "amount_minor": amount,
            "over_assignment": over_assignment(amount, goal),
            "break_even_attainment": break_even_attainment(amount, goal),
        }
        for (name, hedge), amount in zip(names, amounts, strict=True)
    ]
    return Answer({"levels": made(writes.HANDED_DOWN, levels)}, *_against(given, amounts[-1], goal))


def _break_even(given: Given) -> Answer:
    assigned, goal = sum(row["quota_minor"] for row in given.rows("assigned")), given["goal"]
    row = {
        "goal_minor": goal,
        "assigned_minor": assigned,
        "over_assignment": over_assignment(assigned, goal),
        "break_even_attainment": break_even_attainment(assigned, goal),
    }
    return Answer({"break_even": made(writes.OVER_ASSIGNED, [row])}, *_against(given, assigned, goal))


def _against(given: Given, assigned: int, goal: int) -> tuple[str, dict[str, Any]]:
    over, enough = float(over_assignment(assigned, goal)), float(break_even_attainment(assigned, goal))
    says = (
        f"{given.money(assigned)} are assigned, {over:+.2%} against the goal; it is met when {enough:.2%} is attained."
    )
    figures = {"assigned_minor": assigned, "over_assignment": over, "break_even_attainment": enough}
    return says, figures


_ANY_YEAR: Final = Period(dt.date(2001, 1, 1), dt.date(2002, 1, 1))
_TREE: Final = "node,parent,history,potential\nEast,,,\nrita,East,300,100\nsam,East,100,150\nzoe,East,200,250\n"


def _sharing(name: str, about: str, compute: Callable[[Given], Answer], *options: Option, **asked: str) -> PlanFunction:
    return PlanFunction(
        name=name,
        room=ROOM,
        about=about,
        method="quota-weights",
        inputs=(Input(reads.TREE),),
        outputs=(writes.SHARED,),
        options=(GOAL, *options),
        compute=compute,
        example=Example(files={"tree": _TREE}, options={"goal": "660"} | asked),
    )


FUNCTIONS: Final = (
    PlanFunction(
        name="historic-quota",
        room=ROOM,
        about="Last year's amounts with growth, less relief, within guard rails.",
        method="quota-weights",
        inputs=(Input(reads.BASES),),
        outputs=(writes.QUOTAS,),
        compute=_historic,
        options=(
            Option(
                name="relief_rule",
                kind="choice",
                choices=get_args(Relief),
                is_required=True,
                about="base x (1 + growth - relief), or base x (1 + growth) x (1 - relief).",
            ),
            Option(name="growth_min", kind="ratio", about="Growth below it is refused."),
            Option(name="growth_max", kind="ratio", about="Growth above it is refused."),
            Option(name="relief_max", kind="ratio", about="Relief above it is refused."),
        ),
        example=Example(
            files={"bases": "holder,base,growth,relief\nrita,1000,0.1,0.02\nsam,2000,5 %,\n"},
            options={"relief_rule": "additive", "growth_min": "0.05", "growth_max": "0.25"},
        ),
    ),
    PlanFunction(
        name="potential-quota",
        room=ROOM,
        about="The part of each market that is to be won.",
        method="quota-weights",
        inputs=(Input(reads.POTENTIALS),),
        outputs=(writes.QUOTAS,),
        compute=_by_potential,
        options=(Option(name="rate", kind="ratio", about="The part, from 0 to 1.", is_required=True),),
        example=Example(files={"potentials": "holder,potential\nA,4200000\nB,2800000\n"}, options={"rate": "0.25"}),
    ),
    _sharing(
        "history-share",
        "A goal shared out by last year's amounts.",
        _by_history,
        Option(
            name="newcomers",
            kind="choice",
            choices=get_args(Newcomers),
            is_required=True,
            about="Who has no last year weighs the mean of their siblings, or nothing.",
        ),
        newcomers="mean",
    ),
    _sharing("fair-share", "A goal shared out by potential.", _fair),
    _sharing(
        "blend",
        "A goal shared out by a stated blend of history and potential.",
        _blended,
        Option(name="history_share", kind="ratio", is_required=True, about="How much of the blend is history, 0 to 1."),
        history_share="0.5",
    ),
    _sharing("growth-share", "Modified fair share: last year plus a share of the growth by potential.", _of_growth),
    PlanFunction(
        name="spread",
        room=ROOM,
        about="A whole split by weight, around pins and bounds, by largest remainder.",
        method="spread",
        inputs=(Input(reads.PARTS),),
        outputs=(writes.SPREAD,),
        compute=_spread,
        options=(Option(name="total", kind="money", about="The whole.", is_required=True),),
        example=Example(
            files={"parts": "part,weight,pin,maximum\nrita,3,60,\nsam,2,,20\nzoe,1,,\nkim,1,,\n"},
            options={"total": "120"},
        ),
    ),
    PlanFunction(
        name="over-assignment",
        room=ROOM,
        about="What levels hand down with a hedge each, and the attainment that is enough.",
        method="over-assignment",
        inputs=(Input(reads.LEVELS),),
        outputs=(writes.HANDED_DOWN,),
        compute=_over_assigned,
        options=(GOAL,),
        example=Example(
            files={"levels": "level,hedge\ncompany,0.05\nregion,0.05\narea,0.05\nteam,0.05\nseat,0.05\n"},
            options={"goal": "100000000"},
        ),
    ),
    PlanFunction(
        name="break-even",
        room=ROOM,
        about="Quotas against the goal: over-assignment and break-even attainment.",
        method="over-assignment",
        inputs=(Input(reads.ASSIGNED),),
        outputs=(writes.OVER_ASSIGNED,),
        compute=_break_even,
        options=(GOAL,),
        example=Example(files={"assigned": "holder,quota\nrita,70\nsam,55\n"}, options={"goal": "100"}),
    ),
)
