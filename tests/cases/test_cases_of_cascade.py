"""Worked examples of spreads, pins, margins, quotas and re-plans: the YAML files beside this one."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import narwhals as nw
import pytest
import yaml

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.cascade import goals, over_assignment, quotas
from quarterdeck.engine.cascade.margins import two_margins
from quarterdeck.engine.cascade.plan import plan
from quarterdeck.engine.cascade.proration import prorated_by_days, prorated_by_months
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


_RATIOS = ("growth", "relief", "rate", "market_growth", "share", "growth_min", "growth_max", "relief_max")


def _exact(arguments: Case) -> Case:
    return {name: Decimal(value) if name in _RATIOS else value for name, value in arguments.items()}


@_cases("cascade_quotas")
def test_a_quota_or_goal_is_what_its_source_says(case: Case) -> None:
    rooms = (quotas, over_assignment, goals)
    function = next(found for room in rooms if (found := getattr(room, case["call"], None)))
    arguments = _exact(case["arguments"])
    if "rails" in case:
        arguments["rails"] = quotas.QuotaRails(**_exact(case["rails"]))
    result = Fraction(case["result"]) if isinstance(case["result"], str) else case["result"]
    assert function(**arguments) == result


@_cases("cascade_proration")
def test_part_of_a_year_gets_part_of_its_number(case: Case) -> None:
    calendar, days = FiscalCalendar(), (case["starts_on"], case["ends_on"])
    how = {"day_count": case["day_count"], "first_day": case["first_day"]}
    if "weights" in case:
        found = prorated_by_months(case["amount"], calendar.months(case["year"]), case["weights"], *days, **how)
    else:
        found = prorated_by_days(case["amount"], calendar.year(case["year"]), *days, **how)
    assert found == case["result"]
