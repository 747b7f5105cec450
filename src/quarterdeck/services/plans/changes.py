"""Changing a draft: pins as one undoable edit, undoing, bringing back; and what that changed, cell by cell.

    edits_made(plan, version 3, [person:7 January 900,000])   ->   version 4
        person:7  January     900,000  pinned      what the actor sees of what changed
        person:7  February     81,818              the rest of her year, by season
        team:3    January   1,310,000              the sums above

A list of cells (a paste) is one edit. Nothing is kept of an edit that cannot be met: the refusal names what clashes, as
far as its author sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from quarterdeck.engine.metrics.definitions import metric_named
from quarterdeck.records.models import PlanEdit
from quarterdeck.services import access
from quarterdeck.services.calendar import company
from quarterdeck.services.desks.words import exactly_said
from quarterdeck.services.journal import journaled
from quarterdeck.services.plans.closing import newly_held, refuse_closed
from quarterdeck.services.plans.doors import Door, locked, plan_for
from quarterdeck.services.plans.edits import YEAR, Edits, edits_known
from quarterdeck.services.plans.figures import Figures, plan_figures
from quarterdeck.services.plans.texts import said
from quarterdeck.services.scene import Scene
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR

if TYPE_CHECKING:
    from quarterdeck.services.actor import Actor

WHAT: Final = "The plan was not changed."
_MOST: Final = 20_000
"""Cells in one edit."""


@dataclass(frozen=True, slots=True)
class Line:
    """One cell as somebody wants it: a node, the first day of a month or `year`, an amount or None for no pin."""

    node: str
    month: str
    amount: int | None


@dataclass(frozen=True, slots=True)
class Changed:
    """One cell that is not what it was; `at` is the month's place in the year."""

    node: str
    at: int | Literal["year"]
    amount: int
    is_pinned: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A plan's new version, and what the actor sees of what changed."""

    version: int
    changed: tuple[Changed, ...]


def edits_of(found: Door) -> Edits:
    """What holds of a plan's edits now; one query."""
    return edits_known(found.plan.edits.select_related("by__person").order_by("number"))


def edits_made(actor: Actor, plan_id: int, *, version: int, lines: Sequence[Line], reason: str = "") -> Change:
    """Pin and free cells as one edit. Raises Refusal: `plan_version`, `plan_frozen`, `plan_above`, `goal_pins`, ..."""
    found = plan_for(actor, plan_id)
    _check(found, lines)
    kept = [{"node": line.node, "month": line.month, "amount": line.amount} for line in lines]
    return edit_added(found, "pin", kept, version=version, reason=reason)


def edit_added(
    found: Door, kind: str, lines: list[dict[str, Any]], *, version: int | None = None, reason: str = ""
) -> Change:
    """One row more with its line in the journal. `version` None: on top of whatever is there."""
    with journaled(found.actor, f"plan_{kind}", "plan") as entry:
        change = edit_written(locked(found), kind, lines, version=version, reason=reason)
        cells = f"{len(lines):,} cell{'s' if len(lines) != 1 else ''}" if lines else "the last edit"
        words = {"pin": f"{cells} pinned or freed", "undo": f"{cells} undone", "redo": f"{cells} brought back"}
        entry.about(found.plan.pk, f"Plan {found.plan.name}, version {change.version}: {words.get(kind, kind)}")
    return change


def edit_written(
    found: Door, kind: str, lines: list[dict[str, Any]], *, version: int | None = None, reason: str = ""
) -> Change:
    """One row more of a locked plan, unless its figures cannot be met or touch what is not the actor's."""
    before = edits_of(found)
    if version is not None and version != before.version:
        why = f"Somebody changed it since: you saw version {version}, it is at {before.version}."
        raise Refusal(WHAT, why, "Load it again.", "plan_version")
    found.require_editable({str(line.get("node", found.ground.root)) for line in lines}, WHAT)
    was = plan_figures(found.plan, before)
    refuse_closed(found, lines, was)
    PlanEdit.objects.create(
        plan=found.plan, number=before.version + 1, kind=kind, lines=lines, reason=said(reason),
        held=newly_held(found, before, was), at=found.actor.now, by=found.actor.user,
    )  # fmt: skip
    return _change(found, before, edits_of(found))


def edit_undone(actor: Actor, plan_id: int, *, version: int) -> Change:
    """Take back the actor's own last edit that holds. Raises Refusal (`nothing_to_undo`)."""
    return _turned(actor, plan_id, version, "undo")


def edit_redone(actor: Actor, plan_id: int, *, version: int) -> Change:
    """Bring back what the actor undid last. Raises Refusal (`nothing_to_undo`)."""
    return _turned(actor, plan_id, version, "redo")


