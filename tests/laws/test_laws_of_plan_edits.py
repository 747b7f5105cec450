"""Edits, undoing and bringing back, by several people, against the simplest machine that does the same."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.records.models import PlanEdit
from quarterdeck.services.plans.edits import Edits, edits_known

PEOPLE = (1, 2)
CELLS = [(f"person:{who}", month) for who in (1, 2, 3) for month in ("2026-01-01", "year")]
ACTS = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE), st.sampled_from(("pin", "undo", "redo")), st.sampled_from(CELLS),
        st.one_of(st.none(), st.integers(0, 99)),
    ),
    max_size=25,
)  # fmt: skip


def row(number: int, by: int, kind: str, cell: tuple[str, str], amount: int | None) -> PlanEdit:
    lines = [{"node": cell[0], "month": cell[1], "amount": amount}] if kind == "pin" else []
    return PlanEdit(number=number, kind=kind, lines=lines, by_id=by)


def played(acts: list[Any]) -> list[PlanEdit]:
    """Rows of what may be done: nobody undoes or brings back without anything to."""
    rows: list[PlanEdit] = []
    for by, kind, cell, amount in acts:
        known = edits_known(rows)
        stack = {"undo": known.undoable, "redo": known.redoable}.get(kind)
        if stack is None or stack.get(by):
            rows.append(row(len(rows) + 1, by, kind, cell, amount))
    return rows


def simply(rows: list[PlanEdit]) -> dict[tuple[str, str], int]:
    """Pins by marking each edit as done or not; every person's undone edits are forgotten by their next one."""
    done: dict[int, bool] = {}
    undone: dict[int, list[int]] = {who: [] for who in PEOPLE}
    by = {each.number: each.by_id for each in rows}
    for each in rows:
        who = int(each.by_id or 0)
        if each.kind == "pin":
            done[each.number] = True
            undone[who] = []
        elif each.kind == "undo":
            last = undo_next(rows, done, by, who, each.number)
            done[last] = False
            undone[who].append(last)
        else:
            done[undone[who].pop()] = True
    pins: dict[tuple[str, str], int | None] = {}
    for each in rows:
        if done.get(each.number):
            line = each.lines[0]
            pins[line["node"], line["month"]] = line["amount"]
    return {cell: amount for cell, amount in pins.items() if amount is not None}


def undo_next(rows: list[PlanEdit], done: dict[int, bool], by: dict[int, Any], who: int, before: int) -> int:
    return max(
        each.number for each in rows if each.number < before and done.get(each.number) and by[each.number] == who
    )


@settings(max_examples=60, deadline=None)
@given(ACTS)
def test_what_holds_is_what_the_simplest_machine_says(acts: list[Any]) -> None:
    rows = played(acts)
    assert edits_known(rows).pins == simply(rows)


@settings(max_examples=40, deadline=None)
@given(ACTS, st.sampled_from(PEOPLE))
def test_undoing_everything_and_bringing_it_back_changes_nothing(acts: list[Any], who: int) -> None:
    rows = played(acts)
    before = edits_known(rows)
    n_edits = len(before.undoable.get(who, []))
    again = list(rows)
    for kind in ["undo"] * n_edits + ["redo"] * n_edits:
        again.append(row(len(again) + 1, who, kind, CELLS[0], None))
    after = edits_known(again)
    assert (after.pins, after.key()) == (before.pins, before.key())
    assert after.version == before.version + 2 * n_edits


def test_nothing_holds_before_the_first_edit() -> None:
    assert edits_known([]) == Edits()
