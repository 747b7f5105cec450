"""Three people of the demo company open their desks in a real browser, and one of them works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browsing import browser_type_launch_args, run, served, sign_in, staged, violations

__all__ = ["browser_type_launch_args"]
pytestmark = pytest.mark.browser
HERE = Path(__file__).parent
SCRIPT = HERE / "demo_stage.py"
PASSWORD = "harbour-and-hale"  # noqa: S105  printed by the demo
REP, MANAGER, DIRECTOR = "rita@example.com", "priya@example.com", "dana@example.com"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    data_dir = tmp_path_factory.mktemp("demo")
    staged(data_dir, SCRIPT)
    with served(data_dir, "quarterdeck.config.asgi:application", HERE) as address:
        yield address, data_dir


@pytest.fixture
def faults() -> list[str]:
    return []


@pytest.fixture
def page(browser: Any, demo: tuple[str, Path], who: str, faults: list[str]) -> Iterator[Any]:
    """A page of somebody who has just signed in; what the console complains about fails the test."""
    context = browser.new_context(base_url=demo[0])
    page = context.new_page()
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    sign_in(page, demo[0], who, PASSWORD)
    yield page
    context.close()
    assert faults == []


def calls_done(page: Any) -> int:
    return int(page.inner_text(".actions li:has-text('Calls') .count").split()[0])


@pytest.mark.parametrize(
    ("who", "desk"),
    [(REP, "What do I do today?"), (MANAGER, "Who needs what from me?"), (DIRECTOR, "Which teams carry it?")],
)
def test_signing_in_opens_the_desk_of_the_hat(page: Any, desk: str) -> None:
    assert page.locator("h2", has_text=desk).is_visible()
    assert page.inner_text(".sentence").endswith(".")
    assert violations(page) == []


@pytest.mark.parametrize("who", [REP])
def test_a_call_is_logged_in_two_clicks_and_taken_back_in_one(page: Any) -> None:
    before = calls_done(page)
    page.click("#log-call > summary")
    page.click("#log-call button.primary")
    page.wait_for_selector(".messages >> text=Logged: call.")
    assert calls_done(page) == before + 1
    page.click(".messages button")
    page.wait_for_selector(".messages >> text=Taken back.")
    assert calls_done(page) == before


@pytest.mark.parametrize("who", [REP])
def test_a_field_note_appears_where_it_is_read(page: Any) -> None:
    page.click("#log-note > summary")
    page.fill("#note-text", "Northwind offers <b>8 %</b> less.")
    page.click("#log-note button.primary")
    page.wait_for_selector(".reports >> text=Northwind offers <b>8 %</b> less.")


@pytest.mark.parametrize("who", [REP])
def test_a_call_logged_elsewhere_appears_within_two_seconds(page: Any, demo: tuple[str, Path]) -> None:
    before = calls_done(page)
    run(demo[1], SCRIPT, "call", REP)
    page.wait_for_function(
        "n => document.querySelector('.actions').innerText.includes(n)", arg=f"{before + 1} of", timeout=2_000
    )
    assert calls_done(page) == before + 1


@pytest.mark.parametrize("who", [REP])
def test_nonsense_in_the_log_is_refused_and_stays_to_be_mended(page: Any, faults: list[str]) -> None:
    page.click("#log-call > summary")
    page.fill("#minutes-call", "long")
    page.click("#log-call button.primary")
    page.wait_for_selector("dialog#panel >> text=Write digits only.")
    page.keyboard.press("Escape")
    assert page.input_value("#minutes-call") == "long"
    faults[:] = [fault for fault in faults if "409" not in fault]


@pytest.mark.parametrize("who", [MANAGER])
def test_a_manager_drills_into_a_rep(page: Any) -> None:
    page.click("table.cards tbody th a >> nth=0")
    page.wait_for_url("**/desk/rep/*")
    assert page.locator("h2", has_text="What do I do today?").is_visible()


@pytest.mark.parametrize("who", [DIRECTOR])
def test_a_figure_opens_to_the_facts_themselves_and_back(page: Any) -> None:
    page.click("dl.facts .is-main a.figure")
    page.wait_for_selector("#panel h2 >> text=The facts themselves")
    assert page.locator("#panel table.data tbody tr").count() > 10
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.click("dl.facts a.figure[href*='metric=pace']")
    page.click("#panel a.figure >> nth=0")
    page.wait_for_selector("#panel h2 >> text=The facts themselves")
    page.click("#panel-back")
    page.wait_for_selector("#panel h2 >> text=Figures that belong to it")
    assert violations(page) == []


@pytest.mark.parametrize("who", [REP])
def test_a_target_opens_to_its_way_down_from_the_goal(page: Any) -> None:
    page.click("dl.facts a.figure[href*='metric=target'] >> nth=0")
    page.wait_for_selector("#panel ol.steps li")
    assert "the whole goal" in page.inner_text("#panel ol.steps")


@pytest.mark.parametrize("who", [REP, MANAGER, DIRECTOR])
def test_every_figure_of_a_desk_opens(page: Any) -> None:
    links = page.eval_on_selector_all("a.figure", "links => [...new Set(links.map(link => link.href))]")
    assert len(links) > 10
    refused = {link: answer.status for link in links if (answer := page.request.get(link)).status != 200}
    assert refused == {}
