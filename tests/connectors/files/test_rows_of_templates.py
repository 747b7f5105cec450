from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from quarterdeck.connectors.files import Reading, mapping_from_yaml, read_files
from quarterdeck.terms.tables import column_names
from quarterdeck.terms.templates import TEMPLATES

if TYPE_CHECKING:
    from quarterdeck.terms.findings import Finding

AS_OF = dt.date(2025, 6, 30)
DEALS = "opportunity,owner,stage,amount,opened_on,closed_on\n"


def read(data: str, mapping: str | None = None, name: str = "opportunities.csv", currency: str = "USD") -> Reading:
    chosen = None if mapping is None else mapping_from_yaml(mapping)
    return read_files([(name, data.encode())], chosen, as_of=AS_OF, currency=currency)


def found(reading: Reading, rule: str) -> list[Finding]:
    return [finding for finding in reading.findings if finding.rule == rule]


def column(reading: Reading, name: str) -> list[object]:
    (one,) = reading.mapped
    return one.frame[name].to_list()


def deals_by(fields: str, more: str = "", head: str = "") -> str:
    fixed = "opportunity: id, owner: rep, stage: stage"
    return (
        f"name: x\n{head}\ntables:\n- template: opportunities\n  file: deals\n  fields: {{{fixed}, {fields}}}\n{more}"
    )


def test_a_template_needs_no_mapping() -> None:
    reading = read(DEALS + "d-1,rita,Proposal,48000.00,2025-01-14,\n")
    assert reading.suggestion is not None
    assert reading.suggestion.kind == "templates"
    (one,) = reading.mapped
    assert one.frame.columns == [*column_names(TEMPLATES["opportunities"]), "_row", "_file"]
    assert one.frame.row(0, named=True)["amount"] == 4_800_000
    assert one.frame.row(0, named=True)["currency"] == "USD"
    assert [finding.rule for finding in reading.findings] == ["missing_account"]


def test_headings_match_without_case_spaces_and_punctuation_and_by_alias() -> None:
    reading = read("Opportunity,Sales Agent,Deal-Stage,AMOUNT\nd-1,rita,Proposal,10\n", name="my export.csv")
    assert column(reading, "owner") == ["rita"]
    assert column(reading, "amount") == [1000]


def test_a_row_without_a_required_field_is_left_out_and_counted() -> None:
    reading = read(DEALS + "d-1,,Open,1,,\nd-2,rita,Open,1,,\nd-3,,Open,1,,\n")
    assert column(reading, "opportunity") == ["d-2"]
    (finding,) = found(reading, "missing_required")
    assert (finding.column, finding.n_rows, finding.severity) == ("owner", 2, "error")


def test_a_field_that_cannot_be_read_stays_empty_and_its_row_is_kept() -> None:
    reading = read(DEALS + "d-1,rita,Open,lots,2025-01-14,\nd-2,rita,Open,lots,2025-01-14,\nd-3,rita,Open,5,soon,\n")
    assert column(reading, "amount") == [None, None, 500]
    (finding,) = found(reading, "unreadable_amount")
    assert (finding.value, finding.n_rows, finding.severity, finding.row) == ("lots", 2, "warning", None)
    assert found(reading, "unreadable_date")[0].row == 4


def test_an_unreadable_required_field_leaves_the_row_out_with_one_error() -> None:
    reading = read(
        "activity,kind,person,happened_on\nt-1,call,rita,soon\nt-2,call,rita,2025-03-03\n", name="activities.csv"
    )
    assert column(reading, "activity") == ["t-2"]
    assert [(finding.rule, finding.severity) for finding in reading.findings] == [("unreadable_date", "error")]


def test_days_that_could_be_swapped_are_an_error_until_the_mapping_says() -> None:
    data = "id,rep,stage,closed\nd-1,rita,Won,03/04/2025\nd-2,rita,Won,05/04/2025\n"
    asked = read(data, deals_by("closed_on: closed"), "deals.csv")
    assert column(asked, "closed_on") == [None, None]
    assert [(finding.value, finding.severity) for finding in found(asked, "ambiguous_date")] == [
        ("03/04/2025", "error"), ("05/04/2025", "error"),
    ]  # fmt: skip
    said = read(data, deals_by("closed_on: closed", head="dates: day-first"), "deals.csv")
    assert column(said, "closed_on") == [dt.date(2025, 4, 3), dt.date(2025, 4, 5)]
    assert found(said, "ambiguous_date") == []


def test_a_field_may_be_written_otherwise_than_the_mapping_says() -> None:
    data = 'id,rep,stage,closed,v\nd-1,rita,Won,03/04/2025,"1.234,5"\n'
    fields = 'closed_on: {column: closed, dates: month-first}, amount: {column: v, decimal_mark: ","}'
    reading = read(data, deals_by(fields, head="dates: iso"), "deals.csv")
    assert column(reading, "closed_on") == [dt.date(2025, 3, 4)]
    assert column(reading, "amount") == [123450]


