"""Pay of a few people computed apart is what a run of everybody pays: estimates, pay so far, what follows a run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pay_stage import acting, locked, planned, staged
from quarterdeck.records.models import Booking, CompPlan, CompPlanVersion, CreditSplit, PayRun, PaySettlement, Return
from quarterdeck.services.pay.assignments import person_assigned
from quarterdeck.services.pay.estimates import estimate
from quarterdeck.services.pay.following import since_run
from quarterdeck.services.pay.now import statement_now
from quarterdeck.services.pay.plans import comp_plan_drafted, comp_plan_published
from quarterdeck.services.pay.runs import pay_run_made, pay_run_previewed, period_due
from quarterdeck.services.pay.whatif import Question, what_if
from quarterdeck.terms.errors import Refusal
from small_company import SmallCompany, fact

JULY = dt.datetime(2025, 7, 20, 9, tzinfo=dt.UTC)
AUGUST = dt.datetime(2025, 8, 2, 9, tzinfo=dt.UTC)
LATER = AUGUST + dt.timedelta(hours=1)
PAID = ("rita", "raj", "nora", "walt", "mona", "wim")
SHARED = """
plan: shared
currency: USD
effective_from: 2025-06-01
effective_to: 2026-06-01
measures: {part: {credit: splits}, all: {credit: company}}
components:
  - {name: split, measure: part, rate: 3%}
  - {name: pool, measure: all, pool: {rate: 1%}}
examples:
  - {name: alone, events: [{id: e1, on: 2025-06-03, amount: 100}], expect: {payouts: [{component: split, amount: 3}]}}
"""


def staged_with_shares(company: SmallCompany) -> None:
    """Everybody's plans, and hans and nils on one by splits and a pool; June is locked."""
    planned(company)
    olga = acting(company, "olga")
    made = comp_plan_drafted(olga, SHARED)
    comp_plan_published(olga, made.pk)
    for who in ("hans", "nils"):
        person_assigned(olga, made.plan_id, company.people[who].pk, effective_from=dt.date(2025, 6, 1))
    locked(company)


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[SmallCompany]:  # noqa: ARG001  the database first
    with staged(django_db_blocker, staged_with_shares) as made:
        yield made


@pytest.fixture
def company(stage: SmallCompany, db: None) -> SmallCompany:  # noqa: ARG001  inside a savepoint of the stage
    return stage


def booked(company: SmallCompany, who: str, code: str, amount_minor: int, **values: Any) -> Booking:
    person = company.people[who]
    row = {"booked_on": JULY.date(), "credited": person, "credited_by": "booking", "person": person}
    made: Booking = Booking.objects.create(**row, amount_minor=amount_minor, **(fact(code) | values))
    return made


def sold_in_july(company: SmallCompany) -> None:
    """Orders, one of them shared, and something that came back from June."""
    booked(company, "rita", "july-1", 4_321_09)
    booked(company, "raj", "july-2", 999_99)
    booked(company, "nora", "july-3", 10_001)
    for who, share in (("hans", "0.333"), ("nils", "0.667")):
        CreditSplit.objects.create(
            booking_source_id="july-2", person=company.people[who], role="split", share=share, **fact(f"part-{who}")
        )
    Return.objects.create(
        booking_source_id="book-rita", returned_on=JULY.date(), amount_minor=12_34, **fact("back-july")
    )


def paid_by(run: PayRun) -> dict[str, int]:
    found: dict[str, int] = {}
    for code, amount in PaySettlement.objects.filter(run=run).values_list("person__code", "paid_minor"):
        found[code] = found.get(code, 0) + amount
    return found


def run_of_july(company: SmallCompany, now: dt.datetime = AUGUST) -> PayRun:
    run = pay_run_made(acting(company, "olga", now))
    pay_run_previewed(acting(company, "olga", now), run.pk)
    return run


def test_what_is_earned_so_far_is_to_the_cent_what_the_run_pays(company: SmallCompany) -> None:
    sold_in_july(company)
    fred = acting(company, "fred", AUGUST)
    now = {}
    for who in (*PAID, "hans", "nils"):
        found = statement_now(fred, company.people[who].pk, dt.date(2025, 7, 31))
        assert found is not None
        assert found.total_minor == sum(line.amount_minor for line in found.lines), who
        now[company.people[who].code] = found.total_minor
    paid = paid_by(run_of_july(company))
    assert {code: amount for code, amount in now.items() if amount} == {code: one for code, one in paid.items() if one}
    assert paid["p-nils"] != paid["p-hans"]


