"""Import 1,000,000 activities from a CSV file into SQLite, end to end, beside the least that anything could do.

The reference reads the same file with Python's csv and inserts it with executemany into a table with the same columns
and indexes: no types, no references, no versions, no totals, no undo. Prints rows a second, peak memory and the ratio.

python bench/import_activities.py [ROWS]
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

AS_OF = dt.date(2026, 11, 24)
N_REPS = 500
WANTED_RATE, MAX_PEAK_MIB, MAX_RATIO = 20_000, 1024, 6.0
"""The rate holds on a machine that is otherwise idle; the ratio on any."""


def files(folder: Path, n_rows: int) -> None:
    """A large world's nouns, and its activities as one file."""
    from quarterdeck.connectors.worlds import large_world, world_files  # noqa: PLC0415  the reference needs nothing of ours

    world = large_world(seed=1, ends_on=AS_OF, n_reps=N_REPS, n_deals=10_000, n_activities=n_rows)
    nouns = {
        name: world.frames[name] for name in ("teams", "people", "territories", "products", "accounts", "opportunities")
    }
    world_files(nouns, folder / "nouns", activities=())
    world_files({}, folder / "facts", activities=world.activities)


def imported(folder: Path) -> None:
    """Import nouns, then activities; print seconds, rows and the peak of memory of the second."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "quarterdeck.config.settings",
        "QUARTERDECK_DATA_DIR": str(folder / "data"),
    }
    import django  # noqa: PLC0415  the reference needs nothing of ours
    from django.core.management import call_command  # noqa: PLC0415  the reference needs nothing of ours

    django.setup()
    call_command("migrate", verbosity=0)
    from quarterdeck.services.actor import Actor  # noqa: PLC0415  the reference needs nothing of ours
    from quarterdeck.services.imports import batch_applied, batch_created  # noqa: PLC0415  the reference needs nothing of ours

    actor = Actor(now=dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC))
    nouns = [path for path in sorted((folder / "nouns").glob("*.csv")) if path.stem != "activities"]
    batch_applied(actor, batch_created(actor, nouns))
    start = time.perf_counter()
    batch = batch_applied(actor, batch_created(actor, [folder / "facts" / "activities.csv"]))
    seconds = time.perf_counter() - start
    unit = 1024**2 if sys.platform == "darwin" else 1024
    print(seconds, batch.counts["activities"]["new"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)


def reference(folder: Path) -> tuple[float, int]:
    """The same rows by csv and executemany, with the importer's columns and indexes."""
    connection = sqlite3.connect(folder / "reference.sqlite3")
    connection.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;"
        "CREATE TABLE activity (id INTEGER PRIMARY KEY AUTOINCREMENT, source_system, source_id, batch_id, known_at,"
        " superseded_at,"
        " kind, person, happened_on, account, opportunity, minutes, outcome, subject);"
        "CREATE UNIQUE INDEX one ON activity (source_system, source_id) WHERE superseded_at IS NULL;"
        "CREATE INDEX by_person ON activity (person, happened_on, kind); CREATE INDEX by_day ON activity (happened_on);"
        "CREATE INDEX by_account ON activity (account); CREATE INDEX by_deal ON activity (opportunity);"
        "CREATE INDEX by_batch ON activity (batch_id);"
    )
    start = time.perf_counter()
    with (folder / "facts" / "activities.csv").open(newline="") as file, connection:
        rows = csv.reader(file)
        next(rows)
        connection.executemany(
            "INSERT INTO activity (source_system, batch_id, known_at, source_id, kind, person, happened_on, account,"
            " opportunity, minutes, outcome, subject) VALUES ('files', 1, '2026-11-24', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
    seconds = time.perf_counter() - start
    n_rows: int = connection.execute("SELECT count(*) FROM activity").fetchone()[0]
    return seconds, n_rows


def _words(text: str) -> Iterator[float]:
    return (float(word) for word in text.split())


def main() -> None:
    """Make the files, run both sides, print and check."""
    n_rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        files(folder, n_rows)
        own = subprocess.run([sys.executable, __file__, "--import", home], check=True, capture_output=True, text=True)  # noqa: S603  our own script and arguments
        seconds, n_new, peak = _words(own.stdout.splitlines()[-1])
        least, n_least = reference(folder)
        assert n_new == n_least, (n_new, n_least)
        rate = n_new / seconds
        verdict = "meets" if rate >= WANTED_RATE else "misses"
        print(
            f"{n_new:,.0f} activities in {seconds:.1f} s: {rate:,.0f} rows/s, {verdict} {WANTED_RATE:,}; "
            f"peak {peak:,.0f} MiB"
        )
        print(f"csv + executemany: {least:.1f} s; ratio {seconds / least:.2f}")
        assert seconds / least <= MAX_RATIO, f"more than {MAX_RATIO} times the least"
        assert peak < MAX_PEAK_MIB, f"more than {MAX_PEAK_MIB} MiB"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--import"]:
        imported(Path(sys.argv[2]))
    else:
        main()
