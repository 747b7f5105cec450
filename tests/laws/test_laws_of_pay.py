"""What holds for every plan: order changes nothing, parts sum, locked periods stay, engines agree."""

import datetime as dt
import itertools
import random
from typing import Any

import duckdb
import narwhals as nw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laws.pay_worlds import ALL_PLANS, AMOUNT, AS_OF, PEOPLE, PLANS, World, bands, pay_of, plan_text, rows_of, worlds
from quarterdeck.engine.pay.facts import PayFacts, collected
from quarterdeck.engine.pay.reaching import narrowed, people_reached
from quarterdeck.engine.pay.reading import plan_from_text
from quarterdeck.engine.pay.run import pay_run
from quarterdeck.terms.errors import Refusal

CHEAP = settings(max_examples=12, deadline=None)


@given(PLANS, worlds(), st.randoms())
@CHEAP
def test_the_order_of_input_changes_nothing(text: str, world: World, random_: random.Random) -> None:
    shuffled = {name: random_.sample(rows, len(rows)) for name, rows in world.__dict__.items()}
    assert rows_of(pay_of(text, world.facts())) == rows_of(pay_of(text, world.facts(**shuffled)))


@given(PLANS, worlds())
@CHEAP
def test_lines_sum_to_what_is_paid(text: str, world: World) -> None:
    run = pay_of(text, world.facts())
    paid = run.settlements.group_by("person_id", "starts_on").agg(nw.col("paid_minor").sum())
    lines = run.lines.group_by("person_id", "starts_on").agg(nw.col("amount_minor").sum())
    both = paid.join(lines, on=["person_id", "starts_on"], how="left")
    assert both["paid_minor"].to_list() == both["amount_minor"].fill_null(0).to_list()
    assert len(lines.join(paid, on=["person_id", "starts_on"], how="anti")) == 0


@given(PLANS, worlds())
@CHEAP
def test_without_lines_the_cents_are_the_same(text: str, world: World) -> None:
    short, long = pay_of(text, world.facts(), with_lines=False), pay_of(text, world.facts())
    assert short.payouts.rows() == long.payouts.rows()
    assert short.settlements.rows() == long.settlements.rows()


@given(bands(is_rising=False), worlds(), st.integers(1, 10**6))
@CHEAP
def test_splitting_an_event_in_two_changes_nothing_under_marginal_accumulation(
    found: str, world: World, cut: int
) -> None:
    text = plan_text(f"table: {{mode: marginal, value: rate, by: attainment(sales), bands: {found}}}")
    parts = [part for event in world.events for part in _cut(event, cut)]
    assert pay_of(text, world.facts()).payouts.rows() == pay_of(text, world.facts(events=parts)).payouts.rows()


def _cut(event: dict[str, Any], at: int) -> list[dict[str, Any]]:
    amount = event["amount_minor"]
    return [{**event, "amount_minor": at}, {**event, "event_id": event["event_id"] + "b", "amount_minor": amount - at}]


@given(PLANS, worlds(), st.integers(0, 15))
@CHEAP
def test_an_event_and_its_reversal_in_one_window_net_to_zero(text: str, world: World, later: int) -> None:
    both = [*world.events, *_sold_and_taken_back(later)]
    assert _paid_in_all(text, world, world.events) == _paid_in_all(text, world, both)


@given(PLANS, worlds(), st.integers(0, 30))
@CHEAP
def test_an_event_and_its_reversal_alone_net_to_zero_whenever_it_comes(text: str, world: World, later: int) -> None:
    """Beside others each window rounds once, and a cent may fall to one of two windows."""
    assert _paid_in_all(text, world, _sold_and_taken_back(later)) == _paid_in_all(text, world, [])


@given(worlds(), st.integers(0, 160))
@CHEAP
def test_a_reversal_goes_to_whom_the_sale_went_whoever_leads_by_then(world: World, later: int) -> None:
    text = plan_text("rate: 1%", measure="{window: year, credit: roll_up}")
    found = collected(pay_of(text, world.facts(events=_sold_and_taken_back(later))).credits)
    went = {(row["event_id"], row["person_id"]) for row in found.iter_rows(named=True)}
    assert {who for event, who in went if event == "x"} == {who for event, who in went if event == "y"} != set()


