"""How much results differ from period to period, per holder.

    Patricia   88  68  89  92  103      n 5   mean 88   sd 12.67   cv 0.144   iqr 4

Sample standard deviation (n - 1). Source: planning case fa-01. See docs/methods/fairness.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from quarterdeck.engine.fairness.statistics import middle_half, variation
from quarterdeck.terms.plan_outputs import DISPERSION

if TYPE_CHECKING:
    from quarterdeck.engine.fairness.statistics import Real
    from quarterdeck.terms.tables import Frame


def dispersions(results: Frame) -> Frame:
    """DISPERSION: one row per holder_id of `results` (holder_id, value), by holder_id; empty values are left out.

    >>> rows = {"holder_id": ["p"] * 5, "value": [88.0, 68, 89, 92, 103]}
    >>> found = dispersions(nw.from_dict(rows, backend="polars"))
    >>> [round(value, 3) for value in found.rows()[0][2:]]
    [88.0, 12.669, 0.144, 4.0]
    """
    rows = results.select("holder_id", "value").drop_nulls().sort("holder_id")
    ids = np.array(rows["holder_id"].to_list(), dtype=object)
    values = rows["value"].cast(nw.Float64).to_numpy()
    starts = [at for at in range(len(ids)) if at == 0 or ids[at] != ids[at - 1]]
    found = [
        (ids[first], *_spread(values[first:end])) for first, end in zip(starts, [*starts[1:], len(ids)], strict=True)
    ]
    data: dict[str, list[Any]] = {name: [row[at] for row in found] for at, name in enumerate(DISPERSION.schema)}
    schema = {**DISPERSION.schema, "holder_id": results.schema["holder_id"]}
    return DISPERSION.check(nw.from_dict(data, schema, backend="polars"))


def _spread(values: Real) -> tuple[int, float, float | None, float | None, float | None]:
    quartiles = middle_half(values)
    sd = float(values.std(ddof=1)) if len(values) > 1 else None
    iqr = None if quartiles is None else quartiles[1] - quartiles[0]
    return len(values), float(values.mean()), sd, variation(values), iqr
