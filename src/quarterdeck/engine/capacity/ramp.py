"""How much of a full head somebody is in a month: ramp by tenure, attrition as survival, days present.

Ramp 0, 1/4, 1/2, 3/4 and full from the fifth month; a tenth leaves in a year, counted at the end of each month:

    started      month       tenure  ramp   survival  share of a full head
    2024-06-01   2025-01     7       1      0.9913    0.9913
    2025-01-16   2025-01     0       0      0.9913    0          (16 of 31 days)
    2025-01-16   2025-03     2       1/2    0.9740    0.4870

Everything after the survival (a root, kept to twelve digits) is exact. Source: ramped rep equivalents as in
wiki.himodus.com/docs/metrics/rre; survival as in actuarial tables. See docs/methods/capacity.md.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from quarterdeck.engine.calendar.exact import exact_ratio
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from quarterdeck.terms.period import Period

Shape = Literal["compound", "linear"]
Counted = Literal["start", "middle", "end"]

_DIGITS: Final = 12
_WITHIN_MONTH: Final = {"start": Fraction(0), "middle": Fraction(1, 2), "end": Fraction(1)}
_MONTHS_A_YEAR: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Attrition:
    """The share of people who leave in a year, and two conventions.

    `shape`: "compound" loses the same share of those left each month, "linear" the same number of heads each month.
    `counted`: at which point of a month heads are counted. Raises Refusal for a rate outside 0 to 1 and other words.

    >>> [float(Attrition(annual=0.12, shape=shape, counted="end").survival(5)) for shape in ("compound", "linear")]
    [0.938083151965, 0.94]
    """

    annual: Decimal | Fraction | float
    shape: Shape
    counted: Counted
    _rate: Fraction = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse what is no rate or no convention."""
        if self.shape not in get_args(Shape) or self.counted not in get_args(Counted):
            why = f"'{self.shape}' and '{self.counted}' are not both known."
            raise _refusal(why, "Choose compound or linear, and start, middle or end.")
        object.__setattr__(self, "_rate", exact_ratio(self.annual, "attrition"))

    def survival(self, month: int) -> Fraction:
        """The share still there in the month at that position, the first being 0."""
        years = (month + _WITHIN_MONTH[self.counted]) / _MONTHS_A_YEAR
        if self.shape == "linear":
            return max(1 - self._rate * years, Fraction())
        return Fraction(str(round(float(1 - self._rate) ** float(years), _DIGITS)))

    def told(self) -> dict[str, Any]:
        """The rate and its conventions, for a because."""
        return {"annual": float(self._rate), "shape": self.shape, "counted": self.counted}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The months looked at, and what happens to people in them.

    `ramp`: share of a full head in the first, second, ... month of tenure; beyond the last it is 1. `season`: weight of
    each month (see `cascade.seasons`), by default 1. Raises Refusal when a share is outside 0 to 1, or for no months.
    """

    months: Sequence[Period]
    ramp: Sequence[Decimal | Fraction | float]
    attrition: Attrition
    season: Sequence[Fraction | int] = ()
    shares: tuple[Fraction, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse what cannot be counted with."""
        if not self.months:
            raise _refusal("There are no months.", "Give at least one month.")
        if self.season and (len(self.season) != len(self.months) or min(self.season) < 0):
            why = f"{len(self.season)} seasonal weights do not fit {len(self.months)} months, or one is below zero."
            raise _refusal(why, "Give each month one weight of zero or more.")
        object.__setattr__(self, "shares", tuple(exact_ratio(share, "ramp") for share in self.ramp))

    def weight(self, at: int) -> Fraction:
        """The seasonal weight of the month at a position."""
        return Fraction(self.season[at]) if self.season else Fraction(1)

    def told(self) -> dict[str, Any]:
        """The conventions, for a because."""
        return {"ramp": [float(share) for share in self.shares], "attrition": self.attrition.told()}


@dataclass(frozen=True, slots=True)
class Presence:
    """A head of a cohort in one month: its ramp, the share of the month since its start, the share still there."""

    ramp: Fraction
    begun: Fraction
    there: Fraction

    @property
    def ramped(self) -> Fraction:
        """The share of a full head had nobody left."""
        return self.ramp * self.begun

    @property
    def share(self) -> Fraction:
        """The share of a fully ramped head."""
        return self.ramped * self.there


def presences(starts_on: dt.date, ends_on: dt.date | None, outlook: Outlook) -> list[Presence]:
    """What one head started on a day is in each month. One per month of the outlook.

    Tenure is counted in the outlook's months, before them in calendar months begun; that of the start is the first. A
    month begun or ended within counts by its days. Attrition runs from the outlook's first month, or from the start if
    that is later. Costs a few fractions per month.

    >>> from quarterdeck.terms.period import Period
    >>> months = [Period(dt.date(2025, at, 1), dt.date(2025, at + 1, 1)) for at in (1, 2, 3)]
    >>> calm = Attrition(annual=0, shape="linear", counted="end")
    >>> outlook = Outlook(months=months, ramp=[Fraction(1, 4), Fraction(1, 2)], attrition=calm)
    >>> [str(head.share) for head in presences(dt.date(2025, 2, 15), None, outlook)]
    ['0', '1/8', '1/2']
    """
    first = position(starts_on, outlook.months)
    found = []
    for at, month in enumerate(outlook.months):
        begun = max(starts_on, month.starts_on)
        if begun >= month.ends_on:
            found.append(Presence(Fraction(), Fraction(), Fraction()))
            continue
        n_days = (month.ends_on - begun).days
        n_there = n_days if ends_on is None else min(max((ends_on - begun).days, 0), n_days)
        ramp = outlook.shares[at - first] if at - first < len(outlook.shares) else Fraction(1)
        survival = outlook.attrition.survival(at - max(first, 0))
        found.append(Presence(ramp, Fraction(n_days, month.n_days), survival * Fraction(n_there, n_days)))
    return found


def ramped_heads(cohorts: Sequence[tuple[int, Decimal | Fraction | float]]) -> Fraction:
    """Heads in fully ramped equivalents: the sum of (heads, ramp share).

    >>> float(ramped_heads([(5, 0.25), (3, 0.6), (2, 0.85), (15, 1)]))
    19.75
    """
    return sum((heads * exact_ratio(ramp, "ramp") for heads, ramp in cohorts), Fraction())


def position(day: dt.date, months: Sequence[Period]) -> int:
    """The position of the month in which a day lies; below zero in calendar months begun before the first."""
    first = months[0].starts_on
    if day >= first:
        return next((at for at, month in enumerate(months) if day < month.ends_on), len(months))
    whole = (first.year - day.year) * _MONTHS_A_YEAR + first.month - day.month
    return -(whole + (1 if first.day > day.day else 0))


def _refusal(why: str, next_step: str) -> Refusal:
    return Refusal("The capacity was not computed.", why, next_step, "capacity")
