"""Arrays to template frames: columns put in order, typed and checked in one place.

framed("exchange_rates", 1, currency=["EUR"], on=[20089], rate=["1.0842"])

currency  on          rate
EUR       2025-01-01  1.0842
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import numpy as np
import polars as pl

from quarterdeck.terms.templates import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quarterdeck.connectors.worlds.days import Ints

_DTYPES: Final[dict[str, Any]] = {
    "id": pl.String, "text": pl.String, "choice": pl.String, "day": pl.Date, "count": pl.Int64, "money": pl.Int64,
    "ratio": pl.Float64, "flag": pl.Boolean,
}  # fmt: skip


def framed(template: str, n: int, **columns: Any) -> pl.DataFrame:  # noqa: ANN401  arrays, series, lists or None
    """A frame of exactly the template's columns; days may be day numbers, columns not given are empty."""
    series = []
    for column in TEMPLATES[template].columns:
        values = columns.pop(column.name, None)
        values = pl.Series([None] * n, dtype=pl.Null) if values is None else pl.Series(values)
        if column.kind == "day" and values.dtype == pl.Int64:
            values = values.cast(pl.Int32)  # Polars casts whole days since 1970 from Int32 only
        series.append(values.cast(_DTYPES[column.kind]).alias(column.name))
    if columns:
        msg = f"{template} has no {sorted(columns)}"
        raise KeyError(msg)
    frame = pl.DataFrame(series)
    TEMPLATES[template].check(nw.from_native(frame, eager_only=True))
    return frame


def picked(words: Sequence[str], at: Ints, empty: str | None = None) -> pl.Series:
    """The word at each position; `empty` names the word that stands for an empty cell."""
    return pl.Series([None if word == empty else word for word in words], dtype=pl.String).gather(at)


def codes(prefix: str, n: int, *, start: int = 1, width: int = 5) -> pl.Series:
    """`n` codes that count up.

    >>> codes("d-", 2).to_list()
    ['d-00001', 'd-00002']
    """
    counted = pl.Series("n", np.arange(start, start + n), dtype=pl.Int64)
    return pl.DataFrame(counted).select(pl.lit(prefix) + pl.col("n").cast(pl.String).str.zfill(width)).to_series()
