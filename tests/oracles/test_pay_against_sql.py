"""A second opinion on pay: random plans and events, reckoned again by SQL written by hand, to the cent.

SQL knows nothing of the plan's code: it gets the numbers of a plan (bands, rates, caps, window) and reckons in DuckDB's
128-bit whole numbers, row by row, in one query.
"""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import duckdb
import narwhals as nw
import polars as pl
import pytest

from quarterdeck.engine.pay.facts import PayFacts
from quarterdeck.engine.pay.reading import plan_from_text
from quarterdeck.engine.pay.run import pay_run

AS_OF = dt.date(2025, 9, 30)
WINDOWS = {"month": 1, "quarter": 3, "year": 12}

SQL = """
with credit as (
    select person_id, month(happened_on) m, sum(amount_minor)::hugeint v from events group by all
    {also_above}
),
grid as (
    select p.person_id, q.quota::hugeint q, g.m, (g.m - 1) // {n_months} as w
    from people p join quotas q using (person_id), range(1, 10) g(m)
),
summed as (
    select g.*, (select coalesce(sum(v), 0) from credit c
                 where c.person_id = g.person_id and c.m <= g.m and (c.m - 1) // {n_months} = g.w)::hugeint x
    from grid g
),
earned as (
    -- bounds are per cent of quota, rates are tenths of a per cent: all in units of 1/100,000 of a cent
    select s.*, case when '{mode}' = 'retroactive'
      then x * 100 * (select coalesce(last(rate order by low), 0) from bands where low = 0 or 100 * x >= low * q)
      else (select coalesce(sum(rate * (least(100 * x, coalesce(high * q, 100 * x)) - low * q)), 0)::hugeint
            from bands where low = 0 or 100 * x > low * q) end e
    from summed s
),
rounded as (
    select *, sign(e) * ((2 * abs(e) + 100000) // 200000) r from earned
),
paid as (
    select *, r - coalesce(lag(r) over (partition by person_id, w order by m), 0) d from rounded
)
select person_id, m, least(d, {cap})::bigint pay from paid order by all
"""
ABOVE = """union all
    select p.manager_id, month(happened_on), sum(amount_minor) from events join people p using (person_id)
    where p.manager_id is not null group by all"""


def _world(rng: random.Random) -> dict[str, pl.DataFrame]:
    people = [f"p{at}" for at in range(12)]
    managers = [None, None, *(rng.choice([None, "p0", "p1"]) for _ in people[2:])]
    events = [
        (
            f"e{at}",
            rng.choice(people),
            dt.date(2025, 1, 1) + dt.timedelta(days=rng.randrange(273)),
            rng.randint(-300_000, 900_000),
        )
        for at in range(400)
    ]
    return {
        "people": pl.DataFrame(
            {"person_id": people, "manager_id": managers}, schema={"person_id": pl.String, "manager_id": pl.String}
        ),
        "events": pl.DataFrame(events, schema=["event_id", "person_id", "happened_on", "amount_minor"], orient="row"),
        "quotas": pl.DataFrame({"person_id": people, "quota": [rng.randint(1, 20_000) * 100 for _ in people]}),
    }


def _bands(rng: random.Random) -> pl.DataFrame:
    lows = [0, *sorted(rng.sample(range(1, 300), rng.randint(1, 4)))]
    return pl.DataFrame({"low": lows, "high": [*lows[1:], None], "rate": [rng.randint(0, 300) for _ in lows]})


def _facts(world: dict[str, pl.DataFrame]) -> PayFacts:
    dates = {"effective_from": pl.lit(None, pl.Date), "effective_to": pl.lit(None, pl.Date)}
    people = world["people"].with_columns(team_id=pl.lit(None, pl.String), hat=pl.lit("rep"), **dates)
    values = world["quotas"].select(
        "person_id", name=pl.lit("quota"), value=(pl.col("quota") // 100).cast(pl.String), **dates
    )
    eager: Any = [nw.from_native(frame, eager_only=True) for frame in (people, values)]
    return PayFacts(nw.from_native(world["events"].lazy()), *eager)


@pytest.mark.parametrize("seed", range(16))
def test_random_plans_pay_what_sql_says(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311  no secret
    world, bands = _world(rng), _bands(rng)
    mode, window = rng.choice(["marginal", "retroactive"]), rng.choice(list(WINDOWS))
    is_above, cap = rng.random() < 0.5, rng.choice([10**15, 20_000])
    rows = ", ".join(f"{{from: {low}%, pays: {rate / 10:.1f}%}}" for low, _, rate in bands.iter_rows())
    plan = plan_from_text(f"""
plan: random
currency: USD
effective_from: 2025-01-01
effective_to: 2026-01-01
values: {{quota: money}}
measures:
  sales: {{window: {window}, target: quota, credit: {{to: {"roll_up" if is_above else "owner"}, depth: 1}}}}
components:
  - name: pay
    measure: sales
    cap: {cap // 100} USD
    table: {{mode: {mode}, value: rate, by: attainment(sales), bands: [{rows}]}}
""")
    run = pay_run(plan, _facts(world), AS_OF)
    with duckdb.connect() as connection:
        for name, frame in {**world, "bands": bands}.items():
            connection.register(name, frame.to_arrow())
        sql = SQL.format(n_months=WINDOWS[window], mode=mode, cap=cap, also_above=ABOVE if is_above else "")
        expected = connection.sql(sql).fetchall()
    found = (
        run.payouts.to_native()
        .select("person_id", m=pl.col("starts_on").dt.month(), pay="amount_minor")
        .sort("person_id", "m")
    )
    assert found.rows() == [(who, month, pay) for who, month, pay in expected]
    assert sum(pay for _, _, pay in expected) != 0
