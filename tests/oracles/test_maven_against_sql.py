"""Our engine and hand-written SQL over the same Maven files: every figure that the two can both say."""

import datetime as dt
import functools

import duckdb
import narwhals as nw
import polars as pl
import pytest

from oracles import maven
from quarterdeck.engine.ledger.contradictions import state_findings
from quarterdeck.engine.ledger.states import no_history
from quarterdeck.engine.metrics.measures import totals
from quarterdeck.engine.metrics.values import metric_values
from quarterdeck.terms.frames import METRIC_VALUES, OPPORTUNITY_STATES, TOTALS
from quarterdeck.terms.period import Period
from quarterdeck.terms.tables import Frame

pytestmark = pytest.mark.skipif(not maven.FOLDER.is_dir(), reason="the Maven files lie beside the repository")
ALL_TIME = Period(dt.date(2016, 1, 1), dt.date(2018, 1, 1))
LAST_DAY = dt.date(2017, 12, 31)
DEALS = f"read_csv('{maven.FOLDER}/sales_pipeline.csv')"
TEAMS = f"read_csv('{maven.FOLDER}/sales_teams.csv')"
JOINED = f"{DEALS} AS d JOIN {TEAMS} AS t USING (sales_agent)"
HOLDERS = {"person": "sales_agent", "team": "manager"}
SQL = {
    "deals_won": "count(*) FILTER (deal_stage = 'Won')",
    "deals_lost": "count(*) FILTER (deal_stage = 'Lost')",
    "win_rate": "count(*) FILTER (deal_stage = 'Won') / count(*) FILTER (deal_stage IN ('Won', 'Lost'))",
    "won_amount": "coalesce(sum(close_value) FILTER (deal_stage = 'Won'), 0) * 100",
    "average_deal_size": "avg(close_value) FILTER (deal_stage = 'Won') * 100",
    "cycle_time": "avg(close_date - engage_date) FILTER (deal_stage = 'Won')",
}


@functools.cache
def day_totals() -> Frame:
    return totals({"opportunity_states": maven.states().lazy()}).collect()


def value(metric: str, kind: str, holder: str, period: Period = ALL_TIME, as_of: dt.date = LAST_DAY) -> float:
    holders = nw.from_native(pl.DataFrame({"holder_kind": [kind], "holder_id": [holder]}))
    values = metric_values([metric], day_totals(), maven.members(), holders, [period], as_of)
    return float(METRIC_VALUES.check(values)["value"][0])


def asked(sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        return connection.sql(sql).fetchall()


def test_all_deals_have_states_and_the_frames_are_what_they_say() -> None:
    states = OPPORTUNITY_STATES.check(maven.states())
    assert states["opportunity_id"].n_unique() == 8800
    TOTALS.check(day_totals())


def test_the_company_won_and_lost_what_the_readme_of_the_data_says() -> None:
    assert value("deals_won", "team", "company") == 4238
    assert value("deals_lost", "team", "company") == 2473
    assert round(value("win_rate", "team", "company"), 3) == 0.632
    assert value("won_amount", "team", "company") == 1_000_553_400


def test_people_and_teams_won_what_is_published() -> None:
    assert value("won_amount", "person", "Darcel Schlecht") == 115_321_400
    assert value("won_amount", "team", "Melvin Marxen") == 225_193_000


@pytest.mark.parametrize(("region", "rate"), [("West", 0.639), ("East", 0.630), ("Central", 0.626)])
def test_regions_win_at_their_published_rates(region: str, rate: float) -> None:
    assert round(value("win_rate", "team", region), 3) == rate


def test_deals_open_on_a_past_day_are_those_engaged_and_not_yet_closed() -> None:
    day = dt.date(2017, 10, 31)
    [(count,)] = asked(
        f"SELECT count(*) FROM {DEALS} WHERE engage_date <= '{day}' AND (close_date IS NULL OR close_date > '{day}')"
    )
    assert count == 2604
    assert value("open_deals", "team", "company", as_of=day) == count


@pytest.mark.parametrize("metric", SQL)
@pytest.mark.parametrize("kind", HOLDERS)
def test_each_holder_and_month_is_what_sql_says(metric: str, kind: str) -> None:
    months = [Period(dt.date(2017, month, 1), dt.date(2017 + month // 12, month % 12 + 1, 1)) for month in range(1, 13)]
    wanted = asked(
        f"SELECT {HOLDERS[kind]}, date_trunc('month', close_date)::DATE AS month, {SQL[metric]} FROM {JOINED} "
        "WHERE close_date IS NOT NULL GROUP BY ALL"
    )
    names = sorted({str(name) for name, _, _ in wanted})
    holders = nw.from_native(pl.DataFrame({"holder_kind": [kind] * len(names), "holder_id": names}))
    values = metric_values([metric], day_totals(), maven.members(), holders, months, LAST_DAY)
    ours = {(name, month): found for name, month, found in values.select("holder_id", "starts_on", "value").rows()}
    assert len(wanted) > 50
    for name, month, expected in wanted:
        assert ours[name, month] == pytest.approx(expected, rel=1e-12), (name, month)


def test_slices_by_product_and_sector_are_what_sql_says() -> None:
    holders = nw.from_native(pl.DataFrame({"holder_kind": ["team"], "holder_id": ["company"]}))
    for column, sql in (
        ("product_id", "replace(product, 'GTXPro', 'GTX Pro')"),
        ("segment_id", "coalesce(sector, '')"),
    ):
        wanted = asked(
            f"SELECT {sql}, count(*) FILTER (deal_stage = 'Won') FROM {DEALS} "
            f"LEFT JOIN read_csv('{maven.FOLDER}/accounts.csv') USING (account) WHERE close_date IS NOT NULL GROUP BY 1"
        )
        values = metric_values(
            ["deals_won"], day_totals(), maven.members(), holders, [ALL_TIME], LAST_DAY, slice_by=column
        )
        assert dict(values.select("slice", "value").rows()) == {name: float(n) for name, n in wanted}


def test_every_open_deal_counts_as_left_when_it_closed() -> None:
    [(n_same_day,)] = asked(f"SELECT count(*) FROM {DEALS} WHERE close_date = engage_date")
    left = day_totals().filter(nw.col("measure") == "stage_left")
    assert left["n"].sum() == 4238 + 2473 - n_same_day


def test_deals_without_an_engage_date_are_a_finding_and_in_no_figure() -> None:
    current = maven.deals()
    [(prospecting,)] = asked(f"SELECT count(*) FROM {DEALS} WHERE engage_date IS NULL")
    found = {finding.rule: finding.n_rows for finding in state_findings(current, no_history(current))}
    assert found == {"deal_without_opening": prospecting}
    assert prospecting == 500
    assert value("deals_opened", "team", "company") == 8800 - prospecting
