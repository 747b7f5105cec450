"""The document of a comp plan that a person signs: the plan in plain words, what is theirs, examples, cliffs, its hash.

    reps, version 2, sha256 9f2c...                       Rita Moreno, from 1 January 2026
    commission   Pays base rate of sales, times ...       quota   52,000.00 USD in January 2026
    example      below, at and above the quota            commission 8,200.00 USD

Everything is computed from the plan's file by the engine that pays. What a person accepts is kept as it was
(`acceptances`); the same rows make the page and the PDF.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.engine.pay.checks import pay_cliffs, typical
from quarterdeck.engine.pay.exact import fraction
from quarterdeck.engine.pay.examples import example_facts, example_run
from quarterdeck.engine.pay.language import Call, Number
from quarterdeck.engine.pay.payouts import earned
from quarterdeck.records.models import CompAssignment, CompPlanVersion, Person
from quarterdeck.services.calendar import company
from quarterdeck.services.desks.words import exactly_said
from quarterdeck.services.pay.expressions import exact_ratio, named
from quarterdeck.services.pay.plan_words import Bands, Part, measures_said, parts_said, settlement_said
from quarterdeck.services.pay.plans import plan_of
from quarterdeck.services.pay.quotas import quota_rows
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import minor_digits, whole

if TYPE_CHECKING:
    from quarterdeck.engine.pay.definitions import Component, Plan
    from quarterdeck.engine.pay.language import Node
    from quarterdeck.services.scene import Scene

CURVE: Final = tuple(Fraction(percent, 100) for percent in (0, 25, 50, 75, 90, 100, 110, 125, 150, 200, 300))
"""The attainments that a document shows."""
_DAY: Final = "%-d %B %Y"


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """Something that is the person's own by the plan: its name, what it is, and for which days."""

    name: str
    value: str
    days: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A worked example of the file: what happens, and what the engine says it pays."""

    name: str
    facts: tuple[tuple[str, str], ...]
    pays: tuple[tuple[str, str], ...]
    total: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDocument:
    """All that the document says, as texts."""

    company: str
    plan: str
    title: str
    version: int
    sha256: str
    currency: str
    days: str
    person: str
    person_code: str
    on_plan: str
    yours: tuple[Own, ...]
    parts: tuple[Part, ...]
    measures: tuple[tuple[str, str], ...]
    settlement: tuple[str, ...]
    curve: Bands | None
    cliffs: tuple[str, ...]
    conditions: tuple[str, ...]
    """Parts that a condition turns on or off: their pay jumps where it does."""
    examples: tuple[Example, ...]

    def plain(self) -> dict[str, Any]:
        """As JSON has it: what is kept, and what is hashed."""
        found: dict[str, Any] = json.loads(json.dumps(asdict(self), ensure_ascii=False))
        return found


def document_sha256(document: Mapping[str, Any]) -> str:
    """The hash of a document: of its JSON with sorted keys, without blanks, in UTF-8."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Given:
    """What a person has by a version of a plan: the stretches on it, and rows of values with their days."""

    stretches: tuple[tuple[dt.date, dt.date], ...]
    rows: tuple[tuple[str, str, dt.date, dt.date], ...]

    def yours(self, plan: Plan) -> tuple[Own, ...]:
        """The rows in words: those alike in a row of days as one, then what the plan says for everybody."""
        own = [Own(name=named(name), value=_value(plan, name, fraction(text)), days=_days(begins, ends))
               for name, text, begins, ends in _joined(self.rows)]  # fmt: skip
        mine = {name for name, *_ in self.rows}
        return (*own, *(
            Own(name=named(name), value=_default(plan, name, value.default), days="as the plan says")
            for name, value in plan.values.items() if name not in mine and value.default is not None
        ))  # fmt: skip

    def typical(self, plan: Plan) -> dict[str, str] | None:
        """One value of each name, the mean of what differs by day; None while one is not known."""
        found: dict[str, list[Fraction]] = {}
        for name, text, *_ in self.rows:
            found.setdefault(name, []).append(fraction(text))
        if any(value.default is None and name not in found for name, value in plan.values.items()):
            return None
        return {name: _decimal(plan, name, sum(values, Fraction(0)) / len(values)) for name, values in found.items()}


def _decimal(plan: Plan, name: str, value: Fraction) -> str:
    """A mean as an exact decimal: of money a whole number of minor units, so that 100 % of a target is reached."""
    of = plan.values.get(name)
    digits = minor_digits(plan.currency) if of is not None and of.unit == "money" else 6
    return f"{Decimal(whole(value * 10**digits)).scaleb(-digits):f}"


