"""What a function of `quarterdeck compute plan` is: data that the command line, the reference and the tests read.

    historic-quota    reads   bases: holder_id, base_minor, growth, relief
                      asks    --relief-rule additive|multiplicative, ...
                      writes  quotas: holder_id, quota_minor
                      says    "3 quotas come to 4,320.00 USD; relief is additive."

A convention on which the field disagrees is an option without a default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from quarterdeck.terms.money import minor_digits

if TYPE_CHECKING:
    from fractions import Fraction

    from quarterdeck.services.compute.planning.reading import Rows
    from quarterdeck.terms.tables import Frame, Table

Kind = Literal["money", "ratio", "ratios", "count", "day", "choice", "text", "texts"]
COUNT = "count"
"""The unit of whole things: deals, seats, meetings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing asked for. Without `default` and not `is_required`, it may be left out and is None."""

    name: str
    kind: Kind
    about: str
    is_required: bool = False
    default: str = ""
    choices: tuple[str, ...] = ()

    @property
    def flag(self) -> str:
        """How it is written: --relief-rule."""
        return f"--{self.name.replace('_', '-')}"


@dataclass(frozen=True, slots=True)
class Input:
    """A table that a function reads."""

    table: Table
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody gave: rows by input (what was left out is not there), options by name, the unit of amounts."""

    inputs: Mapping[str, Rows]
    options: Mapping[str, Any]
    unit: str

    def __getitem__(self, option: str) -> Any:  # noqa: ANN401  an option's value is of its kind
        """The value of an option, None where it was left out."""
        return self.options[option]

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The rows of an input with exact ratios; none where it was left out."""
        return self.inputs[name].listed() if name in self.inputs else []

    def frame(self, name: str) -> Frame | None:
        """The rows of an input as the engine's frame; None where it was left out."""
        return self.inputs[name].frame() if name in self.inputs else None

    def money(self, amount: Fraction | int) -> str:
        """An amount in minor units as people say it.

        >>> Given({}, {}, "USD").money(123450), Given({}, {}, COUNT).money(12)
        ('1,234.50 USD', '12')
        """
        digits = digits_of(self.unit)
        said = f"{Decimal(int(amount)).scaleb(-digits):,.{digits}f}"
        return said if self.unit == COUNT else f"{said} {self.unit}"


@dataclass(frozen=True, slots=True)
class Answer:
    """Tables by name, the result in a sentence, and single figures for the summary."""

    tables: Mapping[str, Frame]
    says: str
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Files of an example as CSV by input, the options that it is run with, and its unit."""

    files: Mapping[str, str]
    options: Mapping[str, str] = field(default_factory=dict)
    unit: str = "USD"

    def words(self, name: str, folder: str) -> list[str]:
        """The command line that runs it."""
        asked = [word for option, value in self.options.items() for word in (f"--{option.replace('_', '-')}", value)]
        unit = ["--unit", self.unit] if self.unit != "USD" else []
        paths = [f"{folder}/{file}.csv" for file in self.files]
        return ["quarterdeck", "compute", "plan", name, *paths, *asked, *unit]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFunction:
    """One function: what it is for in a line, what it reads, asks and writes, and who computes it.

    `method` is the page in docs/methods that explains it, `room` the heading under which it is listed. With
    `reads_measures`, columns beside those of the first table are measures, named by the option `measure`.
    """

    name: str
    room: str
    about: str
    method: str
    inputs: tuple[Input, ...]
    outputs: tuple[Table, ...]
    compute: Callable[[Given], Answer]
    example: Example
    options: tuple[Option, ...] = ()
    reads_measures: bool = False


def digits_of(unit: str) -> int:
    """Digits after the point of a unit.

    >>> digits_of("USD"), digits_of("JPY"), digits_of(COUNT)
    (2, 0, 0)
    """
    return 0 if unit == COUNT else minor_digits(unit)
