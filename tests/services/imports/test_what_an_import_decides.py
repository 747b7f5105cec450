"""Small files, one decision of the importer each."""

from __future__ import annotations

import datetime as dt

import pytest

from dumps import dump
from quarterdeck.records.models import (
    Account,
    Activity,
    Batch,
    Booking,
    JournalEntry,
    OpportunityState,
    OpportunityVersion,
    Payment,
    Person,
    Position,
    Return,
    Seat,
    Target,
    Total,
)
from quarterdeck.services import frames
from quarterdeck.services.imports import (
    batch_applied,
    batch_created,
    batch_for,
    batch_previewed,
    batch_undone,
    findings_of,
)
from quarterdeck.services.totals import totals_differences
from quarterdeck.terms.errors import Refusal
from small_files import COMPANY, SYSTEM, applied, csv

pytestmark = pytest.mark.django_db

DEALS = "opportunity,owner,account,product,stage,amount,opened_on,closed_on"
BOOKINGS = "booking,person,account,opportunity,booked_on,amount"
ACTIVITIES = "activity,kind,person,happened_on,minutes"


@pytest.fixture(autouse=True)
def company(db: None) -> Batch:  # noqa: ARG001  the database first
    return applied(*COMPANY)


def rules(batch: Batch) -> dict[str, str]:
    return {one.rule: one.severity for one in findings_of(SYSTEM, batch)}


def test_a_deal_of_an_unknown_owner_is_kept_for_nobody_and_told() -> None:
    batch = applied(csv("opportunities", DEALS, "d-1,ghost,a-1,,Won,10.00,2025-01-01,2025-02-01"))
    assert OpportunityVersion.current.get().person is None
    assert rules(batch)["unknown_reference"] == "warning"
    assert Total.objects.get(grain="d", measure="opportunity_won").person_id == 0


def test_people_are_found_by_name_and_address_whatever_the_case() -> None:
    applied(
        csv("activities", ACTIVITIES, "t-1,call,RITA MORENO,2025-03-03,5", "t-2,call,Rita@Example.com,2025-03-03,5")
    )
    assert set(Activity.current.values_list("person__code", flat=True)) == {"rita"}


def test_a_name_that_two_people_share_is_not_guessed() -> None:
    applied(csv("people", "person,name,hat,team", "rita-2,Rita Moreno,rep,west"))
    batch = applied(csv("activities", ACTIVITIES, "t-1,call,Rita Moreno,2025-03-03,5"))
    assert Activity.current.get().person is None
    assert rules(batch)["ambiguous_name"] == "warning"


def test_a_person_under_another_code_is_recognised_by_address() -> None:
    applied(csv("people", "person,name,email,hat,team", "005xx,R. Moreno,RITA@example.com,rep,east"), system="crm")
    assert Person.visible.count() == 3
    assert Person.visible.get(code="rita").name == "R. Moreno"


def test_a_stage_without_a_kind_is_read_off_its_name() -> None:
    applied(csv("opportunities", DEALS, "d-1,rita,a-1,,Closed Won,10.00,2025-01-01,2025-02-01",
        "d-2,rita,a-1,,Closed Lost,10.00,2025-01-01,2025-02-01",
        "d-3,rita,a-1,,Wonderful,10.00,2025-01-01,"))  # fmt: skip
    assert dict(OpportunityVersion.current.values_list("source_id", "stage_kind")) == {
        "d-1": "won", "d-2": "lost", "d-3": "open",
    }  # fmt: skip


def test_a_booking_counts_for_its_person_else_the_deals_owner_else_the_territorys_holder() -> None:
    applied(csv("opportunities", DEALS, "d-1,sam,a-2,,Won,10.00,2025-01-01,2025-02-01"))
    applied(csv("bookings", BOOKINGS, "b-1,rita,a-2,d-1,2025-02-01,1.00", "b-2,,a-2,d-1,2025-02-01,1.00",
        "b-3,,a-1,,2025-02-28,1.00", "b-4,,a-1,,2025-03-01,1.00", "b-5,,a-2,,2025-02-01,1.00"))  # fmt: skip
    assert list(Booking.current.order_by("source_id").values_list("credited__code", "credited_by")) == [
        ("rita", "booking"), ("sam", "deal"), ("rita", "territory"), ("sam", "territory"), (None, "nobody"),
    ]  # fmt: skip


