"""Territories over HTTP: list and file, balancing by a query, a proposal answered by two managers, quota after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from quarterdeck.records.models import Account, Company, TerritoryProposal
from quarterdeck.services.goals import GoalDraft, goal_set
from quarterdeck.services.plans.drafts import plan_made
from quarterdeck.services.plans.publishing import plan_published
from quarterdeck.services.plans.states import plan_approved, plan_submitted
from small_company import TODAY, amount_of, small_company, small_plan
from territory_stage import land, placed, proposed
from walking import signed_in

if TYPE_CHECKING:
    from django.test import Client

    from small_company import SmallCompany

ASK = {"measure": "n_accounts", "within": "5", "most": "50", "count": "share"}


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[SmallCompany]:  # noqa: ARG001  opens the database
    with django_db_blocker.unblock(), transaction.atomic():
        company = placed(small_company())
        Company.objects.filter(pk=1).update(shows_as_of=TODAY)
        yield company
        transaction.set_rollback(True)


@pytest.fixture
def company(made: SmallCompany, db: None) -> SmallCompany:  # noqa: ARG001  rolls back
    return made


def client(company: SmallCompany, who: str) -> Client:
    return signed_in(company.people[who])


def text(answer: Any) -> str:
    return str(answer.content.decode())


def saved(company: SmallCompany, who: str = "dana", **more: str) -> TerritoryProposal:
    """Look, then save what was seen from the real clock's day on."""
    page = client(company, who).get("/territories/balance", ASK)
    form = {"fingerprint": page.context["found"].fingerprint, "effective_on": str(page.context["first_day"])} | more
    answer = client(company, who).post("/territories/balance", form, QUERY_STRING=page.request["QUERY_STRING"])
    assert answer.status_code == 302, text(answer)
    row = TerritoryProposal.objects.first()
    assert row is not None
    return row


def test_the_list_has_figures_their_index_and_a_file(company: SmallCompany) -> None:
    page = client(company, "dana").get("/territories")
    assert "2.31" in text(page)  # six accounts of 13 in five lands
    assert page.context["view"].n_unplaced == 8
    file = text(client(company, "dana").get("/territories?format=csv"))
    assert f"{land('rita').code},{land('rita').name},Rita Brackenshaw,6,2.30769230769" in file
    assert f"{amount_of('rita')}.00" in file
    assert "Even them out" not in text(client(company, "rita").get("/territories"))


def test_a_territory_lists_the_accounts_that_it_is_summed_from(company: SmallCompany) -> None:
    page = text(client(company, "mona").get(f"/territories/{land('rita').pk}"))
    account = Account.objects.get(code="acc-rita")
    assert f"/bookings?account={account.pk}&amp;since=2024-07-01" in page
    assert f"{amount_of('walt'):,}" not in page


def test_what_is_looked_at_is_saved_and_moves_when_both_managers_have_accepted(company: SmallCompany) -> None:
    row = saved(company, note="Too many for one.")
    at = f"/territories/proposals/{row.pk}"
    first = client(company, "mona").post(f"{at}/accept", follow=True)
    assert "It waits for Team west" in text(first)
    assert "move the accounts" in text(client(company, "wim").get(at))
    last = client(company, "wim").post(f"{at}/accept", follow=True)
    assert "Accepted by all: 3 accounts move" in text(last)
    assert "leave you" in text(client(company, "rita").get("/notices"))
    assert text(client(company, "dana").get(f"{at}?format=csv")).count("\n") == 4


def test_an_account_may_be_kept_and_what_changed_since_is_not_saved(company: SmallCompany) -> None:
    dana = client(company, "dana")
    moves = dana.get("/territories/balance", ASK).context["found"].moves
    again = dana.get("/territories/balance", ASK | {"lock": [str(move.account_id) for move in moves]})
    assert not {move.account_id for move in moves} & {move.account_id for move in again.context["found"].moves}
    stale = dana.post(
        "/territories/balance?measure=n_accounts&most=50", {"fingerprint": "x", "effective_on": "2100-01-01"}
    )
    assert (stale.status_code, "since you looked" in text(stale)) == (409, True)


