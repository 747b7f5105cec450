"""A person's statement of a period: one sentence, the total, every line down to its event, and that it all adds up.

    You are paid 4,210.00 USD for March 2026: 4,250.00 USD commission, less 40.00 USD corrections.
    commission   o-17   3 March   48,000.00   to date 0 to 48,000.00   0 % to 100 %, times 1   of 4 %    1,920.00

Amounts are in the currency of the plan; an event in another one says what it was worth there, at which rate of which
day.

Everybody sees their own once the run is locked; who has the hat for it sees everybody's, previews too. Standing above
somebody is no such hat.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.records.models import (
    CompPlanVersion,
    PayCredit,
    PayDispute,
    PayLine,
    PayMeasure,
    PayRun,
    PaySettlement,
    Person,
)
from quarterdeck.services import access
from quarterdeck.services.calendar import company
from quarterdeck.services.desks.words import exactly_said
from quarterdeck.services.listing import Listing, whole
from quarterdeck.services.pay.plans import plan_of
from quarterdeck.services.pay.sources import sources_said
from quarterdeck.services.pay.states import PUBLIC, state_of
from quarterdeck.services.pay.words import band_said, event_said, kind_said, line_because, rate_said
from quarterdeck.terms.tables import Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from quarterdeck.engine.pay.definitions import Plan
    from quarterdeck.services.actor import Actor

COLUMNS: Final = (
    Column("plan", "text", "The comp plan."),
    Column("component", "text", "Which part of it."),
    Column("what", "text", "What the step is."),
    Column("event", "text", "For which event."),
    Column("happened_on", "day", "When."),
    Column("value_said", "text", "What was credited."),
    Column("before_said", "text", "The measure before."),
    Column("after_said", "text", "And after."),
    Column("band", "text", "The band of the rate table, and what it pays."),
    Column("rate", "text", "The rate of the component that it stands on, and what it is multiplied by."),
    Column("source", "text", "What the event was worth in its own currency, at which rate of which day."),
    Column("amount_minor", "money", "What the step adds."),
    Column("currency", "text", "Of all amounts of the line, ISO 4217."),
    Column("because", "text", "The line in a sentence."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One step, in words and numbers."""

    line_id: int
    plan: str
    component: str
    what: str
    event: str
    happened_on: dt.date | None
    value: int | None
    before: int | None
    after: int | None
    unit: str
    band: str
    rate: str
    """What the component's own rate came to, with its multiplier; empty where it has none."""
    source: str
    """What the event was worth in a currency that is not the plan's, at which rate of which day; else empty."""
    measure: str
    amount_minor: int
    currency: str

    @property
    def because(self) -> str:
        """The line in a sentence."""
        return line_because(self)

    @property
    def value_said(self) -> str:
        """What was credited, in its unit."""
        return self._said(self.value)

    @property
    def before_said(self) -> str:
        """The measure before."""
        return self._said(self.before)

    @property
    def after_said(self) -> str:
        """The measure after."""
        return self._said(self.after)

    def _said(self, value: int | None) -> str:
        return "" if value is None else exactly_said(value, self.unit, self.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What a measure came to."""

    plan: str
    measure: str
    unit: str
    value: int
    to_date: int
    target: int | None
    attainment: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A credit of an earlier period that the last run did not have, or had otherwise."""

    event: str
    measure: str
    happened_on: dt.date
    value: int
    was: int | None
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Everything the page of a statement shows."""

    run: PayRun
    person: Person
    state: str
    is_own: bool
    sentence: str
    total_minor: int
    currency: str
    """Of the plans that pay; where they differ, that of the first, and each line says its own."""
    settlements: tuple[PaySettlement, ...]
    lines: tuple[Line, ...]
    """Those that add something."""
    n_silent: int
    """Credits that count towards a measure and add nothing yet."""
    reached: tuple[Reached, ...]
    late: tuple[Late, ...]
    disputes: tuple[PayDispute, ...]
    adds_up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """A statement in a list."""

    run_id: int
    period: str
    person_id: int
    person: str
    state: str
    total_minor: int
    currency: str


def may_see(actor: Actor, person_id: int, state: str) -> bool:
    """Own statements from when they are locked; anybody's, previews too, with the hat for it."""
    return access.may(actor, "see_pay") or (access.may_see_pay(actor, person_id) and state in PUBLIC)


def statement(actor: Actor, run_id: int, person_id: int) -> Statement:
    """A person's statement in a run. Raises Refusal (`not_visible`) for what is not there or not theirs."""
    run = PayRun.objects.prefetch_related("states").filter(pk=run_id).first()
    state = state_of(list(run.states.all())) if run is not None else ""
    settled = list(
        PaySettlement.objects.filter(run_id=run_id, person_id=person_id).select_related("version__plan")
    ) if run is not None and may_see(actor, person_id, state) else []  # fmt: skip
    if run is None or not settled:
        raise access.not_visible("statement")
    plans = {one.version_id: one.version for one in settled}
    currencies, home = {pk: _plan(version).currency for pk, version in plans.items()}, company().currency
    currency = min(currencies.values(), key=lambda one: (one != home, one))
    of = {"run_id": run_id, "person_id": person_id}
    rows = list(PayLine.objects.filter(**of).order_by("version__plan__code", "number"))
    total = sum(one.paid_minor for one in settled)
    sources = sources_said(run, rows, currencies, home)
    is_own, person = person_id == actor.person_id, Person.objects.get(pk=person_id)
    return Statement(
        run=run, person=person, state=state, is_own=is_own, total_minor=total, currency=currency,
        sentence=sentence_of(settled, rows, run, currencies, "You are" if is_own else f"{person} is"),
        settlements=tuple(settled), lines=tuple(line_of(row, plans, sources) for row in rows if row.amount_minor),
        n_silent=sum(not row.amount_minor for row in rows), reached=_reached(of, plans), late=_late(of, plans, run),
        disputes=tuple(PayDispute.objects.filter(**of).prefetch_related("notes")),
        adds_up=sum(row.amount_minor for row in rows) == total,
    )  # fmt: skip


def _plan(version: CompPlanVersion) -> Plan:
    return plan_of(version.text)


def unit_of(version: CompPlanVersion, measure: str) -> str:
    """The unit of a plan's measure: money, count, ratio."""
    found = _plan(version).measures.get(measure)
    return found.unit if found is not None else "money"


def line_of(row: PayLine, plans: dict[int, CompPlanVersion], sources: Mapping[tuple[int, str], str]) -> Line:
    """A stored or computed line in words."""
    version = plans[row.version_id]
    plan = _plan(version)
    measure = next((one.measure for one in plan.components if one.name == row.component), "")
    return Line(
        line_id=row.pk, plan=version.plan.code, component=row.component, what=kind_said(row.kind, row.for_starts_on),
        event=event_said(row.event_id) if row.event_id else "", happened_on=row.happened_on, value=row.value,
        before=row.before, after=row.after, unit=unit_of(version, measure), currency=plan.currency, measure=measure,
        band=band_said(plan, row.component, row.band), rate=rate_said(plan, row.component, row.rate, row.multiplier),
        source=sources.get((row.version_id, row.event_id), ""), amount_minor=row.amount_minor,
    )  # fmt: skip


def sentence_of(
    settled: Sequence[PaySettlement], rows: Sequence[PayLine], run: PayRun, currencies: Mapping[int, str], who: str
) -> str:  # fmt: skip
    """Where the money comes from, the largest part first; each currency by itself."""
    totals: dict[str, int] = {}
    for one in settled:
        currency = currencies[one.version_id]
        totals[currency] = totals.get(currency, 0) + one.paid_minor
    parts: dict[tuple[str, str], int] = {}
    for row in rows:
        name = "corrections of earlier periods" if row.kind == "correction" else row.component or "draws and balances"
        key = name, currencies[row.version_id]
        parts[key] = parts.get(key, 0) + row.amount_minor
    said = [
        f"{exactly_said(amount, 'money', currency)} {name}"
        for (name, currency), amount in sorted(parts.items(), key=lambda part: (-abs(part[1]), part[0]))
        if amount
    ]
    if not said:
        return f"{who} paid nothing for {run.name}: nothing was credited that pays."
    paid = " and ".join(exactly_said(total, "money", currency) for currency, total in totals.items())
    return f"{who} paid {paid} for {run.name}: {', '.join(said)}."


def _reached(of: dict[str, int], plans: dict[int, CompPlanVersion]) -> tuple[Reached, ...]:
    return tuple(
        Reached(
            plan=plans[row.version_id].plan.code, measure=row.measure, unit=unit_of(plans[row.version_id], row.measure),
            value=row.value, to_date=row.to_date, target=row.target, attainment=row.attainment,
        )
        for row in PayMeasure.objects.filter(**of).order_by("pk")
        if row.version_id in plans
    )  # fmt: skip


def _late(of: dict[str, int], plans: dict[int, CompPlanVersion], run: PayRun) -> tuple[Late, ...]:
    rows = PayCredit.objects.filter(**of, happened_on__lt=run.starts_on, version_id__in=plans).order_by(
        "happened_on", "pk"
    )
    return tuple(
        Late(
            event=event_said(row.event_id), measure=row.measure, happened_on=row.happened_on, value=row.value,
            was=row.was, unit=unit_of(plans[row.version_id], row.measure),
        )
        for row in rows[:200]
    )  # fmt: skip


def statements_of(actor: Actor, person_id: int) -> list[StatementLine]:
    """A person's statements, the newest first, as far as the actor may see them; two queries."""
    rows = PaySettlement.objects.filter(person_id=person_id).select_related("run", "person", "version")
    return _listed(actor, rows.order_by("-run__starts_on").prefetch_related("run__states"))


def statements_in(actor: Actor, run: PayRun) -> list[StatementLine]:
    """Everybody's statement in a run, by name; three queries."""
    rows = PaySettlement.objects.filter(run=run).select_related("run", "person").order_by("person__name", "person_id")
    return _listed(actor, rows.prefetch_related("run__states", "version"))


def currencies_of(versions: Iterable[int]) -> dict[int, str]:
    """The currency in which each plan version pays; one query."""
    texts = CompPlanVersion.objects.filter(pk__in=set(versions)).values_list("pk", "text")
    return {pk: plan_of(text).currency for pk, text in texts}


def _listed(actor: Actor, rows: Any) -> list[StatementLine]:  # noqa: ANN401  a queryset of PaySettlement
    found: dict[tuple[int, int, str], StatementLine] = {}
    for row in rows:
        currency = plan_of(row.version.text).currency
        state = state_of(list(row.run.states.all()))
        if state == "discarded" or not may_see(actor, row.person_id, state):
            continue
        key = row.run_id, row.person_id, currency
        before = found.get(key)
        found[key] = StatementLine(
            run_id=row.run_id, period=row.run.name, person_id=row.person_id, person=str(row.person), state=state,
            total_minor=row.paid_minor + (before.total_minor if before else 0), currency=currency,
        )  # fmt: skip
    return list(found.values())


def statement_listing(found: Statement) -> Listing[Line]:
    """The lines as a file has them."""
    return whole(f"Statement {found.run.name} {found.person.code}", COLUMNS, found.lines)
