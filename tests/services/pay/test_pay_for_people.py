"""What people see of pay and do about it: statements, questions, the batch, and nothing of anybody else's."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from pay_stage import REPS, acting, locked, paid, staged
from quarterdeck.records.models import (
    CompAssignment,
    CompPlan,
    CompPlanVersion,
    PayDispute,
    PayEvent,
    PayLine,
    Payroll,
    PayRun,
)
from quarterdeck.services.pay import disputes
from quarterdeck.services.pay.assignments import person_assigned
from quarterdeck.services.pay.estimates import estimate
from quarterdeck.services.pay.plans import comp_plan_drafted, comp_plan_published
from quarterdeck.services.pay.runs import pay_run_made, pay_run_previewed
from quarterdeck.services.pay.statements import statement
from quarterdeck.terms.errors import Refusal
from small_company import CAST, SmallCompany, amount_of

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
AUGUST = dt.datetime(2025, 8, 2, 9, tzinfo=dt.UTC)
MOST = 15


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[SmallCompany]:  # noqa: ARG001  the database first
    with staged(django_db_blocker, paid) as made:
        yield made


@pytest.fixture
def company(stage: SmallCompany, db: None) -> SmallCompany:  # noqa: ARG001  inside a savepoint of the stage
    return stage


def signed_in(company: SmallCompany, who: str) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(company.users[who], backend=BACKEND)
    return client


def addresses(company: SmallCompany) -> Iterator[str]:
    """Every address of pay that can be read, for everybody who is paid."""
    run, batch, asked = PayRun.objects.get(), Payroll.objects.get(), PayDispute.objects.get()
    yield from (
        reverse("pay"),
        reverse("pay-estimate"),
        reverse("pay-estimate") + "?amount=5000",
        reverse("comp-plans"),
    )
    yield from (reverse("comp-plan", args=[plan.pk]) for plan in CompPlan.objects.all())
    yield from (reverse("pay-run", args=[run.pk]), reverse("payroll", args=[batch.pk]))
    yield reverse("payroll", args=[batch.pk]) + "?format=csv"
    yield reverse("dispute", args=[asked.pk])
    yield from map(reverse, ("plan-acceptances", "payroll-settings", "pay-costs", "pay-capitalisation"))
    yield from (reverse("pay-costs") + f"?year=2025&of={of}&format=csv" for of in ("", "teams"))
    for who in ("rita", "raj", "walt", "mona", "lena"):
        yield reverse("statement", args=[run.pk, company.people[who].pk])


def pay_marks(who: str) -> list[str]:
    """A rep's commission as pages, files and scripts write it."""
    whole = f"{amount_of(who) // 10:,}"
    return [whole, whole.replace(",", ""), str(amount_of(who) * 10)]


@pytest.mark.parametrize("who", ["rita", "mona", "hans", "dana", "eva", "lena"])
def test_nobody_sees_another_persons_pay_on_any_page_without_the_hat(company: SmallCompany, who: str) -> None:
    client, wrong = signed_in(company, who), []
    for address in addresses(company):
        text = client.get(address).content.decode()
        others = [other for other in ("rita", "raj", "walt") if other != who]
        wrong += [(address, mark) for other in others for mark in pay_marks(other) if mark in text]
    assert wrong == []


def test_the_search_for_leaks_would_find_one(company: SmallCompany) -> None:
    text = "".join(signed_in(company, "fred").get(address).content.decode() for address in addresses(company))
    assert all(any(mark in text for mark in pay_marks(who)) for who in ("rita", "raj", "walt"))


@pytest.mark.parametrize(("who", "n_least"), [("fred", 12), ("olga", 12), ("rita", 6), ("mona", 5)])
def test_a_page_of_pay_costs_at_most_fifteen_queries(company: SmallCompany, who: str, n_least: int) -> None:
    client, found, n_answered = signed_in(company, who), {}, 0
    for address in addresses(company):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        n_answered += answer.status_code == 200
        if len(queries) > MOST:
            found[address] = len(queries)
    assert not found
    assert n_answered >= n_least


