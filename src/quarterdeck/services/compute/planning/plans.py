"""Functions of whole plans: a goal down a tree around pins, amended in mid-year, and proof that it adds up.

nodes.csv  company, rita 1, sam 1    pins.csv  rita January 10    --goal 120   ->   cells, years, reconciliation
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, get_args

import narwhals as nw

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.cascade.amendments import Running, amendment
from quarterdeck.engine.cascade.cells import plan_cells
from quarterdeck.engine.cascade.explanations import explanation
from quarterdeck.engine.cascade.plan import LAYERS, plan
from quarterdeck.engine.cascade.reconciliation import plan_reconciliation, reconciliation
from quarterdeck.services.compute.planning.declared import Answer, Example, Given, Input, Option, PlanFunction
from quarterdeck.services.compute.planning.exact import whole_weights
from quarterdeck.services.compute.planning.framing import made, n_of
from quarterdeck.services.compute.planning.spans import FISCAL_START, fiscal_calendar
from quarterdeck.terms import plan_inputs as reads
from quarterdeck.terms import plan_outputs as writes
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.frames import CELLS, NODES, PINS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quarterdeck.terms.period import Period
    from quarterdeck.terms.tables import Frame

ROOM: Final = "Plans"
_HEDGE: Final = Option(name="hedge", kind="ratios", about="What each level adds in the street layer, the root first.")
_BASIS: Final = Option(name="basis", kind="text", about="Where the weights come from, in a word.", default="given")
_TREE: Final = (
    Input(reads.SEASON, is_required=False),
    Input(reads.PLAN_PINS, is_required=False),
    Input(reads.PLAN_RAILS, is_required=False),
    Input(reads.PLAN_FACTORS, is_required=False),
)


def _cascade(given: Given) -> Answer:
    calendar = fiscal_calendar(given)
    if not dt.MINYEAR < given["year"] < dt.MAXYEAR:
        raise Refusal(
            "The goal was not cascaded.", f"There is no year {given['year']}.", "Say 2025, or so.", "plan_option"
        )
    months = calendar.months(given["year"])
    solved = plan(
        given["goal"],
        _nodes(given),
        months,
        _season(given, [month.starts_on for month in months]),
        basis=given["basis"],
        pins=_pins(given),
        rails=_bare(given, "rails"),
        factors=given.frame("factors"),
        hedges=given["hedge"] or (),
    )
    cells = nw.concat([plan_cells(solved, layer=layer).with_columns(layer=nw.lit(layer)) for layer in LAYERS])
    street = solved.years("street")
    years = [
        {"node_id": node.node_id, "parent_id": node.parent_id, "plan_minor": amount, "street_minor": street[at]}
        for at, (node, amount) in enumerate(zip(solved.shape.nodes, solved.years("plan"), strict=True))
    ]
    checked = plan_reconciliation(solved)
    tables: dict[str, Frame] = {
        "years": made(writes.PLAN_YEARS, years),
        "cells": _layered(cells),
        "reconciliation": checked,
    }
    if given["explain"] is not None:
        tables["explanation"] = explanation(solved, given["explain"], given["explain_month"])
    where = f"{n_of(len(years), 'node')} and {n_of(len(months), 'month')}"
    says = f"{given.money(given['goal'])} in {where}; {_proof(checked)}"
    return Answer(tables, says, {"goal_minor": given["goal"], "street_minor": street[0]})


def _amended(given: Given) -> Answer:
    cells = _cells(given)
    starts = sorted(set(cells["starts_on"].to_list()))
    found = amendment(
        cells,
        _nodes(given),
        _season(given, starts),
        effective_on=given["effective_on"],
        running=given["running"],
        basis=given["basis"],
        amount=given["amount"],
        pins=_pins(given),
        rails=_bare(given, "rails"),
        factors=given.frame("factors"),
        hedges=given["hedge"] or (),
    )
    changed = found.difference
    who = changed["node_id"].n_unique()
    moved = sum(max(one, 0) for one in changed.filter(nw.col("layer") == "plan")["difference"].to_list())
    proof = _proof(reconciliation(found.cells))
    says = f"{n_of(len(changed), 'cell')} of {n_of(who, 'node')} change from {given['effective_on']} on; {proof}"
    return Answer(
        {"amendment": changed, "cells": _layered(found.cells)}, says, {"n_changed": len(changed), "more_minor": moved}
    )


def _reconciled(given: Given) -> Answer:
    years = _bare(given, "years")
    if years is not None:
        years = years.with_columns(nw.col("layer").fill_null("plan"))
    found = reconciliation(_cells(given), years)
    off = found.filter(nw.col("difference") != 0)
    says = f"{n_of(len(found), 'sum')} held against their parts; {_proof(found)}"
    return Answer({"differences": off, "reconciliation": found}, says, {"n_off": len(off)})


def _proof(checked: Frame) -> str:
    n_off = len(checked.filter(nw.col("difference") != 0))
    return "every sum is exact." if not n_off else f"{n_off:,} of them differ."


def _nodes(given: Given) -> Frame:
    rows = given.rows("nodes")
    data: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in ("node_id", "parent_id")}
    data["weight"] = whole_weights([row["weight"] for row in rows])
    return NODES.check(nw.from_dict(data, NODES.schema, backend="polars"))


def _season(given: Given, starts: Sequence[dt.date]) -> list[Fraction]:
    """A weight per month; one by default. Raises Refusal for months that are not those of the year."""
    if "season" not in given.inputs:
        return [Fraction(1)] * len(starts)
    said = {row["starts_on"]: row["weight"] for row in given.rows("season")}
    if set(said) != set(starts):
        strange = min(set(said) ^ set(starts))
        why = f"The season and the year differ: {strange} is a month of one of them only."
        raise Refusal(
            "The season was not used.",
            why,
            f"Give a weight for each month from {starts[0]} to {starts[-1]}.",
            "plan_months",
        )
    return [said[day] for day in starts]


def _pins(given: Given) -> Frame | None:
    pins = _bare(given, "pins")
    return None if pins is None else PINS.check(pins)


def _bare(given: Given, name: str) -> Frame | None:
    """The input as the engine's frame: amount_minor -> amount."""
    frame = given.frame(name)
    if frame is None:
        return None
    return frame.rename(
        {column: column.removesuffix("_minor") for column in frame.columns if column.endswith("_minor")}
    )


