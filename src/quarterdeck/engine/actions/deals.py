"""Open deals in the order in which they need somebody, each with its reasons.

As of 2025-03-20, usual gap between touches 14 days:

    deal  close_on    amount   last touch        score  reasons
    d-2   2025-03-08  10,000   2025-02-10        80     close date passed 12 days ago; silent for 38 days, usual is 14
    d-1   2025-03-28  40,000   2025-03-18   ->   50     closes in 8 days; 2.0 times the average of own open deals
    d-3                10,000  2025-03-19        10     no close date

The rule is a sum of stated points (`POINTS`), not a model: a rep can check it, and a company can argue about it.
See docs/methods/deals-in-order-of-need.md.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import narwhals as nw

from quarterdeck.engine.calendar.fiscal import FiscalCalendar

if TYPE_CHECKING:
    from quarterdeck.terms.period import Period
    from quarterdeck.terms.tables import Frame

POINTS: Final = {"overdue": 40, "silent": 40, "closing": 30, "large": 20, "no_close_date": 10, "no_amount": 5}
"""What each reason adds to the score."""

LARGE: Final = 1.5
"""From how many times the average of the owner's open deals a deal is large."""

SILENT: Final = 2
"""Beyond how many usual gaps a deal is silent for long."""

_MINUTES: Final = 24 * 60

LEAST_GAP: Final = 7
"""Days; nobody is asked to touch a deal more often than that, however busy the team is."""


def deals_in_order_of_need(
    deals: Frame, as_of: dt.date, *, month: Period | None = None, usual_gap_days: float | None = None
) -> Frame:
    """Open deals with score and reasons, neediest first: one row per deal opened by `as_of`, other columns kept.

    `deals`: open deals (opportunity_id, amount_minor, close_on, last_activity_on, opened_on; all but the id may be
    empty, and person_id may be a column: averages are then per person). `month`: the fiscal month of `as_of`, by
    default the calendar month. `usual_gap_days`: how long the team usually leaves a deal alone; by default the median
    of days silent over these deals. A deal never touched is silent since it was opened. An activity dated after `as_of`
    counts as today's.
    Added: score, reasons (joined by "; ", empty when there are none), days_silent, days_to_close.
    Equal scores: larger amount first, then earlier close, then smaller id.

    >>> rows = {"opportunity_id": ["d-1", "d-2"], "amount_minor": [400, 100], "close_on": [None, dt.date(2025, 3, 8)],
    ...     "last_activity_on": [dt.date(2025, 3, 18)] * 2, "opened_on": [dt.date(2025, 1, 1)] * 2}
    >>> found = deals_in_order_of_need(nw.from_dict(rows, backend="polars"), dt.date(2025, 3, 20))
    >>> found.select("opportunity_id", "score", "reasons").rows()[0]
    ('d-2', 40, 'close date passed 12 days ago')
    """
    known = _measured(deals, as_of)
    gap = _usual_gap(known) if usual_gap_days is None else usual_gap_days
    reasons = _reasons(month or FiscalCalendar().period_of(as_of, "month"), max(gap, LEAST_GAP), as_of)
    score = nw.sum_horizontal(*(nw.when(is_so).then(POINTS[name]).otherwise(0) for name, (is_so, _) in reasons.items()))
    texts = [nw.when(is_so).then(text) for is_so, text in reasons.values()]
    return (
        known.with_columns(score=score.cast(nw.Int64), reasons=nw.concat_str(*texts, separator="; ", ignore_nulls=True))
        .sort(
            "score", "amount_minor", "close_on", "opportunity_id",
            descending=[True, True, False, False], nulls_last=True,
        )
        .drop("average_minor")
    )  # fmt: skip


def _measured(deals: Frame, as_of: dt.date) -> Frame:
    """The deals that exist by `as_of`, with days_silent, days_to_close and the average they are compared with."""
    owner = [name for name in ("person_id",) if name in deals.columns]
    average = nw.col("amount_minor").mean()
    since = nw.coalesce("last_activity_on", "opened_on")
    return deals.filter(nw.col("opened_on").is_null() | (nw.col("opened_on") <= as_of)).with_columns(
        days_silent=_whole_days(nw.lit(as_of) - since).clip(0),
        days_to_close=_whole_days(nw.col("close_on") - nw.lit(as_of)),
        average_minor=average.over(*owner) if owner else average,
    )


def _usual_gap(known: Frame) -> float:
    middle = known["days_silent"].drop_nulls().median() if len(known) else None
    return float(middle or 0)


def _reasons(month: Period, gap: float, as_of: dt.date) -> dict[str, tuple[nw.Expr, nw.Expr]]:
    """By name: when it applies, and what it says."""
    to_close, silent = nw.col("days_to_close"), nw.col("days_silent")
    times = nw.col("amount_minor") / nw.col("average_minor")
    left_in_month = (month.ends_on - as_of).days
    return {
        "overdue": (to_close < 0, _text("close date passed ", _days(-to_close), " ago")),
        "closing": ((to_close >= 0) & (to_close < left_in_month), _text("closes in ", _days(to_close))),
        "silent": (silent > SILENT * gap, _text("silent for ", _days(silent), f", usual is {gap:g}")),
        "large": (
            (nw.col("amount_minor") > 0) & (times >= LARGE),
            _text("", times.round(1), " times the average of own open deals"),
        ),
        "no_close_date": (to_close.is_null(), nw.lit("no close date")),
        "no_amount": (nw.col("amount_minor").is_null(), nw.lit("no amount")),
    }


def _days(n: nw.Expr) -> nw.Expr:
    return nw.concat_str(n.cast(nw.String), nw.when(n == 1).then(nw.lit(" day")).otherwise(nw.lit(" days")))


def _text(before: str, value: nw.Expr, after: str = "") -> nw.Expr:
    return nw.concat_str(nw.lit(before), value.cast(nw.String), nw.lit(after))


def _whole_days(span: nw.Expr) -> nw.Expr:
    return (span.dt.total_minutes() // _MINUTES).cast(nw.Int64)
