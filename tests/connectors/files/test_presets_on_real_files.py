from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from quarterdeck.connectors.files import Mapped, Reading, preset, read_files, unknown_references, with_translation

DATA = Path(__file__).parents[4] / "shared" / "data"
AS_OF = dt.date(2017, 12, 31)
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the public data lies beside the repository")


def of(reading: Reading, template: str) -> pl.DataFrame:
    (one,) = [one for one in reading.mapped if one.template == template]
    return one.frame


@pytest.fixture(scope="module")
def maven() -> Reading:
    return read_files(sorted((DATA / "maven_crm").glob("*.csv")), as_of=AS_OF)


def test_the_maven_files_are_recognised(maven: Reading) -> None:
    assert maven.suggestion is not None
    assert (maven.suggestion.kind, maven.suggestion.mapping.name) == ("preset", "maven")
    assert maven.suggestion.unmatched == ("data_dictionary.csv",)


def test_the_maven_files_give_all_their_rows(maven: Reading) -> None:
    assert {one.template: one.frame.height for one in maven.mapped} == {
        "teams": 10, "people": 41, "products": 7, "accounts": 85, "opportunities": 8800,
    }  # fmt: skip


def test_the_maven_deals_add_up(maven: Reading) -> None:
    kinds = of(maven, "opportunities").group_by("stage_kind").agg(pl.len(), pl.col("amount").sum())
    assert sorted(kinds.rows()) == [("lost", 2473, 0), ("open", 2089, 0), ("won", 4238, 1_000_553_400)]


def test_an_agent_and_a_team_have_their_won_value(maven: Reading) -> None:
    won = of(maven, "opportunities").filter(pl.col("stage_kind") == "won")
    assert won.filter(pl.col("owner") == "Darcel Schlecht")["amount"].sum() == 115_321_400
    reps = of(maven, "people").filter((pl.col("team") == "team:melvin-marxen") & (pl.col("hat") == "rep"))
    assert won.filter(pl.col("owner").is_in(reps["person"].to_list()))["amount"].sum() == 225_193_000


def test_engaged_deals_still_open_on_a_day_can_be_counted(maven: Reading) -> None:
    day = dt.date(2017, 10, 31)
    deals = of(maven, "opportunities")
    is_open = (pl.col("opened_on") <= day) & (pl.col("closed_on").is_null() | (pl.col("closed_on") > day))
    assert deals.filter(is_open).height == 2604


def test_the_maven_tree_has_one_root_three_regions_and_six_teams(maven: Reading) -> None:
    parents = of(maven, "teams").group_by("parent").agg(pl.len()).sort("parent", nulls_last=False).rows()
    assert parents == [(None, 1), ("company", 3), ("region:central", 2), ("region:east", 2), ("region:west", 2)]


def test_deals_without_an_account_are_one_finding(maven: Reading) -> None:
    assert [finding.n_rows for finding in maven.findings if finding.rule == "missing_account"] == [1425]


def test_a_misspelt_product_is_one_finding_with_the_nearest_name(maven: Reading) -> None:
    (finding,) = unknown_references(maven.mapped, {})
    assert (finding.value, finding.n_rows, finding.column) == ("GTXPro", 1480, "product")
    assert "GTX Pro" in finding.remedy


def test_a_product_mapped_in_the_page_is_known_when_read_again() -> None:
    mended = with_translation(preset("maven"), "opportunities", "product", "GTXPro", "GTX Pro")
    again = read_files(sorted((DATA / "maven_crm").glob("*.csv")), mended, as_of=AS_OF)
    assert unknown_references(again.mapped, {}) == []


def test_a_look_from_an_earlier_day_doubts_later_closes() -> None:
    reading = read_files([DATA / "maven_crm" / "sales_pipeline.csv"], "maven", as_of=dt.date(2017, 10, 31))
    late = of(reading, "opportunities").filter(pl.col("closed_on") > dt.date(2017, 10, 31)).height
    assert [finding.n_rows for finding in reading.findings if finding.rule == "future_close"] == [late]


@pytest.fixture(scope="module")
def salesforce() -> Reading:
    sources = [_undeleted(path) for path in sorted((DATA / "dbt_fixtures" / "salesforce").glob("*.csv"))]
    return read_files(sources, as_of=dt.date(2024, 1, 1))


def _undeleted(path: Path) -> tuple[str, bytes]:
    """The fixtures mark all deals as deleted: take the mark off, so that they come through."""
    frame = pl.read_csv(path, infer_schema=False)
    if "is_deleted" in frame.columns:
        frame = frame.with_columns(pl.lit("false").alias("is_deleted"))
    return path.name, frame.write_csv().encode()


