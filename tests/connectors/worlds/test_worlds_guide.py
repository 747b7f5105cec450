"""The guide to the demo company says what the data says."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from quarterdeck.connectors.worlds import world
from quarterdeck.connectors.worlds.days import Window

TODAY = dt.date(2026, 11, 24)
GUIDE = " ".join((Path(__file__).parents[3] / "docs/guides/demo-company.md").read_text(encoding="utf-8").split())


@pytest.fixture(scope="module")
def frames() -> dict[str, pl.DataFrame]:
    return world(seed=7, ends_on=TODAY)


def won_of_all(deals: pl.DataFrame) -> str:
    return f"{deals.filter(stage_kind='won').height} of {deals.height}"


def test_it_counts_deals_and_activities(frames: dict[str, pl.DataFrame]) -> None:
    assert f"{frames['opportunities'].height} deals, {frames['activities'].height:,} activities" in GUIDE


def test_it_names_everybody(frames: dict[str, pl.DataFrame]) -> None:
    assert [name for name in frames["people"]["name"] if name not in GUIDE] == []


def test_it_tells_the_slip(frames: dict[str, pl.DataFrame]) -> None:
    deal = frames["opportunities"].filter(pl.col("amount") == 480_000_00).row(0, named=True)
    history = frames["opportunity_history"].filter(opportunity=deal["opportunity"])
    committed = history.filter(forecast_category="commit")["effective_from"][0]
    assert f"{deal['name']}, 480,000" in GUIDE
    assert f"({deal['opened_on']})" in GUIDE
    assert f"({committed})" in GUIDE
    pushes = history["close_on"].n_unique() - 1
    assert f"{history['close_on'][0]} at first, for {deal['close_on']} now, after {pushes} pushes" in GUIDE


def test_it_counts_the_sandbaggers_wins(frames: dict[str, pl.DataFrame]) -> None:
    year = dt.date(TODAY.year, 1, 1)
    won = frames["opportunities"].filter(pl.col("closed_on") >= year, owner="yuki", stage_kind="won")
    assert f"{won.height} deals won in its first three quarters" in GUIDE


def test_it_counts_the_dry_territory(frames: dict[str, pl.DataFrame]) -> None:
    lakes = frames["accounts"].filter(territory="great-lakes")["account"]
    deals = frames["opportunities"].filter(pl.col("account").is_in(lakes.implode()))
    age = (pl.lit(TODAY) - pl.col("opened_on")).dt.total_days() // 30
    counts = dict(deals.group_by(age).len().rows())
    assert ", ".join(str(counts[at]) for at in range(8, -1, -1)) in GUIDE


def test_it_counts_the_price_cut(frames: dict[str, pl.DataFrame]) -> None:
    closed = frames["opportunities"].filter(pl.col("closed_on").is_not_null())
    deals = closed.join(frames["accounts"].select("account", "segment"), on="account")
    before, here = pl.col("closed_on") < dt.date(2025, 5, 1), pl.col("segment") == "logistics"
    assert f"won {won_of_all(deals.filter(here, before))} deals there before" in GUIDE
    assert f"{won_of_all(deals.filter(here, ~before))} since" in GUIDE
    assert (
        f"{won_of_all(deals.filter(~here, before))} before, {won_of_all(deals.filter(~here, ~before))} since" in GUIDE
    )


@pytest.mark.parametrize("person", ["kofi", "rita"])
def test_it_counts_two_ways_to_work(frames: dict[str, pl.DataFrame], person: str) -> None:
    closed = frames["opportunities"].filter(pl.col("closed_on").is_not_null(), owner=person)
    share = closed.filter(stage_kind="won").height / closed.height
    n = frames["activities"].filter(person=person).height
    assert f"{n:,} activities, {share:.0%}".replace("%", " %") in GUIDE


def test_it_counts_what_is_not_in_order(frames: dict[str, pl.DataFrame]) -> None:
    words = {3: "Three", 6: "Six"}
    overdue = frames["opportunities"].filter(pl.col("close_on") < TODAY, stage_kind="open").height
    assert f"{words[overdue]} open deals are overdue" in GUIDE
    assert f"{words[frames['bookings']['person'].null_count()]} booking lines name no seller" in GUIDE


def test_it_gives_the_pace(frames: dict[str, pl.DataFrame]) -> None:
    rates = frames["exchange_rates"].sort("on").with_columns(pl.col("rate").cast(pl.Float64))
    booked = frames["bookings"].filter(pl.col("booked_on").dt.year() == TODAY.year).sort("booked_on")
    priced = booked.join_asof(rates, left_on="booked_on", right_on="on", by="currency", check_sortedness=False)
    minor = priced.select((pl.col("amount") * pl.col("rate").fill_null(1.0)).sum()).item()
    target = frames["targets"].filter(pl.col("starts_on").dt.year() == TODAY.year, holder="company")["amount"].sum()
    assert f"at {minor / (target * Window(TODAY).elapsed()):.0%}".replace("%", " %") in GUIDE
