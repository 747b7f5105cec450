"""A whole split into parts by weight, with fixed parts, least and most: the one step every cascade is made of.

    120 among      weight   pin   minimum   maximum        exact            amount   rule
    rita                3    60         -         -                  ->         60   pin
    sam                 2     -         -        20                  ->         20   maximum
    zoe                 1     -         -         -   40 x 1/2       ->         20   weight
    kim                 1     -         -         -   40 x 1/2       ->         20   weight

Parts that would fall outside of their bounds are set to them, the rest is split again among the others until all hold:
the one level `x` with every part at `x x weight`, cut to its bounds. Units left over go by largest remainder.
Source: Hamilton (1792); the order of setting bounds: CSS Flexible Box Layout, 9.7. See docs/methods/spread.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR, parts

Rule = Literal["weight", "even", "pin", "minimum", "maximum"]
Bounds = Sequence[int | None]
_WHAT: Final = "The amount was not spread."


@dataclass(frozen=True, slots=True)
class Spread:
    """The parts of a whole, and why each is what it is."""

    amounts: list[int]
    rules: list[Rule]
    weights: list[int | Fraction]
    """Weights in use: below zero counted as zero, all one where the open parts weigh nothing."""
    open_amount: int
    """What was split by weight: the whole less pins and parts at a bound."""
    open_weight: int | Fraction
    """Sum of the weights of the open parts."""

    def exact(self, at: int) -> Fraction:
        """The exact amount of a part before rounding; pins and bounds are exact as they are."""
        if self.rules[at] in {"weight", "even"}:
            return Fraction(self.open_amount * self.weights[at]) / Fraction(self.open_weight)
        return Fraction(self.amounts[at])


def spread(  # noqa: PLR0913  a pin, a minimum and a maximum for each part, and what to call them
    total: int,
    weights: Sequence[int | Fraction],
    *,
    pins: Bounds | None = None,
    minimum: Bounds | None = None,
    maximum: Bounds | None = None,
    names: Sequence[str] | None = None,
    whole: str = "the whole",
) -> Spread:
    """Split `total` whole units by weight around pins and within bounds. One part per weight.

    Weights below zero count as zero; where all open parts weigh nothing they share evenly. Without a minimum a part is
    at least 0; without a maximum it has none. A negative total is split as the mirror image, its bounds mirrored
    likewise. A larger weight never gets less than a smaller one with the same bounds. Raises Refusal (`goal_pins`)
    naming the sums that clash when pins and bounds cannot sum to the total; `names` and `whole` are its words for them.

    >>> spread(120, [3, 2, 1, 1], pins=[60, None, None, None], maximum=[None, 20, None, None]).amounts
    [60, 20, 20, 20]
    >>> spread(10, [1, -5, 0]).amounts, spread(10, [0, 0, -1]).amounts
    ([10, 0, 0], [4, 3, 3])
    >>> spread(100, [1, 1], pins=[70, 40], names=["rita", "sam"], whole="East")
    Traceback (most recent call last):
    quarterdeck.terms.errors.Refusal: The amount was not spread. East is 100, but its parts come to at least 110 \
