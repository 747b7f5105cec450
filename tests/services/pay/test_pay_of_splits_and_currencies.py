"""Shared bookings, overlays, returns of what was shared, and a plan in another currency than the company's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

import pytest

from pay_stage import FIRST, acting, staged
from quarterdeck.records.models import Booking, CreditSplit, ExchangeRate, PayCredit, PayRun, Return
from quarterdeck.services.pay.assignments import person_assigned
from quarterdeck.services.pay.plans import comp_plan_drafted, comp_plan_published
from quarterdeck.services.pay.runs import pay_run_made, pay_run_previewed
from quarterdeck.services.pay.statements import statement
from quarterdeck.terms.errors import Refusal
from small_company import SmallCompany, fact

SHARED: Final = """
plan: shared
currency: USD
effective_from: 2025-06-01
effective_to: 2026-06-01
measures:
  own: {window: plan, credit: {to: splits, role: split, sums_to_one: true}}
  beside: {window: plan, credit: {to: splits, role: overlay, sums_to_one: false}}
components:
  - {name: commission, measure: own, rate: 10%}
  - {name: specialist, measure: beside, rate: 1%}
examples:
  - name: a third and two thirds
    people: [{person: rita}, {person: raj}]
    events: [{id: e1, on: 2025-06-03, person: rita, amount: 100}]
    splits: [{event: e1, person: rita, role: split, share: 40%}, {event: e1, person: raj, role: split, share: 60%}]
    expect: {payouts: [{component: commission, person: raj, amount: 6}]}
