"""Questions about pay: about a line, or a credit that is missing; a thread, and an answer that pay is computed by.

    rita   "o-21 is mine, too"     about March, no line
    fred   "Olga looks into it"    note
    fred   resolved                with an approved credit of 9,000.00 on 12 March   ->   an event of the next run

A resolution never edits a statement: corrected facts, or an approved credit, make the next run post the difference.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Prefetch

from quarterdeck.records.models import PayDispute, PayDisputeNote, PayEvent, PayLine, PayRun
from quarterdeck.services import access
from quarterdeck.services.dated import by_hand
from quarterdeck.services.journal import journaled
from quarterdeck.services.pay.statements import may_see
from quarterdeck.services.pay.states import state_of
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from quarterdeck.services.actor import Actor

_ASKED: Final = "The question was not asked."
_ANSWERED: Final = "The answer was not kept."
_LONGEST: Final = 4_000
OPEN: Final = "open"
ANSWERS: Final = ("resolved", "declined", "reopened")
_NOTES: Final = Prefetch("notes", PayDisputeNote.objects.select_related("by__person", "event").order_by("pk"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """An approved credit: what a missing event is worth, on which day."""

    happened_on: dt.date
    amount_minor: int


def dispute_asked(  # noqa: PLR0913  a question is these
    actor: Actor, run_id: int, person_id: int, text: str, *, line_id: int | None = None, event: str = ""
) -> PayDispute:  # fmt: skip
    """Ask about a line of a statement, or a credit that it lacks. Raises Refusal: `not_visible`, `dispute`."""
    run = PayRun.objects.prefetch_related("states").filter(pk=run_id).first()
    if run is None or not may_see(actor, person_id, state_of(list(run.states.all()))):
        raise access.not_visible("statement")
    line = None
    if line_id is not None:
        line = PayLine.objects.filter(pk=line_id, run_id=run_id, person_id=person_id).first()
        if line is None:
            raise access.not_visible("line")
    if not run.paysettlement_rows.filter(person_id=person_id).exists():
        raise access.not_visible("statement")
    said = _said(text, _ASKED)
    with journaled(actor, "dispute_asked", "pay_dispute") as entry:
        row = PayDispute.objects.create(
            run=run,
            person_id=person_id,
            line=line,
            event_id=event.strip()[:400],
            text=said,
            at=actor.now,
            by=actor.user,
        )
        entry.about(row.pk, f"A question about pay of {run.name}")
    return row


def _said(text: str, what: str) -> str:
    if not text.strip() or "\x00" in text:
        raise Refusal(what, "It says nothing.", "Write what is wrong, and how you know.", "dispute")
    return text.strip()[:_LONGEST]


def standing(dispute: PayDispute) -> str:
    """How a dispute stands: open, resolved or declined; its notes are prefetched."""
    said = [note.kind for note in dispute.notes.all() if note.kind in ANSWERS]
    return OPEN if not said or said[-1] == "reopened" else said[-1]


def disputes_seen(actor: Actor) -> QuerySet[PayDispute]:
    """Questions about the actor's own pay, or everybody's with a hat for it; newest first."""
    rows = PayDispute.objects.select_related("run", "person", "line", "by__person").prefetch_related(_NOTES)
    return rows if access.may(actor, "see_pay") else rows.filter(person_id=actor.person_id or 0)


def dispute_for(actor: Actor, dispute_id: int) -> PayDispute:
    """The question with its thread, or `not_visible`."""
    row = disputes_seen(actor).filter(pk=dispute_id).first()
    if row is None or not access.may_see_pay(actor, row.person_id):
        raise access.not_visible("question")
    return row


def dispute_noted(actor: Actor, dispute_id: int, text: str) -> PayDisputeNote:
    """One more contribution, by the person concerned or by who answers."""
    row = dispute_for(actor, dispute_id)
    if row.person_id != actor.person_id:
        access.require(actor, "answer_disputes", _ANSWERED)
    return _noted(actor, row, "note", text)


def dispute_answered(
    actor: Actor, dispute_id: int, kind: str, text: str, *, credit: Credit | None = None
) -> PayDisputeNote:  # fmt: skip
    """Resolve, decline or reopen; resolving may approve a credit. Raises Refusal: `needs_hat`, `dispute`."""
    row = dispute_for(actor, dispute_id)
    access.require(actor, "answer_disputes", _ANSWERED)
    is_own = row.person_id == actor.person_id
    if kind not in ANSWERS or (standing(row) == OPEN) == (kind == "reopened"):
        why = f"It is {standing(row)}."
        raise Refusal(_ANSWERED, why, "Resolve or decline what is open; reopen what is not.", "dispute")
    if is_own and kind != "reopened":
        raise Refusal(_ANSWERED, "It is about your own pay.", "Let somebody else answer it.", "dispute")
    if credit is not None and not (
        kind == "resolved" and credit.amount_minor and abs(credit.amount_minor) <= MAX_MINOR
    ):
        raise Refusal(
            _ANSWERED, "A credit goes with a resolution, and is worth something.", "Give an amount.", "dispute"
        )
    if credit is not None and credit.happened_on > actor.today:
        raise Refusal(_ANSWERED, "A credit's day cannot lie ahead.", "Use a day up to today.", "dispute")
    return _noted(actor, row, kind, text, credit)


def _noted(actor: Actor, row: PayDispute, kind: str, text: str, credit: Credit | None = None) -> PayDisputeNote:
    said = _said(text, _ANSWERED)
    with journaled(actor, "dispute_answered", "pay_dispute") as entry:
        event = None
        if credit is not None:
            event = PayEvent.objects.create(
                person_id=row.person_id, happened_on=credit.happened_on, amount_minor=credit.amount_minor, reason=said,
                by=actor.user, **by_hand(actor.now),
            )  # fmt: skip
        note = PayDisputeNote.objects.create(
            dispute=row, kind=kind, text=said, event=event, at=actor.now, by=actor.user
        )
        entry.about(row.pk, f"A question about pay of {row.run.name}: {'answered' if kind == 'note' else kind}")
    return note
