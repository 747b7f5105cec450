"""What a draft is driven by besides pins: the basis of its weights, what seats carry, guard rails, hedges by level.

    basis    half by last year, half by potential of accounts      undone like a pin
    carry    ramp 25, 50, 75 %, part time, leave, vacant seats half
    rail     rita's year between -10 % and +25 % on last year      what cannot be met is refused
    hedge    5 % at the top, 10 % at the teams                     the street layer on top of the plan layer

Each is one edit of the plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, get_args

from quarterdeck.engine.cascade.bases import BY_POTENTIAL, BasisKind
from quarterdeck.services import access
from quarterdeck.services.plans.changes import WHAT, Change, edit_added
from quarterdeck.services.plans.doors import plan_for
from quarterdeck.services.plans.edits import digested
from quarterdeck.services.plans.grids import node_names
from quarterdeck.services.plans.potential import SOURCES, potentials_by_person, sources_known
from quarterdeck.services.plans.seats import carrying_of, seats_read
from quarterdeck.services.plans.weighing import CONVENTIONS, basis_said, basis_words, carrying_words
from quarterdeck.services.scene import Scene
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
    conventions: Mapping[str, Any]
    """What was named with the basis."""
    carrying: Mapping[str, Any]
    """What seats carry, as chosen; empty: all of every month."""
    sources: tuple[str, ...]
    """From what a potential is known."""

    @property
    def said(self) -> str:
        """The basis in words."""
        return basis_words(self.basis, self.conventions)

    @property
    def carrying_said(self) -> str:
        """What seats carry in words; empty where all carry whole months."""
        return carrying_words(self.carrying)


def drivers(found: Door, edits: Edits) -> Drivers:
    """What drives the plan, as far as the actor sees it."""
    deepest = max(len(found.ground.above(node)) for node in found.ground.nodes)
    return Drivers(
        basis=edits.basis or found.plan.goal.basis,
        hedges=tuple((depth, edits.hedges.get(depth, "0")) for depth in range(deepest)),
        rails=tuple((node, *rail) for node, rail in sorted(edits.rails.items()) if node in found.seen),
        conventions={name: value for name, value in edits.conventions.items() if name not in {"weights", "potential"}},
        carrying=edits.carry.get("choices", {}),
        sources=sources_known(found.actor),
    )


def weighable(actor: Actor, plan_id: int) -> dict[str, str]:
    """Nodes of a plan that may be given a weight, by folded name; names that several have are left out."""
    found = plan_for(actor, plan_id)
    names: dict[str, list[str]] = {}
    for node, name in node_names(found).items():
        names.setdefault(name.strip().casefold(), []).append(node)
    return {name: nodes[0] for name, nodes in names.items() if len(nodes) == 1}


def basis_chosen(
    actor: Actor, plan_id: int, *, basis: str, weights: Mapping[str, int] | None = None,
    conventions: Mapping[str, str] | None = None,
) -> Change:  # fmt: skip
    """Weigh anew; for who edits all of the plan. `weights`: given ones by node; `conventions`: texts by name.

    By potential it has to be said from where (`potential_from`) and what who has none weighs (`unknown`); a blend says
    its `history_share`, a growth share may say `growth` and `relief` of the bases, with its `relief_rule`. Potential
    is kept with the edit as it was known. Raises Refusal (`plan_driver`) for what is open, unknown or means nothing.
    """
    found = plan_for(actor, plan_id)
    if basis not in get_args(BasisKind):
        choices = ", ".join(get_args(BasisKind))
        raise Refusal(WHAT, f"There is no basis '{basis[:20]}'.", f"Choose one of {choices}.", "plan_driver")
    given = dict(weights or {})
    _check_weights(found, basis, given)
    said = {name: text.strip() for name, text in (conventions or {}).items() if name in CONVENTIONS and text.strip()}
    said |= {name: str(_ratio(said[name], least=least)) for name, least in _RATIOS.items() if name in said}
    basis_said(basis, given, said)
    if basis in BY_POTENTIAL:
        found.require_editable({found.ground.root}, WHAT)
        said |= _potential(found, said.get("potential_from", ""))
    return edit_added(found, "basis", [digested({"basis": basis, "weights": given, **said})])


_RATIOS: Final = {"history_share": 0, "growth": -1, "relief": 0}
"""Ratios of a basis, and the least that each may be."""


def _check_weights(found: Door, basis: str, given: dict[str, int]) -> None:
    if unknown := sorted(set(given) - found.seen):
        raise Refusal(WHAT, f"'{unknown[0][:40]}' is not in the plan.", "Weigh only who is.", "plan_driver")
    is_sound = all(type(weight) is int and 0 <= weight <= MAX_MINOR for weight in given.values())
    if (basis == "weights") != any(given.values()) or not is_sound:
        why = "Given weights are whole numbers from zero, some above it, and go with the basis weights alone."
        raise Refusal(WHAT, why, "Give weights, or another basis.", "plan_driver")


def _potential(found: Door, source: str) -> dict[str, Any]:
    """The potential of the plan's people from a named source, as known on the year's first day."""
    if source not in SOURCES:
        why = "It is not said what the potential is of."
        raise Refusal(WHAT, why, f"Choose one of {', '.join(SOURCES)}.", "plan_driver")
    known = potentials_by_person(source, found.plan.starts_on)
    own = {node: amount for node, amount in known.items() if node in found.ground.nodes}
    if not any(own.values()):
        why = f"No potential of {source} is known of anybody in this plan on {found.plan.starts_on}."
        raise Refusal(WHAT, why, "Import a file of potentials, or choose another basis.", "plan_driver")
    return {"potential_from": source, "potential": own, "potential_on": str(found.plan.starts_on)}


def carrying_set(
    actor: Actor, plan_id: int, *, ramp: Sequence[str] = (), vacancy: str = "", day_count: str = "", **is_on: bool
) -> Change:
    """Say what seats carry of full months: a ramp by month of tenure, a share for vacant seats, and what else counts.

    `is_on`: part_time, leave, working_days; what is left out is off. Facts of the seats are kept as known now.
    Raises Refusal (`plan_driver`) for shares outside of 0 to 1, and where days are counted without saying which.
    """
    found = plan_for(actor, plan_id)
    found.require_editable({found.ground.root}, WHAT)
    choices = {name: bool(is_on.get(name)) for name in ("part_time", "leave", "working_days")} | {
        "ramp": [str(_ratio(share, least=0)) for share in ramp],
        "vacancy": str(_ratio(vacancy, least=0)) if vacancy.strip() else None,
        "day_count": day_count or None,
    }  # fmt: skip
    carrying = carrying_of(choices)
    facts = seats_read(Scene(actor, found.plan.starts_on), found.ground) if carrying.is_on else {}
    return edit_added(found, "carry", [digested({"choices": choices, **facts})])


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
