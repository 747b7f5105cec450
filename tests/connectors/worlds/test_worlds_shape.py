"""The world fits the templates, is exact, and is the same for the same arguments."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import narwhals as nw
import polars as pl
import pytest

from quarterdeck.connectors.worlds import LOGINS, large_world, world, world_files
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import minor_from_text
from quarterdeck.terms.templates import TEMPLATES

Frames: TypeAlias = dict[str, pl.DataFrame]
DAYS = [dt.date(2025, 1, 3), dt.date(2026, 11, 24), dt.date(2024, 2, 29)]


@pytest.fixture(scope="module", params=DAYS, ids=str)
def today(request: pytest.FixtureRequest) -> dt.date:
    return request.param


@pytest.fixture(scope="module")
def frames(today: dt.date) -> Frames:
    return world(seed=7, ends_on=today)


def test_there_is_a_frame_for_every_template_in_order(frames: Frames) -> None:
    assert list(frames) == list(TEMPLATES)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_frame_has_exactly_the_columns_of_its_template(frames: Frames, name: str) -> None:
    assert frames[name].columns == [column.name for column in TEMPLATES[name].columns]
    assert TEMPLATES[name].check(nw.from_native(frames[name])) is not None


@pytest.mark.parametrize("name", TEMPLATES)
def test_choices_are_among_those_the_template_allows(frames: Frames, name: str) -> None:
    for column in TEMPLATES[name].columns:
        if column.choices:
            assert set(frames[name][column.name].drop_nulls()) <= set(column.choices), column.name


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_reference_points_at_something(frames: Frames, name: str) -> None:
    for column in TEMPLATES[name].columns:
        if column.refers_to:
            key = TEMPLATES[column.refers_to].columns[0].name
            known = set(frames[column.refers_to][key])
            assert set(frames[name][column.name].drop_nulls()) <= known, column.name


def test_the_same_arguments_give_the_same_bytes(frames: Frames, today: dt.date) -> None:
    again = world(seed=7, ends_on=today)
    assert all(frames[name].equals(again[name]) for name in TEMPLATES)


def test_another_seed_gives_another_world(frames: Frames, today: dt.date) -> None:
    assert not world(seed=8, ends_on=today)["opportunities"].equals(frames["opportunities"])


def test_a_larger_world_holds_the_smaller_one(frames: Frames, today: dt.date) -> None:
    larger = world(seed=7, ends_on=today, scale=2)
    for name in TEMPLATES:
        if name not in {"targets", "potentials"}:  # a larger company has larger targets, and so do its markets
            lost = frames[name].join(larger[name], on=frames[name].columns, how="anti", nulls_equal=True)
            assert lost.is_empty(), name
    assert larger["people"].height > frames["people"].height


def test_nothing_happens_after_today(frames: Frames, today: dt.date) -> None:
    happened = {
        "opportunity_history": "effective_from", "bookings": "booked_on", "activities": "happened_on",
        "payments": "paid_on", "returns": "returned_on", "opportunities": "closed_on",
    }  # fmt: skip
    assert all(frames[name][column].max() <= today for name, column in happened.items())


def test_activities_reach_from_the_first_working_day_to_today(frames: Frames, today: dt.date) -> None:
    days = frames["activities"]["happened_on"]
    assert days.max() == today
    assert dt.date(today.year - 2, 1, 1) <= days.min() <= dt.date(today.year - 2, 1, 5)


def test_booking_lines_sum_to_their_won_deal(frames: Frames) -> None:
    lines = frames["bookings"].group_by("opportunity").agg(pl.col("amount").sum(), pl.len())
    won = frames["opportunities"].filter(pl.col("stage_kind") == "won")
    both = won.join(lines, on="opportunity", how="full", suffix="_booked")
    assert (both["amount"] == both["amount_booked"]).all()
    assert both["amount_booked"].null_count() == 0
    assert set(lines["len"]) == {1, 2, 3}


def test_nothing_is_paid_or_returned_beyond_its_booking(frames: Frames) -> None:
    for name in ("payments", "returns"):
        sums = frames[name].group_by("booking").agg(pl.col("amount").sum().alias("sum"))
        both = sums.join(frames["bookings"], on="booking")
        assert (both["sum"] <= both["amount"]).all()
        assert frames[name]["amount"].min() > 0


def test_old_bookings_are_paid_in_full(frames: Frames, today: dt.date) -> None:
    old = frames["bookings"].filter(pl.col("booked_on") < today - dt.timedelta(days=120))
    paid = frames["payments"].group_by("booking").agg(pl.col("amount").sum().alias("paid"))
    both = old.join(paid, on="booking", how="left")
    assert (both["paid"] == both["amount"]).all()


def test_the_last_row_of_the_history_is_how_the_deal_stands(frames: Frames) -> None:
    columns = ["stage", "stage_kind", "forecast_category", "amount", "owner", "close_on"]
    last = frames["opportunity_history"].sort("effective_from").group_by("opportunity").last()
    both = frames["opportunities"].join(last, on=["opportunity", *columns], how="anti", nulls_equal=True)
    assert both.is_empty()


def test_a_history_begins_when_the_deal_does_and_ends_when_it_closes(frames: Frames) -> None:
    span = (
        frames["opportunity_history"]
        .group_by("opportunity")
        .agg(pl.col("effective_from").min().alias("first"), pl.col("effective_from").max().alias("last"))
    )
    both = frames["opportunities"].join(span, on="opportunity")
    assert (both["first"] == both["opened_on"]).all()
    closed = both.filter(pl.col("closed_on").is_not_null())
    assert (closed["last"] == closed["closed_on"]).all()
    assert (closed["stage_kind"] != "open").all()


def test_stages_only_move_forward(frames: Frames) -> None:
    order = {
        stage: at for at, stage in enumerate(("Qualify", "Discover", "Demo", "Proposal", "Negotiation", "Won", "Lost"))
    }
    history = frames["opportunity_history"].sort("opportunity", "effective_from")
    steps = history.with_columns(pl.col("stage").replace_strict(order).diff().over("opportunity").alias("step"))
    assert steps["step"].drop_nulls().min() >= 0


def test_an_activity_is_about_a_deal_that_was_open_in_its_persons_hands(frames: Frames) -> None:
    history = frames["opportunity_history"].sort("effective_from")
    about = frames["activities"].filter(pl.col("opportunity").is_not_null()).sort("happened_on")
    seen = about.join_asof(
        history, left_on="happened_on", right_on="effective_from", by="opportunity", check_sortedness=False
    )
    assert seen["owner"].null_count() == 0
    assert (seen["owner"] == seen["person"]).all()
    before_close = seen.filter(pl.col("stage_kind") != "open")
    assert (before_close["happened_on"] == before_close["effective_from"]).all()


def test_everybody_does_something_on_every_day_they_work_and_nothing_on_leave(frames: Frames) -> None:
    activities, leave = frames["activities"], frames["leave"].filter(pl.col("share") == 1)
    assert activities["happened_on"].dt.weekday().max() <= 5
    both = activities.join(leave, on="person")
    assert both.filter(pl.col("happened_on").is_between("starts_on", "ends_on", closed="left")).is_empty()
    rita = activities.filter(pl.col("person") == "rita")["happened_on"]
    assert rita.n_unique() > 0.85 * 5 / 7 * (rita.max() - rita.min()).days


def test_part_time_means_no_fridays(frames: Frames) -> None:
    owen = frames["activities"].filter(pl.col("person") == "owen")["happened_on"]
    assert 5 not in set(owen.dt.weekday())


@pytest.mark.parametrize("scale", [1, 3])
def test_targets_sum_from_holders_to_teams_to_the_company(today: dt.date, scale: int) -> None:
    made = world(seed=7, ends_on=today, scale=scale)
    targets = made["targets"]
    carried = targets.filter(pl.col("holder_kind") != "team").group_by("starts_on").agg(pl.col("amount").sum())
    company = targets.filter(pl.col("holder") == "company").select("starts_on", whole="amount")
    both = company.join(carried, on="starts_on", how="full")
    assert both.height == 24
    assert (both["whole"] == both["amount"]).all()
    parent = dict(made["teams"].select("team", "parent").rows())
    teams = targets.filter(pl.col("holder_kind") == "team")
    tops = teams.filter(pl.col("holder").replace_strict(parent, default=None) == "company")
    assert tops["amount"].sum() == company["whole"].sum()


def test_every_currency_used_has_a_rate_before_its_first_use(frames: Frames) -> None:
    used = (
        frames["opportunities"].filter(pl.col("currency") != "USD").group_by("currency").agg(pl.col("opened_on").min())
    )
    first = frames["exchange_rates"].group_by("currency").agg(pl.col("on").min())
    both = used.join(first, on="currency", how="left")
    assert set(both["currency"]) == {"EUR", "GBP"}
    assert (both["on"] <= both["opened_on"]).all()
    assert all(Decimal("0.8") < Decimal(rate) < Decimal("1.6") for rate in frames["exchange_rates"]["rate"])


def test_names_of_people_accounts_and_addresses_are_not_shared() -> None:
    made = large_world(seed=1, ends_on=dt.date(2026, 11, 24), n_reps=500, n_deals=5000, n_activities=60_000).frames
    people = made["people"].unique(["person"])
    assert people["name"].n_unique() == people.height
    assert made["accounts"]["name"].n_unique() == made["accounts"].height
    assert people["email"].str.ends_with("@example.com").all()


def test_everybody_who_signs_in_holds_those_hats(frames: Frames) -> None:
    held = frames["people"].group_by("person", "email").agg(pl.col("hat").unique())
    by_person = {person: (email, set(hats)) for person, email, hats in held.rows()}
    assert all(by_person[person] == (email, set(hats)) for email, person, hats in LOGINS)


def test_a_large_world_has_as_many_as_asked_for() -> None:
    made = large_world(seed=3, ends_on=dt.date(2025, 8, 15), n_reps=60, n_deals=4000, n_activities=500_000)
    chunks = list(made.activities)
    assert sum(chunk.height for chunk in chunks) == 500_000
    assert max(chunk.height for chunk in chunks) <= 410_000
    assert pl.concat([chunk["activity"] for chunk in chunks]).n_unique() == 500_000
    assert abs(made.frames["opportunities"].height - 4000) <= 40
    assert made.frames["people"].filter(pl.col("hat") == "rep")["person"].n_unique() == 60


def test_teams_of_a_large_world_hang_under_regions() -> None:
    teams = large_world(seed=3, ends_on=dt.date(2025, 8, 15), n_reps=60, n_deals=4000, n_activities=60_000).frames[
        "teams"
    ]
    parents = dict(teams.select("team", "parent").rows())
    assert parents[parents[parents["team-007"]]] is None


@pytest.mark.parametrize(
    "arguments",
    [{"scale": 0}, {"scale": -3}, {"seed": -1}, {"ends_on": dt.date(1, 1, 1)}, {"ends_on": dt.date(9999, 12, 31)}],
)
def test_an_impossible_world_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refusal:
        world(**{"seed": 1, "ends_on": dt.date(2025, 1, 1)} | arguments)
    assert refusal.value.rule in {"world_size", "world_range"}


def test_a_large_world_smaller_than_its_story_is_refused() -> None:
    with pytest.raises(Refusal):
        large_world(seed=1, ends_on=dt.date(2025, 1, 3), n_reps=3)


@pytest.mark.parametrize(
    "day", [dt.date(2025, 1, 1), dt.date(2024, 12, 31), dt.date(2026, 7, 4), dt.date(1975, 1, 1), dt.date(2200, 12, 31)]
)
def test_a_holiday_a_weekend_or_an_end_of_range_is_a_day_like_any_other(day: dt.date) -> None:
    made = world(seed=0, ends_on=day)
    assert made["activities"]["happened_on"].max() <= day
    assert made["opportunities"].filter(pl.col("stage_kind") == "open").height > 20


def test_files_say_what_the_frames_say(frames: Frames, tmp_path: Path) -> None:
    paths = world_files(frames, tmp_path / "out")
    said = [name for name in TEMPLATES if frames[name].height]
    assert [path.name for path in paths] == [f"{name}.csv" for name in said]
    assert len(said) >= len(TEMPLATES) - 1  # nobody shares a booking there
    for name, path in zip(said, paths, strict=True):
        text = pl.read_csv(path, infer_schema=False)
        assert text.columns == frames[name].columns
        assert text.height == frames[name].height
        for column in TEMPLATES[name].columns:
            if column.kind == "money":
                amounts = [None if value is None else minor_from_text(value, "USD") for value in text[column.name]]
                assert amounts == frames[name][column.name].to_list()
    people = pl.read_csv(paths[1], try_parse_dates=True)
    assert people["name"].to_list() == frames["people"]["name"].to_list()
    assert set(pl.read_csv(paths[-1])["is_quota"]) == {"yes", "no"}


def test_files_take_activities_in_chunks(tmp_path: Path) -> None:
    made = large_world(seed=3, ends_on=dt.date(2025, 8, 15), n_reps=9, n_deals=700, n_activities=40_000)
    paths = world_files(made.frames, tmp_path, activities=made.activities)
    rows = pl.read_csv(next(path for path in paths if path.stem == "activities"))
    assert rows.height == 40_000
