from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.connectors.files import RawTable, raw_tables

ROWS = [["deal", "owner", "note"], ["d-1", "Zoë Müller", "first"], ["d-2", "Sam", "10 €"]]


def table_of(data: bytes, name: str = "deals.csv") -> RawTable:
    (table,) = raw_tables([(name, data)])
    return table


def values_of(table: RawTable) -> list[tuple[object, ...]]:
    return table.frame.rows()


def rules_of(table: RawTable) -> list[str]:
    return [found.rule for found in table.findings]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "windows-1252"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_encoding_delimiter_and_line_end_reads_the_same(encoding: str, delimiter: str, line_end: str) -> None:
    text = line_end.join(delimiter.join(row) for row in ROWS) + line_end
    table = table_of(text.encode(encoding))
    assert table.columns == ROWS[0]
    assert values_of(table) == [(2, *ROWS[1]), (3, *ROWS[2])]


def test_a_big_endian_file_with_a_mark_is_read() -> None:
    table = table_of(b"\xfe\xff" + "deal,name\nd-1,Zoë\n".encode("utf-16-be"))
    assert values_of(table) == [(2, "d-1", "Zoë")]


def test_a_guessed_encoding_is_said() -> None:
    assert rules_of(table_of("deal,name\nd-1,Zoë\n".encode("windows-1252"))) == ["encoding_guessed"]
    assert rules_of(table_of("deal,name\nd-1,Zoë\n".encode())) == []


def test_a_delimiter_inside_quotes_does_not_decide_which_it_is() -> None:
    table = table_of(b'deal;note\nd-1;"a,b,c,d"\nd-2;"e,f,g,h"\n')
    assert values_of(table) == [(2, "d-1", "a,b,c,d"), (3, "d-2", "e,f,g,h")]


def test_a_line_end_inside_quotes_belongs_to_the_value_and_rows_keep_their_number() -> None:
    table = table_of(b'deal,note\nd-1,"one\r\ntwo"\nd-2,x\n')
    assert values_of(table) == [(2, "d-1", "one\ntwo"), (3, "d-2", "x")]


def test_a_doubled_quote_is_one_quote() -> None:
    assert values_of(table_of(b'deal,note\nd-1,"5"" pipe"\n')) == [(2, "d-1", '5" pipe')]


def test_a_stray_quote_stands_for_itself() -> None:
    table = table_of(b'deal,note\nd-1,5" pipe\nd-2,"a, b"\nd-3,6" pipe\n')
    assert values_of(table) == [(2, "d-1", '5" pipe'), (3, "d-2", "a, b"), (4, "d-3", '6" pipe')]


def test_a_quote_that_never_closes_costs_no_other_row() -> None:
    table = table_of(b'deal,note,owner\nd-1,"open\nd-2,x,Sam\nd-3,y,Rita\n')
    assert values_of(table) == [(3, "d-2", "x", "Sam"), (4, "d-3", "y", "Rita")]
    assert [(found.rule, found.row) for found in table.findings] == [("ragged_row", 2)]


def test_a_ragged_row_is_left_out_and_named_by_its_number() -> None:
    table = table_of(b"deal,owner\nd-1,Sam\nd-2\n\nd-3,Sam,9\nd-4,Rita\n")
    assert values_of(table) == [(2, "d-1", "Sam"), (6, "d-4", "Rita")]
    assert [(found.rule, found.row, found.severity) for found in table.findings] == [
        ("ragged_row", 3, "error"),
        ("ragged_row", 5, "error"),
    ]


def test_a_ragged_row_among_quoted_ones_is_left_out() -> None:
    table = table_of(b'deal,note\nd-1,"a,b"\nd-2\nd-3,"c"\n')
    assert values_of(table) == [(2, "d-1", "a,b"), (4, "d-3", "c")]


def test_empty_fields_too_many_at_the_end_of_a_row_do_no_harm() -> None:
    assert values_of(table_of(b"deal,owner\nd-1,Sam,,\nd-2,Rita\n")) == [(2, "d-1", "Sam"), (3, "d-2", "Rita")]


def test_many_ragged_rows_are_counted_not_listed() -> None:
    table = table_of(b"deal,owner\nd-1,Sam\n" + b"x\n" * 5000)
    assert len(table.findings) == 101
    assert table.findings[-1].n_rows == 4900


