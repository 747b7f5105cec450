"""Statement lines in words: what a step is, in which band it lies, and what the band pays.

credit   band 2   ->   "Order o-17"          "100 % to 125 %, times 1.5"
correction of 2026-01                        "Correction of January 2026"
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from quarterdeck.services.desks.words import exactly_said

if TYPE_CHECKING:
    from quarterdeck.engine.pay.definitions import Plan, RateTable

KINDS: Final = {
    "credit": "Credited", "restated": "What was credited before, at the rate now reached", "cap": "Above the cap",
    "floor": "Up to the least that is paid", "pool": "Share of the pool", "correction": "Correction",
    "guarantee": "Up to the guarantee", "draw": "Advance", "recovery": "Repaid of earlier advances",
    "held": "Earned, paid when the customer pays", "released": "Paid now that the customer paid",
    "carried": "Balance below zero, carried",
}  # fmt: skip
_MODES: Final = {
    "multiplier": "times {}", "rate": "{}", "amount": "{} each", "percent_of_target_pay": "{} of target pay",
}  # fmt: skip


def kind_said(kind: str, for_starts_on: dt.date | None) -> str:
    """What a step is.

    >>> kind_said("correction", dt.date(2026, 1, 1)), kind_said("draw", None)
    ('Correction of January 2026', 'Advance')
    """
    said = KINDS.get(kind, kind)
    return f"{said} of {for_starts_on:%B %Y}" if for_starts_on else said


def event_said(event_id: str) -> str:
    """An event by its own code, with what it is.

    >>> event_said("crm:o-17"), event_said("crm:return:r-2"), event_said("quarterdeck:credit:9f2c")
    ('o-17', 'return r-2', 'approved credit')
    """
    _, _, code = event_id.partition(":")
    kind, _, rest = code.partition(":")
    return "approved credit" if kind == "credit" and rest else f"{kind} {rest}" if rest else code


def band_said(plan: Plan, component: str, band: int | None, currency: str) -> str:
    """The bounds of a band of a component's table, and what it pays; nothing where there is no one band."""
    table = next((one.table for one in plan.components if one.name == component), None)
    if table is None or not band or len(table.dimensions) != 1 or band > table.dimensions[0].n_bands:
        return ""
    of = table.dimensions[0]
    low, high = (_bound(bound, of.unit, currency) for bound in of.bounds[band - 1 : band + 1])
    span = f"from {low}" if high is None else f"{low} to {high}"
    return f"{span}, {_value(table, band - 1, currency)}"


def _bound(bound: Fraction | None, unit: str, currency: str) -> str | None:
    return None if bound is None else exactly_said(bound, unit, currency)


def _value(table: RateTable, at: int, currency: str) -> str:
    value = table.values[at]
    if table.kind == "amount":
        return _MODES["amount"].format(exactly_said(value, "money", currency))
    if table.kind == "multiplier":
        return _MODES["multiplier"].format(f"{float(value):g}")
    return _MODES[table.kind].format(exactly_said(value, "ratio", currency))