def test_a_statement_is_seen_by_its_person_once_it_is_locked_and_not_before(company: SmallCompany) -> None:
    run, rita = pay_run_made(acting(company, "olga", AUGUST)), company.people["rita"].pk
    pay_run_previewed(acting(company, "olga", AUGUST), run.pk)
    assert statement(acting(company, "fred", AUGUST), run.pk, rita).state == "previewed"
    with pytest.raises(Refusal) as refused:
        statement(acting(company, "rita", AUGUST), run.pk, rita)
    assert refused.value.rule == "not_visible"


def test_a_statement_opens_with_a_sentence_and_adds_up(company: SmallCompany) -> None:
    found = statement(acting(company, "rita"), PayRun.objects.get().pk, company.people["rita"].pk)
    total = f"{amount_of('rita') / 10:,.2f} USD"
    assert found.sentence == f"You are paid {total} for June 2025: {total} commission."
    assert found.adds_up
    (line,) = found.lines
    assert (line.event, line.before, line.after) == ("book-rita", 0, amount_of("rita") * 100)


def test_a_statement_as_a_workbook_has_its_lines_with_their_cents(company: SmallCompany) -> None:
    run = PayRun.objects.get()
    address = reverse("statement", args=[run.pk, company.people["rita"].pk])
    body = signed_in(company, "rita").get(address + "?format=xlsx").content
    head, row = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    assert dict(zip(head, row, strict=True))["amount"] == amount_of("rita") / 10


def test_a_resolved_question_with_an_approved_credit_is_paid_by_the_next_run(company: SmallCompany) -> None:
    asked = PayDispute.objects.get()
    credit = disputes.Credit(happened_on=dt.date(2025, 6, 12), amount_minor=7_000_00)
    disputes.dispute_noted(acting(company, "rita"), asked.pk, "It was signed on the twelfth.")
    disputes.dispute_answered(acting(company, "fred"), asked.pk, "resolved", "It was hers.", credit=credit)
    assert disputes.standing(disputes.dispute_for(acting(company, "rita"), asked.pk)) == "resolved"
    second = locked(company, AUGUST)
    line = PayLine.objects.get(run=second, person=company.people["rita"])
    assert (line.kind, line.amount_minor) == ("correction", 700_00)


@pytest.mark.parametrize("who", ["raj", "mona", "dana"])
def test_a_question_about_pay_is_nobody_elses(company: SmallCompany, who: str) -> None:
    asked = PayDispute.objects.get()
    for doing in (
        lambda actor: disputes.dispute_for(actor, asked.pk),
        lambda actor: disputes.dispute_noted(actor, asked.pk, "x"),
        lambda actor: disputes.dispute_asked(actor, asked.run_id, asked.person_id, "x"),
    ):
        with pytest.raises(Refusal) as refused:
            doing(acting(company, who))
        assert refused.value.rule == "not_visible"


def test_nobody_resolves_a_question_about_their_own_pay(company: SmallCompany) -> None:
    asked = PayDispute.objects.get()
    with pytest.raises(Refusal) as refused:
        disputes.dispute_answered(acting(company, "rita"), asked.pk, "resolved", "Mine.")
    assert refused.value.rule == "needs_hat"
    assert not PayEvent.objects.exists()


@pytest.mark.parametrize("amount", [0, 10**30])
def test_a_credit_of_nothing_or_of_too_much_is_refused(company: SmallCompany, amount: int) -> None:
    credit = disputes.Credit(happened_on=dt.date(2025, 6, 12), amount_minor=amount)
    with pytest.raises(Refusal) as refused:
        disputes.dispute_answered(acting(company, "fred"), PayDispute.objects.get().pk, "resolved", "x", credit=credit)
    assert refused.value.rule == "dispute"


def test_the_batch_has_a_line_for_who_is_paid_and_none_for_nothing(company: SmallCompany) -> None:
    batch = Payroll.objects.get()
    assert (batch.number, len(batch.sha256)) == (1, 64)
    codes = list(batch.rows.order_by("person__code").values_list("person__code", flat=True))
    assert codes == ["p-mona", "p-nora", "p-raj", "p-rita", "p-walt", "p-wim"]
    body = signed_in(company, "fred").get(reverse("payroll", args=[batch.pk]) + "?format=csv").content.decode()
    assert len(body.splitlines()) == 7
    assert f"{amount_of('rita') / 10:.2f}" in body


