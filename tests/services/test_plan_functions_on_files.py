"""How files become the inputs of `compute plan`, and what is written: formats, findings, results read again."""

import csv
import json
import random
from pathlib import Path

import polars as pl
import pytest

from quarterdeck.services.compute.planning import computed, example_written, written
from quarterdeck.terms.errors import Refusal

BASES = "holder,base,growth\nrita,1000,0.1\n"
ADDED = {"relief_rule": "additive"}


def quotas(folder: Path, text: str, name: str = "bases.csv", **more: object) -> list[int]:
    (folder / name).write_bytes(text.encode("utf-8"))
    found = computed("historic-quota", [folder / name], ADDED, **more)  # type: ignore[arg-type]
    return found.tables["quotas"]["quota_minor"].to_list()


@pytest.mark.parametrize(
    "text",
    [
        BASES,
        "\ufeffPerson ;BASE;Growth\r\nrita;1,000.00;10 %\r\n",
        "rep\tbase_minor\tgrowth\nrita\t100000\t1/10\n",
        '"name","base","growth","note"\n"rita","$1,000","0.1","=cmd()"\n',
    ],
    ids=["plain", "semicolons, byte-order mark, grouping", "tabs and minor units", "quotes and a column too many"],
)
def test_a_file_is_read_as_people_write_it(text: str, tmp_path: Path) -> None:
    assert quotas(tmp_path, text) == [110_000]


def test_a_comma_divides_decimals_when_that_is_said(tmp_path: Path) -> None:
    assert quotas(tmp_path, "holder;base;growth\nrita;1.000,50;0,1\n", mark=",") == [110_055]


def test_a_comma_is_not_guessed_to_divide_decimals(tmp_path: Path) -> None:
    (tmp_path / "bases.csv").write_text("holder;base;growth\nrita;1000,5;0,1\n", encoding="utf-8")
    found = computed("historic-quota", [tmp_path / "bases.csv"], ADDED)
    assert [(one.row, one.column) for one in found.findings] == [(2, "base"), (2, "growth")]


def test_a_unit_without_digits_keeps_whole_numbers(tmp_path: Path) -> None:
    assert quotas(tmp_path, BASES, unit="JPY") == [1100]


def test_parquet_and_folders_are_read(tmp_path: Path) -> None:
    pl.DataFrame({"holder": ["rita"], "base": [1000.0], "growth": [0.1]}).write_parquet(tmp_path / "bases.parquet")
    assert computed("historic-quota", [tmp_path], ADDED).tables["quotas"]["quota_minor"].to_list() == [110_000]


