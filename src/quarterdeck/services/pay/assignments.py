"""Who is on which comp plan from when to when, and what is theirs alone: quota, rate, draw, cap, target pay.

    person  plan  from        to          values
    rita    reps  2026-01-01              {target_pay: 60000}
    rita    reps  2026-01-01  2026-07-01  {target_pay: 60000}      superseded by two rows when it rose on 1 July
    rita    reps  2026-07-01              {target_pay: 66000}

A later assignment ends the one before on its first day. What the plan's file names and nobody assigns comes from
targets (see `quotas`) or from the file's own default.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from quarterdeck.engine.pay.exact import fraction
from quarterdeck.records.models import CompAssignment, CompPlan, Person
from quarterdeck.services import access
from quarterdeck.services.dated import by_hand, ended
from quarterdeck.services.journal import journaled
from quarterdeck.services.pay.plans import plan_of
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.services.actor import Actor

_WHAT: Final = "Nobody was put on the plan."


def person_assigned(  # noqa: PLR0913  an assignment is these
    actor: Actor, plan_id: int, person_id: int, *, effective_from: dt.date, effective_to: dt.date | None = None,
    values: Mapping[str, str] | None = None,
) -> CompAssignment:  # fmt: skip
    """Put a person on a plan from a day on. Raises Refusal: `comp_plan_state`, `pay_value`, `bad_value`."""
    access.require(actor, "write_comp_plans", _WHAT)
    with journaled(actor, "person_assigned", "comp_plan") as entry:
        plan = CompPlan.objects.select_for_update().filter(pk=plan_id).first()
        person = Person.visible.filter(pk=person_id).first()
        if plan is None or person is None:
            raise access.not_visible("comp plan" if plan is None else "person")
        if effective_to is not None and effective_to <= effective_from:
            raise Refusal(_WHAT, "It would end before it begins.", "Name a later last day.", "bad_value")
        given = {name: text.strip() for name, text in (values or {}).items() if text.strip()}
        _check_values(plan, given)
        _check_currency(plan, person, effective_from, effective_to)
        _room_made(plan, person, effective_from, effective_to, actor.now)
        row = CompAssignment.objects.create(
            plan=plan, person=person, values=given, effective_from=effective_from, effective_to=effective_to,
            **by_hand(actor.now),
        )  # fmt: skip
        entry.about(plan.pk, f"{person.name} is on comp plan {plan.code} from {effective_from:%-d %B %Y}")
    return row


def assignment_ended(actor: Actor, assignment_id: int, on: dt.date) -> None:
    """The first day on which a person is no longer on the plan."""
    access.require(actor, "write_comp_plans", "The assignment was not ended.")
    with journaled(actor, "assignment_ended", "comp_plan") as entry:
        row = CompAssignment.current.select_related("plan", "person").filter(pk=assignment_id).first()
        if row is None:
            raise access.not_visible("assignment")
        ended(row, on, actor.now)
        entry.about(row.plan_id, f"{row.person.name} is no longer on comp plan {row.plan.code} from {on:%-d %B %Y}")


def _check_values(plan: CompPlan, values: Mapping[str, str]) -> None:
    version = plan.versions.order_by("-number").first()
    known = plan_of(version.text).values if version is not None else {}
    if unknown := sorted(set(values) - set(known)):
        why = f"The plan has no value called {', '.join(unknown)}."
        raise Refusal(_WHAT, why, f"Use one of {', '.join(known) or 'none'}.", "pay_value")
    for name, text in values.items():
        try:
            fraction(text)
        except (ValueError, ZeroDivisionError) as error:
            why = f"'{text[:40]}' is no value of {name}."
            raise Refusal(_WHAT, why, "Write an exact number: 90000, 0.08 or 8%.", "pay_value") from error


def _check_currency(plan: CompPlan, person: Person, begins: dt.date, ends: dt.date | None) -> None:
    """Nobody is on plans of two currencies at one time: their statement would add up to nothing one can say."""
    own = _currency(plan)
    beside = CompAssignment.current.filter(person=person).exclude(plan=plan).filter(
        Q(effective_to=None) | Q(effective_to__gt=begins)
    ).select_related("plan")  # fmt: skip
    for row in beside if ends is None else beside.filter(Q(effective_from=None) | Q(effective_from__lt=ends)):
        other = _currency(row.plan)
        if own and other and own != other:
            why = f"{person.name} is on {row.plan.code} at that time, which pays in {other}; this one pays in {own}."
            raise Refusal(_WHAT, why, "End that first, or choose a plan in the same currency.", "comp_plan_state")


def _currency(plan: CompPlan) -> str:
    version = plan.versions.order_by("-number").first()
    return plan_of(version.text).currency if version is not None else ""


def _room_made(
    plan: CompPlan, person: Person, begins: dt.date, ends: dt.date | None, now: dt.datetime
) -> None:  # fmt: skip
    """End what reaches into the new days. Raises Refusal where something later stands in the way."""
    later = Q(effective_to=None) | Q(effective_to__gt=begins)
    for row in CompAssignment.current.select_for_update().filter(later, plan=plan, person=person):
        starts = row.effective_from or dt.date.min
        if ends is not None and starts >= ends:
            continue
        if starts > begins:
            why = f"{person.name} is on the plan from {starts:%-d %B %Y} already."
            raise Refusal(_WHAT, why, "End that first, or name a last day before it.", "comp_plan_state")
        ended(row, begins, now)
