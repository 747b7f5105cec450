"""What a comp plan would do, before anybody signs it: its examples run, every jump of pay, gates, and what it costs.

    reps 2   ->   3 of 3 examples hold;  commission jumps by 2,000.00 USD at sales of 100,000.00 USD
                  attainment   0 %   50 %     100 %     300 %
                  commission   0     30,000   60,000    330,000       of one typical person, by the code that pays

The typical person's values are the plan's own defaults, else the middle one of those who are on it, else round
numbers; all can be asked for with others.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from quarterdeck.engine.pay.checks import closed_gates, pay_cliffs, pay_curve
from quarterdeck.engine.pay.differences import file_differences
from quarterdeck.engine.pay.editing import document
from quarterdeck.engine.pay.exact import fraction
from quarterdeck.engine.pay.reading import plan_read
from quarterdeck.records.models import CompAssignment, CompPlanVersion
from quarterdeck.services import access
from quarterdeck.services.desks.shapes import Line, Series
from quarterdeck.services.pay.plans import plan_findings
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import minor_digits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quarterdeck.engine.pay.definitions import Plan
    from quarterdeck.records.models import CompPlan
    from quarterdeck.services.actor import Actor
    from quarterdeck.terms.findings import Finding

_USUAL: Final = {"money": "100000", "count": "10", "ratio": "10%"}
_STEP: Final = 2
"""Every second of the engine's steps of 5 % is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """An example of the plan, and why it does not hold; empty where it does."""

    name: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A value of the typical person."""

    name: str
    value: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChecks:
    """Everything that is to be known about a version before it is published."""

    plan: CompPlan
    shown: CompPlanVersion
    stops: tuple[Finding, ...]
    """What keeps it from being published."""
    examples: tuple[Tried, ...]
    cliffs: tuple[Finding, ...]
    gates: tuple[Finding, ...]
    curve: Series | None
    asked: tuple[Asked, ...]
    currency: str
    may_write: bool

    @property
    def n_hold(self) -> int:
        """How many examples hold."""
        return sum(not one.why for one in self.examples)


def plan_checks(actor: Actor, plan_id: int, number: int | None, given: Mapping[str, str]) -> PlanChecks:
    """A version of a plan, tried; for who may see everybody's pay. Raises Refusal (`not_visible`, `pay_value`)."""
    found = None
    if access.may(actor, "see_pay"):
        versions = CompPlanVersion.objects.filter(plan_id=plan_id).select_related("plan").order_by("-number")
        found = versions.filter(number=number).first() if number is not None else versions.first()
    if found is None:
        raise access.not_visible("comp plan")
    plan = found.plan
    read, stops = plan_read(found.text, f"{plan.code}.yaml")
    asked = _asked(plan, read, given) if read is not None else ()
    values = {one.name: one.value for one in asked}
    stops = stops or plan_findings(found.text, f"{plan.code}.yaml")
    return PlanChecks(
        plan=plan, shown=found, stops=tuple(stops), examples=tuple(_examples(read, stops)) if read is not None else (),
        cliffs=tuple(pay_cliffs(read, values)) if read is not None else (),
        gates=tuple(closed_gates(read, values)) if read is not None else (),
        curve=_curve(read, values) if read is not None else None, asked=asked,
        currency=read.currency if read is not None else "", may_write=access.may(actor, "write_comp_plans"),
    )  # fmt: skip


def _examples(plan: Plan, findings: list[Finding]) -> list[Tried]:
    failed: dict[str, list[str]] = {}
    for one in findings:
        if one.rule == "plan_example":
            failed.setdefault(one.column, []).append(one.message)
    return [
        Tried(name=str(example["name"]), why=tuple(failed.get(f"examples[{at}]", ())))
        for at, example in enumerate(plan.examples)
    ]


def _asked(plan: CompPlan, read: Plan, given: Mapping[str, str]) -> tuple[Asked, ...]:
    """The typical person's values: as asked, else the default, else the middle of those who are on the plan."""
    rows = list(CompAssignment.current.filter(plan=plan).values_list("values", flat=True))
    found = []
    for name, value in read.values.items():
        known = sorted((row[name] for row in rows if name in row), key=fraction)
        usual = known[len(known) // 2] if known else "" if value.default is not None else _USUAL[value.unit]
        text = given.get(name, "").strip() or usual or _text(value.default or Fraction(0), value.unit, read.currency)
        try:
            fraction(text)
        except (ValueError, ZeroDivisionError) as error:
            why = f"'{text[:40]}' is no value of {name}."
            raise Refusal(
                "The plan was not tried.", why, "Write an exact number: 90000, 0.08 or 8%.", "pay_value"
            ) from error
        found.append(Asked(name=name, value=text, unit=value.unit))
    return tuple(found)


def _text(value: Fraction, unit: str, currency: str) -> str:
    """A default as people write it."""
    if unit == "ratio":
        return f"{float(value * 100):.12g}%"
    return f"{float(value / (10 ** minor_digits(currency) if unit == 'money' else 1)):.12g}"


def _curve(plan: Plan, values: Mapping[str, str]) -> Series | None:
    """What each component earns in its window at every tenth of attainment, and all of them together."""
    found = pay_curve(plan, dict(values))[::_STEP]
    names = [one.name for one in plan.components if one.name in found[0][1]]
    if not names:
        return None
    is_one = len(names) == 1
    lines = [
        Line(name=name, values=tuple(pays[name] for _, pays in found), kind="actual" if is_one else "last_year")
        for name in names
    ]
    if not is_one:
        lines.insert(0, Line(name="all together", values=tuple(sum(pays.values()) for _, pays in found)))
    return Series(
        title="What does one typical person earn at 0 to 300 % of target?", unit="money",
        labels=tuple(f"{float(share):.0%}" for share, _ in found), lines=tuple(lines),
        note="In the window of each component, every measure at the same share of its target; pools are left out.",
        head="Attainment",
    )  # fmt: skip


def version_differences(before: str, after: str) -> list[tuple[str, str, str]]:
    """(part, before, after) of everything that two versions say differently, as the files write it."""
    return file_differences(document(before), document(after))