def _sold_and_taken_back(later: int) -> list[dict[str, Any]]:
    """A sale and its reversal, which names the day of the sale: the reporting line is that of this day."""
    day = dt.date(2025, 2, 10)
    sale = {"event_id": "x", "person_id": "bo", "deal_id": "x", "happened_on": day, "amount_minor": 123_456}
    back = {**sale, "event_id": "y", "happened_on": day + dt.timedelta(days=later), "amount_minor": -123_456}
    back["credited_on"] = day
    return [sale, back]


def _paid_in_all(text: str, world: World, events: list[dict[str, Any]]) -> int:
    """What all are paid by a plan in which nothing depends on an event's own size and nothing is carried."""
    text = text.replace(
        "weights: [{where: amount > 100000, weight: 1.25}, {weight: 0.75}]", "weights: [{weight: 0.75}]"
    )
    text = text.replace(", cap: {amount: 90 USD, excess: carried}", "")
    return int(pay_of(text, world.facts(events=events)).payouts["amount_minor"].sum())


@given(bands(), st.integers(1, 5000), st.lists(st.integers(-50_000, 900_000), min_size=2, max_size=12))
@CHEAP
def test_marginal_pay_never_falls_nor_jumps_as_sales_rise(found: str, quota: int, sales: list[int]) -> None:
    text = plan_text(f"table: {{mode: marginal, value: rate, by: attainment(sales), bands: {found}}}")
    amounts = sorted({*sales, *(one + 1 for one in sales)})
    people = [f"p{at:02}" for at in range(len(amounts))]
    events = [
        {"event_id": who, "person_id": who, "happened_on": dt.date(2025, 1, 1), "amount_minor": amount}
        for who, amount in zip(people, amounts, strict=True)
    ]
    world = World(events, [{"person_id": who} for who in people], [{"name": "quota", "value": str(quota)}], [])
    found = (
        pay_of(text, world.facts(), with_lines=False).payouts.group_by("person_id").agg(nw.col("amount_minor").sum())
    )
    pays = list(zip(amounts, found.sort("person_id")["amount_minor"].to_list(), strict=True))
    for (less, low), (more, high) in itertools.pairwise(pays):
        assert 0 <= high - low <= (more - less) * 30 // 100 + 1, "rates reach 30 %"


def _paid(text: str, amount: int) -> int:
    event = {"event_id": "e", "person_id": "ana", "happened_on": dt.date(2025, 1, 1), "amount_minor": amount}
    world = World([event], [{"person_id": "ana"}], [], [])
    return int(pay_of(text, world.facts(), with_lines=False).payouts["amount_minor"].sum())


@given(st.integers(1, 400), st.integers(1, 400), st.integers(1, 100_000))
@CHEAP
def test_a_retroactive_jump_is_rate_change_times_volume_at_the_bound(low: int, high: int, bound: int) -> None:
    table = f"[{{from: 0, pays: {low / 1000}}}, {{from: {bound}, pays: {high / 1000}}}]"
    text = plan_text(f"table: {{mode: retroactive, value: rate, bands: {table}}}", measure="{window: year}")
    jump = _paid(text, bound * 100) - _paid(text, bound * 100 - 1)
    assert abs(jump - (high - low) * bound / 10) <= 1 + low / 1000, (
        "half a cent at either side, and what the last cent sold"
    )


@given(worlds(), st.integers(0, 100), st.integers(0, 1000))
@CHEAP
def test_draw_balances_never_fall_below_zero_nor_pass_their_limit(world: World, share: int, limit: int) -> None:
    text = plan_text(
        "rate: 5%", settlement=f"{{draw: {{amount: 120 USD, recovery_share: {share}%, limit: {limit} USD}}}}"
    )
    found = pay_of(text, world.facts()).settlements
    assert all(0 <= debt <= limit * 100 for debt in found["debt_minor"].to_list())
    assert all(paid >= 0 for paid in found["paid_minor"].to_list())


@given(PLANS, worlds(), worlds())
@CHEAP
def test_locked_periods_stay_as_settled_and_the_difference_is_posted_in_the_open_one(
    text: str, before: World, after: World
) -> None:
    lock = dt.date(2025, 5, 1)
    text = text.replace("excess: carried", "excess: lost")
    first = pay_of(text, before.facts()).payouts.filter(nw.col("starts_on") < lock)
    settled = first.select("person_id", "component", "starts_on", "amount_minor")
    later = PayFacts(
        **{
            **after.facts().__dict__,
            "people": before.facts().people,
            "values": before.facts().values,
            "settled": settled,
        }
    )
    run, whole = pay_of(text, later, open_from=lock), pay_of(text, later)
    earned = run.settlements.filter(nw.col("starts_on") < lock)["earned_minor"].sum()
    assert earned == settled["amount_minor"].sum()
    assert len(run.lines.filter(nw.col("starts_on") < lock)) == 0
    posted = run.settlements["earned_minor"].sum() + run.settlements["corrected_minor"].sum()
    assert posted == whole.settlements["earned_minor"].sum()