def test_padded_blank_and_repeated_headings_get_usable_names() -> None:
    table = table_of(b" deal ,,deal\nd-1,x,y\n")
    assert table.columns == ["deal", "column_2", "deal_2"]
    assert rules_of(table) == ["blank_header", "duplicate_header"]


def test_a_heading_cannot_take_the_place_of_the_row_number() -> None:
    table = table_of(b"_row,deal\n9,d-1\n")
    assert table.columns == ["_row_2", "deal"]
    assert values_of(table) == [(2, "9", "d-1")]


def test_a_missing_header_is_noticed_and_no_row_is_lost() -> None:
    table = table_of(b"d-1,2025-03-03\nd-2,2025-03-04\n")
    assert table.columns == ["column_1", "column_2"]
    assert values_of(table) == [(1, "d-1", "2025-03-03"), (2, "d-2", "2025-03-04")]
    assert rules_of(table) == ["missing_header"]


def test_blank_lines_above_the_header_count_as_rows() -> None:
    assert values_of(table_of(b"\n\ndeal,owner\nd-1,Sam\n")) == [(4, "d-1", "Sam")]


@pytest.mark.parametrize("data", [b"", b"\n \n", b"deal,owner\n", b"\xef\xbb\xbf"])
def test_a_file_without_rows_is_a_finding(data: bytes) -> None:
    assert rules_of(table_of(data)) == ["empty_table"]


def test_nul_bytes_are_taken_out_with_a_note() -> None:
    table = table_of(b"deal,owner\nd-1,S\0am\nd-2,Rita and all of her long-standing colleagues\n")
    assert values_of(table)[0] == (2, "d-1", "Sam")
    assert rules_of(table) == ["nul_bytes"]


@pytest.mark.parametrize("data", [bytes(range(256)) * 20, b"\0" * 5000, b"\x89PNG\r\n\x1a\n" + b"\x00\x01\x02" * 900])
def test_what_is_no_text_is_refused_with_a_finding(data: bytes) -> None:
    assert rules_of(table_of(data)) == ["unreadable_file"]


def test_a_file_400_columns_wide_is_read() -> None:
    names = [f"c{at}" for at in range(400)]
    table = table_of((",".join(names) + "\n" + ",".join("1" * 400) + "\n").encode())
    assert table.columns == names
    assert table.frame.shape == (1, 401)


def test_a_field_of_ten_megabytes_is_one_value() -> None:
    table = table_of(b'deal,note\nd-1,"' + b"x" * 10_000_000 + b'"\nd-2,y\n')
    assert table.frame["note"].str.len_bytes().to_list() == [10_000_000, 1]


def test_rows_keep_their_numbers_over_many_blocks() -> None:
    rows = 1_200_000
    table = table_of(b"deal,owner\n" + b"d-123456789,Sam\n" * rows + b"ragged\nd-2,Rita\n")
    assert table.frame["_row"][-1] == rows + 3
    assert table.frame.height == rows + 1


def test_text_that_a_spreadsheet_would_run_stays_text() -> None:
    table = table_of(b'deal,note\nd-1,"=HYPERLINK(""http://x"",1)"\n+1,@SUM(A1)\n')
    assert values_of(table) == [(2, "d-1", '=HYPERLINK("http://x",1)'), (3, "+1", "@SUM(A1)")]


cell = st.text(st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=("Cs", "Cc")), max_size=8)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(cell | st.sampled_from(['"', ",", "\n", '""', 'a"b']), min_size=3, max_size=3), min_size=1, max_size=6
    )
)
def test_what_the_standard_library_writes_is_read_back(rows: list[list[str]]) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["alpha", "beta", "gamma"])
    writer.writerows(rows)
    table = table_of(out.getvalue().encode())
    read = [tuple(value or "" for value in row[1:]) for row in values_of(table)]
    assert read == [tuple(row) for row in rows]


def test_broken_bytes_behind_an_honest_mark_are_replaced_and_said() -> None:
    table = table_of(b"\xef\xbb\xbfdeal,owner\nd-1,S\xffm\n")
    assert values_of(table) == [(2, "d-1", "S\ufffdm")]
    assert rules_of(table) == ["encoding_guessed"]
