"""Growth a year over several years, and how fast a pipeline pays.

    100 -> 121 in two years   0.1 a year        12 deals of 10,000 at a third in 90 days   444.44 a day

See docs/methods/cagr.md; the metric `velocity` computes the second from facts (docs/methods/velocity.md).
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from quarterdeck.engine.calendar.exact import exact_ratio
from quarterdeck.terms.errors import Refusal


def cagr(start_minor: int, end_minor: int, n_years: Decimal | Fraction | float) -> float | None:
    """The same growth a year that leads from start to end: a float, since it is a root. None without a start above 0.

    An end below zero cannot be reached by growing, and is None, too. Raises Refusal for no time.

    >>> round(cagr(100, 121, 2), 12), cagr(100, 0, 3), cagr(0, 5, 1)
    (0.1, -1.0, None)
    """
    years = exact_ratio(n_years, "number of years", most=None)
    if years == 0:
        why = "No time passes between the two."
        raise Refusal("The growth was not computed.", why, "Give years above zero.", "growth")
    if start_minor <= 0 or end_minor < 0:
        return None
    return float(Fraction(end_minor, start_minor) ** float(1 / years)) - 1


def pipeline_velocity(
    n_deals: int, average_minor: Decimal | Fraction | float, win_rate: Decimal | Fraction | float,
    cycle_days: Decimal | Fraction | float,
) -> Fraction | None:  # fmt: skip
    """Minor units won per calendar day, exactly: deals x average x win rate / days from open to won; None for no days.

    >>> round(float(pipeline_velocity(12, 10_000, Fraction(1, 3), 90)), 2)
    444.44
    """
    days = exact_ratio(cycle_days, "days of a cycle", most=None)
    if not days:
        return None
    return (
        max(n_deals, 0) * exact_ratio(average_minor, "average deal", most=None) * exact_ratio(win_rate, "rate") / days
    )
