"""Numbers as people write them, to fractions: what is said is what is counted.

0.25   25 %   1/4   25/100        1/4
1,200.50    (12)                  2401/2    -12
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Final, Literal

from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR, exact_from_text, whole

Mark = Literal[".", ","]
_FINEST: Final = 10**6
_LONGEST: Final = 100


def exact_number(text: str, mark: Mark = ".") -> Fraction | None:
    """The fraction that a text says; None for what is no number.

    >>> exact_number("25 %"), exact_number("1/3"), exact_number("0,5", ","), exact_number("soon"), exact_number("1/0")
    (Fraction(1, 4), Fraction(1, 3), Fraction(1, 2), None, None)
    """
    bare = text.strip()
    if not bare or len(bare) > _LONGEST:
        return None
    try:
        if bare.endswith("%"):
            return exact_from_text(bare[:-1], decimal_mark=mark) / 100
        if "/" in bare:
            above, below = bare.split("/")
            return exact_from_text(above, decimal_mark=mark) / exact_from_text(below, decimal_mark=mark)
        return exact_from_text(bare, decimal_mark=mark)
    except (ValueError, ZeroDivisionError):
        return None


def whole_weights(weights: Sequence[Fraction | None]) -> list[int | None]:
    """Weights in the same proportions as whole numbers; exact unless a millionth is too coarse for them.

    Raises Refusal for a weight that no column holds.

    >>> whole_weights([Fraction(1, 2), Fraction(3, 4), None])
    [2, 3, None]
    """
    scale = min(math.lcm(*(weight.denominator for weight in weights if weight is not None)), _FINEST)
    found = [None if weight is None else whole(weight * scale) for weight in weights]
    if any(weight is not None and abs(weight) > MAX_MINOR for weight in found):
        why = "A weight is more than a column holds."
        raise Refusal("Nothing was computed.", why, "Give smaller weights.", "plan_overflow")
    return found