def given_values(
    scene: Scene, version: CompPlanVersion, assigned: Iterable[CompAssignment]
) -> dict[int, Given]:  # fmt: skip
    """What everybody on the version's days has by it; a query or two for each metric of its quotas."""
    plan, begins, ends = plan_of(version.text), version.effective_from, version.effective_to
    on: dict[int, list[CompAssignment]] = {}
    for row in assigned:
        is_theirs = max(row.effective_from or begins, begins) < min(row.effective_to or ends, ends)
        if row.plan_id == version.plan_id and is_theirs:
            on.setdefault(row.person_id, []).append(row)
    given = {person: {name for one in found for name in one.values} for person, found in on.items()}
    quotas: dict[int, list[tuple[str, str, dt.date, dt.date]]] = {}
    for one in quota_rows(scene, plan, given, begins, ends) if given else ():
        quotas.setdefault(one.person_id, []).append((one.name, one.value, one.begins or begins, one.ends or ends))
    return {person: _given(found, quotas.get(person, []), begins, ends) for person, found in on.items()}


def assignments_of(plan_ids: Collection[int], person_id: int | None = None) -> list[CompAssignment]:
    """Who is on these plans, or what of one person; one query."""
    rows = CompAssignment.current.filter(plan_id__in=plan_ids).order_by("effective_from", "pk")
    return list(rows if person_id is None else rows.filter(person_id=person_id))


def day_of(version: CompPlanVersion, today: dt.date) -> dt.date:
    """The day from which a version is looked at: today, kept inside its days."""
    return min(max(today, version.effective_from), version.effective_to - dt.timedelta(days=1))


def _given(
    assigned: list[CompAssignment], quotas: list[tuple[str, str, dt.date, dt.date]], begins: dt.date, ends: dt.date
) -> Given:  # fmt: skip
    spans = [(max(one.effective_from or begins, begins), min(one.effective_to or ends, ends)) for one in assigned]
    own = [
        (name, str(text), *span)
        for one, span in zip(assigned, spans, strict=True)
        for name, text in sorted(one.values.items())
    ]
    within = [(name, text, max(low, begins), min(high, ends)) for name, text, low, high in quotas]
    return Given(tuple(spans), (*own, *(row for row in within if row[2] < row[3])))


def _joined(
    rows: tuple[tuple[str, str, dt.date, dt.date], ...],
) -> Iterator[tuple[str, str, dt.date, dt.date]]:
    """Rows of one name and value whose days follow each other as one."""
    last: tuple[str, str, dt.date, dt.date] | None = None
    for row in rows:
        if last is not None and last[:2] == row[:2] and last[3] == row[2]:
            last = (*last[:3], row[3])
            continue
        if last is not None:
            yield last
        last = row
    if last is not None:
        yield last


def _days(begins: dt.date, ends: dt.date) -> str:
    return f"{begins:{_DAY}} to {ends - dt.timedelta(days=1):{_DAY}}"


def _value(plan: Plan, name: str, value: Fraction) -> str:
    """A value in its unit, with what it is meant for: money in the currency's own unit, as people write it."""
    of = plan.values.get(name)
    if of is None:
        return f"{float(value):,.12g}"
    if of.unit == "money":
        said = exactly_said(plan_minor(plan, value), "money", plan.currency)
    else:
        said = exact_ratio(Number(value)) if of.unit == "ratio" else f"{float(value):,.12g}"
    return f"{said} a {of.per}" if of.per else said


def _default(plan: Plan, name: str, value: Fraction) -> str:
    """What the file says for everybody; of money it is in minor units already."""
    is_money = plan.values[name].unit == "money"
    return _value(plan, name, value / 10 ** minor_digits(plan.currency) if is_money else value)


def plan_minor(plan: Plan, value: Fraction) -> int:
    """An amount as people write it, in minor units of the plan's currency."""
    return whole(value * 10 ** minor_digits(plan.currency))


