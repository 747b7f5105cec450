"""Amendments: a published plan changed from a day on, with trigger, formula and approver, and everybody concerned told.

    kind     what happened                      who carries the rest of the year
    leaver   rita left on 16 May                her seat as a vacancy, or her team (respread by their years)
    mover    rita took seat west-4 on 16 May    that seat, which is hers now: her total stays, the teams' change

Months that are over as of the day never change. The first day counts, or not: whoever amends has to say. See
docs/methods/proration.md.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import narwhals as nw

from quarterdeck.engine.cascade.plan import LAYERS
from quarterdeck.engine.cascade.proration import DayCount, FirstDay
from quarterdeck.records.models import Amendment
from quarterdeck.services import access
from quarterdeck.services.journal import journaled
from quarterdeck.services.plans.amended_targets import amended_targets
from quarterdeck.services.plans.changes import edits_of
from quarterdeck.services.plans.doors import Door, locked, plan_for
from quarterdeck.services.plans.figures import Figures, figures_now
from quarterdeck.services.plans.grids import in_order, node_names
from quarterdeck.services.plans.notices import Told, notices_of_amendment
from quarterdeck.services.plans.suggestions import Suggestion, suggestions
from quarterdeck.services.plans.transfers import Moved, Transfer, transferred
from quarterdeck.services.scene import CARRIES, Scene, holder_of
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.plans.ground import Ground

WHAT: Final = "The plan was not amended."
Kind = Literal["leaver", "mover"]
Rest = Literal["vacancy", "respread"]
_TRIGGER: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentDraft:
    """An amendment as somebody wants it."""

    plan_id: int
    kind: Kind
    node: str
    """Who left or moved: a person's or a seat's node."""
    effective_on: dt.date
    """First day no longer there."""
    first_day: FirstDay
    day_count: DayCount = "calendar"
    rest: Rest = "vacancy"
    """Of a leaver: what happens with the rest of the number."""
    trigger: str = ""
    version: int | None = None
    """How many amendments its author saw; None: whatever there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearMoved:
    """A node's year before and after."""

    node: str
    name: str
    before: int
    after: int

    @property
    def difference(self) -> int:
        """How much more."""
        return self.after - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentMade:
    """An amendment with all that it moves, written or not."""

    draft: AmendmentDraft
    trigger: str
    formula: dict[str, Any]
    moved: dict[str, list[Moved]]
    """By layer."""
    years: tuple[YearMoved, ...]
    """Of the plan layer; people and seats whose year is another one, then teams."""
    told: tuple[Told, ...]
    """Who is to be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentChoices:
    """What may be amended, and how."""

    plan_id: int
    name: str
    unit: str
    version: int
    nodes: tuple[tuple[str, str], ...]
    """People and seats with their names."""
    suggestions: tuple[Suggestion, ...]
    first_open: dt.date | None
    """The first day of the first month that is not over; None: all are."""
    last_day: dt.date


def amendment_choices(actor: Actor, plan_id: int, as_of: dt.date) -> AmendmentChoices:
    """For the form; refused to who may not amend the plan, and for a plan that is not published."""
    found = plan_for(actor, plan_id)
    _check_plan(found)
    names = node_names(found)
    rows = [(node, names[node]) for node, _ in in_order(found, names) if not node.startswith("team:")]
    open_months = [month.starts_on for month in found.ground.months if month.ends_on > as_of]
    return AmendmentChoices(
        plan_id=plan_id, name=found.plan.name, unit="money" if found.is_money else "count", nodes=tuple(rows),
        version=len(found.amendments), suggestions=tuple(suggestions(found, as_of)),
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
            formula=made.formula, moved=made.moved, at=actor.now, by=actor.user,
        )  # fmt: skip
        n_targets = amended_targets(found, row)
        n_told = notices_of_amendment(found, row, made.told, _because(actor, made))
        entry.about(
            found.plan.pk, f"Plan {found.plan.name} amended, {made.trigger}: {n_targets:,} targets, {n_told:,} told",
            after={"amendment": row.pk, "formula": made.formula},
        )  # fmt: skip
    return row


def _made(found: Door, draft: AmendmentDraft, as_of: dt.date) -> AmendmentMade:
    _check(found, draft, as_of)
    scene = Scene(found.actor, draft.effective_on)
    receivers, rows = _receivers(found, scene, draft)
    ground = found.ground.with_nodes(rows)
    transfer = Transfer(
        giver=draft.node, receivers=receivers, effective_on=draft.effective_on, day_count=draft.day_count,
        first_day=draft.first_day,
    )  # fmt: skip
    edits = edits_of(found)
    layers = {layer: figures_now(found.plan, edits, found.amendments, layer) for layer in LAYERS}
    moved = {layer: transferred(ground, figures, transfer) for layer, figures in layers.items()}
    after = layers["plan"].amended([str(month.starts_on) for month in ground.months], moved["plan"])
    if not moved["plan"]:
        why = f"{scene.name(draft.node)} carries nothing from that day on."
        raise Refusal(WHAT, why, "Nothing is to be done.", "amendment")
    happened = "left" if draft.kind == "leaver" else "moved"
    trigger = f"{scene.name(draft.node)} {happened} on {draft.effective_on:%-d %B %Y}"
    said = draft.trigger.strip()[:_TRIGGER]
    formula = {
        "giver": draft.node, "receivers": receivers, "day_count": draft.day_count, "first_day": draft.first_day,
        "rest": draft.rest if draft.kind == "leaver" else "moves along", "nodes": rows,
    }  # fmt: skip
    return AmendmentMade(
        draft=draft, trigger=f"{trigger}: {said}" if said else trigger, formula=formula, moved=moved,
        years=_years(scene, layers["plan"], after, moved["plan"]),
        told=tuple(_told(scene, ground, layers["plan"], after, moved["plan"])),
    )  # fmt: skip


def _check_plan(found: Door) -> None:
    access.require(found.actor, "approve_plans", WHAT)
    if not found.may_approve:
        raise Refusal(WHAT, "It is not yours to decide on.", "Ask who does.", "needs_hat")
    if found.state != "published":
        raise Refusal(WHAT, f"The plan is {found.state}.", "Change the draft instead.", "plan_state")


def _check(found: Door, draft: AmendmentDraft, as_of: dt.date) -> None:
    _check_plan(found)
    if draft.first_day not in get_args(FirstDay):
        why = "Whether the first day counts for the one who takes over has no right answer."
        raise Refusal(WHAT, why, "Say counts or does_not_count.", "amendment")
    if draft.day_count not in get_args(DayCount) or draft.rest not in get_args(Rest):
        choices = ", ".join((*get_args(DayCount), *get_args(Rest)))
        raise Refusal(WHAT, "A convention is none of those known.", f"Choose among {choices}.", "amendment")
    if draft.node not in found.seen or draft.node.startswith("team:"):
        raise access.not_visible("node")
    if draft.kind not in get_args(Kind):
        raise Refusal(WHAT, f"There is no amendment '{draft.kind[:20]}'.", "Say leaver or mover.", "amendment")
    open_months = [month for month in found.ground.months if month.ends_on > as_of]
    if not open_months or not open_months[0].starts_on <= draft.effective_on < found.plan.ends_on:
        first = f"{open_months[0].starts_on:%-d %B %Y}" if open_months else "never again"
        why = f"Months that are over do not change; the plan is open from {first} to its end."
        raise Refusal(WHAT, why, "Name a day in an open month.", "amendment_closed")


def _receivers(found: Door, scene: Scene, draft: AmendmentDraft) -> tuple[dict[str, int], list[list[Any]]]:
    """Who takes over, by weight, and rows of seats that the plan did not have."""
    parent = found.ground.nodes[draft.node].parent
    if draft.kind == "leaver" and draft.rest == "respread":
        return _beside(found, draft.node, parent), []
    if draft.kind == "leaver":
        seat, team = _seat_left(scene, draft, parent), parent
    else:
        seat, team = _seat_taken(found, scene, draft)
    rows = [] if seat in found.ground.nodes else [[seat, team, 0, draft.kind == "leaver"]]
    return {seat: 1}, rows


def _beside(found: Door, node: str, parent: str) -> dict[str, int]:
    """Those beside a leaver in the same team, by what they carry; who is gone by an earlier amendment takes nothing."""
    gone = {row.formula["giver"] for row in found.amendments} | {node}
    figures = figures_now(found.plan, edits_of(found), found.amendments)
    beside = {
        each.node: figures.year(each.node)
        for each in found.ground.nodes.values()
        if each.parent == parent and each.kind != "team" and each.node not in gone
    }
    if not beside:
        raise Refusal(WHAT, "Nobody is left beside them in the team.", "Keep the number as a vacancy.", "amendment")
    return beside


def _seat_left(scene: Scene, draft: AmendmentDraft, parent: str) -> str:
    """The rep's seat in the team that a person held until the day."""
    kind, person = holder_of(draft.node)
    if kind == "position":
        raise Refusal(WHAT, "A seat does not leave.", "Name who left it, or respread it.", "amendment")
    before = draft.effective_on - dt.timedelta(days=1)
    team = holder_of(parent)[1]
    rows = scene.seats_on(before).filter(
        nw.col("person_id") == person, nw.col("team_id") == team, nw.col("hat") == CARRIES
    )
    seats = sorted(rows["position_id"].to_list())
    if not seats:
        why = f"{scene.name(draft.node)} held no rep's seat in {scene.name(parent)} the day before."
        raise Refusal(WHAT, why, "Check the day, or respread the number.", "amendment")
    return f"position:{seats[0]}"


