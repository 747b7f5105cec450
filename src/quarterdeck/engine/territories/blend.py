"""Several measures as one, by stated weights: an account's blend is its weighted share of all there is of each measure.

    account  sales        workload      weights 3 : 1        blend, in billionths
    a        60 of 100    2 of 10       3/4 x 0.6 + 1/4 x 0.2    500,000,000
    b        40 of 100    8 of 10       3/4 x 0.4 + 1/4 x 0.8    500,000,000

So money and visits can be weighed against each other; a territory may have too much of one if it has too little of the
other. To even out each measure by itself, hand them all to `proposed_moves`. See docs/methods/territory-balance.md.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from quarterdeck.engine.territories.board import board, refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quarterdeck.terms.tables import Frame

WHOLE: Final = 10**9
"""What the blends of all accounts sum to, but for rounding each once."""


def blended(accounts: Frame, weights: Mapping[str, int | Fraction]) -> Frame:
    """TERRITORY_ACCOUNTS with a further column `blend`: billionths of all there is, weighed by measure.

    Weights are above zero, in any scale; a measure of which there is nothing adds nothing. Raises Refusal as `board`
    does, and for weights not above zero.

    >>> rows = {"account_id": ["a", "b"], "territory_id": ["e", "w"], "sales": [60, 40], "visits": [2, 8]}
    >>> blended(nw.from_dict(rows, backend="polars"), {"sales": 3, "visits": 1})["blend"].to_list()
    [500000000, 500000000]
    """
    if any(weight <= 0 for weight in weights.values()):
        raise refusal("A measure has no weight above zero.", "Give whole numbers above zero.")
    found = board(accounts, list(weights), None if _has_territory(accounts) else _one())
    sums = found.amounts.sum(axis=0).tolist()
    whole = sum(Fraction(weight) for weight, of in zip(weights.values(), sums, strict=True) if of > 0)
    parts = [
        Fraction(weight) * WHOLE / whole / of if of > 0 else Fraction(0)
        for weight, of in zip(weights.values(), sums, strict=True)
    ]
    values = [
        round(sum(part * amount for part, amount in zip(parts, row, strict=True))) for row in found.amounts.tolist()
    ]
    blend = {"account_id": found.accounts, "blend": values}
    schema: dict[str, Any] = {"account_id": accounts.schema["account_id"], "blend": nw.Int64}
    return accounts.join(nw.from_dict(blend, schema, backend="polars"), on="account_id", how="left")


def _has_territory(accounts: Frame) -> bool:
    return bool(len(accounts["territory_id"].drop_nulls()))


def _one() -> Frame:
    """Accounts of which none has a territory can be weighed as well."""
    return nw.from_dict({"territory_id": ["any"]}, backend="polars")
