"""Amendments: a published plan changed from a day on, with trigger, formula and approver, and everybody concerned told.

    kind     what happened                      who carries the rest of the year
    leaver   rita left on 16 May                her seat as a vacancy, or her team
    mover    rita took seat west-4 on 16 May    that seat, which is hers now: her total stays, the teams' change
    account  Hollis went from rita to sam       sam, by the part that her account stands for; a territory likewise
    amount   the whole is another number        everybody, in open months
    pins     rita's year is another number      the others in her team, in open months

Months that are over as of the day never change. Conventions without a right answer (does the first day count, is the
running month still open) have to be said, and stand in the notice. See docs/methods/proration.md and re-plan.md.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from quarterdeck.engine.cascade.plan import LAYERS
from quarterdeck.records.models import Amendment
from quarterdeck.services import access
from quarterdeck.services.journal import journaled
from quarterdeck.services.plans.amended_targets import amended_targets
from quarterdeck.services.plans.amendment_shapes import WHAT, AmendmentDraft, AmendmentMade, Changes, Kind, YearMoved
from quarterdeck.services.plans.changes import clash_said, edits_of
from quarterdeck.services.plans.doors import Door, locked, plan_for
from quarterdeck.services.plans.figures import Figures, figures_now
from quarterdeck.services.plans.grids import in_order, node_names
from quarterdeck.services.plans.handovers import handed, newcomers
from quarterdeck.services.plans.hands import hands_changed
from quarterdeck.services.plans.notices import Told, notices_of_amendment
from quarterdeck.services.plans.respreads import respread
from quarterdeck.services.plans.suggestions import Suggestion, suggestions
from quarterdeck.services.plans.takeovers import taken_over
from quarterdeck.services.plans.texts import said
from quarterdeck.services.scene import Scene, holder_of
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from quarterdeck.services.actor import Actor
    from quarterdeck.services.plans.edits import Edits


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentChoices:
    """What may be amended, and how."""

    plan_id: int
    name: str
    unit: str
    version: int
    root: str
    nodes: tuple[tuple[str, str], ...]
    """Teams, people and seats with their names, the whole first."""
    receivers: tuple[tuple[str, str], ...]
    """Who may take over accounts: rows without teams, and who came since with a seat in one of them."""
    suggestions: tuple[Suggestion, ...]
    first_open: dt.date | None
    """The first day of the first month that is not over; None: all are."""
    last_day: dt.date


def amendment_choices(actor: Actor, plan_id: int, as_of: dt.date) -> AmendmentChoices:
    """For the form; refused to who may not amend the plan, and for a plan that is not published."""
    found = plan_for(actor, plan_id)
    _check_plan(found)
    names = node_names(found)
    rows = [(node, names[node]) for node, _ in in_order(found, names)]
    came = newcomers(found, Scene(actor, as_of))
    open_months = [month.starts_on for month in found.ground.months if month.ends_on > as_of]
    return AmendmentChoices(
        plan_id=plan_id, name=found.plan.name, unit="money" if found.is_money else "count", nodes=tuple(rows),
        root=found.ground.root, receivers=tuple(row for row in [*rows, *came] if not row[0].startswith("team:")),
        version=len(found.amendments), suggestions=(*suggestions(found, as_of), *hands_changed(found, as_of)),
        first_open=min(open_months, default=None), last_day=found.plan.ends_on - dt.timedelta(days=1),
    )  # fmt: skip


def amendment_previewed(actor: Actor, draft: AmendmentDraft, as_of: dt.date) -> AmendmentMade:
    """What an amendment would move, as of a day; nothing is written. Raises Refusal (`amendment`, ...)."""
    return _made(plan_for(actor, draft.plan_id), draft, as_of)


def plan_amended(actor: Actor, draft: AmendmentDraft, as_of: dt.date) -> Amendment:
    """Amend a published plan: new versions of the cells moved, notices, one journal row; all or nothing."""
    seen = plan_for(actor, draft.plan_id)
    with journaled(actor, "plan_amended", "plan") as entry:
        found = locked(seen)
        if draft.version is not None and draft.version != len(found.amendments):
            raise Refusal(WHAT, "Somebody amended it since.", "Look at it again.", "plan_version")
        made = _made(found, draft, as_of)
        row = Amendment.objects.create(
            plan=found.plan, kind=draft.kind, effective_on=draft.effective_on, trigger=made.trigger,
            formula=made.changes.formula, moved=made.changes.moved, at=actor.now, by=actor.user,
        )  # fmt: skip
        n_targets = amended_targets(found, row)
        n_told = notices_of_amendment(found, row, made.told, _because(actor, made))
        entry.about(
            found.plan.pk, f"Plan {found.plan.name} amended, {made.trigger}: {n_targets:,} targets, {n_told:,} told",
            after={"amendment": row.pk, "formula": made.changes.formula},
        )  # fmt: skip
    return row


def _made(found: Door, draft: AmendmentDraft, as_of: dt.date) -> AmendmentMade:
    _check(found, draft, as_of)
    scene = Scene(found.actor, draft.effective_on)
    edits = edits_of(found)
    layers = {layer: figures_now(found.plan, edits, found.amendments, layer) for layer in LAYERS}
    changes = _changes(found, scene, draft, edits, layers)
    if not changes.moved["plan"]:
        raise Refusal(WHAT, "It moves nothing from that day on.", "Nothing is to be done.", "amendment")
    starts = [str(month.starts_on) for month in found.ground.months]
    before, after = layers["plan"], layers["plan"].amended(starts, changes.moved["plan"])
    words = said(draft.trigger, 1_000)
    return AmendmentMade(
        draft=draft, trigger=f"{changes.story}: {words}" if words else changes.story, changes=changes,
        years=_years(scene, before, after, changes), told=tuple(_told(scene, before, after, changes, words)),
    )  # fmt: skip


def _changes(found: Door, scene: Scene, draft: AmendmentDraft, edits: Edits, layers: Mapping[str, Figures]) -> Changes:
    if draft.kind in {"leaver", "mover"}:
        return taken_over(found, scene, draft, layers)
    if draft.kind in {"account", "territory"}:
        return handed(found, scene, draft, layers)
    try:
        return respread(found, scene, draft, edits, layers)
    except Refusal as refusal:
        raise clash_said(found, refusal) from refusal


def _check_plan(found: Door) -> None:
    access.require(found.actor, "approve_plans", WHAT)
    if not found.may_approve:
        raise Refusal(WHAT, "It is not yours to decide on.", "Ask who does.", "needs_hat")
    if found.state != "published":
        raise Refusal(WHAT, f"The plan is {found.state}.", "Change the draft instead.", "plan_state")


def _check(found: Door, draft: AmendmentDraft, as_of: dt.date) -> None:
    _check_plan(found)
    if draft.kind not in get_args(Kind):
        choices = ", ".join(get_args(Kind))
        raise Refusal(WHAT, f"There is no amendment '{draft.kind[:20]}'.", f"Say one of {choices}.", "amendment")
    open_months = [month for month in found.ground.months if month.ends_on > as_of]
    if not open_months or not open_months[0].starts_on <= draft.effective_on < found.plan.ends_on:
        first = f"{open_months[0].starts_on:%-d %B %Y}" if open_months else "never again"
        why = f"Months that are over do not change; the plan is open from {first} to its end."
        raise Refusal(WHAT, why, "Name a day in an open month.", "amendment_closed")


def _years(scene: Scene, before: Figures, after: Figures, changes: Changes) -> tuple[YearMoved, ...]:
    moved = dict.fromkeys(node for node, *_ in changes.moved["plan"])
    scene.people([holder_of(node)[1] for node in moved if node.startswith("person:")])
    found = [
        YearMoved(node=node, name=scene.name(node), before=before.year(node), after=after.year(node)) for node in moved
    ]
    return tuple(sorted(found, key=lambda one: (one.node.startswith("team:"), one.name, one.node)))


def _told(scene: Scene, before: Figures, after: Figures, changes: Changes, words: str) -> list[Told]:
    """Everybody with a cell that moved, of their own or of a seat they hold on the day, with their whole year."""
    held: dict[int, list[str]] = {}
    for position, sitting in scene.sitting(scene.as_of).items():
        for person in sitting:
            held.setdefault(person, []).append(f"position:{position}")
    changed = {node for node, *_ in changes.moved["plan"]}
    people = {holder_of(node)[1] for node in changed if node.startswith("person:")}
    people |= {person for person, seats in held.items() if changed & set(seats)}
    own = {person: [f"person:{person}", *held.get(person, ())] for person in sorted(people)}
    return [
        Told(person, sum(map(before.year, rows)), sum(map(after.year, rows)), _story(changes, rows, words))
        for person, rows in own.items()
    ]


def _story(changes: Changes, rows: Sequence[str], words: str) -> str:
    own = "; ".join(changes.stories[row] for row in rows if row in changes.stories)
    return f"{own}: {words}" if own and words else own


def _because(actor: Actor, made: AmendmentMade) -> str:
    by = f" Approved by {actor.name}." if actor.user else ""
    return f"{made.changes.because}.{by}"
