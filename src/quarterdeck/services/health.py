"""What `quarterdeck doctor` looks at: each check says what it found and, when something is wrong, what to do."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from quarterdeck.records.models import Batch, Opportunity, OpportunityState, OpportunityVersion
from quarterdeck.services import totals

if TYPE_CHECKING:
    from collections.abc import Callable

    from quarterdeck.services.actor import Actor

State = Literal["ok", "warn", "fail"]
LITTLE_SPACE: Final = 1 << 30
OPEN_TO_OTHERS: Final = 0o077


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    state: State
    found: str
    remedy: str = ""


def checks(actor: Actor) -> list[Check]:  # noqa: ARG001  every service is asked by somebody
    """All checks in order; those that read tables are left out when the database or its tables are not there."""
    first = [_database(), _secret_key(), _space(), _assets()]
    if first[0].state == "fail":
        return first
    tables = _tables()
    if tables.state == "fail":
        return [*first, tables]
    readings: tuple[Callable[[], Check], ...] = (_totals, _states, _batches)
    return [*first, tables, *(reading() for reading in readings)]


def _database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Check("database", "fail", str(error), "Check QUARTERDECK_DATABASE_URL and that the server runs.")
    return Check("database", "ok", connection.vendor)


def _tables() -> Check:
    executor = MigrationExecutor(connection)
    if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return Check("tables", "fail", f"{len(plan)} changes are missing", "Run `quarterdeck migrate`.")
    return Check("tables", "ok", "up to date")


def _secret_key() -> Check:
    path = Path(settings.DATA_DIR) / "secret-key"
    if path.exists() and path.stat().st_mode & OPEN_TO_OTHERS:
        return Check("secret key", "fail", "others on this machine can read it", f"Run `chmod 600 {path}`.")
    return Check("secret key", "ok", "its owner's only" if path.exists() else "from the environment")


def _space() -> Check:
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < LITTLE_SPACE:
        return Check(
            "disk", "warn", f"{free >> 20} MiB free", "Make room: an import needs about twice its file's size."
        )
    return Check("disk", "ok", f"{free >> 30} GiB free")


def _assets() -> Check:
    if finders.find("built/app.css"):
        return Check("pages", "ok", "styles and scripts are built")
    return Check(
        "pages", "fail", "styles and scripts are missing", "Run `make demo` once, or `npm ci && npm run build`."
    )


def _totals() -> Check:
    wrong = totals.totals_differences()
    if len(wrong):
        return Check("totals", "fail", f"{len(wrong)} stored sums differ from the facts", "Run `quarterdeck rebuild`.")
    return Check("totals", "ok", "agree with the facts")


def _states() -> Check:
    with_facts = OpportunityVersion.current.values("opportunity_id")
    n_lost = (
        Opportunity.visible.filter(pk__in=with_facts)
        .exclude(pk__in=OpportunityState.objects.values("opportunity_id"))
        .count()
    )
    if n_lost:
        remedy = "Undo the batch that brought them and import it again."
        return Check("deal history", "fail", f"{n_lost} deals have no history", remedy)
    return Check("deal history", "ok", "every deal has its history")


def _batches() -> Check:
    stuck = list(Batch.objects.filter(status="applying").values_list("pk", flat=True))
    if stuck:
        numbers = ", ".join(map(str, stuck))
        return Check("imports", "warn", f"batch {numbers} did not finish", "Nothing of it was written; apply it again.")
    return Check("imports", "ok", "none is half done")