@pytest.mark.parametrize("who", ["rita", "hans"])
def test_an_estimate_is_the_difference_that_the_deal_then_makes_to_the_run(company: SmallCompany, who: str) -> None:
    sold_in_july(company)
    person = company.people[who]
    found = estimate(acting(company, who, JULY), person.pk, JULY.date(), amount_minor=7_654_33)
    assert found is not None
    before = paid_by(run_of_july(company))[person.code]
    booked(company, who, "one-more", 7_654_33)
    after = statement_now(acting(company, "fred", AUGUST), person.pk, dt.date(2025, 7, 31))
    assert after is not None
    assert found.more_minor > 0
    assert after.total_minor - before == found.more_minor


def test_after_a_correction_only_whom_it_reaches_is_computed_and_paid_otherwise(company: SmallCompany) -> None:
    sold_in_july(company)
    run = run_of_july(company)
    fred = acting(company, "fred", LATER)
    assert since_run(fred, run.pk).n_looked_at == 0
    Booking.objects.filter(source_id="july-1").update(superseded_at=AUGUST + dt.timedelta(minutes=5))
    booked(company, "rita", "july-1", 1_000_00, known_at=AUGUST + dt.timedelta(minutes=5))
    found = since_run(fred, run.pk)
    assert (found.n_events, found.is_everybody) == (1, False)
    rita = next(one for one in found.moved if one.person == str(company.people["rita"]))
    assert rita.change_minor == -(4_321_09 - 1_000_00) // 10
    reached = {company.people[who].code for who in ("rita", "mona", "hans", "nils")}  # a pool hangs on every event
    assert found.n_looked_at == len(reached)
    now = {one.person_id: one.now_minor for one in found.moved}
    for who in PAID:
        stored = statement_now(fred, company.people[who].pk, dt.date(2025, 7, 31))
        assert stored is not None
        assert now.get(company.people[who].pk, paid_by(run)[company.people[who].code]) == stored.total_minor


def test_a_person_on_another_plan_makes_everybody_be_computed(company: SmallCompany) -> None:
    run = run_of_july(company)
    rita, plan = company.people["rita"], CompPlan.objects.get(code="reps")
    july = dt.date(2025, 7, 1)
    person_assigned(acting(company, "olga", LATER), plan.pk, rita.pk, effective_from=july, values={"rate": "0.5"})
    found = since_run(acting(company, "fred", LATER), run.pk)
    assert found.is_everybody