def _cells(given: Given) -> Frame:
    frame = given.inputs["cells"].frame().rename({"amount_minor": "amount"})
    frame = frame.with_columns(layer=nw.col("layer").fill_null("plan"), derivation=nw.col("derivation").fill_null("{}"))
    if wrong := frame.filter(nw.col("ends_on") <= nw.col("starts_on"))["starts_on"].to_list():
        why = f"A month from {wrong[0]} ends before it begins."
        raise Refusal("The plan was not read.", why, "Give the first day after it.", "plan_months")
    return frame.select("layer", *CELLS.schema)


def _layered(cells: Frame) -> Frame:
    return cells.select("layer", *CELLS.schema).sort("layer", "node_id", "starts_on")


def _quarter(months: Sequence[Period]) -> str:
    rows = [
        f"{node},{parent},{month.starts_on},{month.ends_on},{amount}"
        for node, parent, amount in (("t", "", 20), ("rita", "t", 10), ("sam", "t", 10))
        for month in months
    ]
    return "node,parent,starts_on,ends_on,amount\n" + "\n".join(rows) + "\n"


FUNCTIONS: Final = (
    PlanFunction(
        name="cascade",
        room=ROOM,
        about="A goal down a tree and over the months, around pins, within rails, in two layers.",
        method="pins",
        inputs=(Input(reads.PLAN_NODES), *_TREE),
        outputs=(writes.PLAN_YEARS, writes.PLAN_CELLS_MADE, writes.RECONCILED, writes.EXPLAINED),
        compute=_cascade,
        options=(
            Option(name="goal", kind="money", about="The year's amount.", is_required=True),
            Option(
                name="year",
                kind="count",
                about="The fiscal year, named by the year in which it ends.",
                is_required=True,
            ),
            FISCAL_START,
            _HEDGE,
            _BASIS,
            Option(name="explain", kind="text", about="A node whose amount is explained, step by step up to the goal."),
            Option(name="explain_month", kind="day", about="Explain this month of it; empty is the year."),
        ),
        example=Example(
            files={
                "nodes": "node,parent,weight\ncompany,,\nrita,company,1\nsam,company,1\n",
                "pins": "node,starts_on,amount\nrita,2025-01-01,10\n",
            },
            options={"goal": "120", "year": "2025", "hedge": "0.1"},
        ),
    ),
    PlanFunction(
        name="amendment",
        room=ROOM,
        about="A plan amended from a day on: closed months stay, one subtree is spread again.",
        method="re-plan",
        inputs=(Input(reads.PLAN_CELLS), Input(reads.PLAN_NODES), *_TREE),
        outputs=(writes.AMENDED, writes.PLAN_CELLS_MADE),
        compute=_amended,
        options=(
            Option(name="effective_on", kind="day", about="From which day on.", is_required=True),
            Option(
                name="running",
                kind="choice",
                choices=get_args(Running),
                is_required=True,
                about="Whether the month of that day is still open.",
            ),
            Option(name="amount", kind="money", about="The year's new amount, for the root of all only."),
            _HEDGE,
            _BASIS,
        ),
        example=Example(
            files={
                "cells": _quarter(FiscalCalendar().months(2025)[:3]),
                "nodes": "node,parent,weight\nt,,\nrita,t,1\n",
            },
            options={"effective_on": "2025-03-01", "running": "open"},
        ),
    ),
    PlanFunction(
        name="reconciliation",
        room=ROOM,
        about="Proof that a plan adds up: every parent and every year against its parts.",
        method="pins",
        inputs=(Input(reads.PLAN_CELLS), Input(reads.NODE_YEARS, is_required=False)),
        outputs=(writes.RECONCILED,),
        compute=_reconciled,
        example=Example(
            files={
                "cells": _quarter(FiscalCalendar().months(2025)[:3]).replace(
                    "sam,t,2025-02-01,2025-03-01,10", "sam,t,2025-02-01,2025-03-01,9"
                )
            }
        ),
    ),
)
