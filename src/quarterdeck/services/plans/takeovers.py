"""Who takes over when somebody leaves or moves: a seat as a vacancy, the others in the team, or the mover's new seat.

leaver   vacancy    her seat in the team, whoever takes it
         respread   the others in the team, by what they carry; who gave up their number before takes nothing
mover               the seat that she holds on the day in another team of the plan
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, get_args

import narwhals as nw

from quarterdeck.engine.cascade.proration import DayCount, FirstDay
from quarterdeck.services import access
from quarterdeck.services.plans.amendment_shapes import WHAT, Changes, Rest
from quarterdeck.services.plans.transfers import Transfer, transferred
from quarterdeck.services.scene import CARRIES, Scene, holder_of
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.services.plans.amendment_shapes import AmendmentDraft
    from quarterdeck.services.plans.doors import Door
    from quarterdeck.services.plans.figures import Figures

_REST: Final = {
    "vacancy": "the seat keeps the rest", "respread": "the team carries the rest", "moves along": "it moves along"
}  # fmt: skip


def taken_over(found: Door, scene: Scene, draft: AmendmentDraft, layers: Mapping[str, Figures]) -> Changes:
    """What a leaver or mover gives up, and who carries it. Raises Refusal (`amendment`)."""
    first_day = conventions(draft)
    if draft.node not in found.seen or draft.node.startswith("team:"):
        raise access.not_visible("node")
    receivers, rows = _receivers(found, scene, draft, layers["plan"])
    transfer = Transfer(
        giver=draft.node, receivers=receivers, effective_on=draft.effective_on, day_count=draft.day_count,
        first_day=first_day,
    )  # fmt: skip
    ground = found.ground.with_nodes(rows)
    rest = draft.rest if draft.kind == "leaver" else "moves along"
    counts = "the first day counts" if first_day == "counts" else "the first day does not count"
    happened = "left" if draft.kind == "leaver" else "moved"
    return Changes(
        story=f"{scene.name(draft.node)} {happened} on {draft.effective_on:%-d %B %Y}",
        because=f"{_REST[rest]}, by {draft.day_count} days, {counts}",
        formula={
            "giver": draft.node, "receivers": receivers, "day_count": draft.day_count, "first_day": first_day,
            "rest": rest, "nodes": rows,
        },
        moved={layer: transferred(ground, figures, transfer) for layer, figures in layers.items()}, nodes=rows,
    )  # fmt: skip


def conventions(draft: AmendmentDraft) -> FirstDay:
    """For whom the first day counts; refused (`amendment`) while it is not said, or another choice is unknown."""
    if draft.first_day == "" or draft.first_day not in get_args(FirstDay):
        why = "Whether the first day counts for the one who takes over has no right answer."
        raise Refusal(WHAT, why, "Say counts or does_not_count.", "amendment")
    if draft.day_count not in get_args(DayCount) or draft.rest not in get_args(Rest):
        choices = ", ".join((*get_args(DayCount), *get_args(Rest)))
        raise Refusal(WHAT, "A convention is none of those known.", f"Choose among {choices}.", "amendment")
    return draft.first_day


def _receivers(
    found: Door, scene: Scene, draft: AmendmentDraft, figures: Figures
) -> tuple[dict[str, int], list[list[Any]]]:
    """Who takes over, by weight, and rows of seats that the plan did not have."""
    parent = found.ground.nodes[draft.node].parent
    if draft.kind == "leaver" and draft.rest == "respread":
        return _beside(found, draft.node, figures), []
    if draft.kind == "leaver":
        seat, team = _seat_left(scene, draft, parent), parent
    else:
        seat, team = _seat_taken(found, scene, draft)
    rows = [] if seat in found.ground.nodes else [[seat, team, 0, draft.kind == "leaver"]]
    return {seat: 1}, rows


def _beside(found: Door, node: str, figures: Figures) -> dict[str, int]:
    """Those beside a leaver in the same team, by what they carry; who is gone by an earlier amendment takes nothing."""
    gone = {row.formula.get("giver") for row in found.amendments} | {node}
    parent = found.ground.nodes[node].parent
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