def _turned(actor: Actor, plan_id: int, version: int, kind: Literal["undo", "redo"]) -> Change:
    found = plan_for(actor, plan_id)
    known = edits_of(found)
    stack = (known.undoable if kind == "undo" else known.redoable).get(actor.user.pk if actor.user else None)
    if not stack:
        why = "Nothing of yours is left to undo." if kind == "undo" else "You undid nothing since your last edit."
        raise Refusal(WHAT, why, "Pin or free a cell instead.", "nothing_to_undo")
    found.require_editable({line["node"] for line in stack[-1].lines if "node" in line}, WHAT)
    return edit_added(found, kind, [], version=version)


def _check(found: Door, lines: Sequence[Line]) -> None:
    if not 0 < len(lines) <= _MOST:
        raise Refusal(WHAT, f"An edit has 1 to {_MOST:,} cells.", "Send it in parts.", "plan_cells")
    months = {str(month.starts_on) for month in found.ground.months} | {YEAR}
    for line in lines:
        if line.node not in found.seen:
            raise access.not_visible("node")
        if line.month not in months:
            why = f"The plan has no month that starts on '{line.month[:20]}'."
            raise Refusal(WHAT, why, "Name the first day of one of its months, or year.", "plan_cells", row=line.node)
        if line.amount is not None and not (type(line.amount) is int and 0 <= line.amount <= MAX_MINOR):
            why = f"{str(line.amount)[:30]} is no target."
            raise Refusal(WHAT, why, "Give a whole number of zero or more.", "plan_cells", row=line.node)


def _change(found: Door, before: Edits, after: Edits) -> Change:
    was = plan_figures(found.plan, before)
    try:
        now = plan_figures(found.plan, after)
    except Refusal as refusal:
        raise clash_said(found, refusal) from refusal
    if not found.may_approve:
        _require_inside(found, was, now)
    return Change(after.version, tuple(_changed(found, was, now, before, after)))


def _require_inside(found: Door, was: Figures, now: Figures) -> None:
    """Refuse what moves others by even a unit: months above the actor's teams may differ, years may not."""
    above = {*found.led, *(node for led in found.led for node in found.ground.above(led))}
    for node in found.ground.nodes:
        if found.leads(node):
            continue
        is_same = was.year(node) == now.year(node) if node in above else was.cells(node) == now.cells(node)
        if not is_same:
            why = "It would change the year of others, or of your own team."
            raise Refusal(WHAT, why, "Take as much from somebody else in your team, or propose.", "plan_above")


def _changed(found: Door, was: Figures, now: Figures, before: Edits, after: Edits) -> Iterable[Changed]:
    starts = [str(month.starts_on) for month in found.ground.months]
    turned = before.pins.keys() ^ after.pins.keys()
    nodes = {node for node, _ in turned} | {
        node for node in now.numbers if was.year(node) != now.year(node) or was.cells(node) != now.cells(node)
    }
    for node in [node for node in found.ground.nodes if node in nodes and node in found.seen]:
        cells = [*zip(starts, range(len(starts)), was.cells(node), now.cells(node), strict=True)]
        for month, at, old, new in [*cells, (YEAR, YEAR, was.year(node), now.year(node))]:
            if old != new or (node, month) in turned:
                yield Changed(node, at, new, (node, month) in after.pins)  # type: ignore[arg-type]  # 0, 1, ... or year


_NODE: Final = re.compile(r"\b(?:team|person|position):\d+\b")
_NUMBER: Final = re.compile(r"\b\d{1,19}\b")


def clash_said(found: Door, refusal: Refusal) -> Refusal:
    """An engine's refusal in the names and the currency that people read; nothing of rows that are not theirs."""
    text = f"{refusal.why} {refusal.next_step}"
    is_hidden = any(node not in found.seen for node in _NODE.findall(text))
    if is_hidden or ("the goal" in text and found.ground.root not in found.seen):
        why = "Together with what is pinned elsewhere in the plan it cannot sum to the goal."
        return Refusal(WHAT, why, "Choose another amount, or ask who sees the whole plan.", refusal.rule)
    scene, unit, currency = (
        Scene(found.actor, found.actor.today),
        metric_named(found.plan.metric).unit,
        company().currency,
    )
    years = {str(month.starts_on.year) for month in found.ground.months}

    def number(match: re.Match[str]) -> str:
        return match[0] if match[0] in years else exactly_said(int(match[0]), unit, currency)

    def told(part: str) -> str:
        pieces = _NODE.split(part)
        names = [scene.name(node) for node in _NODE.findall(part)] + [""]
        return "".join(_NUMBER.sub(number, piece) + name for piece, name in zip(pieces, names, strict=True))

    return Refusal(WHAT, told(refusal.why), told(refusal.next_step), refusal.rule, row=refusal.row)
