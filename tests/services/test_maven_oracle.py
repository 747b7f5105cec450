"""The Maven files through the importer and the stored totals, after GTXPro was mapped, against SQL over the files."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import duckdb
import pytest

from quarterdeck.records.models import Person, Product, Segment, Team
from quarterdeck.services.imports import batch_applied, batch_mapped
from quarterdeck.services.metrics import metrics
from quarterdeck.terms.period import Period

if TYPE_CHECKING:
    from companies import Loaded

pytestmark = pytest.mark.django_db

DAY: Final = dt.date(2017, 10, 31)
LAST: Final = dt.date(2017, 12, 31)
PERIODS: Final = [
    *(Period(dt.date(2017, month, 1), dt.date(2017 + month // 12, month % 12 + 1, 1)) for month in range(1, 13)),
    Period(dt.date(2017, 4, 1), dt.date(2017, 7, 1)),
    Period(dt.date(2017, 1, 1), dt.date(2018, 1, 1)),
]
CLOSED: Final = {
    "deals_won": "count(*) FILTER (deal_stage = 'Won')",
    "deals_lost": "count(*) FILTER (deal_stage = 'Lost')",
    "won_amount": "coalesce(sum(close_value) FILTER (deal_stage = 'Won'), 0) * 100",
    "win_rate": "count(*) FILTER (deal_stage = 'Won') / nullif(count(*), 0)",
    "average_deal_size": "avg(close_value) FILTER (deal_stage = 'Won') * 100",
    "cycle_time": "avg(close_date - engage_date) FILTER (deal_stage = 'Won')",
}
HOLDERS: Final = ("sales_agent", "manager || '''s team'", "regional_office", "'all'")


@pytest.fixture(scope="module")
def mapped(maven_company: Loaded, django_db_blocker: Any) -> Loaded:
    with django_db_blocker.unblock():
        batch_mapped(maven_company.actor, maven_company.batch, "opportunities.product", {"GTXPro": "GTX Pro"})
        batch_applied(maven_company.actor, maven_company.batch)
    return maven_company


@pytest.fixture(scope="module")
def files(maven_files: list[Any]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    folder = maven_files[0].parent
    connection.execute(
        f"CREATE TABLE deals AS SELECT d.* REPLACE (replace(product, 'GTXPro', 'GTX Pro') AS product), "
        f"t.manager, t.regional_office, a.sector FROM read_csv('{folder}/sales_pipeline.csv') d "
        f"JOIN read_csv('{folder}/sales_teams.csv') t USING (sales_agent) "
        f"LEFT JOIN read_csv('{folder}/accounts.csv') a ON a.account = d.account"
    )
    return connection


def names() -> dict[str, str]:
    """What the files call each holder; the top of the tree is theirs by no name."""
    said = {f"person:{pk}": name for pk, name in Person.visible.values_list("pk", "name")}
    for team in Team.visible.all():
        top = not team.links.filter(parent__isnull=False).exists()
        said[f"team:{team.pk}"] = "all" if top else team.name
    return said


def ours(loaded: Loaded, wanted: list[str], as_of: dt.date, cut: Any = None) -> dict[tuple[Any, ...], float | None]:
    known = names()
    rows = metrics(loaded.actor, wanted, as_of=as_of, periods=PERIODS, holders=list(known), slice_by=cut)
    model = {"product_id": Product, "segment_id": Segment}.get(cut)
    cuts = {str(pk): name for pk, name in model.visible.values_list("pk", "name")} if model else {}
    found = rows.select("metric", "holder", "starts_on", "ends_on", "slice", "value").iter_rows()
    return {(metric, known[holder], begins, ends, cuts.get(part, part)): value
        for metric, holder, begins, ends, part, value in found}  # fmt: skip


def said(files: duckdb.DuckDBPyConnection, sql: str, where: str, cut: str = "''") -> dict[tuple[Any, ...], Any]:
    """What SQL says of each holder, period and slice; `where` names the period's $begin and $end."""
    found = {}
    for period in PERIODS:
        for holder in HOLDERS:
            rows = files.execute(
                f"SELECT {holder}, coalesce({cut}, ''), {sql} FROM deals WHERE {where} GROUP BY 1, 2",
                {"begin": period.starts_on, "end": period.ends_on},
            )
            found |= {(row[0], period.starts_on, period.ends_on, row[1]): row[2] for row in rows.fetchall()}
    return found


def agree(here: dict[tuple[Any, ...], float | None], there: dict[tuple[Any, ...], Any], name: str) -> int:
    keys = {key[1:] for key in here if key[0] == name} | there.keys()
    wrong = [
        (key, here.get((name, *key)), there.get(key))
        for key in keys
        if (here.get((name, *key)) or 0) != pytest.approx(float(there.get(key) or 0), rel=1e-9)
    ]
    assert not wrong, f"{len(wrong)} differ: {wrong[:5]}"
    return len(there)


@pytest.mark.parametrize("as_of", [DAY, LAST, dt.date(2017, 5, 14)])
def test_what_closed_is_what_sql_says_for_everybody_and_every_period(
    mapped: Loaded, files: duckdb.DuckDBPyConnection, as_of: dt.date
) -> None:
    here = ours(mapped, list(CLOSED), as_of)
    for name, sql in CLOSED.items():
        there = said(files, sql, f"close_date >= $begin AND close_date < $end AND close_date <= DATE '{as_of}'")
        assert agree(here, there, name) > 100


@pytest.mark.parametrize("as_of", [DAY, LAST])
def test_what_began_and_what_is_open_is_what_sql_says(
    mapped: Loaded, files: duckdb.DuckDBPyConnection, as_of: dt.date
) -> None:
    here = ours(mapped, ["deals_opened", "open_deals"], as_of)
    began = f"engage_date >= $begin AND engage_date < $end AND engage_date <= DATE '{as_of}'"
    last = f"least($end::DATE - 1, DATE '{as_of}')"
    is_open = f"$begin <= $end AND engage_date <= {last} AND coalesce(close_date, DATE '9999-01-01') > {last}"
    assert agree(here, said(files, "count(*)", began), "deals_opened") > 300
    assert agree(here, said(files, "count(*)", is_open), "open_deals") > 300


@pytest.mark.parametrize(("cut", "column"), [("product_id", "product"), ("segment_id", "sector")])
def test_every_product_and_sector_is_what_sql_says_after_the_mapping(
    mapped: Loaded, files: duckdb.DuckDBPyConnection, cut: str, column: str
) -> None:
    here = ours(mapped, list(CLOSED), LAST, cut)
    for name, sql in CLOSED.items():
        assert agree(here, said(files, sql, "close_date >= $begin AND close_date < $end", column), name) > 1_000


def test_gtx_pro_sold_what_the_file_calls_gtxpro(mapped: Loaded) -> None:
    won = ours(mapped, ["deals_won"], LAST, "product_id")
    assert won["deals_won", "all", dt.date(2017, 1, 1), dt.date(2018, 1, 1), "GTX Pro"] == 729
