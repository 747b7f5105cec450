"""Worked examples of calendars, cascades and actions: the YAML files beside this one."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import narwhals as nw
import pytest
import yaml

from quarterdeck.engine.actions.funnel import DealSize, Step, WorkingTime, daily_actions, pipeline_needed
from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.calendar.holiday_days import public_holidays
from quarterdeck.engine.calendar.workdays import n_work_days, work_days
from quarterdeck.engine.cascade.cells import cells
from quarterdeck.engine.cascade.seasons import normalised_indices
from quarterdeck.terms.tables import Frame

Case = dict[str, Any]


def _cases(name: str) -> pytest.MarkDecorator:
    cases = yaml.safe_load(Path(__file__).with_name(f"{name}.yaml").read_text(encoding="utf-8"))
    return pytest.mark.parametrize("case", cases, ids=[case["id"] for case in cases])


def _frame(schema: dict[str, Any], rows: list[Case]) -> Frame:
    return nw.from_dict({name: [row.get(name) for row in rows] for name in schema}, schema, backend="polars")


@_cases("calendar")
def test_a_fiscal_year_begins_ends_and_is_cut_as_the_company_says(case: Case) -> None:
    calendar = FiscalCalendar.from_dict(case["calendar"])
    year = calendar.year(case["year"])
    assert (year.starts_on, year.ends_on) == (case["starts_on"], case["ends_on"])
    if "weeks" in case:
        assert [month.n_days / 7 for month in calendar.months(case["year"])] == case["weeks"]


@_cases("calendar_working_days")
def test_a_person_works_the_days_that_are_left(case: Case) -> None:
    dated = {"effective_from": nw.Date, "effective_to": nw.Date}
    people = {"person_id": nw.String, "country": nw.String, "part_time": nw.Float64} | dated
    leave = {"person_id": nw.String, "starts_on": nw.Date, "ends_on": nw.Date, "share": nw.Float64}
    found = work_days(
        _frame(people, [{"person_id": "rita"} | case["person"]]),
        _frame(leave, [{"person_id": "rita"} | row for row in case.get("leave", [])]),
        case["starts_on"],
        case["ends_on"],
        holidays=public_holidays([case["person"]["country"]], [case["starts_on"].year]),
    )
    assert n_work_days(found, "rita", case["starts_on"], case["ends_on"]) == pytest.approx(case["n_days"])


@_cases("cascade")
def test_a_goal_comes_down_to_every_node_and_month(case: Case) -> None:
    nodes = [{"node_id": node, "parent_id": up, "weight": weight} for node, (up, weight) in case["tree"].items()]
    schema = {"node_id": nw.String, "parent_id": nw.String, "weight": nw.Int64}
    year = FiscalCalendar().months(2025)
    found = cells(case["amount"], _frame(schema, nodes), year, case.get("season", [1] * 12), basis="case")
    months = {node: found.filter(nw.col("node_id") == node)["amount"].to_list() for node in case["tree"]}
    assert {node: sum(amounts) for node, amounts in months.items()} == case["years"]
    assert {node: months[node] for node in case.get("months", {})} == case.get("months", {})


@_cases("cascade_seasons")
def test_seasonal_indices_are_normalised(case: Case) -> None:
    found = normalised_indices([Fraction(index) for index in case["raw"]], case["total"])
    assert found == [Fraction(index) for index in case["indices"]]


@_cases("actions")
def test_a_target_becomes_actions(case: Case) -> None:
    steps = [Step(kind=kind, rate=rate) for kind, rate in case["rates"].items()]
    time = WorkingTime(days_left=case["days_left"])
    found = daily_actions(case["remaining"], DealSize(own=case["average_deal"]), steps, time)
    assert dict(found.select("kind", "needed_total").rows()) == case["totals"]
    assert dict(found.select("kind", "needed_today").rows()) == case["today"]


@_cases("actions_pipeline")
def test_a_target_needs_a_pipeline(case: Case) -> None:
    need = pipeline_needed(
        case["remaining"], case["average_deal"], float(Fraction(case["win_rate"])), cycle_days=case["cycle_days"]
    )
    assert need is not None
    for name in ("n_deals", "n_opportunities", "amount_minor", "coverage", "n_quarters_before"):
        assert getattr(need, name) == case[name], name
