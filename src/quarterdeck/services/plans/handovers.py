"""Accounts and territories that change hands carry quota along: a stated part of what their holder carries, by days.

    Hollis Tools goes from rita to sam on 16 May; it brought a fifth of what her accounts brought in twelve months
                        May     June ...
    rita   100,000  ->  89,677  80,000         a fifth, cut by 16 of 31 days in May
    sam     90,000  ->  100,323 110,000        the sums above both change only where their teams differ

What part goes along is a named choice: `sales` of the twelve months before the day, `even` by number of accounts, or
`given`. The territories room calls `plan_amended` with the moves of an accepted proposal; `plans_concerned` says which
published plans carry them. Amounts by engine.cascade.handovers; docs/methods/proration.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, get_args

import narwhals as nw

from quarterdeck.engine.cascade.handovers import handed_over
from quarterdeck.services import access
from quarterdeck.services.plans.amendment_shapes import WHAT, Changes, Handover, ShareBy
from quarterdeck.services.plans.carried import Carried, carried_by
from quarterdeck.services.plans.doors import plans_seen
from quarterdeck.services.plans.takeovers import conventions
from quarterdeck.services.plans.transfers import moved_by
from quarterdeck.services.scene import CARRIES, Scene, holder_of
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.engine.cascade.proration import FirstDay
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.plans.amendment_shapes import AmendmentDraft
    from quarterdeck.services.plans.doors import Door
    from quarterdeck.services.plans.figures import Figures
    from quarterdeck.services.plans.ground import Ground
    from quarterdeck.services.plans.transfers import Moved

MOST: Final = 5_000
"""Moves in one amendment."""
_NAMED: Final = 3
_BY: Final = {
    "sales": "by what each brought in the twelve months before", "even": "by number of accounts",
    "given": "by the part that was said",
}  # fmt: skip


def handed(found: Door, scene: Scene, draft: AmendmentDraft, layers: Mapping[str, Figures]) -> Changes:
    """What accounts or territories that change hands take along. Raises Refusal (`amendment`)."""
    first_day = conventions(draft)
    _check(found, draft)
    draft = replace(draft, handovers=tuple(sorted(draft.handovers, key=lambda one: one.what)))
    receivers, rows = _receivers(found, scene, draft.handovers)
    carried = carried_by(found, scene, draft.handovers)
    shares = [_share(draft, carried, one) for one in draft.handovers]
    ground = found.ground.with_nodes(rows)
    counts = "the first day counts" if first_day == "counts" else "the first day does not count"
    parted = [(one.giver, to, share) for one, to, share in zip(draft.handovers, receivers, shares, strict=True)]
    return Changes(
        story=_story(scene, draft.handovers, carried, draft.effective_on),
        stories=_stories(scene, draft, parted, carried),
        because=f"{_parts(shares)}, {_BY[draft.share_by]}, by {draft.day_count} days, {counts}",
        formula={
            "handovers": [
                [one.what, giver, to, str(share)]
                for one, (giver, to, share) in zip(draft.handovers, parted, strict=True)
            ],
            "share_by": draft.share_by, "day_count": draft.day_count, "first_day": first_day,
            "nodes": rows,
        },
        moved={
            layer: _moved(ground, figures, draft, first_day, parted)
            for layer, figures in layers.items()
        },
        nodes=rows,
    )  # fmt: skip


def plans_concerned(actor: Actor, givers: Collection[str], day: dt.date) -> list[tuple[int, str]]:
    """Published plans, with id and name, in which somebody who gives carries a number on a day; for who may amend."""
    return [
        (one.plan.pk, one.plan.name)
        for one in plans_seen(actor)
        if one.may_approve and one.state == "published" and one.plan.starts_on <= day < one.plan.ends_on
        and any(giver in one.ground.nodes for giver in givers)
    ]  # fmt: skip


def _check(found: Door, draft: AmendmentDraft) -> None:
    if not 0 < len(draft.handovers) <= MOST:
        raise Refusal(
            WHAT, f"It names no move, or more than {MOST:,}.", "Say what goes from whom to whom.", "amendment"
        )
    if draft.share_by == "" or draft.share_by not in get_args(ShareBy):
        why = "What part of the number goes along has no right answer."
        raise Refusal(WHAT, why, f"Say one of {', '.join(get_args(ShareBy))}.", "amendment")
    if len({one.what for one in draft.handovers}) < len(draft.handovers):
        raise Refusal(WHAT, "Something is named twice.", "Name each account or territory once.", "amendment")
    for one in draft.handovers:
        if one.giver not in found.seen:
            raise access.not_visible("node")
        if one.giver.startswith("team:"):
            raise Refusal(WHAT, "A team carries no account.", "Name the person or seat that does.", "amendment")
        if one.giver == one.receiver:
            raise Refusal(WHAT, "It goes to who has it already.", "Name somebody else.", "amendment")


def _receivers(found: Door, scene: Scene, handovers: Sequence[Handover]) -> tuple[list[str], list[list[Any]]]:
    """The row that takes over, for each move, and rows of seats that the plan did not have."""
    rows: dict[str, list[Any]] = {}
    receivers = []
    for one in handovers:
        if one.receiver in found.seen and not one.receiver.startswith("team:"):
            receivers.append(one.receiver)
            continue
        seat, team = _seat_of(found, scene, one.receiver)
        if seat not in found.ground.nodes:
            rows[seat] = [seat, team, 0, False]
        receivers.append(seat)
    return receivers, list(rows.values())


def _seat_of(found: Door, scene: Scene, receiver: str) -> tuple[str, str]:
    """The rep's seat in a team of the plan that somebody holds on the day who came after the plan was made."""
    kind, person = _node(receiver)
    if kind != "person" or not access.sees_person(found.actor, person, scene.as_of):
        raise access.not_visible("node")
    rows = scene.seats_on(scene.as_of).filter(nw.col("person_id") == person, nw.col("hat") == CARRIES)
    for position, team in rows.select("position_id", "team_id").sort("position_id").iter_rows():
        if f"team:{team}" in found.seen:
            return f"position:{position}", f"team:{team}"
    why = f"{scene.name(receiver)} has no row in the plan, and no rep's seat in a team of it on that day."
    raise Refusal(WHAT, why, "Seat them there first, under People, or name somebody else.", "amendment")


