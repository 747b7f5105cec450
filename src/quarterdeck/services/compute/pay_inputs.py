"""Files of pay as frames: events, people, values, splits, rates of exchange, receipts and what was settled.

    events.csv   event,happened_on,person,amount      ->   e1   2025-03-03   rita   125050
                 e1,2025-03-03,rita,"1,250.50"

Headings are the columns of PAY_INPUTS, with or without `_id` and `_minor`; without `_minor` an amount is in the
currency's own unit. Further columns are kept as they are, for conditions. A Parquet file whose columns already have
their types is not read at all: the engine scans it where it lies.
"""

from __future__ import annotations

import importlib
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal

import narwhals as nw
import polars as pl

from quarterdeck.connectors.files import raw_tables
from quarterdeck.connectors.files.amounts import wholes
from quarterdeck.connectors.files.days import days
from quarterdeck.engine.pay.facts import PayFacts
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.findings import Finding
from quarterdeck.terms.money import minor_digits
from quarterdeck.terms.pay import PAY_INPUTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from quarterdeck.terms.tables import Frame, LazyFrame, Table

Engine = Literal["polars", "duckdb", "spark"]

_ALIASES: Final = {"on": "happened_on", "from": "effective_from", "to": "effective_to", "id": "event_id"}
_NATIVE: Final = {
    nw.String: (pl.String, pl.Categorical, pl.Enum),
    nw.Int64: (pl.Int64,),
    nw.Date: (pl.Date,),
    nw.Float64: (pl.Float64,),
}
_LARGE: Final = ("pay_events", "pay_splits", "pay_receipts")


def pay_facts(
    files: Mapping[str, Sequence[Path]], currency: str, engine: Engine = "polars"
) -> tuple[PayFacts, list[Finding]]:
    """The facts of a run from files, and what is wrong with them.

    `files` are by name: events, people, values, splits, exchange, receipts, settled. Large tables go to the engine.
    Raises Refusal for a file that is not there, lacks a column, or an engine that is not installed.
    """
    session = _session(engine)
    findings: list[Finding] = []
    frames: dict[str, Any] = {}
    for name, paths in files.items():
        table = PAY_INPUTS[f"pay_{name}"]
        if not paths:
            continue
        if table.name in _LARGE:
            frames[name] = _placed(table, paths, currency, engine, session, findings)
        else:
            frames[name] = _eager(_read(table, paths, currency, findings))
    return PayFacts(**frames), findings


def _placed(  # noqa: PLR0913, PLR0917  a file and where it goes
    table: Table,
    paths: Sequence[Path],
    currency: str,
    engine: Engine,
    session: Any,  # noqa: ANN401  an optional package's
    findings: list[Finding],
) -> LazyFrame:
    """A large table with the engine: scanned where it lies if that is possible, else read and handed over."""
    if all(_is_typed(table, path) for path in paths):
        names = [str(path) for path in paths]
        if engine == "duckdb":
            return _lazy(_duckdb().read_parquet(names))
        return _lazy(session.read.parquet(*names) if session else pl.scan_parquet(names))
    frame = _read(table, paths, currency, findings)
    if engine == "duckdb":
        return _lazy(_duckdb().from_arrow(frame.to_arrow()))
    if session:
        return _eager(frame).lazy(backend="pyspark", session=session)
    return _lazy(frame.lazy())


def _lazy(native: Any) -> LazyFrame:  # noqa: ANN401  a frame of any engine
    found: LazyFrame = nw.from_native(native)
    return found


def _is_typed(table: Table, path: Path) -> bool:
    """Whether a Parquet file has the table's columns with their types."""
    if path.suffix != ".parquet" or not path.is_file():
        return False
    schema = pl.read_parquet_schema(path)
    required = [column.name for column in table.columns if column.is_required]
    return all(name in schema for name in required) and all(
        schema[name] in _NATIVE[kind] or isinstance(schema[name], (pl.Categorical, pl.Enum))
        for name, kind in table.schema.items()
        if name in schema
    )


def _read(table: Table, paths: Sequence[Path], currency: str, findings: list[Finding]) -> pl.DataFrame:
    """All files of a table as one frame; rows that lack what they need are left out with a finding."""
    raws = raw_tables(paths)
    findings += [one for raw in raws for one in raw.findings]
    parts = [_typed(table, raw.file, raw.frame, currency, findings) for raw in raws]
    return pl.concat(parts, how="diagonal_relaxed")


def _typed(table: Table, file: str, frame: pl.DataFrame, currency: str, findings: list[Finding]) -> pl.DataFrame:
    names = {name: _named(table, name) for name in frame.columns if name != "_row"}
    missing = [column.name for column in table.columns if column.is_required and column.name not in names.values()]
    twice = sorted({name for name in names.values() if list(names.values()).count(name) > 1})
    if missing or twice:
        why = f"It has no column {', '.join(missing)}." if missing else f"Several columns mean {', '.join(twice)}."
        raise Refusal(f"{file} was not read.", why, f"It needs {_headings(table)}.", "pay_input", row=file)
    texts = frame.select("_row", **{new: _clean(old) for old, new in names.items()})
    said_minor = {new for old, new in names.items() if old.lower().strip() == new}
    columns = [
        texts[name] if name not in table.schema else _column(table, texts, name, currency, file, findings, said_minor)
        for name in names.values()
    ]
    found = pl.DataFrame([texts["_row"], *columns])
    required = [column.name for column in table.columns if column.is_required]
    bad = found.filter(pl.any_horizontal(pl.col(required).is_null()))
    if len(bad):
        empty = [name for name in required if bad[name].null_count()]
        findings.append(
            _finding(
                file,
                int(bad["_row"][0]),
                ", ".join(empty),
                "",
                "missing_value",
                f"{len(bad)} rows lack it; they are left out.",
                "Fill them in, or remove the rows.",
                len(bad),
            )
        )
    absent = [
        pl.lit(None).cast(_polars(kind)).alias(name) for name, kind in table.schema.items() if name not in found.columns
    ]
    return found.drop_nulls(required).drop("_row").with_columns(absent)