def plan_document(version: CompPlanVersion, person: Person, given: Given) -> PlanDocument:
    """The document of a version for a person; no queries but for the company's name."""
    plan = plan_of(version.text)
    values = given.typical(plan)
    fixed = _same_for_all(version.text)
    cliffs = pay_cliffs(plan, values) if values is not None else []
    conditional = [one.name for one in plan.components if _is_conditional(one)]
    return PlanDocument(
        company=company().name, plan=version.plan.code, title=version.title, version=version.number,
        sha256=version.sha256, currency=plan.currency, days=_days(version.effective_from, version.effective_to),
        person=person.name, person_code=person.code,
        on_plan="; ".join(_days(*span) for span in given.stretches), yours=given.yours(plan),
        curve=_curve(plan, values) if values is not None else None, cliffs=tuple(one.message for one in cliffs),
        conditions=tuple(one for one in conditional if one not in {cliff.column for cliff in cliffs}), **fixed,
    )  # fmt: skip


@lru_cache(maxsize=64)
def _same_for_all(text: str) -> dict[str, Any]:
    """What a version says to everybody; the examples are computed, once a process."""
    plan = plan_of(text)
    return {
        "parts": parts_said(plan), "measures": measures_said(plan), "settlement": settlement_said(plan),
        "examples": tuple(_example(plan, one) for one in plan.examples),
    }  # fmt: skip


def _is_conditional(one: Component) -> bool:
    """Whether a gate, an eligibility or an `if` decides what a component pays."""
    asks = [one.formula, one.amount, one.multiplier if isinstance(one.multiplier, Call) else None]
    return one.gate is not None or one.eligibility is not None or any(map(_has_if, asks))


def _has_if(node: Node | None) -> bool:
    return isinstance(node, Call) and (node.name == "if" or any(map(_has_if, node.args)))


def _curve(plan: Plan, values: Mapping[str, str]) -> Bands | None:
    """What each component earns in its window at a share of its own measure's target, the others at theirs."""
    scene = typical(plan, values)
    shown = [one for one in plan.components if one.pool is None and one.measure in scene.goals]
    pays = [
        earned(one, scene.steps(one, [whole(scene.goals[one.measure] * share) for share in CURVE]))[0] for one in shown
    ]
    rows = tuple(
        (exact_ratio(Number(share)), *(exactly_said(int(amounts[at]), "money", plan.currency) for amounts in pays))
        for at, share in enumerate(CURVE)
    )
    note = "Each in the window of its measure, all other measures at their targets; of values that differ, their mean."
    return Bands(head=("Attainment", *(one.name for one in shown)), rows=rows, note=note) if shown else None


def _example(plan: Plan, example: Mapping[str, Any]) -> Example:
    """An example of the file as a person reads it, run by the engine."""
    facts = tuple(_facts(plan, example))
    try:
        run, _ = example_run(plan, example, example_facts(plan, example))
    except Refusal as refusal:
        return Example(name=str(example["name"]), facts=facts, pays=(("refused", refusal.why),), total="")
    sums: dict[tuple[str, str], int] = {}
    for who, what, amount in run.payouts.select("person_id", "component", "amount_minor").iter_rows():
        sums[str(who), str(what)] = sums.get((str(who), str(what)), 0) + int(amount)
    several = len({who for who, _ in sums}) > 1
    pays = tuple(
        (f"{who}: {what}" if several else what, exactly_said(amount, "money", plan.currency))
        for (who, what), amount in sums.items()
        if amount
    )
    total = exactly_said(sum(sums.values()), "money", plan.currency)
    return Example(name=str(example["name"]), facts=facts, pays=pays, total=total)


def _facts(plan: Plan, example: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Values and events of an example."""
    values = example.get("values", [])
    pairs = values.items() if isinstance(values, Mapping) else [
        (f"{row.get('person', '')} {row.get('name', '')}".strip(), row.get("value")) for row in values
    ]  # fmt: skip
    for name, value in pairs:
        yield named(str(name)), _value(plan, str(name).rpartition(" ")[2], fraction(str(value)))
    for row in example.get("events", ()):
        day = row.get("on", plan.effective_from)
        when = f"{dt.date.fromisoformat(str(day)):{_DAY}}"
        yield ", ".join(filter(None, [when, str(row.get("person", ""))])), _event(plan, row)


def _event(plan: Plan, row: Mapping[str, Any]) -> str:
    if row.get("amount") is not None:
        amount = exactly_said(plan_minor(plan, fraction(str(row["amount"]))), "money", plan.currency)
        foreign = row.get("currency")
        said = amount if not foreign or foreign == plan.currency else f"{row['amount']} {foreign}"
    else:
        said = f"{row.get('quantity', 1)}"
    more = [str(row[name]) for name in ("kind", "deal", "product") if row.get(name)]
    return ", ".join([said, *more])
