"""What an amendment is: as somebody wants it, and with all that it moves.

draft   leaver, person:7, from 16 May, that day counts, the seat keeps the rest, "went to sea"
moved   plan    person:7    2026-05-01   53,000.00 -> 25,645.00      street ...
        plan    position:4  2026-05-01        0.00 -> 27,355.00
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from quarterdeck.engine.cascade.amendments import Running
    from quarterdeck.engine.cascade.proration import DayCount, FirstDay
    from quarterdeck.services.plans.notices import Told
    from quarterdeck.services.plans.transfers import Moved

WHAT: Final = "The plan was not amended."
Kind = Literal["leaver", "mover", "account", "territory", "amount", "pins"]
Rest = Literal["vacancy", "respread"]
ShareBy = Literal["sales", "even", "given"]
"""What part of a holder's number an account or territory stands for: sales of twelve months, accounts, or as said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """Something that goes from who carries it to somebody else, and its part of the number."""

    what: str
    """account:12 or territory:3."""
    giver: str
    """Who carried it: a row of the plan such as person:7."""
    receiver: str
    """Who carries it from the day on: a row of the plan, or a person with a rep's seat in one of its teams."""
    share: Fraction | None = None
    """Its part of the giver's number, from 0 to 1; only where shares are given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentDraft:
    """An amendment as somebody wants it; conventions that its kind needs have no default that holds."""

    plan_id: int
    kind: Kind
    node: str
    """Who left or moved, or whose year is another one; the top for `amount`. Account, territory: nobody."""
    effective_on: dt.date
    """Leaver, mover: the first day no longer there. Account, territory: the day on which it moves. Amount, pins: from
    which day on months are spread again."""
    first_day: FirstDay | Literal[""] = ""
    """All that move: whether that day counts for who takes over."""
    day_count: DayCount = "calendar"
    rest: Rest = "vacancy"
    """Leaver: what happens with the rest of the number."""
    handovers: tuple[Handover, ...] = ()
    """Account, territory: what goes from whom to whom."""
    share_by: ShareBy | Literal[""] = ""
    """Account, territory: what part of the giver's number goes along."""
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
    stories: Mapping[str, str] = field(default_factory=dict)
    """By node, what of it concerns them, where that is not all of it."""


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


def amended_nodes(formula: Mapping[str, Any]) -> set[str]:
    """The rows that an amendment is about, as its formula names them."""
    named = {node for _, *nodes, _ in formula.get("handovers", ()) for node in nodes}
    return named | {formula[name] for name in ("giver", "node") if name in formula}
