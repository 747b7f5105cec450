"""What a step stands on: the component's own rate and its multiplier, as exact texts beside each line.

    rita  e1  rate 0.1   multiplier 1.5      9,000 credited at 10 % times 1.5

A rate that depends on no measure is written once a payee and period and picked by each credit: ten million credits
share a few texts. Computed by the code that pays.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from quarterdeck.engine.pay.definitions import RateTable
from quarterdeck.engine.pay.exact import Array, Exact
from quarterdeck.engine.pay.language import names
from quarterdeck.engine.pay.payouts import Steps
from quarterdeck.engine.pay.rates import factor
from quarterdeck.engine.pay.values import evaluated

if TYPE_CHECKING:
    from quarterdeck.engine.pay.definitions import Component
    from quarterdeck.engine.pay.language import Node

Texts = nw.Series[Any] | None
_LONGEST = 60
"""Characters that the column of a stored line holds."""


def factor_texts(component: Component, steps: Steps) -> tuple[Texts, Texts]:
    """Rate and multiplier of a component at each row of `steps`, each None where the component has none."""
    own = component.rate if component.rate is not None else component.amount
    return _texts(own, steps), _texts(component.multiplier, steps)


def _texts(of: Node | RateTable | None, steps: Steps) -> Texts:
    if of is None or steps.cell is None:
        return None
    asked = set().union(*(names(axis.of) for axis in of.dimensions)) if isinstance(of, RateTable) else names(of)
    if asked & set(steps.reached.cells.plan.measures):
        return _written(_found(of, steps), len(steps.cell))
    n_payees, n_periods = steps.reached.cells.shape
    cells = np.arange(n_payees * n_periods)
    once = Steps(steps.reached, steps.measure, Exact.of(np.zeros(len(cells), dtype=np.int64)), cells)
    written: Texts = _written(_found(of, once), len(cells))[steps.cell]
    return written


def _found(of: Node | RateTable, steps: Steps) -> Exact:
    return factor(of, steps) if isinstance(of, RateTable) else evaluated(of, steps)


def _written(found: Exact, n: int) -> nw.Series[Any]:
    """One text per row, empty where it is unknown; each different number is written once."""
    num, den, known = (np.broadcast_to(part, n) for part in (found.num, found.den, found.known))
    pairs: dict[tuple[int, int], int] = {}
    at = _numbered(num, den, pairs)
    texts = nw.new_series("text", [exact_text(Fraction(*pair)) for pair in pairs], nw.String, backend="polars")
    picked = nw.to_native(texts[at] if n else texts)  # a series of Narwhals would ask for pyarrow
    rows = nw.from_dict({"text": picked, "known": known}, backend="polars")
    return rows.select(nw.when(nw.col("known")).then(nw.col("text")))["text"]


def _numbered(num: Array, den: Array, pairs: dict[tuple[int, int], int]) -> Array:
    """For each row the number of its pair, in order of appearance; fills `pairs`."""
    if np.dtype(object) in {num.dtype, den.dtype}:
        rows = zip(num.tolist(), den.tolist(), strict=True)
        return np.array([pairs.setdefault(pair, len(pairs)) for pair in rows], dtype=np.int64)
    frame = nw.from_dict({"num": num, "den": den}, backend="polars")
    distinct = frame.unique(maintain_order=True).with_row_index("at")
    pairs.update({(num, den): at for at, num, den in distinct.iter_rows()})
    return frame.join(distinct, on=["num", "den"], how="left")["at"].to_numpy().astype(np.int64)


def exact_text(value: Fraction) -> str:
    """An exact decimal where there is one, else a fraction.

    >>> exact_text(Fraction(1, 10)), exact_text(Fraction(3, 2)), exact_text(Fraction(1, 3)), exact_text(Fraction(-2))
    ('0.1', '1.5', '1/3', '-2')
    """
    rest, places = value.denominator, 0
    while rest % 10 in {0, 2, 4, 5, 6, 8} and rest > 1 and places < _LONGEST:
        rest, places = rest // (10 if rest % 10 == 0 else 5 if rest % 5 == 0 else 2), places + 1
    if rest > 1 or not places:
        return f"{value}"[:_LONGEST] if len(f"{value}") <= _LONGEST else f"{float(value):.15g}"
    digits = f"{abs(value.numerator) * 10**places // value.denominator:0{places + 1}}"
    text = f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}".rstrip("0").rstrip(".")
    return text if len(text) <= _LONGEST else f"{float(value):.15g}"
