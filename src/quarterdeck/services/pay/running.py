"""The running period of a person: the plan versions that pay them, and what their pay can need of everything known.

    rita, 17 March   ->   March, reps 1, her own 12 events of 4,000      read once for a version of the data

A person's pay is computed apart from everybody else's by the code of the run (`inputs_of` with a few people,
`computing`), so that a page has it as of now: after a write only who looks is computed again.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from quarterdeck.records.models import CompAssignment, CompPlanVersion, Person
from quarterdeck.services import access
from quarterdeck.services.calendar import fiscal_calendar
from quarterdeck.services.kept import kept
from quarterdeck.services.pay.inputs import Inputs, Part, inputs_of, parts_of

if TYPE_CHECKING:
    from quarterdeck.services.actor import Actor
    from quarterdeck.terms.period import Period

SOON: Final = dt.timedelta(minutes=1)
"""An import is known a moment after it was asked for: what is believed now is asked for a little later."""


@dataclass(frozen=True, slots=True)
class Running:
    """A person's running period. Without parts they are on no plan in it."""

    person: Person
    period: Period
    parts: tuple[tuple[CompPlanVersion, Part], ...]
    inputs: Inputs


def running(actor: Actor, person_id: int, as_of: dt.date) -> Running:
    """The period of the day for a person. Raises Refusal `not_visible`."""
    person = Person.visible.filter(pk=person_id).first() if access.may_see_pay(actor, person_id) else None
    if person is None:
        raise access.not_visible("person")
    known_at = actor.now + SOON
    return kept(f"running pay of {person_id} on {as_of}", lambda: _read(person, as_of, known_at))


def _read(person: Person, as_of: dt.date, known_at: dt.datetime) -> Running:
    period = fiscal_calendar().period_of(as_of, "month")
    plans = set(CompAssignment.current.filter(person=person).values_list("plan_id", flat=True))
    versions = {one.pk: one for one in CompPlanVersion.objects.filter(plan_id__in=plans).select_related("plan")}
    parts = [part for part in parts_of(period, known_at) if part.version in versions and part.ends > part.starts_on]
    inputs = inputs_of(parts, period, known_at, few=(person.code,)) if parts else Inputs({})
    return Running(person, period, tuple((versions[part.version], part) for part in parts), inputs)
