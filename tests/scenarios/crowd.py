"""Run by tests in a process of its own, against a data directory (or a database) of its own; answers on stdout.

crowd.py prepare            migrate and import a company
crowd.py import SEED        three times import facts that other seeds import too, with other values
crowd.py undo SEED          the same once, and then undone
crowd.py log N              log N activities by hand, each taking its turn
crowd.py backup FILE BYTES  write a backup while no file may grow beyond BYTES
crowd.py torn FILE          write a backup while another connection imports; print its batches and activities
crowd.py full BYTES         import while no file may grow beyond BYTES
crowd.py tell               activities by hand, current rows that share a key, totals that are wrong, batches half done
"""

from __future__ import annotations

import resource
import sys
from dataclasses import replace
from pathlib import Path
from random import Random
from threading import Thread
from zipfile import ZipFile

import django

django.setup()

from django.conf import settings  # noqa: E402  Django is set up by now
from django.core.management import call_command  # noqa: E402  Django is set up by now
from django.db.models import Count  # noqa: E402  Django is set up by now

from quarterdeck.records.models import Activity, Batch, Booking, OpportunityVersion, Person  # noqa: E402  as above
from quarterdeck.services.backups import backup_made  # noqa: E402  Django is set up by now
from quarterdeck.services.facts import activity_logged  # noqa: E402  Django is set up by now
from quarterdeck.services.imports import batch_undone  # noqa: E402  Django is set up by now
from quarterdeck.services.totals import totals_differences  # noqa: E402  Django is set up by now
from quarterdeck.terms.errors import Refusal  # noqa: E402  Django is set up by now
from small_files import COMPANY, SYSTEM, applied, csv  # noqa: E402  Django is set up by now

N_KEYS = 400


def answered(words: object) -> None:
    print(words, flush=True)  # noqa: T201  its answer to the test


def files(seed: int) -> list[tuple[str, bytes]]:
    """Facts of which any two seeds share half the keys and few values."""
    rng = Random(seed)  # noqa: S311  no secret
    keys = [rng.randrange(N_KEYS) for _ in range(N_KEYS)]
    people, stages = ("rita", "sam"), ("Qualify", "Proposal", "Won", "Lost")
    done = [f"t-{key},{rng.choice(('call', 'demo'))},{rng.choice(people)},2025-0{rng.randint(1, 5)}-03" for key in keys]
    sold = [f"b-{key},{rng.choice(people)},a-1,2025-0{rng.randint(1, 5)}-04,{rng.randint(1, 999)}" for key in keys]
    days = [f"2025-01-02,2025-03-0{rng.randint(1, 9)}" for _ in range(100)]
    deals = [f"d-{key},{rng.choice(people)},a-2,{rng.choice(stages)},{rng.randint(1, 99)},{span}"
        for key, span in zip(keys, days, strict=False)]  # fmt: skip
    return [
        csv("activities", "activity,kind,person,happened_on", *done),
        csv("bookings", "booking,person,account,booked_on,amount", *sold),
        csv("opportunities", "opportunity,owner,account,stage,amount,opened_on,closed_on", *deals),
    ]


def prepare() -> None:
    call_command("migrate", verbosity=0)
    applied(*COMPANY)


def import_(seed: str) -> None:
    for again in range(3):
        applied(*files(int(seed) + 10 * again))


def undo(seed: str) -> None:
    try:
        batch_undone(SYSTEM, applied(*files(int(seed))))
    except Refusal as refusal:
        answered(refusal.rule)


def log(n_times: str) -> None:
    rita = Person.objects.get(code="rita").pk
    for at in range(int(n_times)):
        activity_logged(replace(SYSTEM), kind="call", person=rita, happened_on=SYSTEM.today, subject=f"Call {at}")


def backup(target: str, n_bytes: str) -> None:
    _no_file_beyond(n_bytes)
    try:
        backup_made(SYSTEM, Path(target), Path(settings.MEDIA_ROOT), lambda *_: None)
    except Refusal as refusal:
        answered(refusal.rule)


def torn(target: str) -> None:
    late = [Thread(target=import_, args=["1"])]

    def progress(*_: object) -> None:
        while late:
            importer = late.pop()
            importer.start()
            importer.join()

    backup_made(SYSTEM, Path(target), Path(settings.MEDIA_ROOT), progress)
    with ZipFile(target) as archive:
        answered([len(archive.read(f"rows/{name}.jsonl").splitlines()) for name in ("batch", "activity", "total")])


def full(n_bytes: str) -> None:
    _no_file_beyond(n_bytes)
    try:
        import_("1")
    except Refusal as refusal:
        answered(refusal.rule)


def _no_file_beyond(n_bytes: str) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(n_bytes), int(n_bytes)))


def tell() -> None:
    keyed = [
        model.current.values("source_system", "source_id").annotate(n=Count("pk")).filter(n__gt=1).count()
        for model in (Activity, Booking, OpportunityVersion)
    ]
    by_hand = Activity.current.filter(subject__startswith="Call ").count()
    half_done = Batch.objects.exclude(status__in=["applied", "undone", "uploaded"]).count()
    answered(f"{by_hand} {sum(keyed)} {totals_differences().height} {half_done}")


if __name__ == "__main__":
    {
        "prepare": prepare,
        "import": import_,
        "undo": undo,
        "log": log,
        "backup": backup,
        "torn": torn,
        "full": full,
        "tell": tell,
    }[sys.argv[1]](*sys.argv[2:])
