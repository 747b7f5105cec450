"""A deal without a name is called by account and product wherever people read of it; its code stands beside."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from pay_stage import staged
from quarterdeck.records.models import Account, Activity, FieldReport, Opportunity, OpportunityState, Product
from quarterdeck.services.accounts import account
from quarterdeck.services.activities_list import activities, field_reports
from quarterdeck.services.becauses import because
from quarterdeck.services.deal_names import labels
from quarterdeck.services.deals import deal, deals
from quarterdeck.services.desks.rep import rep_desk
from quarterdeck.services.search import search
from quarterdeck.services.totals import totals_rebuilt
from small_company import NOW, TODAY, SmallCompany

pytestmark = pytest.mark.django_db


def dressed(made: SmallCompany) -> None:
    """Rita's deal came without a name, so that it is kept under its code."""
    Opportunity.objects.filter(code="deal-rita").update(name="deal-rita")
    Account.objects.filter(code="acc-rita").update(name="Cancity")
    Product.objects.update(name="GTX Basic")
    totals_rebuilt(made.actor("olga", now=NOW))


@pytest.fixture(scope="module")
def company_of_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[SmallCompany]:  # noqa: ARG001  the database first
    with staged(django_db_blocker, dressed) as made:
        yield made


@pytest.fixture
def company(db: None, company_of_module: SmallCompany) -> SmallCompany:  # noqa: ARG001  each test in a savepoint
    return copy.deepcopy(company_of_module)


def test_the_desk_and_the_lists_say_account_and_product(company: SmallCompany) -> None:
    rita = company.actor("rita")
    first = rep_desk(rita, company.people["rita"].pk, TODAY).deals[0]
    listed = deals(rita, as_of=TODAY).rows[0]
    page = deal(rita, company.deals["rita"].pk, TODAY).deal
    for row in (first, listed, page):
        assert (row.label, row.beside, row.name) == ("Cancity, GTX Basic", "deal-rita", "deal-rita")


def test_what_was_done_and_said_names_the_deal_so(company: SmallCompany) -> None:
    rita = company.actor("rita")
    called = "Cancity, GTX Basic (deal-rita)"
    assert activities(rita, as_of=TODAY).rows[0].opportunity == called
    assert field_reports(rita, as_of=TODAY).rows[0].opportunity == called
    where = company.deals["rita"].states.get().account_id
    assert where is not None
    view = account(rita, where, TODAY)
    assert (view.activities[0].opportunity, view.reports[0].opportunity, view.deals[0].label) == (
        called, called, "Cancity, GTX Basic",
    )  # fmt: skip


def test_the_facts_behind_a_figure_name_it_so(company: SmallCompany) -> None:
    query = {"metric": "open_pipeline", "holder": f"person:{company.people['rita'].pk}", "starts_on": "2025-06-01",
        "ends_on": "2025-07-01", "as_of": str(TODAY)}  # fmt: skip
    rows = because(company.actor("rita"), query).rows
    assert rows is not None
    assert [(row.name, row.beside) for row in rows.rows] == [("Cancity, GTX Basic", "deal-rita")]


def test_a_search_by_code_finds_it_under_what_it_is_called(company: SmallCompany) -> None:
    hits = [hit for hit in search(company.actor("rita"), "deal-rita", as_of=TODAY) if hit.noun == "deal"]
    assert [(hit.name, hit.code) for hit in hits] == [("Cancity, GTX Basic", "deal-rita")]


def test_a_deal_with_a_name_keeps_it(company: SmallCompany) -> None:
    row = deals(company.actor("raj"), as_of=TODAY).rows[0]
    assert (row.label, row.beside) == ("Deal Ivorygate", "")
    assert activities(company.actor("raj"), as_of=TODAY).rows[0].opportunity == "Deal Ivorygate"


def test_what_is_not_known_is_left_out(company: SmallCompany) -> None:
    OpportunityState.objects.filter(opportunity=company.deals["rita"]).update(account=None)
    row = deals(company.actor("rita"), as_of=TODAY).rows[0]
    assert (row.label, row.beside) == ("GTX Basic", "deal-rita")
    OpportunityState.objects.filter(opportunity=company.deals["rita"]).update(product=None)
    row = deals(company.actor("rita"), as_of=TODAY).rows[0]
    assert (row.label, row.beside) == ("deal-rita", "")


def test_the_newest_state_up_to_the_day_names_it(company: SmallCompany) -> None:
    named = company.deals["rita"]
    first = OpportunityState.objects.get(opportunity=named)
    moved = TODAY + dt.timedelta(days=5)
    OpportunityState.objects.filter(pk=first.pk).update(effective_to=moved)
    first.pk, first.effective_from, first.account = None, moved, Account.objects.get(code="acc-raj")
    first.save(force_insert=True)
    other = Account.objects.get(code="acc-raj").name
    named.refresh_from_db()
    assert labels([named], TODAY)[named.pk].startswith("Cancity")
    assert labels([named], moved)[named.pk].startswith(other)


def test_names_of_a_page_of_activities_cost_one_query(company: SmallCompany, django_assert_num_queries: object) -> None:
    done = [row.opportunity for row in Activity.objects.select_related("opportunity") if row.opportunity]
    heard = [row.opportunity for row in FieldReport.objects.select_related("opportunity") if row.opportunity]
    with django_assert_num_queries(1):  # type: ignore[operator]  # a fixture of pytest-django
        labels([*done, *heard], TODAY)
    with django_assert_num_queries(0):  # type: ignore[operator]
        labels([company.deals["raj"]], TODAY)