def test_nobody_sees_what_another_has_earned_without_the_hat(company: SmallCompany) -> None:
    sold_in_july(company)
    run = run_of_july(company)
    client = Client()
    client.force_login(company.users["mona"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(reverse("pay-now-of", args=[company.people["rita"].pk])).status_code == 404
    assert client.get(reverse("pay-run-since", args=[run.pk])).status_code == 404
    with pytest.raises(Refusal) as refused:
        statement_now(acting(company, "mona", JULY), company.people["rita"].pk, JULY.date())
    assert refused.value.rule == "not_visible"


def test_pay_so_far_is_a_page_and_a_file_and_asks_at_most_fifteen_times(company: SmallCompany) -> None:
    sold_in_july(company)
    run_of_july(company)
    client = Client()
    client.force_login(company.users["rita"], backend="allauth.account.auth_backends.AuthenticationBackend")
    address = reverse("pay-now") + "?as_of=2025-07-31"
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address).content.decode()
    assert len(queries) <= 15 + 15, "no page is kept inside a test's transaction, so it reads twice"
    assert "july-1" in page
    assert "july-2" not in page
    assert b"july-1" in client.get(f"{address}&format=csv").content


def asked(company: SmallCompany, who: str = "fred", **more: Any) -> Any:
    version = CompPlanVersion.objects.get(plan__code="reps")
    return what_if(acting(company, who, AUGUST), dt.date(2025, 7, 31), Question(version_id=version.pk, **more))


def test_the_same_rules_would_have_paid_what_the_runs_pay(company: SmallCompany) -> None:
    sold_in_july(company)
    found = asked(company)
    paid = paid_by(run_of_july(company))
    june = paid_by(PayRun.objects.get(starts_on=dt.date(2025, 6, 1)))
    reps = [company.people[who].code for who in ("rita", "raj", "nora", "walt")]
    assert found.base_minor == found.other_minor == sum(one[code] for code in reps for one in (june, paid))
    assert [one.name for one in found.months] == ["June 2025", "July 2025"]
    assert (found.n_more, found.n_less, found.n_same) == (0, 0, 4)


def test_another_rate_for_one_person_moves_that_person_alone_and_writes_nothing(company: SmallCompany) -> None:
    before = PayRun.objects.count(), PaySettlement.objects.count()
    found = asked(company, quotas="p-rita, rate, 20%")
    (rita,) = [one for one in found.people if one.change_minor]
    assert rita.other_minor == 2 * rita.base_minor > 0
    assert found.change_minor == rita.change_minor
    assert (PayRun.objects.count(), PaySettlement.objects.count()) == before


def test_a_file_is_replayed_and_a_missing_value_is_said(company: SmallCompany) -> None:
    text = CompPlanVersion.objects.get(plan__code="reps").text
    doubled = asked(company, text=text.replace("default: 10%", "default: 5%"))
    assert abs(2 * doubled.other_minor - doubled.base_minor) <= len(doubled.people)
    unsaid = asked(company, text=text.replace(", default: 10%", ""))
    assert unsaid.other_minor == 0
    assert unsaid.findings


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"quotas": "rita, rate, 1"}, "no person 'rita'"),
        ({"quotas": "p-rita, rat, 1"}, "no value 'rat'"),
        ({"quotas": "p-rita, rate"}, "Line 1"),
        ({"quotas": "p-rita, rate, much"}, "'much'"),
        ({"scaled": "rate", "factor": "1.1"}, "Nobody's 'rate'"),
        ({"scaled": "rate", "factor": "-1"}, ""),
        ({"text": "x" * 30_000}, "20,000"),
        ({"text": "plan: ["}, ""),
    ],
)
def test_what_cannot_be_compared_is_refused(company: SmallCompany, more: dict[str, str], says: str) -> None:
    with pytest.raises(Refusal) as refused:
        asked(company, **more)
    assert refused.value.rule in {"what_if", "comp_plan"}
    assert says in str(refused.value)


def test_who_sees_costs_only_compares_sums_without_names_and_nobody_else_compares(company: SmallCompany) -> None:
    found = asked(company, "dana")
    assert (found.people, found.is_hidden, found.n_same) == ((), False, 4)
    with pytest.raises(Refusal, match="single people"):
        asked(company, "dana", quotas="p-rita, rate, 20%")
    with pytest.raises(Refusal) as refused:
        asked(company, "mona")
    assert refused.value.rule == "needs_hat"


def test_the_page_compares_and_is_a_file_too(company: SmallCompany) -> None:
    client = Client()
    client.force_login(company.users["fred"], backend="allauth.account.auth_backends.AuthenticationBackend")
    address = reverse("pay-what-if")
    version = CompPlanVersion.objects.get(plan__code="reps").pk
    assert "Whose days?" in client.get(address).content.decode()
    query = f"{address}?version={version}&quotas=p-rita,rate,20%25&as_of=2025-07-31"
    assert "1 would have got more" in client.get(query).content.decode()
    rows = client.get(f"{query}&format=csv").content.decode().splitlines()
    assert len(rows) == 5
    wrong = client.get(f"{address}?version={version}&factor=x&scaled=rate")
    assert (wrong.status_code, b"no exact number" in wrong.content) == (409, True)


def test_months_for_which_no_plan_pays_are_passed_over(company: SmallCompany) -> None:
    olga = acting(company, "olga", dt.datetime(2027, 4, 2, tzinfo=dt.UTC))
    text = SHARED.replace("plan: shared", "plan: quarterly\nperiod: quarter").replace("2026-06-01", "2028-01-01")
    made = comp_plan_drafted(olga, text.replace("2025-06-01", "2027-01-01").replace("2025-06-03", "2027-01-03"))
    comp_plan_published(olga, made.pk)
    CompPlanVersion.objects.exclude(pk=made.pk).update(published_at=dt.datetime(2028, 1, 1, tzinfo=dt.UTC))
    due = period_due(olga.now)
    assert due is not None
    assert due.starts_on == dt.date(2027, 3, 1)
