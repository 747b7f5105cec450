"""Pay of many credits against hand-written DuckDB SQL on the same files in the same run, to the same cents.

2,000 payees under 200 managers, 12 months, a tenth of the credits split in two, three marginal tiers on year-to-date
attainment, an override of managers on their people's total. Bounds: totals per payee and month within 1.5 times the
query, with one explained line per credit within 2 times, in CPU seconds.
`python bench/pay.py 10000000` for the full size; 1,000,000 by default.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from pathlib import Path

import duckdb
import narwhals as nw
import numpy as np
import polars as pl

from measure import cpu_seconds, peak_mib, told
from quarterdeck.engine.pay.facts import PayFacts
from quarterdeck.engine.pay.reading import plan_from_text
from quarterdeck.engine.pay.run import PayRun, pay_run

N_PAYEES, N_MANAGERS = 2_000, 200
AS_OF = dt.date(2025, 12, 31)
PLAN = """
plan: bench
currency: USD
effective_from: 2025-01-01
effective_to: 2026-01-01
values: {quota: money}
measures:
  sales: {window: year, target: quota, credit: splits}
  team: {window: month, credit: {to: roll_up, depth: 1, own: false}}
components:
  - name: commission
    measure: sales
    table: {mode: marginal, value: rate, by: attainment(sales),
      bands: [{from: 0, to: 80%, pays: 5%}, {from: 80%, to: 100%, pays: 8%}, {from: 100%, pays: 12%}]}
  - {name: override, measure: team, rate: 0.5%}
"""
CREDITS = """
    with cut as (select event_id, person_id, share_bp, sum(share_bp) over (partition by event_id order by person_id)
    upto from splits), credit as (
        select e.event_id, e.happened_on, c.person_id,
               (2 * e.amount_minor::hugeint * c.upto + 10000) // 20000
             - (2 * e.amount_minor::hugeint * (c.upto - c.share_bp) + 10000) // 20000 as value
        from events e join cut c using (event_id)
        union all
        select event_id, happened_on, person_id, amount_minor from events where event_id not in (select event_id from
        splits))
"""
EARNED = """(2 * (5 * least(100 * x, 80 * q) + 8 * (least(greatest(100 * x, 80 * q), 100 * q) - 80 * q)
    + 12 * (greatest(100 * x, 100 * q) - 100 * q)) + 10000) // 20000"""
TOTALS = f"""
    {CREDITS},
    monthly as (select person_id, month(happened_on) m, sum(value) v from credit group by all),
    grid as (select p.person_id, p.quota_minor::hugeint q, m from people p, range(1, 13) t(m)),
    running as (select person_id, m, q, sum(coalesce(v, 0)) over (partition by person_id order by m) x from grid left
    join monthly using (person_id, m)), earned as (select person_id, m, {EARNED} e from running), commission as (select
    person_id, m, (e - coalesce(lag(e) over (partition by person_id order by m), 0))::bigint pay from earned), below as
    (select p.manager_id person_id, month(happened_on) m, sum(amount_minor) v from events join people p using
    (person_id) group by all), override as (select person_id, m, ((2 * v + 200) // 400)::bigint pay from below where
    person_id is not null) select 'commission' component, person_id, m, pay from commission union all select 'override',
    * from override
"""
LINES = f"""
    {CREDITS},
    running as (
        select person_id, event_id, happened_on, value, p.quota_minor::hugeint q,
               sum(value) over (partition by person_id order by happened_on, event_id) x
        from credit join people p using (person_id)),
    stepped as (select *, {EARNED} after from running),
    explained as (
        select person_id, event_id, happened_on, value, x - value before_x, x after_x,
               case when 100 * x >= 100 * q then 3 when 100 * x >= 80 * q then 2 else 1 end band,
               after - coalesce(lag(after) over (partition by person_id order by happened_on, event_id), 0) pay
        from stepped),
    above as (
        select p.manager_id person_id, event_id, happened_on, amount_minor v,
               sum(amount_minor) over (partition by p.manager_id, month(happened_on) order by happened_on, event_id) x
        from events join people p using (person_id) where p.manager_id is not null)
    select 'commission' component, person_id, event_id, happened_on, value::bigint v, before_x::bigint b,
    after_x::bigint a, band, pay::bigint pay from explained union all select 'override', person_id, event_id,
    happened_on, v, (x - v)::bigint, x::bigint, null, ((2 * x + 200) // 400 - (2 * (x - v) + 200) // 400)::bigint from
    above
"""