def test_a_booking_follows_its_deals_new_owner() -> None:
    applied(csv("opportunities", DEALS, "d-1,sam,a-2,,Won,10.00,2025-01-01,2025-02-01"))
    applied(csv("bookings", BOOKINGS, "b-1,,a-2,d-1,2025-02-01,1.00"))
    applied(csv("opportunities", DEALS, "d-1,rita,a-2,,Won,10.00,2025-01-01,2025-02-01"))
    assert Booking.current.get().credited.code == "rita"
    assert totals_differences().is_empty()


def test_a_territory_that_changes_hands_takes_its_bookings_along() -> None:
    applied(csv("bookings", BOOKINGS, "b-1,,a-1,,2025-02-28,1.00"))
    applied(csv("territories", "territory,person,effective_from,effective_to", "north,sam,2024-01-01,2025-03-01"))
    assert Booking.current.get().credited.code == "sam"
    assert totals_differences().is_empty()


def test_an_accounts_new_segment_moves_its_deals_and_bookings() -> None:
    applied(csv("opportunities", DEALS, "d-1,sam,a-1,,Won,10.00,2025-01-01,2025-02-01"))
    applied(csv("bookings", BOOKINGS, "b-1,sam,a-1,,2025-02-01,1.00"))
    applied(csv("accounts", "account,segment", "a-1,trade"))
    assert set(OpportunityState.objects.values_list("segment__code", flat=True)) == {"trade"}
    assert Booking.current.get().segment.code == "trade"
    assert Booking.objects.count() == 1
    assert totals_differences().is_empty()


def test_payments_and_returns_follow_their_booking() -> None:
    batch = applied(
        csv("bookings", BOOKINGS, "b-1,rita,a-1,,2025-02-01,9.00"),
        csv("payments", "payment,booking,paid_on,amount", "p-1,b-1,2025-03-01,4.00", "p-2,b-x,2025-03-01,4.00"),
        csv("returns", "return,booking,returned_on,amount", "r-1,b-1,2025-03-01,-2.00"),
    )
    assert (Payment.current.count(), Return.current.get().amount_minor) == (1, 200)
    assert rules(batch) == rules(batch) | {"unknown_reference": "error", "negative_return": "note"}
    rita = Person.visible.get(code="rita").pk
    assert set(Total.objects.filter(measure__in=["payment", "return"]).values_list("person_id", flat=True)) == {rita}
    applied(csv("bookings", BOOKINGS, "b-1,sam,a-1,,2025-02-01,9.00"))
    assert totals_differences().is_empty()


def test_foreign_money_is_converted_by_the_rate_in_force_and_rounded_half_up_once() -> None:
    head = BOOKINGS + ",currency"
    applied(csv("exchange_rates", "currency,on,rate", "EUR,2025-01-01,1.1", "EUR,2025-02-01,1.0845"))
    batch = applied(csv("bookings", head, "b-1,rita,a-1,,2025-01-31,0.05,EUR", "b-2,rita,a-1,,2025-02-01,100.00,EUR",
        "b-3,rita,a-1,,2024-12-31,1.00,EUR", "b-4,rita,a-1,,2025-02-01,1.00,GBP"))  # fmt: skip
    rows = Booking.current.order_by("source_id").values_list(
        "source_id", "amount_minor", "source_amount_minor", "exchange_rate"
    )
    assert list(rows) == [("b-1", 6, 5, "1.1"), ("b-2", 10845, 10000, "1.0845")]
    assert [one.n_rows for one in findings_of(SYSTEM, batch) if one.rule == "missing_rate"] == [1, 1]
    assert batch.counts["bookings"]["left_out"] == 2


def test_a_deal_whose_rate_is_missing_is_kept_without_its_amount() -> None:
    applied(csv("opportunities", DEALS + ",currency", "d-1,rita,a-1,,Proposal,10.00,2025-01-01,,CHF"))
    deal = OpportunityVersion.current.get()
    assert (deal.amount_minor, deal.source_amount_minor, deal.source_currency) == (None, 1000, "CHF")


