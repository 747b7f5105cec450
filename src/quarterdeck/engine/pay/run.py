"""The whole way from facts to pay on one page.

    events -> prepared -> credits -> measures -> payouts -> settlements
                             |                      |           |
                             '----------------> statement lines-'

A run is a function of the facts, the plan and the day: the same three give the same bytes, whoever holds the rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from quarterdeck.engine.pay.credits import Crediting, first_day
from quarterdeck.engine.pay.findings import unknown_findings
from quarterdeck.engine.pay.grid import given_values, grid
from quarterdeck.engine.pay.lines import credits_frame, lines_frame, payouts_frame
from quarterdeck.engine.pay.measures import Reached, measures_frame, reached
from quarterdeck.engine.pay.payouts import Earned, earned_by_period
from quarterdeck.engine.pay.pools import pool_by_period
from quarterdeck.engine.pay.prepared import prepared_events
from quarterdeck.engine.pay.releases import held_by_period
from quarterdeck.engine.pay.settlements import bounded, corrections, locked, settled_by_period, settlements_frame
from quarterdeck.engine.pay.steps import Stepped, has_steps, steps_of_deals, steps_of_window
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.engine.pay.definitions import Plan
    from quarterdeck.engine.pay.exact import Array
    from quarterdeck.engine.pay.facts import PayFacts
    from quarterdeck.terms.findings import Finding
    from quarterdeck.terms.tables import Frame, LazyFrame


@dataclass(frozen=True)
class PayRun:
    """What a run found.

    MEASURES, PAYOUTS, SETTLEMENTS and STATEMENT_LINES; CREDITS where the events lie; and what could not be paid.
    """

    crediting: Crediting
    measures: Frame
    payouts: Frame
    settlements: Frame
    lines: Frame
    findings: list[Finding] = field(default_factory=list)

    @property
    def credits(self) -> LazyFrame:
        """CREDITS of every measure, not yet collected."""
        return credits_frame(self.crediting)


def pay_run(
    plan: Plan, facts: PayFacts, as_of: dt.date, *, open_from: dt.date | None = None, with_lines: bool = True
) -> PayRun:
    """What a plan pays for all its periods begun by `as_of`, from events up to that day.

    Periods that ended by `open_from` are locked: what differs from `facts.settled` is posted in the first open period.
    Without `with_lines`, credits are only summed where nothing else asks for them one by one: several times faster.
    Where a value is missing, nothing is paid and a finding says so. Raises Refusal for overflow, cycles in the
    reporting line, and facts that do not fit the plan.

    >>> import narwhals as nw
    >>> from quarterdeck.engine.pay.facts import PayFacts
    >>> from quarterdeck.engine.pay.reading import plan_from_text
    >>> plan = plan_from_text('''{plan: reps, currency: USD, effective_from: 2025-01-01, effective_to: 2026-01-01,
    ...   measures: {sales: {window: year}}, components: [{name: commission, measure: sales, rate: 8%}]}''')
    >>> people = nw.from_dict({"person_id": ["rita"], "manager_id": [None], "team_id": [None], "hat": ["rep"],
    ...   "effective_from": [None], "effective_to": [None]}, backend="polars")
    >>> events = nw.from_dict({"event_id": ["e1"], "happened_on": [dt.date(2025, 1, 9)], "person_id": ["rita"],
    ...   "amount_minor": [12345]}, backend="polars")
    >>> run = pay_run(plan, PayFacts(events.lazy(), people), dt.date(2025, 1, 31))
    >>> run.payouts.select("component", "person_id", "amount_minor").rows()
    [('commission', 'rita', 988)]
    """
    crediting, found, findings = _measured(plan, facts, as_of)
    cells = crediting.cells
    earned, stepped = _earned(crediting, found, with_lines=with_lines)
    paid = {one.name: bounded(one, earned[one.name], found) for one in plan.components}
    lock = locked(cells, facts.small("settled"), open_from)
    held = {one.name: lock.held_back(one.name, _held(one.name, stepped, crediting)) for one in plan.components}
    settled = settled_by_period(paid, sum(held.values(), _zeros(found)), lock, plan.settlement, found)
    lines = lines_frame(stepped, paid, settled, held, corrections(paid, lock), lock, cells)
    return PayRun(
        crediting,
        measures_frame(found),
        payouts_frame(paid, cells),
        settlements_frame(settled, cells),
        lines,
        [*findings, *unknown_findings(cells, {name: one.earned.known for name, one in paid.items()})],
    )


def payouts_alone(plan: Plan, facts: PayFacts, as_of: dt.date) -> Frame:
    """PAYOUTS of `pay_run` by the same steps, without anything that follows from them: what an estimate asks for."""
    crediting, found, _ = _measured(plan, facts, as_of)
    earned, _ = _earned(crediting, found, with_lines=False, with_releases=False)
    paid = {one.name: bounded(one, earned[one.name], found) for one in plan.components}
    return payouts_frame(paid, crediting.cells)


def _measured(plan: Plan, facts: PayFacts, as_of: dt.date) -> tuple[Crediting, Reached, list[Finding]]:
    """Who is paid when, from which events, and what they reached."""
    if as_of < plan.effective_from:
        raise Refusal(
            "Nothing was paid.",
            f"The plan begins on {plan.effective_from}, after {as_of}.",
            "Name a later day, or another plan.",
            "pay_input",
        )
    cells = grid(plan, facts.people, as_of)
    values, findings = given_values(cells, facts.small("values"))
    crediting = Crediting(facts, cells, prepared_events(facts, plan.currency, first_day(plan), as_of))
    return crediting, reached(crediting, values), findings


def _earned(
    crediting: Crediting, found: Reached, *, with_lines: bool, with_releases: bool = True
) -> tuple[dict[str, Earned], dict[str, Stepped]]:
    """What each component earned by period, and credit by credit where that is asked for or needed."""
    cells = crediting.cells
    earned: dict[str, Earned] = {}
    stepped: dict[str, Stepped] = {}
    for component in cells.plan.components:
        name, measure = component.name, cells.plan.measures[component.measure]
        if measure.window == "deal":
            stepped[name] = steps_of_deals(component, crediting, found)
            earned[name] = _summed(stepped[name], found)
            continue
        earned[name] = pool_by_period(component, found) if component.pool else earned_by_period(component, found)
        is_held = with_releases and component.release != "booking"
        if has_steps(component, measure) and (with_lines or is_held):
            stepped[name] = steps_of_window(component, crediting, found, earned[name])
    return earned, stepped


def _summed(stepped: Stepped, found: Reached) -> Earned:
    """Deals of a period, summed; a period is unknown where one of its deals is."""
    cells = found.cells
    total = np.zeros(cells.shape[0] * cells.shape[1], dtype=np.int64)
    np.add.at(total, stepped.cell, stepped.amount)
    known = np.ones(len(total), dtype=np.bool_)
    known[stepped.cell[~stepped.known]] = False
    here = (slice(None), slice(None, cells.n_now))
    zeros = _zeros(found)
    return Earned(total.reshape(cells.shape)[here], zeros, zeros, known.reshape(cells.shape)[here])


def _zeros(found: Reached) -> Array:
    return np.zeros((len(found.cells.payees), found.cells.n_now), dtype=np.int64)


def _held(name: str, stepped: Mapping[str, Stepped], crediting: Crediting) -> Array:
    component = crediting.cells.plan.component(name)
    if name not in stepped:
        return np.zeros((len(crediting.cells.payees), crediting.cells.n_now), dtype=np.int64)
    return held_by_period(component, stepped[name], crediting)