(pins 110): 10 too many. Change a pin or bound by 10, or East.
    """
    size = abs(total)
    used = [max(weight, 0) for weight in weights]
    if pins is None and minimum is None and maximum is None and used:
        return _by_weight(total, used)
    sign = -1 if total < 0 else 1
    low, high, pinned = _bounds(sign, len(used), pins, minimum, maximum)
    _check(total, low, high, pinned, names or [f"part {at + 1}" for at in range(len(used))], whole)
    settled = _settled(size, used, low, high, pinned)
    return _parted(total, used, settled)


def _by_weight(total: int, used: list[int | Fraction]) -> Spread:
    rule: Rule = "weight" if any(used) else "even"
    weights: list[int | Fraction] = used if any(used) else [1] * len(used)
    return Spread(parts(total, weights), [rule] * len(used), weights, total, sum(weights))


def _bounds(
    sign: int, n: int, pins: Bounds | None, minimum: Bounds | None, maximum: Bounds | None
) -> tuple[list[int], list[int], list[bool]]:
    """Least, most and whether pinned, of the positive image; without a bound 0 and as much as a column holds."""
    given, lower, upper = (list(each) if each is not None else [None] * n for each in (pins, minimum, maximum))
    if sign < 0:
        given = [None if pin is None else -pin for pin in given]
        lower, upper = ([None if x is None else -x for x in upper], [None if x is None else -x for x in lower])
    low = [(0 if x is None else x) if pin is None else pin for pin, x in zip(given, lower, strict=True)]
    high = [(MAX_MINOR if x is None else x) if pin is None else pin for pin, x in zip(given, upper, strict=True)]
    return low, high, [pin is not None for pin in given]


def _check(total: int, low: list[int], high: list[int], pinned: list[bool], names: Sequence[str], whole: str) -> None:  # noqa: PLR0913, PLR0917  both sides of each bound
    for name, least, most in zip(names, low, high, strict=True):
        if least > most:
            why = f"The minimum of {name}, {least}, is above its maximum, {most}."
            raise Refusal(_WHAT, why, "Change one of the two.", "goal_rails", row=name)
    size, least, most = abs(total), sum(low), sum(high)
    if least <= size <= most:
        return
    by = least - size if least > size else size - most
    sums = f"at least {least}" if least > size else f"at most {most}"
    fixed = sum(least for least, is_pin in zip(low, pinned, strict=True) if is_pin)
    off = f"{by} too {'many' if least > size else 'few'}"
    why = f"{whole} is {total}, but its parts come to {sums} (pins {fixed}): {off}."
    raise Refusal(_WHAT, why, f"Change a pin or bound by {by}, or {whole}.", "goal_pins", row=whole)


def _settled(
    size: int, used: list[int | Fraction], low: list[int], high: list[int], pinned: list[bool]
) -> dict[int, tuple[int, Rule]]:
    """Parts that stand at a pin or bound. Each round sets those that break the bound that binds more, for good."""
    settled: dict[int, tuple[int, Rule]] = {at: (low[at], "pin") for at, is_pin in enumerate(pinned) if is_pin}
    while open_ := [at for at in range(len(used)) if at not in settled]:
        rest = size - sum(amount for amount, _ in settled.values())
        whole = sum(used[at] for at in open_)
        share = {at: Fraction(rest * used[at]) / whole if whole else Fraction(rest, len(open_)) for at in open_}
        lacking = {at: low[at] - share[at] for at in open_ if share[at] < low[at]}
        spare = {at: share[at] - high[at] for at in open_ if share[at] > high[at]}
        if not lacking and not spare:
            break
        is_lack = sum(lacking.values()) - sum(spare.values())
        settled |= {at: (low[at], "minimum") for at in lacking if is_lack >= 0}
        settled |= {at: (high[at], "maximum") for at in spare if is_lack <= 0}
    return settled


def _parted(total: int, used: list[int | Fraction], settled: dict[int, tuple[int, Rule]]) -> Spread:
    sign = -1 if total < 0 else 1
    open_ = [at for at in range(len(used)) if at not in settled]
    rest = abs(total) - sum(amount for amount, _ in settled.values())
    rule: Rule = "weight" if any(used[at] for at in open_) else "even"
    weights = used if rule == "weight" or not open_ else [0 if at in settled else 1 for at in range(len(used))]
    amounts = [sign * settled[at][0] if at in settled else 0 for at in range(len(used))]
    rules: list[Rule] = [settled[at][1] if at in settled else rule for at in range(len(used))]
    for at, part in zip(open_, parts(sign * rest, [weights[at] for at in open_]) if open_ else [], strict=True):
        amounts[at] = part
    return Spread(amounts, rules, list(weights), sign * rest, sum(weights[at] for at in open_))
