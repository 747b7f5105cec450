"""Pay of the demo company: two plans in force since the year began, every closed month run, the last one just locked.

reps.yaml, managers.yaml   ->   published, their people on them
January ... February       ->   run, locked, sent to payroll; the last closed month locked, its batch yet to be made
rita                       ->   asks about it
everybody but kofi         ->   has accepted the plan; he is reminded
spiff                      ->   a draft from a template
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from quarterdeck.records.models import PayRun, Person, PlanAcceptance, User
from quarterdeck.services.actor import actor_of
from quarterdeck.services.calendar import company, fiscal_calendar
from quarterdeck.services.journal import journaled
from quarterdeck.services.pay.acceptances import acceptance_of, plan_reminded, versions_asked
from quarterdeck.services.pay.assignments import person_assigned
from quarterdeck.services.pay.disputes import dispute_asked
from quarterdeck.services.pay.payroll import payroll_made
from quarterdeck.services.pay.plan_documents import assignments_of, day_of, given_values, plan_document
from quarterdeck.services.pay.plans import comp_plan_drafted, comp_plan_published
from quarterdeck.services.pay.runs import (
    pay_run_approved,
    pay_run_locked,
    pay_run_made,
    pay_run_previewed,
    period_due,
)
from quarterdeck.services.pay.settings import (
    ADP,
    CAPITALISATION,
    payroll_codes_set,
    people_coded,
    setting_changed,
)
from quarterdeck.services.pay.starters import starter_text
from quarterdeck.services.scene import Scene

if TYPE_CHECKING:
    from quarterdeck.services.actor import Actor

PLANS: Final = {"reps": "rep", "managers": "manager"}
"""The file and the hat of those who are on it."""
_ASKING: Final = "rita"
_WAITING: Final = "kofi"
_SHARED: Final = "I brought in half of an order that only my colleague is credited with. Can you look at it?"


def demo_paid(actor: Actor) -> None:
    """Plans, people and runs of the year of the last closed month."""
    then = replace(actor, now=actor.now + dt.timedelta(seconds=1))  # an import is known a moment after it was asked for
    last = actor.today.replace(day=1) - dt.timedelta(days=1)
    for name, hat in PLANS.items():
        _planned(then, name, hat, last.year)
    while (period := period_due(then.now)) is not None and period.ends_on <= actor.today:
        run = pay_run_made(then)
        pay_run_previewed(then, run.pk)
        pay_run_approved(then, run.pk, note="The demo's own.")
        pay_run_locked(then, run.pk)
        if period.last_day < last:
            payroll_made(then, run.pk)
    _asked(then)
    _begun(then, last)
    _office(then, last.year)
    _accepted(then)


def _planned(actor: Actor, name: str, hat: str, year: int) -> None:
    text = (Path(__file__).parent / f"{name}.yaml").read_text(encoding="utf-8")
    made = comp_plan_drafted(actor, text.replace("YEAR", str(year)).replace("NEXT", str(year + 1)), file=f"{name}.yaml")
    comp_plan_published(actor, made.pk)
    begins = dt.date(year, 1, 1)
    still = Q(seats__effective_to=None) | Q(seats__effective_to__gt=begins)
    for person in Person.visible.filter(still, seats__superseded_at=None, seats__position__hat=hat).distinct():
        person_assigned(actor, made.plan_id, person.pk, effective_from=begins)


def _begun(actor: Actor, day: dt.date) -> None:
    """A SPIFF that is still a draft: begun from a template, not yet tried by anybody."""
    of = company()
    calendar = fiscal_calendar(of)
    text = starter_text("spiff", calendar.period_of(day, "year"), of.currency, calendar)
    comp_plan_drafted(actor, text, file="spiff.yaml")


def _asked(actor: Actor) -> None:
    user, run = User.objects.filter(person__code=_ASKING).first(), PayRun.objects.order_by("-starts_on").first()
    if user is None or user.person_id is None or run is None:
        return
    if run.paysettlement_rows.filter(person_id=user.person_id).exists():
        dispute_asked(actor_of(user, actor.now), run.pk, user.person_id, _SHARED)


def _office(actor: Actor, year: int) -> None:
    """How payroll knows the company and its people, and what is capitalised for how long."""
    begins = dt.date(year, 1, 1)
    adp = {"company_code": "HHX", "earnings_code": "C", "earnings_field": "3"}
    setting_changed(actor, ADP, begins, adp)
    setting_changed(actor, CAPITALISATION, begins, {"benefit_months": "36", "expedient": "yes"})
    people = sorted(people_coded(actor), key=lambda one: one.code)
    payroll_codes_set(actor, ADP, {one.person_id: str(4711 + 37 * at) for at, one in enumerate(people)})


def _accepted(actor: Actor) -> None:
    """Everybody's document accepted but one's: what a page would do, with what is read shared by all of them."""
    for version in versions_asked(actor.today):
        scene = Scene(actor, day_of(version, actor.today))
        given = given_values(scene, version, assignments_of([version.plan_id]))
        people = Person.visible.filter(pk__in=given).exclude(code=_WAITING)
        with journaled(actor, "plan_accepted", "comp_plan") as entry:
            rows = [acceptance_of(plan_document(version, one, given[one.pk]), version, one, actor) for one in people]
            PlanAcceptance.objects.bulk_create(rows)
            entry.about(version.plan_id, f"{len(rows)} people accepted comp plan {version}")
    plan_reminded(actor)
