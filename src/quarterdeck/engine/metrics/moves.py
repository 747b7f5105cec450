"""What happened to opportunities, read off their states: each state beside the one before it.

    states   d-1  [2025-01-14, 2025-03-28)  Proposal  open  rita  50,000
             d-1  [2025-03-28, )            Won       won   sam   48,000

    moves    d-1  2025-01-14  open  was -     run since 2025-01-14, credited to rita
             d-1  2025-03-28  won   was open  run since 2025-03-28, credited to sam

A *run* is an unbroken stretch of one stage kind. What a win is worth may change inside its run, and its owner may
hand the account over: the credit stays with whoever owned the deal when the run began. Every move is known on its own
day, so totals up to a day never depend on what came later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import narwhals as nw

if TYPE_CHECKING:
    from quarterdeck.terms.tables import LazyFrame

DEAL: Final = "opportunity_id"
DAY: Final = "effective_from"
_CREDIT: Final = ("person_id", "product_id", "segment_id")
_WAS: Final = ("stage", "stage_kind", "amount_minor", *_CREDIT)
MINUTES_A_DAY: Final = 24 * 60


def opportunity_moves(states: LazyFrame) -> LazyFrame:
    """Dated states with `was_*` (the state before), `run_on` and `credit_*` (this run), `was_run_on`, `was_credit_*`.

    One row per dated row of OPPORTUNITY_STATES; amounts not said count as 0. `run_days` and `was_run_days` are days
    from opening to the run's first day, empty where the opening is unknown. Costs five windows over opportunity_id.

    >>> import datetime as dt
    >>> deal = {"opportunity_id": [1, 1], "account_id": [3, 3], "person_id": [7, 8], "product_id": [2, 2],
    ...     "segment_id": [4, 4], "stage": ["Demo", "Won"], "stage_kind": ["open", "won"], "amount_minor": [50, 48],
    ...     "effective_from": [dt.date(2025, 1, 14), dt.date(2025, 3, 28)], "opened_on": [dt.date(2025, 1, 14)] * 2}
    >>> states = nw.from_dict(deal, backend="polars").lazy()
    >>> opportunity_moves(states).collect().select("was_stage", "credit_person_id", "run_days").rows()
    [(None, 7, 0), ('Demo', 8, 73)]
    """
    dated = states.filter(~nw.col(DAY).is_null()).with_columns(nw.col("amount_minor").fill_null(0))
    rows = dated.with_columns(_before(name).alias(f"was_{name}") for name in _WAS)
    begins = (nw.col("stage_kind") != nw.col("was_stage_kind")).fill_null(value=True)
    rows = rows.with_columns(begins=begins.cast(nw.Int64))
    rows = rows.with_columns(run=nw.col("begins").cum_sum().over(DEAL, order_by=DAY))
    first = {f"credit_{name}": nw.col(name).first().over(DEAL, "run", order_by=DAY) for name in _CREDIT}
    rows = rows.with_columns(run_on=nw.col(DAY).min().over(DEAL, "run"), **first)
    rows = rows.with_columns(run_days=_days_between("opened_on", "run_on"))
    carried = ["run_days", *first]
    return rows.with_columns(_before(name).alias(f"was_{name}") for name in carried)


def _before(name: str) -> nw.Expr:
    return nw.col(name).shift(1).over(DEAL, order_by=DAY)


def _days_between(begin: str, end: str) -> nw.Expr:
    """Whole days. Through timestamps, because SQL engines subtract two dates to a number, and columns to a duration."""
    stamps = nw.col(end).cast(nw.Datetime("us")) - nw.col(begin).cast(nw.Datetime("us"))
    return (stamps.dt.total_minutes() // MINUTES_A_DAY).cast(nw.Int64)
