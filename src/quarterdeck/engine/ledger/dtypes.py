"""The type of an id column, when some of the frames that share it are empty or say nothing.

    persons of deals Int64, persons of activities all empty (no type)   ->   Int64 for both

A column without a single value has no type of its own in most columnar libraries, and cannot be joined or stacked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

if TYPE_CHECKING:
    from collections.abc import Iterable


def common_dtype(dtypes: Iterable[Any], default: Any = nw.String) -> Any:  # noqa: ANN401  narwhals dtypes have no base
    """The first type that is one; the default when all are without.

    >>> common_dtype([nw.Unknown(), nw.Int64()])
    Int64
    """
    return next((dtype for dtype in dtypes if dtype not in (nw.Unknown, nw.Object)), default)
