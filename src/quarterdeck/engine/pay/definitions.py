"""A comp plan as data: measures, rate tables, components, settlement. Read from a file by `reading`, run by `run`.

    measures:   sales, of amounts, in a year, against quota       ->  Measure
    components: commission on sales by a marginal table           ->  Component with a RateTable

Nothing here computes. Numbers are exact; money is in minor units; expressions are parsed and their units are checked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from quarterdeck.engine.calendar.fiscal import FiscalCalendar

if TYPE_CHECKING:
    from quarterdeck.engine.pay.exact import RoundingRule
    from quarterdeck.engine.pay.language import Node
    from quarterdeck.engine.pay.units import Unit

Mode = Literal["marginal", "retroactive", "retroactive_over_target", "lookup", "interpolated"]
ValueKind = Literal["rate", "amount", "multiplier", "percent_of_target_pay"]
Closed = Literal["left", "right"]
CreditTo = Literal["owner", "splits", "roll_up", "team", "company"]
Window = Literal["deal", "month", "quarter", "year", "plan", "rolling"]
Aggregate = Literal["sum", "count", "maximum"]
PayPeriod = Literal["month", "quarter", "year"]
Release = Literal["booking", "invoice", "cash"]

MODES: Final = get_args(Mode)
VALUE_KINDS: Final = get_args(ValueKind)
WINDOWS: Final = get_args(Window)
TARGET_PAY: Final = "target_pay"
"""The value that percents of target pay are of."""
ACTIVE_SHARE: Final = "active_share"
"""A value every plan has: the share of the period's days on which the person is on the plan."""


@dataclass(frozen=True, slots=True)
class Value:
    """Something that differs by person: its unit, what it is when nobody says, and the stretch of time it is meant for.

    With `per`, a window takes the even part of it for each of its pay periods, weighted by days where it changes;
    without, whatever holds on the last day looked at.
    """

    name: str
    unit: Unit
    default: Fraction | None = None
    per: PayPeriod | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """Who is credited. `depth` bounds a roll-up; `sums_to_one` is what a split is and an overlay is not."""

    to: CreditTo = "owner"
    role: str = ""
    sums_to_one: bool = True
    depth: int | None = None
    includes_own: bool = True
    share: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Weight:
    """How much of an event counts, where `where` holds; the first that holds decides."""

    where: Node | None
    weight: Fraction


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured. Either facts (`of`, `aggregate`, `window`), or a `score` made of other measures."""

    name: str
    credit: Credit = field(default_factory=Credit)
    of: Literal["amount", "quantity", "events"] = "amount"
    aggregate: Aggregate = "sum"
    window: Window = "month"
    n_periods: int = 1
    where: Node | None = None
    weights: tuple[Weight, ...] = ()
    years_later: int = 0
    target: Node | None = None
    is_target_to_date: bool = False
    is_target_prorated: bool = False
    score: Node | None = None
    score_unit: Unit = "ratio"

    @property
    def unit(self) -> Unit:
        """Money, a count, or a score's unit."""
        if self.score is not None:
            return self.score_unit
        return "money" if self.of == "amount" and self.aggregate != "count" else "count"


@dataclass(frozen=True, slots=True)
class Dimension:
    """One axis of a rate table: contiguous bands from `bounds[i]` to `bounds[i + 1]`; the last may be open (None).

    `of` is any expression; `measure` and `is_attainment` say so where it is a measure or its attainment alone.
    """

    of: Node
    bounds: tuple[Fraction | None, ...]
    unit: Unit
    measure: str = ""
    is_attainment: bool = False

    @property
    def n_bands(self) -> int:
        """How many bands lie between the bounds."""
        return len(self.bounds) - 1


@dataclass(frozen=True, slots=True)
class RateTable:
    """What is paid in which band. `values` are by band of the first dimension, then of the second, and so on, flat.

    Interpolated tables reach `values[i]` at the end of band i, starting from `starts_at`.
    """

    mode: Mode
    kind: ValueKind
    dimensions: tuple[Dimension, ...]
    values: tuple[Fraction, ...]
    closed: Closed = "left"
    starts_at: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Bound:
    """A floor or a cap on what a window, or a pay period, pays; `is_carried`.

    What a cap cuts is paid later, below it.
    """

    amount: Node
    per: Literal["window", "period"] = "period"
    is_carried: bool = False


@dataclass(frozen=True, slots=True)
class Pool:
    """A rate of a measure, shared by weights among those who are eligible.

    `of_weights` names a fixed sum of all weights.
    """

    rate: Node
    weight: Node | None = None
    of_weights: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Rounding:
    """Where and how an amount is rounded, once."""

    unit: int = 1
    rule: RoundingRule = "half_away_from_zero"


@dataclass(frozen=True, slots=True)
class Component:
    """One part of pay.

    Exactly one of `rate`, `amount`, `table`, `formula` and `pool` says what it pays on its measure.
    """

    name: str
    measure: str
    rate: Node | None = None
    amount: Node | None = None
    table: RateTable | None = None
    formula: Node | None = None
    pool: Pool | None = None
    eligibility: Node | None = None
    gate: Node | None = None
    multiplier: Node | RateTable | None = None
    floor: Bound | None = None
    cap: Bound | None = None
    is_prorated: bool = False
    rounding: Rounding = field(default_factory=Rounding)
    release: Release = "booking"


@dataclass(frozen=True, slots=True)
class Draw:
    """An advance up to `amount` a period.

    Recoverable ones become a debt of at most `limit`, repaid from what is above it.
    """

    amount: Node
    is_recoverable: bool = True
    limit: Node | None = None
    recovery_share: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of payouts: guarantee, draw, and whether a negative rest is carried or taken back at once."""

    guarantee: Node | None = None
    draw: Draw | None = None
    is_negative_carried: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A version of a comp plan: who is paid for what, from when to when."""

    name: str
    title: str
    currency: str
    effective_from: dt.date
    effective_to: dt.date
    calendar: FiscalCalendar = field(default_factory=FiscalCalendar)
    period: PayPeriod = "month"
    who: Node | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    measures: Mapping[str, Measure] = field(default_factory=dict)
    components: tuple[Component, ...] = ()
    settlement: Settlement = field(default_factory=Settlement)
    capitalised_months: int = 0
    examples: tuple[Mapping[str, Any], ...] = ()
    version: str = ""
    """SHA-256 of the file's text, in hexadecimal: what a statement and a signature refer to."""

    def component(self, name: str) -> Component:
        """The component of that name; KeyError when there is none."""
        return {component.name: component for component in self.components}[name]