@given(worlds())
@CHEAP
def test_a_roll_up_credits_each_event_once_to_everybody_above(world: World) -> None:
    text = plan_text("rate: 1%", measure="{window: month, credit: roll_up}")
    found = collected(pay_of(text, world.facts()).credits)
    assert len(found) == len(found.select("person_id", "event_id").unique())
    owners = {(event["event_id"], event["person_id"]) for event in world.events}
    assert owners <= set(found.select("event_id", "person_id").rows())


@given(PLANS, worlds())
@settings(max_examples=4, deadline=None)
def test_duckdb_and_polars_pay_the_same_cents(text: str, world: World) -> None:
    facts = world.facts()
    tables = {name: collected(getattr(facts, name)).to_native() for name in ("events", "splits")}
    lazy = {name: nw.from_native(duckdb.from_arrow(table.to_arrow())) for name, table in tables.items()}
    other = PayFacts(**{**facts.__dict__, **lazy})
    assert rows_of(pay_of(text, facts)) == rows_of(pay_of(text, other))
    order = ["measure", "person_id", "event_id"]
    assert (
        collected(pay_of(text, facts).credits).sort(order).rows()
        == collected(pay_of(text, other).credits).sort(order).rows()
    )


@given(PLANS, worlds(), st.integers(1, 200))
@CHEAP
def test_a_past_run_ignores_what_came_after_its_day(text: str, world: World, day: int) -> None:
    as_of = dt.date(2025, 1, 1) + dt.timedelta(days=day)
    known = [event for event in world.events if event["happened_on"] <= as_of]
    plan = plan_from_text(text)
    assert rows_of(pay_run(plan, world.facts(), as_of)) == rows_of(pay_run(plan, world.facts(events=known), as_of))


@given(ALL_PLANS, worlds(), st.sets(st.sampled_from(PEOPLE), min_size=1, max_size=2))
@CHEAP
def test_a_run_of_a_few_people_over_what_reaches_them_pays_them_what_the_run_of_everybody_does(
    text: str, world: World, few: set[str]
) -> None:
    plan, facts = plan_from_text(text), world.facts()
    everybody = pay_run(plan, facts, AS_OF)
    part = pay_run(*narrowed(plan, facts, few), AS_OF)
    for name in ("measures", "payouts", "settlements", "lines"):
        whole, found = (getattr(run, name).filter(nw.col("person_id").is_in(few)) for run in (everybody, part))
        assert whole.rows() == found.rows(), name


@given(ALL_PLANS, worlds(), st.integers(0, 7), AMOUNT, st.sampled_from(PEOPLE))
@CHEAP
def test_an_event_that_changes_touches_nobody_but_those_whom_it_reaches(
    text: str, world: World, at: int, amount: int, owner: str
) -> None:
    if not world.events:
        return
    then = world.events[at % len(world.events)]
    now = {**then, "amount_minor": amount, "person_id": owner}
    events = [now if event is then else event for event in world.events]
    split = {row["person_id"] for row in world.splits if row["event_id"] == now["event_id"]}
    plan = plan_from_text(text)
    touched = people_reached(plan, world.facts().people, {then["person_id"], owner, *split})
    before, after = (pay_run(plan, world.facts(events=one), AS_OF) for one in (world.events, events))
    for who in set(PEOPLE) - (touched if touched is not None else set(PEOPLE)):
        for name in ("settlements", "lines"):
            same = [getattr(run, name).filter(nw.col("person_id") == who).rows() for run in (before, after)]
            assert same[0] == same[1]


@given(st.sampled_from([2**62, -(2**62), 2**63 - 1]), PLANS)
@CHEAP
def test_overflow_is_refused(amount: int, text: str) -> None:
    event = {"event_id": "e", "person_id": "bo", "happened_on": dt.date(2025, 1, 2), "amount_minor": amount}
    people = [{"person_id": "ana"}, {"person_id": "bo", "manager_id": "ana"}]
    world = World([event, {**event, "event_id": "f"}], people, [{"name": "quota", "value": "1"}], [])
    with pytest.raises(Refusal) as refused:
        pay_of(text, world.facts())
    assert refused.value.rule == "overflow"