@pytest.mark.parametrize(("query", "says"), [
    ("measure=n_accounts&within=much", "is no percentage"), ("measure=n_accounts&most=-3", "is no percentage"),
    ("measure=n_accounts&weight_n_accounts=0", ""), ("measure=potential", "no potential"),
    ("measure=n_accounts&lock=x", "no whole number"),
    ("measure=n_accounts&most=999999999999&count=number", "no whole number"),
])  # fmt: skip
def test_what_makes_no_sense_is_said(company: SmallCompany, query: str, says: str) -> None:
    answer = client(company, "dana").get(f"/territories/balance?{query}")
    assert answer.status_code in {200, 400, 404, 409}, answer.status_code
    assert says in text(answer)


def test_a_proposal_is_declined_taken_back_and_withdrawn_over_its_page(company: SmallCompany) -> None:
    row = saved(company)
    at = f"/territories/proposals/{row.pk}"
    client(company, "mona").post(f"{at}/accept")
    assert "It waits for Team east" in text(client(company, "mona").post(f"{at}/take-back", follow=True))
    assert "gives no reason" in text(client(company, "wim").post(f"{at}/decline", {"note": ""}, follow=True))
    assert "withdrawn" in text(client(company, "dana").post(f"{at}/withdraw", follow=True))
    assert client(company, "rita").get(at).status_code == 404


def test_quota_goes_along_with_moved_accounts_in_one_amendment(company: SmallCompany) -> None:
    dana = company.actor("dana")
    goal = goal_set(dana, GoalDraft(metric="bookings", fiscal_year=2025, team_id=company.teams["company"].pk,
        amount=1_200_000_00, basis="even"))  # fmt: skip
    plan = plan_made(dana, goal.pk)
    for step in (plan_submitted, plan_approved, plan_published):
        step(dana, plan.pk)
    row = proposed(dana)
    client_of = client(company, "dana")
    at = f"/territories/proposals/{row.pk}"
    client_of.post(f"{at}/accept")
    days = {**ASK, "share_by": "even", "first_day": "counts", "day_count": "calendar"}
    assert "have not moved" not in text(client_of.get(f"{at}/quota/{plan.pk}"))
    unsaid = client_of.post(f"{at}/quota/{plan.pk}", days | {"share_by": ""})
    assert unsaid.status_code == 409
    assert client(company, "wim").get(f"{at}/quota/{plan.pk}").status_code == 403


LOOKED = ("/territories", "/territories/balance?measure=n_accounts&measure=sales", "/territories/proposals")


@pytest.mark.parametrize("who", ["dana", "mona", "rita"])
def test_a_page_costs_at_most_fifteen_queries(company: SmallCompany, who: str) -> None:
    row = proposed(company.actor("dana"))
    plan = small_plan(company, 2026, "draft", "submitted")
    more = (f"/territories/{land('rita').pk}", f"/territories/proposals/{row.pk}", f"/plans/{plan.pk}/fairness")
    counts = {}
    for address in (*LOOKED, *more):
        client(company, who).get(address)
        looker = client(company, who)
        with CaptureQueriesContext(connection) as queries:
            looker.get(address)
        counts[address] = len(queries)
    assert {address: n for address, n in counts.items() if n > 15} == {}


def test_the_fairness_pack_is_about_whom_one_sees_and_says_when_it_is_too_few(company: SmallCompany) -> None:
    plan = small_plan(company, 2026, "draft")
    page = client(company, "dana").get(f"/plans/{plan.pk}/fairness")
    assert [row.name.split()[0] for row in page.context["view"].people] == ["Nils", "Nora", "Raj", "Rita", "Walt"]
    assert "Too few to tell: with 5 people" in text(page)
    below = client(company, "mona").get(f"/plans/{plan.pk}/fairness")
    assert {row.name.split()[0] for row in below.context["view"].people} == {"Nils", "Nora", "Raj", "Rita"}
    assert "Oystermoor" not in text(below)
    assert "nothing to compare with" in text(client(company, "wim").get(f"/plans/{plan.pk}/fairness"))
    assert client(company, "rita").get(f"/plans/{plan.pk}/fairness").status_code == 404
    assert text(client(company, "mona").get(f"/plans/{plan.pk}/fairness?format=csv")).count("\n") == 5
