"""Many writers at once, and a disk that takes no more: real processes, a real file or a real server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from browsing import with_tables

CROWD = Path(__file__).with_name("crowd.py")
URL = os.environ.get("QUARTERDECK_DATABASE_URL", "")
ROOM = 40_000
"""Bytes: enough for what SQLite maps to memory, too little for the backup."""

Run = Callable[..., "subprocess.Popen[str]"]

pytestmark = pytest.mark.database


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Start crowd.py in a place of its own: a directory for SQLite, a new database on the server for PostgreSQL."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "settings_for_tests", "PYTHONPATH": str(CROWD.parents[1]),
        "QUARTERDECK_DATA_DIR": str(tmp_path / "data"),
    }  # fmt: skip
    (tmp_path / "data").mkdir()
    if URL:
        _sql("DROP DATABASE IF EXISTS crowd WITH (FORCE)")
        _sql("CREATE DATABASE crowd")
        environment["QUARTERDECK_DATABASE_URL"] = URL.rpartition("/")[0] + "/crowd"
    else:
        with_tables(tmp_path / "data")
    started: list[subprocess.Popen[str]] = []

    def start(*words: object) -> subprocess.Popen[str]:
        command = [sys.executable, str(CROWD), *map(str, words)]
        started.append(
            subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603  our own script and arguments
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()
    if URL:
        _sql("DROP DATABASE IF EXISTS crowd WITH (FORCE)")


def _sql(text: str) -> None:
    with psycopg.connect(URL, autocommit=True) as connection:
        connection.execute(text)


def told(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=200)
    assert process.returncode == 0, err[-2_000:]
    return out.strip()


def test_no_update_is_lost_when_many_write_the_same_facts_at_once(run: Run) -> None:
    told(run("prepare"))
    crowd = [run("import", 1), run("import", 2), run("log", 12), run("log", 12), run("undo", 3)]
    answers = [told(one) for one in crowd]
    assert answers[:4] == [""] * 4
    assert answers[4] in {"", "built_upon"}
    assert told(run("tell")) == "24 0 0 0"


@pytest.mark.skipif(bool(URL), reason="a server's files are not the client's to limit")
def test_a_disk_that_takes_no_more_leaves_nothing_half_written(run: Run, tmp_path: Path) -> None:
    told(run("prepare"))
    size = (tmp_path / "data" / "quarterdeck.sqlite3").stat().st_size
    assert told(run("full", size + 40_000)) == "disk"
    assert told(run("tell")) == "0 0 0 0"
    told(run("import", 1))
    assert told(run("tell")) == "0 0 0 0"


def test_a_backup_that_finds_no_room_is_refused_and_leaves_no_part_of_itself(run: Run, tmp_path: Path) -> None:
    told(run("prepare"))
    told(run("import", 1))
    target = tmp_path / "backup.zip"
    assert told(run("backup", target, ROOM)) == "disk"
    assert list(tmp_path.glob("backup*")) == []
    assert told(run("backup", target, 10_000_000)) == ""
    assert target.stat().st_size > ROOM


@pytest.mark.skipif(not URL, reason="on SQLite a backup has its turn as every writer has")
def test_a_backup_sees_nothing_of_what_is_written_meanwhile(run: Run, tmp_path: Path) -> None:
    told(run("prepare"))
    assert told(run("torn", tmp_path / "backup.zip")) == "[1, 0, 0]"
    assert told(run("tell")) == "0 0 0 0"
