import datetime as dt
from typing import Any

import narwhals as nw

from quarterdeck.engine.actions.deals import deals_in_order_of_need
from quarterdeck.terms.period import Period
from quarterdeck.terms.tables import Frame

SCHEMA: dict[str, Any] = {
    "opportunity_id": nw.String, "person_id": nw.String, "amount_minor": nw.Int64, "close_on": nw.Date,
    "last_activity_on": nw.Date, "opened_on": nw.Date,
}  # fmt: skip
TODAY = dt.date(2025, 3, 20)
QUIET: dict[str, Any] = {
    "person_id": "rita", "amount_minor": 100, "close_on": dt.date(2025, 6, 1), "last_activity_on": TODAY,
    "opened_on": dt.date(2025, 1, 1),
}  # fmt: skip


def _deals(**deals: dict[str, Any]) -> Frame:
    rows = [{"opportunity_id": name} | QUIET | values for name, values in deals.items()]
    return nw.from_dict({name: [row[name] for row in rows] for name in SCHEMA}, SCHEMA, backend="polars")


def _found(frame: Frame, **more: Any) -> dict[str, tuple[int, str]]:
    found = deals_in_order_of_need(frame, TODAY, **more)
    return {name: (score, why) for name, score, why in found.select("opportunity_id", "score", "reasons").rows()}


def test_a_quiet_deal_has_no_reasons() -> None:
    assert _found(_deals(a={})) == {"a": (0, "")}


def test_a_close_date_of_today_is_not_overdue() -> None:
    found = _found(_deals(a={"close_on": TODAY}, b={"close_on": TODAY - dt.timedelta(1)}))
    assert found == {"b": (40, "close date passed 1 day ago"), "a": (30, "closes in 0 days")}


def test_closing_means_in_the_fiscal_month() -> None:
    deals = _deals(a={"close_on": dt.date(2025, 4, 2)})
    month = Period(dt.date(2025, 3, 3), dt.date(2025, 4, 7))
    assert _found(deals) == {"a": (0, "")}
    assert _found(deals, month=month) == {"a": (30, "closes in 13 days")}


def test_large_is_measured_on_the_owners_own_deals() -> None:
    found = _found(_deals(a={"amount_minor": 300}, b={}, c={"person_id": "sam", "amount_minor": 9000}))
    assert found["a"] == (20, "1.5 times the average of own open deals")
    assert found["c"] == (0, "")


def test_silence_is_measured_against_the_usual_gap() -> None:
    deals = _deals(a={"last_activity_on": dt.date(2025, 2, 10)})
    assert _found(deals, usual_gap_days=14) == {"a": (40, "silent for 38 days, usual is 14")}
    assert _found(deals, usual_gap_days=19) == {"a": (0, "")}


def test_the_usual_gap_is_the_median_of_the_deals_when_none_is_given() -> None:
    gaps = {f"d{at}": {"last_activity_on": TODAY - dt.timedelta(days)} for at, days in enumerate((10, 10, 10, 21))}
    assert _found(_deals(**gaps))["d3"] == (40, "silent for 21 days, usual is 10")


def test_a_deal_never_touched_is_silent_since_it_was_opened() -> None:
    found = _found(_deals(a={"last_activity_on": None}), usual_gap_days=14)
    assert found == {"a": (40, "silent for 78 days, usual is 14")}


def test_reasons_add_up_and_are_joined() -> None:
    found = _found(_deals(a={"close_on": None, "amount_minor": None}, b={}))
    assert found["a"] == (15, "no close date; no amount")


def test_a_deal_opened_later_is_not_there_yet_and_a_later_touch_counts_as_todays() -> None:
    found = deals_in_order_of_need(
        _deals(a={"opened_on": dt.date(2025, 4, 1)}, b={"last_activity_on": dt.date(2026, 1, 1)}), TODAY
    )
    assert found.select("opportunity_id", "days_silent").rows() == [("b", 0)]


def test_equal_scores_go_by_amount_then_close_then_id_whatever_the_order_of_rows() -> None:
    deals = _deals(
        d={},
        c={},
        b={"close_on": dt.date(2025, 5, 1)},
        a={"amount_minor": 101},
        e={"amount_minor": None, "close_on": None},
    )
    for rows in (deals, deals[::-1], deals.sort("amount_minor")):
        assert list(_found(rows)) == ["e", "a", "b", "c", "d"]


def test_amounts_of_nothing_and_below_nothing_are_never_large() -> None:
    found = _found(_deals(a={"amount_minor": 0}, b={"amount_minor": -5}))
    assert found == {"a": (0, ""), "b": (0, "")}


def test_no_deals_give_an_empty_frame_with_its_columns() -> None:
    found = deals_in_order_of_need(_deals(), TODAY)
    assert (len(found), {"score", "reasons"} <= set(found.columns)) == (0, True)


def test_other_columns_pass_through_and_owners_may_be_missing() -> None:
    found = deals_in_order_of_need(_deals(a={}).drop("person_id").with_columns(stage=nw.lit("Proposal")), TODAY)
    assert found["stage"].to_list() == ["Proposal"]
    assert found["score"].dtype == nw.Int64
