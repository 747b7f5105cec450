"""Odd, empty and hostile facts: nothing breaks, nothing is paid in silence."""

import datetime as dt
from typing import Any

import narwhals as nw
import pytest

from quarterdeck.engine.pay.checks import closed_gates, pay_cliffs, pay_curve
from quarterdeck.engine.pay.differences import plan_differences
from quarterdeck.engine.pay.facts import PayFacts, collected
from quarterdeck.engine.pay.findings import pay_findings
from quarterdeck.engine.pay.overlaps import plan_overlaps
from quarterdeck.engine.pay.reading import plan_from_text
from quarterdeck.engine.pay.run import PayRun, pay_run
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.pay import PAY_EVENTS, PAY_OUTPUTS, PAY_PEOPLE, PAY_VALUES
from quarterdeck.terms.tables import Table

EVERYTHING = """
plan: everything
currency: USD
effective_from: 2025-01-01
effective_to: 2026-01-01
values: {quota: {unit: money, per: quarter}, target_pay: {unit: money, default: 100}, draw: money}
measures:
  sales: {window: year, target: quota, prorate_target: true}
  deals: {window: deal}
  last: {window: year, years_later: 1}
  calls: {of: events, window: rolling, periods: 3}
  largest: {as: maximum, window: plan}
  team: {credit: team}
  up: {credit: roll_up}
  all: {credit: company}
  mix: {score: 'attainment(sales) * 50% + calls / 10', window: month}
components:
  - name: a
    measure: sales
    table: {mode: marginal, value: rate, by: attainment(sales), bands: [{from: 0, pays: 8%}, {from: 1, pays: 9%}]}
  - {name: b, measure: deals, rate: 1%, cap: {amount: 5 USD, per: window}, release: cash}
  - {name: c, measure: last, rate: 1%}
  - {name: d, measure: calls, amount: 2 USD}
  - {name: e, measure: largest, rate: 1%, floor: 1 USD}
  - {name: f, measure: team, rate: 1%, release: invoice}
  - {name: g, measure: up, rate: 1%, cap: {amount: 3 USD, excess: carried}}
  - {name: h, measure: all, pool: {rate: 1%}}
  - {name: i, measure: mix, formula: 'mix * target_pay', prorate: true}
settlement: {draw: {amount: draw}, guarantee: 10 USD * active_share}
capitalise_months: 3
"""
PLAN = plan_from_text(EVERYTHING)
AS_OF = dt.date(2025, 5, 15)


def _frame(table: Table, rows: list[dict[str, Any]]) -> Any:
    data = {name: [row.get(name) for row in rows] for name in table.schema}
    return nw.from_dict(data, table.schema, backend="polars")


def _facts(events: list[dict[str, Any]], people: list[dict[str, Any]], values: list[dict[str, Any]]) -> PayFacts:
    return PayFacts(_frame(PAY_EVENTS, events).lazy(), _frame(PAY_PEOPLE, people), _frame(PAY_VALUES, values))


def _checked(run: PayRun) -> None:
    frames = {
        "measures": run.measures,
        "payouts": run.payouts,
        "settlements": run.settlements,
        "statement_lines": run.lines,
    }
    for name, frame in {**frames, "credits": collected(run.credits)}.items():
        PAY_OUTPUTS[name].check(frame)


QUOTA = {"name": "quota", "value": "1000"}
EVENT = {"event_id": "e", "happened_on": dt.date(2025, 2, 3), "person_id": "rita", "amount_minor": 12_345}


@pytest.mark.parametrize(
    "events", [[], [EVENT], [{**EVENT, "amount_minor": None, "quantity": -3}], [{**EVENT, "amount_minor": -(10**12)}]]
)
@pytest.mark.parametrize(
    "people",
    [
        [],
        [{"person_id": "rita", "team_id": "t"}],
        [{"person_id": "😀 'x'; --", "manager_id": "rita"}, {"person_id": "rita"}],
    ],
)
@pytest.mark.parametrize("values", [[], [QUOTA], [{**QUOTA, "value": "0"}], [{**QUOTA, "value": "-5"}]])
def test_whatever_is_missing_every_table_has_its_shape(events: Any, people: Any, values: Any) -> None:
    facts = _facts(events, people, values)
    pay_findings(PLAN, facts, AS_OF)
    run = pay_run(PLAN, facts, AS_OF)
    _checked(run)
    sums = (run.settlements["paid_minor"].sum(), run.lines["amount_minor"].sum())
    assert (sums[0] or 0) == (sums[1] or 0)


