"""Kills and crowds: what a database promises, seen from outside by real processes on a real file or server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from browsing import with_tables

APART = Path(__file__).with_name("apart.py")
TESTS = APART.parents[2]

Run = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Start apart.py in a place of its own: a directory for SQLite, a new database on the server for PostgreSQL."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "settings_for_tests", "PYTHONPATH": str(TESTS), "QUARTERDECK_DATA_DIR": str(tmp_path),
    }  # fmt: skip
    url = os.environ.get("QUARTERDECK_DATABASE_URL", "")
    if url:
        environment["QUARTERDECK_DATABASE_URL"] = _new_database(url)
    else:
        with_tables(tmp_path)
    started: list[subprocess.Popen[str]] = []

    def start(*words: object) -> subprocess.Popen[str]:
        command = [sys.executable, str(APART), *map(str, words)]
        started.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True))  # noqa: S603  our own script and arguments
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
    if url:
        _sql(url, "DROP DATABASE IF EXISTS apart WITH (FORCE)")


def _new_database(url: str) -> str:
    _sql(url, "DROP DATABASE IF EXISTS apart WITH (FORCE)")
    _sql(url, "CREATE DATABASE apart")
    return url.rpartition("/")[0] + "/apart"


def _sql(url: str, text: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(text)


def told(process: subprocess.Popen[str]) -> str:
    return process.communicate(timeout=120)[0].strip()


@pytest.mark.database
def test_a_kill_in_the_middle_leaves_nothing_and_the_batch_can_be_applied_again(run: Run) -> None:
    batch = told(run("prepare"))
    killed = run("apply", batch, 100_000)
    told(killed)
    assert killed.returncode == -9
    assert told(run("tell")) == "uploaded 0 0 0"
    assert told(run("apply", batch)) == ""
    status, n_activities, n_totals, n_wrong = told(run("tell")).split()
    assert (status, n_activities, n_wrong) == ("applied", "101000", "0")
    assert int(n_totals) == 2 * (28 + 1)  # by kind, and of the person


@pytest.mark.database
def test_a_second_writer_waits_for_the_first_and_both_are_right(run: Run) -> None:
    batch = told(run("prepare", 2_000))
    holder = run("hold", 2)
    assert holder.stdout is not None
    assert holder.stdout.readline().strip() == "holding"
    crowd = [run("apply", batch), run("apply", batch)]
    assert [told(one) for one in crowd] == ["", ""]
    assert told(run("tell")) == f"applied 2000 {2 * 29} 0"
