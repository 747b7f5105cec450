"""Who has accepted the document of their comp plan: a name, an instant, and all of what they saw, kept for good.

    person  plan    stands      accepted                       asked anew because
    rita    reps 2  accepted    5 January 2026, "Rita Moreno"
    raj     reps 2  asked       reps 1, 3 January 2025         a new version
    nora    reps 2  asked       reps 2, 5 January 2026         what is theirs is not what it was: quota

A document is asked about while somebody is on the newest published version of a plan in its days. Whoever has the hat
for pay sees everybody's and may remind; nobody accepts for another.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.records.models import CompPlanVersion, Notice, Person, PlanAcceptance, PlanReminder
from quarterdeck.services import access
from quarterdeck.services.journal import journaled
from quarterdeck.services.listing import Listing, whole
from quarterdeck.services.pay.plan_documents import (
    Given,
    PlanDocument,
    assignments_of,
    day_of,
    document_sha256,
    given_values,
    plan_document,
)
from quarterdeck.services.pay.plans import plan_of
from quarterdeck.services.scene import Scene
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.tables import Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quarterdeck.services.actor import Actor

ACCEPTED: Final = "accepted"
ASKED: Final = "asked"
_WHAT: Final = "The plan was not accepted."
WAITS: Final = "Your plan document waits: read it and accept it under Pay"
"""What a reminder says on a desk; whose plan it is, and what it pays, is not for who sees a person's notices."""
_LONGEST: Final = 300
_EVERY: Final = dt.timedelta(days=1)
"""A reminder that follows another within a day is none."""

