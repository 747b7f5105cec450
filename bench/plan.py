"""A plan of 5,000 people x 12 months in two layers: one pin, its undo, reconciliation, explanation, margins.

Bounds: one pin with everything consistent 50 ms, reconciliation 0.3 s with zero difference, explanation 50 ms.
References are plain loops over the same figures in the same minute: spread in floats with NumPy, sums in a dictionary,
a walk up a dictionary of parents.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from cascade import GOAL, nodes
from measure import cpu_seconds, told
from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.cascade.carrying import Carrying, Seat, carried
from quarterdeck.engine.cascade.cells import plan_cells
from quarterdeck.engine.cascade.explanations import explanation
from quarterdeck.engine.cascade.margins import two_margins
from quarterdeck.engine.cascade.plan import Plan, plan, repinned
from quarterdeck.engine.cascade.reconciliation import plan_reconciliation
from quarterdeck.terms.frames import PINS

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

MARCH = dt.date(2026, 3, 1)
SEASON = [8, 7, 9, 8, 8, 9, 7, 5, 9, 9, 9, 12]
EDITS = (
    ("a person's month", "person:77", MARCH), ("a person's year", "person:77", None),
    ("a team's month", "team:177", MARCH), ("a region's year", "team:3", None),
    ("the company's month", "team:0", MARCH),
)  # fmt: skip


def pin(node: str, day: dt.date | None, amount: int | None) -> Frame:
    """A frame of one pin."""
    return nw.from_dict({"node_id": [node], "starts_on": [day], "amount": [amount]}, PINS.schema, backend="polars")


def by_floats(weights: np.ndarray) -> np.ndarray:
    """The whole plan spread again, in floats, without a tree, pins, sums that agree or a second layer."""
    season = np.array(SEASON, dtype=float)
    return np.rint(GOAL * np.outer(weights / weights.sum(), season / season.sum()))


def edits(made: Plan, weights: np.ndarray) -> None:
    """One line per kind of pin: set it, check the sums, take it away, check every cell."""
    for what, node, day in EDITS:
        number = made.shape.number[node]
        amount = made.years("plan")[number] if day is None else int(made.months("plan")[number, day.month - 1])
        ours, edited = cpu_seconds(lambda: repinned(made, pin(node, day, amount * 11 // 10)))  # noqa: B023  runs at once
        theirs, _ = cpu_seconds(lambda: by_floats(weights))
        undone = repinned(edited, pin(node, day, None))
        assert (undone.plan.by_leaf == made.plan.by_leaf).all()
        assert (undone.street.by_leaf == made.street.by_leaf).all()
        told(
            f"pin {what}",
            f"{ours * 1000:.1f} ms CPU",
            f"{theirs * 1000:.1f} ms floats",
            ours / theirs,
            bound="bound 50 ms",
        )


def by_loop(cells: Frame) -> int:
    """What a script does: sums of children in a dictionary."""
    sums: dict[Any, int] = defaultdict(int)
    amounts: dict[Any, int] = {}
    for node, parent, day, amount in cells.select("node_id", "parent_id", "starts_on", "amount").iter_rows():
        amounts[node, day] = amount
        sums[parent, day] += amount
    return sum(abs(amounts[key] - below) for key, below in sums.items() if key[0] is not None)


def checks(made: Plan) -> None:
    """Reconciliation of both layers, and explanations of a plain cell and of a part of a pinned month."""
    ours, found = cpu_seconds(lambda: plan_reconciliation(made))
    layers = [plan_cells(made, layer="plan", derivations=False), plan_cells(made, layer="street", derivations=False)]
    theirs, off = cpu_seconds(lambda: sum(by_loop(cells) for cells in layers))
    assert off == found["difference"].abs().sum() == 0
    told(f"reconciliation, {len(found):,} sums", f"{ours * 1000:.0f} ms", f"{theirs * 1000:.0f} ms loop", ours / theirs,
         bound="bound 300 ms; difference 0")  # fmt: skip
    parents = {node.node_id: node.parent_id for node in made.shape.nodes}
    for what, day in (("a cell", dt.date(2026, 5, 1)), ("a part of a pinned month", MARCH)):
        ours, steps = cpu_seconds(lambda: explanation(made, "person:77", day))  # noqa: B023  runs at once
        theirs, _ = cpu_seconds(lambda: iter_up("person:77", parents), times=9)
        told(f"explanation of {what}, {len(steps)} steps", f"{ours * 1000:.1f} ms CPU", f"{theirs * 1e6:.0f} us walk",
             ours / max(theirs, 1e-6), bound="bound 50 ms")  # fmt: skip


def iter_up(node: str | None, parents: dict[str, str | None]) -> list[str]:
    """The nodes above one, without a reason."""
    found = []
    while node is not None:
        found.append(node)
        node = parents[node]
    return found


def margins() -> None:
    """1,000 segments x 12 months made to agree, against ten rounds of a fit in floats that leaves both sums open."""
    rng = np.random.default_rng(11)
    seed = rng.integers(1, 10**6, (1000, 12))
    rows = rng.integers(10**6, 10**9, 1000).tolist()
    columns = [sum(rows) // 12] * 12
    columns[0] += sum(rows) - sum(columns)

    def rough() -> np.ndarray:
        found = seed.astype(float)
        for _ in range(10):
            found *= (np.array(columns) / found.sum(axis=0))[np.newaxis, :]
            found *= (np.array(rows) / found.sum(axis=1))[:, np.newaxis]
        return np.rint(found)

    ours, table = cpu_seconds(lambda: two_margins(seed.tolist(), rows, columns))
    theirs, floats = cpu_seconds(rough)
    assert [sum(row) for row in table] == rows
    assert [sum(column) for column in zip(*table, strict=True)] == columns
    off = int(np.abs(floats.sum(axis=0) - columns).sum())
    told("two margins, 1,000 x 12", f"{ours * 1000:.0f} ms CPU", f"{theirs * 1000:.1f} ms floats", ours / theirs,
         bound=f"the floats are off by {off} units")  # fmt: skip


def carrying(tree: Frame) -> None:
    """The same where every seat carries less: one cause for all, four more for some; beside the plain plan."""
    months = FiscalCalendar().months(2026)
    people = [node for node in tree["node_id"].to_list() if node.startswith("person:")]
    away = ((MARCH, dt.date(2026, 3, 15), Fraction(1)),)
    seats = [
        Seat(
            node=node, started_on=dt.date(2025, 12, 1) if at % 5 == 0 else None, is_vacant=at % 50 == 0,
            part_time=Fraction(4, 5) if at % 10 == 0 else Fraction(1), away=away if at % 7 == 0 else (),
            work_days=(20, 19, 22, 21, 19, 22, 22, 21, 21, 21, 19, 22),
        )
        for at, node in enumerate(people)
    ]  # fmt: skip
    counted = Carrying(
        ramp=(Fraction(1, 4), Fraction(1, 2)), part_time=True, leave=True, vacancy=Fraction(1, 2), working_days=True,
        day_count="weekdays",
    )  # fmt: skip
    read, found = cpu_seconds(lambda: carried(seats, counted, months, mean_days=Fraction(249, 12)))
    plain, _ = cpu_seconds(lambda: plan(GOAL, tree, months, SEASON, basis="history"))
    ours, made = cpu_seconds(lambda: plan(GOAL, tree, months, SEASON, basis="history", factors=found))
    told("  where all seats carry less, by five causes", f"{ours * 1000:.0f} ms CPU", f"{plain * 1000:.0f} ms plain",
         ours / plain, bound=f"{read * 1000:.0f} ms to read the seats, once an edit")  # fmt: skip
    ours, _ = cpu_seconds(lambda: plan_cells(made, layer="plan"))
    told("  its cells with derivations", f"{ours * 1000:.0f} ms CPU", "", 1, bound="bound 500 ms with the plan")


def main() -> None:
    """Print the lines."""
    tree = nodes()
    weights = tree["weight"].drop_nulls().to_numpy().astype(float)
    hedges = [Fraction(1, 20)] * 3
    ours, made = cpu_seconds(
        lambda: plan(GOAL, tree, FiscalCalendar().months(2026), SEASON, basis="history", hedges=hedges)
    )
    theirs, _ = cpu_seconds(lambda: by_floats(weights))
    told(
        "plan, 5,000 people x 12 months x 2 layers",
        f"{ours * 1000:.0f} ms CPU",
        f"{theirs * 1000:.1f} ms floats",
        ours / theirs,
    )
    ours, _ = cpu_seconds(lambda: plan_cells(made, layer="plan"))
    told("  its cells with derivations", f"{ours * 1000:.0f} ms CPU", f"{theirs * 1000:.1f} ms floats", ours / theirs,
         bound="bound 500 ms with the plan")  # fmt: skip
    carrying(tree)
    edits(made, weights)
    checks(repinned(made, pin("team:0", MARCH, int(made.months("plan")[0, 2]) * 11 // 10)))
    margins()


if __name__ == "__main__":
    main()