def test_targets_are_of_whom_they_name_and_counts_stay_counts() -> None:
    batch = applied(csv("targets", "holder,metric,period_kind,starts_on,amount", "rita,bookings,month,2025-03-15,90000",
        "East,Deals won,quarter,2025-03-01,12", "nobody,bookings,month,2025-03-01,1",
        "sam,happiness,month,2025-03-01,1"))  # fmt: skip
    rows = Target.current.order_by("metric").values_list(
        "person__code", "team__code", "metric", "starts_on", "ends_on", "amount"
    )
    assert list(rows) == [
        ("rita", None, "bookings", dt.date(2025, 3, 1), dt.date(2025, 4, 1), 9_000_000),
        (None, "east", "deals_won", dt.date(2025, 1, 1), dt.date(2025, 4, 1), 12),
    ]
    assert {"unknown_holder", "unknown_metric"} <= set(rules(batch))


def test_a_seat_that_ends_is_a_new_version_and_the_position_stays() -> None:
    head = "person,name,hat,team,position,effective_from,effective_to"
    applied(csv("people", head, "lena,Lena Ross,rep,east,east-9,2024-01-01,"))
    applied(csv("people", head, "lena,Lena Ross,rep,east,east-9,2024-01-01,2025-01-01"))
    assert Seat.objects.filter(person__code="lena").count() == 2
    assert Seat.current.get(person__code="lena").effective_to == dt.date(2025, 1, 1)
    assert Position.visible.get(code="east-9").hat == "rep"


def test_an_empty_attribute_of_a_noun_means_not_said() -> None:
    applied(csv("accounts", "account,name,segment", "a-1,,"))
    account = Account.visible.get(code="a-1")
    assert (account.name, account.segment.code) == ("Hollis", "retail")


def test_changed_nouns_are_in_the_journal_with_before_and_after() -> None:
    applied(csv("accounts", "account,name", "a-1,Hollis & Co"))
    entry = JournalEntry.objects.get(verb="nouns_changed")
    assert (entry.before, entry.after) == ({"a-1": {"name": "Hollis"}}, {"a-1": {"name": "Hollis & Co"}})


def test_a_cycle_of_accounts_or_teams_does_not_stop_an_import() -> None:
    applied(csv("accounts", "account,parent", "a-1,a-2", "a-2,a-1"))
    assert Account.visible.get(code="a-1").parent.code == "a-2"


HOSTILE = [
    csv("activities", ACTIVITIES, "t-1,call,rita,2025-03-03,99999999999", f"{'x' * 400},call,rita,2025-03-03,-5"),
    csv("opportunities", DEALS, f"d-1,rita,a-1,,{'S' * 300},99999999999999999999,2025-01-01,0001-01-01"),
    csv("opportunities", DEALS, "d-1,rita,a-1,,Won,-5.00,9999-12-31,2025-01-01", "d-1,sam,a-1,,Lost,1.00,,"),
    csv(
        "people",
        "person,name,hat,team,part_time",
        "x,X,rep,nowhere,7",
        "ü\u200d\U0001f600,'; DROP TABLE person;--,rep,east,0",
    ),
    csv("teams", "team,parent,effective_from,effective_to", "t,t,2025-01-01,2024-01-01", "u,u,,"),
    csv("exchange_rates", "currency,on,rate", "EUR,2025-01-01,NaN", "EUR,2025-01-02,-1", "EUR,2025-01-03,1e400"),
    csv(
        "leave", "person,starts_on,ends_on,share", "rita,2025-01-01,2025-01-03,0.00001", "rita,2025-02-01,2025-01-03,1"
    ),
    csv("products", "product,list_price,currency", "p,999999999999999999999,XXX"),
    csv("targets", "holder,starts_on,amount", "rita,0001-01-01,5", "rita,2025-01-01,-5"),
    csv("activities", ACTIVITIES),
    ("activities.csv", b""),
    ("activities.csv", b"\x00\xff\xfe\x00"),
]