def test_the_estimate_is_what_the_engine_pays_for_the_deal_and_writes_nothing(company: SmallCompany) -> None:
    rita = acting(company, "rita")
    found = estimate(rita, company.people["rita"].pk, rita.today, amount_minor=12_345_67)
    assert found is not None
    assert (found.so_far_minor, found.more_minor) == (0, 1_234_57)
    assert PayRun.objects.count() == 1
    assert estimate(acting(company, "nils"), company.people["nils"].pk, rita.today) is None


def test_nobody_estimates_for_another(company: SmallCompany) -> None:
    with pytest.raises(Refusal) as refused:
        estimate(acting(company, "mona"), company.people["rita"].pk, dt.date(2025, 7, 2))
    assert refused.value.rule == "not_visible"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("amount: 100}]}", "amount: 101}]}"), "amount is 100, not 101"),
        (("currency: USD", "currency: EUR"), "EUR"),
        (("examples:", "example:"), "example"),
        (("rate: rate", "rate: rat"), "rat"),
        (("window: plan", "window: fortnight"), "fortnight"),
    ],
)
def test_a_plan_that_does_not_hold_is_not_published_and_says_where(
    company: SmallCompany, change: tuple[str, str], says: str
) -> None:
    olga, before = acting(company, "olga"), CompPlanVersion.objects.filter(published_at__isnull=False).count()
    with pytest.raises(Refusal) as refused:
        comp_plan_published(olga, comp_plan_drafted(olga, REPS.replace(*change), file="reps.yaml").pk)
    assert refused.value.rule == "comp_plan"
    assert says in refused.value.why
    assert "reps" in refused.value.why
    assert CompPlanVersion.objects.filter(published_at__isnull=False).count() == before


@pytest.mark.parametrize(
    "change",
    [
        ("plan: reps", f"plan: {'r' * 201}"),
        ("plan: reps", "plan: 'reps\0'"),
        ("name: commission", f"name: {'c' * 201}"),
        ("effective_to: 2026-06-01", "effective_to: 9999-12-31"),
        ("effective_from: 2025-06-01", "effective_from: 0001-01-01"),
        (REPS, ""),
        (REPS, "- just\n- a list"),
        (REPS, "x: " * 5_000),
    ],
)
def test_a_file_that_no_ledger_could_hold_is_refused(company: SmallCompany, change: tuple[str, str]) -> None:
    olga = acting(company, "olga")
    with pytest.raises(Refusal) as refused:
        comp_plan_published(olga, comp_plan_drafted(olga, REPS.replace(*change)).pk)
    assert refused.value.rule == "comp_plan"


def test_a_plan_without_an_example_is_not_published(company: SmallCompany) -> None:
    olga = acting(company, "olga")
    made = comp_plan_drafted(olga, REPS.partition("examples:")[0])
    with pytest.raises(Refusal, match="no worked example"):
        comp_plan_published(olga, made.pk)


def test_the_key_on_of_an_example_is_a_day_and_no_truth(company: SmallCompany) -> None:
    assert comp_plan_drafted(acting(company, "olga"), REPS).number == 2


@pytest.mark.parametrize("values", [{"rate": "much"}, {"quota": "5"}])
def test_an_assignment_says_only_what_the_plan_asks_for(company: SmallCompany, values: dict[str, Any]) -> None:
    plan = CompPlan.objects.get(code="reps")
    with pytest.raises(Refusal) as refused:
        person_assigned(
            acting(company, "olga"),
            plan.pk,
            company.people["nils"].pk,
            effective_from=dt.date(2025, 7, 1),
            values=values,
        )
    assert refused.value.rule == "pay_value"
    assert CompAssignment.current.count() == 6


@pytest.mark.parametrize("who", ["rita", "mona", "dana", "fred"])
def test_only_operations_writes_plans(company: SmallCompany, who: str) -> None:
    with pytest.raises(Refusal) as refused:
        comp_plan_drafted(acting(company, who), REPS)
    assert refused.value.rule == "needs_hat"
    assert who in CAST
