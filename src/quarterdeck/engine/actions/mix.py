"""A mix of actions: more of one kind for less of another, within a limit; as many deals are expected as before.

    needed today     10 calls   4 meetings   2 proposals
    25 % of the meetings go to calls, the limit is 20 %
                     12 calls   3.2 meetings 2 proposals    what one gives up the other takes on, percent for percent

Each step of a funnel stands for the same deals: so many calls, or the meetings that they lead to. A part of one is
worth the same part of another. See docs/methods/action-mix.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Mix:
    """How far somebody shifts, and the limit they have, in percent from 0 to 100."""

    more: str
    fewer: str
    percent: int
    limit: int

    @property
    def used(self) -> int:
        """The percent that counts: as chosen, at most the limit."""
        return min(self.percent, self.limit)

    def factors(self) -> dict[str, Fraction]:
        """By kind, how much of what is needed it takes on; kinds left out as they come out. They sum to their number.

        >>> {kind: str(factor) for kind, factor in Mix("call", "meeting", 25, 20).factors().items()}
        {'call': '6/5', 'meeting': '4/5'}
        """
        part = Fraction(self.used, 100)
        return {self.more: 1 + part, self.fewer: 1 - part} if part and self.more != self.fewer else {}
