"""Each planted part of the story can be read off the data, whatever the seed and the day."""

import datetime as dt
from typing import Any, TypeAlias

import polars as pl
import pytest

from quarterdeck.connectors.worlds import world
from quarterdeck.connectors.worlds.days import Window

Frames: TypeAlias = dict[str, pl.DataFrame]
Told: TypeAlias = tuple[Frames, dt.date]
WORLDS = [(7, dt.date(2026, 11, 24)), (7, dt.date(2025, 1, 3)), (7, dt.date(2024, 2, 29)), (11, dt.date(2026, 11, 24))]


@pytest.fixture(scope="module", params=WORLDS, ids=str)
def told(request: pytest.FixtureRequest) -> Told:
    seed, today = request.param
    return world(seed=seed, ends_on=today), today


def in_dollars(frames: Frames) -> pl.DataFrame:
    rates = frames["exchange_rates"].sort("on").with_columns(pl.col("rate").cast(pl.Float64))
    bookings = (
        frames["bookings"]
        .sort("booked_on")
        .join(frames["opportunities"].select("opportunity", pl.col("owner")), on="opportunity", maintain_order="left")
    )
    priced = bookings.join_asof(rates, left_on="booked_on", right_on="on", by="currency", check_sortedness=False)
    return priced.with_columns(
        dollars=pl.col("amount") / 100 * pl.col("rate").fill_null(1.0), seller=pl.coalesce("person", "owner")
    )


def closed_deals(frames: Frames) -> pl.DataFrame:
    return (
        frames["opportunities"]
        .filter(pl.col("closed_on").is_not_null())
        .join(frames["accounts"].select("account", "segment", "territory"), on="account")
    )


def win_rates(deals: pl.DataFrame, by: str | list[str]) -> dict[Any, float]:
    return dict(deals.group_by(by).agg((pl.col("stage_kind") == "won").mean()).rows())


def slipping(frames: Frames) -> dict[str, Any]:
    return frames["opportunities"].filter(pl.col("amount") == 480_000_00).row(0, named=True)


def test_a_large_deal_in_commit_slips_month_after_month(told: Told) -> None:
    frames, today = told
    deal = slipping(frames)
    history = frames["opportunity_history"].filter(pl.col("opportunity") == deal["opportunity"])
    assert (deal["name"], deal["owner"]) == ("Tern Fleet for Thornbury Textiles", "owen")
    assert (deal["stage_kind"], deal["forecast_category"]) == ("open", "commit")
    assert history["close_on"].n_unique() >= 6
    assert history["close_on"].is_sorted()
    assert deal["close_on"] >= today
    biggest = frames["opportunities"].filter(pl.col("stage_kind") == "open")["amount"].max()
    assert deal["amount"] == biggest


def test_the_sandbagger_commits_to_nothing_and_wins_on_the_last_days(told: Told) -> None:
    frames, _ = told
    history = frames["opportunity_history"].filter(pl.col("owner") == "yuki")
    still_open = history.filter(pl.col("stage_kind") == "open")
    assert "commit" not in set(still_open["forecast_category"])
    won = closed_deals(frames).filter((pl.col("owner") == "yuki") & (pl.col("stage_kind") == "won"))["closed_on"]
    days_left = (won.dt.month_end() - won).dt.total_days()
    assert set(won.dt.month()) <= {3, 6, 9, 12}
    assert days_left.max() <= 15
    assert len(won) >= 12


def test_others_commit_and_win_all_through_the_quarter(told: Told) -> None:
    frames, _ = told
    won = closed_deals(frames).filter((pl.col("owner") == "lena") & (pl.col("stage_kind") == "won"))["closed_on"]
    assert len(set(won.dt.month())) >= 8


