"""What became known after a run was computed, whom it touches, and what those would be paid now.

    run of March, known 2 April      3 April: o-17 of rita is corrected, k-2 of raj is paid
    ->  rita and mona are computed again: rita 4,210.00 -> 4,170.00; raj's pay does not hang on payments: not looked at

Only who is reached by what changed is computed (engine.pay.reaching); where a place, a plan's value or a target
changed, that may be anybody, and everybody is. The run itself stays as it was frozen: who wants the change in it
discards the run and makes another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
from django.db.models import Q, Sum

from quarterdeck.engine.pay.reaching import people_reached
from quarterdeck.records.models import (
    Activity,
    Booking,
    CompAssignment,
    CompPlanVersion,
    CreditSplit,
    PayEvent,
    Payment,
    PayRun,
    PaySettlement,
    Person,
    Return,
    Seat,
    Target,
    TeamLink,
)
from quarterdeck.services.pay.computing import computed
from quarterdeck.services.pay.inputs import Inputs, Part, asks_for_activities, inputs_of, people_paid
from quarterdeck.services.pay.plans import plan_of
from quarterdeck.services.pay.running import SOON
from quarterdeck.services.pay.states import run_for
from quarterdeck.terms.period import Period

if TYPE_CHECKING:
    import datetime as dt

    from quarterdeck.services.actor import Actor

_RULES: Final = (CompAssignment, Seat, TeamLink, Target)
"""What may touch anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A person whose pay by the run is not what it would be now."""

    person_id: int
    person: str
    then_minor: int
    now_minor: int

    @property
    def change_minor(self) -> int:
        """More than the run says."""
        return self.now_minor - self.then_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What changed since a run was made."""

    run: PayRun
    n_events: int
    """Events that are new, corrected or gone."""
    n_looked_at: int
    """People who were computed again."""
    is_everybody: bool
    """Because something changed that may touch anybody."""
    moved: tuple[Moved, ...]


def since_run(actor: Actor, run_id: int) -> Since:
    """Who would be paid otherwise by a run, by what became known after it was made; writes nothing.

    Raises Refusal: `not_visible`, and what a run would refuse.
    """
    run = run_for(actor, run_id)
    frozen = Inputs.thawed(run.inputs.exclude(name__in=("events", "receipts", "splits")))
    parts = [Part.read(stored) for stored in run.parts]
    texts = dict(CompPlanVersion.objects.filter(pk__in=[part.version for part in parts]).values_list("pk", "text"))
    asks = any(asks_for_activities(plan_of(text)) for text in texts.values())
    owners, n_events = _changed(run.known_at, activities=asks)
    is_everybody = any(_after(model, run.known_at).exists() for model in _RULES)
    looked: set[str] = set()
    for part in parts:
        paid = people_paid(frozen, part)
        people = nw.from_native(frozen.of(part, "people"), eager_only=True)
        reached = None if is_everybody else people_reached(plan_of(texts[part.version]), people, owners)
        looked |= paid if reached is None and (owners or is_everybody) else paid & (reached or set())
    now = _paid_now(run, parts, texts, None if is_everybody else looked, actor.now + SOON) if looked else {}
    moved = _moved(run, now, looked)
    return Since(run=run, n_events=n_events, n_looked_at=len(looked), is_everybody=is_everybody, moved=moved)


def _after(model: Any, instant: dt.datetime) -> Any:  # noqa: ANN401  rows of a fact
    return model.objects.filter(Q(known_at__gt=instant) | Q(superseded_at__gt=instant))


def _changed(instant: dt.datetime, *, activities: bool) -> tuple[set[str], int]:
    """Codes of everybody who owns or shares an event that is not what it was, and how many events those are."""
    booked = set(_after(Booking, instant).values_list("source_system", "source_id"))
    for model in (Return, Payment, CreditSplit):
        named = _after(model, instant).exclude(booking_source_id="")
        booked |= set(named.values_list("source_system", "booking_source_id"))
    deals = set(_after(CreditSplit, instant).exclude(opportunity=None).values_list("opportunity_id", flat=True))
    ids = sorted({code for _, code in booked})
    bookings = Booking.objects.filter(Q(source_id__among=ids) | Q(opportunity_id__among=sorted(deals)))
    found = list(bookings.values_list("credited__code", "opportunity_id", "source_system", "source_id"))
    deals |= {deal for _, deal, *_ in found if deal is not None}
    splits = CreditSplit.objects.filter(Q(booking_source_id__among=ids) | Q(opportunity_id__among=sorted(deals)))
    people = {code for code, *_ in found} | set(splits.values_list("person__code", flat=True))
    own: set[tuple[str, str]] = set()
    for fact in (PayEvent, Activity) if activities else (PayEvent,):
        own |= set(_after(fact, instant).values_list("person__code", "source_id"))
    people |= {code for code, _ in own}
    return {code for code in people if code}, len(booked | {(system, code) for _, _, system, code in found}) + len(own)


def _paid_now(
    run: PayRun, parts: list[Part], texts: dict[int, str], few: set[str] | None, known_at: dt.datetime
) -> dict[str, int]:  # fmt: skip
    """What each of these people would be paid for the run's period by what is known at the instant."""
    inputs = inputs_of(parts, Period(run.starts_on, run.ends_on, "month", run.name), known_at, few=few)
    found: dict[str, int] = {}
    for part in parts:
        rows = computed(texts[part.version], part, inputs).frames["settlements"]
        for code, amount in rows.select("person_id", "paid_minor").iter_rows():
            found[code] = found.get(code, 0) + amount
    return found


def _moved(run: PayRun, now: dict[str, int], looked: set[str]) -> tuple[Moved, ...]:
    rows = PaySettlement.objects.filter(run=run, person__code__in=looked).values_list("person__code")
    then = dict(rows.annotate(paid=Sum("paid_minor")).values_list("person__code", "paid"))
    names = {code: (pk, name) for pk, code, name in Person.objects.values_list("pk", "code", "name") if code in looked}
    found = [
        Moved(person_id=names[code][0], person=names[code][1], then_minor=then.get(code, 0), now_minor=now.get(code, 0))
        for code in sorted(looked & names.keys())
    ]
    changed = [one for one in found if one.change_minor]
    return tuple(sorted(changed, key=lambda one: (-abs(one.change_minor), one.person)))
