"""A plan amended in mid-year: what is over stays, and only the touched subtree's open months are spread again.

    as of 1 March sam leaves East (rita 1, sam 1)            Jan  Feb  Mar   year
      rita   before 10 10 10                          after   10   10   20     40
      sam           10 10 10                                  10   10    0     20
      East          20 20 20                                  20   20   20     60   as it was
      everybody else, and the company                                               as it was

The open months of the subtree are a plan of their own: what is open of its amount, over the months that are open, by
the new tree, weights, factors and pins; its root's months stay, so that nothing above or beside it changes. Only the
root of all may get another amount. See docs/methods/re-plan.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import narwhals as nw

from quarterdeck.engine.cascade.cells import plan_cells
from quarterdeck.engine.cascade.plan import LAYERS, Plan, plan
from quarterdeck.engine.cascade.street import street_within
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.frames import AMENDMENT, CELLS, NODES, PINS, RAILS
from quarterdeck.terms.period import Period

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

Running = Literal["open", "closed"]
_WHAT: Final = "The plan was not amended."
_KEYS: Final = ["layer", "node_id", "starts_on"]


@dataclass(frozen=True, slots=True)
class Amendment:
    """The plan as it is now, and what is different."""

    cells: Frame
    """CELLS with a layer: every cell of the plan, changed or not."""
    difference: Frame
    """AMENDMENT: the cells that changed, before and after."""


@dataclass(frozen=True, slots=True)
class _Before:
    """The plan in force around the touched subtree."""

    cells: Frame
    root: str
    above: list[str]
    """Nodes above the subtree's root, nearest first."""
    inside: set[str]
    months: list[Period]
    is_open: list[bool]

    def by_month(self, layer: str, *, is_open: bool) -> list[int]:
        """Amounts of the subtree's root, in the months that are open or not."""
        rows = self.cells.filter(nw.col("layer") == layer, nw.col("node_id") == self.root)
        found: dict[dt.date, int] = dict(rows.select("starts_on", "amount").iter_rows())
        wanted = [month for month, state in zip(self.months, self.is_open, strict=True) if state == is_open]
        return [found.get(month.starts_on, 0) for month in wanted]


def amendment(  # noqa: PLR0913  a plan's dimensions, and from when
    cells: Frame,
    nodes: Frame,
    season: Sequence[int | Fraction],
    *,
    effective_on: dt.date,
    running: Running,
    basis: str,
    amount: int | None = None,
    pins: Frame | None = None,
    rails: Frame | None = None,
    factors: Frame | None = None,
    hedges: Sequence[Fraction] = (),
) -> Amendment:
    """The plan in force with one subtree spread again from a day on.

    `cells`: CELLS of the whole plan, with `layer` where there are two. `nodes`: NODES of the subtree as it is from that
    day on; its root is a node of the plan, others may be new, gone (their open months become zero) or hang elsewhere
    inside. `season`: a weight per month of the plan. `running`: whether the month in which the day lies is still open.
    `amount`: the year's new amount, for the root of all only. `pins`, `rails`: of open months and of whole years.
    `hedges`: by depth in the whole plan, as it was made. Raises Refusal (`plan_amendment`) for a day after which
    nothing is open, an unknown root, nodes that belong elsewhere in the plan, a new amount that is not the whole plan's
    or less than what is closed; and as `plan` does.

    >>> from quarterdeck.engine.cascade.cells import cells as cascade
    >>> quarter = [Period(dt.date(2025, at, 1), dt.date(2025, at + 1, 1)) for at in (1, 2, 3)]
    >>> tree = nw.from_dict({"node_id": ["t", "rita", "sam"], "parent_id": [None, "t", "t"], "weight": [None, 1, 1]},
    ...     backend="polars")
    >>> before = cascade(60, tree, quarter, [1, 1, 1], basis="even")
    >>> found = amendment(before, tree.filter(nw.col("node_id") != "sam"), [1, 1, 1], effective_on=dt.date(2025, 3, 1),
    ...     running="open", basis="even")
    >>> found.difference.select("node_id", "before", "after").rows()
    [('rita', 10, 20), ('sam', 10, 0)]
    """
    before = _before(cells, nodes, effective_on, running)
    closed, kept = (sum(before.by_month("plan", is_open=state)) for state in (False, True))
    if amount is not None and (before.above or amount < closed):
        why = f"{before.root} has closed months of {closed}" + (" and nodes above it." if before.above else ".")
        raise _refusal(why, f"Give an amount of at least {closed}, for the root of the plan.", before.root)
    open_months = [month for month, state in zip(before.months, before.is_open, strict=True) if state]
    weights = [weight for weight, state in zip(season, before.is_open, strict=True) if state]
    made = plan(
        kept if amount is None else amount - closed, nodes, open_months, weights, basis=basis,
        pins=_open_pins(before, pins), rails=_open_rails(before, rails), factors=factors,
        hedges=list(hedges)[len(before.above):],
    )  # fmt: skip
    after = _merged(before, _with_street(before, made), effective_on)
    return Amendment(after, _difference(before.cells, after))