def test_a_file_of_any_name_goes_to_the_input_whose_columns_it_has(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("node,parent,weight\nco,,\nrita,co,1\nsam,co,1\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("node,starts_on,factor\nsam,2025-01-01,0\n", encoding="utf-8")
    asked = {"goal": "120", "year": "2025"}
    found = computed("cascade", [tmp_path / "a.csv", tmp_path / "b.csv"], asked, unit="count")
    rows = found.tables["cells"].rows(named=True)
    assert next(row["amount_minor"] for row in rows if row["node_id"] == "sam") == 0
    assert found.summary["n_rows_read"] == {"nodes": 3, "factors": 1}


def test_other_files_of_a_folder_are_left_aside(tmp_path: Path) -> None:
    (tmp_path / "bases.csv").write_text(BASES, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("nothing to see here\n", encoding="utf-8")
    (tmp_path / "pins.csv").write_text("node,amount\nrita,1\n", encoding="utf-8")
    found = computed("historic-quota", [tmp_path], ADDED)
    assert found.tables["quotas"]["quota_minor"].to_list() == [110_000]
    assert {(one.file, one.rule) for one in found.findings} == {
        ("notes.txt", "no_template"),
        ("pins.csv", "no_template"),
    }


def test_a_file_that_could_be_either_is_asked_about(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("row,column,amount\nx,y,1\n", encoding="utf-8")
    with pytest.raises(Refusal, match="could be any of columns, rows"):
        computed("two-margins", [tmp_path / "a.csv"], {})


def test_an_input_can_be_said_in_front_of_the_path(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("row,column,weight,amount\na,b,1,5\n", encoding="utf-8")
    files = [f"{name}={tmp_path / 'x.csv'}" for name in ("seed", "rows", "columns")]
    assert computed("two-margins", files, {}, unit="count").tables["cells"]["amount_minor"].to_list() == [5]


def test_several_files_of_one_input_are_one_under_the_other_and_none_counts_twice(tmp_path: Path) -> None:
    for name, text in (("east", "rita,1\nsam,2\n"), ("west", "zoe,4\n"), ("copy", "rita,1\n")):
        (tmp_path / f"{name}.csv").write_text("holder,quota\n" + text, encoding="utf-8")
    files = [tmp_path / f"{name}.csv" for name in ("east", "west", "copy")]
    assert computed("break-even", files[:2], {"goal": "7"}).summary["figures"]["assigned_minor"] == 700
    found = computed("break-even", files, {"goal": "7"}, despite_findings=True)
    assert found.summary["figures"]["assigned_minor"] == 700
    assert [(one.file, one.rule, one.severity) for one in found.findings] == [("copy.csv", "duplicate_key", "error")]


def test_wrong_rows_are_left_out_only_when_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "bases.csv").write_text(BASES + "sam,much,0.1\n", encoding="utf-8")
    assert computed("historic-quota", [tmp_path], ADDED).says == ""
    found = computed("historic-quota", [tmp_path], ADDED, despite_findings=True)
    assert found.tables["quotas"]["holder_id"].to_list() == ["rita"]
    assert found.summary["findings"][0]["row"] == 3


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        computed("historic-quota", [tmp_path / "nowhere.csv"], ADDED)
    assert refused.value.rule == "file_not_found"


def test_an_unknown_function_and_an_unknown_option_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="no function 'fair_shares'; there is fair-share"):
        computed("fair_shares", [], {})
    with pytest.raises(Refusal, match="has no option relief_rulez"):
        computed("historic-quota", [tmp_path], {"relief_rulez": "additive"})


def test_a_plan_that_was_written_can_be_amended(tmp_path: Path) -> None:
    paths, _ = example_written("cascade", tmp_path / "in")
    made = computed("cascade", paths, {"goal": "120", "year": "2025", "hedge": "0.1"})
    written(tmp_path / "plan", made, "parquet")
    (tmp_path / "nodes.csv").write_text("node,parent,weight\ncompany,,\nrita,company,1\n", encoding="utf-8")
    asked = {"effective_on": "2025-07-01", "running": "open", "hedge": "0.1"}
    files = [tmp_path / "plan" / "cells.parquet", tmp_path / "nodes.csv"]
    amended = computed("amendment", files, asked)
    rows = amended.tables["cells"].rows(named=True)
    plan = [row["amount_minor"] for row in rows if (row["layer"], row["node_id"]) == ("plan", "company")]
    assert sum(plan) == 12_000
    assert amended.says.endswith("every sum is exact.")
    changed = amended.tables["amendment"].rows(named=True)
    assert {row["node_id"] for row in changed if row["layer"] == "plan"} == {"rita", "sam"}


def test_results_are_written_beside_a_summary_that_says_what_was_asked(tmp_path: Path) -> None:
    paths, command = example_written("historic-quota", tmp_path / "in")
    found = computed("historic-quota", paths, ADDED | {"growth_max": "0.25"})
    written(tmp_path / "out", found, "csv")
    with (tmp_path / "out" / "quotas.csv").open(encoding="utf-8") as file:
        assert next(csv.DictReader(file)) == {"holder_id": "rita", "quota_minor": "108000"}
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["options"] == {"relief_rule": "additive", "growth_max": "0.25"}
    assert summary["says"] == "2 quotas come to 3,180.00 USD; relief is additive."
    assert "--relief-rule additive" in command


def test_an_example_overwrites_nothing(tmp_path: Path) -> None:
    example_written("spread", tmp_path)
    with pytest.raises(Refusal, match=r"is in .* already"):
        example_written("spread", tmp_path)


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    rows = [f"a{at},t{at % 7},{at * 37 % 101}" for at in range(300)]
    found = []
    for seed in (1, 2):
        random.Random(seed).shuffle(rows)  # noqa: S311  an order, no secret
        (tmp_path / "accounts.csv").write_text(
            "account,territory,potential\n" + "\n".join(rows) + "\n", encoding="utf-8"
        )
        asked = {"measure": "potential", "within": "0.02", "most_moves": "0.1"}
        found.append(computed("territory-balance", [tmp_path / "accounts.csv"], asked).summary["rows_hash"])
    assert found[0] == found[1]
