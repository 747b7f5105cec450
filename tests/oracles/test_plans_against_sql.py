"""The cascade against hand-written SQL: every node and month of a company of 200, and its street layer's sums."""

import random
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import pytest

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.cascade.plan import LAYERS, Plan, plan, repinned
from quarterdeck.terms.frames import NODES, PINS

SQL = Path(__file__).with_name("plan_amounts.sql").read_text(encoding="utf-8")
SUMS = """
    SELECT count(*)
    FROM cells up JOIN (SELECT layer, parent, month, sum(amount) AS below FROM cells GROUP BY ALL) down
      ON up.layer = down.layer AND up.node = down.parent AND up.month = down.month
    WHERE up.amount <> down.below
"""
STREET = "SELECT sum(amount) FROM cells WHERE layer = 'street' AND node = 'co'"
SEASON = [8, 7, 9, 8, 8, 9, 7, 5, 9, 9, 9, 12]
YEAR = FiscalCalendar().months(2025)
Rows = list[tuple[str, str | None, int | None]]


def _company(seed: int) -> Rows:
    shuffle = random.Random(seed)  # noqa: S311  not for secrets
    rows: Rows = [
        ("co", None, None),
        *((f"team:{at:02}", "co" if at < 4 else f"team:{at % 4:02}", None) for at in range(24)),
    ]
    people = [
        (f"person:{at:03}", f"team:{4 + at % 20:02}", shuffle.choice([0, 1, shuffle.randint(1, 10**12)]))
        for at in range(200)
    ]
    return [*rows, *people]


def _plan(rows: Rows, amount: int) -> Plan:
    columns = {name: [row[at] for row in rows] for at, name in enumerate(NODES.schema)}
    nodes = nw.from_dict(columns, NODES.schema, backend="polars")
    return plan(amount, nodes, YEAR, SEASON, basis="history", hedges=[Fraction(1, 20)] * 3)


def _filled(database: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows as whole columns: DuckDB takes a second for a thousand rows one by one."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    database.execute(f"INSERT INTO {table} SELECT {', '.join('unnest(?)' for _ in columns)}", columns)


def _told(rows: Rows, amount: int) -> list[tuple[Any, ...]]:
    with duckdb.connect() as database:
        database.execute("CREATE TABLE nodes(node_id VARCHAR, parent_id VARCHAR, weight HUGEINT)")
        _filled(database, "nodes", rows)
        database.execute("CREATE TABLE season(month INTEGER, weight HUGEINT)")
        _filled(database, "season", list(enumerate(SEASON)))
        database.execute("CREATE TABLE goal AS SELECT ?::HUGEINT AS amount", [amount])
        return database.execute(SQL).fetchall()


@pytest.mark.parametrize(("seed", "amount"), [(1, 987_654_321_09), (2, 200), (3, 10**15 + 7)])
def test_every_node_and_month_is_what_sql_says(seed: int, amount: int) -> None:
    rows = _company(seed)
    made = _plan(rows, amount)
    by_month = made.months("plan").tolist()
    ours = [
        (node.node_id, month, by_month[at][month])
        for at, node in enumerate(made.shape.nodes)
        for month in range(len(YEAR))
    ]
    assert sorted(ours) == _told(rows, amount)


def test_sums_of_a_pinned_and_hedged_plan_agree_by_sql() -> None:
    made = _plan(_company(4), 987_654_321_09)
    pins = {"node_id": ["co", "team:01", "person:007"], "starts_on": [YEAR[2].starts_on, None, YEAR[3].starts_on],
            "amount": [9_000_000_000, 30_000_000_000, 5]}  # fmt: skip
    edited = repinned(made, nw.from_dict(pins, PINS.schema, backend="polars"))
    with duckdb.connect() as database:
        database.execute(
            "CREATE TABLE cells(layer VARCHAR, node VARCHAR, parent VARCHAR, month INTEGER, amount BIGINT)"
        )
        for layer in LAYERS:
            by_month = edited.months(layer).tolist()
            cells = [
                (layer, node.node_id, node.parent_id, month, amount)
                for node, row in zip(edited.shape.nodes, by_month, strict=True)
                for month, amount in enumerate(row)
            ]
            _filled(database, "cells", cells)
        off, street = database.execute(SUMS).fetchall(), database.execute(STREET).fetchall()
    assert off == [(0,)]
    assert street == [(round(Fraction(987_654_321_09) * Fraction(21, 20) ** 3),)]