def _named(table: Table, heading: str) -> str:
    bare = "_".join(heading.strip().lower().split())
    for name in (bare, f"{bare}_id", f"{bare}_minor", _ALIASES.get(bare, bare)):
        if name in table.schema:
            return name
    return bare


def _headings(table: Table) -> str:
    return ", ".join(
        column.name.removesuffix("_id").removesuffix("_minor") for column in table.columns if column.is_required
    )


def _clean(name: str) -> pl.Expr:
    text = pl.col(name).str.strip_chars()
    return pl.when(text != "").then(text)


def _column(  # noqa: PLR0913, PLR0917  a column and where it came from
    table: Table,
    texts: pl.DataFrame,
    name: str,
    currency: str,
    file: str,
    findings: list[Finding],
    said_minor: set[str],
) -> pl.Series:
    kind = table.schema[name]
    if kind == nw.Date:
        found, wrong = days(texts[name], "iso")
        remedy = "Write days like 2025-03-01."
    elif name.endswith("_minor") and name not in said_minor:
        found, wrong = _amounts(texts, name, currency)
        remedy = "Write amounts like 1250.50."
    elif kind == nw.Int64:
        found, wrong = wholes(texts[name], digits=0, mark=".", scale=Fraction(1))
        remedy = "Write whole numbers."
    else:
        return texts[name]
    for text, rule in wrong.items():
        rows = texts.filter(pl.col(name) == text)["_row"]
        findings.append(_finding(file, int(rows[0]), name, text, rule, f"{text!r} cannot be read.", remedy, len(rows)))
    return found


def _amounts(texts: pl.DataFrame, name: str, currency: str) -> tuple[pl.Series, dict[str, str]]:
    """Minor units by each row's currency."""
    if "currency" not in texts.columns:
        return wholes(texts[name], digits=minor_digits(currency), mark=".", scale=Fraction(1), currency=currency)
    found = pl.select(pl.repeat(None, len(texts), dtype=pl.Int64).alias(name)).to_series()
    wrong: dict[str, str] = {}
    of = texts["currency"].fill_null(currency)
    for one in of.unique(maintain_order=True):
        part = pl.select(pl.when(of == one).then(texts[name]).alias(name)).to_series()
        numbers, bad = wholes(part, digits=minor_digits(one), mark=".", scale=Fraction(1), currency=one)
        found = pl.select(pl.coalesce(found, numbers).alias(name)).to_series()
        wrong |= bad
    return found, wrong


def _polars(kind: Any) -> Any:  # noqa: ANN401  a type of narwhals, a type of polars
    return {nw.String: pl.String, nw.Int64: pl.Int64, nw.Date: pl.Date, nw.Float64: pl.Float64}[kind]


def _finding(  # noqa: PLR0913, PLR0917  its parts
    file: str, row: int, column: str, value: str, rule: str, message: str, remedy: str, n_rows: int
) -> Finding:
    return Finding(
        file=file,
        row=row,
        column=column,
        value=value,
        rule=rule,
        severity="error",
        message=message,
        remedy=remedy,
        n_rows=n_rows,
    )


def _eager(frame: pl.DataFrame) -> Frame:
    return nw.from_native(frame, eager_only=True)


def _duckdb() -> Any:  # noqa: ANN401  an optional package
    return importlib.import_module("duckdb")


def _session(engine: Engine) -> Any:  # noqa: ANN401  an optional package's
    """Spark's session; None for the other engines. Raises Refusal for an engine, or a Java, that is not installed."""
    needed = {"polars": "polars", "duckdb": "duckdb", "spark": "pyspark.sql"}[engine]
    try:
        module = importlib.import_module(needed)
        if engine == "duckdb":
            importlib.import_module("pyarrow")
    except ImportError as error:
        raise Refusal(
            "Nothing was paid.",
            f"The engine {engine} is not installed.",
            f"Install quarterdeck[{engine}], or leave --engine out.",
            "pay_engine",
        ) from error
    return _spark(module) if engine == "spark" else None


def _spark(module: Any) -> Any:  # noqa: ANN401  an optional package's
    """The session that there is, or a new one by Spark's own settings. Raises Refusal where Java does not start."""
    errors = importlib.import_module("pyspark.errors")
    try:
        return module.SparkSession.builder.getOrCreate()
    except errors.PySparkRuntimeError as error:
        raise Refusal(
            "Nothing was paid.",
            "Spark runs on Java, and no Java of version 17 or newer could be started.",
            "Install one (Debian: openjdk-17-jre-headless), or name it in JAVA_HOME; or use another engine.",
            "pay_engine",
        ) from error
