"""A second opinion on a company's figures: DuckDB over the files it handed in, by codes, without any of our tables."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import holidays

_HERE = Path(__file__).parent
FACTS, FIGURES = ((_HERE / f"company_{name}.sql").read_text() for name in ("facts", "figures"))
KEY = ("kind", "holder", "starts_on", "ends_on", "slice")

Key = tuple[Any, ...]
Span = tuple[dt.date, dt.date]


def company_in(folder: Path) -> duckdb.DuckDBPyConnection:
    """The facts of the files in a folder."""
    connection = duckdb.connect()
    connection.execute("SET VARIABLE folder = $1", [str(folder)])
    connection.execute("CREATE TABLE holiday (country VARCHAR, day DATE)")
    shut = [
        (country, day)
        for country in ("US", "GB")
        for day in holidays.country_holidays(country, years=range(2022, 2029))
    ]
    connection.executemany("INSERT INTO holiday VALUES ($1, $2)", shut)
    connection.execute(FACTS)
    return connection


def figures(  # noqa: PLR0913  each argument is a dimension of the question
    company: duckdb.DuckDBPyConnection, holders: list[tuple[str, str]], periods: list[Span], as_of: dt.date,
    *, tree: str = "then", cut: str = "",
) -> dict[Key, dict[str, Any]]:  # fmt: skip
    """Every figure by kind, holder, starts_on, ends_on and slice."""
    for name, value in (("as_of", as_of), ("tree", tree), ("cut", cut)):
        company.execute(f"SET VARIABLE {name} = $1", [value])
    company.execute("CREATE OR REPLACE TABLE holders (kind VARCHAR, holder VARCHAR)")
    company.executemany("INSERT INTO holders VALUES ($1, $2)", holders)
    company.execute("CREATE OR REPLACE TABLE periods (starts_on DATE, ends_on DATE)")
    company.executemany("INSERT INTO periods VALUES ($1, $2)", periods)
    rows = company.sql(FIGURES)
    return {tuple(row[:5]): dict(zip(rows.columns[5:], row[5:], strict=True)) for row in rows.fetchall()}
