"""Components and settlement of a plan file, with their units checked.

    {name: commission, measure: sales, table: accelerator}   ->   Component("commission", "sales", table=RateTable(...))

Exactly one of rate, amount, table, formula and pool says what a component pays; a table of multipliers also needs the
rate that it multiplies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.engine.pay.bands import rate_table
from quarterdeck.engine.pay.definitions import (
    TARGET_PAY,
    Bound,
    Component,
    Draw,
    Measure,
    Pool,
    RateTable,
    Rounding,
    Settlement,
)
from quarterdeck.engine.pay.problems import Problems, said
from quarterdeck.terms.money import minor_digits

if TYPE_CHECKING:
    from quarterdeck.engine.pay.language import Node
    from quarterdeck.engine.pay.units import Unit

_WAYS: Final = ("rate", "amount", "table", "formula", "pool")


@dataclass(frozen=True, slots=True)
class Context:
    """What a component may refer to."""

    problems: Problems
    scope: Mapping[str, Unit]
    targeted: frozenset[str]
    currency: str
    measures: Mapping[str, Measure]
    tables: Mapping[str, Any]

    def node(self, one: Mapping[str, Any], name: str, path: str, *units: Unit) -> Node | None:
        """A field as an expression of one of the units."""
        return self.problems.checked(one.get(name), f"{path}.{name}", units, self.scope, self.targeted, self.currency)

    def table(self, stored: Any, path: str, measure: Measure) -> RateTable | None:  # noqa: ANN401  of any shape until it is read
        """A rate table, said here or among the plan's tables."""
        if isinstance(stored, str) and stored not in self.tables:
            known = ", ".join(self.tables) or "none"
            self.problems.add(path, f"there is no table {stored!r}; known are: {known}", "Name one, or write it here.")
            return None
        where, one = (f"tables.{stored}", self.tables[stored]) if isinstance(stored, str) else (path, stored)
        return rate_table(one, where, measure, self)


def money_scale(unit: str, currency: str) -> int:
    """Minor units per unit as people write it: 100 for dollars, 1 for counts and ratios."""
    return int(10 ** minor_digits(currency)) if unit == "money" else 1


def components(stored: Sequence[Mapping[str, Any]], context: Context) -> tuple[Component, ...]:
    """Every component that names a measure; problems are noted for the rest."""
    found: dict[str, Component] = {}
    if not stored:
        context.problems.add("components", "it pays nothing", "Add a component.")
    for at, one in enumerate(stored):
        path, name = f"components[{at}]", str(one["name"])
        if name in found:
            context.problems.add(f"{path}.name", f"{name!r} is said twice", "Rename one of the two.")
        if measure := context.measures.get(str(one["measure"])):
            found[name] = _component(name, one, path, measure, context)
        else:
            known = ", ".join(context.measures) or "none"
            context.problems.add(
                f"{path}.measure", f"there is no measure {one['measure']!r}", f"Choose one of {known}."
            )
    return tuple(found.values())


def _component(name: str, one: Mapping[str, Any], path: str, measure: Measure, context: Context) -> Component:
    table = context.table(one["table"], f"{path}.table", measure) if "table" in one else None
    _check_ways(one, path, table, measure, context)
    return Component(
        name, measure.name,
        rate=context.node(one, "rate", path, "ratio"),
        amount=context.node(one, "amount", path, "money"), table=table,
        formula=context.node(one, "formula", path, "money"),
        pool=_pool(one["pool"], f"{path}.pool", context) if "pool" in one else None,
        eligibility=context.node(one, "eligibility", path, "flag"), gate=context.node(one, "gate", path, "flag"),
        multiplier=_multiplier(one, path, measure, context),
        floor=_bound(one, "floor", path, context), cap=_bound(one, "cap", path, context),
        is_prorated=one.get("prorate", False), rounding=_rounding(one.get("rounding"), f"{path}.rounding", context),
        release=one.get("release", "booking"),
    )  # fmt: skip


