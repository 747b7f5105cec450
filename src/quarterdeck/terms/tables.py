"""Columns and tables: the one place where the shape of data is said.

A `Table` serves four readers: the run-time check of a frame, the import template, the reference page and the test
generators. Before and after, on a table of activities:

    a frame from somewhere            check()
    activity_id  kind   happened_on   ->  nothing, or one QuarterdeckFault that lists every difference
    a-1          call   2025-03-03
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

import narwhals as nw

from quarterdeck.terms.errors import QuarterdeckFault

Frame: TypeAlias = nw.DataFrame[Any]
LazyFrame: TypeAlias = nw.LazyFrame[Any]

Kind = Literal["id", "text", "choice", "day", "instant", "count", "money", "ratio", "flag"]

_DTYPES: Final[dict[str, tuple[Any, ...]]] = {
    "id": (nw.Int64, nw.Int32, nw.String),
    "text": (nw.String,),
    "choice": (nw.String, nw.Enum, nw.Categorical),
    "day": (nw.Date,),
    "instant": (nw.Datetime,),
    "count": (nw.Int64, nw.Int32, nw.UInt32),
    "money": (nw.Int64,),
    "ratio": (nw.Float64,),
    "flag": (nw.Boolean,),
}
_WRITE_DTYPES: Final[dict[str, Any]] = {
    "id": nw.String,
    "text": nw.String,
    "choice": nw.String,
    "day": nw.Date,
    "instant": nw.Datetime("us"),
    "count": nw.Int64,
    "money": nw.Int64,
    "ratio": nw.Float64,
    "flag": nw.Boolean,
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, kind, unit and what an empty cell means.

    `money` is whole minor units in a frame, and an amount as people write it in an import template. `refers_to` names
    the template whose code the cell holds. `example` fills the template's first row and the reference page.
    """

    name: str
    kind: Kind
    about: str
    is_required: bool = True
    unit: str = ""
    choices: tuple[str, ...] = ()
    refers_to: str = ""
    example: str = ""
    aliases: tuple[str, ...] = ()
    """Other headings under which files carry this column; matched without case, spaces and punctuation."""


@dataclass(frozen=True)
class Table:
    """A named list of columns; one row per `row`, unique by `key`."""

    name: str
    row: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the columns, and make sure that the key names some of them."""
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})
        if missing := [name for name in self.key if name not in self.by_name]:
            msg = f"{self.name}: key names no column: {missing}"
            raise ValueError(msg)

    @property
    def schema(self) -> dict[str, Any]:
        """Narwhals dtypes by column name, ids as text; what an empty frame is made with."""
        return {column.name: _WRITE_DTYPES[column.kind] for column in self.columns}

    def check(self, frame: Frame) -> Frame:
        """Return the frame unchanged when it fits; raise one QuarterdeckFault listing every difference.

        Extra columns are allowed: they pass through. Costs one pass per required column and, with a key, one sort.
        """
        if faults := list(self._faults(frame)):
            msg = f"not a frame of {self.name}: " + "; ".join(faults)
            raise QuarterdeckFault(msg)
        return frame

    def _faults(self, frame: Frame) -> Iterable[str]:
        schema = frame.schema
        for column in self.columns:
            if column.name not in schema:
                yield f"{column.name} is missing"
                continue
            if not isinstance(schema[column.name], _DTYPES[column.kind]):
                yield f"{column.name} is {schema[column.name]}, not {column.kind}"
            if column.is_required and (n_null := frame[column.name].null_count()):
                yield f"{column.name} is empty in {n_null} rows"
        if self.key and not [name for name in self.key if name not in schema]:
            n_twice = int(frame.select(self.key).is_duplicated().sum())
            if n_twice:
                yield f"{n_twice} rows share a key {self.key}"


def column_names(table: Table) -> list[str]:
    """Names in the order in which files and pages show them."""
    return [column.name for column in table.columns]
