"""The demo company's canonical files: everything arrives, and derived rows agree with what the files say."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from dumps import dump
from quarterdeck.records.models import Activity, Booking, OpportunityVersion, Payment, Return, Seat, Target
from quarterdeck.services import frames
from quarterdeck.services.imports import batch_applied, batch_created, findings_of
from quarterdeck.services.totals import totals_differences, totals_rebuilt

if TYPE_CHECKING:
    from companies import Loaded

pytestmark = pytest.mark.django_db


def test_every_row_arrives_and_none_is_left_out(demo_company: Loaded) -> None:
    for template, counts in demo_company.batch.counts.items():
        assert counts["left_out"] == 0, template
        assert counts["new"] == counts["read"] > 0, template


def test_only_planted_oddities_are_noticed(demo_company: Loaded) -> None:
    rules = {one.rule for one in findings_of(demo_company.actor, demo_company.batch)}
    assert rules <= {"last_state_differs", "booking_in_another_territory"}


def test_totals_agree_with_the_facts_and_rebuilding_changes_nothing(demo_company: Loaded) -> None:
    assert totals_differences().is_empty()
    before = dump()
    totals_rebuilt(demo_company.actor)
    assert dump() == before


@pytest.mark.usefixtures("demo_company")
def test_a_foreign_amount_keeps_its_source_rate_and_day() -> None:
    deal = OpportunityVersion.current.exclude(source_currency="").first()
    assert deal.exchange_rate
    assert deal.source_currency in {"EUR", "GBP"}
    assert deal.exchange_rate_on <= (deal.closed_on or deal.opened_on)
    assert deal.amount_minor != deal.source_amount_minor


def test_importing_the_world_again_changes_nothing(demo_company: Loaded) -> None:
    again = batch_applied(demo_company.actor, batch_created(demo_company.actor, demo_company.files))
    assert {counts["new"] + counts["changed"] + counts["left_out"] for counts in again.counts.values()} == {0}


@pytest.mark.usefixtures("demo_company")
def test_a_vacant_seat_is_a_row_without_a_person() -> None:
    seats = frames.seats()
    vacant = seats.filter(seats["person_id"].is_null())
    assert len(vacant) >= 1
    assert len(seats) - len(vacant) == Seat.current.count()


@pytest.mark.usefixtures("demo_company")
def test_every_booking_counts_for_somebody() -> None:
    assert not Booking.current.filter(credited=None).exists()
    assert Payment.current.exists()
    assert Return.current.exists()


@pytest.mark.usefixtures("demo_company")
def test_targets_lie_in_whole_fiscal_months() -> None:
    spans = Target.current.values_list("starts_on", "ends_on").distinct()
    assert all(begin.day == 1 and end.day == 1 and (end - begin).days <= 31 for begin, end in spans)


def test_what_was_known_before_the_batch_is_nothing(demo_company: Loaded) -> None:
    earlier = demo_company.actor.now - dt.timedelta(days=1)
    assert len(frames.opportunity_states(known_at=earlier)) == 0
    assert not frames.known(Activity, earlier).exists()


def test_states_made_from_what_is_known_are_those_that_are_stored(demo_company: Loaded) -> None:
    stored = frames.opportunity_states().sort("opportunity_id", "effective_from")
    made = frames.opportunity_states(known_at=demo_company.batch.applied_at).sort("opportunity_id", "effective_from")
    assert stored.rows() == made.rows()
