"""Metric values of hostile, empty, huge and odd totals."""

import datetime as dt
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
import pytest

from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.engine.metrics.measures import MEASURES
from quarterdeck.engine.metrics.values import metric_values
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.frames import METRIC_VALUES
from quarterdeck.terms.period import Period
from quarterdeck.terms.tables import Frame

MARCH = Period(dt.date(2025, 3, 1), dt.date(2025, 4, 1))
APRIL = Period(dt.date(2025, 4, 1), dt.date(2025, 5, 1))
LAST = dt.date(2025, 12, 31)
SCHEMA = {"measure": pl.String, "starts_on": pl.Date, "person_id": pl.String, "product_id": pl.String,
    "segment_id": pl.String, "detail": pl.String,
    **dict.fromkeys(("n", "amount_minor", "n_days"), pl.Int64)}  # fmt: skip
MEMBERS = {"person_id": pl.String, "team_id": pl.String, "hat": pl.String, "depth": pl.Int64,
    "effective_from": pl.Date, "effective_to": pl.Date}  # fmt: skip


def total(measure: str, day: dt.date = MARCH.starts_on, **more: Any) -> dict[str, Any]:
    row = {
        "measure": measure,
        "starts_on": day,
        "person_id": "rita",
        "detail": "",
        "n": 1,
        "amount_minor": 0,
        "n_days": 0,
    }
    return {name: (row | more).get(name) for name in SCHEMA}


def totals(*rows: dict[str, Any]) -> Frame:
    return nw.from_native(pl.DataFrame(rows, schema=SCHEMA))


def members(*rows: tuple[str, str, str | None, str | None]) -> Frame:
    full = [(person, team, "rep", 0, begins and dt.date.fromisoformat(begins), ends and dt.date.fromisoformat(ends))
        for person, team, begins, ends in rows]  # fmt: skip
    return nw.from_native(pl.DataFrame(full, schema=MEMBERS, orient="row"))


def holders(*rows: tuple[str, str]) -> Frame:
    return nw.from_native(pl.DataFrame(rows, schema={"holder_kind": pl.String, "holder_id": pl.String}, orient="row"))


RITA = holders(("person", "rita"))


def values(metric: str, rows: Frame, *periods: Period, who: Frame = RITA, **more: Any) -> list[Any]:
    seats, as_of = more.pop("members", members()), more.pop("as_of", LAST)
    frame = metric_values([metric], rows, seats, who, periods or [MARCH], as_of, **more)
    return METRIC_VALUES.check(frame)["value"].to_list()


def test_no_totals_are_zero_for_sums_and_nothing_for_ratios() -> None:
    assert values("deals_won", totals()) == [0]
    assert values("win_rate", totals()) == [None]
    assert values("velocity", totals()) == [None]


def test_no_holders_no_periods_and_no_metrics_give_no_rows() -> None:
    rows = totals(total("booking"))
    assert values("bookings", rows, who=holders()) == []
    assert len(metric_values(["bookings"], rows, members(), RITA, [], LAST)) == 0
    assert len(metric_values([], rows, members(), RITA, [MARCH], LAST)) == 0


def test_periods_may_overlap_and_come_in_any_order() -> None:
    rows = totals(total("booking", amount_minor=5), total("booking", APRIL.starts_on, amount_minor=7))
    both = Period(MARCH.starts_on, APRIL.ends_on)
    assert values("bookings", rows, both, APRIL, MARCH, MARCH) == [12, 7, 5, 5]


def test_the_end_day_of_a_period_does_not_belong_to_it() -> None:
    rows = totals(total("booking", MARCH.last_day, amount_minor=5), total("booking", MARCH.ends_on, amount_minor=7))
    assert values("bookings", rows) == [5]


def test_a_period_that_has_not_begun_has_no_flow_and_todays_stock() -> None:
    rows = totals(total("booking", amount_minor=5), total("pipeline", amount_minor=9))
    assert values("bookings", rows, APRIL, as_of=dt.date(2025, 3, 10)) == [0]
    assert values("open_pipeline", rows, APRIL, as_of=dt.date(2025, 3, 10)) == [9]


def test_a_stock_sums_everything_before() -> None:
    rows = totals(total("pipeline", dt.date(2019, 1, 1), amount_minor=9), total("pipeline", MARCH.last_day, n=-1))
    assert values("open_deals", rows, Period(dt.date(2025, 3, 1), dt.date(2025, 3, 31)), MARCH) == [1, 0]


def test_two_seats_in_one_team_do_not_count_a_fact_twice() -> None:
    seats = members(("rita", "east", None, None), ("rita", "east", "2025-01-01", None))
    assert values(
        "bookings", totals(total("booking", amount_minor=5)), who=holders(("team", "east")), members=seats
    ) == [5]


