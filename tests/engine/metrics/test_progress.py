"""Progress against targets: pages' own examples, and what happens without a target, a day or a member."""

import datetime as dt
from fractions import Fraction
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.actions.needed import needed
from quarterdeck.engine.metrics.because import because
from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.engine.metrics.progress import growth, progress, standings
from quarterdeck.engine.metrics.shares import work_shares
from quarterdeck.terms.errors import QuarterdeckFault, Refusal
from quarterdeck.terms.frames import TARGETS
from quarterdeck.terms.period import Period
from quarterdeck.terms.tables import Frame

PAGES = Path(__file__).resolve().parents[3] / "docs" / "methods"
OF_TARGETS = [name for name, metric in METRICS.items() if metric.text and name not in {"growth", "needed_per_day"}]
MARCH = Period(dt.date(2025, 3, 1), dt.date(2025, 4, 1))
KEY = {"holder_kind": "person", "holder_id": "rita", "starts_on": MARCH.starts_on, "ends_on": MARCH.ends_on}
GIVEN: dict[str, Any] = {"actual": 45000, "target": 90000, "days_elapsed": 12, "days_left": 10, "days_total": 21}


def frame(*rows: dict[str, Any], **schema: Any) -> Frame:
    return nw.from_native(pl.DataFrame(rows, schema_overrides=schema))


def standing(metric: str = "bookings", **more: Any) -> dict[str, Any]:
    """One row of progress, of the numbers given."""
    said = GIVEN | more
    values = frame({**KEY, "metric": metric, "value": float(said["actual"])})
    targets = frame({**KEY, "metric": metric, "amount": said["target"]})
    if said["target"] is None:
        targets = targets.head(0).with_columns(nw.col("amount").cast(nw.Int64))
    shares = frame({**KEY, **{name: float(said[name]) for name in ("days_elapsed", "days_left", "days_total")}})
    pipeline = frame({**KEY, "metric": "open_pipeline", "value": float(said.get("open_pipeline", 0))})
    [row] = progress(standings(values, TARGETS.check(targets), shares), pipeline).iter_rows(named=True)
    return dict(row)


def example(metric: str) -> dict[str, Any]:
    page = (PAGES / f"{METRICS[metric].method}.md").read_text()
    found: dict[str, Any] = yaml.safe_load(page.split("```yaml\n")[1].split("```")[0])
    return found


@pytest.mark.parametrize("metric", OF_TARGETS)
def test_the_example_on_the_page_is_what_the_engine_says(metric: str) -> None:
    written = example(metric)
    row = standing(**written["given"])
    assert metric in written["expect"]
    for name, expected in written["expect"].items():
        assert row[name] == pytest.approx(float(Fraction(str(expected)))), name


@pytest.mark.parametrize("metric", [*OF_TARGETS, "needed_per_day"])
def test_the_reason_puts_the_numbers_into_the_formula(metric: str) -> None:
    row = standing(open_pipeline=135000)
    why = because(metric, row, as_of=dt.date(2025, 3, 18))
    assert why["value"] == row[metric]
    assert "actual" not in why["with_numbers"]
    assert any(digit in why["with_numbers"] for digit in "123456789")


def test_without_a_target_only_the_actual_and_the_finish_are_known() -> None:
    row = standing(target=None)
    assert (row["actual"], row["projected_finish"]) == (45000, 78750)
    assert {row[name] for name in ("attainment", "expected", "pace", "remaining", "needed_per_day", "coverage")} == {
        None
    }


def test_before_the_first_working_day_nothing_is_expected() -> None:
    row = standing(actual=0, days_elapsed=0)
    assert (row["expected"], row["pace"], row["projected_finish"]) == (0, None, None)


def test_a_holder_without_working_days_has_no_pace() -> None:
    row = standing(days_elapsed=0, days_left=0, days_total=0)
    assert (row["expected"], row["pace"], row["projected_finish"], row["needed_per_day"]) == (None, None, None, None)


def test_a_reached_target_needs_nothing_and_has_no_coverage() -> None:
    row = standing(actual=100_000, open_pipeline=5)
    assert (row["remaining"], row["needed_per_day"], row["coverage"]) == (0, 0, None)


def test_a_target_of_nothing_has_no_attainment() -> None:
    row = standing(target=0)
    assert (row["attainment"], row["pace"], row["remaining"]) == (None, None, 0)


def test_more_returned_than_sold_is_a_negative_actual() -> None:
    row = standing("net_bookings", actual=-500, target=1000)
    assert (row["attainment"], row["remaining"]) == (-0.5, 1500)