def _before(cells: Frame, nodes: Frame, effective_on: dt.date, running: Running) -> _Before:
    if running not in get_args(Running):
        raise _refusal(f"A running month cannot be '{running}'.", "Say open or closed.")
    rows = cells if "layer" in cells.columns else cells.with_columns(layer=nw.lit("plan"))
    days = rows.select("starts_on", "ends_on").unique().sort("starts_on").rows()
    months = [Period(first, end) for first, end in days]
    is_open = [month.starts_on >= effective_on or (running == "open" and effective_on in month) for month in months]
    if not any(is_open):
        raise _refusal(f"No month of the plan is open on {effective_on}.", "Choose an earlier day.")
    last = rows.filter(nw.col("starts_on") == months[-1].starts_on, nw.col("layer") == "plan")
    parents: dict[str, str | None] = dict(last.select("node_id", "parent_id").iter_rows())
    tree: dict[str, str | None] = dict(NODES.check(nodes).select("node_id", "parent_id").iter_rows())
    root = next((node for node, parent in tree.items() if parent is None), "")
    if root not in parents:
        raise _refusal(f"{root or 'A tree without a root'} is not in the plan.", "Name a subtree of it.", root)
    inside = _inside(parents, root)
    if foreign := sorted(node for node in tree if node in parents and node not in inside):
        why = f"{foreign[0]} belongs to the plan, but not below {root}."
        raise _refusal(why, "Amend the node above both.", foreign[0])
    return _Before(rows.select(*CELLS.schema, "layer"), root, _above(parents, root), inside, months, is_open)


