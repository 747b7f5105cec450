"""The stage: a server with invented desks, and a browser to look at them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browsing import browser_type_launch_args, run, served, sign_in

__all__ = ["browser_type_launch_args"]
HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of the stage, and its data directory."""
    data_dir = tmp_path_factory.mktemp("stage")
    run(data_dir, HERE / "stage.py")
    with served(data_dir, "stage:application", HERE) as address:
        yield address, data_dir


@pytest.fixture(scope="session")
def signed_in(browser: Any, stage: tuple[str, Path]) -> dict[str, Any]:
    """A browser's memory after signing in, to start pages from."""
    context = browser.new_context()
    sign_in(context.new_page(), stage[0], "rita@example.com")
    state: dict[str, Any] = context.storage_state()
    context.close()
    return state
