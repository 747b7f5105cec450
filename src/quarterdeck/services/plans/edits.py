"""What the edits of a plan come to: pins, rails, hedges, basis, what seats carry, after everybody's undoing.

    number  by    kind  lines                                pins after it
    1       mona  pin   person:7 2026-01-01 900,000          {rita January: 900,000}
    2       dana  pin   team:3 year 5,000,000                {rita January: 900,000, East year: 5,000,000}
    3       mona  undo                                       {East year: 5,000,000}       her own last one, not Dana's
    4       mona  redo                                       {rita January: 900,000, East year: 5,000,000}

Rows are only ever added, so a plan can be shown as of any of its versions, and undoing restores it by construction.
An edit that came back stands where it stood. Who edits after undoing gives up what was undone.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from quarterdeck.records.models import PlanEdit

YEAR: Final = "year"


@dataclass(slots=True)
class Edits:
    """What holds after a number of edits."""

    version: int = 0
    basis: str = ""
    """Empty: the goal's."""
    weights: dict[str, int] = field(default_factory=dict)
    conventions: dict[str, Any] = field(default_factory=dict)
    """Of the basis: what was named with it, and the potential as it was known then."""
    carry: dict[str, Any] = field(default_factory=dict)
    """What seats carry: the choices, and the facts as they were known then."""
    pins: dict[tuple[str, str], int] = field(default_factory=dict)
    """Amounts by node and first day of the month, or `year`."""
    pinned_by: dict[tuple[str, str], PlanEdit] = field(default_factory=dict)
    held: dict[tuple[str, str], int] = field(default_factory=dict)
    """Cells of people and seats in months that were over when somebody edited, as they stood then; they stay."""
    rails: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    """Least and most growth on last year, exact decimals as text, by node."""
    hedges: dict[int, str] = field(default_factory=dict)
    """Ratios by depth, exact decimals as text."""
    undoable: dict[int | None, list[PlanEdit]] = field(default_factory=dict)
    redoable: dict[int | None, list[PlanEdit]] = field(default_factory=dict)
    """By user, the last one next."""

    def holding(self) -> Edits:
        """The same with what is held as pins, in the place of everybody's pins in those months."""
        months = {month for _, month in self.held}
        pins = {cell: amount for cell, amount in self.pins.items() if cell[1] not in months}
        return replace(self, pins=pins | self.held, held={})

    def key(self) -> str:
        """All that figures depend on, as text."""
        return repr((self.basis, sorted(self.weights.items()), sorted(self.pins.items()), sorted(self.rails.items()),
            sorted(self.hedges.items()), self.conventions.get("digest"), self.carry.get("digest")))  # fmt: skip


def edits_known(rows: Iterable[PlanEdit]) -> Edits:
    """The edits of a plan, in order of their number, folded into what holds."""
    done: dict[int, PlanEdit] = {}
    undoable: dict[int | None, list[PlanEdit]] = defaultdict(list)
    redoable: dict[int | None, list[PlanEdit]] = defaultdict(list)
    found = Edits(undoable=undoable, redoable=redoable)
    for row in rows:
        found.version = row.number
        for node, month, amount in row.held:
            found.held.setdefault((node, month), amount)
        if row.kind == "undo":
            taken = undoable[row.by_id].pop()
            del done[taken.number]
            redoable[row.by_id].append(taken)
        else:
            came = redoable[row.by_id].pop() if row.kind == "redo" else row
            done[came.number] = came
            undoable[row.by_id].append(came)
            if came is row:
                redoable[row.by_id].clear()
    for number in sorted(done):
        _apply(found, done[number])
    return found


def _apply(found: Edits, edit: PlanEdit) -> None:
    for line in edit.lines:
        if edit.kind == "pin":
            cell = line["node"], line["month"]
            found.pins.pop(cell, None)
            if line["amount"] is not None:
                found.pins[cell] = line["amount"]
            found.pinned_by[cell] = edit
        elif edit.kind == "rail":
            found.rails.pop(line["node"], None)
            if line["minimum"] is not None or line["maximum"] is not None:
                found.rails[line["node"]] = line["minimum"], line["maximum"]
        elif edit.kind == "hedge":
            found.hedges[int(line["depth"])] = line["ratio"]
        elif edit.kind == "carry":
            found.carry = line
        else:
            found.basis, found.weights = line["basis"], dict(line.get("weights", {}))
            found.conventions = line


def digested(line: dict[str, Any]) -> dict[str, Any]:
    """A line with the digest of all that it says, by which figures are known."""
    said = json.dumps(line, sort_keys=True)
    return line | {"digest": hashlib.sha256(said.encode()).hexdigest()}


def cells_of(lines: Iterable[dict[str, Any]]) -> set[tuple[str, str]]:
    """The cells that lines pin or free."""
    return {(line["node"], line["month"]) for line in lines if "month" in line}
