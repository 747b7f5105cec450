"""Rows that hold from one day until another, and what is wrong with them.

`effective_from` belongs to the range, `effective_to` does not; an empty end is open. As of 2025-03-01:

    team   parent    effective_from   effective_to        effective_on(...)
    east   company                    2025-03-01      ->  east  west
    east   west      2025-03-01
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import narwhals as nw

from quarterdeck.terms.findings import Finding

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

_FIRST, _LAST = dt.date.min, dt.date.max


def effective_on(frame: Frame, day: dt.date) -> Frame:
    """Rows of a dated frame that hold on a day, in their order. One row per row that holds.

    >>> seats = nw.from_dict({"person_id": ["rita", "sam"], "effective_from": [dt.date(2025, 1, 1), None],
    ...     "effective_to": [None, dt.date(2025, 3, 1)]}, backend="polars")
    >>> effective_on(seats, dt.date(2025, 3, 1))["person_id"].to_list()
    ['rita']
    """
    return frame.filter(
        nw.col("effective_from").is_null() | (nw.col("effective_from") <= day),
        nw.col("effective_to").is_null() | (nw.col("effective_to") > day),
    )


def range_findings(frame: Frame, key: Sequence[str], *, file: str) -> list[Finding]:
    """What is wrong with dated rows: ranges without a day, and rows of one key that overlap. One finding per row.

    Rows count from 1 with the header, as a spreadsheet shows them. A row overlaps when it begins before an earlier row
    of its key ends; that earlier row stays unnamed. Costs one sort.

    >>> seats = nw.from_dict({"person_id": ["rita", "rita"], "effective_from": [dt.date(2025, 1, 1)] * 2,
    ...     "effective_to": [None, dt.date(2025, 3, 1)]}, backend="polars")
    >>> [(finding.row, finding.rule) for finding in range_findings(seats, ["person_id"], file="seats.csv")]
    [(3, 'overlapping_range')]
    """
    rows = frame.with_row_index("row").select(
        *key,
        row=nw.col("row") + 2,
        begins=nw.col("effective_from").fill_null(_FIRST),
        ends=nw.col("effective_to").fill_null(_LAST),
    )
    empty = rows.filter(nw.col("ends") <= nw.col("begins"))
    whole = rows.filter(nw.col("ends") > nw.col("begins")).sort(*key, "begins", "row")
    latest = nw.col("ends").cum_max().shift(1).over(*key, order_by=["begins", "row"])
    overlapping = whole.with_columns(latest=latest).filter(nw.col("begins") < nw.col("latest"))
    return [
        *(_finding(row, key, file, "empty_range") for row in empty.iter_rows(named=True)),
        *(_finding(row, key, file, "overlapping_range") for row in overlapping.sort("row").iter_rows(named=True)),
    ]


_SAYINGS = {
    "empty_range": ("It ends before it begins.", "Set effective_to to the first day no longer so, or leave it empty."),
    "overlapping_range": (
        "It begins before an earlier row for the same ends.",
        "End the earlier row on this row's first day.",
    ),
}


def _finding(row: dict[str, object], key: Sequence[str], file: str, rule: str) -> Finding:
    message, remedy = _SAYINGS[rule]
    who = ", ".join(f"{row[name]}" for name in key)
    begins = "always" if row["begins"] == _FIRST else f"{row['begins']}"
    return Finding(
        file=file, row=int(f"{row['row']}"), column="effective_from", value=begins, rule=rule, severity="error",
        message=f"{who}: {message}", remedy=remedy,
    )  # fmt: skip
