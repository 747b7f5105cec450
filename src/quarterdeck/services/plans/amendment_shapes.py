"""What an amendment is: as somebody wants it, and with all that it moves.

draft   leaver, person:7, from 16 May, that day counts, the seat keeps the rest, "went to sea"
moved   plan    person:7    2026-05-01   53,000.00 -> 25,645.00      street ...
        plan    position:4  2026-05-01        0.00 -> 27,355.00
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from quarterdeck.engine.cascade.amendments import Running
    from quarterdeck.engine.cascade.proration import DayCount, FirstDay
    from quarterdeck.services.plans.notices import Told
    from quarterdeck.services.plans.transfers import Moved

WHAT: Final = "The plan was not amended."
Kind = Literal["leaver", "mover", "amount", "pins"]
Rest = Literal["vacancy", "respread"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentDraft:
    """An amendment as somebody wants it; conventions that its kind needs have no default that holds."""

    plan_id: int
    kind: Kind
    node: str
    """Who left or moved, or whose year is another one; the top for `amount`."""
    effective_on: dt.date
    """Leaver, mover: the first day no longer there. Else from which day on months are spread again."""
    first_day: FirstDay | Literal[""] = ""
    """Leaver, mover: whether that day counts for who takes over."""
    day_count: DayCount = "calendar"
    rest: Rest = "vacancy"
    """Leaver: what happens with the rest of the number."""
    amount: int | None = None
    """Amount, pins: the node's new year."""
    running: Running | Literal[""] = ""
    """Amount, pins: whether the month in which the day lies is still open."""
    trigger: str = ""
    version: int | None = None
    """How many amendments its author saw; None: whatever there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What an amendment comes to: its story, the conventions, and every cell by layer."""

    story: str
    because: str
    """The conventions in words."""
    formula: dict[str, Any]
    moved: dict[str, list[Moved]]
    nodes: Sequence[Sequence[Any]] = field(default_factory=list)
    """Rows of seats that the plan did not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearMoved:
    """A node's year before and after."""

    node: str
    name: str
    before: int
    after: int

    @property
    def difference(self) -> int:
        """How much more."""
        return self.after - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentMade:
    """An amendment with all that it moves, written or not."""

    draft: AmendmentDraft
    trigger: str
    changes: Changes
    years: tuple[YearMoved, ...]
    """Of the plan layer: people and seats with a cell that moved, then teams."""
    told: tuple[Told, ...]
    """Who is to be told."""
