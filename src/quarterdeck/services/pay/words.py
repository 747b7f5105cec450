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
    from quarterdeck.services.pay.statements import Line

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


def band_said(plan: Plan, component: str, band: int | None) -> str:
    """The bounds of a band of a component's table, and what it pays; nothing where there is no one band."""
    table = next((one.table for one in plan.components if one.name == component), None)
    if table is None or not band or len(table.dimensions) != 1 or band > table.dimensions[0].n_bands:
        return ""
    of, currency = table.dimensions[0], plan.currency
    low, high = (_bound(bound, of.unit, currency) for bound in of.bounds[band - 1 : band + 1])
    span = f"from {low}" if high is None else f"{low} to {high}"
    return f"{span}, {_value(table, band - 1, currency)}"


def rate_said(plan: Plan, component: str, rate: str, multiplier: str) -> str:
    """What a component's own rate came to, and what it is multiplied by; nothing where it has neither.

    >>> from quarterdeck.engine.pay.reading import plan_from_text
    >>> plan = plan_from_text('''{plan: reps, currency: USD, effective_from: 2025-01-01, effective_to: 2026-01-01,
    ...   measures: {sales: {window: year}}, components: [{name: pay, measure: sales, rate: 8%}]}''')
    >>> rate_said(plan, "pay", "0.0825", "1.5"), rate_said(plan, "pay", "1/3", ""), rate_said(plan, "pay", "", "2")
    ('8.25 %, times 1.5', '33.3333333333 %', 'times 2')
    """
    of = next((one for one in plan.components if one.name == component), None)
    parts = []
    if rate and of is not None:
        is_money = of.rate is None and of.amount is not None
        number = Fraction(rate)
        parts.append(exactly_said(number, "money", plan.currency) if is_money else f"{float(number * 100):,.12g} %")
    if multiplier:
        parts.append(f"times {float(Fraction(multiplier)):.12g}")
    return ", ".join(parts)


def line_because(line: Line) -> str:
    """A statement line in a sentence: what happened, what it counted, which rate it met, what it adds."""
    adds = f"this adds {exactly_said(line.amount_minor, 'money', line.currency)}"
    if not line.event or line.value is None:
        return f"{line.what}{f' of {line.component}' if line.component else ''}: {adds}."
    day = f" on {line.happened_on:%-d %B %Y}" if line.happened_on else ""
    source = f" ({line.source})" if line.source else ""
    run = f" brought {_named(line.measure)} from {line.before_said} to {line.after_said}" if line.before_said else ""
    parts = [f"{line.event}{day} counted {line.value_said}{source}" + (f" and{run}" if run else "")]
    if line.band:
        parts.append(f"the band there is {line.band}")
    if line.rate:
        parts.append(f"its rate is {line.rate}")
    return "; ".join([*parts, adds]) + "."


def _named(measure: str) -> str:
    return measure.replace("_", " ")


def _bound(bound: Fraction | None, unit: str, currency: str) -> str | None:
    return None if bound is None else exactly_said(bound, unit, currency)


def _value(table: RateTable, at: int, currency: str) -> str:
    value = table.values[at]
    if table.kind == "amount":
        return _MODES["amount"].format(exactly_said(value, "money", currency))
    if table.kind == "multiplier":
        return _MODES["multiplier"].format(f"{float(value):g}")
    return _MODES[table.kind].format(exactly_said(value, "ratio", currency))
