"""A table as it stands in a file: every value as text, every row with its number.

sales_pipeline.csv                        RawTable.frame
opportunity_id,sales_agent                _row  opportunity_id  sales_agent
1C1I7A6R,Moses Frase                      2     1C1I7A6R        Moses Frase
Z063OYW0,Darcel Schlecht                  3     Z063OYW0        Darcel Schlecht
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from quarterdeck.connectors.files.rules import finding

if TYPE_CHECKING:
    from quarterdeck.connectors.files.sniffing import Header
    from quarterdeck.terms.findings import Finding

ROW: Final = "_row"
FILE: Final = "_file"


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table of one file.

    `frame` has one row per record: `_row` (Int64, counts from 1 with the header, as a spreadsheet shows it) and a
    String column per name; empty cells are null or ''. `file` is what a person knows it by, `name` what a mapping's
    `file` matches.
    """

    file: str
    name: str
    columns: list[str]
    frame: pl.DataFrame
    findings: list[Finding] = field(default_factory=list)


def batches(raw: RawTable, size: int = 100_000) -> Iterator[pl.DataFrame]:
    """The frame in slices of `size` rows, without copying."""
    for start in range(0, raw.frame.height, size):
        yield raw.frame.slice(start, size)


def empty_frame(columns: list[str]) -> pl.DataFrame:
    """No rows, with the right columns."""
    return pl.DataFrame(schema={ROW: pl.Int64, **dict.fromkeys(columns, pl.String)})


def header_findings(file: str, header: Header, row: int) -> list[Finding]:
    """What had to be done to the names of the columns."""
    blank = [
        finding("blank_header", file, f"A column without a name is called {name!r}.", row=row, column=name)
        for name in header.blank
    ]
    return blank + [
        finding("duplicate_header", file, f"A second column of that name is called {name!r}.", row=row, column=name)
        for name in header.duplicate
    ]


def raw_table(file: str, name: str, columns: list[str], frame: pl.DataFrame, findings: list[Finding]) -> RawTable:
    """The table, with a note when it holds no rows."""
    if not frame.height:
        findings = [*findings, finding("empty_table", file, "The table has no rows.")]
    return RawTable(file, name, columns, frame, findings)


def stem(path: str) -> str:
    r"""The name of a file without folders and extension.

    >>> stem("export/2025/sales_pipeline.csv"), stem("C:\\data\\deals.v2.xlsx"), stem(".csv")
    ('sales_pipeline', 'deals.v2', '.csv')
    """
    last = re.split(r"[/\\]", path.strip())[-1] or path
    return last.rpartition(".")[0] or last