def test_the_great_lakes_dry_up_over_nine_months(told: Told) -> None:
    frames, today = told
    begun = (
        frames["opportunities"]
        .join(frames["accounts"].select("account", "territory"), on="account")
        .with_columns(age=(pl.lit(today) - pl.col("opened_on")).dt.total_days() // 30)
    )
    lakes = begun.filter((pl.col("territory") == "great-lakes") & (pl.col("age") < 9))
    by_age = dict(lakes.group_by("age").len().rows())
    counts = [by_age.get(age, 0) for age in range(8, -1, -1)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] >= 4 * counts[-1] > 0
    others = begun.filter((pl.col("territory") != "great-lakes") & (pl.col("age") < 9))
    assert others.filter(pl.col("age") < 3).height >= others.height / 5


def test_a_price_cut_breaks_the_win_rate_in_logistics(told: Told) -> None:
    frames, today = told
    cut = dt.date(today.year - 1, 5, 1)
    deals = closed_deals(frames).with_columns(is_after=pl.col("closed_on") >= cut)
    rate = {
        (segment, after): share
        for segment, after, share in deals.group_by("segment", "is_after")
        .agg((pl.col("stage_kind") == "won").mean())
        .rows()
    }
    assert rate["logistics", True] < 0.6 * rate["logistics", False]
    lost = deals.filter((pl.col("segment") == "logistics") & pl.col("is_after") & (pl.col("stage_kind") == "lost"))
    assert set(lost["competitor"]) == {"Brackwater"}
    assert set(lost["loss_reason"]) == {"price"}
    rest = deals.filter(pl.col("segment") != "logistics")
    spread = win_rates(rest, "is_after")
    assert abs(spread[True] - spread[False]) < 0.12


def test_hana_moves_east_in_the_middle_of_last_year_and_targets_move_with_her(told: Told) -> None:
    frames, today = told
    july = dt.date(today.year - 1, 7, 1)
    hana = frames["people"].filter(pl.col("person") == "hana").sort("effective_from", nulls_last=False)
    assert hana.select("team", "effective_from", "effective_to").rows() == [("west", None, july), ("east", july, None)]
    targets = frames["targets"]
    june = july - dt.timedelta(days=30)
    before, after = (set(targets.filter(pl.col("starts_on") == day)["holder"]) for day in (june, july))
    assert before - after == {"bruno"}
    assert after - before == {"east-4"}
    gulf = frames["territories"].filter(pl.col("territory") == "gulf")
    assert gulf["person"].to_list() == ["bruno", "hana"]


def test_deals_that_change_hands_say_so_in_their_history(told: Told) -> None:
    frames, today = told
    july = dt.date(today.year - 1, 7, 1)
    moved = frames["opportunity_history"].group_by("opportunity").agg(pl.col("owner").n_unique().alias("n"))
    handed = moved.filter(pl.col("n") > 1)["opportunity"]
    days = frames["opportunity_history"].filter(
        pl.col("opportunity").is_in(handed.implode()) & (pl.col("effective_from") == july)
    )
    assert handed.len() == days.height > 0


def test_a_seat_in_the_east_is_vacant_and_keeps_its_target(told: Told) -> None:
    frames, today = told
    seat = frames["people"].filter(pl.col("position") == "east-4")
    assert seat["effective_to"].to_list() == [dt.date(today.year - 1, 7, 1)]
    kept = frames["targets"].filter((pl.col("holder") == "east-4") & (pl.col("starts_on").dt.year() == today.year))
    assert kept.height == 12
    assert set(kept["holder_kind"]) == {"position"}
    last = frames["activities"].filter(pl.col("person") == "bruno")["happened_on"].max()
    assert last < seat["effective_to"][0]


def test_kofi_works_most_and_wins_least_and_rita_the_reverse(told: Told) -> None:
    frames, _ = told
    here = pl.col("person").is_in(["rita", "kofi", "hana", "lena", "yuki", "owen"])
    n = dict(frames["activities"].filter(here).group_by("person").len().rows())
    deals = closed_deals(frames)
    rate = win_rates(deals.filter(pl.col("owner").is_in(list(n))), "owner")
    assert max(n, key=n.get) == min(rate, key=rate.get) == "kofi"
    assert min(n, key=n.get) == max(rate, key=rate.get) == "rita"
    assert n["kofi"] > 2.5 * n["rita"]
    assert rate["rita"] > 2 * rate["kofi"]


def test_bookings_grow_by_about_an_eighth_a_year(told: Told) -> None:
    frames, today = told
    dollars = in_dollars(frames).group_by(pl.col("booked_on").dt.year()).agg(pl.col("dollars").sum())
    year = dict(dollars.rows())
    assert 1.08 < year[today.year - 1] / year[today.year - 2] < 1.16


def test_the_last_quarter_is_strong_and_august_weak(told: Told) -> None:
    frames, today = told
    full = closed_deals(frames).filter(pl.col("closed_on").dt.year() < today.year)
    month = dict(full.group_by(pl.col("closed_on").dt.month()).len().rows())
    usual = sum(month.values()) / 12
    assert month[8] < 0.75 * usual
    assert sum(month[at] for at in (10, 11, 12)) > 3.3 * usual


def test_the_company_is_a_little_behind_its_pace(told: Told) -> None:
    frames, today = told
    booked = in_dollars(frames).filter(pl.col("booked_on").dt.year() == today.year)["dollars"].sum()
    target = (
        frames["targets"]
        .filter((pl.col("holder") == "company") & (pl.col("starts_on").dt.year() == today.year))["amount"]
        .sum()
        / 100
    )
    if today - dt.date(today.year, 1, 1) > dt.timedelta(days=30):
        assert 0.90 <= booked / (target * Window(today).elapsed()) <= 0.97
    else:
        assert booked < 0.03 * target  # three days into January there is no pace to speak of


def test_open_deals_close_in_the_coming_weeks_and_a_few_are_overdue(told: Told) -> None:
    frames, today = told
    close_on = frames["opportunities"].filter(pl.col("stage_kind") == "open")["close_on"]
    assert (close_on < today).sum() in range(1, 9)
    assert close_on.is_between(today, today + dt.timedelta(days=42)).sum() >= 8
    assert close_on.max() < today + dt.timedelta(days=400)


def test_calls_come_most_then_emails(told: Told) -> None:
    frames, _ = told
    kinds = frames["activities"]["kind"].value_counts(sort=True)["kind"].to_list()
    assert kinds[:3] == ["call", "email", "meeting"]
