"""What people are told about their targets: once at publication, and at every amendment that changes their number.

rita   Your target for 2026 is 713,183.00 USD: plan "Harbour & Hale, bookings 2026", published by Dana Quill.
sam    Your target for 2026 is 640,000.00 USD instead of 598,000.00 USD (42,000.00 USD more), from 1 May 2026 on:
       Rita Moreno left on 15 May 2026. Respread over her team. Approved by Dana Quill.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quarterdeck.engine.metrics.definitions import metric_named
from quarterdeck.records.models import Notice
from quarterdeck.services import access
from quarterdeck.services.calendar import company
from quarterdeck.services.desks.words import exactly_said
from quarterdeck.services.journal import journaled
from quarterdeck.services.plans.figures import plan_figures
from quarterdeck.services.scene import holder_of

if TYPE_CHECKING:
    from quarterdeck.records.models import Amendment, Plan
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.plans.doors import Door
    from quarterdeck.services.plans.edits import Edits


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """A notice as its reader sees it."""

    notice_id: int
    at: dt.datetime
    text: str
    plan_id: int | None
    """Empty: it is about accounts that moved."""
    person: str
    is_own: bool
    is_seen: bool


def notices_of_publication(found: Door, edits: Edits) -> int:
    """A notice for everybody with a number of their own; how many."""
    figures, plan = plan_figures(found.plan, edits), found.plan
    by = f" by {found.actor.name}" if found.actor.user else ""
    rows = []
    for node in found.ground.nodes:
        kind, number = holder_of(node)
        if kind == "person":
            amount = figures.year(node)
            text = (
                f"Your target for {plan.fiscal_year} is {amount_said(plan, amount)}: plan “{plan.name}”, published{by}."
            )
            rows.append(_notice(found, number, None, amount, text))
    Notice.objects.bulk_create(rows, batch_size=1_000)
    return len(rows)


@dataclass(frozen=True, slots=True)
class Told:
    """A person whose number moved: their whole year before and after."""

    person: int
    before: int
    after: int
    story: str = ""
    """What of the amendment concerns them, where that is not all of it."""


def notices_of_amendment(found: Door, amendment: Amendment, told: Iterable[Told], because: str) -> int:
    """A notice for everybody whose number moved, with what set it off and `because`; how many."""
    plan = found.plan
    rows = []
    for one in told:
        after = amount_said(plan, one.after)
        text = f"Your target for {plan.fiscal_year} stays {after}"
        if one.before != one.after:
            difference = amount_said(plan, abs(one.after - one.before))
            more = "more" if one.after > one.before else "less"
            before = amount_said(plan, one.before)
            text = f"Your target for {plan.fiscal_year} is {after} instead of {before} ({difference} {more})"
        text = f"{text}, from {amendment.effective_on:%-d %B %Y} on: {one.story or amendment.trigger}; {because}"
        rows.append(_notice(found, one.person, one.before, one.after, text, amendment))
    Notice.objects.bulk_create(rows, batch_size=1_000)
    return len(rows)


def _notice(  # noqa: PLR0913, PLR0917  a notice is these
    found: Door, person: int, before: int | None, after: int, text: str, amendment: Amendment | None = None
) -> Notice:
    return Notice(
        plan=found.plan, amendment=amendment, person_id=person, before=before, after=after, text=text,
        at=found.actor.now, by=found.actor.user,
    )  # fmt: skip


def amount_said(plan: Plan, amount: int) -> str:
    """An amount of the plan's metric in words."""
    return exactly_said(amount, metric_named(plan.metric).unit, company().currency)


def notices(actor: Actor) -> list[NoticeLine]:
    """What the actor was told, and what those they see were told; the latest first, at most 200. One query."""
    rows = Notice.objects.select_related("person").order_by("-pk")
    seen = access.people_seen(actor, actor.today)
    rows = rows if seen is None else rows.filter(person_id__in=seen)
    return [_line(actor, row) for row in rows[:200]]


def notices_unseen(actor: Actor) -> list[NoticeLine]:
    """What the actor was told and has not put away; one query. For their desk."""
    if actor.person_id is None:
        return []
    rows = Notice.objects.select_related("person").filter(person_id=actor.person_id, seen_at=None)
    return [_line(actor, row) for row in rows.order_by("-pk")[:5]]


def _line(actor: Actor, row: Notice) -> NoticeLine:
    return NoticeLine(
        notice_id=row.pk, at=row.at, text=row.text, plan_id=row.plan_id, person=row.person.name,
        is_own=row.person_id == actor.person_id, is_seen=row.seen_at is not None,
    )  # fmt: skip


def notice_seen(actor: Actor, notice_id: int) -> None:
    """The actor has read what they were told; said once."""
    row = Notice.objects.filter(pk=notice_id, person_id=actor.person_id).first() if actor.person_id else None
    if row is None:
        raise access.not_visible("notice")
    if row.seen_at is None:
        with journaled(actor, "notice_seen", "notice") as entry:
            Notice.objects.filter(pk=row.pk, seen_at=None).update(seen_at=actor.now)
            entry.about(row.pk, "Read what was told about the target")
