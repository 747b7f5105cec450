"""Deals and their history become gap-free states, whatever they leave out or contradict."""

import datetime as dt
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from quarterdeck.engine.ledger.contradictions import state_findings
from quarterdeck.engine.ledger.states import no_history, opportunity_states
from quarterdeck.terms.frames import OPPORTUNITY_STATES
from quarterdeck.terms.tables import Frame

TEXT = (
    "opportunity_id",
    "person_id",
    "account_id",
    "product_id",
    "segment_id",
    "stage",
    "stage_kind",
    "forecast_category",
)
DEAL = {**dict.fromkeys(TEXT, pl.String), "amount_minor": pl.Int64, "opened_on": pl.Date, "close_on": pl.Date,
    "closed_on": pl.Date}  # fmt: skip
CHANGE = {name: DEAL.get(name, pl.Date) for name in ("opportunity_id", "effective_from", "stage", "stage_kind",
    "forecast_category", "amount_minor", "person_id", "close_on")}  # fmt: skip
WON: dict[str, Any] = {
    "opportunity_id": "d-1", "person_id": "rita", "account_id": "a-1", "product_id": "x", "segment_id": "s",
    "stage": "Won", "stage_kind": "won", "amount_minor": 100, "opened_on": dt.date(2025, 1, 1),
    "closed_on": dt.date(2025, 3, 1),
}  # fmt: skip
OPEN = WON | {"stage": "Proposal", "stage_kind": "open", "closed_on": None}


def day(month: int, number: int) -> dt.date:
    return dt.date(2025, month, number)


def deals(*rows: dict[str, Any]) -> Frame:
    return nw.from_native(pl.DataFrame([{name: row.get(name) for name in DEAL} for row in rows], schema=DEAL))


def changes(*rows: dict[str, Any]) -> Frame:
    full = [{name: {"opportunity_id": "d-1", **row}.get(name) for name in CHANGE} for row in rows]
    return nw.from_native(pl.DataFrame(full, schema=CHANGE))


def states(deal: dict[str, Any], *rows: dict[str, Any]) -> list[tuple[Any, ...]]:
    frame = OPPORTUNITY_STATES.check(opportunity_states(deals(deal), changes(*rows)))
    return frame.select("effective_from", "effective_to", "stage", "amount_minor", "person_id").rows()


def begins(deal: dict[str, Any], *rows: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(row[0], row[2]) for row in states(deal, *rows)]


def rules(deal: dict[str, Any], *rows: dict[str, Any]) -> set[str]:
    return {finding.rule for finding in state_findings(deals(deal), changes(*rows))}


def test_a_won_deal_without_history_was_open_from_its_opening() -> None:
    assert states(WON) == [(day(1, 1), day(3, 1), "Open", 100, "rita"), (day(3, 1), None, "Won", 100, "rita")]


def test_an_open_deal_without_history_is_in_its_stage_since_its_opening() -> None:
    assert states(OPEN) == [(day(1, 1), None, "Proposal", 100, "rita")]


def test_empty_cells_of_the_history_mean_unchanged() -> None:
    got = states(
        OPEN | {"stage": None, "stage_kind": "open", "amount_minor": None},
        {"effective_from": day(1, 1), "stage": "Qualify", "stage_kind": "open", "amount_minor": 70},
        {"effective_from": day(2, 1), "person_id": "sam"},
        {"effective_from": day(2, 9), "amount_minor": 80},
    )
    assert [row[3] for row in got] == [70, 70, 80]
    assert [row[4] for row in got] == ["rita", "sam", "rita"], "the deals file names the owner of the last open state"


def test_the_last_of_several_changes_on_one_day_holds() -> None:
    got = begins(
        OPEN, {"effective_from": day(2, 1), "stage": "Qualify"}, {"effective_from": day(2, 1), "stage": "Demo"},
        {"effective_from": day(2, 2), "stage": "Proposal"},
    )  # fmt: skip
    assert got == [(day(1, 1), "Demo"), (day(2, 2), "Proposal")]


def test_the_last_of_a_day_keeps_what_an_earlier_row_of_that_day_said() -> None:
    got = states(
        OPEN | {"amount_minor": None},
        {"effective_from": day(1, 1), "stage": "Demo", "amount_minor": 5},
        {"effective_from": day(1, 1), "stage": "Proposal"},
    )
    assert got == [(day(1, 1), None, "Proposal", 5, "rita")]


def test_a_closing_entered_late_counts_on_the_day_the_deals_file_names() -> None:
    late = {"effective_from": day(3, 9), "stage": "Won", "stage_kind": "won"}
    assert begins(WON, late) == [(day(1, 1), "Open"), (day(3, 1), "Won")]
    assert "history_after_closing" in rules(WON, late)


def test_a_closing_entered_early_counts_on_the_day_the_deals_file_names() -> None:
    early = {"effective_from": day(2, 20), "stage": "Won", "stage_kind": "won", "amount_minor": 90}
    assert states(WON, early)[-1] == (day(3, 1), None, "Won", 100, "rita")


def test_a_reopening_after_the_closing_day_is_left_out_and_reported() -> None:
    history = (
        {"effective_from": day(2, 20), "stage": "Won", "stage_kind": "won"},
        {"effective_from": day(4, 1), "stage": "Talk", "stage_kind": "open"},
    )
    assert begins(WON, *history) == [(day(1, 1), "Open"), (day(3, 1), "Won")]
    assert "history_after_closing" in rules(WON, *history)