def test_somebody_on_the_plan_for_a_day_only() -> None:
    day = {"effective_from": dt.date(2025, 2, 3), "effective_to": dt.date(2025, 2, 4)}
    run = pay_run(PLAN, _facts([EVENT], [{"person_id": "rita", **day}], [QUOTA]), AS_OF)
    _checked(run)
    assert run.settlements.filter(nw.col("starts_on") < dt.date(2025, 2, 1)).is_empty()


def test_times_that_touch_are_one_and_times_that_are_none_are_nothing() -> None:
    parts = [(None, dt.date(2025, 2, 1)), (dt.date(2025, 2, 1), None), (dt.date(2025, 9, 1), dt.date(2025, 3, 1))]
    people = [{"person_id": "rita", "effective_from": begins, "effective_to": ends} for begins, ends in parts]
    one, whole = (pay_run(PLAN, _facts([EVENT], rows, [QUOTA]), AS_OF) for rows in (people, [{"person_id": "rita"}]))
    assert one.settlements.rows() == whole.settlements.rows()


def test_a_run_before_the_plan_begins_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        pay_run(PLAN, _facts([], [], []), dt.date(2024, 12, 31))
    assert refused.value.rule == "pay_input"


@pytest.mark.parametrize("where", ["nosuch == 'x'", "happened_on == 'x'"])
def test_a_condition_that_does_not_fit_the_events_is_refused(where: str) -> None:
    text = EVERYTHING.replace("deals: {window: deal}", f'deals: {{window: deal, where: "{where}"}}')
    with pytest.raises(Refusal) as refused:
        pay_run(plan_from_text(text), _facts([EVENT], [{"person_id": "rita"}], [QUOTA]), AS_OF)
    assert refused.value.rule == "pay_input"


@pytest.mark.parametrize(
    "where", ["amount == 'x'", "amount under 'x'", "true and not quantity in ['x']", "person == 5"]
)
def test_a_condition_that_compares_numbers_with_texts_is_told_with_the_plan(where: str) -> None:
    text = EVERYTHING.replace("deals: {window: deal}", f'deals: {{window: deal, where: "{where}"}}')
    with pytest.raises(Refusal, match="is compared with something else"):
        plan_from_text(text)


def test_who_asks_for_a_column_that_people_have() -> None:
    text = EVERYTHING.replace("currency: USD\n", "currency: USD\nwho: nosuch == 'x'\n", 1)
    with pytest.raises(Refusal, match="nosuch"):
        pay_run(plan_from_text(text), _facts([], [{"person_id": "rita"}], []), AS_OF)


def test_two_plans_for_one_person_at_one_time_are_found() -> None:
    other = plan_from_text(EVERYTHING.replace("plan: everything", "plan: other").replace("2025-01-01", "2025-06-01"))
    later = plan_from_text(EVERYTHING.replace("2026-01-01", "2027-01-01").replace("2025-01-01", "2026-01-01"))
    people = _frame(PAY_PEOPLE, [{"person_id": "rita"}])
    assert [finding.rule for finding in plan_overlaps([PLAN, other], people)] == ["two_plans"]
    assert "2025-06-01" in plan_overlaps([PLAN, other], people)[0].message
    assert plan_overlaps([PLAN, later], people) == []


def test_a_gate_that_never_opens_is_found_and_one_that_does_is_not() -> None:
    text = EVERYTHING.replace(
        "{name: e,",
        "{name: z, measure: sales, rate: 1%, gate: attainment(sales) > 400%}\n"
        "  - {name: e, gate: attainment(sales) > 99%,",
    )
    found = closed_gates(plan_from_text(text), {"quota": 1000})
    assert [finding.column for finding in found] == ["z"]


def test_marginal_tables_have_no_cliffs_and_costs_rise_with_attainment() -> None:
    assert pay_cliffs(PLAN, {"quota": 1000}) == []
    costs = [pays["a"] for _, pays in pay_curve(PLAN, {"quota": 1000})]
    assert costs == sorted(costs)
    assert costs[20] == 4 * 1000_00 * 8 // 100


def test_the_words_of_a_plan_may_change_without_a_difference() -> None:
    same = plan_from_text(EVERYTHING.replace("8%", "0.08").replace("plan: everything", "plan: everything "))
    assert plan_differences(PLAN, same) == []
    changed = plan_from_text(EVERYTHING.replace("pays: 9%", "pays: 10%"))
    assert plan_differences(PLAN, changed) == [("components.a.table.values", "2/25, 9/100", "2/25, 1/10")]
