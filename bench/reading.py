"""Reading 1,000,000 activities from CSV: rows a second to text and to typed rows, beside Python's csv, and the peak.

Run: python bench/reading.py [rows]. The peak counts the interpreter and its libraries, not the making of the file.
"""

from __future__ import annotations

import csv
import datetime as dt
import resource
import sys
import tempfile
import time
from pathlib import Path

from quarterdeck.connectors.files import iter_mapped, raw_tables, read_files

KINDS = ("call", "email", "meeting", "demo", "proposal", "other")
HEADER = "activity,kind,person,happened_on,account,opportunity,minutes,outcome,subject\n"


def activities(path: Path, n_rows: int) -> None:
    """A file of invented activities; every tenth subject is quoted and holds a comma."""
    with path.open("w", encoding="utf-8") as out:
        out.write(HEADER)
        for at in range(n_rows):
            subject = '"Call, again"' if at % 10 == 0 else "First call"
            day = f"2025-{at % 12 + 1:02}-{at % 28 + 1:02}"
            who = f"rep-{at % 500},{day},a-{at % 20000},d-{at % 100000}"
            out.write(f"t-{at},{KINDS[at % 6]},{who},{at % 60},reached,{subject}\n")


def main(n_rows: int) -> None:
    """Print rows a second and the peak."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "activities.csv"
        activities(path, n_rows)
        start = time.perf_counter()
        height = raw_tables([path])[0].frame.height
        text_seconds = time.perf_counter() - start
        start = time.perf_counter()
        reading = read_files([path], as_of=dt.date(2026, 1, 1))
        n_mapped = sum(chunk.frame.height for chunk in iter_mapped(reading))
        seconds = time.perf_counter() - start
        start = time.perf_counter()
        with path.open(newline="", encoding="utf-8") as file:
            n_least = sum(1 for _ in csv.reader(file)) - 1
        least = time.perf_counter() - start
    assert height == n_mapped == n_least == n_rows
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"reading.text    {n_rows / text_seconds:12,.0f} rows/s   ratio {text_seconds / least:5.2f}")
    print(f"reading.mapped  {n_rows / seconds:12,.0f} rows/s   ratio {seconds / least:5.2f}")
    print(f"csv alone       {n_rows / least:12,.0f} rows/s   reference")
    print(f"reading.peak    {peak:12,.0f} MiB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
