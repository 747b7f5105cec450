"""From a CRM's export to everyone's numbers for today, in a real browser, by three hats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browsing import browser_type_launch_args, run, served, sign_in, violations

__all__ = ["browser_type_launch_args"]
pytestmark = pytest.mark.browser
HERE = Path(__file__).parent
SCRIPT = HERE / "maven_stage.py"
PASSWORD = "a long enough passphrase"  # noqa: S105  of an invented company
FILES = ("accounts", "products", "sales_pipeline", "sales_teams")


@pytest.fixture(scope="module")
def maven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    data_dir = tmp_path_factory.mktemp("maven")
    run(data_dir, SCRIPT, "first")
    with served(data_dir, "quarterdeck.config.asgi:application", HERE) as address:
        yield address, data_dir


def signed_in(browser: Any, address: str, email: str) -> Any:
    page = browser.new_context(base_url=address).new_page()
    sign_in(page, address, email, PASSWORD)
    return page


def uploaded(page: Any, files: list[Path]) -> None:
    page.goto("/imports/new")
    page.set_input_files("#files", [str(path) for path in files])
    page.fill("#made_on", "2017-12-31")
    page.click("text=Read the files")
    page.wait_for_selector("h1:has-text('previewed')")


def whole(text: str) -> int:
    return int(re.sub(r"[^0-9]", "", text))


def test_from_an_export_to_the_desks_of_three_hats(
    browser: Any, maven: tuple[str, Path], maven_files: list[Path]
) -> None:
    address, data_dir = maven
    page = signed_in(browser, address, "dana@example.com")
    page.goto("/")
    assert page.locator(".empty, .notice").count() > 0, "an empty company says what to do next"

    # Operations: the files are read, one value is asked about and answered, and the batch is applied.
    uploaded(page, maven_files)
    assert page.locator("tr:has-text('opportunities') td").first.inner_text() == "8,800"
    finding = page.locator("tr:has-text(\"'GTXPro' is no known product\")")
    assert "1,480" in finding.inner_text()
    assert "1,425" in page.locator("tr:has-text('No account is named')").inner_text()
    assert violations(page) == []
    page.select_option("select[name='value:opportunities.product:GTXPro']", "GTX Pro")
    page.click("text=Save and read again")
    page.wait_for_selector("text=1 values have a meaning now")
    page.click("text=Apply: write it")
    page.wait_for_selector("h1:has-text('applied')", timeout=60_000)
    assert page.locator("tr:has-text('opportunities') td").nth(1).inner_text() == "8,800"
    assert page.locator("tr:has-text('GTXPro')").count() == 0

    # The director: a goal, looked at before it is set, and Direction.
    page.goto("/goals/new")
    page.select_option("#metric", "won_amount")
    page.fill("#year", "2018")
    page.fill("#amount", "12,000,000")
    page.click("text=Show what it comes to")
    page.wait_for_selector("#preview")
    rows = page.locator("table.grid tbody tr")
    root = [whole(cell) for cell in rows.nth(0).locator("td").all_inner_texts()]
    assert root[0] == 12_000_000
    assert abs(sum(root[1:]) - 12_000_000) <= 6, "whole units on the page, exact cents behind them"
    page.click("text=Set this goal")
    page.wait_for_selector("h1:has-text('Targets')")
    page.goto("/")
    page.goto(page.url.split("?")[0] + "?as_of=2018-01-02")
    assert "12,000,000" in page.inner_text("main")
    assert page.locator("h2", has_text="Which teams carry it?").is_visible()

    # A manager and a rep sign in to theirs.
    run(data_dir, SCRIPT, "people")
    for email, question in (
        ("melvin@example.com", "Who needs what from me?"),
        ("darcel@example.com", "What do I do today?"),
    ):
        desk = signed_in(browser, address, email)
        desk.goto(desk.url.split("?")[0] + "?as_of=2018-01-02")
        assert desk.locator("h2", has_text=question).is_visible()
        assert violations(desk) == []
    assert desk.locator(".actions li").count() == 3, "proposals, meetings and calls, as a list for today"
    assert desk.locator("[aria-label='Deals in order of need'] tbody tr").count() > 0, "own deals, by need"