"""
EUROS: Final = """
plan: euros
currency: EUR
effective_from: 2025-06-01
effective_to: 2026-06-01
measures: {sales: {window: plan}}
components: [{name: commission, measure: sales, rate: 10%}]
examples: [{name: one, events: [{on: 2025-06-03, amount: 100}], expect: {payouts: [{amount: 10}]}}]
"""


def _planned(company: SmallCompany) -> None:
    olga = acting(company, "olga")
    Booking.objects.all().update(superseded_at=dt.datetime(2025, 6, 30, 10, tzinfo=dt.UTC))
    ExchangeRate.objects.create(currency="EUR", on=dt.date(2025, 6, 1), rate="1.25", **fact("eur"))
    ExchangeRate.objects.create(currency="GBP", on=dt.date(2025, 6, 1), rate="1.5", **fact("gbp"))
    for text, people in ((SHARED, ("rita", "raj", "nora")), (EUROS, ("walt",))):
        made = comp_plan_drafted(olga, text)
        comp_plan_published(olga, made.pk)
        for who in people:
            person_assigned(olga, made.plan_id, company.people[who].pk, effective_from=FIRST)


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[SmallCompany]:  # noqa: ARG001  the database first
    with staged(django_db_blocker, _planned) as made:
        yield made


@pytest.fixture
def company(stage: SmallCompany, db: None) -> SmallCompany:  # noqa: ARG001  inside a savepoint of the stage
    return stage


def booked(company: SmallCompany, code: str, who: str, minor: int, **more: Any) -> Booking:
    person = company.people[who]
    whose = {"person": person, "credited": person, "credited_by": "booking", "booked_on": dt.date(2025, 6, 10)}
    made: Booking = Booking.objects.create(amount_minor=minor, **whose | more, **fact(code))
    return made


def shared(company: SmallCompany, code: str, **shares: tuple[str, str]) -> None:
    for who, (role, share) in shares.items():
        person = company.people[who]
        CreditSplit.objects.create(
            booking_source_id=code, person=person, role=role, share=share, **fact(f"{code}-{who}-{role}")
        )


def run_of(company: SmallCompany) -> PayRun:
    run = pay_run_made(acting(company, "olga"))
    pay_run_previewed(acting(company, "olga"), run.pk)
    return run


def credited(run: PayRun, measure: str) -> dict[tuple[str, str], int]:
    rows = PayCredit.objects.filter(run=run, measure=measure).values_list("event_id", "person__code", "value")
    return {(event.rpartition(":")[2], who.removeprefix("p-")): value for event, who, value in rows}


def test_shares_divide_a_booking_and_its_return_and_an_overlay_is_credited_beside(company: SmallCompany) -> None:
    booked(company, "b-1", "rita", 100_01)
    booked(company, "b-2", "rita", 50_00)
    shared(company, "b-1", rita=("split", "0.5"), raj=("split", "50%"), nora=("overlay", "100%"))
    back = {"booking_source_id": "b-1", "returned_on": dt.date(2025, 6, 20), "amount_minor": 100_01}
    Return.objects.create(**back, **fact("r-1"))
    run = run_of(company)
    assert credited(run, "own") == {
        ("b-1", "raj"): 50_01, ("b-1", "rita"): 50_00, ("b-2", "rita"): 50_00,
        ("r-1", "raj"): -50_01, ("r-1", "rita"): -50_00,
    }  # fmt: skip
    assert credited(run, "beside") == {("b-1", "nora"): 100_01, ("r-1", "nora"): -100_01}


def test_shares_of_a_deal_hold_for_its_bookings_of_those_days_unless_a_booking_has_its_own(
    company: SmallCompany,
) -> None:
    deal = company.deals["rita"]
    for code, day in (("b-1", 10), ("b-2", 25), ("b-3", 11)):
        booked(company, code, "rita", 100_00, opportunity=deal, booked_on=dt.date(2025, 6, day))
    days = {"effective_from": dt.date(2025, 6, 5), "effective_to": dt.date(2025, 6, 20)}
    for who in ("rita", "raj"):
        of_deal = {"opportunity": deal, "person": company.people[who], "role": "split", "share": "50%"}
        CreditSplit.objects.create(**of_deal, **days, **fact(f"deal-{who}"))
    shared(company, "b-3", nora=("split", "100%"))
    assert credited(run_of(company), "own") == {
        ("b-1", "rita"): 50_00, ("b-1", "raj"): 50_00, ("b-2", "rita"): 100_00, ("b-3", "nora"): 100_00,
    }  # fmt: skip


def test_shares_that_do_not_make_a_whole_are_an_error_before_anybody_is_paid(company: SmallCompany) -> None:
    booked(company, "b-1", "rita", 100_00)
    shared(company, "b-1", rita=("split", "50%"))
    found = run_of(company).states.get(state="previewed").findings
    (one,) = [row for row in found if row["rule"] == "split_sum"]
    assert (one["severity"], one["value"].rpartition(":")[2]) == ("error", "b-1")


def test_a_plan_in_euros_pays_euros_as_they_were_and_the_rest_at_the_rate_of_the_day(company: SmallCompany) -> None:
    quoted = {"source_currency": "EUR", "exchange_rate": "1.2", "exchange_rate_on": dt.date(2025, 5, 1)}
    booked(company, "b-1", "walt", 120_00, source_amount_minor=100_00, **quoted)
    booked(company, "b-2", "walt", 100_00)
    booked(company, "b-3", "walt", 15_00, source_amount_minor=10_00, **quoted | {"source_currency": "GBP"})
    run = run_of(company)
    assert credited(run, "sales") == {("b-1", "walt"): 100_00, ("b-2", "walt"): 80_00, ("b-3", "walt"): 12_00}
    found = statement(acting(company, "fred"), run.pk, company.people["walt"].pk)
    assert found.sentence == "Walt Oystermoor is paid 19.20 EUR for June 2025: 19.20 EUR commission."
    said = {line.event: line.source for line in found.lines}
    assert said == {"b-1": "", "b-2": "100.00 USD at 0.8 of 1 June 2025", "b-3": "10.00 GBP at 1.2 of 1 June 2025"}


def test_without_a_rate_of_its_currency_a_plan_is_not_published(company: SmallCompany) -> None:
    made = comp_plan_drafted(acting(company, "olga"), EUROS.replace("EUR", "SEK").replace("euros", "kronor"))
    with pytest.raises(Refusal) as refused:
        comp_plan_published(acting(company, "olga"), made.pk)
    assert "no rate of exchange" in refused.value.why


def test_an_event_before_the_first_rate_of_a_plans_currency_is_an_error_and_not_a_zero(company: SmallCompany) -> None:
    ExchangeRate.objects.filter(currency="GBP").update(on=dt.date(2025, 6, 15))
    booked(company, "b-3", "walt", 15_00, source_amount_minor=10_00, source_currency="GBP", exchange_rate="1.5")
    run = run_of(company)
    assert credited(run, "sales") == {}
    assert "no_exchange_rate" in {row["rule"] for row in run.states.get(state="previewed").findings}
