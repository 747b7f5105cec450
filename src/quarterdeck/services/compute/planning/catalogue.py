"""All functions of `compute plan` by name, in the order in which they are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from quarterdeck.services.compute.planning import (
    capacity,
    fairness,
    funnels,
    goals,
    growth,
    plans,
    quotas,
    sizing,
    spans,
    territories,
)

if TYPE_CHECKING:
    from quarterdeck.services.compute.planning.declared import PlanFunction

FUNCTIONS: Final[dict[str, PlanFunction]] = {
    function.name: function
    for room in (goals, quotas, plans, spans, capacity, sizing, funnels, growth, territories, fairness)
    for function in room.FUNCTIONS
}
