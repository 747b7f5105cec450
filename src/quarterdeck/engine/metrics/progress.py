"""Where a number stands against its target: attainment, pace, what remains, where it will end.

    target 90,000   actual 45,000   12 of 21 working days passed, as of the 18th

    attainment 0.5       expected 51,429   pace 0.875
    projected 78,750     remaining 45,000  needed per day 4,500 over the 10 days left, today included

Everything starts from `standings`, one row per metric, holder and period; each function adds its own columns and
keeps what they were made of. Amounts are whole numbers throughout: each is rounded once, half up (needed per day:
up). Source of the method: linear run rate on working days; docs/methods has a page for each.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from quarterdeck.engine.calendar.exact import exact_days
from quarterdeck.engine.metrics.definitions import METRICS, metric_named
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.frames import TARGETS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from quarterdeck.terms.period import Period
    from quarterdeck.terms.tables import Frame

_HOLDER: Final = ("holder_kind", "holder_id")
_PERIOD: Final = ("starts_on", "ends_on")
_KEY: Final = ("metric", *_HOLDER, *_PERIOD)
METHOD: Final = "working_days"
"""How a finish is projected: the rate per working day so far holds for the days left."""


def standings(values: Frame, targets: Frame, shares: Frame) -> Frame:
    """One row per metric, holder and period of `values`: actual, target, days_elapsed, days_left, days_total.

    `values` is METRIC_VALUES without slices, `targets` TARGETS, `shares` comes from `work_shares`. Amounts are minor
    units or counts; a missing target is empty. Refuses metrics that are not flows: a ratio has no part of a year.

    >>> import datetime as dt
    >>> march = {"holder_kind": ["person"], "holder_id": [7], "starts_on": [dt.date(2025, 3, 1)],
    ...     "ends_on": [dt.date(2025, 4, 1)]}
    >>> values = nw.from_dict({"metric": ["bookings"], **march, "value": [45000.0]}, backend="polars")
    >>> targets = nw.from_dict({**march, "metric": ["bookings"], "amount": [90000]}, backend="polars")
    >>> shares = nw.from_dict({**march, "days_elapsed": [12.0], "days_left": [10.0], "days_total": [21.0]},
    ...     backend="polars")
    >>> rows = pace(attainment(standings(values, targets, shares)))
    >>> rows.select("attainment", "expected", "pace").rows()
    [(0.5, 51429, 0.8749927083940967)]
    """
    for name in sorted(set(values["metric"].to_list())):
        _refuse_other_than_flow(name)
    named = TARGETS.check(targets).select(*_KEY, target=nw.col("amount").cast(nw.Int64))
    actuals = values.select(*_KEY, actual=nw.col("value").cast(nw.Int64))
    days = shares.select(*_HOLDER, *_PERIOD, "days_elapsed", "days_left", "days_total")
    rows = actuals.with_row_index("at").join(named, on=list(_KEY), how="left")
    return rows.join(days, on=[*_HOLDER, *_PERIOD], how="left").sort("at").drop("at")


def _refuse_other_than_flow(name: str) -> None:
    metric = metric_named(name)
    if metric.kind != "flow":
        flows = ", ".join(flow.name for flow in METRICS.values() if flow.kind == "flow")
        raise Refusal(f"{metric.title} was not held against a target.", "Only what adds up over days has a pace.",
            f"Set the target for one of: {flows}.", "target")  # fmt: skip


def attainment(rows: Frame) -> Frame:
    """Add `attainment`: actual / target; empty without a target above zero."""
    return rows.with_columns(attainment=_over("actual", "target"))


def pace(rows: Frame) -> Frame:
    """Add `expected` (target x elapsed share of the holder's working days) and `pace`: actual / expected.

    Empty where there is no target, no working day in the period, or nothing is expected yet.
    """
    with_expected = _with_whole(rows, "expected", _expected, "target", "days_elapsed", "days_total")
    return with_expected.with_columns(pace=_over("actual", "expected"))


def projected_finish(rows: Frame) -> Frame:
    """Add `projected_finish` (actual x total / elapsed working days) and its `method`; empty when none has elapsed."""
    projected = _with_whole(rows, "projected_finish", _projected, "actual", "days_elapsed", "days_total")
    return projected.with_columns(method=nw.lit(METHOD))


def remaining(rows: Frame) -> Frame:
    """Add `remaining`: target - actual, or 0 when the target is reached; empty without a target."""
    missing = nw.col("target") - nw.col("actual")
    return rows.with_columns(remaining=nw.when(missing < 0).then(nw.lit(0)).otherwise(missing).cast(nw.Int64))


def needed_per_day(rows: Frame) -> Frame:
    """Add `needed_per_day` to the rows of `remaining`: per full working day left, today included, rounded up.

    Empty when something remains and no day is left.
    """
    return _with_whole(rows, "needed_per_day", _needed, "remaining", "days_left")


def coverage(rows: Frame, pipeline: Frame) -> Frame:
    """Add `open_pipeline` and `coverage` (open pipeline / remaining) to the rows of `remaining`.

    `pipeline` is METRIC_VALUES of open_pipeline for the same holders and periods. Empty when nothing remains.
    """
    open_now = pipeline.select(*_HOLDER, *_PERIOD, open_pipeline=nw.col("value").cast(nw.Int64))
    joined = rows.with_row_index("at").join(open_now, on=[*_HOLDER, *_PERIOD], how="left").sort("at").drop("at")
    return joined.with_columns(coverage=_over("open_pipeline", "remaining"))


def progress(rows: Frame, pipeline: Frame) -> Frame:
    """Everything above on the rows of `standings`: what a desk shows of a number.

    >>> import datetime as dt
    >>> march = {"holder_kind": ["person"], "holder_id": [7], "starts_on": [dt.date(2025, 3, 1)],
    ...     "ends_on": [dt.date(2025, 4, 1)]}
    >>> rows = nw.from_dict({**march, "metric": ["bookings"], "actual": [45000], "target": [90000],
    ...     "days_elapsed": [12.0], "days_left": [10.0], "days_total": [21.0]}, backend="polars")
    >>> pipeline = nw.from_dict({**march, "value": [135000.0]}, backend="polars")
    >>> made = progress(rows, pipeline)
    >>> made.select("attainment", "projected_finish", "remaining", "needed_per_day", "coverage").rows()
    [(0.5, 78750, 45000, 4500, 3.0)]
    """
    standing = projected_finish(pace(attainment(rows)))
    return coverage(needed_per_day(remaining(standing)), pipeline)


def growth(values: Frame, earlier: Frame, periods: Sequence[tuple[Period, Period]]) -> Frame:
    """METRIC_VALUES beside their value a year (or any time) before: metric, holder, period, actual, earlier, growth.

    `periods` pairs each period with the one it is compared with; compute `earlier` as of the same day a year before,
    so that a running year meets the same part of last year. Growth is empty unless the earlier value is above zero.

    >>> import datetime as dt
    >>> from quarterdeck.terms.period import Period
    >>> now, then = (Period(dt.date(year, 1, 1), dt.date(year + 1, 1, 1)) for year in (2025, 2024))
    >>> row = {"metric": ["bookings"], "holder_kind": ["team"], "holder_id": [1], "slice": [""]}
    >>> values, earlier = (nw.from_dict({**row, "starts_on": [year.starts_on], "ends_on": [year.ends_on],
    ...     "value": [value]}, backend="polars") for year, value in ((now, 120.0), (then, 100.0)))
    >>> growth(values, earlier, [(now, then)])["growth"].to_list()
    [0.2]
    """
    pairs = {
        "starts_on": [now.starts_on for now, _ in periods], "ends_on": [now.ends_on for now, _ in periods],
        "before_on": [then.starts_on for _, then in periods], "before_to": [then.ends_on for _, then in periods],
    }  # fmt: skip
    key = ["metric", *_HOLDER, "slice"]
    before = earlier.select(*key, before_on=nw.col("starts_on"), before_to=nw.col("ends_on"), earlier=nw.col("value"))
    rows = values.with_row_index("at").join(nw.from_dict(pairs, backend=values.implementation), on=list(_PERIOD))
    rows = rows.join(before, on=[*key, "before_on", "before_to"], how="left").sort("at")
    change = nw.col("actual") - nw.col("earlier")
    named = rows.select(*key, *_PERIOD, nw.col("value").alias("actual"), "earlier")
    return named.with_columns(growth=nw.when(nw.col("earlier") > 0).then(change / nw.col("earlier")))


def _over(above: str, below: str) -> nw.Expr:
    """A ratio of two whole columns; empty unless what it is divided by is above zero."""
    divisor = nw.col(below).cast(nw.Float64)
    return nw.when(nw.col(below) > 0).then(nw.col(above).cast(nw.Float64) / divisor)


def _with_whole(rows: Frame, name: str, rule: Callable[..., int | None], *needs: str) -> Frame:
    """Add a whole-number column computed exactly, row by row: a product of money and days can exceed 64 bits."""
    given = zip(*(rows[need].to_list() for need in needs), strict=True)
    made = [None if None in row else rule(*row) for row in given]
    series: nw.Series[Any] = nw.new_series(name, made, nw.Int64, backend=rows.implementation)
    return rows.with_columns(series)


def _half_up(value: Fraction) -> int:
    return math.floor(value + Fraction(1, 2))


def _expected(target: int, elapsed: float, total: float) -> int | None:
    return _half_up(target * exact_days(elapsed) / exact_days(total)) if total > 0 else None


def _projected(actual: int, elapsed: float, total: float) -> int | None:
    return _half_up(actual * exact_days(total) / exact_days(elapsed)) if elapsed > 0 else None


def _needed(missing: int, left: float) -> int | None:
    if missing <= 0:
        return 0
    return math.ceil(missing / exact_days(left)) if left > 0 else None