@pytest.mark.parametrize("file", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_files_give_findings_and_right_totals(file: tuple[str, bytes]) -> None:
    batch = applied(file)
    assert batch.status == "applied"
    assert findings_of(SYSTEM, batch)
    assert totals_differences().is_empty()
    before = dump()
    assert {counts["new"] + counts["changed"] for counts in applied(file).counts.values()} <= {0}
    assert dump() == before


# Preview, permission, undo


def test_a_preview_reads_and_writes_no_fact() -> None:
    before = dump()
    batch = batch_created(SYSTEM, [csv("activities", ACTIVITIES, "t-1,call,ghost,2025-03-03,5")])
    batch_previewed(SYSTEM, batch)
    assert dump() == before
    assert batch.counts["activities"]["read"] == 1
    assert "unknown_reference" in rules(batch)


def test_no_files_and_no_batch_are_refused() -> None:
    with pytest.raises(Refusal, match="No file"):
        batch_created(SYSTEM, [])
    with pytest.raises(Refusal, match="no such batch"):
        batch_for(SYSTEM, 99999)


def test_undo_gives_attributes_back_and_withdraws_what_was_made() -> None:
    before = dump()
    batch = applied(csv("accounts", "account,name,segment", "a-1,Other,new segment", "a-9,Nine,retail"))
    assert dump() != before
    batch_undone(SYSTEM, batch)
    assert dump() == before


def test_undo_keeps_what_was_changed_by_hand_since() -> None:
    batch = applied(csv("accounts", "account,name,segment", "a-1,Other,trade"))
    Account.objects.filter(code="a-1").update(name="By hand")
    batch_undone(SYSTEM, batch)
    account = Account.visible.get(code="a-1")
    assert (account.name, account.segment.code) == ("By hand", "retail")


def test_undo_is_refused_while_a_later_batch_refers_to_its_nouns(company: Batch) -> None:
    later = applied(csv("activities", ACTIVITIES, "t-1,call,rita,2025-03-03,5"))
    before = dump()
    with pytest.raises(Refusal, match=f"Batch {later.pk} refers to"):
        batch_undone(SYSTEM, company)
    assert dump() == before
    batch_undone(SYSTEM, later)
    batch_undone(SYSTEM, Batch.objects.get(pk=company.pk))
    assert dump() == {}


def test_undo_is_refused_while_a_later_batch_replaced_its_rows() -> None:
    first = applied(csv("activities", ACTIVITIES, "t-1,call,rita,2025-03-03,5"))
    later = applied(csv("activities", ACTIVITIES, "t-1,demo,rita,2025-03-03,5"))
    with pytest.raises(Refusal, match=f"Batch {later.pk} replaced its row t-1"):
        batch_undone(SYSTEM, first)
    batch_undone(SYSTEM, later)
    assert Activity.current.get().kind == "call"
    batch_undone(SYSTEM, first)
    assert not Activity.current.exists()
    assert not Total.objects.exists()


def test_undo_twice_is_refused() -> None:
    batch = applied(csv("activities", ACTIVITIES, "t-1,call,rita,2025-03-03,5"))
    batch_undone(SYSTEM, batch)
    with pytest.raises(Refusal, match="not applied"):
        batch_undone(SYSTEM, batch)


def test_what_was_shown_while_a_batch_stood_can_be_shown_again() -> None:
    batch = applied(csv("activities", ACTIVITIES, "t-1,call,rita,2025-03-03,5"))
    at = batch.applied_at
    batch_undone(SYSTEM, batch)
    assert frames.known(Activity, at).count() == 1
    assert frames.known(Activity).count() == 0


def test_rows_that_cannot_be_read_are_counted_as_left_out_before_and_after() -> None:
    files = csv("people", "person,name,hat,team", "rita,Rita,rep,east", "sam,,rep,east", "zoe,,rep,east")
    batch = batch_previewed(SYSTEM, batch_created(SYSTEM, [COMPANY[0], files]))
    assert {name: batch.counts["people"][name] for name in ("read", "left_out")} == {"read": 3, "left_out": 2}
    batch = batch_applied(SYSTEM, batch)
    assert batch.counts["people"] == {"read": 3, "new": 1, "changed": 0, "same": 0, "left_out": 2}