def test_one_day_that_proves_the_order_settles_the_column_with_a_note() -> None:
    reading = read(DEALS + "d-1,rita,Won,1,,03/04/2025\nd-2,rita,Won,1,,25/04/2025\n")
    assert column(reading, "closed_on") == [dt.date(2025, 4, 3), dt.date(2025, 4, 25)]
    assert [finding.value for finding in found(reading, "date_order_proven")] == ["day-first"]


def test_a_currency_decides_how_many_digits_an_amount_has() -> None:
    rows = "d-1,rita,Won,12,JPY\nd-2,rita,Won,12,kwd\nd-3,rita,Won,12,\nd-4,rita,Won,12,euros\n"
    reading = read("opportunity,owner,stage,amount,currency\n" + rows, currency="EUR")
    assert column(reading, "amount") == [12, 12000, 1200, None]
    assert column(reading, "currency") == ["JPY", "KWD", "EUR", None]
    assert [finding.value for finding in found(reading, "unreadable_currency")] == ["euros"]


def test_values_are_translated_without_case_and_the_star_takes_the_rest() -> None:
    data = "id,rep,stage\nd-1,rita,WON\nd-2,rita,lost \nd-3,rita,Talking\n"
    reading = read(
        data, deals_by('stage_kind: {column: stage, values: {Won: won, Lost: lost, "*": open}}'), "deals.csv"
    )
    assert column(reading, "stage_kind") == ["won", "lost", "open"]


def test_exact_values_go_before_patterns_and_the_first_pattern_before_others() -> None:
    data = "id,rep,stage,s\nd-1,rita,x,true/true\nd-2,rita,x,true/no\nd-3,rita,x,a\nd-4,rita,x,exact\n"
    values = '{"*": open, "*/true": won, "true/*": lost, "e*": lost, exact: won}'
    assert column(read(data, deals_by(f"stage_kind: {{column: s, values: {values}}}"), "deals.csv"), "stage_kind") == [
        "won", "lost", "open", "won",
    ]  # fmt: skip


def test_an_unknown_choice_names_the_allowed_words() -> None:
    reading = read("opportunity,owner,stage,stage_kind\nd-1,rita,x,gewonnen\nd-2,rita,x,Best\n")
    findings = found(reading, "unknown_choice")
    assert [finding.value for finding in findings] == ["gewonnen", "Best"]
    assert "open, won, lost" in findings[0].message


def test_choices_match_without_case_and_punctuation() -> None:
    reading = read("opportunity,owner,stage,forecast_category\nd-1,rita,x,Best Case\nd-2,rita,x,BestCase\n")
    assert column(reading, "forecast_category") == ["best_case", "best_case"]


def test_texts_are_filled_in_and_constants_stay() -> None:
    data = "id,rep,stage,first,last\nd-1,rita,x,Hollis,Tools\nd-2,rita,x,,Tools\nd-3,rita,x,,\n"
    reading = read(data, deals_by('name: {text: "{first} {last}"}, competitor: {text: none}'), "deals.csv")
    assert column(reading, "name") == ["Hollis Tools", "Tools", None]
    assert column(reading, "competitor") == ["none"] * 3


def test_the_first_filled_column_is_taken() -> None:
    data = "id,rep,stage,a,b\nd-1,rita,x,,2\nd-2,rita,x,1,2\n"
    assert column(read(data, deals_by("name: {first_of: [nowhere, a, b]}"), "deals.csv"), "name") == ["2", "1"]


def test_null_values_conditions_and_row_filters_apply() -> None:
    data = "id,rep,stage,v\nd-1,rita,Won,0\nd-2,rita,Won,5\nd-3,rita,Open,7\nd-4,rita,Spam,9\n"
    fields = "amount: {column: v, null_values: [0], when: {stage: [won]}}"
    reading = read(data, deals_by(fields, "  where: {stage: [Won, Open]}"), "deals.csv")
    assert column(reading, "opportunity") == ["d-1", "d-2", "d-3"]
    assert column(reading, "amount") == [None, 500, None]


def test_a_filter_that_leaves_nothing_says_so() -> None:
    reading = read("id,rep,stage\nd-1,rita,Won\n", deals_by("name: id", "  where: {stage: [Closed]}"), "deals.csv")
    assert [finding.rule for finding in reading.findings] == ["empty_table"]


