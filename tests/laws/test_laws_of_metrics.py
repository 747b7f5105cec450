"""Properties of every company: sums add up, order does not matter, the future does not leak, reasons add up."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracles.worlds import N_DAYS, World, day, world
from quarterdeck.engine.ledger.memberships import memberships
from quarterdeck.engine.metrics.because import because
from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.engine.metrics.measures import MEASURES, month_totals, totals
from quarterdeck.engine.metrics.values import metric_values
from quarterdeck.terms.frames import TOTALS
from quarterdeck.terms.period import Period
from quarterdeck.terms.tables import Frame

COMPUTED = [name for name, metric in METRICS.items() if metric.terms or metric.factors]
FLOWS = [name for name in COMPUTED if METRICS[name].kind == "flow"]
SOURCES = {"opportunity_states": "states", "activities": "activities", "bookings": "bookings", "returns": "returns",
    "payments": "payments"}  # fmt: skip
DAYS = {"activities": "happened_on", "bookings": "booked_on", "returns": "returned_on", "payments": "paid_on"}
YEAR = Period(dt.date(2025, 1, 1), dt.date(2026, 1, 1))
few = settings(max_examples=6, deadline=None)
seeds = st.integers(0, 10_000)
offsets = st.integers(0, N_DAYS)


def summed(made: World, measures: Iterable[str] = tuple(MEASURES)) -> Frame:
    return totals(
        {name: nw.from_native(getattr(made, field).lazy()) for name, field in SOURCES.items()}, measures
    ).collect()


def ordered(frame: Frame) -> pl.DataFrame:
    native: pl.DataFrame = frame.to_native()
    return native.sort(pl.all())


def members(made: World) -> Frame:
    return memberships(nw.from_native(made.seats), nw.from_native(made.teams))


def of(kind: str, ids: Iterable[int]) -> Frame:
    rows = [(kind, holder) for holder in ids]
    return nw.from_native(pl.DataFrame(rows, schema={"holder_kind": pl.String, "holder_id": pl.Int64}, orient="row"))


def asked(
    made: World, metrics: list[str], holders: Frame, periods: list[Period], as_of: int = 400, **more: Any
) -> pl.DataFrame:
    native: pl.DataFrame = metric_values(
        metrics, summed(made), members(made), holders, periods, day(as_of), **more
    ).to_native()
    return native


def cut(made: World, last: dt.date) -> World:
    """The world as it was known at the end of a day: later rows are not there, and what held is still open."""
    states = made.states.filter(pl.col("effective_from") <= last).with_columns(
        effective_to=pl.when(pl.col("effective_to") <= last).then("effective_to")
    )
    rows = {name: getattr(made, name).filter(pl.col(on) <= last) for name, on in DAYS.items()}
    return World(states=states, seats=made.seats, teams=made.teams, **rows)


@given(seeds, offsets)
@few
def test_totals_up_to_a_day_are_the_totals_of_what_was_known_then(seed: int, offset: int) -> None:
    made = world(seed)
    of_all = summed(made).filter(nw.col("starts_on") <= day(offset))
    assert ordered(of_all).equals(ordered(summed(cut(made, day(offset)))))


@given(seeds, offsets)
@few
def test_as_of_ignores_the_future(seed: int, offset: int) -> None:
    made = world(seed)
    periods, holders = [YEAR, Period(day(0), day(60))], of("team", range(5))
    then = metric_values(
        COMPUTED, summed(cut(made, day(offset))), members(made), holders, periods, day(offset)
    ).to_native()
    assert asked(made, COMPUTED, holders, periods, offset).equals(then)


@given(seeds, st.randoms(use_true_random=False))
@few
def test_the_order_of_rows_changes_nothing(seed: int, random: Any) -> None:
    made = world(seed)
    shuffled = {
        name: frame.sample(fraction=1, shuffle=True, seed=random.randrange(1000))
        for name, frame in vars_of(made).items()
    }
    assert ordered(summed(World(**shuffled))).equals(ordered(summed(made)))
    holders = of("team", range(5))
    assert asked(World(**shuffled), COMPUTED, holders, [YEAR]).equals(asked(made, COMPUTED, holders, [YEAR]))


def vars_of(made: World) -> dict[str, pl.DataFrame]:
    return {name: getattr(made, name) for name in (*SOURCES.values(), "seats", "teams")}


@given(seeds, st.integers(1, 364))
@few
def test_flows_of_two_parts_add_up_to_the_flow_of_the_whole(seed: int, offset: int) -> None:
    parts = [Period(YEAR.starts_on, day(offset)), Period(day(offset), YEAR.ends_on)]
    values = asked(world(seed), FLOWS, of("team", range(5)), [YEAR, *parts])
    sums = values.with_columns(is_whole=pl.col("starts_on").eq(YEAR.starts_on) & pl.col("ends_on").eq(YEAR.ends_on))
    by = sums.group_by("metric", "holder_id", "is_whole").agg(pl.col("value").sum()).sort("metric", "holder_id")
    assert by.filter("is_whole")["value"].to_list() == by.filter(~pl.col("is_whole"))["value"].to_list()


@given(seeds)
@few
def test_a_team_is_the_sum_of_its_people(seed: int) -> None:
    made = world(seed)
    people = made.seats["person_id"].unique().to_list()
    always = {"effective_from": pl.lit(None, pl.Date), "effective_to": pl.lit(None, pl.Date)}
    seats = made.seats.unique("person_id").with_columns(team_id=pl.lit(1, pl.Int64), **always)
    flat = World(**vars_of(made) | {"seats": seats})
    plain = [name for name in COMPUTED if METRICS[name].kind in {"flow", "stock"}]
    team = asked(flat, plain, of("team", [1]), [YEAR])
    own = (
        asked(flat, plain, of("person", people), [YEAR])
        .group_by("metric", maintain_order=True)
        .agg(pl.col("value").sum())
    )
    assert team["value"].to_list() == own["value"].to_list()


@given(seeds, st.sampled_from(["product_id", "segment_id", "person_id"]))
@few
def test_slices_add_up_to_the_whole(seed: int, slice_by: str) -> None:
    made = world(seed)
    plain = [name for name in COMPUTED if METRICS[name].kind in {"flow", "stock"} and slice_by in METRICS[name].slices]
    whole = asked(made, plain, of("team", [0]), [YEAR]).filter(pl.col("value") != 0)
    sliced = (
        asked(made, plain, of("team", [0]), [YEAR], slice_by=slice_by).group_by("metric").agg(pl.col("value").sum())
    )
    assert dict(sliced.filter(pl.col("value") != 0).rows()) == dict(whole.select("metric", "value").rows())


@given(seeds)
@few
def test_a_teams_ratio_lies_between_those_of_its_people(seed: int) -> None:
    made = without_reopenings(world(seed))
    people = made.seats["person_id"].unique().to_list()
    ratios = [name for name in COMPUTED if METRICS[name].kind == "ratio"]
    for name in ratios:
        own = asked(made, [name], of("person", people), [YEAR])["value"].drop_nulls().to_list()
        [team] = asked(made, [name], of("team", [0]), [YEAR])["value"].to_list()
        assert (team is None) == (not own)
        assert team is None or min(own) - 1e-9 <= team <= max(own) + 1e-9


def without_reopenings(made: World) -> World:
    """Nothing taken back, and everybody in a team at all times."""
    closed = pl.col("stage_kind") != "open"
    first = pl.col("effective_from").filter(closed).min().over("opportunity_id")
    states = made.states.filter((pl.col("effective_from") <= first) | first.is_null()).with_columns(
        effective_to=pl.when(~closed).then("effective_to")
    )
    return World(**vars_of(made) | {"states": states})


@given(seeds, st.sampled_from(["then", "now"]))
@few
def test_the_numbers_in_a_reason_make_the_value(seed: int, tree: str) -> None:
    values = asked(world(seed), COMPUTED, of("team", range(3)), [YEAR, Period(day(0), day(31))], tree=tree)
    for row in values.iter_rows(named=True):
        why = because(row["metric"], row, as_of=day(400), tree=tree)
        assert why["value"] == row["value"]
        if METRICS[row["metric"]].kind in {"flow", "stock"}:
            assert row["value"] == row["numerator"]
        elif None in {row["numerator"], row["denominator"]} or row["denominator"] <= 0:
            assert row["value"] is None
        else:
            assert row["value"] == pytest.approx(row["numerator"] / row["denominator"])


@given(seeds)
@few
def test_months_hold_what_their_days_hold(seed: int) -> None:
    days = summed(world(seed))
    months = TOTALS.check(month_totals(days.lazy()).collect()).to_native()
    assert set(months["starts_on"].dt.day().to_list()) == {1}
    sums = ["n", "amount_minor", "n_days"]
    of_days = days.to_native().group_by("measure").agg(pl.col(sums).sum()).filter(pl.any_horizontal(pl.col(sums) != 0))
    of_months = months.group_by("measure").agg(pl.col(sums).sum()).filter(pl.any_horizontal(pl.col(sums) != 0))
    assert of_days.sort("measure").equals(of_months.sort("measure"))


@given(seeds, st.integers(0, 11))
@few
def test_the_totals_of_one_deal_are_its_part_of_all(seed: int, deal: int) -> None:
    """A service may recompute the deals that were touched, and nothing else."""
    made = world(seed)
    measures = [name for name, measure in MEASURES.items() if measure.scope == "opportunity"]
    mine, others = (
        made.states.filter(keep) for keep in (pl.col("opportunity_id") == deal, pl.col("opportunity_id") != deal)
    )
    parts = [summed(World(**vars_of(made) | {"states": states}), measures).to_native() for states in (mine, others)]
    key = ["measure", "starts_on", "person_id", "product_id", "segment_id", "detail"]
    sums = ["n", "amount_minor", "n_days"]
    both = pl.concat(parts).group_by(key).agg(pl.col(sums).sum()).filter(pl.any_horizontal(pl.col(sums) != 0))
    assert (
        both.select(*key, *sums)
        .sort(pl.all())
        .equals(ordered(summed(made, measures)).select(*key, *sums).sort(pl.all()))
    )
