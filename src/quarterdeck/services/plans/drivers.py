"""What a draft is driven by besides pins: the basis of its weights, guard rails, and the hedge of each level.

    basis    history, even, or given weights                       undone like a pin
    rail     rita's year between -10 % and +25 % on last year      what cannot be met is refused
    hedge    5 % at the top, 10 % at the teams                     the street layer on top of the plan layer

Each is one edit of the plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from quarterdeck.records.models.plans import BASES
from quarterdeck.services import access
from quarterdeck.services.plans.changes import WHAT, Change, edit_added
from quarterdeck.services.plans.doors import plan_for
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR

if TYPE_CHECKING:
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.plans.doors import Door
    from quarterdeck.services.plans.edits import Edits

DEEPEST: Final = 20
LARGEST: Final = 100
"""A ratio of 100 is ten thousand percent: beyond it somebody meant something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drivers:
    """What drives a plan now; ratios are exact decimals as text."""

    basis: str
    hedges: tuple[tuple[int, str], ...]
    """Depth and ratio, one per level that has anything below."""
    rails: tuple[tuple[str, str | None, str | None], ...]
    """Node, least and most growth on last year."""


def drivers(found: Door, edits: Edits) -> Drivers:
    """What drives the plan, as far as the actor sees it."""
    deepest = max(len(found.ground.above(node)) for node in found.ground.nodes)
    return Drivers(
        basis=edits.basis or found.plan.goal.basis,
        hedges=tuple((depth, edits.hedges.get(depth, "0")) for depth in range(deepest)),
        rails=tuple((node, *rail) for node, rail in sorted(edits.rails.items()) if node in found.seen),
    )


def basis_chosen(actor: Actor, plan_id: int, *, basis: str, weights: Mapping[str, int] | None = None) -> Change:
    """Weigh by history, evenly, or by given weights; for who edits all of the plan."""
    found = plan_for(actor, plan_id)
    given = dict(weights or {})
    if basis not in BASES:
        raise Refusal(WHAT, f"There is no basis '{basis[:20]}'.", f"Choose one of {', '.join(BASES)}.", "plan_driver")
    if unknown := sorted(set(given) - found.seen):
        raise Refusal(WHAT, f"'{unknown[0][:40]}' is not in the plan.", "Weigh only who is.", "plan_driver")
    is_sound = all(type(weight) is int and 0 <= weight <= MAX_MINOR for weight in given.values())
    if (basis == "weights") != any(given.values()) or not is_sound:
        why = "Given weights are whole numbers from zero, some above it, and go with the basis weights alone."
        raise Refusal(WHAT, why, "Give weights, or another basis.", "plan_driver")
    return edit_added(found, "basis", [{"basis": basis, "weights": given}])


def rail_set(actor: Actor, plan_id: int, *, node: str, minimum: str, maximum: str) -> Change:
    """Bound a node's growth on last year; empty text is no bound, both empty take the rails away."""
    found = plan_for(actor, plan_id)
    if node not in found.seen:
        raise access.not_visible("node")
    low, high = (_ratio(text, least=-1) if text.strip() else None for text in (minimum, maximum))
    if low is not None and high is not None and low > high:
        raise Refusal(WHAT, "The least growth is above the most.", "Change one of the two.", "plan_driver")
    rail = {"minimum": None if low is None else str(low), "maximum": None if high is None else str(high)}
    return edit_added(found, "rail", [{"node": node} | rail])


def hedges_set(actor: Actor, plan_id: int, *, ratios: Mapping[int, str]) -> Change:
    """Put a hedge on what levels hand down: ratios by depth, the top is 0; for who edits all of the plan."""
    found = plan_for(actor, plan_id)
    if not ratios or not all(0 <= depth <= DEEPEST for depth in ratios):
        raise Refusal(WHAT, "It names no level.", "Give a ratio for a level of the plan.", "plan_driver")
    lines = [{"depth": depth, "ratio": str(_ratio(text or "0", least=0))} for depth, text in sorted(ratios.items())]
    return edit_added(found, "hedge", lines)


def _ratio(text: str, *, least: int) -> Decimal:
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        found = Decimal("NaN")
    if not (found.is_finite() and least <= found <= LARGEST and len(found.as_tuple().digits) <= 12):  # noqa: PLR2004  a ratio, not a number
        raise Refusal(WHAT, f"'{text[:30]}' is no such ratio.", "Write 0.05 for 5 %.", "plan_driver")
    return found
