"""What many tests share: companies in the database, loaded through the importer's own door.

`demo_company` and `maven_company` are loaded once a module, inside a transaction that ends with it; each test runs in a
savepoint. So a test may write what it likes, and a module that wants an empty database gets one.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from django.db import transaction

from companies import DEMO_DAY, MAVEN, Loaded
from pay_stage import staged
from quarterdeck.connectors.worlds import world, world_files
from quarterdeck.services.actor import Actor
from quarterdeck.services.imports import batch_applied, batch_created

if TYPE_CHECKING:
    from small_company import SmallCompany

_FIRST: Final = {folder: at for at, folder in enumerate(("scenarios", "faces", "services", "laws"))}
_IN_DATABASE: Final = {"db", "transactional_db", "demo_company", "maven_company", "live_server"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what touches the database, so that it can be run again on another one; long files come first.

    Workers take files as they come (`--no-loadscope-reorder`): a browser's minute at the end would be everybody's.
    """
    root = Path(__file__).parent
    items.sort(key=lambda item: _FIRST.get(item.path.relative_to(root).parts[0], len(_FIRST)))
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or fixtures & _IN_DATABASE:
            item.add_marker("database")


@pytest.fixture(scope="session")
def demo_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The demo company's files, as of DEMO_DAY."""
    return world_files(world(seed=7, ends_on=DEMO_DAY), tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def maven_files() -> list[Path]:
    """The Maven CRM files of the issue."""
    return [MAVEN / f"{name}.csv" for name in ("accounts", "products", "sales_pipeline", "sales_teams")]


@pytest.fixture(scope="module")
def demo_company(django_db_setup: None, django_db_blocker: Any, demo_files: list[Path]) -> Iterator[Loaded]:  # noqa: ARG001  the database first
    """The demo company in the database, for the tests of one module."""
    yield from _loaded(django_db_blocker, demo_files, DEMO_DAY)


@pytest.fixture(scope="module")
def maven_company(django_db_setup: None, django_db_blocker: Any, maven_files: list[Path]) -> Iterator[Loaded]:  # noqa: ARG001  the database first
    """The Maven company in the database, for the tests of one module."""
    yield from _loaded(django_db_blocker, maven_files, dt.date(2018, 1, 2))


@pytest.fixture(scope="module")
def small_company_of_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[SmallCompany]:  # noqa: ARG001  the database first
    """The small company in the database, for the tests of one module."""
    with staged(django_db_blocker, lambda _: None) as made:
        yield made


@pytest.fixture
def small_made(db: None, small_company_of_module: SmallCompany) -> SmallCompany:  # noqa: ARG001  each test in a savepoint
    """The small company as it was made, whatever the test before did to it."""
    return copy.deepcopy(small_company_of_module)


def _loaded(blocker: Any, files: list[Path], day: dt.date) -> Iterator[Loaded]:
    actor = Actor(now=dt.datetime(day.year, day.month, day.day, 9, tzinfo=dt.UTC))
    with blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        batch = batch_applied(actor, batch_created(actor, files))
    yield Loaded(actor, batch, files)
    with blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)