def test_a_fact_on_the_day_of_a_move_counts_for_the_new_team_alone() -> None:
    seats = members(("rita", "east", None, "2025-03-15"), ("rita", "west", "2025-03-15", None))
    rows = totals(total("booking", dt.date(2025, 3, 15), amount_minor=5), total("booking", dt.date(2025, 3, 14), n=3))
    both = metric_values(["bookings"], rows, seats, holders(("team", "east"), ("team", "west")), [MARCH], LAST)
    assert both["value"].to_list() == [0, 5]


def test_facts_of_nobody_are_in_no_figure() -> None:
    rows = totals(total("booking", person_id=None, amount_minor=5))
    assert values("bookings", rows, who=holders(("team", "east")), members=members(("rita", "east", None, None))) == [0]


def test_more_taken_back_than_won_is_no_rate() -> None:
    assert values("win_rate", totals(total("opportunity_won", n=-1))) == [None]


def test_slices_leave_out_what_a_metric_has_no_total_of() -> None:
    rows = totals(total("activity", detail="call"), total("pipeline", detail="Proposal", amount_minor=3))
    frame = metric_values(["activities", "open_pipeline"], rows, members(), RITA, [MARCH], LAST, slice_by="detail")
    assert frame.select("metric", "slice", "value").rows() == [
        ("activities", "call", 1.0), ("open_pipeline", "Proposal", 3.0),
    ]  # fmt: skip


def test_what_has_no_product_is_the_empty_slice() -> None:
    rows = totals(total("booking", amount_minor=5), total("booking", product_id="Ωmega ✓", amount_minor=7))
    frame = metric_values(["bookings"], rows, members(), RITA, [MARCH], LAST, slice_by="product_id")
    assert frame.select("slice", "value").rows() == [("", 5.0), ("Ωmega ✓", 7.0)]


def test_ids_may_be_numbers() -> None:
    rows = nw.from_native(
        totals(total("booking", person_id="7", amount_minor=5)).to_native().cast({"person_id": pl.Int64})
    )
    who = nw.from_native(pl.DataFrame({"holder_kind": ["person", "team"], "holder_id": [7, 1]}))
    seats = nw.from_native(
        pl.DataFrame({"person_id": [7], "team_id": [1], "effective_from": [None], "effective_to": [None]})
    )
    frame = metric_values(["bookings"], rows, seats, who, [MARCH], LAST)
    assert frame["value"].to_list() == [5, 5]
    assert frame["holder_id"].to_list() == [7, 1]


def test_amounts_up_to_the_largest_are_summed_exactly_and_beyond_are_refused() -> None:
    large = 2**52
    assert values(
        "bookings", totals(total("booking", amount_minor=large + 1), total("booking", amount_minor=-large))
    ) == [1]
    with pytest.raises(Refusal, match="64 bits") as refused:
        values("bookings", totals(total("booking", amount_minor=2**62), total("booking", amount_minor=2**62)))
    assert refused.value.rule == "overflow"


@pytest.mark.parametrize(
    ("metric", "rule"), [("profit", "metric"), ("attainment", "metric"), ("growth", "metric"), ("", "metric")]
)
def test_what_is_no_metric_of_totals_is_refused(metric: str, rule: str) -> None:
    with pytest.raises(Refusal) as refused:
        values(metric, totals())
    assert refused.value.rule == rule


def test_a_slice_that_a_metric_has_not_is_refused() -> None:
    with pytest.raises(Refusal, match="by product") as refused:
        values("calls", totals(), slice_by="product_id")
    assert refused.value.rule == "slice"


def test_holders_that_facts_do_not_count_for_are_refused() -> None:
    with pytest.raises(Refusal) as refused:
        values("bookings", totals(), who=holders(("territory", "north")))
    assert refused.value.rule == "holder"


def test_twenty_metrics_of_five_hundred_holders_over_two_years_have_a_row_each() -> None:
    rng, n = np.random.default_rng(0), 40_000
    rows = nw.from_native(pl.DataFrame({
        "measure": np.array(list(MEASURES))[rng.integers(0, len(MEASURES), n)],
        "starts_on": pl.Series(np.datetime64("2024-01-01") + rng.integers(0, 730, n)).cast(pl.Date),
        "person_id": [f"p{at}" for at in rng.integers(0, 450, n)], "product_id": None, "segment_id": None, "detail": "",
        "n": rng.integers(1, 5, n), "amount_minor": rng.integers(0, 10**7, n), "n_days": 1,
    }))  # fmt: skip
    seats = members(*((f"p{at}", team, None, None) for at in range(450) for team in (f"t{at % 49}", "company")))
    who = holders(
        *(("person", f"p{at}") for at in range(450)), *(("team", f"t{at}") for at in range(49)), ("team", "company")
    )
    months = [Period(dt.date(2024 + at // 12, 1 + at % 12, 1), dt.date(2024 + (at + 1) // 12, 1 + (at + 1) % 12, 1))
        for at in range(24)]  # fmt: skip
    computed = [name for name, metric in METRICS.items() if metric.terms or metric.factors][:20]
    frame = metric_values(computed, rows, seats, who, months, LAST)
    assert len(frame) == 20 * 500 * 24
