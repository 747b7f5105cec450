"""A plan file in plain words: what each component pays, on what, by which bands, and what is settled how.

    {name: commission, measure: sales, rate: 4%, table: {mode: marginal, ...}, cap: 10000 USD}

    commission   Pays 4 % of sales, times what the table says.
                 Each part of the result is paid at the value of its own band.
                 At most 10,000.00 USD in a pay period; what is above it is lost.

The words say what the engine does (docs/methods/pay-components.md, rate-tables.md); nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from quarterdeck.engine.pay.definitions import RateTable
from quarterdeck.engine.pay.language import Number
from quarterdeck.services.desks.words import exactly_said
from quarterdeck.services.pay.expressions import exact_ratio, expression_said, listed, named

if TYPE_CHECKING:
    from fractions import Fraction

    from quarterdeck.engine.pay.definitions import Bound, Component, Dimension, Draw, Measure, Plan
    from quarterdeck.engine.pay.language import Node

MODES: Final = {
    "marginal": "Each part of the result is paid at the value of its own band: a higher band changes nothing below it.",
    "retroactive": "The whole result is paid at the value of the band that it reaches.",
    "retroactive_over_target": "Up to the target each part is paid at its own band; all above it at the band reached.",
    "lookup": "The band reached says what is paid.",
    "interpolated": "Between the ends of a band the value lies on a straight line.",
}
WINDOWS: Final = {
    "deal": "in each deal by itself", "month": "in the month", "quarter": "in the quarter, to date",
    "year": "in the year, to date", "plan": "since the plan's first day",
}  # fmt: skip
CREDITED: Final = {
    "owner": "what is one's own", "splits": "one's share of what is split", "roll_up": "what everybody below one does",
    "team": "what one's team does", "company": "what the whole company does",
}  # fmt: skip
RELEASES: Final = {
    "invoice": "Paid once the event is invoiced.", "cash": "Paid as far as the customer has paid.",
}  # fmt: skip
VALUES: Final = {
    "rate": "Rate", "amount": "Amount", "multiplier": "Times", "percent_of_target_pay": "Of target pay",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """A rate table as rows of texts; with two dimensions the first one runs down, the second one across."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A component in words."""

    name: str
    sentences: tuple[str, ...]
    tables: tuple[Bands, ...]


def parts_said(plan: Plan) -> tuple[Part, ...]:
    """Every component of a plan."""
    return tuple(
        Part(name=one.name, sentences=tuple(_component(one, plan)), tables=_tables(one, plan))
        for one in plan.components
    )  # fmt: skip


def _tables(one: Component, plan: Plan) -> tuple[Bands, ...]:
    return tuple(table_said(table, plan) for table in (one.table, one.multiplier) if isinstance(table, RateTable))


def _component(one: Component, plan: Plan) -> Iterator[str]:
    """The sentences of a component, in the order in which the engine applies them."""
    for word, node in (("Only for people of whom this holds", one.eligibility), ("Only while", one.gate)):
        if node is not None:
            yield f"{word}: {expression_said(node, plan)}."
    yield from _pays(one, plan)
    if one.multiplier is not None and not isinstance(one.multiplier, RateTable):
        yield f"Multiplied by {expression_said(one.multiplier, plan)}."
    elif one.multiplier is not None:
        yield "Multiplied by what the second table says."
    for word, bound in (("At least", one.floor), ("At most", one.cap)):
        if bound is not None:
            yield _bound(word, bound, plan)
    if one.is_prorated:
        yield "Taken by the share of days on which you are on the plan."
    yield from filter(None, [RELEASES.get(one.release, "")])


def _pays(one: Component, plan: Plan) -> Iterator[str]:
    of = named(one.measure)
    if one.rate is not None:
        more = ", times what the table says" if one.table is not None else ""
        yield f"Pays {expression_said(one.rate, plan, 'ratio')} of {of}{more}."
    elif one.amount is not None:
        yield f"Pays {expression_said(one.amount, plan, 'money')} for each one counted in {of}."
    elif one.formula is not None:
        yield f"Pays {expression_said(one.formula, plan)}."
    elif one.pool is not None:
        yield f"A pool of {expression_said(one.pool.rate, plan, 'ratio')} of {of} is shared{_weights(one, plan)}."
    elif one.table is not None:
        yield f"Pays on {of} what the table says."
    if one.table is not None:
        yield MODES[one.table.mode]


def _weights(one: Component, plan: Plan) -> str:
    weight = one.pool.weight if one.pool is not None else None
    return f" by {expression_said(weight, plan)}" if weight is not None else " evenly"


def _bound(word: str, bound: Bound, plan: Plan) -> str:
    per = "pay period" if bound.per == "period" else "window of the measure"
    rest = ""
    if word == "At most":
        rest = "; what is above it is paid later, as far as there is room" if bound.is_carried else "; the rest is lost"
    return f"{word} {expression_said(bound.amount, plan, 'money')} in a {per}{rest}."


