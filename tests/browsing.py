"""A real server and a real Chromium for tests: fixtures to import into a conftest, and a helper that asks axe."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ready import copied

ROOT = Path(__file__).resolve().parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
AS_INSTALLED = ROOT / "tests" / "as_installed"
PASSWORD = "quarterdeck-demo"  # noqa: S105  of an invented company
_WAIT_SECONDS = 180


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data_dir: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("QUARTERDECK_", "DJANGO_"))}
    paths = os.pathsep.join(str(path) for path in (ROOT / "src", ROOT / "tests", AS_INSTALLED))
    ours = {"QUARTERDECK_DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "quarterdeck.config.settings"}
    return kept | ours | {"PYTHONPATH": paths}


def with_tables(data_dir: Path) -> None:
    """Give a new data directory a database with every table and no row."""
    if not (data_dir / "quarterdeck.sqlite3").exists():
        copied("tables", lambda empty: _python(empty, "-m", "django", "migrate", "--verbosity", "0"), data_dir)


def run(data_dir: Path, script: Path, *arguments: str) -> str:
    """A script against the data directory, in a process of its own; what it printed."""
    with_tables(data_dir)
    return _python(data_dir, str(script), *arguments)


def staged(data_dir: Path, script: Path) -> None:
    """What the script makes of a new data directory; it is run once, whoever else asks gets a copy."""
    copied(script.stem, lambda empty: run(empty, script), data_dir)


def _python(data_dir: Path, *words: str) -> str:
    command = [sys.executable, *words]
    return subprocess.run(command, env=environment(data_dir), check=True, capture_output=True, text=True).stdout  # noqa: S603


@contextmanager
def served(data_dir: Path, application: str, app_dir: Path) -> Iterator[str]:
    """A server over a data directory; gives its address, ends it afterwards."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", application, "--app-dir", str(app_dir), "--port", str(port)]
    options = ["--log-level", "warning", "--timeout-graceful-shutdown", "1"]
    with subprocess.Popen([*command, *options], env=environment(data_dir)) as server:  # noqa: S603
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address, server)
            yield address
        finally:
            server.terminate()


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(address + "/sign-in/login/", timeout=5)  # noqa: S310
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(address)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The installed Chromium, kept from calling home."""
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    return {"executable_path": CHROMIUM, "args": quiet}


def sign_in(page: Any, address: str, email: str, password: str = PASSWORD) -> None:
    page.goto(f"{address}/sign-in/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def violations(page: Any, *rules: str) -> list[str]:
    """What axe finds on the page as it is shown: rule, place and what is wrong; empty is what we want.

    With `rules`, what these find and no others.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    only = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
    found = page.evaluate("options => axe.run(options)", {"resultTypes": ["violations"], **only})
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
