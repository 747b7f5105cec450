"""Two margins at once: a table whose rows sum to one set of targets and whose columns to another, in whole units.

    seed (last year)  north  south          targets    north  south   sum
    January              10     30    ->    January       26     64    90
    February             20      0          February      34      0    34
    sum                                                   60     64   124

The seed is scaled to the sums by iterative proportional fitting (Deming and Stephan 1940), then rounded so that both
sums stay exact (controlled rounding; Cox 1987). See docs/methods/two-margins.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import numpy as np

from quarterdeck.engine.cascade.tables import Cut, Floats, fitted, margins, whole_table
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR

_WHAT: Final = "The two margins were not met."
_NAMED: Final = 3


def two_margins(
    seed: Sequence[Sequence[int | Fraction]],
    rows: Sequence[int],
    columns: Sequence[int],
    *,
    row_names: Sequence[str] = (),
    column_names: Sequence[str] = (),
) -> list[list[int]]:
    """Whole amounts in the proportions of `seed` whose rows sum to `rows` and columns to `columns` exactly.

    Every sum is zero or more, in whole minor units or things; a zero in the seed stays zero. Each cell is within one
    unit of the fitted table wherever such a table exists; with zeros in the way, units may move further. Order matters
    only to ties. Raises Refusal (`goal_margins`) for sums that differ, a seed below zero, and what the zeros rule out.

    >>> two_margins([[10, 30], [20, 0]], [90, 34], [60, 64])
    [[26, 64], [34, 0]]
    >>> two_margins([[1, 0], [1, 0]], [5, 5], [5, 5], column_names=["north", "south"])
    Traceback (most recent call last):
    quarterdeck.terms.errors.Refusal: The two margins were not met. row 1, row 2 have nowhere to go but north: that is \
10, and it holds 5: 5 too many. Change a sum by 5, or a zero of the seed.
    """
    named = [
        list(names) or [f"{kind} {at + 1}" for at in range(n)]
        for kind, names, n in (("row", row_names, len(rows)), ("column", column_names, len(columns)))
    ]
    _check(seed, rows, columns, named[0])
    table = _as_floats(seed, len(columns))
    high = np.where(table > 0, MAX_MINOR, 0) if table.size else np.zeros(table.shape, dtype=np.int64)
    given = margins(rows, columns, np.zeros(table.shape, dtype=np.int64), high)
    if not table.size:
        return [[] for _ in rows]
    for at, (wanted, most) in enumerate(zip(given.rows.tolist(), given.high.tolist(), strict=True)):
        if wanted > sum(most):
            raise _refused(f"{named[0][at]} is {wanted}, and its seed is all zeros", wanted)
    found = whole_table(fitted(table, given), given)
    if isinstance(found, Cut):
        raise _cut(found, *named)
    return [[int(amount) for amount in row] for row in found.tolist()]


def _as_floats(seed: Sequence[Sequence[int | Fraction]], n_columns: int) -> Floats:
    """The seed as floats, scaled so that its largest is 1; what is above zero stays so."""
    largest = max((weight for row in seed for weight in row), default=0) or 1
    tiny = 1e-300
    scaled = [[max(float(Fraction(weight) / largest), tiny) if weight else 0.0 for weight in row] for row in seed]
    return np.array(scaled, dtype=float).reshape(len(scaled), n_columns)


def _check(
    seed: Sequence[Sequence[int | Fraction]], rows: Sequence[int], columns: Sequence[int], names: Sequence[str]
) -> None:
    if len(seed) != len(rows) or any(len(row) != len(columns) for row in seed):
        why = f"The seed is no table of {len(rows)} rows and {len(columns)} columns."
        raise Refusal(_WHAT, why, "Give a weight for every row and column.", "goal_margins")
    for name, weights in zip(names, seed, strict=True):
        if min(weights, default=0) < 0:
            why = f"{name} has a weight of {min(weights)}."
            raise Refusal(_WHAT, why, "Use weights of zero or more.", "goal_margins", row=name)
    if min([*rows, *columns], default=0) < 0 or sum(rows) > MAX_MINOR:
        raise Refusal(
            _WHAT, "A sum is below zero, or all of them are more than a column holds.", "Correct it.", "goal_margins"
        )
    if sum(rows) != sum(columns):
        off = sum(rows) - sum(columns)
        why = f"The rows sum to {sum(rows)}, the columns to {sum(columns)}: {off:+} apart"
        raise _refused(why, abs(off))


def _cut(cut: Cut, rows: Sequence[str], columns: Sequence[str]) -> Refusal:
    by = cut.least - cut.most
    who, where = (_listed([names[at] for at in found]) for names, found in ((rows, cut.rows), (columns, cut.columns)))
    have, hold = "have" if len(cut.rows) > 1 else "has", "hold" if len(cut.columns) > 1 else "holds"
    they = "they" if len(cut.columns) > 1 else "it"
    why = f"{who} {have} nowhere to go but {where}: that is {cut.least}, and {they} {hold} {cut.most}: {by} too many"
    return _refused(why, by)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _refused(why: str, by: int) -> Refusal:
    return Refusal(_WHAT, f"{why}.", f"Change a sum by {by}, or a zero of the seed.", "goal_margins")
