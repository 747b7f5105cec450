"""`quarterdeck compute pay` as somebody meets it who has a plan, files and no database."""

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from pay_files import PLAN, paid, pays_the_same_bytes, written
from quarterdeck.faces.cli.main import app
from quarterdeck.terms.errors import Refusal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path)


def _rows(folder: Path, table: str, out: str = "out") -> pl.DataFrame:
    return pl.read_csv(folder / out / f"{table}.csv")


def test_every_table_is_written_and_what_is_paid_is_said(folder: Path) -> None:
    done = paid(folder)
    assert done.exit_code == 0, done.output
    summary = json.loads((folder / "out" / "summary.json").read_text())
    assert {path.stem for path in (folder / "out").iterdir()} == {*summary["n_rows"], "summary"}
    assert summary["payouts_minor"] == {
        "commission": 10_004 + 3_520 + 800,
        "overlay": 100,
        "override": 1_251 + 540,
    }
    assert _rows(folder, "settlements")["paid_minor"].sum() == summary["paid_minor"]
    assert _rows(folder, "statement_lines")["amount_minor"].sum() == summary["paid_minor"]


def test_running_it_again_gives_thepays_the_same_bytes(folder: Path) -> None:
    paid(folder)
    shuffled = (folder / "events.csv").read_text().splitlines()
    (folder / "events.csv").write_text("\n".join([shuffled[0], *reversed(shuffled[1:])]))
    paid(folder, out="again")
    for path in (folder / "out").iterdir():
        assert path.read_bytes() == (folder / "again" / path.name).read_bytes()


def test_duckdb_writes_thepays_the_same_bytes(folder: Path) -> None:
    pays_the_same_bytes(folder, "duckdb")


def test_typed_parquet_is_scanned_and_pays_the_same(folder: Path) -> None:
    paid(folder)
    events = pl.read_csv(folder / "events.csv").with_columns(
        pl.col("happened_on").str.to_date(), pl.col("amount").str.replace(",", "")
    )
    events = events.rename({"event": "event_id", "person": "person_id"}).with_columns(
        amount_minor=(pl.col("amount").str.to_decimal(scale=2) * 100).cast(pl.Int64)
    )
    events.drop("amount").write_parquet(folder / "events.parquet")
    base = ["compute", "pay", str(folder / "plan.yaml"), "--as-of", "2025-02-28", "--out", str(folder / "typed")]
    base += [
        "--events",
        str(folder / "events.parquet"),
        "--people",
        str(folder / "people.csv"),
        "--targets",
        str(folder / "quotas.csv"),
    ]
    base += [word for name in ("splits", "exchange", "receipts") for word in (f"--{name}", str(folder / f"{name}.csv"))]
    for engine in ("polars", "duckdb"):
        assert CliRunner().invoke(app, [*base, "--engine", engine]).exit_code == 0
        assert _rows(folder, "statement_lines", "typed").equals(_rows(folder, "statement_lines"))


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("events.csv", "e3,2025-02-06,zoë", "e3,2025-02-06,zoe", "'zoe' is in no row"),
        ("events.csv", "e3,", "e1,", "'e1' is the id of several events"),
        ("events.csv", "e2,2025-02-05,sam", "e2,2025-02-05,", "nobody's event"),
        ("events.csv", "2025-02-05", "2025-02-31", "'2025-02-31' cannot be read"),
        ("events.csv", "400,EUR", "four hundred,EUR", "'four hundred' cannot be read"),
        ("events.csv", "400,EUR", "400,CHF", "'CHF' has no rate of exchange"),
        ("quotas.csv", ",quota,12000", "rita,quota,12000", "commission of sam cannot be computed"),
        ("quotas.csv", ",quota,12000", ",quota,12k", "'12k' is no exact number"),
        ("quotas.csv", ",quota,12000", ",qouta,12000", "no value 'qouta'"),
        ("splits.csv", "e3,rita", "e9,rita", "'e9' is split but is no event"),
        ("people.csv", "mara,,manager", "mara,zoë,manager", "report to themselves"),
        ("exchange.csv", "1.1", "0", "is no rate of exchange"),
        ("splits.csv", "50%", "half", "has the share 'half'"),
        ("events.csv", "event,happened_on", "event,day", "no column happened_on"),
        ("events.csv", "product\n", "produkt\n", "does not fit the events"),
        ("plan.yaml", "pays: 12%", "pays: 12", ""),
    ],
)  # fmt: skip
def test_nobody_is_paid_around_what_is_wrong(folder: Path, file: str, old: str, new: str, says: str) -> None:
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))
    done = paid(folder)
    if not says:
        assert done.exit_code == 0
        return
    assert isinstance(done.exception, Refusal), done.output
    assert says in done.exception.why
    assert not (folder / "out").exists()


def test_what_can_be_paid_is_paid_when_told_so(folder: Path) -> None:
    (folder / "quotas.csv").write_text("person,name,value\nrita,quota,12000\n")
    done = paid(folder, "--despite-findings")
    assert done.exit_code == 0, done.output
    payouts = _rows(folder, "payouts").filter(pl.col("component") == "commission")
    assert set(payouts["person_id"]) == {"rita"}, "nobody else is paid zero for a quota that nobody gave"
    assert json.loads((folder / "out" / "summary.json").read_text())["findings"]


def test_a_plan_whose_examples_fail_is_not_run(folder: Path) -> None:
    example = (
        "examples: [{name: wrong, values: {quota: 100}, events: [{amount: 1, product: x}], "
        "expect: {payouts: [{component: override, amount: 5}]}}]"
    )
    (folder / "plan.yaml").write_text(PLAN + example)
    done = paid(folder)
    assert isinstance(done.exception, Refusal)
    assert done.exception.rule == "comp_plan"
    assert "override" in done.exception.why
