"""Numbers and standings in the words of a sentence: what a person would say aloud.

4,200,000 minor units of USD -> "42,000 USD"      0.873 -> "87 %"      pace 0.7 -> "far behind"
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

from quarterdeck.terms.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quarterdeck.services.desks.shapes import Number, Standing, Unit

AHEAD: Final = 1.05
ON_PACE: Final = 0.95
BEHIND: Final = 0.8
"""From which pace a number is ahead, on pace, behind; below that far behind."""

KIND_TITLES: Final = {
    "call": ("call", "calls"), "email": ("email", "emails"), "meeting": ("meeting", "meetings"),
    "demo": ("demo", "demos"), "proposal": ("proposal", "proposals"), "other": ("other", "others"),
}  # fmt: skip


def standing_of(pace: float | None, *, remaining: int | None = None, target: int | None = None) -> Standing:
    """The word for a pace; a target that is reached is ahead whatever the pace.

    >>> standing_of(0.9), standing_of(None), standing_of(None, remaining=0, target=5)
    ('behind', 'unknown', 'ahead')
    """
    if target and remaining == 0:
        return "ahead"
    if pace is None:
        return "unknown"
    return "ahead" if pace >= AHEAD else "on_pace" if pace >= ON_PACE else "behind" if pace >= BEHIND else "far_behind"


def said(value: Number | None, unit: Unit, currency: str) -> str:
    """A number as a sentence says it: whole currency units, whole percents, days with one digit.

    >>> said(4200050, "money", "USD"), said(0.125, "ratio", "USD"), said(12, "count", "USD"), said(None, "money", "USD")
    ('42,001 USD', '13 %', '12', 'nothing known')
    """
    if value is None:
        return "nothing known"
    if unit == "money":
        major = Money(round(value), currency).major
        return f"{major.quantize(Decimal(1), ROUND_HALF_UP):,} {currency}"
    if unit == "ratio":
        return f"{Decimal(str(float(value) * 100)).quantize(Decimal(1), ROUND_HALF_UP)} %"
    return f"{float(value):,.1f} days" if unit == "days" else f"{round(value):,}"


def counted(n: int, kind: str) -> str:
    """A number of activities of a kind.

    >>> counted(1, "call"), counted(3, "proposal")
    ('1 call', '3 proposals')
    """
    one, many = KIND_TITLES.get(kind, (kind, f"{kind}s"))
    return f"{n:,} {one if n == 1 else many}"


def joined(parts: Sequence[str]) -> str:
    """Parts of a list as a sentence has them.

    >>> joined(["2 proposals", "3 meetings", "11 calls"]), joined(["a", "b"]), joined([])
    ('2 proposals, 3 meetings and 11 calls', 'a and b', '')
    """
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
