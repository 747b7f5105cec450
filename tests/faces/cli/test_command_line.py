"""The command line as an operator meets it: processes of their own, a data directory of their own."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from browsing import with_tables

MAVEN = sorted((Path(__file__).resolve().parents[4] / "shared" / "data" / "maven_crm").glob("*.csv"))
OURS = {"QUARTERDECK_DATABASE_URL", "DJANGO_SETTINGS_MODULE", "QUARTERDECK_DATA_DIR"}
AS_INSTALLED = str(Path(__file__).resolve().parents[2] / "as_installed")
RUN = "from quarterdeck.faces.cli.main import run; run()"


def quarterdeck(*words: object, data: Path | None = None, code: int = 0) -> str:
    """Run a command, hold its exit code against what is expected, and return what it said."""
    env = {name: value for name, value in os.environ.items() if name not in OURS}
    env |= {"COLUMNS": "200", "PYTHONPATH": AS_INSTALLED} | ({"QUARTERDECK_DATA_DIR": str(data)} if data else {})
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-W", "ignore", "-c", RUN, *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env=env,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def dumped(data: Path, tables: tuple[str, ...]) -> dict[str, list[tuple[object, ...]]]:
    import sqlite3  # noqa: PLC0415  only this helper looks behind the product's back

    with sqlite3.connect(data / "quarterdeck.sqlite3") as connection:
        return {table: connection.execute(f'SELECT * FROM "{table}" ORDER BY 1').fetchall() for table in tables}


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data")
    quarterdeck("import", *MAVEN, "--preset", "maven", "--as-of", "2017-12-31", data=data)
    return data


def test_help_answers_without_loading_the_heavy_parts() -> None:
    script = (
        "import sys; from typer.testing import CliRunner; from quarterdeck.faces.cli.main import app;"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0;"
        "print([name for name in ('django', 'polars', 'numpy', 'narwhals', 'uvicorn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == "[]"


def test_compute_runs_without_django(tmp_path: Path) -> None:
    words = [
        "compute",
        "metrics",
        *map(str, MAVEN),
        "--preset",
        "maven",
        "--as-of",
        "2017-12-31",
        "--metric",
        "win_rate",
    ]
    words += ["--from", "2017-01-01", "--out", str(tmp_path)]
    script = (
        "import sys; from quarterdeck.faces.cli.main import app; from typer.testing import CliRunner;"
        f"found = CliRunner().invoke(app, {words!r}, catch_exceptions=False); assert found.exit_code == 0;"
        "print('django' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == "False"
    rows = {row["holder_id"]: float(row["value"]) for row in csv.DictReader((tmp_path / "metrics.csv").open())}
    assert {name: round(rows[f"region:{name}"], 3) for name in ("west", "east", "central")} == {
        "west": 0.639,
        "east": 0.630,
        "central": 0.626,
    }


def test_compute_cascade_sums_to_the_goal_at_every_level(tmp_path: Path) -> None:
    goal = ("--metric", "won_amount", "--year", 2018, "--goal", "12,000,000")
    quarterdeck("compute", "cascade", *MAVEN, "--preset", "maven", *goal, "--out", tmp_path)
    cells = json.loads((tmp_path / "cascade.json").read_text())
    assert sum(cell["amount"] for cell in cells if cell["node_id"] == "team:company") == 1_200_000_000
    for month in {cell["starts_on"] for cell in cells}:
        of_month = [cell for cell in cells if cell["starts_on"] == month]
        amounts = {cell["node_id"]: cell["amount"] for cell in of_month}
        children: dict[str, int] = {}
        for cell in of_month:
            if cell["parent_id"]:
                children[cell["parent_id"]] = children.get(cell["parent_id"], 0) + cell["amount"]
        assert children == {node: amounts[node] for node in children}


def test_compute_actions_says_what_to_do_today(tmp_path: Path) -> None:
    files = {
        "people.csv": "person,name,hat,team\nrita,Rita,rep,east\nraj,Raj,rep,east\n",
        "opportunities.csv": "opportunity,owner,stage,amount,opened_on,closed_on,close_on\n"
        + "".join(f"w{at},rita,Won,1000,2025-01-0{at + 1},2025-02-0{at + 1},\n" for at in range(4))
        + "o1,rita,Proposal,5000,2025-02-01,,2025-03-01\n",
        "activities.csv": "activity,kind,person,happened_on\n"
        + "".join(f"p{at},proposal,rita,2025-02-{at + 1:02}\n" for at in range(8)),
        "targets.csv": "holder,metric,period_kind,starts_on,amount\nrita,won_amount,month,2025-03-01,10000\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    out = tmp_path / "out"
    quarterdeck("compute", "actions", tmp_path, "--metric", "won_amount", "--as-of", "2025-03-18", "--out", out)
    todo = {row["kind"]: row for row in json.loads((out / "actions.json").read_text())}
    assert {row["person_id"] for row in todo.values()} == {"rita"}
    # 10,000 remain at 1,000 a deal: 10 deals; 4 of 8 proposals won: 20 proposals over the 10 working days from the 18th
    assert todo["proposal"]["needed_total"] == 20
    assert todo["proposal"]["needed_today"] == 2
    deals = json.loads((out / "deals.json").read_text())
    assert [deal["opportunity_id"] for deal in deals] == ["o1"]
    assert "close date passed 17 days ago" in deals[0]["reasons"]


def test_a_refusal_is_told_in_three_lines_with_exit_code_2(tmp_path: Path) -> None:
    said = quarterdeck("import", *MAVEN, "--preset", "nonsense", data=tmp_path, code=2)
    assert "There is no preset 'nonsense'." in said
    assert "Why:" in said
    assert "Next:" in said
    assert "Traceback" not in said


def test_a_dry_run_writes_no_fact(tmp_path: Path) -> None:
    with_tables(tmp_path)
    said = quarterdeck("import", *MAVEN, "--preset", "maven", "--dry-run", data=tmp_path)
    assert "8,800" in said
    assert "Nothing was written" in said
    assert dumped(tmp_path, ("opportunity", "person", "total")) == {"opportunity": [], "person": [], "total": []}


def test_findings_can_be_kept_as_a_file(imported: Path, tmp_path: Path) -> None:
    kept = tmp_path / "findings.csv"
    quarterdeck("import", *MAVEN, "--preset", "maven", "--dry-run", "--findings-to", kept, data=imported)
    rows = list(csv.DictReader(kept.open()))
    assert [row["n_rows"] for row in rows if row["value"] == "GTXPro"] == ["1480"]


def test_a_backup_restored_elsewhere_is_the_same_company(imported: Path, tmp_path: Path) -> None:
    tables = (
        "person",
        "team",
        "seat",
        "account",
        "opportunity",
        "opportunity_version",
        "opportunity_state",
        "total",
        "batch",
    )
    quarterdeck("backup", tmp_path / "copy.zip", data=imported)
    quarterdeck("restore", tmp_path / "copy.zip", data=tmp_path / "elsewhere")
    assert dumped(tmp_path / "elsewhere", tables) == dumped(imported, tables)


def test_a_backup_is_not_restored_over_data_nor_when_damaged(imported: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.zip"
    quarterdeck("backup", copy, data=imported)
    assert "not empty" in quarterdeck("restore", copy, data=imported, code=2)
    assert "exists already" in quarterdeck("backup", copy, data=imported, code=2)
    copy.write_bytes(copy.read_bytes()[:-400])
    said = quarterdeck("restore", copy, data=tmp_path / "new", code=2)
    assert "not a backup" in said
    assert dumped(tmp_path / "new", ("person",)) == {"person": []}


def test_the_first_user_is_made_on_the_command_line(tmp_path: Path) -> None:
    quarterdeck("user", "add", "olga@example.com", "--password", "a long passphrase", "--name", "Olga", data=tmp_path)
    assert "olga@example.com" in quarterdeck("user", "list", data=tmp_path)
    assert "is a user already" in quarterdeck(
        "user", "add", "olga@example.com", "--password", "a long passphrase", data=tmp_path, code=2
    )
    assert "The password" in quarterdeck(
        "user", "password", "olga@example.com", "--password", "short", data=tmp_path, code=2
    )
    quarterdeck("user", "deactivate", "olga@example.com", data=tmp_path)
    assert "no" in quarterdeck("user", "list", data=tmp_path)


def test_doctor_finds_totals_that_differ_and_rebuild_mends_them(imported: Path) -> None:
    import sqlite3  # noqa: PLC0415  the damage is done behind the product's back

    assert "fail" not in quarterdeck("doctor", data=imported).replace("failed", "")
    with sqlite3.connect(imported / "quarterdeck.sqlite3") as connection:
        connection.execute("UPDATE total SET n = n + 1 WHERE measure = 'opportunity_won'")
    assert "differ from the facts" in quarterdeck("doctor", data=imported, code=1)
    quarterdeck("rebuild", data=imported)
    assert "agree with the facts" in quarterdeck("doctor", data=imported)


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with_tables(tmp_path)
    import socket  # noqa: PLC0415  only here

    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = quarterdeck("serve", "--port", taken.getsockname()[1], data=tmp_path, code=2)
    assert "is taken" in said