def newcomers(found: Door, scene: Scene) -> list[tuple[str, str]]:
    """People with a rep's seat in a team of the plan on a day who have no row in it; by name."""
    rows = scene.seats_on(scene.as_of).filter(nw.col("hat") == CARRIES, ~nw.col("person_id").is_null())
    people = {
        person
        for person, team in rows.select("person_id", "team_id").iter_rows()
        if f"team:{team}" in found.seen and f"person:{person}" not in found.ground.nodes
    }
    named = {f"person:{pk}": person.name for pk, person in scene.people(people).items()}
    return sorted(named.items(), key=lambda row: (row[1], row[0]))


def _node(text: str) -> tuple[str, int]:
    try:
        return holder_of(text)
    except ValueError as error:
        raise access.not_visible("node") from error


def _share(draft: AmendmentDraft, carried: Mapping[str, Carried], one: Handover) -> Fraction:
    """A move's part of its giver's number."""
    if draft.share_by == "given":
        if one.share is None or not 0 < one.share <= 1:
            raise Refusal(WHAT, "It says no part of the number.", "Say a part above 0 and up to 100 %.", "amendment")
        return one.share
    have = carried[one.giver]
    part, whole = (have.sales if draft.share_by == "sales" else have.n_accounts)(one.what)
    if whole <= 0:
        why = "The accounts of who gives brought nothing in the twelve months before the day."
        if draft.share_by == "even":
            why = "Who gives looks after no account."
        raise Refusal(WHAT, why, "Say the part yourself, as given.", "amendment")
    return Fraction(max(part, 0), whole)


def _moved(
    ground: Ground, figures: Figures, draft: AmendmentDraft, first_day: FirstDay,
    moves: Sequence[tuple[str, str, Fraction]],
) -> list[Moved]:  # fmt: skip
    """Every cell that changes: what each giver loses at once, and what each receiver gets."""
    more: list[tuple[str, Sequence[int]]] = []
    for giver in dict.fromkeys(one[0] for one in moves):
        of_giver = [(to, share) for each, to, share in moves if each == giver]
        gone = handed_over(
            figures.cells(giver), ground.months, draft.effective_on, [share for _, share in of_giver],
            day_count=draft.day_count, first_day=first_day,
        )  # fmt: skip
        more.append((giver, [-sum(month) for month in zip(*gone, strict=True)]))
        more += [(to, amounts) for (to, _), amounts in zip(of_giver, gone, strict=True)]
    return moved_by(ground, figures, more)


def _story(scene: Scene, moves: Sequence[Handover], carried: Mapping[str, Carried], day: dt.date) -> str:
    """What went from whom to whom; of many moves the first few."""
    said = [
        f"{carried[one.giver].name(one.what)} from {scene.name(one.giver)} to {scene.name(one.receiver)}"
        for one in moves[:_NAMED]
    ]
    more = len(moves) - _NAMED
    rest = f" and {more:,} more" if more > 0 else ""
    return f"{', '.join(said)}{rest} on {day:%-d %B %Y}"


def _stories(
    scene: Scene, draft: AmendmentDraft, parted: Sequence[tuple[str, str, Fraction]], carried: Mapping[str, Carried]
) -> dict[str, str]:
    """By node, the moves that give it or take from it."""
    own: dict[str, list[Handover]] = {}
    for one, (giver, to, _) in zip(draft.handovers, parted, strict=True):
        own.setdefault(giver, []).append(one)
        own.setdefault(to, []).append(one)
    return {node: _story(scene, moves, carried, draft.effective_on) for node, moves in own.items()}


def _parts(shares: Iterable[Fraction]) -> str:
    known = list(shares)
    if len(known) == 1:
        return f"{float(known[0]):.1%} of the number goes along"
    return f"{len(known):,} parts of the numbers go along"
