import datetime as dt

from quarterdeck.connectors.files import read_files

MAVEN = b"opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
TEAMS = b"team,name,parent\neast,East,\n"
AS_OF = dt.date(2025, 3, 31)


def test_the_canonical_preset_reads_templates_by_their_headings() -> None:
    reading = read_files([("what.csv", TEAMS)], "canonical", as_of=AS_OF)
    assert [one.template for one in reading.mapped] == ["teams"]


def test_the_canonical_preset_tries_no_other() -> None:
    reading = read_files(
        [("sales_pipeline.csv", MAVEN + b"1,a,b,c,Won,2025-01-01,2025-02-01,5\n")], "canonical", as_of=AS_OF
    )
    assert reading.mapping.name != "maven"
    assert reading.suggestion
    assert reading.suggestion.kind != "preset"
