"""What should be known about a plan before anybody signs it: where pay jumps, what it costs, which gates never open.

    retroactive 3 % to 100,000, 5 % above     ->   cliff at 100,000.00: pay jumps by 2,000.00
    curve of one typical person               ->   attainment 0 %, 10 %, ... 300 %  with what each component pays

A jump is found by computing what is earned at each bound and one unit below it, with the same code that pays. Costs are
of one person over one window, everything but the component's own measure at its target.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import numpy as np

from quarterdeck.engine.pay.bands import measured
from quarterdeck.engine.pay.definitions import RateTable
from quarterdeck.engine.pay.exact import Exact
from quarterdeck.engine.pay.grid import given_values, grid
from quarterdeck.engine.pay.language import Call, Number, names
from quarterdeck.engine.pay.measures import Reached, measure_target
from quarterdeck.engine.pay.payouts import Steps, earned
from quarterdeck.engine.pay.values import evaluated, flags
from quarterdeck.terms.findings import Finding
from quarterdeck.terms.money import Money, minor_digits, whole
from quarterdeck.terms.pay import PAY_PEOPLE, PAY_VALUES

if TYPE_CHECKING:
    from quarterdeck.engine.pay.definitions import Component, Plan
    from quarterdeck.engine.pay.language import Node
    from quarterdeck.terms.tables import Frame

ATTAINMENTS: Final = tuple(Fraction(percent, 100) for percent in range(0, 301, 5))
"""0 % to 300 %: where costs are looked at."""
_TYPICAL: Final = 100_000


@dataclass(frozen=True)
class Typical:
    """One person with the given values, every measure at a share of its target: a scope to evaluate components in."""

    plan: Plan
    reached: Reached
    goals: Mapping[str, int]

    def at(self, share: Fraction) -> Typical:
        """The same person with every measure at a share of its goal; targets made of measures stay as they were."""
        cells = self.reached.cells
        found = Reached(cells, self.reached.values)
        found.targets.update(self.reached.targets)
        for name, measure in self.plan.measures.items():
            if measure.score is not None:
                found.to_date[name] = evaluated(measure.score, found)
            else:
                found.to_date[name] = Exact.of(np.full(cells.shape[1], whole(self.goals[name] * share)))
        return Typical(self.plan, found, self.goals)

    def having(self, measure: str, result: int) -> Typical:
        """The same person with one measure at a result of its own."""
        found = Reached(self.reached.cells, self.reached.values)
        found.targets.update(self.reached.targets)
        found.to_date.update(self.reached.to_date)
        found.to_date[measure] = Exact.of(np.full(self.reached.cells.shape[1], result))
        return Typical(self.plan, found, self.goals)

    def steps(self, component: Component, base: list[int]) -> Steps:
        """The component at several results of its measure, in its last period."""
        last = len(self.reached.cells.periods) - 1
        return Steps(self.reached, component.measure, Exact.of(np.array(base, dtype=object)), np.full(len(base), last))


def typical(plan: Plan, values: Mapping[str, Any], share: Fraction = Fraction(1)) -> Typical:
    """A person on the plan for all of it, with values by name as a file would say them.

    Measures are at `share` of their target, without a target of 100,000.00, or of 100 things; scores follow from the
    rest.
    """
    nobody = {name: [None] for name in PAY_PEOPLE.schema}
    people = nw.from_dict({**nobody, "person_id": ["typical"], "hat": ["rep"]}, PAY_PEOPLE.schema, backend="polars")
    everybody = grid(_for_everybody(plan), people, plan.effective_to - dt.timedelta(days=1))
    given, _ = given_values(everybody, _rows(values))
    found = Reached(everybody, given | _active(everybody.shape))
    goals: dict[str, int] = {}
    for name, measure in plan.measures.items():
        if measure.score is not None:
            found.to_date[name] = evaluated(measure.score, found)
            continue
        target = measure_target(measure, found) if measure.target is not None else None
        last = target.fractions()[-1] if target is not None else None
        usual = _TYPICAL * 10 ** minor_digits(plan.currency) if measure.unit == "money" else 100
        goals[name] = whole(last) if last else usual
        found.to_date[name] = Exact.of(np.full(everybody.shape[1], goals[name]))
        if target is not None:
            found.targets[name] = target
    at_target = Typical(plan, found, goals)
    return at_target if share == 1 else at_target.at(share)


def _for_everybody(plan: Plan) -> Plan:
    from dataclasses import replace  # noqa: PLC0415  beside its only use

    return replace(plan, who=None)


def _active(shape: tuple[int, int]) -> dict[str, Exact]:
    return {"active_share": Exact.of(np.ones(shape[1], dtype=np.int64))}


def _rows(values: Mapping[str, Any]) -> Frame:
    data: dict[str, list[Any]] = {name: [None] * len(values) for name in PAY_VALUES.schema}
    data |= {"name": list(values), "value": [str(value) for value in values.values()]}
    return nw.from_dict(data, PAY_VALUES.schema, backend="polars")


def pay_curve(plan: Plan, values: Mapping[str, Any]) -> list[tuple[Fraction, dict[str, int]]]:
    """What each component earns in its window, in minor units, at attainments from 0 to 300 % of every measure.

    Pools are left out: what they pay depends on the others.

    >>> from quarterdeck.engine.pay.reading import plan_from_text
    >>> plan = plan_from_text('''{plan: reps, currency: USD, effective_from: 2025-01-01, effective_to: 2026-01-01,
    ...   values: {quota: money}, measures: {sales: {window: year, target: quota}},
    ...   components: [{name: commission, measure: sales, rate: 8%}]}''')
    >>> pay_curve(plan, {"quota": 1000})[20]
    (Fraction(1, 1), {'commission': 8000})
    """
    found, at_target = [], typical(plan, values)
    for share in ATTAINMENTS:
        scene = at_target.at(share)
        pays = {}
        for component in plan.components:
            if component.pool is None and component.measure in scene.goals:
                amounts, _, _ = earned(
                    component, scene.steps(component, [whole(scene.goals[component.measure] * share)])
                )
                pays[component.name] = int(amounts[0])
        found.append((share, pays))
    return found


def pay_cliffs(plan: Plan, values: Mapping[str, Any]) -> list[Finding]:
    """A note for every bound at which one unit more of a component's measure makes its pay jump.

    >>> from quarterdeck.engine.pay.reading import plan_from_text
    >>> plan = plan_from_text('''{plan: reps, currency: USD, effective_from: 2025-01-01, effective_to: 2026-01-01,
    ...   measures: {sales: {window: year}}, components: [{name: bonus, measure: sales, table: {mode: retroactive,
    ...   value: rate, bands: [{from: 0, pays: 3%}, {from: 100000, pays: 5%}]}}]}''')
    >>> [finding.message for finding in pay_cliffs(plan, {})]
    ['bonus jumps by 2,000.00 USD at sales of 100,000.00 USD.']
    """
    scene = typical(plan, values)
    found: dict[str, Finding] = {}
    for component in plan.components:
        if component.pool is None and component.measure in scene.goals:
            for place in dict.fromkeys(_places(component)):
                if place.measure in scene.goals and (one := _cliff(component, place, scene)):
                    found.setdefault(one.message, one)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Place:
    """Where pay may jump: a measure, or its attainment, at a bound; `is_right` where what is above it begins after."""

    measure: str
    is_attainment: bool
    bound: Fraction
    is_right: bool


def _places(component: Component) -> Iterator[Place]:
    """Bounds of its tables and thresholds of its conditions; zero, where everything begins, is none."""
    tables = [table for table in (component.table, component.multiplier) if isinstance(table, RateTable)]
    for table in tables:
        for axis in table.dimensions:
            for bound in axis.bounds:
                if bound and axis.measure:
                    yield Place(axis.measure, axis.is_attainment, bound, table.closed == "right")
    for node in (component.gate, component.eligibility, component.rate, component.formula, component.multiplier):
        if node is not None and not isinstance(node, RateTable):
            yield from (place for place in _thresholds(node) if place.bound)


def _thresholds(node: Node) -> Iterator[Place]:
    """Comparisons of a measure, or its attainment, with a number."""
    if not isinstance(node, Call):
        return
    if node.name in {"<", "<=", ">", ">="}:
        left, right = node.args
        is_turned = isinstance(left, Number)
        of, number = (right, left) if is_turned else (left, right)
        name, is_attainment = measured(of)
        if name and isinstance(number, Number):
            yield Place(name, is_attainment, number.value, (node.name in {">", "<="}) != is_turned)
    for arg in node.args:
        yield from _thresholds(arg)


def _cliff(component: Component, place: Place, scene: Typical) -> Finding | None:
    at = place.bound * scene.goals[place.measure] if place.is_attainment else place.bound
    first = -(-at.numerator // at.denominator)
    results = [first, first + 1] if place.is_right and at.denominator == 1 else [first - 1, first]
    amounts = _amounts(component, place.measure, [results[0] - 1, *results, results[1] + 1], scene)
    before, jump, after = (high - low for low, high in pairwise(amounts))
    if abs(jump) <= max(abs(before), abs(after)) + 1:  # what one more pays on either side, and its rounding
        return None
    currency = scene.plan.currency
    where = f"{Money(first, currency)}" if scene.plan.measures[place.measure].unit == "money" else f"{first}"
    return Finding(
        file=scene.plan.name,
        row=None,
        column=component.name,
        value=f"{jump}",
        rule="pay_cliff",
        severity="note",
        message=f"{component.name} jumps by {Money(jump, currency)} at {place.measure} of {where}.",
        remedy="Make sure that this is meant: people will time their deals by it.",
    )


def _amounts(component: Component, measure: str, results: list[int], scene: Typical) -> list[int]:
    """What is earned at several results of a measure, every other one at its goal."""
    if measure == component.measure:
        amounts, _, _ = earned(component, scene.steps(component, results))
        return [int(one) for one in amounts]
    base = [scene.goals[component.measure]]
    return [int(earned(component, scene.having(measure, one).steps(component, base))[0][0]) for one in results]


def closed_gates(plan: Plan, values: Mapping[str, Any]) -> list[Finding]:
    """A warning for every gate or eligibility that opens at no attainment from 0 to 300 %."""
    at_target = typical(plan, values)
    scenes = [at_target.at(share) for share in ATTAINMENTS]
    found = []
    for component in plan.components:
        for name, node in (("gate", component.gate), ("eligibility", component.eligibility)):
            if node is None or not names(node) & set(plan.measures):
                continue
            if not any(
                _is_open(component, scene, node, share) for scene, share in zip(scenes, ATTAINMENTS, strict=True)
            ):
                found.append(
                    Finding(
                        file=plan.name,
                        row=None,
                        column=component.name,
                        value=name,
                        rule="closed_gate",
                        severity="warning",
                        message=f"The {name} of {component.name} opens at no attainment from 0 to 300 %.",
                        remedy="Correct its condition, or remove the component.",
                    )
                )
    return found


def _is_open(component: Component, scene: Typical, node: Any, share: Fraction) -> bool:  # noqa: ANN401  a node
    base = whole(scene.goals.get(component.measure, 0) * share)
    return bool(flags(node, scene.steps(component, [base])).num.max() == 1)
