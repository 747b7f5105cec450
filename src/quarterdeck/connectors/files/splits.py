"""Shares of bookings and deals, as files say them: whether each can be read, and whether they make a whole.

booking  person  role     share
o-17     rita    split    60%
o-17     sam     split    30%        ->   split_sum: the shares of o-17 sum to 90 %
o-17     eva     overlay  100%       beside the owner: not part of the whole
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import polars as pl

from quarterdeck.connectors.files.raw import FILE, ROW
from quarterdeck.connectors.files.rules import finding
from quarterdeck.terms.money import exact_from_text

if TYPE_CHECKING:
    from quarterdeck.terms.findings import Finding

SPLIT: Final = "split"
"""The role whose shares sum to the whole; what a row without a role is."""
_FINEST: Final = 10**8
_LONGEST: Final = 30
_MOST: Final = 100


def split_share(text: str) -> Fraction | None:
    """A share from zero as an exact fraction; None for anything that a pay run could not read.

    >>> split_share("40%"), split_share("0.4"), split_share("-1"), split_share("half"), split_share("0.123456789")
    (Fraction(2, 5), Fraction(2, 5), None, None, None)
    """
    bare = text.strip()
    try:
        share = exact_from_text(bare.removesuffix("%")) / (100 if bare.endswith("%") else 1)
    except (ValueError, OverflowError):
        return None
    fits = 0 <= share <= _MOST and share.denominator <= _FINEST and len(bare) <= _LONGEST
    return share if fits else None


def split_sums(rows: pl.DataFrame) -> Iterator[Finding]:
    """A finding for each booking or deal whose shares of one stretch of days do not sum to one; at most a hundred."""
    shares = rows.filter((pl.col("role").fill_null(SPLIT) == SPLIT) & pl.col("share").is_not_null())
    sums: dict[tuple[str, str, object], tuple[Fraction, str, int]] = defaultdict(lambda: (Fraction(0), "", 0))
    for booking, deal, begins, text, file, row in shares.select(
        "booking", "opportunity", "effective_from", "share", FILE, ROW
    ).iter_rows():
        if (share := split_share(text)) is not None:
            key = (booking or "", deal or "", begins)
            total, named, first = sums[key]
            sums[key] = (total + share, named or file, first or row)
    uneven = [(key, found) for key, found in sums.items() if found[0] != 1]
    for (booking, deal, begins), (total, file, row) in uneven[:_MOST]:
        which = f"{booking or deal}{f' from {begins}' if begins else ''}"
        message = f"The shares of {which} sum to {float(total * 100):g} %, not to the whole."
        yield finding("split_sum", file, message, row=row, column="share", value=booking or deal)
