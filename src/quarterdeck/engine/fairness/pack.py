"""Whether targets are fair before they are published, in words, with how sure one can be at this number of people.

    check               value   95 % interval    means
    size_correlation    0.72    0.31 to 0.91     Larger territories attained more: the targets ask too little of them.
    within              0.6     0.39 to 0.78     60% would have ended within 20% of their target.
    bimodality          0.61                     Attainment comes in two heaps, or leans far to one side.

It looks at a back-cast: what people did in a past period against the target that the proposed rules would have given
them. See docs/methods/fairness.md.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal

import narwhals as nw
import numpy as np

from quarterdeck.engine.calendar.exact import exact_ratio
from quarterdeck.engine.fairness.statistics import (
    Interval,
    Real,
    bimodality,
    correlation_interval,
    middle_half,
    rank_correlation,
    share_interval,
    variation,
)
from quarterdeck.terms.planning import BACK_CAST, FAIRNESS

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

_FEW: Final = 10
_SOME: Final = 30
_EVEN: Final = 5 / 9
_SAYINGS: Final = {
    "size_correlation": (
        "Larger territories attained more: the targets ask too little of them.",
        "Smaller territories attained more: the targets ask too much of large ones.",
        "Attainment does not follow the size of territories, as far as can be told.",
    ),
    "growth_correlation": (
        "Who is asked for more growth attained more: growth is asked where it was easy.",
        "Who is asked for more growth attained less: growth is asked where it is not to be had.",
        "Attainment does not follow the growth asked for, as far as can be told.",
    ),
}

Trust = Literal["too_few", "unsure", "enough"]
Row = tuple[str, float | None, float | None, float | None, int, str, str, str]


def fairness(back_cast: Frame, *, within: Decimal | Fraction | float = Fraction(1, 5)) -> Frame:
    """FAIRNESS of a BACK_CAST: one row per check, always the same six.

    Attainment is actual / target; holders without a target above zero are left out, and n says how many are left.
    Correlations are of ranks. `within`: how far from its target attainment may be to count as near, ends included,
    compared exactly.

    >>> rows = {"holder_id": [1, 2, 3, 4, 5], "actual_minor": [88, 68, 89, 92, 103], "target_minor": [100] * 5,
    ...     "size_minor": [10, 20, 30, 40, 50], "growth": [0.1] * 5}
    >>> found = fairness(nw.from_dict(rows, backend="polars"))
    >>> for name, value in found.select("check", "value").rows():
    ...     print(name, value if value is None else round(value, 3))
    size_correlation 0.9
    growth_correlation None
    within 0.8
    cv 0.144
    iqr 0.04
    bimodality 0.183
    """
    rows = BACK_CAST.check(back_cast).filter(nw.col("target_minor") > 0).sort("holder_id")
    near = exact_ratio(within, "tolerance", most=None)
    pairs = rows.select("actual_minor", "target_minor").rows()
    attained = np.array([actual / target for actual, target in pairs], dtype=np.float64)
    found = [
        _correlation(rows, attained, "size_correlation", "size_minor"),
        _correlation(rows, attained, "growth_correlation", "growth"),
        _near(pairs, near),
        _dispersion(attained),
        _iqr(attained),
        _shape(attained),
    ]
    data: dict[str, Any] = {name: [row[at] for row in found] for at, name in enumerate(FAIRNESS.schema)}
    return FAIRNESS.check(nw.from_dict(data, FAIRNESS.schema, backend="polars"))


def trust(n: int) -> Trust:
    """How far checks can be trusted at a number of people: nothing can be told, something, or enough.

    >>> trust(6), trust(10), trust(30)
    ('too_few', 'unsure', 'enough')
    """
    return "too_few" if n < _FEW else "unsure" if n < _SOME else "enough"


def _correlation(rows: Frame, attained: Real, check: str, column: str) -> Row:
    known = (~rows[column].is_null()).to_numpy()
    values = rows[column].drop_nulls().cast(nw.Float64).to_numpy()
    n = len(values)
    rho = rank_correlation(attained[known], values)
    ends: Interval = (None, None) if rho is None else correlation_interval(rho, n)
    more, less, none = _SAYINGS[check]
    if rho is None:
        means = "It cannot be told: too few people, or all alike."
    else:
        low, high = ends
        means = more if low is not None and low > 0 else less if high is not None and high < 0 else none
    told = "" if n >= _SOME else f"With {n} people, a correlation below {_by_chance(n)} happens by chance."
    return check, rho, *ends, n, means, told, "Spearman's rho, 95% interval by Bonett and Wright"


def _near(pairs: list[tuple[Any, ...]], near: Fraction) -> Row:
    n, hits = len(pairs), sum(abs(actual - target) <= near * target for actual, target in pairs)
    share = hits / n if n else None
    means = "Nobody has a target."
    if share is not None:
        means = f"{share:.0%} would have ended within {float(near):.0%} of their target."
    method = f"share within {float(near):g} of the target, Wilson's 95% interval"
    return "within", share, *share_interval(hits, n), n, means, _caution(n), method


def _dispersion(attained: Real) -> Row:
    cv, n = variation(attained), len(attained)
    means = "It cannot be told."
    if cv is not None:
        means = f"People typically differ from the mean attainment by {cv:.0%} of it."
    return "cv", cv, None, None, n, means, _caution(n), "sample standard deviation / mean"


def _iqr(attained: Real) -> Row:
    quartiles, n = middle_half(attained), len(attained)
    if quartiles is None:
        return "iqr", None, None, None, n, "It cannot be told.", _caution(n), "third less first quartile, type 7"
    first, third = quartiles
    means = f"The middle half attained {first:.0%} to {third:.0%}."
    return "iqr", third - first, None, None, n, means, _caution(n), "third less first quartile, type 7"


def _shape(attained: Real) -> Row:
    found, n = bimodality(attained), len(attained)
    if found is None:
        means = "It cannot be told: too few people, or all alike."
    elif found > _EVEN:
        means = "Attainment comes in two heaps, or leans far to one side: look at the distribution."
    else:
        means = "Attainment comes in one heap."
    told = "" if n >= _SOME else f"With {n} people the shape of a distribution is mostly chance."
    return "bimodality", found, None, None, n, means, told, "bimodality coefficient (Pfister et al.), even is 5/9"


def _caution(n: int) -> str:
    return f"Only {n} people: one of them can change it." if n < _FEW else ""


def _by_chance(n: int) -> str:
    """The correlation that n unrelated people exceed one time in twenty."""
    return f"{min(1.96 / (n - 1) ** 0.5, 1):.2f}" if n > 1 else "1"