def test_huge_targets_stay_exact() -> None:
    row = standing(target=9_000_000_000_000_001, days_elapsed=7, days_total=21)
    assert row["expected"] == 3_000_000_000_000_000


@given(st.integers(-(10**12), 10**12), st.integers(0, 10**12), st.integers(0, 60))
@settings(max_examples=20, deadline=None)
def test_needed_per_day_agrees_with_the_rule_of_actions(actual: int, target: int, thirds: int) -> None:
    row = standing(actual=actual, target=target, days_left=round(thirds / 3, 6))
    assert row["needed_per_day"] == needed(max(target - actual, 0), thirds / 3, 1.0).per_day


@pytest.mark.parametrize("metric", ["win_rate", "open_pipeline", "velocity"])
def test_what_does_not_add_up_over_days_has_no_target(metric: str) -> None:
    with pytest.raises(Refusal) as refused:
        standing(metric)
    assert refused.value.rule == "target"


def test_two_targets_for_one_number_are_a_fault() -> None:
    values = frame({**KEY, "metric": "bookings", "value": 1.0})
    target = {**KEY, "metric": "bookings", "amount": 5}
    shares = frame({**KEY, "days_elapsed": 1.0, "days_left": 1.0, "days_total": 1.0})
    with pytest.raises(QuarterdeckFault, match="share a key"):
        standings(values, frame(target, target), shares)


def test_growth_is_what_its_page_says_and_nothing_grows_from_nothing() -> None:
    written = example("growth")
    now, before = MARCH, Period(dt.date(2024, 3, 1), dt.date(2024, 4, 1))
    row = {"metric": "bookings", "holder_kind": "person", "holder_id": "rita", "slice": ""}
    values = frame(
        row | {"starts_on": now.starts_on, "ends_on": now.ends_on, "value": float(written["given"]["actual"])}
    )
    for earlier, expected in ((float(written["given"]["earlier"]), 0.2), (0.0, None), (-5.0, None), (None, None)):
        then = frame(
            row | {"starts_on": before.starts_on, "ends_on": before.ends_on, "value": earlier}, value=pl.Float64
        )
        assert growth(values, then, [(now, before)])["growth"].to_list() == [expected]


def worked(*rows: tuple[str, int, float]) -> Frame:
    return frame(
        *({"person_id": person, "day": dt.date(2025, 3, number), "share": share} for person, number, share in rows)
    )


SEATS = frame(
    {"person_id": "rita", "team_id": "east", "effective_from": None, "effective_to": dt.date(2025, 3, 4)},
    {"person_id": "sam", "team_id": "east", "effective_from": None, "effective_to": None},
    effective_from=pl.Date,
)
HOLDERS = frame({"holder_kind": "person", "holder_id": "rita"}, {"holder_kind": "team", "holder_id": "east"})


def days(tree: str, as_of: int) -> list[tuple[Any, ...]]:
    rows = worked(("rita", 3, 1.0), ("rita", 4, 0.5), ("sam", 3, 1.0), ("sam", 4, 1.0), ("sam", 5, 0.1))
    got = work_shares(rows, SEATS, HOLDERS, [MARCH], dt.date(2025, 3, as_of), tree=tree)
    return got.select("days_elapsed", "days_left", "days_total").rows()


def test_a_team_works_the_days_of_those_who_are_in_it_on_each_day() -> None:
    assert days("then", 3) == [(1.0, 1.5, 1.5), (2.0, 3.1, 3.1)]
    assert days("then", 4) == [(1.5, 0.5, 1.5), (3.0, 1.1, 3.1)]


def test_by_todays_tree_those_who_left_do_not_work_for_it() -> None:
    assert days("now", 4)[1] == (2.0, 1.1, 2.1)


def test_nothing_of_a_future_period_has_elapsed_and_nothing_of_a_past_one_is_left() -> None:
    rows = worked(("rita", 3, 1.0))
    shares = work_shares(rows, SEATS, HOLDERS.head(1), [MARCH], dt.date(2025, 2, 1))
    assert shares.select("days_elapsed", "days_left").rows() == [(0.0, 1.0)]
    shares = work_shares(rows, SEATS, HOLDERS.head(1), [MARCH], dt.date(2025, 5, 1))
    assert shares.select("days_elapsed", "days_left").rows() == [(1.0, 0.0)]


def test_ten_tenths_of_a_day_are_one_day() -> None:
    rows = worked(*(("rita", number, 0.1) for number in range(3, 13)))
    assert work_shares(rows, SEATS, HOLDERS.head(1), [MARCH], dt.date(2025, 3, 31))["days_total"].to_list() == [1.0]
