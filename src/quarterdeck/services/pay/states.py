"""How a run moves on, as data: every step is a row with a name, a date and a note.

step      from                          to          verb
preview   draft                         previewed   run_pay          operations or finance
approve   previewed                     approved    approve_pay      finance; with a note where findings are open
lock      approved                      locked      approve_pay      from here on the period never changes
pay       locked                        paid        approve_pay      makes the payroll batch
discard   draft, previewed, approved    discarded   run_pay          another run of the period may follow
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.records.models import PayRun, PayRunState
from quarterdeck.services import access
from quarterdeck.services.journal import journaled
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from quarterdeck.services.actor import Actor

NOTE: Final = 2_000


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is called, from which states, to which, by which verb."""

    name: str
    before: tuple[str, ...]
    after: str
    verb: str


STEPS: Final = {
    step.name: step
    for step in (
        Step("preview", ("draft",), "previewed", "run_pay"),
        Step("approve", ("previewed",), "approved", "approve_pay"),
        Step("lock", ("approved",), "locked", "approve_pay"),
        Step("pay", ("locked",), "paid", "approve_pay"),
        Step("discard", ("draft", "previewed", "approved"), "discarded", "run_pay"),
    )
}
PUBLIC: Final = ("locked", "paid")
"""Whose statements the people paid can see."""


def run_for(actor: Actor, run_id: int) -> PayRun:
    """The run, for who may see everybody's pay; else `not_visible`."""
    run = PayRun.objects.filter(pk=run_id).first() if access.may(actor, "see_pay") else None
    if run is None:
        raise access.not_visible("pay run")
    return run


def state_of(states: Sequence[PayRunState]) -> str:
    """The last state of those of a run."""
    return states[-1].state if states else ""


def may_step(actor: Actor, states: Sequence[PayRunState], name: str) -> bool:
    """Whether the actor may take a step from where the run stands."""
    return access.may(actor, STEPS[name].verb) and state_of(states) in STEPS[name].before


def stepped(
    actor: Actor, run_id: int, name: str, note: str = "", *, also: Callable[[PayRun], None] | None = None,
    **more: Any,  # noqa: ANN401  fields of the state
) -> PayRunState:  # fmt: skip
    """Take a step; `also` writes in the same transaction. Raises Refusal: `pay_state`, `pay_findings`, ..."""
    what = f"The run was not {STEPS[name].after}."
    access.require(actor, STEPS[name].verb, what)
    run = run_for(actor, run_id)
    with journaled(actor, f"pay_run_{STEPS[name].after}", "pay_run") as entry:
        run = PayRun.objects.select_for_update().get(pk=run.pk)
        states = list(run.states.order_by("pk"))
        if state_of(states) not in STEPS[name].before:
            before, after = " or ".join(STEPS[name].before), STEPS[name].after
            why = f"It is {state_of(states)}, and only what is {before} can be {after}."
            raise Refusal(what, why, "Look at its history.", "pay_state")
        if name == "approve":
            _require_said(what, states[-1].findings, note)
        row = PayRunState.objects.create(
            run=run, state=STEPS[name].after, note=note.strip()[:NOTE], at=actor.now, by=actor.user, **more
        )
        if also is not None:
            also(run)
        entry.about(run.pk, f"Pay run of {run.name}: {row.state}", after={"outputs_sha256": row.outputs_sha256})
    return row


def _require_said(what: str, findings: list[dict[str, Any]], note: str) -> None:
    """A run never pays around an error in silence: who approves it all the same says why."""
    errors = [one for one in findings if one["severity"] == "error"]
    if errors and not note.strip():
        several = "s" if len(errors) != 1 else ""
        why = f"It has {len(errors)} open finding{several}, first: {errors[0]['message'].rstrip('.')}."
        raise Refusal(what, why, "Mend them and run again, or approve with a note that says why.", "pay_findings")
