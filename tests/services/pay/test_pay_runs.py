from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from pay_stage import FIRST, REPS, acting, locked, planned, staged
from quarterdeck.records.models import (
    Booking,
    JournalEntry,
    PayInput,
    PayLine,
    Payment,
    PayRun,
    PayRunState,
    PaySettlement,
    Return,
    Seat,
)
from quarterdeck.services.dated import version
from quarterdeck.services.pay.assignments import person_assigned
from quarterdeck.services.pay.plans import comp_plan_drafted, comp_plan_published
from quarterdeck.services.pay.runs import (
    pay_run_approved,
    pay_run_checked,
    pay_run_discarded,
    pay_run_locked,
    pay_run_made,
    pay_run_previewed,
)
from quarterdeck.services.pay.statements import statement
from quarterdeck.services.pay.states import state_of
from quarterdeck.terms.errors import Refusal
from small_company import SmallCompany, amount_of, fact

AUGUST = dt.datetime(2025, 8, 2, 9, tzinfo=dt.UTC)
SEPTEMBER = dt.datetime(2025, 9, 2, 9, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[SmallCompany]:  # noqa: ARG001  the database first
    with staged(django_db_blocker, planned) as made:
        yield made


@pytest.fixture
def company(stage: SmallCompany, db: None) -> SmallCompany:  # noqa: ARG001  inside a savepoint of the stage
    return stage


def paid_to(company: SmallCompany, run: PayRun, who: str) -> int:
    return sum(PaySettlement.objects.filter(run=run, person=company.people[who]).values_list("paid_minor", flat=True))


def commission(who: str) -> int:
    return amount_of(who) * 10


def booking(company: SmallCompany, who: str, **values: Any) -> Booking:
    day = values.pop("booked_on", dt.date(2025, 7, 10))
    person = company.people[who]
    made: Booking = Booking.objects.create(
        booked_on=day, credited=person, credited_by="booking", person=person, **values
    )
    return made


def test_a_rep_gets_the_rate_of_what_they_booked_and_a_manager_of_what_those_below_booked(
    company: SmallCompany,
) -> None:
    run = locked(company)
    assert paid_to(company, run, "rita") == commission("rita")
    below = sum(amount_of(who) for who in ("rita", "raj", "hans", "nora", "nils"))
    assert paid_to(company, run, "mona") == below
    assert paid_to(company, run, "nils") == 0


def test_lines_of_every_statement_sum_to_what_is_paid(company: SmallCompany) -> None:
    run = locked(company)
    for who in ("rita", "raj", "nora", "walt", "mona", "wim"):
        lines = PayLine.objects.filter(run=run, person=company.people[who])
        assert sum(lines.values_list("amount_minor", flat=True)) == paid_to(company, run, who) > 0


def test_a_locked_run_gives_the_same_bytes_again_whatever_was_corrected_since(company: SmallCompany) -> None:
    run = locked(company)
    version(Booking.current.get(source_id="book-rita"), AUGUST, amount_minor=1)
    version(Seat.current.get(source_id="seat-rita"), AUGUST, effective_to=dt.date(2025, 6, 2))
    found = pay_run_checked(acting(company, "fred"), run.pk)
    assert found.is_same
    assert found.is_same_engine


def test_the_check_would_notice_another_result(company: SmallCompany) -> None:
    run = pay_run_made(acting(company, "olga"))
    pay_run_previewed(acting(company, "olga"), run.pk)
    other = pay_run_checked(acting(company, "fred"), run.pk)
    assert other.is_same
    assert not type(other)("0" * 64, other.now, is_same_engine=True).is_same


def test_what_is_late_is_posted_in_the_open_period_and_says_which_one_it_corrects(company: SmallCompany) -> None:
    first = locked(company)
    before = list(PayLine.objects.filter(run=first).values())
    booking(
        company, "rita", amount_minor=50_000_00, booked_on=dt.date(2025, 6, 20), **fact("late", known_at=AUGUST)
    )  # fmt: skip
    second = locked(company, AUGUST)
    line = PayLine.objects.get(run=second, person=company.people["rita"])
    assert (line.kind, line.for_starts_on, line.amount_minor) == ("correction", FIRST, 5_000_00)
    assert list(PayLine.objects.filter(run=first).values()) == before
    found = statement(acting(company, "rita", AUGUST), second.pk, company.people["rita"].pk)
    assert [(one.event, one.was, one.value) for one in found.late] == [("late", None, 50_000_00)]
    assert found.adds_up


def test_a_correction_is_posted_once(company: SmallCompany) -> None:
    locked(company)
    booking(
        company, "rita", amount_minor=50_000_00, booked_on=dt.date(2025, 6, 20), **fact("late", known_at=AUGUST)
    )  # fmt: skip
    assert paid_to(company, locked(company, AUGUST), "rita") == 5_000_00
    third = locked(company, SEPTEMBER)
    assert paid_to(company, third, "rita") == 0
    assert not PayLine.objects.filter(run=third, person=company.people["rita"]).exclude(amount_minor=0).exists()


def test_more_is_taken_back_than_was_earned_and_the_balance_is_carried_until_it_is_earned(
    company: SmallCompany,
) -> None:
    locked(company)
    version(Booking.current.get(source_id="book-rita"), AUGUST, amount_minor=0)
    second = locked(company, AUGUST)
    settled = PaySettlement.objects.get(run=second, person=company.people["rita"])
    assert (settled.paid_minor, settled.carried_minor) == (0, -commission("rita"))
    booking(
        company, "rita", amount_minor=400_000_00, booked_on=dt.date(2025, 8, 20), **fact("new", known_at=SEPTEMBER)
    )  # fmt: skip
    third = locked(company, SEPTEMBER)
    assert paid_to(company, third, "rita") == 40_000_00 - commission("rita")


def test_what_came_back_is_taken_back_on_the_day_it_came_back(company: SmallCompany) -> None:
    locked(company)
    Return.objects.create(
        booking_source_id="book-rita", returned_on=dt.date(2025, 7, 5), amount_minor=1_000_00,
        **fact("back", known_at=AUGUST),
    )  # fmt: skip
    booking(company, "rita", amount_minor=9_000_00, **fact("july", known_at=AUGUST))
    assert paid_to(company, locked(company, AUGUST), "rita") == 800_00


def test_moving_to_another_manager_moves_the_credit_from_that_day(company: SmallCompany) -> None:
    locked(company)
    seat = version(Seat.current.get(source_id="seat-rita"), AUGUST, effective_to=dt.date(2025, 7, 15))
    Seat.objects.create(
        position=company.positions["walt"], person=seat.person, effective_from=dt.date(2025, 7, 15),
        **fact("moved", known_at=AUGUST),
    )  # fmt: skip
    early, late = fact("early", known_at=AUGUST), fact("after", known_at=AUGUST)
    booking(company, "rita", amount_minor=1_000_00, booked_on=dt.date(2025, 7, 14), **early)
    booking(company, "rita", amount_minor=7_000_00, booked_on=dt.date(2025, 7, 15), **late)
    run = locked(company, AUGUST)
    assert (paid_to(company, run, "mona"), paid_to(company, run, "wim")) == (10_00, 70_00)


def test_a_rate_of_ones_own_goes_before_the_plans_from_its_day_on(company: SmallCompany) -> None:
    reps = company.people["rita"].comp_assignments.get().plan_id
    person_assigned(
        acting(company, "olga"), reps, company.people["rita"].pk, effective_from=FIRST, values={"rate": "20%"}
    )
    assert paid_to(company, locked(company), "rita") == 2 * commission("rita")


def test_months_are_run_in_order_and_only_when_they_are_over(company: SmallCompany) -> None:
    with pytest.raises(Refusal) as early:
        pay_run_made(company.actor("olga"))
    assert early.value.rule == "pay_order"
    locked(company)
    with pytest.raises(Refusal) as again:
        pay_run_made(acting(company, "olga"))
    assert again.value.rule == "pay_order"


def test_one_run_of_a_period_is_on_its_way_at_a_time(company: SmallCompany) -> None:
    olga = acting(company, "olga")
    first = pay_run_made(olga)
    with pytest.raises(Refusal) as refused:
        pay_run_made(olga)
    assert refused.value.rule == "pay_state"
    pay_run_discarded(olga, first.pk)
    assert pay_run_made(olga).pk != first.pk


@pytest.mark.parametrize(("who", "rule"), [("rita", "needs_hat"), ("dana", "needs_hat"), ("olga", "needs_hat")])
def test_only_finance_approves(company: SmallCompany, who: str, rule: str) -> None:
    run = pay_run_made(acting(company, "olga"))
    pay_run_previewed(acting(company, "olga"), run.pk)
    with pytest.raises(Refusal) as refused:
        pay_run_approved(acting(company, who), run.pk)
    assert refused.value.rule == rule


def test_no_step_is_left_out(company: SmallCompany) -> None:
    run = pay_run_made(acting(company, "olga"))
    with pytest.raises(Refusal) as refused:
        pay_run_locked(acting(company, "fred"), run.pk)
    assert refused.value.rule == "pay_state"
    assert state_of(list(run.states.all())) == "draft"


def test_an_open_finding_is_approved_with_a_reason_only(company: SmallCompany) -> None:
    Booking.objects.create(booked_on=dt.date(2025, 6, 11), amount_minor=5, **fact("nobodys"))
    run = pay_run_made(acting(company, "olga"))
    state = pay_run_previewed(acting(company, "olga"), run.pk)
    assert [one["rule"] for one in state.findings if one["severity"] == "error"] == ["no_payee"]
    with pytest.raises(Refusal) as refused:
        pay_run_approved(acting(company, "fred"), run.pk)
    assert refused.value.rule == "pay_findings"
    assert pay_run_approved(acting(company, "fred"), run.pk, note="A test order.").note == "A test order."


def test_money_that_was_received_before_the_lock_and_known_after_it_is_released_once(company: SmallCompany) -> None:
    text = REPS.replace("plan: reps", "plan: cash").replace("rate: rate}", "rate: rate, release: cash}")
    olga = acting(company, "olga")
    made = comp_plan_drafted(
        olga, text.replace("payouts: [{component: commission, amount: 100}]", "settlements: [{paid: 0}]")
    )
    comp_plan_published(olga, made.pk)
    person_assigned(olga, made.plan_id, company.people["nils"].pk, effective_from=FIRST)
    paid = [paid_to(company, locked(company), "nils")]
    Payment.objects.create(
        booking_source_id="book-nils", paid_on=dt.date(2025, 6, 30), amount_minor=amount_of("nils") * 100,
        **fact("late-money", known_at=AUGUST),
    )  # fmt: skip
    paid += [paid_to(company, locked(company, now), "nils") for now in (AUGUST, SEPTEMBER)]
    assert paid == [0, commission("nils"), 0]


def test_who_is_on_two_plans_is_said_and_still_paid(company: SmallCompany) -> None:
    reps = company.people["rita"].comp_assignments.get().plan_id
    person_assigned(acting(company, "olga"), reps, company.people["mona"].pk, effective_from=FIRST)
    run = pay_run_made(acting(company, "olga"))
    (found,) = pay_run_previewed(acting(company, "olga"), run.pk).findings
    assert (found["rule"], found["value"], found["plan"]) == ("two_plans", "p-mona", "managers, reps")


@pytest.mark.parametrize("model", [PayLine, PaySettlement, PayInput, PayRunState, PayRun])
def test_the_database_refuses_to_change_what_a_run_said(company: SmallCompany, model: Any) -> None:
    locked(company)
    table = model._meta.db_table
    for statement_ in (f'UPDATE "{table}" SET id = id', f'DELETE FROM "{table}"'):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement_)


def test_each_step_is_one_row_of_the_journal_without_anybodys_amount(company: SmallCompany) -> None:
    before = JournalEntry.objects.count()
    locked(company)
    entries = list(JournalEntry.objects.order_by("pk"))[before:]
    assert [entry.verb for entry in entries] == [
        "pay_run_made", "pay_run_previewed", "pay_run_approved", "pay_run_locked",
    ]  # fmt: skip
    said = " ".join(f"{entry.summary} {entry.after}" for entry in entries)
    assert str(commission("rita")) not in said


def test_nobody_is_paid_for_days_before_they_were_on_the_plan(company: SmallCompany) -> None:
    reps = company.people["rita"].comp_assignments.get().plan_id
    person_assigned(acting(company, "olga"), reps, company.people["nils"].pk, effective_from=dt.date(2025, 7, 1))
    assert paid_to(company, locked(company), "nils") == 0
