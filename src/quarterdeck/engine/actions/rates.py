"""Conversion rates of a person, pulled towards the team's where there is little data.

    person   meetings  proposals  own    team   strength  weight on own   rate
    rita     200       120        0.60   0.50   20        200 / 220       0.59
    zoe      2         0          0.00   0.50   20          2 / 22        0.45

Beta-binomial shrinkage with the mean fixed at the team's pooled rate; only the concentration ("strength": how
many tries the team's rate is worth) is estimated, by the method of moments. Both estimated freely diverge when reps are
alike.
Source: Kleinman, Proportions with Extraneous Variance (JASA 1973); Casella, An Introduction to Empirical Bayes (1985).
See docs/methods/reverse-funnel.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import narwhals as nw
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

MIN_STRENGTH: Final = 5.0
MAX_STRENGTH: Final = 500.0
"""What the team's rate is worth, in tries: at least, and at most (also where reps do not differ beyond chance)."""

FALLBACK_STRENGTH: Final = 20.0
"""Used where the team says too little about how much its members differ."""

FEWEST_MEMBERS: Final = 3
"""Members with two or more tries without which nothing is estimated."""

StrengthRule = Literal["given", "moments", "alike", "too_few"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRate:
    """The pooled rate of a team (None without a try), and how many tries it is worth against a member's own."""

    rate: float | None
    n: int
    strength: float
    rule: StrengthRule


def team_rate(team: Frame) -> TeamRate:
    """The pooled rate and the strength of a team. `team`: one row per member (n tries, hits), hits cut to 0..n.

    >>> alike = nw.from_dict({"n": [100, 100, 100], "hits": [50, 50, 50]}, backend="polars")
    >>> team_rate(alike)
    TeamRate(rate=0.5, n=300, strength=500.0, rule='alike')
    """
    n, hits = _counts(team)
    whole = n.sum()
    if whole <= 0:
        return TeamRate(rate=None, n=0, strength=FALLBACK_STRENGTH, rule="too_few")
    rate = float(hits.sum() / whole)
    strength, rule = _strength(n, hits, rate)
    return TeamRate(rate=rate, n=int(whole), strength=strength, rule=rule)


def shrunken_rates(own: Frame, team: Frame | None = None, *, strength: float | None = None) -> Frame:
    """Each row's own rate pulled towards its team's: one row per row of `own`, in its order, other columns kept.

    `own` and `team` (by default the same rows): n tries and hits; empty is none, hits beyond n count as n. `strength`
    overrides the estimate. Added: own_rate (empty without a try), team_rate and rate (empty when the team has no try
    either), weight_on_own (0 to 1), strength, strength_rule.

    >>> rows = nw.from_dict({"person_id": ["rita", "zoe"], "n": [200, 2], "hits": [120, 0]}, backend="polars")
    >>> team = nw.from_dict({"n": [100], "hits": [50]}, backend="polars")
    >>> [round(rate, 2) for rate in shrunken_rates(rows, team, strength=20)["rate"].to_list()]
    [0.59, 0.45]
    """
    pooled = team_rate(own if team is None else team)
    used = pooled.strength if strength is None else max(strength, 0.0)
    n, hits = _counts(own)
    has_tries = n > 0
    own_rate = np.divide(hits, n, out=np.full_like(n, np.nan), where=has_tries)
    weight = np.divide(n, n + used, out=np.zeros_like(n), where=has_tries)
    towards = np.nan if pooled.rate is None else pooled.rate
    rate = np.where(
        has_tries, weight * np.nan_to_num(own_rate) + (1 - weight) * (0 if pooled.rate is None else towards), towards
    )
    if pooled.rate is None:
        rate, weight = own_rate, has_tries.astype(np.float64)
    return own.with_columns(
        _column(own, "own_rate", own_rate),
        _column(own, "team_rate", np.full_like(n, towards)),
        _column(own, "weight_on_own", weight),
        _column(own, "rate", rate),
        nw.lit(used).alias("strength"),
        nw.lit("given" if strength is not None else pooled.rule).alias("strength_rule"),
    )


def _strength(n: npt.NDArray[np.float64], hits: npt.NDArray[np.float64], rate: float) -> tuple[float, StrengthRule]:
    """Match the spread of hits around the pooled rate with what chance and the members' correlation rho bring.

    With v = n (1 + (n - 1) rho), the expected sum of (hits - n rate)^2 is rate (1 - rate) times
    sum(v) - 2 sum(n v) / N + sum(n^2) sum(v) / N^2, linear in rho; strength = 1 / rho - 1.
    """
    chance = rate * (1 - rate)
    if (n >= 2).sum() < FEWEST_MEMBERS or chance <= 0:  # noqa: PLR2004  one try says nothing about spread
        return FALLBACK_STRENGTH, "too_few"
    whole, pairs = n.sum(), n * (n - 1)

    def spread(v: npt.NDArray[np.float64]) -> float:
        return float(v.sum() - 2 * (n * v).sum() / whole + (n**2).sum() * v.sum() / whole**2)

    between = spread(pairs)
    if not between > 0:  # one member has all the tries there are, as far as floats can tell
        return FALLBACK_STRENGTH, "too_few"
    rho = (float(((hits - n * rate) ** 2).sum()) / chance - spread(n)) / between
    if not rho > 0:
        return MAX_STRENGTH, "alike"
    return min(max(1 / rho - 1, MIN_STRENGTH), MAX_STRENGTH), "moments"


def _counts(rows: Frame) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    n = np.maximum(rows["n"].cast(nw.Float64).fill_null(0.0).to_numpy(), 0)
    return n, np.clip(rows["hits"].cast(nw.Float64).fill_null(0.0).to_numpy(), 0, n)


def _column(like: Frame, name: str, values: npt.NDArray[np.float64]) -> nw.Series[Any]:
    listed = [None if np.isnan(value) else float(value) for value in values]
    return nw.new_series(name, listed, nw.Float64, backend=like.implementation)