def test_a_deal_reopened_and_won_again_is_won_twice() -> None:
    got = begins(
        WON | {"closed_on": day(5, 1)},
        {"effective_from": day(2, 20), "stage": "Won", "stage_kind": "won"},
        {"effective_from": day(4, 1), "stage": "Talk", "stage_kind": "open"},
    )
    assert got == [(day(1, 1), "Open"), (day(2, 20), "Won"), (day(4, 1), "Talk"), (day(5, 1), "Won")]


def test_the_owner_at_closing_is_the_one_the_history_names() -> None:
    history = (
        {"effective_from": day(2, 1), "stage": "Proposal", "stage_kind": "open", "person_id": "rita"},
        {"effective_from": day(6, 1), "person_id": "sam"},
    )
    handed_over = WON | {"person_id": "sam"}
    assert [row[4] for row in states(handed_over, *history)][:2] == ["rita", "rita"]


def test_a_change_of_owner_after_closing_is_kept() -> None:
    history = (
        {"effective_from": day(3, 1), "stage": "Won", "stage_kind": "won", "person_id": "rita"},
        {"effective_from": day(6, 1), "person_id": "sam"},
    )
    assert [row[4] for row in states(WON, *history)] == ["rita", "rita", "sam"]


def test_a_stage_without_a_kind_takes_the_kind_it_has_elsewhere() -> None:
    frame = opportunity_states(deals(WON), changes({"effective_from": day(3, 1), "stage": "Won"}))
    assert frame["stage_kind"].to_list() == ["open", "won"]


def test_a_history_that_begins_before_the_opening_moves_the_opening() -> None:
    history = {"effective_from": dt.date(2024, 12, 1), "stage": "Qualify", "stage_kind": "open"}
    frame = opportunity_states(deals(WON), changes(history))
    assert set(frame["opened_on"].to_list()) == {dt.date(2024, 12, 1)}
    assert "history_before_opening" in rules(WON, history)


def test_a_deal_closed_before_it_opened_keeps_its_closing_and_has_no_opening() -> None:
    deal = WON | {"closed_on": dt.date(2024, 12, 1)}
    frame = opportunity_states(deals(deal), no_history(deals(deal)))
    assert frame.select("effective_from", "stage", "opened_on").rows() == [(dt.date(2024, 12, 1), "Won", None)]
    assert rules(deal) == {"closed_before_opened"}


def test_a_deal_won_on_the_day_it_opened_has_one_state_and_an_opening() -> None:
    deal = WON | {"closed_on": day(1, 1)}
    frame = opportunity_states(deals(deal), no_history(deals(deal)))
    assert frame.select("effective_from", "stage", "opened_on").rows() == [(day(1, 1), "Won", day(1, 1))]


@pytest.mark.parametrize(
    ("deal", "rule"),
    [(OPEN | {"opened_on": None}, "deal_without_opening"), (WON | {"closed_on": None}, "closed_without_day")],
)
def test_a_deal_without_a_usable_day_has_one_undated_state(deal: dict[str, Any], rule: str) -> None:
    assert [row[0] for row in states(deal)] == [None]
    assert rule in rules(deal)


def test_an_open_deal_with_a_closing_day_stays_open() -> None:
    deal = OPEN | {"closed_on": day(3, 1)}
    assert begins(deal) == [(day(1, 1), "Proposal")]
    assert rules(deal) == {"open_with_closing_day"}


def test_a_history_that_closed_a_deal_the_file_calls_open_stands_and_is_reported() -> None:
    history = {"effective_from": day(3, 1), "stage": "Lost", "stage_kind": "lost"}
    assert begins(OPEN, history) == [(day(1, 1), "Open"), (day(3, 1), "Lost")]
    assert "last_state_differs" in rules(OPEN, history)


def test_history_without_a_day_or_of_an_unknown_deal_is_left_out_and_reported() -> None:
    history = ({"stage": "Demo"}, {"opportunity_id": "nobody's", "effective_from": day(2, 1), "stage": "Demo"})
    assert begins(OPEN, *history) == [(day(1, 1), "Proposal")]
    assert {"history_without_day", "history_of_unknown_deal"} <= rules(OPEN, *history)


def test_a_deal_handed_in_twice_has_the_states_of_its_last_row() -> None:
    both = deals(OPEN, WON)
    frame = opportunity_states(both, no_history(both))
    assert frame["stage"].to_list() == ["Open", "Won"]
    assert "deal_twice" in {finding.rule for finding in state_findings(both, no_history(both))}


def test_rows_that_repeat_the_row_before_are_one_state() -> None:
    same = {"stage": "Proposal", "stage_kind": "open"}
    assert len(states(OPEN, {"effective_from": day(2, 1), **same}, {"effective_from": day(2, 2), **same})) == 1


def test_no_deals_have_no_states_and_no_findings() -> None:
    none = deals()
    assert len(OPPORTUNITY_STATES.check(opportunity_states(none, no_history(none)))) == 0
    assert state_findings(none, no_history(none)) == []


def test_a_clean_deal_has_no_findings() -> None:
    assert rules(WON, {"effective_from": day(3, 1), "stage": "Won", "stage_kind": "won", "amount_minor": 100}) == set()
