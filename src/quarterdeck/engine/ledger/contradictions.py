"""Where deals and their history disagree, and which of the two was believed.

    deals     d-1  Won   closed 2025-03-01
    history   d-1  2025-03-05  Won
    finding   history_after_closing  d-1  The history moves on after 2025-03-01, the day the deal was closed.

Nothing here changes a figure: `states.opportunity_states` decides, by the rules its docstring lists, and each rule that
had to choose between two sources has its finding here. One finding per rule, naming the first deal and
counting the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import narwhals as nw

from quarterdeck.engine.ledger.states import recorded_moves
from quarterdeck.terms.findings import Finding, Severity

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

DEALS_FILE: Final = "opportunities"
HISTORY_FILE: Final = "opportunity_history"


@dataclass(frozen=True, slots=True)
class _Rule:
    """What is said about the deals for which a condition holds."""

    name: str
    severity: Severity
    column: str
    message: str
    remedy: str
    file: str = HISTORY_FILE


_TWICE = _Rule("deal_twice", "warning", "opportunity_id", "The deal has several rows; the last one holds.",
    "Keep one row per deal.", DEALS_FILE)  # fmt: skip
_NO_DEAL = _Rule("history_of_unknown_deal", "error", "opportunity_id", "A change of a deal that is in no deals file.",
    "Hand in the deal, or leave its history out.")  # fmt: skip
_NO_DAY = _Rule("history_without_day", "error", "effective_from", "A change without a day cannot be placed.",
    "Give the day of the change.")  # fmt: skip
_SAME_DAY = _Rule("several_changes_a_day", "note", "effective_from", "Several changes on one day; the last row holds.",
    "Nothing, unless the order of the rows is not the order of the changes.")  # fmt: skip
_NO_OPENING = _Rule("deal_without_opening", "warning", "opened_on",
    "The day it began is not known; it is in no figure that needs it.", "Give opened_on.", DEALS_FILE)  # fmt: skip
_CLOSED_UNDATED = _Rule("closed_without_day", "warning", "closed_on",
    "It is closed, on an unknown day; it is in no dated figure.", "Give closed_on.", DEALS_FILE)  # fmt: skip
_CLOSED_BEFORE = _Rule("closed_before_opened", "warning", "closed_on",
    "It was closed before it began; the closing holds, the opening counts as unknown.",
    "Correct opened_on or closed_on.", DEALS_FILE)  # fmt: skip
_OPEN_CLOSED = _Rule("open_with_closing_day", "warning", "closed_on",
    "It is open, and yet has a closing day; the day is left out.", "Correct the stage or empty closed_on.",
    DEALS_FILE)  # fmt: skip
_BEFORE = _Rule("history_before_opening", "note", "effective_from",
    "Its history begins before opened_on; the deal counts from its first change.", "Correct opened_on.")  # fmt: skip
_AFTER = _Rule("history_after_closing", "warning", "effective_from",
    "The history goes on after closed_on; the closing is dated closed_on, and what contradicts it is left out.",
    "Correct closed_on or the history.")  # fmt: skip
_LAST = _Rule("last_state_differs", "note", "stage",
    "The last change in the history is not what the deals file says; the deals file holds where both are of one "
    "kind, else the history.", "Hand in the missing change.")  # fmt: skip


def state_findings(current: Frame, history: Frame) -> list[Finding]:
    """Contradictions in deals and history, in the shapes that `opportunity_states` takes. One finding per rule.

    >>> import datetime as dt
    >>> deal = {"opportunity_id": ["d-1"], "person_id": ["rita"], "stage": ["Won"], "stage_kind": ["won"],
    ...     "forecast_category": ["closed"], "amount_minor": [100], "opened_on": [dt.date(2025, 3, 1)],
    ...     "close_on": [dt.date(2025, 2, 1)], "closed_on": [dt.date(2025, 2, 1)]}
    >>> deals = nw.from_dict(deal, backend="polars")
    >>> from quarterdeck.engine.ledger.states import no_history
    >>> [(finding.rule, finding.value) for finding in state_findings(deals, no_history(deals))]
    [('closed_before_opened', 'd-1')]
    """
    moves = recorded_moves(current, history)
    found = [*_deal_findings(current, moves), *_history_findings(current, history), *_disagreements(moves)]
    return [finding for rule, rows in found for finding in _findings(rule, rows)]


def _deal_findings(current: Frame, moves: Frame) -> list[tuple[_Rule, Frame]]:
    is_open = nw.col("stage_kind") == "open"
    closed_on, opened_on = nw.col("closed_on"), nw.col("opened_on")
    without_history = current.join(moves, on="opportunity_id", how="anti")
    return [
        (_TWICE, current.filter(current.select("opportunity_id").is_duplicated())),
        (_NO_OPENING, without_history.filter(opened_on.is_null())),
        (_CLOSED_UNDATED, current.filter(~is_open & closed_on.is_null())),
        (_CLOSED_BEFORE, current.filter(~is_open & (closed_on < opened_on))),
        (_OPEN_CLOSED, current.filter(is_open & ~closed_on.is_null())),
    ]


def _history_findings(current: Frame, history: Frame) -> list[tuple[_Rule, Frame]]:
    dated = history.filter(~nw.col("effective_from").is_null())
    return [
        (_NO_DEAL, history.join(current, on="opportunity_id", how="anti")),
        (_NO_DAY, history.filter(nw.col("effective_from").is_null())),
        (_SAME_DAY, dated.filter(dated.select("opportunity_id", "effective_from").is_duplicated())),
    ]


def _disagreements(moves: Frame) -> list[tuple[_Rule, Frame]]:
    day = nw.col("effective_from")
    is_closed = nw.col("now_stage_kind") != "open"
    changes_kind = nw.col("stage_kind") != nw.col("stage_kind").shift(1).over(
        "opportunity_id", order_by="effective_from"
    )
    moved = moves.with_columns(changes_kind=changes_kind.fill_null(value=True))
    last = moves.filter(day == day.max().over("opportunity_id"))
    differs = (nw.col("stage") != nw.col("now_stage")) | (nw.col("amount_minor") != nw.col("now_amount_minor"))
    return [
        (_BEFORE, moves.filter(day < nw.col("opened_on"))),
        (_AFTER, moved.filter(is_closed & (day > nw.col("closed_on")) & nw.col("changes_kind"))),
        (_LAST, last.filter(differs)),
    ]


def _findings(rule: _Rule, rows: Frame) -> list[Finding]:
    """One finding for all deals that a rule caught, naming the smallest."""
    if rows.is_empty():
        return []
    ids = rows["opportunity_id"].unique().sort()
    return [
        Finding(
            file=rule.file, row=None, column=rule.column, value=str(ids[0]), rule=rule.name, severity=rule.severity,
            message=f"{ids[0]}: {rule.message}", remedy=rule.remedy, n_rows=len(ids),
        )
    ]  # fmt: skip
