from __future__ import annotations

import datetime as dt
import io
import zipfile
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from quarterdeck.connectors.files import raw_tables
from quarterdeck.terms.errors import Refusal


def book_of(*sheets: tuple[str, list[list[object]]], hidden: str = "") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "dd/mm/yyyy"}) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
            if name == hidden:
                sheet.hide()
    return out.getvalue()


def zip_of(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_every_visible_sheet_is_a_table() -> None:
    data = book_of(
        ("Deals", [["deal"], ["d-1"]]), ("People", [["person"], ["rita"]]), ("Old", [["x"], ["y"]]), hidden="Old"
    )
    tables = raw_tables([("book.xlsx", data)])
    assert [(table.file, table.name) for table in tables] == [
        ("book.xlsx#Deals", "Deals"),
        ("book.xlsx#People", "People"),
    ]


def test_a_single_sheet_is_known_by_its_file() -> None:
    (table,) = raw_tables([("deals.xlsx", book_of(("Sheet1", [["deal"], ["d-1"]])))])
    assert (table.file, table.name) == ("deals.xlsx", "deals")


def test_the_header_is_the_first_row_with_something_in_it() -> None:
    (table,) = raw_tables(
        [("b.xlsx", book_of(("S", [[], [], ["deal", "owner"], ["d-1", "Sam"], [], ["d-2", "Rita"]])))]
    )
    assert table.frame.rows() == [(4, "d-1", "Sam"), (6, "d-2", "Rita")]


def test_cells_are_written_as_a_person_would() -> None:
    row = [0.1 + 0.2, 1234.0, 1234567890123456.0, dt.date(2025, 3, 31), dt.datetime(2025, 3, 31, 14, 5), True, "007"]  # noqa: DTZ001  a sheet has no zones
    (table,) = raw_tables([("b.xlsx", book_of(("S", [[f"c{at}" for at in range(7)], row])))])
    assert table.frame.row(0)[1:] == (
        "0.3", "1234", "1234567890123456", "2025-03-31", "2025-03-31 14:05:00", "true", "007",
    )  # fmt: skip


def test_values_beside_the_header_are_a_finding() -> None:
    (table,) = raw_tables([("b.xlsx", book_of(("S", [["deal"], ["d-1", "stray"], ["d-2"]])))])
    assert [(found.rule, found.row) for found in table.findings] == [("ragged_row", 2)]
    assert table.frame.rows() == [(3, "d-2")]


def test_a_cell_in_the_far_corner_is_refused_before_it_fills_the_memory() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "deal")
        sheet.write(1_048_575, 16_383, "bomb")
    (table,) = raw_tables([("b.xlsx", out.getvalue())])
    assert [found.rule for found in table.findings] == ["unreadable_file"]


def test_a_broken_workbook_is_a_finding() -> None:
    data = zip_of({"xl/workbook.xml": b"<workbook", "[Content_Types].xml": b"<x/>"})
    assert [found.rule for table in raw_tables([("b.xlsx", data)]) for found in table.findings] == ["unreadable_file"]


def test_a_workbook_with_a_damaged_sheet_is_a_finding() -> None:
    with zipfile.ZipFile(io.BytesIO(book_of(("S", [["deal"], ["d-1"]])))) as book:
        members = {name: book.read(name) for name in book.namelist()}
    data = bytearray(zip_of(members, zipfile.ZIP_STORED))
    data[data.index(b"<sheetData") + 5] ^= 0xFF
    assert [found.rule for table in raw_tables([("b.xlsx", bytes(data))]) for found in table.findings] == [
        "unreadable_file"
    ]


def test_a_workbook_named_csv_is_read_as_what_it_is() -> None:
    (table,) = raw_tables([("deals.csv", book_of(("S", [["deal"], ["d-1"]])))])
    assert table.frame.rows() == [(2, "d-1")]


def test_a_text_named_xlsx_is_read_as_what_it_is() -> None:
    (table,) = raw_tables([("deals.xlsx", b"deal\nd-1\n")])
    assert table.frame.rows() == [(2, "d-1")]


def test_parquet_columns_become_text_without_loss() -> None:
    frame = pl.DataFrame(
        {
            "id": [1, None],
            "day": [dt.date(2025, 3, 31), None],
            "at": [dt.datetime(2025, 3, 31, 14, 5), None],  # noqa: DTZ001  a sheet has no zones
            "amount": [Decimal("12.30"), None],
            "price": [0.1 + 0.2, 1e20],
            "key": [12345678901.0, None],
            "won": [True, None],
            "tags": [["a"], None],
        }
    )
    out = io.BytesIO()
    frame.write_parquet(out)
    (table,) = raw_tables([("deals.parquet", out.getvalue())])
    assert table.frame.row(0) == (
        2, "1", "2025-03-31", "2025-03-31 14:05:00", "12.30", "0.3", "12345678901", "true",
    )  # fmt: skip
    assert [(found.rule, found.column) for found in table.findings] == [("nested_values", "tags")]


def test_a_broken_parquet_file_is_a_finding() -> None:
    (table,) = raw_tables([("deals.parquet", b"PAR1 and then nothing")])
    assert [found.rule for found in table.findings] == ["unreadable_file"]


def test_an_archive_gives_its_tables_and_nothing_of_the_operating_system() -> None:
    members = {
        "crm/accounts.csv": b"account\na-1\n",
        "crm/deep/deals.tsv": b"deal\towner\nd-1\tSam\n",
        "__MACOSX/crm/._accounts.csv": b"\0\1",
        ".DS_Store": b"\0",
        "book.xlsx": book_of(("S", [["deal"], ["d-1"]])),
    }
    tables = raw_tables([("export.zip", zip_of(members))])
    assert [(table.file, table.name) for table in tables] == [
        ("export.zip/crm/accounts.csv", "accounts"),
        ("export.zip/crm/deep/deals.tsv", "deals"),
        ("export.zip/book.xlsx", "book"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["../../etc/deals.csv", "/etc/deals.csv", "..\\..\\deals.csv", "C:\\deals.csv"])
def test_a_path_inside_an_archive_is_shown_and_never_written(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (table,) = raw_tables([("export.zip", zip_of({name: b"deal\nd-1\n"}))])
    assert table.name == "deals"
    assert list(tmp_path.iterdir()) == []


def test_an_archive_inside_an_archive_is_a_finding() -> None:
    inner = zip_of({"deals.csv": b"deal\nd-1\n"})
    (table,) = raw_tables([("export.zip", zip_of({"inner.zip": inner}))])
    assert [found.rule for found in table.findings] == ["nested_archive"]


def test_an_archive_that_unpacks_to_too_much_is_refused() -> None:
    bomb = zip_of({"deals.csv": b"a" * 60_000_000})
    with pytest.raises(Refusal) as refusal:
        raw_tables([("export.zip", bomb)])
    assert refusal.value.rule == "archive_too_large"


def test_a_broken_archive_is_a_finding() -> None:
    data = bytearray(zip_of({"deals.csv": b"deal\nd-1\n" * 50}))
    data[45] ^= 0xFF
    for broken in (bytes(data), bytes(data[:60]), b"PK\x03\x04"):
        assert [found.rule for table in raw_tables([("export.zip", broken)]) for found in table.findings] == [
            "unreadable_file"
        ]


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refusal:
        raw_tables([tmp_path / "missing.csv"])
    assert refusal.value.rule == "file_not_found"
    assert str(tmp_path) not in str(refusal.value)
