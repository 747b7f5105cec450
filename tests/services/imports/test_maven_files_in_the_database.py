"""The Maven files through the whole importer: the numbers of the issue, idempotence, translation, undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dumps import dump
from quarterdeck.records.models import Account, OpportunityState, Person, Product, Total
from quarterdeck.services.imports import batch_applied, batch_created, batch_mapped, batch_undone, findings_of
from quarterdeck.services.totals import totals_differences

if TYPE_CHECKING:
    from companies import Loaded

pytestmark = pytest.mark.django_db


def _sum(measure: str, column: str = "n", **conditions: object) -> int:
    return sum(Total.objects.filter(grain="m", measure=measure, **conditions).values_list(column, flat=True))


def test_every_deal_is_there_and_the_outcomes_are_those_of_the_file(maven_company: Loaded) -> None:
    assert maven_company.batch.counts["opportunities"] == {
        "read": 8800, "new": 8800, "changed": 0, "same": 0, "left_out": 0,
    }  # fmt: skip
    assert _sum("opportunity_won") == 4238
    assert _sum("opportunity_lost") == 2473
    assert _sum("opportunity_won", "amount_minor") == 10_005_534_00


@pytest.mark.usefixtures("maven_company")
def test_a_reps_won_value_is_theirs() -> None:
    darcel = Person.visible.get(name="Darcel Schlecht")
    assert _sum("opportunity_won", "amount_minor", person_id=darcel.pk) == 1_153_214_00


@pytest.mark.usefixtures("maven_company")
def test_open_deals_are_a_sum_of_flows_up_to_the_day() -> None:
    rows = Total.objects.filter(grain="d", measure="pipeline", starts_on__lte="2017-10-31")
    assert sum(rows.values_list("n", flat=True)) == 2604


def test_unknown_products_are_one_finding_with_a_remedy(maven_company: Loaded) -> None:
    found = {one.rule: one for one in findings_of(maven_company.actor, maven_company.batch)}
    assert (found["unknown_reference"].value, found["unknown_reference"].n_rows) == ("GTXPro", 1480)
    assert "GTX Pro" in found["unknown_reference"].remedy
    assert found["missing_account"].n_rows == 1425


@pytest.mark.usefixtures("maven_company")
def test_stored_totals_are_what_the_facts_come_to() -> None:
    assert totals_differences().is_empty()


def test_importing_again_changes_nothing(maven_company: Loaded) -> None:
    before = dump()
    batch = batch_applied(maven_company.actor, batch_created(maven_company.actor, maven_company.files))
    assert {counts["new"] + counts["changed"] for counts in batch.counts.values()} == {0}
    assert dump() == before


def test_a_mapped_value_counts_after_applying_again(maven_company: Loaded) -> None:
    batch_mapped(maven_company.actor, maven_company.batch, "opportunities.product", {"GTXPro": "GTX Pro"})
    batch = batch_applied(maven_company.actor, maven_company.batch)
    assert batch.counts["opportunities"]["changed"] == 1480
    pro = Product.visible.get(name="GTX Pro")
    assert OpportunityState.objects.filter(product=pro).values("opportunity").distinct().count() == 1480
    assert not [one for one in findings_of(maven_company.actor, batch) if one.rule == "unknown_reference"]
    assert totals_differences().is_empty()


def test_undoing_leaves_nothing_visible(maven_company: Loaded) -> None:
    batch_undone(maven_company.actor, maven_company.batch)
    assert dump() == {}


def test_undoing_a_later_batch_leaves_the_database_as_it_was(maven_company: Loaded) -> None:
    before = dump()
    accounts = b"account,sector,subsidiary_of\nAcme Corporation,retail,\nNew One,retail,Acme Corporation\n"
    deals = (
        b"opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
        b"1C1I7A6R,Darcel Schlecht,GTX Basic,New One,Won,2016-10-20,2017-03-02,999\n"
        b"NEW1,Darcel Schlecht,GTX Basic,New One,Engaging,2017-10-20,,\n"
    )
    files = [("accounts.csv", accounts), ("sales_pipeline.csv", deals)]
    later = batch_applied(maven_company.actor, batch_created(maven_company.actor, files, preset="maven"))
    assert later.counts["opportunities"] == {"read": 2, "new": 1, "changed": 1, "same": 0, "left_out": 0}
    assert Account.visible.get(code="Acme Corporation").segment.code == "retail"
    assert dump() != before
    batch_undone(maven_company.actor, later)
    assert dump() == before
    assert totals_differences().is_empty()


def test_undo_then_apply_again_shows_the_same_as_before(maven_company: Loaded) -> None:
    before = dump()
    batch_undone(maven_company.actor, maven_company.batch)
    batch_applied(maven_company.actor, maven_company.batch)
    assert dump() == before
