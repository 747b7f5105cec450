"""Who sees which row: on a small company with one person for each hat."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from quarterdeck.records.models import Account, Activity, Booking, Opportunity, Seat, Target, Team, TeamLink
from quarterdeck.services import access
from quarterdeck.services.accounts import AccountFilter, accounts
from quarterdeck.services.actor import Actor
from quarterdeck.services.listing import Page
from quarterdeck.terms.errors import Refusal
from small_company import CAST, NOW, SEEN, TODAY, SmallCompany, fact

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(small_made: SmallCompany) -> SmallCompany:
    return small_made


def names_seen(company: SmallCompany, who: str, as_of: dt.date = TODAY) -> set[str]:
    seen = access.people_seen(company.actor(who), as_of)
    return {name for name, person in company.people.items() if seen is None or person.pk in seen}


@pytest.mark.parametrize("who", CAST)
def test_each_hat_sees_the_people_its_row_of_the_table_says(company: SmallCompany, who: str) -> None:
    assert names_seen(company, who) == SEEN[who]


@pytest.mark.parametrize("who", CAST)
def test_rows_of_deals_activities_and_bookings_follow_the_people_seen(company: SmallCompany, who: str) -> None:
    actor = company.actor(who)
    deals = access.deals_seen(actor, Opportunity.visible.all(), TODAY)
    activities = access.activities_seen(actor, Activity.current.all(), TODAY)
    bookings = access.bookings_seen(actor, Booking.current.all(), TODAY)
    assert {deal.code.removeprefix("deal-") for deal in deals} == SEEN[who]
    assert {activity.source_id.removeprefix("act-") for activity in activities} == SEEN[who]
    assert {booking.source_id.removeprefix("book-") for booking in bookings} == SEEN[who]


def test_the_system_sees_and_may_everything(company: SmallCompany) -> None:
    system = Actor(now=NOW)
    assert access.people_seen(system, TODAY) is None
    assert access.may(system, "give_hats")
    assert access.may_see_pay(system, company.people["rita"].pk)


def test_a_department_head_sees_totals_of_their_team_and_no_person_in_it(company: SmallCompany) -> None:
    seen = access.teams_seen(company.actor("hans"), TODAY)
    assert seen == {company.teams["east"].pk, company.teams["north"].pk}
    assert names_seen(company, "hans") == {"hans"}


def test_a_rep_sees_no_team_total(company: SmallCompany) -> None:
    assert access.teams_seen(company.actor("rita"), TODAY) == frozenset()


def test_a_manager_sees_the_people_who_sat_below_on_the_day_looked_at(company: SmallCompany) -> None:
    Seat.objects.filter(person=company.people["raj"]).update(effective_to=dt.date(2025, 3, 1))
    Seat.objects.create(
        person=company.people["raj"],
        position=company.positions["walt"],
        effective_from=dt.date(2025, 3, 1),
        **fact("moved"),
    )
    assert "raj" in names_seen(company, "mona", dt.date(2025, 2, 28))
    assert "raj" not in names_seen(company, "mona", dt.date(2025, 3, 1))
    assert "raj" in names_seen(company, "wim", dt.date(2025, 3, 1))


def test_a_team_that_moved_takes_its_people_out_of_sight(company: SmallCompany) -> None:
    TeamLink.objects.filter(team=company.teams["north"]).update(parent=company.teams["west"])
    assert "nora" not in names_seen(company, "mona")
    assert "nora" in names_seen(company, "wim")


def test_a_hat_that_ended_yesterday_opens_nothing(company: SmallCompany) -> None:
    Seat.objects.filter(person=company.people["mona"]).update(effective_to=TODAY)
    assert names_seen(company, "mona") == {"mona"}


def test_a_superseded_seat_opens_nothing(company: SmallCompany) -> None:
    Seat.objects.filter(person=company.people["mona"]).update(superseded_at=NOW)
    assert names_seen(company, "mona") == {"mona"}


def test_a_director_over_part_of_the_tree_does_not_see_everything(company: SmallCompany) -> None:
    Team.objects.create(code="other-root", name="Other root")
    assert access.people_seen(company.actor("dana"), TODAY) is not None
    assert "lena" not in names_seen(company, "dana")
    assert "walt" in names_seen(company, "dana")


def test_a_cycle_in_imported_links_ends(company: SmallCompany) -> None:
    TeamLink.objects.filter(team=company.teams["east"]).update(parent=company.teams["north"])
    assert names_seen(company, "mona") == SEEN["mona"]


def test_an_undone_team_is_out_of_the_tree(company: SmallCompany) -> None:
    Team.objects.filter(pk=company.teams["north"].pk).update(withdrawn_at=NOW)
    assert "nora" not in names_seen(company, "mona")


def test_a_deal_follows_its_owner_of_the_day(company: SmallCompany) -> None:
    states = company.deals["rita"].states  # type: ignore[attr-defined]  # related name
    states.update(effective_to=dt.date(2025, 6, 1))
    states.create(
        stage="Proposal", stage_kind="open", person=company.people["walt"], effective_from=dt.date(2025, 6, 1)
    )
    everything = Opportunity.visible.all()
    rita, walt = company.actor("rita"), company.actor("walt")
    assert company.deals["rita"] in access.deals_seen(rita, everything, dt.date(2025, 5, 31))
    assert company.deals["rita"] not in access.deals_seen(rita, everything, TODAY)
    assert company.deals["rita"] in access.deals_seen(walt, everything, TODAY)


def test_a_deal_of_nobody_is_for_those_who_see_all(company: SmallCompany) -> None:
    company.deals["rita"].states.update(person=None)  # type: ignore[attr-defined]  # related name
    everything = Opportunity.visible.all()
    assert company.deals["rita"] not in access.deals_seen(company.actor("mona"), everything, TODAY)
    assert company.deals["rita"] in access.deals_seen(company.actor("dana"), everything, TODAY)


def test_targets_of_a_vacant_position_are_for_the_manager_and_not_for_the_department_head(
    company: SmallCompany,
) -> None:
    month = {"starts_on": dt.date(2025, 6, 1), "ends_on": dt.date(2025, 7, 1), "period_kind": "month"}
    target = Target.objects.create(
        position=company.positions["raj"], metric="bookings", amount=1, **month, **fact("vacant")
    )
    seen = {who: target in access.targets_seen(company.actor(who), Target.current.all(), TODAY) for who in CAST}
    assert {who for who, is_seen in seen.items() if is_seen} == {"dana", "olga", "fred", "eva", "mona", "raj"}


@pytest.mark.parametrize("who", CAST)
def test_personal_targets_follow_the_people_seen(company: SmallCompany, who: str) -> None:
    targets = access.targets_seen(company.actor(who), Target.current.filter(person__isnull=False), TODAY)
    assert {target.source_id.removeprefix("target-") for target in targets} == SEEN[who]


def test_account_names_are_for_everybody_with_a_hat(company: SmallCompany) -> None:
    everything = Account.visible.all()
    assert access.accounts_seen(company.actor("rita"), everything, TODAY).count() == len(CAST)
    assert not access.accounts_seen(company.actor("lena"), everything, TODAY).exists()


def test_what_is_not_visible_is_answered_like_what_does_not_exist(company: SmallCompany) -> None:
    rita = company.actor("rita")
    with pytest.raises(Refusal) as hidden:
        access.person_for(rita, company.people["walt"].pk, TODAY)
    with pytest.raises(Refusal) as absent:
        access.person_for(rita, 999_999, TODAY)
    assert str(hidden.value) == str(absent.value)
    assert hidden.value.rule == "not_visible"


def test_a_team_outside_is_not_visible(company: SmallCompany) -> None:
    with pytest.raises(Refusal, match="no such team"):
        access.team_for(company.actor("mona"), company.teams["west"].pk, TODAY)
    assert access.team_for(company.actor("mona"), company.teams["north"].pk, TODAY) == company.teams["north"]


def test_the_tree_costs_at_most_two_queries_a_request(
    company: SmallCompany, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    mona = company.actor("mona")
    with django_assert_num_queries(2):
        for _ in range(3):
            access.people_seen(mona, TODAY)
            access.teams_seen(mona, TODAY)


def test_a_seat_is_seen_from_above_and_by_its_holder_and_not_by_those_who_see_totals(company: SmallCompany) -> None:
    seat, team = company.positions["raj"].pk, company.teams["east"].pk
    seen = {who for who in CAST if access.sees_position(company.actor(who), seat, team, TODAY)}
    assert seen == {"dana", "olga", "fred", "eva", "mona", "raj"}


def test_an_account_shows_its_owner_only_to_those_who_see_them(company: SmallCompany) -> None:
    def owners(who: str) -> set[str]:
        found = accounts(company.actor(who), as_of=TODAY, page=Page(sort="owner"))
        return {row.owner for row in found.rows} - {""}

    assert owners("mona") == {CAST[who][0] for who in SEEN["mona"]}
    assert len(owners("olga")) == len(CAST)
    by_owner = AccountFilter(owner_id=company.people["walt"].pk)
    assert accounts(company.actor("rita"), as_of=TODAY, where=by_owner).n_rows == 0
    assert accounts(company.actor("wim"), as_of=TODAY, where=by_owner).n_rows == 1
