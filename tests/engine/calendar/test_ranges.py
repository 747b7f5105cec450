import datetime as dt
from typing import Any

import narwhals as nw

from quarterdeck.engine.calendar.ranges import effective_on, range_findings
from quarterdeck.terms.tables import Frame

SCHEMA: dict[str, Any] = {"person_id": nw.String, "effective_from": nw.Date, "effective_to": nw.Date}
JANUARY, MARCH, JUNE = dt.date(2025, 1, 1), dt.date(2025, 3, 1), dt.date(2025, 6, 1)


def _rows(*rows: tuple[str | None, dt.date | None, dt.date | None]) -> Frame:
    data: dict[str, Any] = {name: [row[at] for row in rows] for at, name in enumerate(SCHEMA)}
    return nw.from_dict(data, SCHEMA, backend="polars")


def _found(frame: Frame) -> list[tuple[int | None, str]]:
    return [(finding.row, finding.rule) for finding in range_findings(frame, ["person_id"], file="people.csv")]


def test_the_first_day_counts_and_the_end_day_does_not() -> None:
    rows = _rows(("rita", JANUARY, MARCH), ("sam", MARCH, None), ("zoe", None, None))
    assert effective_on(rows, MARCH)["person_id"].to_list() == ["sam", "zoe"]
    assert effective_on(rows, JANUARY)["person_id"].to_list() == ["rita", "zoe"]


def test_ranges_that_touch_do_not_overlap() -> None:
    assert _found(_rows(("rita", None, MARCH), ("rita", MARCH, None))) == []


def test_a_row_inside_a_long_one_is_found_even_when_a_short_one_lies_between() -> None:
    assert _found(_rows(("rita", JANUARY, None), ("rita", MARCH, MARCH.replace(day=2)), ("rita", JUNE, None))) == [
        (3, "overlapping_range"), (4, "overlapping_range"),
    ]  # fmt: skip


def test_the_same_days_of_another_person_do_not_overlap() -> None:
    assert _found(_rows(("rita", JANUARY, None), ("sam", JANUARY, None))) == []


def test_a_range_without_a_day_is_found_and_overlaps_nothing() -> None:
    assert _found(_rows(("rita", MARCH, MARCH), ("rita", MARCH, None), ("rita", JUNE, MARCH))) == [
        (2, "empty_range"), (4, "empty_range"),
    ]  # fmt: skip


def test_two_open_rows_overlap_and_the_finding_says_who() -> None:
    (finding,) = range_findings(_rows(("rita", None, None), ("rita", None, None)), ["person_id"], file="people.csv")
    assert (finding.row, finding.value, finding.severity) == (3, "always", "error")
    assert finding.message.startswith("rita:")


def test_an_empty_frame_has_no_findings() -> None:
    assert _found(_rows()) == []
