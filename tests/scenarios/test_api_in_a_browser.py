"""A program posts to the API and an open desk follows; people read what the API can do on a page, and try it there."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browsing import browser_type_launch_args, run, served, sign_in, staged, violations

__all__ = ["browser_type_launch_args"]
pytestmark = pytest.mark.browser
HERE = Path(__file__).parent
PASSWORD = "harbour-and-hale"  # noqa: S105  printed by the demo
REP = "rita@example.com"
DAY = "2026-03-17"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a server with the demo company, and a token of its rep."""
    data_dir = tmp_path_factory.mktemp("api")
    staged(data_dir, HERE / "demo_stage.py")
    token = run(data_dir, HERE / "token_stage.py", REP).strip()
    with served(data_dir, "quarterdeck.config.asgi:application", HERE) as address:
        yield address, token


@pytest.fixture
def page(browser: Any, demo: tuple[str, str]) -> Iterator[Any]:
    """A page of the rep's; what the console complains about fails the test."""
    faults: list[str] = []
    context = browser.new_context(base_url=demo[0])
    page = context.new_page()
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    sign_in(page, demo[0], REP, PASSWORD)
    yield page
    context.close()
    assert faults == []


def posted(demo: tuple[str, str], body: dict[str, Any]) -> float:
    """Post an activity; how many seconds the answer took."""
    headers = {"Authorization": f"Bearer {demo[1]}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{demo[0]}/api/v1/activities", json.dumps(body).encode(), headers)  # noqa: S310
    started = time.perf_counter()
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310  the server under test
        assert response.status == 201
    return time.perf_counter() - started


def test_an_activity_posted_to_the_api_appears_on_an_open_desk_within_two_seconds(page: Any, demo: Any) -> None:
    count = ".actions li:has-text('Calls') .count"
    before = int(page.inner_text(count).split()[0])
    page.evaluate("window.untouched = true")
    posted(demo, {"kind": "call", "happened_on": DAY})
    page.wait_for_function(
        "([at, n]) => [...document.querySelectorAll('.actions li')].some(li => li.innerText.includes('Calls')"
        " && li.querySelector('.count').innerText.startsWith(n))",
        arg=[count, f"{before + 1} "], timeout=2_000,
    )  # fmt: skip
    assert page.evaluate("window.untouched"), "the page was loaded again"


def test_an_activity_is_kept_quickly(demo: Any) -> None:
    took = sorted(posted(demo, {"kind": "email", "happened_on": DAY}) for _ in range(9))
    assert took[4] < 0.5, "ten times what it takes on an idle machine"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 1440), ("light", 390)])
def test_the_page_of_the_api_is_accessible(page: Any, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/api/v1/docs")
    page.eval_on_selector_all("main details:nth-of-type(1)", "all => all.forEach(one => one.open = true)")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_operation_is_tried_on_the_page(page: Any) -> None:
    page.goto("/api/v1/docs")
    listed = page.locator("details", has=page.locator("form[data-path='/api/v1/people'][data-method=get]"))
    listed.locator("summary").click()
    listed.locator("input[name=size]").fill("3")
    listed.locator("button").click()
    listed.locator("output pre").wait_for()
    shown = listed.locator("output pre").inner_text()
    assert shown.startswith("GET /api/v1/people?size=3\n200")
    assert "Rita" in shown


def test_a_write_is_tried_on_the_page_with_its_example(page: Any) -> None:
    page.goto("/api/v1/docs")
    posting = page.locator("details", has=page.locator("form[data-path='/api/v1/activities'][data-method=post]"))
    posting.locator("summary").click()
    posting.locator("textarea").fill(json.dumps({"kind": "demo", "happened_on": DAY}))
    posting.locator("button").click()
    posting.locator("output pre").wait_for()
    assert "\n201 " in posting.locator("output pre").inner_text()


def test_a_stranger_is_sent_to_sign_in(browser: Any, demo: Any) -> None:
    context = browser.new_context(base_url=demo[0])
    stranger = context.new_page()
    stranger.goto("/api/v1/docs")
    assert stranger.url.startswith(f"{demo[0]}/sign-in/login/")
    context.close()
