"""The plans that are offered to start from: whole, with examples that hold, in any company's year and currency."""

from __future__ import annotations

import datetime as dt

import pytest

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.pay.checks import closed_gates, pay_cliffs, pay_curve
from quarterdeck.engine.pay.examples import plan_examples
from quarterdeck.engine.pay.reading import plan_from_text
from quarterdeck.services.pay.starters import NAMES, starter_text, starters
from quarterdeck.terms.errors import Refusal

COMPANIES = (
    (FiscalCalendar(), "USD"),
    (FiscalCalendar(first_month=7, names_year_by="end"), "JPY"),
    (FiscalCalendar.from_dict({"kind": "4-5-4", "first_month": 2, "anchor": "2025-02-02"}), "KWD"),
)


@pytest.mark.parametrize("at", range(len(NAMES)), ids=NAMES)
def test_a_plan_to_start_from_keeps_what_its_examples_promise_in_a_company_of_its_own(at: int) -> None:
    calendar, currency = COMPANIES[at % len(COMPANIES)]
    year = calendar.period_of(dt.date(2026, 3, 17), "year")
    plan = plan_from_text(starter_text(NAMES[at], year, currency, calendar))
    assert (plan.currency, plan.effective_from, plan.calendar) == (currency, year.starts_on, calendar)
    assert plan.examples
    assert [finding.message for finding in plan_examples(plan)] == []
    values = {name: 1000 for name, one in plan.values.items() if one.default is None}
    assert closed_gates(plan, values) == []


def test_there_are_nine_and_each_says_whom_it_pays_for_what() -> None:
    assert len(starters()) == 9
    assert all(len(one.about) > 60 and one.title for one in starters())
    assert len({one.title for one in starters()}) == 9


def test_a_name_that_is_none_is_refused_with_those_there_are() -> None:
    with pytest.raises(Refusal) as refused:
        starter_text("../../etc/passwd", FiscalCalendar().year(2026))
    assert refused.value.rule == "comp_plan_starter"
    assert "spiff" in refused.value.next_step


CLIFFS = """
plan: cliffs
currency: USD
effective_from: 2025-01-01
effective_to: 2026-01-01
values: {quota: {unit: money, per: year}, target_pay: {unit: money, default: 1000}}
measures:
  sales: {window: year, target: quota}
  margin: {window: year}
  meetings: {window: year, of: events}
components:
  - {name: gated, measure: sales, rate: 10%, gate: attainment(sales) >= 50%}
  - {name: beside, measure: sales, rate: 10%, gate: 300 USD <= margin}
  - name: begins
    measure: sales
    table:
      mode: interpolated
      value: percent_of_target_pay
      by: attainment(sales)
      bands: [{from: 80%, to: 100%, pays: 100%, starts: 20%}]
  - name: multiplied
    measure: sales
    rate: 1%
    multiplier:
      mode: lookup
      value: multiplier
      by: attainment(sales)
      bands: [{from: 0, pays: 1}, {from: 100%, pays: 2}]
  - name: each
    measure: meetings
    table: {mode: marginal, value: amount, bands: [{from: 0, pays: 40}, {from: 10, pays: 60}]}
  - name: smooth
    measure: sales
    table: {mode: marginal, value: rate, by: attainment(sales), bands: [{from: 0, pays: 5%}, {from: 100%, pays: 9%}]}
"""


def test_every_place_at_which_one_unit_more_makes_pay_jump_is_listed_and_no_other() -> None:
    found = [one.message for one in pay_cliffs(plan_from_text(CLIFFS), {"quota": 1000})]
    assert found == [
        "gated jumps by 50.00 USD at sales of 500.00 USD.",
        "beside jumps by 100.00 USD at margin of 300.00 USD.",
        "begins jumps by 200.00 USD at sales of 800.00 USD.",
        "multiplied jumps by 10.00 USD at sales of 1,000.00 USD.",
    ]


def test_a_curve_is_what_the_same_code_pays_at_each_attainment() -> None:
    curve = dict(pay_curve(plan_from_text(CLIFFS), {"quota": 1000}))
    assert [curve[share]["gated"] for share in sorted(curve)][8:12] == [0, 0, 50_00, 55_00]
    assert curve[max(curve)]["smooth"] == 50_00 + 180_00