def test_salesforce_tables_are_recognised_and_read(salesforce: Reading) -> None:
    assert salesforce.mapping.name == "salesforce"
    counts = {one.template: one.frame.height for one in salesforce.mapped}
    assert counts["opportunities"] == 8  # of ten, two are past versions (_fivetran_active is false)
    assert counts["activities"] == 20
    assert counts["bookings"] == 10
    assert counts["people"] == 10


def test_salesforce_deals_have_stage_kinds_days_and_amounts(salesforce: Reading) -> None:
    deals = of(salesforce, "opportunities")
    assert set(deals["stage_kind"]) <= {"open", "won", "lost"}
    assert deals["opened_on"].null_count() == 0
    assert deals["amount"].max() is not None


def test_an_exported_salesforce_table_in_camel_case_is_read_too() -> None:
    data = b"Id,Name,OwnerId,AccountId,StageName,IsClosed,IsWon,IsDeleted,Amount,CreatedDate,CloseDate\n"
    data += b"006A,Hollis,005A,001A,Closed Won,true,true,false,1200.5,2025-01-02T09:00:00.000Z,2025-02-03\n"
    deal = of(read_files([("Opportunity.csv", data)], "salesforce", as_of=AS_OF), "opportunities").row(0, named=True)
    assert (deal["owner"], deal["stage_kind"], deal["amount"], deal["closed_on"]) == (
        "005A",
        "won",
        120050,
        dt.date(2025, 2, 3),
    )


def test_a_salesforce_manager_sits_once_as_manager() -> None:
    data = b"Id,Name,Email,ManagerId,UserRoleId\nu1,Mia,mia@x,,r1\nu2,Rita,rita@x,u1,r2\nu3,Sam,sam@x,u1,r2\n"
    people = of(read_files([("User.csv", data)], "salesforce", as_of=AS_OF), "people")
    assert sorted(people.select("person", "hat", "team").rows()) == [
        ("u1", "manager", "r1"),
        ("u2", "rep", "r2"),
        ("u3", "rep", "r2"),
    ]


@pytest.fixture(scope="module")
def hubspot() -> Reading:
    return read_files(sorted((DATA / "dbt_fixtures" / "hubspot").glob("*.csv")), as_of=dt.date(2024, 1, 1))


def test_hubspot_tables_are_recognised_and_read(hubspot: Reading) -> None:
    assert hubspot.mapping.name == "hubspot"
    counts = {one.template: one.frame.height for one in hubspot.mapped}
    assert counts["teams"] == 4
    assert counts["people"] == 100
    assert counts["accounts"] == 24
    assert counts["opportunity_history"] == 14


def test_blank_owners_and_stages_of_the_fixtures_are_named(hubspot: Reading) -> None:
    missing = {
        (finding.file, finding.column): finding.n_rows
        for finding in hubspot.findings
        if finding.rule == "missing_required"
    }
    assert missing["deal_data.csv", "stage"] == 44


HUBSPOT = {
    "deal.csv": """deal_id,is_deleted,deal_pipeline_stage_id,owner_id,property_closedate,property_createdate
1,false,s1,7,2025-03-01 10:00:00,2025-01-02 09:00:00
2,false,s2,7,2025-09-01,2025-01-02
""",
    "deal_pipeline_stage.csv": """stage_id,label,is_closed,closed_won
s1,Signed,TRUE,TRUE
s2,Talking,FALSE,FALSE
""",
    "deal_company.csv": "company_id,deal_id\n55,1\n",
    "engagement_call.csv": """engagement_id,property_hs_timestamp,property_hs_call_duration
9,2025-03-03 08:00:00,90000
""",
    "engagement.csv": "id,owner_id\n9,7\n",
    "engagement_deal.csv": "deal_id,engagement_id\n1,9\n",
}


def test_hubspot_deals_calls_and_companies_join() -> None:
    files = [(name, text.encode()) for name, text in HUBSPOT.items()]
    reading = read_files(files, "hubspot", as_of=AS_OF)
    deals = of(reading, "opportunities").select("stage", "stage_kind", "account", "closed_on").rows()
    assert deals == [("Signed", "won", "55", dt.date(2025, 3, 1)), ("Talking", "open", None, None)]
    calls = of(reading, "activities").select("kind", "person", "opportunity", "minutes", "happened_on").rows()
    assert calls == [("call", "7", "1", 2, dt.date(2025, 3, 3))]


def test_every_preset_gives_frames_of_the_templates(maven: Reading, salesforce: Reading, hubspot: Reading) -> None:
    mapped: list[Mapped] = [*maven.mapped, *salesforce.mapped, *hubspot.mapped]
    for one in mapped:
        assert {"_row", "_file"} <= set(one.frame.columns)
        assert one.frame["_row"].null_count() == 0