def _inside(parents: dict[str, str | None], root: str) -> set[str]:
    children: dict[str | None, list[str]] = {}
    for node, parent in parents.items():
        children.setdefault(parent, []).append(node)
    found, waiting = {root}, [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found |= set(below)
        waiting += below
    return found


def _above(parents: dict[str, str | None], node: str) -> list[str]:
    found: list[str] = []
    while (above := parents.get(node)) is not None and above in parents and above not in found:
        found.append(above)
        node = above
    return found


def _open_pins(before: _Before, pins: Frame | None) -> Frame:
    """Pins of open months, of years less what is closed, and of the root's months where something stands above it."""
    given = [] if pins is None else PINS.check(pins).select("node_id", "starts_on", "amount").rows()
    over = {month.starts_on for month, state in zip(before.months, before.is_open, strict=True) if not state}
    closed = _closed(before)
    rows: list[tuple[str, dt.date | None, int | None]] = []
    for node, day, amount in given:
        if day in over:
            raise _refusal(f"The month of {node} from {day} is closed.", "Pin an open month.", node)
        rows.append((node, day, amount if day or amount is None else _less(amount, closed.get(node, 0), node)))
    if before.above:
        if any(node == before.root and day for node, day, _ in rows):
            raise _refusal(f"A month of {before.root} is part of {before.above[0]}.", "Amend that.", before.root)
        open_months = [month for month, state in zip(before.months, before.is_open, strict=True) if state]
        own = zip(open_months, before.by_month("plan", is_open=True), strict=True)
        rows += [(before.root, month.starts_on, kept) for month, kept in own]
    columns = {name: [row[at] for row in rows] for at, name in enumerate(PINS.schema)}
    return nw.from_dict(columns, PINS.schema, backend="polars")


def _open_rails(before: _Before, rails: Frame | None) -> Frame | None:
    if rails is None:
        return None
    closed = _closed(before)
    rows: list[tuple[str, int, int | None]] = [
        (
            node,
            max((least or 0) - closed.get(node, 0), 0),
            None if most is None else _less(most, closed.get(node, 0), node),
        )
        for node, least, most in RAILS.check(rails).select("node_id", "minimum", "maximum").iter_rows()
    ]
    columns: dict[str, list[Any]] = {name: [row[at] for row in rows] for at, name in enumerate(RAILS.schema)}
    return nw.from_dict(columns, RAILS.schema, backend="polars")


def _closed(before: _Before) -> dict[str, int]:
    """What each node has in closed months of the plan layer."""
    over = [month.starts_on for month, state in zip(before.months, before.is_open, strict=True) if not state]
    rows = before.cells.filter(nw.col("layer") == "plan", nw.col("starts_on").is_in(over))
    return dict(rows.group_by("node_id").agg(nw.col("amount").sum()).iter_rows())


def _less(amount: int, closed: int, node: str) -> int:
    if amount < closed:
        raise _refusal(f"{node} has {closed} in closed months, more than {amount}.", f"Allow at least {closed}.", node)
    return amount - closed


def _with_street(before: _Before, made: Plan) -> Frame:
    """Cells of the new open months in the layers that the plan has; a street on an unchanged plan stays as it was."""
    new_plan = plan_cells(made, layer="plan").with_columns(layer=nw.lit("plan"))
    if "street" not in before.cells["layer"].to_list():
        return new_plan
    first_open = made.shape.months[0].starts_on
    is_inside = nw.col("node_id").is_in(sorted(before.inside)) & (nw.col("starts_on") >= first_open)
    old, old_street = (before.cells.filter(is_inside, nw.col("layer") == layer) for layer in LAYERS)
    if _plain(old) == _plain(new_plan):
        return nw.concat([new_plan, old_street])
    if before.above:
        within = street_within(made.shape, made.plan, made.hedges, before.by_month("street", is_open=True))
        made = replace(made, street=within)
    return nw.concat([new_plan, plan_cells(made, layer="street").with_columns(layer=nw.lit("street"))])


def _plain(cells: Frame) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = cells.select("node_id", "starts_on", "amount").sort("node_id", "starts_on").rows()
    return rows


def _merged(before: _Before, fresh: Frame, effective_on: dt.date) -> Frame:
    """Untouched cells, the new ones, and zeros for who is gone; each new derivation says since when."""
    first_open = min(month.starts_on for month, state in zip(before.months, before.is_open, strict=True) if state)
    is_touched = nw.col("node_id").is_in(sorted(before.inside)) & (nw.col("starts_on") >= first_open)
    left = before.cells.filter(is_touched, ~nw.col("node_id").is_in(fresh["node_id"].unique().to_list()))
    told = f'{{"amended_on": "{effective_on}", '
    gone = left.with_columns(amount=nw.lit(0).cast(nw.Int64), derivation=nw.lit(told + '"rule": "gone"}'))
    own = before.cells.filter(nw.col("node_id") == before.root).sort("starts_on")["parent_id"].to_list()
    parent = nw.when(nw.col("node_id") == before.root).then(nw.lit(own[-1], nw.String)).otherwise(nw.col("parent_id"))
    new = fresh.with_columns(
        parent_id=parent, derivation=nw.concat_str(nw.lit(told), nw.col("derivation").str.slice(1))
    ).select(*CELLS.schema, "layer")
    return nw.concat([before.cells.filter(~is_touched), gone, new]).sort(*_KEYS)


def _difference(before: Frame, after: Frame) -> Frame:
    old = before.select(*_KEYS, before="amount")
    rows = after.select(*_KEYS, after="amount").join(old, on=_KEYS, how="left")
    rows = rows.with_columns(before=nw.col("before").fill_null(0))
    rows = rows.with_columns(difference=nw.col("after") - nw.col("before")).filter(nw.col("difference") != 0)
    return AMENDMENT.check(rows.select(*AMENDMENT.schema).sort(*_KEYS))


def _refusal(why: str, next_step: str, row: str = "") -> Refusal:
    return Refusal(_WHAT, why, next_step, "plan_amendment", row=row)
