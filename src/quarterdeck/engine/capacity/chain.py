"""How many heads a target takes: from target to ramped heads, attrition, ramp, and up to a whole head.

    target 50,000,000 at 1,000,000 a head, 85 % reached          58.8 ramped heads
    15 % leave in a year, on average in its middle   / 0.925     63.6
    30 % are ramping, at half a head                 / 0.85      74.8   -> 75 heads

Source of the chain: planning case cap-05 (wiki.himodus.com/docs/foundations/what-is-capacity-planning).
See docs/methods/headcount.md.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from quarterdeck.engine.calendar.exact import exact_ratio
from quarterdeck.terms.errors import Refusal

Ratio = Decimal | Fraction | float
Timing = Literal["start", "mid_year", "end", "none"]
_LOST: Final = {"start": Fraction(1), "mid_year": Fraction(1, 2), "end": Fraction(0), "none": Fraction(0)}
"""Which part of a year those who leave are missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadcountDrivers:
    """What the number of heads depends on; amounts in minor units, ratios of 0 to 1 (attainment may exceed 1).

    `attrition_timing`: when in the year people leave on average: at its start (missing all year), mid_year, at its end.
    """

    target_minor: int
    quota_minor: int
    attainment: Ratio
    attrition: Ratio
    attrition_timing: Timing
    share_ramping: Ratio
    ramping_productivity: Ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class Headcount:
    """Heads by link of the chain, exact, and whole; `because` is JSON."""

    ramped: Fraction
    with_attrition: Fraction
    exact: Fraction
    n_heads: int
    because: str


def headcount(drivers: HeadcountDrivers) -> Headcount:
    """The heads that a target takes, rounded up once at the end.

    Raises Refusal for a quota or attainment not above zero, a target below zero, everybody leaving at the start,
    everybody ramping at nothing, an unknown timing.

    >>> found = headcount(HeadcountDrivers(target_minor=50_000_000, quota_minor=1_000_000, attainment=0.85,
    ...     attrition=0.15, attrition_timing="mid_year", share_ramping=0.3, ramping_productivity=0.5))
    >>> round(float(found.exact), 4), found.n_heads
    (74.8153, 75)
    """
    if drivers.attrition_timing not in _LOST:
        raise _refusal(f"'{drivers.attrition_timing}' is no timing.", f"Choose one of {', '.join(_LOST)}.")
    per_head = drivers.quota_minor * exact_ratio(drivers.attainment, "attainment", most=None)
    staying = 1 - exact_ratio(drivers.attrition, "attrition") * _LOST[drivers.attrition_timing]
    idle = 1 - exact_ratio(drivers.ramping_productivity, "productivity of those ramping")
    ready = 1 - exact_ratio(drivers.share_ramping, "share ramping") * idle
    if per_head <= 0 or staying <= 0 or ready <= 0 or drivers.target_minor < 0:
        too_little = f"A head brings {float(per_head * staying * ready):g} towards {drivers.target_minor}."
        raise _refusal(too_little, "Give quota, attainment and productivity above zero.")
    ramped = drivers.target_minor / per_head
    exact = ramped / staying / ready
    why = {
        "attrition_timing": drivers.attrition_timing,
        "staying": str(staying),
        "ready": str(ready),
        "rounding": "up",
    }
    return Headcount(
        ramped=ramped,
        with_attrition=ramped / staying,
        exact=exact,
        n_heads=math.ceil(exact),
        because=json.dumps(why),
    )


def _refusal(why: str, next_step: str) -> Refusal:
    return Refusal("The heads were not counted.", why, next_step, "sizing")