def files(folder: Path, n: int) -> None:
    """Events, splits and people as Parquet; a tenth of the events is shared by two."""
    rng = np.random.default_rng(5)
    names = np.array([f"p{at:04}" for at in range(N_PAYEES)])
    owner = rng.integers(0, N_PAYEES, n)
    events = pl.DataFrame(
        {
            "event_id": pl.select(pl.concat_str(pl.lit("e"), pl.int_range(n).cast(pl.String).str.zfill(8))).to_series(),
            "happened_on": pl.Series(np.datetime64("2025-01-01") + rng.integers(0, 365, n).astype("timedelta64[D]")),
            "person_id": names[owner],
            "amount_minor": rng.integers(1, 1_000_000, n),
        }
    )
    events.write_parquet(folder / "events.parquet")
    shared, share = np.arange(0, n, 10), rng.integers(1, 100, (n + 9) // 10) * 100
    splits = pl.concat(
        [
            pl.DataFrame({"event_id": events["event_id"].gather(shared), "person_id": names[who], "share_bp": part})
            for who, part in ((owner[shared], share), ((owner[shared] + 1) % N_PAYEES, 10_000 - share))
        ]
    )
    splits.with_columns(role=pl.lit("split"), share=pl.col("share_bp").cast(pl.String) + "/1").with_columns(
        share=(pl.col("share_bp") // 100).cast(pl.String) + "%"
    ).write_parquet(folder / "splits.parquet")
    managers = [f"p{at % N_MANAGERS:04}" if at >= N_MANAGERS else None for at in range(N_PAYEES)]
    quotas = (n // N_PAYEES * 500_000 * rng.integers(70, 130, N_PAYEES) // 100) // 100 * 100
    pl.DataFrame({"person_id": names, "manager_id": managers, "quota_minor": quotas}).write_parquet(
        folder / "people.parquet"
    )


def facts(folder: Path) -> PayFacts:
    """The same files as the run's facts, on DuckDB."""
    people = pl.read_parquet(folder / "people.parquet")
    nothing = {"effective_from": pl.lit(None, pl.Date), "effective_to": pl.lit(None, pl.Date)}
    payees = people.with_columns(team_id=pl.lit(None, pl.String), hat=pl.lit("rep"), **nothing)
    quotas = people.select(
        "person_id", name=pl.lit("quota"), value=(pl.col("quota_minor") // 100).cast(pl.String), **nothing
    )
    return PayFacts(
        nw.from_native(duckdb.sql(f"from read_parquet('{folder}/events.parquet')")),
        nw.from_native(payees, eager_only=True),
        nw.from_native(quotas, eager_only=True),
        nw.from_native(duckdb.sql(f"from read_parquet('{folder}/splits.parquet')")),
    )


def compare(folder: Path, n: int) -> None:
    """Time both ways, twice, and hold the cents against each other."""
    for name in ("events", "splits", "people"):
        duckdb.sql(f"create or replace view {name} as from read_parquet('{folder}/{name}.parquet')")
    plan, given = plan_from_text(PLAN), facts(folder)
    theirs, expected = cpu_seconds(lambda: duckdb.sql(TOTALS).pl(), times=2)
    ours, run = cpu_seconds(lambda: pay_run(plan, given, AS_OF, with_lines=False), times=2)
    check_totals(run, expected)
    told(f"pay, {n:,} credits, totals", f"{ours:.2f} s CPU", f"{theirs:.2f} s SQL", ours / theirs, bound="bound 1.5")
    theirs, expected = cpu_seconds(lambda: duckdb.sql(LINES).pl(), times=1)
    check = expected.select(pl.col("pay").sum(), n=pl.len())
    del expected
    ours, run = cpu_seconds(lambda: pay_run(plan, given, AS_OF), times=1)
    lines = run.lines.to_native().filter(pl.col("kind") == "credit")
    assert (int(lines["amount_minor"].sum()), len(lines)) == (int(check["pay"][0]), int(check["n"][0]))
    told(
        f"pay, {n:,} credits, a line each",
        f"{ours:.2f} s CPU",
        f"{theirs:.2f} s SQL",
        ours / theirs,
        bound=f"bound 2; peak {peak_mib():,.0f} MiB",
    )


def check_totals(run: PayRun, expected: pl.DataFrame) -> None:
    """The same cents for everybody, every month."""
    found = run.payouts.to_native().select(
        "component", "person_id", m=pl.col("starts_on").dt.month().cast(pl.Int64), ours="amount_minor"
    )
    both = found.join(
        expected.with_columns(pl.col("m").cast(pl.Int64)), on=["component", "person_id", "m"], how="full", coalesce=True
    )
    off = both.filter(pl.col("ours").fill_null(0) != pl.col("pay").fill_null(0))
    assert off.is_empty(), off


def main() -> None:
    """Print two lines."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        files(Path(folder), n)
        compare(Path(folder), n)


if __name__ == "__main__":
    main()