COLUMNS: Final = (
    Column("plan", "text", "The comp plan."),
    Column("version", "count", "Which version of it."),
    Column("code", "id", "The person's code."),
    Column("person", "text", "Their name."),
    Column("standing", "choice", "Accepted, or asked."),
    Column("accepted_at", "instant", "When they accepted this document."),
    Column("accepted_as", "text", "The name they wrote."),
    Column("why", "text", "Why they are asked anew."),
    Column("reminded_at", "instant", "When they were last reminded."),
    Column("document_sha256", "text", "The hash of what they accepted."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A person and the document of a plan version that waits for them, or that they have accepted."""

    version_id: int
    plan: str
    title: str
    version: int
    person_id: int
    person: str
    code: str
    accepted_at: dt.datetime | None
    accepted_as: str
    why: str
    reminded_at: dt.datetime | None
    document_sha256: str

    @property
    def standing(self) -> str:
        """Accepted, or asked."""
        return ACCEPTED if self.accepted_at is not None else ASKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A document as its page shows it."""

    document: PlanDocument
    sha256: str
    standing: Standing
    is_own: bool
    may_accept: bool
    version: CompPlanVersion
    person: Person


def versions_asked(today: dt.date) -> list[CompPlanVersion]:
    """The newest published version of every plan that is not over; one query."""
    rows = CompPlanVersion.objects.filter(published_at__isnull=False, effective_to__gt=today).select_related("plan")
    return list({row.plan_id: row for row in rows.order_by("plan_id", "number")}.values())


def standings(actor: Actor, *, person_id: int | None = None) -> list[Standing]:
    """Everybody's for who sees pay, or one's own; by plan and name. The number of queries does not grow with people."""
    if person_id is None:
        access.require(actor, "see_pay", "The acceptances were not shown.")
    versions = versions_asked(actor.today)
    assigned = assignments_of([one.plan_id for one in versions], person_id)
    people = {row.person_id for row in assigned}
    known = {one.pk: one for one in Person.visible.filter(pk__in=people)} if people else {}
    told = Told(known) if known else None
    scenes: dict[dt.date, Scene] = {}
    found: list[Standing] = []
    for version in versions if told is not None else ():
        day = day_of(version, actor.today)
        given = given_values(scenes.setdefault(day, Scene(actor, day)), version, assigned)
        rows = [told.standing(version, known[pk], given[pk]) for pk in given if pk in known] if told else []
        found += sorted(rows, key=lambda row: (row.person, row.person_id))
    return found


def own_standings(actor: Actor) -> list[Standing]:
    """The actor's own; nothing for who is nobody."""
    return standings(actor, person_id=actor.person_id) if actor.person_id is not None else []


class Told:
    """What people accepted and of what they were reminded; two queries."""

    def __init__(self, people: Iterable[int]) -> None:
        """Acceptances and reminders of these people, the latest last."""
        ids = list(people)
        self.said: dict[tuple[int, int], list[PlanAcceptance]] = {}
        for row in PlanAcceptance.objects.filter(person_id__in=ids).select_related("version").order_by("pk"):
            self.said.setdefault((row.version.plan_id, row.person_id), []).append(row)
        rows = PlanReminder.objects.filter(person_id__in=ids).order_by("pk")
        self.reminded = {(row.version_id, row.person_id): row.at for row in rows}

    def standing(self, version: CompPlanVersion, person: Person, given: Given) -> Standing:
        """How a person stands to the document of a version."""
        now = [asdict(one) for one in given.yours(plan_of(version.text))]
        said = self.said.get((version.plan_id, person.pk), [])
        same = next(
            (one for one in reversed(said) if one.version_id == version.pk and one.document["yours"] == now), None
        )
        return Standing(
            version_id=version.pk, plan=version.plan.code, title=version.title, version=version.number,
            person_id=person.pk, person=person.name, code=person.code,
            accepted_at=same.at if same is not None else None, accepted_as=same.name if same is not None else "",
            why="" if same is not None or not said else _anew(version, said[-1], now),
            reminded_at=self.reminded.get((version.pk, person.pk)),
            document_sha256=same.document_sha256 if same is not None else "",
        )  # fmt: skip


def _anew(version: CompPlanVersion, last: PlanAcceptance, now: list[dict[str, Any]]) -> str:
    """Why who accepted before is asked again."""
    if last.version_id != version.pk:
        return f"Version {version.number} took over from version {last.version.number}"
    before = last.document["yours"]
    changed = dict.fromkeys(one["name"] for one in [*now, *before] if one not in before or one not in now)
    return f"Changed since: {', '.join(changed)}" if changed else "What is theirs changed"


def document_shown(actor: Actor, version_id: int, person_id: int) -> Shown:
    """A person's document of a published version. Raises Refusal (`not_visible`) for none, or none of theirs."""
    version = CompPlanVersion.objects.filter(pk=version_id, published_at__isnull=False).select_related("plan").first()
    person = Person.visible.filter(pk=person_id).first()
    if version is None or person is None or not access.may_see_pay(actor, person_id):
        raise access.not_visible("plan document")
    scene = Scene(actor, day_of(version, actor.today))
    given = given_values(scene, version, assignments_of([version.plan_id], person_id))
    if person_id not in given:
        raise access.not_visible("plan document")
    found = plan_document(version, person, given[person_id])
    standing, is_own = Told([person_id]).standing(version, person, given[person_id]), person_id == actor.person_id
    return Shown(
        document=found, sha256=document_sha256(found.plain()), standing=standing, is_own=is_own, version=version,
        person=person, may_accept=is_own and standing.standing == ASKED and _is_newest(version),
    )  # fmt: skip


def _is_newest(version: CompPlanVersion) -> bool:
    later = CompPlanVersion.objects.filter(plan_id=version.plan_id, published_at__isnull=False)
    return not later.filter(number__gt=version.number).exists()


def plan_accepted(actor: Actor, version_id: int, *, name: str, sha256: str) -> PlanAcceptance:
    """The actor accepts their own document, as they saw it. Raises Refusal: `plan_acceptance`, `not_visible`.

    `sha256` is that of the document which they were shown: if it is another one by now, they look again first.
    """
    if actor.person_id is None:
        raise access.not_visible("plan document")
    access.require(actor, "read", _WHAT)
    with journaled(actor, "plan_accepted", "comp_plan") as entry:
        CompPlanVersion.objects.select_for_update().filter(pk=version_id).first()
        shown = document_shown(actor, version_id, actor.person_id)
        _check(shown, name, sha256)
        row = acceptance_of(shown.document, shown.version, shown.person, actor, name)
        row.save()
        entry.about(
            shown.version.plan_id,
            f"{shown.person.name} accepted comp plan {shown.version}",
            after={"sha256": shown.sha256},
        )
    return row


def acceptance_of(
    document: PlanDocument, version: CompPlanVersion, person: Person, actor: Actor, name: str = ""
) -> PlanAcceptance:
    """An acceptance, not stored yet; without a name it is the person's own."""
    plain = document.plain()
    return PlanAcceptance(
        version=version, person=person, name=name.strip() or person.name, document=plain,
        document_sha256=document_sha256(plain), at=actor.now, by=actor.user,
    )  # fmt: skip


def _check(shown: Shown, name: str, sha256: str) -> None:
    if shown.standing.standing == ACCEPTED:
        raise Refusal(_WHAT, "You have accepted it already.", "Nothing is left to do.", "plan_acceptance")
    if not shown.may_accept:
        why = "A later version of the plan is published."
        raise Refusal(_WHAT, why, "Read and accept that one.", "plan_acceptance")
    if not name.strip() or len(name) > _LONGEST or not name.strip().isprintable():
        raise Refusal(_WHAT, "Your name is missing, or cannot be shown.", "Write your full name.", "plan_acceptance")
    if sha256 != shown.sha256:
        why = "The document is not the one that you were shown: the plan, or what is yours, changed since."
        raise Refusal(_WHAT, why, "Read it again, then accept it.", "plan_acceptance")


def plan_reminded(actor: Actor) -> int:
    """Remind everybody who has not accepted and was not reminded within a day; how many they were."""
    access.require(actor, "run_pay", "Nobody was reminded.")
    waiting = [
        one for one in standings(actor)
        if one.standing == ASKED and (one.reminded_at is None or actor.now - one.reminded_at >= _EVERY)
    ]  # fmt: skip
    if not waiting:
        why = "Everybody has accepted, or was reminded within the last day."
        raise Refusal("Nobody was reminded.", why, "Try again tomorrow.", "plan_acceptance")
    with journaled(actor, "plan_reminded", "comp_plan") as entry:
        PlanReminder.objects.bulk_create(
            PlanReminder(version_id=one.version_id, person_id=one.person_id, at=actor.now, by=actor.user)
            for one in waiting
        )
        Notice.objects.bulk_create(
            Notice(person_id=pk, text=WAITS, at=actor.now, by=actor.user)
            for pk in dict.fromkeys(one.person_id for one in waiting)
        )
        entry.about(waiting[0].version_id, f"Reminded {len(waiting)} of their plan documents")
    return len(waiting)


def acceptances_listing(rows: Sequence[Standing]) -> Listing[Standing]:
    """Who has accepted and who has not, as a file has it."""
    return whole("Plan acceptances", COLUMNS, rows)
