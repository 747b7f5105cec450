"""Splits of bookings and deals as a file of their own: what is taken, what is said about it, and taking it back."""

from __future__ import annotations

import pytest

from quarterdeck.records.models import CreditSplit, JournalEntry
from quarterdeck.services.imports import batch_undone, findings_of
from small_files import COMPANY, SYSTEM, applied, csv

pytestmark = pytest.mark.django_db

HEAD = "booking,opportunity,person,role,share,effective_from,effective_to"
BOOKED = csv("bookings", "booking,person,account,opportunity,booked_on,amount", "b-1,rita,a-1,d-1,2025-02-01,900")
DEAL = csv("opportunities", "opportunity,owner,account,stage,amount,opened_on", "d-1,rita,a-1,Won,900,2025-01-01")


@pytest.fixture(autouse=True)
def _company(db: None) -> None:  # noqa: ARG001  the database first
    applied(*COMPANY, DEAL, BOOKED)


def test_shares_of_a_booking_and_of_a_deal_are_kept_as_they_were_written() -> None:
    rows = ("b-1,,rita,,60%,,", "b-1,,sam,split,0.4,,", ",d-1,sam,overlay,100%,2025-01-01,2026-01-01")
    batch = applied(csv("credit_splits", HEAD, *rows))
    found = CreditSplit.current.order_by("pk").values_list("person__code", "booking_source_id", "role", "share")
    assert list(found) == [
        ("rita", "b-1", "split", "60%"),
        ("sam", "b-1", "split", "0.4"),
        ("sam", "", "overlay", "100%"),
    ]
    assert findings_of(SYSTEM, batch) == []


def test_what_cannot_be_paid_by_is_told_with_its_row_and_left_out() -> None:
    rows = (
        "b-1,,rita,split,60%,,", "b-1,,sam,split,30%,,", "b-1,,sam,split,30%,,", "b-1,,ghost,split,10%,,",
        "b-9,,sam,SE,1,,", ",d-9,sam,SE,1,,", ",,sam,SE,1,,", "b-1,d-1,sam,SE,1,,", "b-1,,sam,SE,lots,,",
        "b-1,,sam,minus,-1,,", "b-1,,sam,late,1,2025-02-01,2025-01-01",
    )  # fmt: skip
    batch = applied(csv("credit_splits", HEAD, *rows))
    told = {(one.rule, one.value): one.severity for one in findings_of(SYSTEM, batch)}
    for rule, value in (
        ("unknown_reference", "ghost"), ("unknown_reference", "b-9"), ("bad_share", "lots"), ("bad_share", "-1"),
    ):  # fmt: skip
        assert told[rule, value] == "error", (rule, value)
    assert ("unknown_reference", "d-9") in told
    assert {rule for rule, _ in told} >= {"split_of_nothing", "ends_before_it_starts", "duplicate_row"}
    assert CreditSplit.current.count() == 2
    assert batch.counts["credit_splits"] == batch.counts["credit_splits"] | {"read": 10, "new": 2}


def test_shares_that_do_not_make_a_whole_are_told_beside_which_booking() -> None:
    batch = applied(csv("credit_splits", HEAD, "b-1,,rita,,60%,,", "b-1,,sam,,30%,,", ",d-1,sam,SE,20%,,"))
    (one,) = findings_of(SYSTEM, batch)
    assert (one.rule, one.severity, one.value) == ("split_sum", "warning", "b-1")
    assert "sum to 90 %" in one.message


def test_the_same_file_again_changes_nothing_and_undoing_it_brings_back_what_it_replaced() -> None:
    file = csv("credit_splits", HEAD, "b-1,,rita,,60%,,", "b-1,,sam,,40%,,")
    applied(file)
    assert applied(file).counts["credit_splits"]["same"] == 2
    later = applied(csv("credit_splits", HEAD, "b-1,,rita,,70%,,", "b-1,,sam,,30%,,"))
    assert set(CreditSplit.current.values_list("share", flat=True)) == {"70%", "30%"}
    batch_undone(SYSTEM, later)
    assert set(CreditSplit.current.values_list("share", flat=True)) == {"60%", "40%"}
    assert JournalEntry.objects.filter(verb="batch_undone").exists()
