"""Pay runs: the inputs of a period frozen, computed, stored, and computed again on demand to the same bytes.

    pay_run_made(March)    ->   run 4, draft: parts and inputs as known now
    pay_run_previewed(4)   ->   credits, measures, payouts, settlements, lines; sha256 9f2c...
    pay_run_checked(4)     ->   computed again from its inputs: 9f2c..., the same

Periods are paid in order. One run of a period is on its way at a time; discarding it makes room for another.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.records.models import CompPlanVersion, PayInput, PayRun, PayRunState
from quarterdeck.services import access
from quarterdeck.services.calendar import fiscal_calendar
from quarterdeck.services.journal import journaled
from quarterdeck.services.pay.computing import Computed, computed, engine_version, findings_of, outputs_sha256
from quarterdeck.services.pay.inputs import Inputs, Part, first_unpaid, inputs_of, parts_of, people_paid, windows
from quarterdeck.services.pay.ledger import outputs_stored
from quarterdeck.services.pay.settled import locked_runs
from quarterdeck.services.pay.states import run_for, state_of, stepped
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.findings import Finding

if TYPE_CHECKING:
    from quarterdeck.records.models import Company
    from quarterdeck.services.actor import Actor
    from quarterdeck.terms.period import Period

_WHAT: Final = "The run was not made."


@dataclass(frozen=True, slots=True)
class Check:
    """A run computed again: the hash then and now, and whether the engine is the same one."""

    then: str
    now: str
    is_same_engine: bool

    @property
    def is_same(self) -> bool:
        """Whether every byte is the same."""
        return self.then == self.now


def period_due(now: dt.datetime, of: Company | None = None) -> Period | None:
    """The month that is to be paid next: after the last locked, or from the first day for which a plan pays.

    A month that is over and for which no plan pays is passed over: plans may pay by quarter or year.
    """
    calendar, published = fiscal_calendar(of), windows(now)
    last = locked_runs().order_by("-ends_on").values_list("ends_on", flat=True).first()
    begins = last or first_unpaid(published)
    if begins is None:
        return None
    period = calendar.period_of(begins, "month")
    while period.ends_on <= now.date() and not parts_of(period, now, published):
        period = calendar.period_of(period.ends_on, "month")
    return period


def pay_run_made(actor: Actor) -> PayRun:
    """A draft of the period due, its inputs as known now. Raises Refusal: `pay_order`, `pay_state`, `needs_hat`."""
    access.require(actor, "run_pay", _WHAT)
    with journaled(actor, "pay_run_made", "pay_run") as entry:
        period = _due(actor)
        parts = parts_of(period, actor.now)
        if not parts:
            raise Refusal(_WHAT, f"No published plan pays for {period.name}.", "Publish a plan.", "pay_order")
        frozen, digest = inputs_of(parts, period, actor.now).frozen()
        run = PayRun.objects.create(
            starts_on=period.starts_on, ends_on=period.ends_on, name=period.name, known_at=actor.now,
            engine_version=engine_version(), parts=[part.stored() for part in parts], inputs_sha256=digest,
            at=actor.now, by=actor.user,
        )  # fmt: skip
        for row in frozen:
            row.run = run
        PayInput.objects.bulk_create(frozen)
        PayRunState.objects.create(run=run, state="draft", at=actor.now, by=actor.user)
        entry.about(run.pk, f"Pay run of {run.name}: a draft", after={"inputs_sha256": digest})
    return run


def _due(actor: Actor) -> Period:
    period = period_due(actor.now)
    if period is None:
        raise Refusal(_WHAT, "No plan is published.", "Publish a comp plan and put people on it.", "pay_order")
    if period.ends_on > actor.today:
        why = f"{period.name} ends on {period.last_day:%-d %B %Y}; every month before it is locked."
        raise Refusal(_WHAT, why, "Run it when it is over.", "pay_order")
    for run in PayRun.objects.select_for_update().filter(starts_on=period.starts_on).prefetch_related("states"):
        state = state_of(list(run.states.all()))
        if state != "discarded":
            why = f"A run of {period.name} is {state}."
            raise Refusal(_WHAT, why, "Go on with it, or discard it first.", "pay_state")
    return period


def pay_run_previewed(actor: Actor, run_id: int) -> PayRunState:
    """Compute a draft and store what came out. Raises Refusal where facts do not fit a plan: nothing is stored then."""
    run = run_for(actor, run_id)
    access.require(actor, "run_pay", "The run was not previewed.")
    found = run_computed(run)
    names = dict(CompPlanVersion.objects.values_list("pk", "plan__code"))
    findings = [*findings_of(found, names), *_paid_twice(run, names)]
    more: dict[str, Any] = {"outputs_sha256": outputs_sha256(found), "findings": findings}
    return stepped(actor, run.pk, "preview", also=lambda _: outputs_stored(run, found), **more)


def _paid_twice(run: PayRun, names: dict[int, str]) -> list[dict[str, Any]]:
    """Who is on several plans in the period: often meant (two hats, a bonus beside), so it is said and not refused."""
    inputs = Inputs.thawed(run.inputs.all())
    plans: dict[str, set[str]] = {}
    for part in map(Part.read, run.parts):
        for code in people_paid(inputs, part):
            plans.setdefault(code, set()).add(names[part.version])
    return [
        asdict(Finding(
            file="assignments", row=None, column="person", value=code, rule="two_plans", severity="warning",
            message=f"'{code}' is paid by {' and '.join(sorted(found))}.",
            remedy="End one of the two assignments, unless both are meant.",
        )) | {"plan": ", ".join(sorted(found))}
        for code, found in sorted(plans.items())
        if len(found) > 1
    ]  # fmt: skip


def run_computed(run: PayRun) -> list[Computed]:
    """What the engine says of a run's frozen inputs."""
    parts = [Part.read(stored) for stored in run.parts]
    texts = dict(CompPlanVersion.objects.filter(pk__in=[part.version for part in parts]).values_list("pk", "text"))
    inputs = Inputs.thawed(run.inputs.all())
    return [computed(texts[part.version], part, inputs) for part in parts]


def pay_run_checked(actor: Actor, run_id: int) -> Check:
    """Compute a past run again and hold it against what was stored; writes nothing."""
    run = run_for(actor, run_id)
    row = run.states.filter(state="previewed").first()
    if row is None:
        raise Refusal("The run was not checked.", "It was never computed.", "Preview it first.", "pay_state")
    return Check(row.outputs_sha256, outputs_sha256(run_computed(run)), run.engine_version == engine_version())


def pay_run_approved(actor: Actor, run_id: int, *, note: str = "") -> PayRunState:
    """Finance says that this is what is to be paid."""
    return stepped(actor, run_id, "approve", note)


def pay_run_locked(actor: Actor, run_id: int, *, note: str = "") -> PayRunState:
    """Close the period for good: what comes late is posted in a later one, and everybody sees their statement."""
    return stepped(actor, run_id, "lock", note)


def pay_run_discarded(actor: Actor, run_id: int, *, note: str = "") -> PayRunState:
    """Put a run away that is not locked; its rows stay, and count for nothing."""
    return stepped(actor, run_id, "discard", note)