def test_a_wide_sheet_in_thousands_becomes_long() -> None:
    mapping = r"""
        name: targets
        tables:
        - template: targets
          file: plan
          unpivot: {columns: '(?P<month>[a-z]{3}) (?P<year>\d{4})'}
          fields:
            holder: Rep
            starts_on: {text: "1 {month} {year}"}
            amount: {column: value, scale: 1000}
    """
    reading = read("Rep,Jan 2025,Feb 2025,Comment\nrita,90,95.5,x\nsam,,80,\n", mapping, "plan.csv")
    (one,) = reading.mapped
    assert one.frame.select("holder", "starts_on", "amount", "_row").rows() == [
        ("rita", dt.date(2025, 1, 1), 9_000_000, 2),
        ("rita", dt.date(2025, 2, 1), 9_550_000, 2),
        ("sam", dt.date(2025, 2, 1), 8_000_000, 3),
    ]  # fmt: skip
    assert [finding.column for finding in found(reading, "unmapped_column")] == ["Comment"]


def test_targets_of_a_metric_that_counts_are_counts() -> None:
    data = b"holder,metric,starts_on,amount\nrita,calls,2025-01-01,20\nrita,bookings,2025-01-01,20\n"
    reading = read_files([("targets.csv", data)], as_of=AS_OF, count_metrics=["calls"])
    assert column(reading, "amount") == [20, 2000]


def test_columns_of_a_joined_file_stand_beside_each_row() -> None:
    mapping = """
        name: x
        tables:
        - template: accounts
          file: companies
          joins: [{file: owners, on: {rep: id}, name: rep}]
          fields: {account: key, owner: rep.mail}
    """
    files = [
        ("companies.csv", b"key,rep\na-1,7\na-2,8\na-3,\n"),
        ("owners.csv", b"id,mail\n7,rita@x\n7,other@x\n,none@x\n"),
    ]
    reading = read_files(files, mapping_from_yaml(mapping), as_of=AS_OF)
    assert column(reading, "owner") == ["rita@x", None, None]
    assert [(finding.rule, finding.n_rows) for finding in reading.findings] == [("duplicate_join", 1)]


def test_a_joined_file_that_is_missing_is_a_note() -> None:
    mapping = (
        "name: x\ntables: [{template: accounts, file: c, joins: [{file: o, on: k}], fields: {account: k, owner: o.x}}]"
    )
    reading = read("k\na-1\n", mapping, "c.csv")
    assert column(reading, "owner") == [None]
    assert "missing_file" in [finding.rule for finding in reading.findings]


def test_one_file_feeds_several_templates_and_equal_rows_count_once() -> None:
    mapping = """
        name: x
        tables:
        - {template: teams, file: staff, distinct: true, fields: {team: {text: "team:{boss}", slug: true}, name: boss}}
        - template: people
          file: staff
          fields: {person: who, name: who, hat: {text: rep}, team: {text: "team:{boss}", slug: true}}
    """
    reading = read("who,boss\nAnna,Zoë Müller-Lüd\nBert,Zoë Müller-Lüd\n", mapping, "staff.csv")
    teams, people = reading.mapped
    assert teams.frame["team"].to_list() == ["team:zoë-müller-lüd"]
    assert people.frame["team"].to_list() == ["team:zoë-müller-lüd"] * 2
    assert reading.findings == []


def test_rows_with_nothing_in_them_are_dropped_in_silence() -> None:
    reading = read(DEALS + "d-1,rita,Open,1,,\n,,,,,\n , ,,,,\n")
    assert column(reading, "opportunity") == ["d-1"]
    assert [finding.rule for finding in reading.findings] == ["missing_account"]


def test_codes_written_in_two_ways_of_unicode_are_one() -> None:
    reading = read(DEALS + "Zoe\u0308,rita,Open,1,,\nZo\u00eb,rita,Open,1,,\n")
    assert column(reading, "opportunity") == ["Zo\u00eb"]


def test_flags_and_shares_are_read() -> None:
    data = "holder,starts_on,amount,is_quota\nrita,2025-01-01,1,Yes\nsam,2025-01-01,1,0\ntom,2025-01-01,1,perhaps\n"
    reading = read(data, name="targets.csv")
    assert column(reading, "is_quota") == [True, False, None]
    assert [finding.value for finding in found(reading, "unreadable_flag")] == ["perhaps"]


def test_a_file_that_fits_nothing_is_a_finding_and_no_row() -> None:
    reading = read("alpha,beta\n1,2\n", name="x.csv")
    assert reading.mapped == []
    assert [finding.rule for finding in reading.findings] == ["no_template"]


def test_a_thousand_different_bad_values_do_not_make_a_thousand_findings() -> None:
    rows = "".join(f"d-{at},rita,Open,bad{at},,\n" for at in range(1000))
    reading = read(DEALS + rows)
    assert len(found(reading, "unreadable_amount")) == 200
    assert [finding.n_rows for finding in found(reading, "more_values")] == [800]
