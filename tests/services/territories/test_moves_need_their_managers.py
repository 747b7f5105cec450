"""Nothing moves before every manager concerned has accepted; then accounts move from the stated day on, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, transaction
from django.db.models import F

from quarterdeck.faces.jobs.hourly import looked
from quarterdeck.records.models import (
    Account,
    AccountHolding,
    Booking,
    JournalEntry,
    Notice,
    TerritoryHolding,
    TerritoryMove,
    TerritoryProposal,
)
from quarterdeck.services.territories import proposals
from quarterdeck.services.territories.balancing import balanced
from quarterdeck.services.territories.doors import proposal_for, proposals_seen
from quarterdeck.services.territories.lists import territory_list, territory_page
from quarterdeck.services.territories.moving import accounts_due
from quarterdeck.services.territories.pages import proposal_page
from quarterdeck.terms.errors import Refusal
from small_company import NOW, TODAY, fact, small_company
from territory_stage import COUNTS, land, placed, proposed

if TYPE_CHECKING:
    from small_company import SmallCompany

SOON = TODAY + dt.timedelta(days=10)
LATER = NOW + dt.timedelta(days=12)


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[SmallCompany]:  # noqa: ARG001  opens the database
    with django_db_blocker.unblock(), transaction.atomic():
        yield placed(small_company())
        transaction.set_rollback(True)


@pytest.fixture
def company(made: SmallCompany, db: None) -> SmallCompany:  # noqa: ARG001  rolls back
    return made


def places() -> dict[str, tuple[int | None, int | None]]:
    return {code: where for code, *where in Account.objects.values_list("code", "territory_id", "owner_id")}  # type: ignore[misc]  # two ids


def refused(rule: str, what: Any, *args: Any, **more: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        what(*args, **more)
    assert caught.value.rule == rule, str(caught.value)
    return caught.value


def test_nothing_moves_until_both_managers_have_accepted(company: SmallCompany) -> None:
    before = places()
    row = proposed(company.actor("dana"))
    half = proposals.proposal_accepted(company.actor("mona"), row.pk)
    assert (half.state, places(), Notice.objects.count()) == ("open", before, 0)
    done = proposals.proposal_accepted(company.actor("wim"), row.pk)
    assert done.state == "moved"
    moved = {move.account.code: move.to_territory_id for move in row.moves.select_related("account")}
    assert {code: where[0] for code, where in places().items() if where != before[code]} == moved


def test_an_account_gets_its_new_holder_and_keeps_where_it_lay(company: SmallCompany) -> None:
    row = proposed(company.actor("dana"))
    proposals.proposal_accepted(company.actor("dana"), row.pk)
    move = row.moves.first()
    assert move is not None
    rows = AccountHolding.current.filter(account=move.account).order_by(F("effective_from").asc(nulls_first=True))
    spans = [(one.territory_id, one.effective_from, one.effective_to) for one in rows]
    assert spans == [(move.from_territory_id, None, TODAY), (move.to_territory_id, TODAY, None)]
    holder = TerritoryHolding.current.get(territory=move.to_territory).person
    assert Account.objects.get(pk=move.account_id).owner == holder
    assert JournalEntry.objects.filter(verb="accounts_moved").count() == 1


def test_everybody_who_gives_or_takes_is_told_which_accounts(company: SmallCompany) -> None:
    proposals.proposal_accepted(company.actor("dana"), proposed(company.actor("dana")).pk)
    told = {row.person.code: row.text for row in Notice.objects.select_related("person")}
    assert told["p-rita"].startswith("From 30 June 2025 on 3 accounts leave you (")
    assert "1 account comes to you" in told["p-walt"]
    assert "p-nils" not in told


def test_bookings_before_the_day_stay_with_who_held_the_territory_then(company: SmallCompany) -> None:
    row = proposed(company.actor("dana"))
    move = row.moves.filter(to_territory=land("walt")).get()
    for at, day in enumerate((TODAY - dt.timedelta(days=1), TODAY)):
        Booking.objects.create(
            booked_on=day, amount_minor=100, account=move.account, credited=company.people["rita"],
            credited_by="territory", **fact(f"late-{at}"),
        )  # fmt: skip
    proposals.proposal_accepted(company.actor("dana"), row.pk)
    found = Booking.objects.filter(source_id__startswith="late-").order_by("source_id")
    assert [one.credited for one in found] == [company.people["rita"], company.people["walt"]]


def test_a_planned_day_is_written_now_and_takes_effect_when_it_comes(company: SmallCompany) -> None:
    before = places()
    row = proposed(company.actor("dana"), effective_on=SOON)
    proposals.proposal_accepted(company.actor("dana"), row.pk)
    assert places() == before
    assert accounts_due(company.actor("dana")) == 0
    late = company.actor("dana", now=LATER)
    assert (accounts_due(late), accounts_due(late)) == (3, 0)
    assert {code for code, where in places().items() if where != before[code]} == {
        move.account.code for move in row.moves.select_related("account")
    }


def test_an_account_placed_elsewhere_before_its_planned_day_stays_there(company: SmallCompany) -> None:
    row = proposed(company.actor("dana"), effective_on=SOON)
    proposals.proposal_accepted(company.actor("dana"), row.pk)
    move = row.moves.first()
    assert move is not None
    Account.objects.filter(pk=move.account_id).update(territory=land("nils"))
    assert accounts_due(company.actor("dana", now=LATER)) == 2
    assert Account.objects.get(pk=move.account_id).territory == land("nils")


def test_accepted_after_its_day_it_moves_on_the_day_of_the_last_word(company: SmallCompany) -> None:
    row = proposed(company.actor("dana"), effective_on=SOON)
    proposals.proposal_accepted(company.actor("dana", now=LATER), row.pk)
    days = set(AccountHolding.current.filter(effective_to=None).values_list("effective_from", flat=True))
    assert days == {LATER.date()}


@pytest.mark.parametrize("how", ["moved", "withdrawn", "vacant", "planned"])
def test_what_changed_since_it_was_proposed_is_a_conflict_and_nothing_moves(company: SmallCompany, how: str) -> None:
    row = proposed(company.actor("dana"))
    move = row.moves.first()
    assert move is not None
    if how == "moved":
        Account.objects.filter(pk=move.account_id).update(territory=land("nils"))
    elif how == "withdrawn":
        Account.objects.filter(pk=move.account_id).update(withdrawn_at=NOW)
    elif how == "vacant":
        TerritoryHolding.objects.filter(territory=move.to_territory).delete()
    else:
        AccountHolding.objects.create(account=move.account, effective_from=SOON, **fact("planned"))
    before = places()
    caught = refused("territory_conflict", proposals.proposal_accepted, company.actor("dana"), row.pk)
    named = move.to_territory.name if how == "vacant" else move.account.name
    assert named in caught.why
    assert places() == before
    assert proposal_for(company.actor("dana"), row.pk).said == {}


def test_an_acceptance_is_taken_back_while_it_is_open(company: SmallCompany) -> None:
    row, mona, wim = proposed(company.actor("dana")), company.actor("mona"), company.actor("wim")
    proposals.proposal_accepted(mona, row.pk)
    refused("territory_state", proposals.proposal_accepted, mona, row.pk)
    proposals.proposal_taken_back(mona, row.pk)
    assert proposals.proposal_accepted(wim, row.pk).state == "open"
    assert proposals.proposal_accepted(mona, row.pk).state == "moved"
    refused("territory_state", proposals.proposal_taken_back, mona, row.pk)


def test_one_who_declines_with_a_reason_ends_it(company: SmallCompany) -> None:
    row = proposed(company.actor("dana"))
    refused("territory_state", proposals.proposal_declined, company.actor("wim"), row.pk, note=" ")
    assert proposals.proposal_declined(company.actor("wim"), row.pk, note="not now").state == "declined"
    refused("territory_state", proposals.proposal_accepted, company.actor("dana"), row.pk)


def test_an_author_withdraws_and_others_do_not(company: SmallCompany) -> None:
    row = proposed(company.actor("olga"))
    refused("territory_state", proposals.proposal_withdrawn, company.actor("mona"), row.pk)
    assert proposals.proposal_withdrawn(company.actor("olga"), row.pk).state == "withdrawn"
    assert proposals.proposal_withdrawn(company.actor("dana"), proposed(company.actor("mona")).pk).state == "withdrawn"


@pytest.mark.parametrize(("who", "rule"), [("rita", "not_visible"), ("hans", "not_visible"), ("olga", "needs_hat")])
def test_who_leads_no_team_concerned_does_not_answer(company: SmallCompany, who: str, rule: str) -> None:
    row = proposed(company.actor("dana"))
    refused(rule, proposals.proposal_accepted, company.actor(who), row.pk)


def test_a_manager_balances_below_their_team_and_nobody_else_sees_it(company: SmallCompany) -> None:
    found = balanced(company.actor("mona"), COUNTS, TODAY)
    assert {row.territory_id for row in found.standings} == {land(who).pk for who in ("rita", "raj", "nora", "nils")}
    row = proposed(company.actor("mona"))
    assert [one.proposal.pk for one in proposals_seen(company.actor("mona"))] == [row.pk]
    assert proposals_seen(company.actor("wim")) == []
    refused("not_visible", proposal_for, company.actor("wim"), row.pk)


def test_a_manager_sees_the_moves_that_touch_their_people_and_amounts_of_theirs_only(company: SmallCompany) -> None:
    row = proposed(company.actor("dana"))
    page = proposal_page(proposal_for(company.actor("wim"), row.pk))
    assert [(move.to_name, move.amounts) for move in page.moves] == [(land("walt").name, (None,))]
    assert page.n_hidden == 2
    assert [one.name for one in page.standings] == [land("walt").name]
    assert "Rita" not in repr(page)


def test_what_was_seen_is_what_is_saved(company: SmallCompany) -> None:
    dana = company.actor("dana")
    seen = balanced(dana, COUNTS, TODAY).fingerprint
    Account.objects.create(code="new", name="New", territory=land("rita"))
    save = {"effective_on": TODAY, "fingerprint": seen}
    refused("territory_seen", proposals.proposal_saved, dana, COUNTS, TODAY, **save)
    past = save | {
        "effective_on": TODAY - dt.timedelta(days=1),
        "fingerprint": balanced(dana, COUNTS, TODAY).fingerprint,
    }
    refused("territory_day", proposals.proposal_saved, dana, COUNTS, TODAY, **past)
    refused("territories", proposals.proposal_saved, dana, replace(COUNTS, most=0), TODAY, **save)


@pytest.mark.parametrize("ask", [
    {"weights": {}}, {"weights": {"fame": 1}}, {"weights": {"sales": 0}}, {"weights": {"potential": 1}},
    {"most": -1}, {"most": Fraction(3, 2)}, {"within": Fraction(-1, 100)},
])  # fmt: skip
def test_what_cannot_be_balanced_is_refused(company: SmallCompany, ask: dict[str, Any]) -> None:
    refused("territories", balanced, company.actor("dana"), replace(COUNTS, **ask), TODAY)


def test_locks_and_the_budget_hold(company: SmallCompany) -> None:
    dana, rita = company.actor("dana"), land("rita").pk
    free = balanced(dana, COUNTS, TODAY)
    locks = frozenset(move.account_id for move in free.moves)
    found = balanced(dana, replace(COUNTS, locks=locks, most=1), TODAY)
    assert (len(found.moves), found.n_locked, found.n_allowed) == (1, 3, 1)
    assert not locks & {move.account_id for move in found.moves}
    assert found.moves[0].from_id == rita


def test_accounts_without_a_territory_are_placed_only_when_asked(company: SmallCompany) -> None:
    Account.objects.create(code="nowhere", name="Nowhere")
    dana, few = company.actor("dana"), replace(COUNTS, most=0)
    placed_ones = balanced(dana, replace(few, places=True), TODAY)
    assert [(move.account, move.from_id, move.to_id) for move in placed_ones.moves if move.account == "Nowhere"] == [
        ("Nowhere", None, land("walt").pk)
    ]
    assert "Nowhere" not in [move.account for move in balanced(dana, few, TODAY).moves]


def test_measures_are_blended_by_weight(company: SmallCompany) -> None:
    ask = replace(COUNTS, weights={"n_accounts": 1, "sales": 3}, how="blend", most=Fraction(1, 2))
    found = balanced(company.actor("dana"), ask, TODAY)
    assert [one.measure for one in found.evenness] == ["n_accounts", "sales"]
    assert found.n_moved > 0


def test_territories_show_names_to_all_and_figures_to_who_sees_the_holder(company: SmallCompany) -> None:
    seen = {line.name: line.is_told for line in territory_list(company.actor("rita"), TODAY).lines}
    assert [name for name, is_told in seen.items() if is_told] == [land("rita").name]
    page = territory_page(company.actor("rita"), land("walt").pk, TODAY)
    assert (page.line.amounts, page.measures, page.held) == ({}, (), ())


def test_a_territory_on_a_past_day_has_the_accounts_that_lay_in_it_then(company: SmallCompany) -> None:
    proposals.proposal_accepted(company.actor("dana"), proposed(company.actor("dana")).pk)
    dana, rita = company.actor("dana"), land("rita").pk
    counts = [len(territory_page(dana, rita, day).accounts) for day in (TODAY - dt.timedelta(days=1), TODAY)]
    assert counts == [6, 3]
    assert {one.says for one in territory_page(dana, rita, TODAY).moved} == {"left"}


def test_what_was_proposed_and_answered_cannot_be_changed(company: SmallCompany) -> None:
    row = proposed(company.actor("dana"))
    for model, change in ((TerritoryProposal, {"name": "x"}), (TerritoryMove, {"reason": "x"})):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            model.objects.filter().update(**change)
    assert row.moves.count() == 3


def test_the_server_looks_whether_a_planned_day_has_come(company: SmallCompany) -> None:
    proposals.proposal_accepted(company.actor("dana"), proposed(company.actor("dana"), effective_on=SOON).pk)
    assert (looked(), looked()) == (3, 0)