def _check_ways(one: Mapping[str, Any], path: str, table: RateTable | None, measure: Measure, context: Context) -> None:
    add, said_ways = context.problems.add, [way for way in _WAYS if way in one]
    is_multiplied = table is not None and table.kind == "multiplier"
    if said_ways != ["rate", "table"] if is_multiplied else len(said_ways) != 1:
        also = " A table of multipliers needs the rate that it multiplies." if is_multiplied else ""
        add(path, f"it pays by {', '.join(said_ways) or 'nothing'}", f"Say exactly one of {', '.join(_WAYS)}.{also}")
    pays_rate = "rate" in one or "pool" in one or (table is not None and table.kind in {"rate", "multiplier"})
    if pays_rate and measure.unit != "money":
        add(
            path,
            f"a rate is of money, but {measure.name} is a {measure.unit}",
            "Pay an amount per unit, or by a formula.",
        )
    if "amount" in one and measure.unit != "count":
        add(f"{path}.amount", f"an amount is paid per thing counted, but {measure.name} is {measure.unit}",
            "Measure events or quantities, or pay by rate, table or formula.")  # fmt: skip
    if table is not None and table.kind == "percent_of_target_pay" and context.scope.get(TARGET_PAY) != "money":
        add(f"{path}.table", f"there is no value {TARGET_PAY!r}", f"Add 'values: {{{TARGET_PAY}: money}}'.")


def _multiplier(one: Mapping[str, Any], path: str, measure: Measure, context: Context) -> Node | RateTable | None:
    stored = one.get("multiplier")
    if not isinstance(stored, Mapping) and str(stored) not in context.tables:
        return context.node(one, "multiplier", path, "ratio")
    table = context.table(stored, f"{path}.multiplier", measure)
    if table is not None and (table.kind != "multiplier" or table.mode not in {"lookup", "interpolated"}):
        context.problems.add(f"{path}.multiplier", f"it is a {table.mode} table of {table.kind}",
            "A multiplier is looked up or interpolated, and its value is multiplier.")  # fmt: skip
    return table


def _pool(one: Mapping[str, Any], path: str, context: Context) -> Pool | None:
    rate = context.node(one, "rate", path, "ratio")
    whole = context.problems.number(one["of_weights"], f"{path}.of_weights") if "of_weights" in one else None
    if whole is not None and whole <= 0:
        context.problems.add(
            f"{path}.of_weights", "weights sum to nothing", "Write a number above zero, or leave it out."
        )
    return rate if rate is None else Pool(rate, context.node(one, "weight", path, "ratio", "count", "money"), whole)


def _bound(one: Mapping[str, Any], name: str, path: str, context: Context) -> Bound | None:
    if name not in one:
        return None
    stored = said(one[name], "amount")
    amount = context.node(stored, "amount", f"{path}.{name}", "money")
    is_carried = stored.get("excess") == "carried"
    if is_carried and (name == "floor" or stored.get("per") == "window"):
        context.problems.add(
            f"{path}.{name}.excess", "only what a period's cap cuts can be carried", "Drop it, or set per: period."
        )
    return amount if amount is None else Bound(amount, stored.get("per", "period"), is_carried)


def _rounding(stored: Mapping[str, Any] | None, path: str, context: Context) -> Rounding:
    if stored is None:
        return Rounding()
    unit = context.problems.number(stored.get("to", 1), path) * money_scale("money", context.currency)
    if "to" not in stored:
        unit = context.problems.number(1, path)
    if unit.denominator != 1 or unit < 1:
        context.problems.add(f"{path}.to", "money has no such part", "Write 1 for whole units, or 0.01 for hundredths.")
        return Rounding()
    return Rounding(int(unit), stored.get("rule", "half_away_from_zero"))


def settlement(stored: Mapping[str, Any], context: Context) -> Settlement:
    """What becomes of payouts."""
    draw = stored.get("draw")
    advance = None
    if draw is not None and (amount := context.node(draw, "amount", "settlement.draw", "money")) is not None:
        share = context.problems.number(draw.get("recovery_share", 1), "settlement.draw.recovery_share")
        if not 0 <= share <= 1:
            context.problems.add("settlement.draw.recovery_share", "it is no share", "Write a number from 0 to 1.")
        limit = context.node(draw, "limit", "settlement.draw", "money")
        advance = Draw(amount, draw.get("recoverable", True), limit, share)
    guarantee = context.node(stored, "guarantee", "settlement", "money")
    return Settlement(guarantee, advance, stored.get("negative", "carried") == "carried")
