"""Worked examples of spreads, pins, margins, quotas and re-plans: the YAML files beside this one."""

import datetime as dt
from fractions import Fraction
from pathlib import Path
from typing import Any

import narwhals as nw
import pytest
import yaml

from quarterdeck.engine.cascade.margins import two_margins
from quarterdeck.engine.cascade.plan import plan
from quarterdeck.engine.cascade.spread import spread
from quarterdeck.terms.frames import FACTORS, NODES, PINS, RAILS
from quarterdeck.terms.period import Period
from quarterdeck.terms.tables import Frame, Table

Case = dict[str, Any]
QUARTER = [Period(dt.date(2025, at, 1), dt.date(2025, at + 1, 1)) for at in (1, 2, 3)]


def _frame(table: Table, rows: list[tuple[Any, ...]]) -> Frame:
    columns = {name: [row[at] for row in rows] for at, name in enumerate(table.schema)}
    return nw.from_dict(columns, table.schema, backend="polars")


def _cases(name: str) -> pytest.MarkDecorator:
    cases = yaml.safe_load(Path(__file__).with_name(f"{name}.yaml").read_text(encoding="utf-8"))
    return pytest.mark.parametrize("case", cases, ids=[case["id"] for case in cases])


@_cases("cascade_spread")
def test_a_whole_is_split_into_parts(case: Case) -> None:
    bounds = {name: case.get(name) for name in ("pins", "minimum", "maximum")}
    assert spread(case["total"], case["weights"], **bounds).amounts == case["parts"]


@_cases("cascade_margins")
def test_a_table_meets_both_margins(case: Case) -> None:
    assert two_margins(case["seed"], case["rows"], case["columns"]) == case["table"]


@_cases("cascade_pins")
def test_a_plan_is_spread_around_its_pins(case: Case) -> None:
    pins = [(node, month and QUARTER[month - 1].starts_on, amount) for node, month, amount in case.get("pins", [])]
    shares = [
        (node, QUARTER[at].starts_on, float(share))
        for node, row in case.get("factors", {}).items()
        for at, share in enumerate(row)
    ]
    made = plan(
        case["amount"], _frame(NODES, [(node, *row) for node, row in case["tree"].items()]), QUARTER, [1, 1, 1],
        basis="case", pins=_frame(PINS, pins), factors=_frame(FACTORS, shares),
        rails=_frame(RAILS, [(node, *row) for node, row in case.get("rails", {}).items()]),
        hedges=[Fraction(hedge) for hedge in case.get("hedges", [])],
    )  # fmt: skip
    years, street, months = made.years("plan"), made.years("street"), made.months("plan").tolist()
    for name, found in (("years", years), ("street", street), ("months", months)):
        assert {node: found[made.number(node)] for node in case.get(name, {})} == case.get(name, {})
