"""A goal as one cell per node and month, each with the reason for its amount.

    100 for a team of two, 1 : 2, over a quarter 1 : 1 : 2

    node      Jan  Feb  Mar   year
    team:1     25   25   50    100   each month the sum of the people's
    person:1    8    8   17     33   33 x 1/4 = 8 1/4, and so on; the unit left over goes to March
    person:2   17   17   33     67   67 x 1/4 = 16 3/4; the two units left over go to January and February

Year amounts go down the tree first, then each leaf spreads its own over the months by largest remainder (ties to the
earlier month), then months are summed up the tree. See docs/methods/cascade.md; with pins, docs/methods/pins.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np

from quarterdeck.engine.cascade.plan import Layer, Plan, plan
from quarterdeck.engine.cascade.reasons import month_reasons, node_reason, year_reasons
from quarterdeck.terms.frames import CELLS

if TYPE_CHECKING:
    from quarterdeck.terms.period import Period
    from quarterdeck.terms.tables import Frame


def cells(  # noqa: PLR0913  each is a dimension of a plan
    amount: int,
    nodes: Frame,
    months: Sequence[Period],
    season: Sequence[int | Fraction],
    *,
    basis: str,
    pins: Frame | None = None,
    rails: Frame | None = None,
    factors: Frame | None = None,
) -> Frame:
    """A year's amount for every node and month: one row per node and month, by node_id and month.

    `amount`: whole minor units, or a count. `nodes`: a frame of NODES; weights below zero count as zero, all-zero
    siblings share evenly, and each derivation says so. `months`: in order, without overlap. `season`: one weight per
    month, none below zero; all zero spreads evenly. `basis`: where the weights come from, in a word. `pins`, `rails`,
    `factors`: see `plan`. Children sum to their parent in every month, months to the year, exactly; the order of rows
    changes nothing.

    A derivation is JSON. `rule` is season or even (a leaf: year_amount x share = exact, + rounding) or children (sum of
    n_children); its `year` tells how the year's amount came about: root, weight or even. Fractions are text: "25/3".
    Pins add further rules (see `reasons`).

    Raises Refusal for a goal, tree or season that cannot be cascaded. Costs 0.4 s of CPU for 5,000 leaves x 12 months.

    >>> import datetime as dt
    >>> from quarterdeck.terms.period import Period
    >>> quarter = [Period(dt.date(2025, at, 1), dt.date(2025, at + 1, 1)) for at in (1, 2, 3)]
    >>> rows = {"node_id": ["team:1", "person:1", "person:2"], "parent_id": [None, "team:1", "team:1"],
    ...     "weight": [None, 1, 2]}
    >>> found = cells(100, nw.from_dict(rows, backend="polars"), quarter, [1, 1, 2], basis="history")
    >>> found["amount"].to_list()
    [8, 8, 17, 17, 17, 33, 25, 25, 50]
    >>> import json
    >>> why = json.loads(found["derivation"][2])
    >>> why["rule"], why["year_amount"], why["share"], why["exact"], why["rounding"]
    ('season', 33, '1/2', '33/2', '1/2')
    >>> why["year"]["rule"], why["year"]["exact"], why["year"]["rounding"]
    ('weight', '100/3', '-1/3')
    """
    return plan_cells(
        plan(amount, nodes, months, season, basis=basis, pins=pins, rails=rails, factors=factors), layer="plan"
    )


def plan_cells(made: Plan, *, layer: Layer, derivations: bool = True) -> Frame:
    """CELLS of one layer of a plan, by node_id and month. One row per node and month.

    Costs 0.3 s of CPU for 5,000 leaves x 12 months, nearly all of it for the derivations: without these, the column is
    left out (and the frame is checked for nothing).
    """
    shape = made.shape
    order = sorted(range(len(shape.nodes)), key=lambda at: shape.nodes[at].node_id)
    at = np.repeat(np.array(order), len(shape.months))
    ids = nw.new_series("node_id", [node.node_id for node in shape.nodes], nw.String, backend="polars")
    parents = nw.new_series("parent_id", [node.parent_id for node in shape.nodes], nw.String, backend="polars")
    begins, ends = (np.array([getattr(x, name) for x in shape.months], dtype="datetime64[D]")
                    for name in ("starts_on", "ends_on"))  # fmt: skip
    data = {
        "node_id": ids[at],
        "parent_id": parents[at],
        "starts_on": np.tile(begins, len(order)),
        "ends_on": np.tile(ends, len(order)),
        "amount": made.months(layer)[order].reshape(-1),
    }
    if not derivations:
        return nw.from_dict(data)
    texts = _derivations(made, layer)
    return CELLS.check(nw.from_dict(data | {"derivation": [reason for node in order for reason in texts[node]]}))


def _derivations(made: Plan, layer: Layer) -> list[list[str]]:
    """The derivation of every node and month, as JSON put together from its parts."""
    years, rows = year_reasons(made, layer), np.arange(len(made.shape.leaves))
    found: list[list[str]] = [[] for _ in made.shape.nodes]
    for leaf, reasons in zip(made.shape.leaves, month_reasons(made, layer, rows), strict=True):
        end = f', "year": {years[leaf]}}}'
        found[leaf] = [reason[:-1] + end for reason in reasons]
    n_months = len(made.shape.months)
    for node in (node for node, children in enumerate(made.shape.children) if children):
        end = f', "year": {years[node]}}}'
        found[node] = [node_reason(made, node, month, layer)[:-1] + end for month in range(n_months)]
    return found
