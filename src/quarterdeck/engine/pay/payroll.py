"""Settlements of a person under all their plans as one sum to be paid; what is below zero waits for the next batch.

settled   1,000.00    brought  -300.00   ->   paid 700.00    carried nothing
settled    -300.00                       ->   paid nothing   carried -300.00
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from quarterdeck.engine.pay.exact import overflow
from quarterdeck.terms.money import MAX_MINOR

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class PaidOut:
    """What one person gets from a batch, in minor units; `carried` is zero or less."""

    settled: int
    brought: int
    paid: int
    carried: int


def paid_out(settled: Mapping[Key, int], brought: Mapping[Key, int]) -> dict[Key, PaidOut]:
    """By person; whose sum and balance are both zero has no row. Raises Refusal for what no ledger holds.

    >>> paid_out({"rita": 100000, "raj": 0}, {"rita": -30000})
    {'rita': PaidOut(settled=100000, brought=-30000, paid=70000, carried=0)}
    >>> paid_out({"sam": -5}, {})["sam"].carried
    -5
    """
    found = {}
    for who in [*settled, *(key for key in brought if key not in settled)]:
        own, before = settled.get(who, 0), brought.get(who, 0)
        if abs(due := own + before) > MAX_MINOR:
            raise overflow(due)
        if own or before:
            found[who] = PaidOut(own, before, max(due, 0), min(due, 0))
    return found
