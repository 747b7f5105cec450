"""Documents of pay: what people sign, who has signed, and that no text of theirs is ever run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pay_stage import MANAGERS, REPS, THEN, acting, paid, staged
from quarterdeck.engine.pay.language import parsed
from quarterdeck.engine.pay.reading import plan_from_text
from quarterdeck.records.models import CompPlan, CompPlanVersion, PayRun, Person, PlanAcceptance
from quarterdeck.services.pay import acceptances, documents
from quarterdeck.services.pay.assignments import person_assigned
from quarterdeck.services.pay.expressions import expression_said
from quarterdeck.services.pay.plan_words import measures_said, parts_said, settlement_said
from quarterdeck.services.pay.plans import comp_plan_drafted, comp_plan_published
from quarterdeck.services.pay.statements import statement
from quarterdeck.services.plans.notices import notices_unseen
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from small_company import SmallCompany

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
HOSTILE = '#panic("run") *b* _i_ $x$ `r` @cite <label> #read("/etc/passwd") \\u{41} //c'


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[SmallCompany]:  # noqa: ARG001  the database first
    with staged(django_db_blocker, paid) as made:
        yield made


@pytest.fixture
def company(stage: SmallCompany, db: None) -> SmallCompany:  # noqa: ARG001  inside a savepoint of the stage
    return stage


def version(code: str = "reps") -> CompPlanVersion:
    return CompPlanVersion.objects.filter(plan__code=code).latest("number")


def shown(company: SmallCompany, who: str, reader: str = "") -> acceptances.Shown:
    return acceptances.document_shown(acting(company, reader or who), version().pk, company.people[who].pk)


def accepted(company: SmallCompany, who: str = "rita") -> PlanAcceptance:
    sha256 = shown(company, who).sha256
    return acceptances.plan_accepted(acting(company, who), version().pk, name="Rita Moreno", sha256=sha256)


def standing(company: SmallCompany, who: str = "rita") -> acceptances.Standing:
    return acceptances.own_standings(acting(company, who))[0]


def test_a_plan_document_says_what_is_paid_what_is_theirs_and_what_examples_come_to(company: SmallCompany) -> None:
    found = shown(company, "rita").document
    assert found.parts[0].sentences == ("Pays rate of sales.",)
    assert [(one.name, one.value) for one in found.yours] == [("rate", "10 %")]
    assert found.examples[0].pays == (("commission", "100.00 USD"),)
    assert found.sha256 == version().sha256


def test_who_accepts_is_asked_no_more_and_what_they_saw_is_kept(company: SmallCompany) -> None:
    row = accepted(company)
    assert standing(company).standing == "accepted"
    assert row.document["yours"][0]["value"] == "10 %"
    assert (row.document_sha256, row.at) == (shown(company, "rita").sha256, THEN)


def test_a_new_version_asks_anew_and_says_so(company: SmallCompany) -> None:
    accepted(company)
    olga = acting(company, "olga")
    comp_plan_published(olga, comp_plan_drafted(olga, REPS.replace("title: Reps", "title: All reps")).pk)
    found = standing(company)
    assert (found.standing, found.why) == ("asked", "Version 2 took over from version 1")


def test_what_is_theirs_asks_anew_when_it_changes_and_names_what(company: SmallCompany) -> None:
    accepted(company)
    person_assigned(
        acting(company, "olga"), version().plan_id, company.people["rita"].pk,
        effective_from=dt.date(2025, 8, 1), values={"rate": "12%"},
    )  # fmt: skip
    found = standing(company)
    assert (found.standing, found.why) == ("asked", "Changed since: rate")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": "  "}, "name is missing"),
        ({"name": "x" * 301}, "name is missing"),
        ({"name": "a\u0000b"}, "name is missing"),
        ({"sha256": "0" * 64}, "not the one that you were shown"),
    ],
)
def test_an_acceptance_that_means_nothing_is_refused(
    company: SmallCompany, change: dict[str, str], says: str
) -> None:  # fmt: skip
    given = {"name": "Rita", "sha256": shown(company, "rita").sha256} | change
    with pytest.raises(Refusal, match=says) as refused:
        acceptances.plan_accepted(acting(company, "rita"), version().pk, **given)
    assert refused.value.rule == "plan_acceptance"
    assert not PlanAcceptance.objects.exists()


def test_nobody_accepts_twice(company: SmallCompany) -> None:
    accepted(company)
    with pytest.raises(Refusal, match="already"):
        accepted(company)


@pytest.mark.parametrize("reader", ["raj", "mona", "dana", "eva", "lena"])
def test_a_plan_document_is_nobody_elses(company: SmallCompany, reader: str) -> None:
    with pytest.raises(Refusal) as refused:
        shown(company, "rita", reader)
    assert refused.value.rule == "not_visible"


def test_an_acceptance_can_neither_be_changed_nor_deleted(company: SmallCompany) -> None:
    row = accepted(company)
    for change in (lambda: PlanAcceptance.objects.filter(pk=row.pk).update(name="x"), row.delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_who_has_not_accepted_is_reminded_once_a_day_and_sees_it_on_their_desk(company: SmallCompany) -> None:
    accepted(company)
    olga = acting(company, "olga")
    assert acceptances.plan_reminded(olga) == 5
    assert [notice.text for notice in notices_unseen(acting(company, "raj"))] == [acceptances.WAITS]
    assert notices_unseen(acting(company, "rita")) == []
    with pytest.raises(Refusal, match="within the last day"):
        acceptances.plan_reminded(olga)
    assert acceptances.plan_reminded(replace(olga, now=THEN + dt.timedelta(days=1))) == 5


def test_texts_of_people_and_plans_are_set_and_never_run(company: SmallCompany) -> None:
    Person.objects.filter(pk=company.people["rita"].pk).update(name=HOSTILE)
    CompPlanVersion.objects.filter(pk=version().pk).update(title=HOSTILE)
    found = shown(company, "rita")
    assert found.document.title == HOSTILE
    assert documents.plan_pdf(found).startswith(b"%PDF")
    of = statement(acting(company, "fred"), PayRun.objects.get().pk, company.people["rita"].pk)
    assert documents.statement_pdf(of).startswith(b"%PDF")


def test_the_same_document_is_the_same_bytes_for_whoever_asks(company: SmallCompany) -> None:
    run, rita = PayRun.objects.get().pk, company.people["rita"].pk
    own, other = (documents.statement_pdf(statement(acting(company, who), run, rita)) for who in ("rita", "fred"))
    assert own == other
    assert documents.plan_pdf(shown(company, "rita")) == documents.plan_pdf(shown(company, "rita", "olga"))


def test_the_document_of_a_statement_has_every_line_of_its_page(company: SmallCompany) -> None:
    of = statement(acting(company, "rita"), PayRun.objects.get().pk, company.people["rita"].pk)
    data = documents.statement_data(of)
    assert len(data["lines"]) == len(of.lines) > 0
    assert data["lines"][0][-1] == documents.amount(of.lines[0].amount_minor, "USD")
    assert data["line_foot"][-1] == documents.amount(of.total_minor, "USD")


def test_pages_of_documents_ask_the_database_at_most_fifteen_times(company: SmallCompany) -> None:
    client, rita = Client(), company.people["rita"].pk
    client.force_login(company.users["olga"], backend=BACKEND)
    run = PayRun.objects.get().pk
    for address in (
        reverse("plan-acceptances"), reverse("plan-acceptances") + "?format=csv",
        reverse("plan-document", args=[version().pk, rita]), reverse("plan-document-pdf", args=[version().pk, rita]),
        reverse("statement-pdf", args=[run, rita]),
    ):  # fmt: skip
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200, address
        assert len(queries) <= 15, address


def test_a_person_accepts_in_the_browser_and_finance_sees_it(company: SmallCompany) -> None:
    olga, longer = acting(company, "olga"), REPS.replace("effective_to: 2026-06-01", "effective_to: 2030-05-01")
    comp_plan_published(olga, comp_plan_drafted(olga, longer).pk)
    rita, fred = Client(), Client()
    for client, who in ((rita, "rita"), (fred, "fred")):
        client.force_login(company.users[who], backend=BACKEND)
    page = reverse("plan-document", args=[version().pk, company.people["rita"].pk])
    assert page in rita.get(reverse("pay")).content.decode()
    form = {"name": "Rita M.", "sha256": rita.get(page).context["view"].sha256}
    rita.post(reverse("plan-accept", args=[version().pk]), form)
    assert page not in rita.get(reverse("pay")).content.decode()
    assert "Rita M." in fred.get(reverse("plan-acceptances")).content.decode()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("rate: rate}", "rate: rate, cap: 500 USD}"), "At most 500.00 USD in a pay period; the rest is lost."),
        (("rate: rate}", "formula: 'if(sales > 100 USD, sales * rate, 0 USD)'}"),
         "Pays sales times rate if sales is above 100.00 USD, otherwise 0.00 USD."),
        (("rate: rate}", "rate: rate, release: cash}"), "Paid as far as the customer has paid."),
        (("rate: rate}", "table: {mode: lookup, value: amount, bands: [{from: 0, pays: 0}, {from: 5, pays: 10}]}}"),
         "The band reached says what is paid."),
    ],
)  # fmt: skip
def test_each_part_of_a_plan_is_said_in_words(change: tuple[str, str], says: str) -> None:
    assert says in parts_said(plan_from_text(REPS.replace(*change)))[0].sentences


def test_who_is_credited_is_said_in_words() -> None:
    assert measures_said(plan_from_text(MANAGERS)) == (
        ("team sales", "The sum of amounts since the plan's first day, of what everybody below one does."),
    )


def test_advances_are_said_with_their_limit_and_their_repayment() -> None:
    text = REPS + "settlement: {draw: {amount: 2000 USD, limit: 6000 USD, recovery_share: 50%}}\n"
    assert (
        "It becomes a debt of at most 6,000.00 USD in all, repaid by 50 % of what is earned above it."
        in settlement_said(plan_from_text(text))
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("attainment(sales) >= 80%", "attainment of sales is at least 80 %"),
        ("(sales - 100 USD) * 5%", "(sales less 100.00 USD) times 5 %"),
        ("not (rate > 1 or rate < 0)", "not (rate is above 100 % or rate is below 0 %)"),
        ("min(sales, 10 USD, 20 USD)", "the smallest of sales, 10.00 USD and 20.00 USD"),
        ("product in ['a', 'b']", "product is “a” or “b”"),
    ],
)
def test_expressions_are_said_so_that_they_are_read_in_one_way(text: str, says: str) -> None:
    plan = plan_from_text(REPS.replace("sales: {window: plan}", "sales: {window: plan, target: 5 USD}"))
    assert expression_said(parsed(text), plan) == says


def test_the_plan_of_nobody_has_no_document(company: SmallCompany) -> None:
    assert CompPlan.objects.count() == 2
    assert acceptances.own_standings(acting(company, "lena")) == []
