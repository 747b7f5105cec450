"""How a goal came about, in words: what was said of it, and its shape.

growth 0.1, relief 0.02 additive          10 % more than last year, less 2 % relief subtracted from growth
segments, market_growth 0.1               shares of 2 markets as sized on 31 December 2025, grown by 10 %
quarters 22 24 24 30                      quarters 22 : 24 : 24 : 30
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from quarterdeck.services.desks.words import exactly_said
from quarterdeck.services.plans.weighing import percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quarterdeck.records.models import Goal


def how_words(goal: Goal, unit: str, currency: str) -> str:
    """What was said of a goal besides an amount; empty where there is nothing."""
    how: Mapping[str, Any] = goal.how or {}
    parts = [
        _growth(goal.growth, how), _market(how), _mix(how, unit, currency), _path(how, unit, currency),
        f"quarters {' : '.join(how['quarters'])}" if how.get("quarters") else "",
    ]  # fmt: skip
    return "; ".join(part for part in parts if part)


def _growth(growth: str, how: Mapping[str, Any]) -> str:
    if not growth:
        return ""
    grown = Fraction(growth)
    said = f"{percent(abs(grown))} {'less' if grown < 0 else 'more'} than last year"
    if not how.get("relief"):
        return said
    rule = "subtracted from growth" if how["relief_rule"] == "additive" else "multiplied with growth"
    return f"{said}, less {percent(how['relief'])} relief {rule}"


def _market(how: Mapping[str, Any]) -> str:
    if not how.get("segments"):
        return ""
    n_markets, sized = len(how["segments"]), dt.date.fromisoformat(how["sized_on"])
    return (
        f"shares of {n_markets} market{'' if n_markets == 1 else 's'} as sized on {sized:%-d %B %Y}, "
        f"grown by {percent(how['market_growth'])}"
    )


def _mix(how: Mapping[str, Any], unit: str, currency: str) -> str:
    if not how.get("parts"):
        return ""
    base = exactly_said(how["base"], unit, currency)
    kept, expansion = percent(how["retained"]), percent(how["expansion"])
    return f"{kept} of last year's {base} kept, {expansion} expansion, and new business"


def _path(how: Mapping[str, Any], unit: str, currency: str) -> str:
    if not (path := how.get("years")):
        return ""
    alike = "the same growth" if path["path"] == "compound" else "the same amount more"
    first = exactly_said(path["first"], unit, currency)
    return f"year {path['year']} of {path['n_years']} from {first}, {alike} each year"