def table_said(table: RateTable, plan: Plan) -> Bands:
    """A rate table as rows, with how its bands are closed."""
    axis, rest = table.dimensions[0], table.dimensions[1:]
    spans = [_span(axis, at, plan) for at in range(axis.n_bands)]
    note = (
        "A bound belongs to the band below it." if table.closed == "right" else "A bound belongs to the band above it."
    )
    title = _axis(axis, plan)
    if not rest:
        cells = [(span, value_said(table, at, plan)) for at, span in enumerate(spans)]
        return Bands(head=(title, VALUES[table.kind]), rows=tuple(cells), note=note)
    n_across = len(table.values) // axis.n_bands
    across = [_across(rest, at, plan) for at in range(n_across)]
    rows = [
        (span, *(value_said(table, down * n_across + at, plan) for at in range(n_across)))
        for down, span in enumerate(spans)
    ]
    heads = " and ".join(_axis(one, plan) for one in rest)
    return Bands(head=(f"{title}, by {heads}", *across), rows=tuple(rows), note=note)


def _axis(axis: Dimension, plan: Plan) -> str:
    said = expression_said(axis.of, plan)
    return said[:1].upper() + said[1:]


def _across(axes: tuple[Dimension, ...], at: int, plan: Plan) -> str:
    """The bands of all further dimensions of a column of the table."""
    said = []
    for axis in reversed(axes):
        at, band = divmod(at, axis.n_bands)
        said.append(_span(axis, band, plan))
    return ", ".join(reversed(said))


def _span(axis: Dimension, at: int, plan: Plan) -> str:
    low, high = (None if one is None else _plain(one, axis.unit, plan) for one in axis.bounds[at : at + 2])
    return f"from {low}" if high is None else f"{low} to {high}" if low is not None else f"up to {high}"


def _plain(value: Fraction, unit: str, plan: Plan) -> str:
    return exact_ratio(Number(value)) if unit == "ratio" else exactly_said(value, unit, plan.currency)


def value_said(table: RateTable, at: int, plan: Plan) -> str:
    """What a band pays."""
    value = table.values[at]
    if table.kind == "amount":
        return exactly_said(value, "money", plan.currency)
    return f"{float(value):,.12g}" if table.kind == "multiplier" else exact_ratio(Number(value))


def measures_said(plan: Plan) -> tuple[tuple[str, str], ...]:
    """Name and sentence of every measure."""
    return tuple((named(name), _measure(one, plan)) for name, one in plan.measures.items())


def _measure(one: Measure, plan: Plan) -> str:
    if one.score is not None:
        return f"Reckoned as {expression_said(one.score, plan)}."
    what = {"amount": "amounts", "quantity": "quantities", "events": "events"}[one.of]
    how = {"sum": f"The sum of {what}", "count": "The number of events", "maximum": f"The largest of {what}"}
    window = WINDOWS.get(one.window) or f"in the last {one.n_periods} pay periods"
    said = f"{how[one.aggregate]} {window}, of {_credited(one)}"
    if one.years_later:
        said += f", {one.years_later} year{'s' if one.years_later > 1 else ''} before"
    if one.where is not None:
        said += f", where {expression_said(one.where, plan)}"
    if one.weights:
        said += f", weighted {listed([_weight(node, share, plan) for node, share in _weighted(one)])}"
    if one.target is not None:
        said += f". It is held against {_target(one, plan)}"
    return f"{said}."


def _credited(one: Measure) -> str:
    of = one.credit
    said = CREDITED[of.to]
    if of.role:
        said += f" as {named(of.role)}"
    if of.to == "roll_up":
        depth = f", down to {of.depth} level{'s' if of.depth != 1 else ''}" if of.depth is not None else ""
        said += f"{depth}{' and one does oneself' if of.includes_own else ''}"
    return f"{exact_ratio(Number(of.share))} of {said}" if of.share != 1 else said


def _weighted(one: Measure) -> list[tuple[Node | None, Fraction]]:
    return [(weight.where, weight.weight) for weight in one.weights]


def _weight(node: Node | None, share: Fraction, plan: Plan) -> str:
    return f"{exact_ratio(Number(share))}{f' where {expression_said(node, plan)}' if node is not None else ''}"


def _target(one: Measure, plan: Plan) -> str:
    said = expression_said(one.target, plan, one.unit) if one.target is not None else ""
    return f"{said}{', as much of it as is due to date' if one.is_target_to_date else ''}" + (
        ", by the share of days on the plan" if one.is_target_prorated else ""
    )


def settlement_said(plan: Plan) -> tuple[str, ...]:
    """When it is paid, and what becomes of guarantees, advances and of what is below zero."""
    of = plan.settlement
    found = [f"Reckoned and paid every {plan.period}."]
    if of.guarantee is not None:
        found.append(f"Guaranteed: at least {expression_said(of.guarantee, plan, 'money')} in a pay period.")
    if of.draw is not None:
        found += _draw(of.draw, plan)
    is_carried = of.is_negative_carried
    what = "carried to the next pay period: nobody pays back at once" if is_carried else "taken back at once"
    found.append(f"What is below zero is {what}.")
    found.append("What comes late, or is returned, changes what was earned: the difference is posted when it is known.")
    return tuple(found)


def _draw(of: Draw, plan: Plan) -> Iterator[str]:
    yield f"Advance: up to {expression_said(of.amount, plan, 'money')} in a pay period."
    if not of.is_recoverable:
        yield "It need not be repaid."
        return
    limit = f" of at most {expression_said(of.limit, plan, 'money')} in all" if of.limit is not None else ""
    yield f"It becomes a debt{limit}, repaid by {exact_ratio(Number(of.recovery_share))} of what is earned above it."
