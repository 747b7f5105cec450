"""Random small companies: the engine against SQL written from the definitions, for every metric, holder and reading."""

import datetime as dt
from dataclasses import asdict, fields
from itertools import pairwise
from pathlib import Path

import duckdb
import narwhals as nw
import polars as pl
import pytest

from oracles.worlds import World, day, world
from quarterdeck.engine.ledger.memberships import memberships
from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.engine.metrics.measures import totals
from quarterdeck.engine.metrics.values import metric_values
from quarterdeck.terms.frames import TOTALS
from quarterdeck.terms.period import Period
from quarterdeck.terms.tables import Frame, LazyFrame

SQL = Path(__file__).with_name("second_opinion.sql").read_text()
COMPUTED = [name for name, metric in METRICS.items() if metric.terms or metric.factors]
PERIODS = [Period(day(0), day(31)), Period(day(31), day(400)), Period(day(10), day(100))]
HOLDERS = [("person", 0), ("person", 3), ("team", 0), ("team", 1), ("team", 4)]


def facts_of(made: World) -> dict[str, LazyFrame]:
    named = {"opportunity_states": made.states, "activities": made.activities, "bookings": made.bookings,
        "returns": made.returns, "payments": made.payments}  # fmt: skip
    return {name: nw.from_native(frame.lazy()) for name, frame in named.items()}


def members_of(made: World) -> Frame:
    return memberships(nw.from_native(made.seats), nw.from_native(made.teams))


def connected(made: World) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for field in fields(made):
        connection.register(field.name, getattr(made, field.name).to_arrow())
    return connection


@pytest.mark.parametrize(
    ("seed", "as_of", "tree"), [(0, 150, "then"), (1, 70, "then"), (2, 70, "now"), (3, 40, "then"), (4, 150, "now")]
)
def test_every_metric_is_what_sql_says(seed: int, as_of: int, tree: str) -> None:
    made = world(seed)
    holders = pl.DataFrame(HOLDERS, schema={"holder_kind": pl.String, "holder_id": pl.Int64}, orient="row")
    values = metric_values(
        [name for name in COMPUTED if name != "new_accounts"], totals(facts_of(made)).collect(), members_of(made),
        nw.from_native(holders), PERIODS, day(as_of), tree=tree,
    ).to_native()  # fmt: skip
    ours = {row[:5]: row[6] for row in values.iter_rows()}
    connection = connected(made)
    for kind, holder in HOLDERS:
        for period in PERIODS:
            asked = {"start": period.starts_on, "end": period.ends_on, "as_of": day(as_of), "holder_kind": kind,
                "holder_id": holder, "tree": tree}  # fmt: skip
            [expected] = connection.sql(SQL, params=asked).to_arrow_table().to_pylist()
            for name in COMPUTED:
                if name in expected:
                    key = (name, kind, holder, period.starts_on, period.ends_on)
                    assert ours[key] == (None if expected[name] is None else pytest.approx(float(expected[name]))), key


def test_the_second_opinion_knows_every_metric_but_new_accounts() -> None:
    [row] = connected(world(0)).sql(SQL, params={"start": day(0), "end": day(9), "as_of": day(9), "holder_kind": "team",
        "holder_id": 0, "tree": "then"}).to_arrow_table().to_pylist()  # fmt: skip
    assert set(COMPUTED) - set(row) == {"new_accounts"}


@pytest.mark.parametrize("seed", range(6))
def test_new_accounts_are_those_with_something_standing_as_sql_counts_them(seed: int) -> None:
    made = world(seed)
    sums = totals(facts_of(made), ["account_new"]).collect().to_native()
    for offset in (20, 60, 119):
        [(expected,)] = (
            connected(made)
            .execute(
                "SELECT count(DISTINCT account_id) FROM ("
                "SELECT account_id FROM bookings WHERE booked_on <= $day UNION ALL "
                "SELECT account_id FROM states WHERE stage_kind = 'won' AND effective_from <= $day "
                "AND $day < coalesce(effective_to, DATE '9999-01-01')) WHERE account_id IS NOT NULL",
                {"day": day(offset)},
            )
            .fetchall()
        )
        assert sums.filter(pl.col("starts_on") <= day(offset))["n"].sum() == expected


@pytest.mark.parametrize("seed", range(3))
def test_totals_are_the_same_on_duckdb_and_on_polars(seed: int) -> None:
    made = world(seed)
    connection = connected(made)
    lazy = {name: nw.from_native(connection.table(name.removeprefix("opportunity_"))) for name in facts_of(made)}
    ours = TOTALS.check(totals(facts_of(made)).collect()).to_native()
    theirs = pl.from_arrow(totals(lazy).collect().to_arrow())
    assert ours.height > 100
    assert theirs.sort(pl.all()).equals(ours.sort(pl.all()))


def test_a_world_has_the_odd_things_that_make_it_worth_asking() -> None:
    made = pl.concat([world(seed).states for seed in range(6)])
    kinds = made.sort("opportunity_id", "effective_from")["stage_kind"].to_list()
    assert ("won", "open") in set(pairwise(kinds))
    assert made["person_id"].null_count() > 0
    assert made["effective_from"].null_count() > 0
    assert asdict(world(1)).keys() == asdict(world(2)).keys()
    assert isinstance(made["effective_from"].max(), dt.date)