def _seat_taken(found: Door, scene: Scene, draft: AmendmentDraft) -> tuple[str, str]:
    """The rep's seat that a mover holds on the day, in a team of the plan, and its team."""
    kind, person = holder_of(draft.node)
    rows = scene.seats_on(draft.effective_on).filter(nw.col("person_id") == person, nw.col("hat") == CARRIES)
    for position, team in rows.select("position_id", "team_id").sort("position_id").iter_rows():
        is_new = f"team:{team}" != found.ground.nodes[draft.node].parent
        if kind == "person" and is_new and f"team:{team}" in found.ground.nodes:
            return f"position:{position}", f"team:{team}"
    why = f"{scene.name(draft.node)} holds no rep's seat in another team of the plan on that day."
    raise Refusal(WHAT, why, "Seat them there first, under People.", "amendment")


def _years(scene: Scene, before: Figures, after: Figures, moved: list[Moved]) -> tuple[YearMoved, ...]:
    found = [
        YearMoved(node=node, name=scene.name(node), before=before.year(node), after=after.year(node))
        for node in dict.fromkeys(node for node, *_ in moved)
    ]
    return tuple(sorted(found, key=lambda one: (one.node.startswith("team:"), one.name, one.node)))


def _told(scene: Scene, ground: Ground, before: Figures, after: Figures, moved: list[Moved]) -> list[Told]:
    """Everybody with a cell that moved, of their own or of a seat they hold on the day, with their whole year."""
    held: dict[int, list[str]] = {}
    for position, sitting in scene.sitting(scene.as_of).items():
        for person in sitting:
            held.setdefault(person, []).append(f"position:{position}")
    changed = {node for node, *_ in moved}
    people = {holder_of(node)[1] for node in changed if node.startswith("person:")}
    people |= {person for person, seats in held.items() if changed & set(seats)}
    found = []
    for person in sorted(people):
        own = [node for node in (f"person:{person}", *held.get(person, ())) if node in ground.nodes]
        found.append(Told(person, sum(map(before.year, own)), sum(map(after.year, own))))
    return found


def _because(actor: Actor, made: AmendmentMade) -> str:
    rest = {
        "vacancy": "the seat keeps the rest",
        "respread": "the team carries the rest",
        "moves along": "it moves along",
    }
    day = "the first day counts" if made.draft.first_day == "counts" else "the first day does not count"
    by = f" Approved by {actor.name}." if actor.user else ""
    return f"{made.trigger}; {rest[made.formula['rest']]}, by {made.draft.day_count} days, {day}.{by}"
