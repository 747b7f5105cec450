"""`quarterdeck compute plan`: what is listed, what a function's help shows, what is printed, written and refused."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from quarterdeck.faces.cli.main import app
from quarterdeck.faces.cli.planning import help_of
from quarterdeck.services.compute.planning import FUNCTIONS
from quarterdeck.terms.errors import Refusal

AS_INSTALLED = str(Path(__file__).resolve().parents[2] / "as_installed")
WIDE = {"COLUMNS": "200", "TERMINAL_WIDTH": "200"}


def said(*words: object) -> str:
    result = CliRunner().invoke(app, ["compute", "plan", *map(str, words)], catch_exceptions=False, env=WIDE)
    assert result.exit_code == 0, result.output
    return result.output


def test_every_function_is_listed_with_a_line() -> None:
    listed = said("--help")
    assert [name for name in FUNCTIONS if f" {name} " not in listed] == []


@pytest.mark.parametrize("name", ["historic-quota", "territory-balance", "goal-path"])
def test_help_shows_options_with_their_conventions_and_an_example(name: str) -> None:
    shown = said(name, "--help")
    assert [option.flag for option in FUNCTIONS[name].options if option.flag not in shown] == []
    assert f"quarterdeck compute plan {name}" in shown
    assert [word for option in FUNCTIONS[name].options for word in option.choices if word not in shown] == []


def test_help_names_every_column_that_is_read() -> None:
    for function in FUNCTIONS.values():
        told = help_of(function)
        columns = [column.name.removesuffix("_minor").removesuffix("_id") for each in function.inputs
            for column in each.table.columns]  # fmt: skip
        assert [name for name in columns if f"  {name} " not in told] == []


def test_the_example_in_the_help_is_the_one_that_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    told = said("prorate-days", "--example", folder)
    shown = said(*told.strip().splitlines()[-1].split()[3:])
    assert "469,041.10 USD of 800,000.00 USD" in shown
    assert "2019-06-01" in (folder / "stretches.csv").read_text(encoding="utf-8")


def test_tables_and_a_summary_are_written(tmp_path: Path) -> None:
    said("spread", "--example", tmp_path)
    told = said("spread", tmp_path / "parts.csv", "--total", "120", "--format", "parquet", "--out", tmp_path / "out")
    assert "2 files written" in told
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"parts.parquet", "summary.json"}
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["figures"] == {"total_minor": 12_000}


def test_amounts_are_shown_in_the_unit_that_people_say(tmp_path: Path) -> None:
    said("cagr", "--example", tmp_path)
    (tmp_path / "assigned.csv").write_text("holder,quota\nrita,92233720368547758.07\n", encoding="utf-8")
    shown = said("break-even", tmp_path / "assigned.csv", "--goal", "92233720368547758.07")
    assert shown.count("92,233,720,368,547,758.07") == 3


def test_a_mark_that_divides_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="divides no decimals"):
        said("spread", tmp_path, "--total", "1", "--decimal-mark", ":")


def test_a_wrong_file_is_told_by_row_and_column_with_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / "bases.csv").write_text("holder,base,growth\nrita,much,0.1\n", encoding="utf-8")
    words = ["compute", "plan", "historic-quota", str(tmp_path / "bases.csv"), "--relief-rule", "additive"]
    script = f"import sys; sys.argv[1:] = {words!r}; from quarterdeck.faces.cli.main import run; run()"
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": AS_INSTALLED, "COLUMNS": "200"}
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=False, env=env
    )
    assert done.returncode == 2, done.stderr
    [told] = [line.split() for line in done.stdout.splitlines() if line.startswith("error")]
    assert told[:7] == ["error", "unreadable_amount", "bases.csv", "2", "base", "much", "1"]
    assert "Why:  1 finding is an error" in done.stderr
