"""Running the house: demo, serve, worker, migrate, backup, restore, doctor."""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.services.actor import Actor

DataDir = Annotated[
    Path | None, typer.Option("--data-dir", envvar="QUARTERDECK_DATA_DIR", help="Where the database and uploads live.")
]
Port = Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)]
Host = Annotated[str, typer.Option(help="The address to listen on; loopback unless a proxy stands in front.")]


def use_data_dir(path: Path) -> None:
    """Make settings look here; must happen before Django is set up."""
    os.environ["QUARTERDECK_DATA_DIR"] = str(path.resolve())


def ready(data_dir: Path | None = None) -> None:
    """Set Django up."""
    if data_dir:
        use_data_dir(data_dir)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quarterdeck.config.settings")
    import django

    django.setup()


def operator() -> Actor:
    """The installer at the machine, now."""
    from quarterdeck.services.actor import Actor

    return Actor(now=dt.datetime.now(dt.UTC))  # noqa: TID251  a face reads the clock


def migrate(data_dir: DataDir = None) -> None:
    """Bring the database's tables up to this version."""
    ready(data_dir)
    from django.conf import settings
    from django.core.management import call_command

    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)


def _checked_port(host: str, port: int) -> None:
    import socket

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refusal(
                "The server was not started.", f"Port {port} is taken.", "Say another with --port.", "port_taken"
            ) from error


def _serve(host: str, port: int) -> None:
    import uvicorn

    # Open desks hold a stream each: without a bound, Ctrl-C would wait minutes for them.
    uvicorn.run(
        "quarterdeck.config.asgi:application", host=host, port=port, log_level="warning", access_log=False,
        timeout_graceful_shutdown=2,
    )  # fmt: skip


def serve(host: Host = "127.0.0.1", port: Port = 8000, data_dir: DataDir = None) -> None:
    """Serve the pages and the API (and, unless QUARTERDECK_WORKER=separate, run queued jobs)."""
    migrate(data_dir)
    _checked_port(host, port)
    typer.echo(f"Quarterdeck listens on http://{host}:{port}/  (Ctrl-C ends it)")
    _serve(host, port)


def demo(
    port: Port = 8000,
    data_dir: Annotated[Path, typer.Option(help="Where the demo company lives; kept between runs.")] = Path("var/demo"),
    scale: Annotated[int, typer.Option(help="How many times the company, in people and facts.", min=1, max=100)] = 1,
    load_only: Annotated[bool, typer.Option("--load-only", help="Load the company, do not serve.")] = False,
) -> None:
    """Load the demo company (once) and serve it on this machine only."""
    migrate(data_dir)
    if not load_only:
        _checked_port("127.0.0.1", port)
    from quarterdeck.faces.cli.show import progress, say, table
    from quarterdeck.services import demo as demo_company

    with progress("Loading the demo company") as moved:
        logins = demo_company.demo_loaded(operator(), scale=scale, progress=moved)
    table("Sign in as", ("email", "password", "hat"), [(login.email, login.password, login.hat) for login in logins])
    if load_only:
        return
    say(f"\nQuarterdeck listens on http://127.0.0.1:{port}/  (Ctrl-C ends it)")
    sys.stdout.flush()
    _serve("127.0.0.1", port)


def worker(data_dir: DataDir = None) -> None:
    """Run queued jobs in a process of their own (with QUARTERDECK_WORKER=separate)."""
    ready(data_dir)
    from django.core.management import call_command

    call_command("db_worker", verbosity=1)


def backup(
    target: Annotated[Path, typer.Argument(help="The ZIP to write; must not exist yet.")], data_dir: DataDir = None
) -> None:
    """Write everything into one file that either database can read."""
    ready(data_dir)
    from django.conf import settings

    from quarterdeck.faces.cli.show import progress, say
    from quarterdeck.services.backups import backup_made

    with progress("Backing up") as moved:
        counts = backup_made(operator(), target, Path(settings.MEDIA_ROOT), moved)
    say(f"{sum(counts.values()):,} rows of {len(counts)} tables written to {target}.")


def restore(
    source: Annotated[Path, typer.Argument(help="A ZIP that `backup` wrote.")], data_dir: DataDir = None
) -> None:
    """Read a backup into an empty data directory or database."""
    migrate(data_dir)
    from django.conf import settings

    from quarterdeck.faces.cli.show import progress, say
    from quarterdeck.services.backups import backup_restored

    with progress("Restoring") as moved:
        counts = backup_restored(operator(), source, Path(settings.MEDIA_ROOT), moved)
    say(f"{sum(counts.values()):,} rows of {len(counts)} tables restored from {source}.")


def doctor(data_dir: DataDir = None) -> None:
    """Look for what is wrong, and say what to do about it; exit code 1 when something is."""
    ready(data_dir)
    from quarterdeck.faces.cli.show import table
    from quarterdeck.services.health import checks

    found = checks(operator())
    table("", ("check", "state", "what was found", "what to do"), [(c.name, c.state, c.found, c.remedy) for c in found])
    if any(check.state == "fail" for check in found):
        raise typer.Exit(1)


def rebuild(data_dir: DataDir = None) -> None:
    """Make the stored totals anew from the facts; what `doctor` asks for when they differ."""
    ready(data_dir)
    from quarterdeck.faces.cli.show import progress, say
    from quarterdeck.services.totals import totals_rebuilt

    with progress("Summing up") as moved:
        totals_rebuilt(operator(), progress=moved)
    say("Stored totals were made anew from the facts.")


COMMANDS = (demo, serve, worker, migrate, backup, restore, doctor, rebuild)
