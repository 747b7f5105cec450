"""What one more deal would pay: the running period computed with it and without it, by the same engine.

rita, 17 March   earned so far in March 0.00    with 50,000.00 more   2,000.00      it would pay 2,000.00
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from quarterdeck.records.models import CompAssignment, CompPlanVersion, Person
from quarterdeck.services import access
from quarterdeck.services.calendar import fiscal_calendar
from quarterdeck.services.pay.computing import payouts_of
from quarterdeck.services.pay.inputs import ON_PLAN, Inputs, Part, inputs_of, parts_of
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR

if TYPE_CHECKING:
    from quarterdeck.services.actor import Actor
    from quarterdeck.terms.period import Period

_WHAT: Final = "Nothing was estimated."
_EXTRA: Final = "estimate:one-more-deal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A component of the person's plans in the running period, without the deal and with it."""

    plan: str
    name: str
    so_far_minor: int
    with_it_minor: int

    @property
    def more_minor(self) -> int:
        """What the deal adds."""
        return self.with_it_minor - self.so_far_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a person has earned in the running period so far, and would with one more deal."""

    period: Period
    amount_minor: int | None
    components: tuple[Component, ...]

    @property
    def so_far_minor(self) -> int:
        """Earned so far."""
        return sum(one.so_far_minor for one in self.components)

    @property
    def more_minor(self) -> int:
        """What the deal adds."""
        return sum(one.more_minor for one in self.components)


def estimate(actor: Actor, person_id: int, as_of: dt.date, *, amount_minor: int | None = None) -> Estimate | None:
    """The running period of a person, with one more deal of that amount; None for who is on no plan.

    Nothing is written. Raises Refusal: `not_visible`, `estimate`.
    """
    person = Person.visible.filter(pk=person_id).first() if access.may_see_pay(actor, person_id) else None
    if person is None:
        raise access.not_visible("person")
    if amount_minor is not None and not 0 < amount_minor <= MAX_MINOR:
        raise Refusal(_WHAT, "A deal is worth more than nothing.", "Give its amount.", "estimate")
    period = fiscal_calendar().period_of(as_of, "month")
    plans = set(CompAssignment.current.filter(person=person).values_list("plan_id", flat=True))
    versions = {one.pk: one for one in CompPlanVersion.objects.filter(plan_id__in=plans).select_related("plan")}
    parts = [part for part in parts_of(period, actor.now) if part.version in versions and part.ends > part.starts_on]
    if not parts:
        return None
    inputs = _paying_only(person.code, inputs_of(parts, period, actor.now))
    more = _with_one(inputs, person.code, as_of, amount_minor) if amount_minor is not None else inputs
    found = []
    for part in parts:
        version = versions[part.version]
        before, after = (_earned(version, part, each, person.code) for each in (inputs, more))
        found += [
            Component(plan=version.plan.code, name=name, so_far_minor=amount, with_it_minor=after.get(name, amount))
            for name, amount in before.items()
        ]
    return Estimate(period=period, amount_minor=amount_minor, components=tuple(found))


def _paying_only(code: str, inputs: Inputs) -> Inputs:
    """The same facts with nobody else on a plan: everybody else's pay is not asked for."""
    is_on = pl.when(pl.col("person_id") == code).then(ON_PLAN).otherwise(pl.lit("no")).alias(ON_PLAN)
    frames = inputs.frames.items()
    return Inputs({name: rows.with_columns(is_on) if name.endswith(":people") else rows for name, rows in frames})


def _with_one(inputs: Inputs, code: str, as_of: dt.date, amount_minor: int) -> Inputs:
    events = inputs.frames["events"]
    row = {"event_id": _EXTRA, "happened_on": as_of, "person_id": code, "amount_minor": amount_minor, "kind": "order"}
    extra = pl.DataFrame([{name: row.get(name) for name in events.columns}], schema=events.schema)
    return Inputs(inputs.frames | {"events": pl.concat([events, extra]).sort("happened_on", "event_id")})


def _earned(version: CompPlanVersion, part: Part, inputs: Inputs, code: str) -> dict[str, int]:
    """By component, what the person earns in the part's period."""
    rows = payouts_of(version.text, part, inputs).filter(pl.col("person_id") == code)
    return dict(rows.select("component", "amount_minor").iter_rows())
