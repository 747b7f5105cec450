from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

import pytest

from quarterdeck.connectors.files import (
    RULES,
    detect,
    mapping_from_yaml,
    mapping_reference,
    mapping_to_yaml,
    raw_tables,
    read_files,
    template_csv,
    templates_xlsx,
    unknown_references,
)
from quarterdeck.terms.tables import column_names
from quarterdeck.terms.templates import TEMPLATES

AS_OF = dt.date(2025, 6, 30)
FOREIGN = b"Opportunity ID,Owner Name,Deal Stage,Amount (USD),Create Date,Colour\nd-1,rita,Proposal,10,2025-01-02,red\n"


def test_a_foreign_file_gets_a_draft_with_a_confidence_per_column() -> None:
    suggestion = detect(raw_tables([("export.csv", FOREIGN)]))
    assert suggestion.kind == "drafted"
    guesses = {guess.column: (guess.field, guess.confidence) for guess in suggestion.columns}
    assert guesses["Deal Stage"] == ("stage", 1.0)
    assert guesses["Opportunity ID"] == ("opportunity", 0.9)
    assert guesses["Owner Name"] == ("owner", 0.9)
    assert "Colour" not in guesses


def test_a_draft_is_not_applied_before_somebody_confirms_it() -> None:
    reading = read_files([("export.csv", FOREIGN)], as_of=AS_OF)
    assert reading.mapped == []
    assert [finding.rule for finding in reading.findings] == ["no_template"]
    assert reading.suggestion is not None
    confirmed = mapping_from_yaml(mapping_to_yaml(reading.suggestion.mapping))
    (one,) = read_files([("export.csv", FOREIGN)], confirmed, as_of=AS_OF).mapped
    assert one.frame["owner"].to_list() == ["rita"]


def test_the_name_of_a_file_decides_between_templates_that_fit_alike() -> None:
    data = b"booking,amount,paid_on,payment\nb-1,5,2025-01-01,p-1\n"
    assert [one.template for one in read_files([("payments.csv", data)], as_of=AS_OF).mapped] == ["payments"]


def test_a_file_beside_templates_that_fits_nothing_is_named() -> None:
    sources = [("leave.csv", template_csv(TEMPLATES["leave"]).encode()), ("x.csv", b"alpha\n1\n")]
    reading = read_files(sources, as_of=AS_OF)
    assert [one.template for one in reading.mapped] == ["leave"]
    assert [(finding.rule, finding.file) for finding in reading.findings] == [("no_template", "x.csv")]


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_empty_template_reads_back_as_itself(name: str) -> None:
    data = template_csv(TEMPLATES[name]).encode()
    assert next(csv.reader(io.StringIO(data.decode()))) == column_names(TEMPLATES[name])
    reading = read_files([(f"{name}.csv", data)], as_of=AS_OF)
    assert [(one.template, one.frame.height) for one in reading.mapped] == [(name, 1)]
    assert {finding.rule for finding in reading.findings} <= {"missing_account"}


def test_the_workbook_of_templates_reads_back_as_all_of_them() -> None:
    reading = read_files([("templates.xlsx", templates_xlsx())], as_of=AS_OF)
    assert [one.template for one in reading.mapped] == list(TEMPLATES)
    assert all(one.frame.height == 1 for one in reading.mapped)


def deals(*owners: str) -> bytes:
    return b"opportunity,owner,stage\n" + b"".join(f"d-{at},{owner},x\n".encode() for at, owner in enumerate(owners))


def test_people_are_known_by_code_name_or_address_whatever_the_case() -> None:
    people = b"person,name,email,hat,team\np1,Rita Moreno,Rita@Example.com,rep,east\n"
    sources = [("opportunities.csv", deals("P1", "rita moreno", "RITA@example.com", "nobody")), ("people.csv", people)]
    reading = read_files(sources, as_of=AS_OF)
    unknown = unknown_references(reading.mapped, {"teams": ["east"]})
    assert [(finding.column, finding.value) for finding in unknown] == [("owner", "nobody")]


def test_codes_known_from_before_are_known() -> None:
    reading = read_files([("opportunities.csv", deals("rita", "rita", "sam"))], as_of=AS_OF)
    unknown = unknown_references(reading.mapped, {"people": ["Rita"]})
    assert [(finding.value, finding.n_rows, finding.row) for finding in unknown] == [("sam", 1, 4)]


def test_other_codes_must_match_exactly_but_the_nearest_is_suggested() -> None:
    data = b"booking,product,booked_on,amount\nb-1,ridge 1,2025-01-01,1\n"
    reading = read_files([("bookings.csv", data)], as_of=AS_OF)
    (finding,) = unknown_references(reading.mapped, {"products": ["ridge-1", "vale-9"]})
    assert "'ridge-1'" in finding.remedy


def test_a_flood_of_unknown_codes_is_counted() -> None:
    reading = read_files([("opportunities.csv", deals(*(f"u{at}" for at in range(1000))))], as_of=AS_OF)
    findings = unknown_references(reading.mapped, {"people": [f"person {at}" for at in range(3000)]})
    assert len(findings) == 201
    assert findings[-1].n_rows == 800


def test_the_reference_names_every_template_field_key_and_rule() -> None:
    page = mapping_reference()
    for word in (*TEMPLATES, *RULES, "first_of", "unpivot", "null_values", "decimal_mark"):
        assert word in page


def test_the_example_of_the_guide_does_what_the_guide_says() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "guides" / "import.md").read_text(encoding="utf-8")
    sheet = guide.split("in thousands:\n\n")[1].split("\n\n")[0].replace("    ", "")
    mapping = mapping_from_yaml(guide.split("```yaml\n")[1].split("```")[0])
    (one,) = read_files([("plan.csv", sheet.encode())], mapping, as_of=AS_OF).mapped
    assert one.frame.select("holder", "starts_on", "amount").rows() == [
        ("rita", dt.date(2025, 1, 1), 9_000_000),
        ("rita", dt.date(2025, 2, 1), 9_550_000),
    ]
