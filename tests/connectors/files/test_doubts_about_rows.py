from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from quarterdeck.connectors.files import RULES, Reading, iter_mapped, read_files

if TYPE_CHECKING:
    from quarterdeck.terms.findings import Finding

AS_OF = dt.date(2025, 6, 30)
DEALS = "opportunity,owner,stage,account,amount,opened_on,closed_on\n"


def read(rows: str, head: str = DEALS, name: str = "opportunities.csv") -> Reading:
    return read_files([(name, (head + rows).encode())], as_of=AS_OF)


def found(reading: Reading, rule: str) -> Finding:
    (finding,) = [finding for finding in reading.findings if finding.rule == rule]
    return finding


def test_the_same_row_twice_counts_once_with_a_note() -> None:
    reading = read("d-1,rita,Open,a,5,,\nd-1,rita,Open,a,5,,\n")
    assert reading.mapped[0].frame.height == 1
    assert found(reading, "duplicate_row").severity == "note"


def test_of_two_rows_with_one_key_the_later_is_kept() -> None:
    reading = read("d-1,rita,Open,a,5,,\nd-2,rita,Open,a,5,,\nd-1,rita,Open,a,6,,\n")
    assert reading.mapped[0].frame.select("opportunity", "amount", "_row").rows() == [("d-2", 500, 3), ("d-1", 600, 4)]
    assert (found(reading, "duplicate_key").value, found(reading, "duplicate_key").n_rows) == ("d-1", 2)


def test_a_key_with_an_empty_part_is_a_key() -> None:
    reading = read("east,East,\neast,Orient,\n", "team,name,effective_from\n", "teams.csv")
    assert reading.mapped[0].frame["name"].to_list() == ["Orient"]


def test_a_negative_amount_is_kept_with_a_warning() -> None:
    reading = read("d-1,rita,Open,a,-5,,\n")
    assert reading.mapped[0].frame["amount"].to_list() == [-500]
    assert found(reading, "negative_amount").severity == "warning"


def test_an_amount_a_thousand_times_the_usual_is_doubted() -> None:
    rows = "".join(f"d-{at},rita,Open,a,{100 + at},,\n" for at in range(200))
    assert "absurd_amount" not in [finding.rule for finding in read(rows).findings]
    assert found(read(rows + "d-x,rita,Open,a,5000000,,\n"), "absurd_amount").value == "500000000"


def test_an_amount_beyond_ten_billion_is_doubted_even_alone() -> None:
    assert found(read("d-1,rita,Open,a,20000000000,,\n"), "absurd_amount").n_rows == 1


def test_a_close_after_the_day_we_look_from_is_doubted() -> None:
    reading = read("d-1,rita,Won,a,5,,2025-06-30\nd-2,rita,Won,a,5,,2025-07-01\nd-3,rita,Won,a,5,,2031-01-01\n")
    assert (found(reading, "future_close").n_rows, found(reading, "future_close").value) == (2, "2025-07-01")


def test_a_close_before_the_opening_is_doubted() -> None:
    assert found(read("d-1,rita,Won,a,5,2025-03-02,2025-03-01\n"), "closed_before_opened").row == 2


def test_deals_without_an_account_are_one_note() -> None:
    reading = read("d-1,rita,Open,,5,,\nd-2,rita,Open,,5,,\nd-3,rita,Open,a,5,,\n")
    assert (found(reading, "missing_account").n_rows, found(reading, "missing_account").severity) == (2, "note")


def test_a_span_without_a_day_is_left_out() -> None:
    reading = read("rita,2025-07-07,2025-07-07\nsam,2025-07-07,2025-07-08\n", "person,starts_on,ends_on\n", "leave.csv")
    assert reading.mapped[0].frame["person"].to_list() == ["sam"]
    assert found(reading, "ends_before_it_starts").severity == "error"


def test_chunks_hold_every_row_once_in_order() -> None:
    reading = read("".join(f"d-{at},rita,Open,a,1,,\n" for at in range(25)))
    chunks = list(iter_mapped(reading, size=10))
    assert [chunk.frame.height for chunk in chunks] == [10, 10, 5]
    assert [row for chunk in chunks for row in chunk.frame["_row"]] == list(range(2, 27))


@pytest.mark.parametrize("code", RULES)
def test_every_rule_says_what_mends_it(code: str) -> None:
    assert RULES[code].title
    assert RULES[code].remedy.endswith((".", "then."))
