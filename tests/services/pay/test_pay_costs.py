"""What pay costs: the accrual adds up, teams of few are not told apart, and the asset is made of what was earned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pay_stage import acting, locked, paid, staged
from quarterdeck.records.models import PaySettlement
from quarterdeck.services.actor import Actor
from quarterdeck.services.pay import settings
from quarterdeck.services.pay.accruals import costs_read, months_of, told_apart
from quarterdeck.services.pay.capitalised import asset_page
from quarterdeck.services.pay.costs import CostsPage, costs_listing, costs_page, teams_listing
from quarterdeck.services.totals import totals_rebuilt
from quarterdeck.terms.errors import Refusal
from small_company import NOW, amount_of

if TYPE_CHECKING:
    from small_company import SmallCompany

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
AUGUST = dt.datetime(2025, 8, 2, 9, tzinfo=dt.UTC)
TODAY = dt.date(2025, 8, 2)
FIRST = dt.date(2025, 6, 1)


def two_months(company: SmallCompany) -> None:
    """June sent to payroll, July locked and not sent yet."""
    paid(company)
    locked(company, AUGUST)
    totals_rebuilt(Actor(now=NOW))


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[SmallCompany]:  # noqa: ARG001  the database first
    with staged(django_db_blocker, two_months) as made:
        yield made


@pytest.fixture
def company(stage: SmallCompany, db: None) -> SmallCompany:  # noqa: ARG001  inside a savepoint of the stage
    return stage


def page(company: SmallCompany, who: str = "fred") -> CostsPage:
    return costs_page(acting(company, who, AUGUST), TODAY, 2025)


def test_what_is_earned_is_what_the_runs_settled_and_what_is_sent_is_no_longer_owed(company: SmallCompany) -> None:
    june, july = (line.month for line in page(company).months)
    settled = sum(PaySettlement.objects.filter(run_id=june.run_id).values_list("paid_minor", flat=True))
    assert june.earned_minor == june.settled_minor == june.sent_minor == settled > 0
    assert (june.outstanding_minor, july.opening_minor, july.sent_minor) == (0, 0, None)


def test_each_period_opens_with_what_the_one_before_left(company: SmallCompany) -> None:
    months = months_of(costs_read(TODAY, None))
    assert company.people
    assert [one.opening_minor for one in months[1:]] == [one.outstanding_minor for one in months[:-1]]
    assert all(one.owed_minor - (one.sent_minor or 0) == one.outstanding_minor for one in months)


def test_the_cost_rate_is_what_was_earned_of_what_was_booked(company: SmallCompany) -> None:
    line = page(company).months[0]
    booked = sum(amount_of(who) for who in ("rita", "raj", "nora", "walt")) * 100
    assert line.bookings_minor >= booked
    assert line.rate == line.month.earned_minor / line.bookings_minor


def test_teams_add_up_to_the_company_for_who_sees_everybody(company: SmallCompany) -> None:
    view = page(company)
    tops = [row for row in view.teams if row.team.level == 0]
    assert sum(row.team.costs[0] or 0 for row in tops) == view.months[0].month.earned_minor


@pytest.mark.parametrize("who", ["dana", "eva"])
def test_no_figure_of_fewer_than_three_people_is_shown_to_who_sees_costs_alone(
    company: SmallCompany, who: str
) -> None:  # fmt: skip
    view, whole = page(company, who), page(company)
    shown = {row.team.team_id: row.team.costs[0] for row in view.teams}
    paid_alone = {amount_of(one) * 10 for one in ("rita", "raj", "nora", "walt")}
    assert not paid_alone & set(shown.values())
    known = {row.team.team_id: row.team.costs[0] for row in whole.teams}
    assert all(cost is None or cost == known[team] for team, cost in shown.items())
    assert None in shown.values()


@pytest.mark.parametrize(
    ("sizes", "children", "told"),
    [
        ({1: 9, 2: 5, 3: 4}, {None: [1], 1: [2, 3]}, {1, 2, 3}),
        ({1: 6, 2: 3, 3: 3}, {None: [1], 1: [2, 3]}, {1, 2, 3}),
        ({1: 7, 2: 3, 3: 3}, {None: [1], 1: [2, 3]}, {1, 3}),
        ({1: 5, 2: 5}, {None: [1], 1: [2]}, {1, 2}),
        ({1: 9, 2: 5, 3: 4, 4: 4}, {None: [1], 1: [2, 3], 2: [4]}, {1, 2, 3}),
        ({1: 2}, {None: [1]}, set()),
        ({}, {None: [1]}, set()),
    ],
)
def test_a_team_is_shown_if_neither_it_nor_what_is_left_beside_it_is_fewer_than_three(
    sizes: dict[int, int], children: dict[int | None, list[int]], told: set[int]
) -> None:
    assert told_apart(sizes, children) == told


@pytest.mark.parametrize("who", ["rita", "mona", "lena"])
def test_costs_are_not_for_who_has_no_hat_for_them(company: SmallCompany, who: str) -> None:
    actor = acting(company, who, AUGUST)
    for asked in (lambda: costs_page(actor, TODAY), lambda: asset_page(actor, TODAY)):
        with pytest.raises(Refusal) as refused:
            asked()
        assert refused.value.rule == "needs_hat"


def test_without_a_setting_everything_is_expensed_at_once(company: SmallCompany) -> None:
    view = asset_page(acting(company, "fred", AUGUST), TODAY)
    assert view.closing_minor == 0
    assert view.months[0].expensed_minor == page(company).months[0].month.earned_minor


def test_the_asset_is_made_of_what_was_earned_over_the_months_that_are_set(company: SmallCompany) -> None:
    fred = acting(company, "fred", AUGUST)
    settings.setting_changed(fred, "capitalisation", FIRST, {"benefit_months": "36", "expedient": "yes"})
    view = asset_page(fred, TODAY)
    earned = sum(line.month.earned_minor for line in page(company).months)
    assert (len(view.months), sum(one.amortised_minor for one in view.months)) == (36, earned)
    assert sum(row["closing_minor"] for row in view.runs) == view.closing_minor > 0


@pytest.mark.parametrize(("expedient", "closing"), [("yes", False), ("no", True)])
def test_the_practical_expedient_expenses_a_year_at_once(company: SmallCompany, expedient: str, closing: bool) -> None:  # noqa: FBT001
    fred = acting(company, "fred", AUGUST)
    settings.setting_changed(fred, "capitalisation", FIRST, {"benefit_months": "12", "expedient": expedient})
    assert bool(asset_page(fred, TODAY).closing_minor) is closing


def test_files_of_costs_have_a_row_for_every_period_and_team(company: SmallCompany) -> None:
    view = page(company)
    assert [row["period"] for row in costs_listing(view).rows] == ["June 2025", "July 2025"]
    assert len(teams_listing(view).rows) == 2 * len(view.teams)


def test_a_year_without_runs_says_so(company: SmallCompany) -> None:
    view = costs_page(acting(company, "fred", AUGUST), TODAY, 2020)
    assert (view.months, view.sentence) == ((), "Nothing was run in this year.")


@pytest.mark.parametrize("name", ["pay-costs", "pay-capitalisation", "payroll-settings"])
def test_pages_of_costs_ask_the_database_at_most_fifteen_times(company: SmallCompany, name: str) -> None:
    client = Client()
    client.force_login(company.users["fred"], backend=BACKEND)
    address = reverse(name) + "?year=2025&as_of=2025-08-02"
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    assert len(queries) <= 15
