"""By what a plan is spread, read from its edits and its goal, and said in words.

{"basis": "blend", "history_share": "0.5", "unknown": "mean", "potential_from": "accounts", ...}
50 % by last year, 50 % by potential of accounts; who has none weighs the mean of those beside
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.engine.cascade.bases import Basis

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quarterdeck.records.models import Goal
    from quarterdeck.services.plans.edits import Edits

CONVENTIONS: Final = ("potential_from", "unknown", "history_share", "growth", "relief", "relief_rule")
"""What may be named with a basis, as text."""


def basis_of(edits: Edits, goal: Goal) -> Basis:
    """By what the plan is spread: the last basis chosen, else the goal's."""
    if not edits.basis:
        return Basis(kind=goal.basis, weights=goal.weights)  # type: ignore[arg-type]  # one of the goal's choices
    return basis_said(edits.basis, edits.weights, edits.conventions)


def basis_said(kind: str, weights: Mapping[str, int], said: Mapping[str, Any]) -> Basis:
    """A basis from the texts that name its conventions. Raises Refusal (`plan_driver`) for one that is open."""
    share = said.get("history_share")
    return Basis(
        kind=kind, weights=weights, unknown=said.get("unknown"),  # type: ignore[arg-type]  # Basis checks its kind
        history_share=None if share is None else Fraction(share), growth=Fraction(said.get("growth", 0)),
        relief=Fraction(said.get("relief", 0)), relief_rule=said.get("relief_rule"),
        potential_of=said.get("potential_from", ""),
    )  # fmt: skip


def percent(ratio: str | Fraction) -> str:
    """A ratio as people read it.

    >>> percent("0.125"), percent("1")
    ('12.5 %', '100 %')
    """
    return f"{Decimal(float(ratio) * 100).quantize(Decimal('0.01')).normalize():f} %"


def basis_words(kind: str, said: Mapping[str, Any]) -> str:
    """A basis with its conventions, for a sentence that begins with "Shares by"."""
    market = f"potential of {said.get('potential_from', '')}"
    words = {
        "history": "what each brought last year", "even": "the same for each", "weights": "given weights",
        "potential": market, "growth_share": f"last year{_grown(said)}, and a share of the growth by {market}",
    }.get(kind)  # fmt: skip
    if kind == "blend":
        share = Fraction(said["history_share"])
        words = f"last year for {percent(share)}, {market} for {percent(1 - share)}"
    unknown = {"mean": "; who has none weighs the mean of those beside", "none": "; who has none weighs nothing"}
    return (words or kind) + unknown.get(said.get("unknown", ""), "")


def _grown(said: Mapping[str, Any]) -> str:
    growth, relief = said.get("growth", "0"), said.get("relief", "0")
    if not (Fraction(growth) or Fraction(relief)):
        return ""
    rule = "subtracted from it" if said.get("relief_rule") == "additive" else "multiplied with it"
    less = f" less {percent(relief)} relief, {rule}" if Fraction(relief) else ""
    return f" grown by {percent(growth)}{less}"


def carrying_words(choices: Mapping[str, Any]) -> str:
    """What seats carry, for a sentence; empty where all carry whole months."""
    days = {"calendar": "all days", "weekdays": "Monday to Friday"}.get(choices.get("day_count") or "", "")
    parts = [
        f"ramp {', '.join(percent(share) for share in choices['ramp'])}" if choices.get("ramp") else "",
        "part time" if choices.get("part_time") else "", "leave" if choices.get("leave") else "",
        f"vacant seats {percent(choices['vacancy'])}" if choices.get("vacancy") is not None else "",
        "working days" if choices.get("working_days") else "", f"counting {days}" if days else "",
    ]  # fmt: skip
    return ", ".join(part for part in parts if part)


_CAUSES: Final = {
    "ramp": "still ramping up", "part_time": "part time", "leave": "leave", "vacancy": "vacant",
    "working_days": "working days of the month",
}  # fmt: skip


def causes_words(found: list[tuple[str, float]]) -> str:
    """Why a seat carries less, or more, than a whole month.

    >>> causes_words([("ramp", 0.5), ("part_time", 0.8)])
    'still ramping up 50 %, part time 80 %'
    """
    return ", ".join(f"{_CAUSES[cause]} {percent(Fraction(factor))}" for cause, factor in found)
