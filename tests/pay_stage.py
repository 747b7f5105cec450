"""Pay of the small company: reps get 10 % of what they booked on 30 June 2025, managers 1 % of what those below booked.

June 2025 is the plans' first month; it is run on 2 July, locked and sent to payroll, and rita asks about it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from quarterdeck.services.actor import Actor, actor_of
from quarterdeck.services.pay.assignments import person_assigned
from quarterdeck.services.pay.disputes import dispute_asked
from quarterdeck.services.pay.payroll import payroll_made
from quarterdeck.services.pay.plans import comp_plan_drafted, comp_plan_published
from quarterdeck.services.pay.runs import pay_run_approved, pay_run_locked, pay_run_made, pay_run_previewed
from small_company import SmallCompany, small_company

if TYPE_CHECKING:
    from quarterdeck.records.models import PayRun

THEN: Final = dt.datetime(2025, 7, 2, 9, tzinfo=dt.UTC)
FIRST: Final = dt.date(2025, 6, 1)

REPS: Final = """
plan: reps
title: Reps on what they book
currency: USD
effective_from: 2025-06-01
effective_to: 2026-06-01
values:
  rate: {unit: ratio, default: 10%}
measures:
  sales: {window: plan}
components:
  - {name: commission, measure: sales, rate: rate}
examples:
  - name: a thousand pays a hundred
    events: [{id: e1, on: 2025-06-03, amount: 1000}]
    expect: {payouts: [{component: commission, amount: 100}]}
"""
MANAGERS: Final = """
plan: managers
title: Managers on what their people book
currency: USD
effective_from: 2025-06-01
effective_to: 2026-06-01
measures:
  team_sales: {window: plan, credit: {to: roll_up, own: false}}
components:
  - {name: override, measure: team_sales, rate: 1%}
examples:
  - name: one rep
    people: [{person: mona, hat: manager}, {person: rita, hat: rep, manager: mona}]
    events: [{id: e1, on: 2025-06-03, person: rita, amount: 1000}]
    expect: {payouts: [{component: override, person: mona, amount: 10}]}
"""


@contextmanager
def staged(blocker: Any, make: Callable[[SmallCompany], object]) -> Iterator[SmallCompany]:
    """A small company for the tests of one module, in a transaction that ends with it."""
    with blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        company = small_company()
        make(company)
    yield company
    with blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


def planned(company: SmallCompany) -> None:
    """Both plans in force, reps and managers on them."""
    olga = acting(company, "olga")
    for text, people in ((REPS, ("rita", "raj", "nora", "walt")), (MANAGERS, ("mona", "wim"))):
        made = comp_plan_drafted(olga, text)
        comp_plan_published(olga, made.pk)
        for who in people:
            person_assigned(olga, made.plan_id, company.people[who].pk, effective_from=FIRST)


def acting(company: SmallCompany, who: str, now: dt.datetime = THEN) -> Actor:
    """Somebody on 2 July, when June is over."""
    return actor_of(company.users[who], now)


def locked(company: SmallCompany, now: dt.datetime = THEN) -> PayRun:
    """The next month run, approved and locked."""
    fred = acting(company, "fred", now)
    run = pay_run_made(acting(company, "olga", now))
    pay_run_previewed(acting(company, "olga", now), run.pk)
    pay_run_approved(fred, run.pk, note="Looked at.")
    pay_run_locked(fred, run.pk)
    return run


def paid(company: SmallCompany) -> PayRun:
    """June planned, locked and sent to payroll, with a question of rita's."""
    planned(company)
    run = locked(company)
    payroll_made(acting(company, "fred"), run.pk)
    rita = company.people["rita"].pk
    dispute_asked(acting(company, "rita"), run.pk, rita, "An order of mine is missing.", event="o-1")
    return run
