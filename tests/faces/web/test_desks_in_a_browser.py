from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browsing import violations

pytestmark = pytest.mark.browser
DESKS = ("/desk/rep/1", "/desk/manager/1", "/desk/director/1")
ODD = ("/desk/rep/2", "/desk/manager/2")
"""A desk before anything is there, and one with more than anybody expects."""


@pytest.fixture
def theme() -> str:
    return "light"


@pytest.fixture
def page(browser: Any, signed_in: dict[str, Any], stage: tuple[str, Path], theme: str) -> Iterator[Any]:
    """A signed-in page; anything that the policy refuses or a script throws fails the test."""
    context = browser.new_context(base_url=stage[0], storage_state=signed_in, color_scheme=theme)
    faults: list[str] = []
    page = context.new_page()
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", [*DESKS, "/deals", "/desk/rep/2"])
def test_axe_finds_nothing(page: Any, path: str) -> None:
    page.goto(path)
    assert violations(page) == []


@pytest.mark.parametrize("path", [*DESKS, *ODD])
def test_a_phone_needs_no_sideways_scrolling(page: Any, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_chart_is_drawn_from_the_table_behind_it(page: Any) -> None:
    page.goto("/desk/director/1")
    drawn = page.text_content("figure.chart .plot svg")
    heads = page.eval_on_selector_all("figure.chart th[data-name]", "heads => heads.map(head => head.dataset.name)")
    assert heads == ["Won", "Goal", "Last year", "May end from", "May end at most"]
    assert all(head in drawn for head in heads[:3])


def test_where_the_year_may_end_is_drawn_as_a_band_and_written_as_a_range(page: Any) -> None:
    page.goto("/desk/director/1")
    page.wait_for_selector("figure.chart .plot svg")
    assert page.eval_on_selector_all(
        "figure.chart .plot svg path", "paths => paths.some(path => path.getAttribute('fill-opacity') === '0.15')"
    )
    range_said = page.inner_text("dl.facts a.figure.range").replace("\N{NO-BREAK SPACE}", " ")
    assert " M to " in range_said


def test_teams_are_small_charts_on_one_scale_with_a_table_behind(page: Any) -> None:
    page.goto("/desk/director/1")
    assert page.locator(".multiple").count() == 3
    heights = page.eval_on_selector_all(
        ".multiple .is-goal",
        "paths => paths.map(path => path.getBBox().height / path.closest('svg').viewBox.baseVal.height)",
    )
    # East is four times the size, West three, Central two: so are their pictures.
    assert heights[0] / heights[2] == pytest.approx(2, rel=0.02)
    assert heights[1] / heights[2] == pytest.approx(1.5, rel=0.02)
    page.click("details.behind > summary")
    assert page.locator("details.behind tbody tr").count() == 36
    assert violations(page) == []


def test_names_that_try_to_be_markup_stay_names(page: Any) -> None:
    page.goto("/desk/manager/2")
    assert page.locator("main img").count() == 0
    assert page.locator("table.cards tbody tr").first.is_visible()


def test_an_empty_desk_says_what_to_do(page: Any) -> None:
    page.goto("/desk/rep/2")
    assert "A director sets a goal and brings it down" in page.inner_text(".empty >> nth=0")
    assert page.get_attribute("dl.facts a.figure.is-none >> nth=0", "title").endswith("no target")


def test_a_figure_opens_beside_the_number_and_escape_goes_back(page: Any) -> None:
    page.route("**/because?*", lambda route: route.fulfill(body="<h1>Because</h1>", content_type="text/html"))
    page.goto("/desk/rep/1")
    page.click("dl.facts a.figure >> nth=0")
    page.wait_for_selector("dialog#panel[open] h1")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog#panel", state="hidden")
    assert page.evaluate("document.activeElement.className") == "figure"


def test_keys_lead_to_the_desk_and_the_help(page: Any) -> None:
    page.goto("/desk/rep/1")
    page.keyboard.press("?")
    page.wait_for_selector("dialog#help[open]")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url("**/desk/director/1")


def test_the_chosen_theme_is_in_the_first_byte(page: Any) -> None:
    page.goto("/desk/rep/1")
    page.click("details.user summary")
    page.click("[data-toggle-theme]")
    answer = page.reload()
    assert 'data-theme="dark"' in answer.text()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_the_chosen_day_stays_in_links(page: Any) -> None:
    page.goto("/desk/rep/1")
    page.fill("#as-of", "2026-02-10")
    page.dispatch_event("#as-of", "change")
    page.wait_for_url("**as_of=2026-02-10")
    page.click("nav a:has-text('Team')")
    page.wait_for_url("**/desk/manager/1?as_of=2026-02-10")


def test_a_write_elsewhere_appears_within_two_seconds_and_half_typed_text_stays(
    page: Any, stage: tuple[str, Path]
) -> None:
    page.goto("/desk/rep/1")
    page.click("#log-call > summary")
    page.fill("#outcome-call", "half a sen")
    before = page.inner_text(".actions .count >> nth=0")
    _written(stage[1])
    page.wait_for_function(
        "before => document.querySelector('.actions .count').innerText !== before", arg=before, timeout=2_000
    )
    assert page.input_value("#outcome-call") == "half a sen"
    assert page.evaluate("document.activeElement.id") == "outcome-call"
    assert page.is_visible("#outcome-call")


def test_a_page_works_without_scripts(browser: Any, signed_in: dict[str, Any], stage: tuple[str, Path]) -> None:
    context = browser.new_context(base_url=stage[0], storage_state=signed_in, java_script_enabled=False)
    page = context.new_page()
    page.goto("/desk/rep/1")
    page.click("#log-call > summary")
    assert page.is_visible("#log-call button")
    page.click("figure.chart summary")
    assert page.is_visible("figure.chart table")
    context.close()


def _written(data_dir: Path) -> None:
    """Another process writes: a journal row, as every service leaves one."""
    with sqlite3.connect(data_dir / "quarterdeck.sqlite3", timeout=30) as connection:
        connection.execute(
            "INSERT INTO journal_entry (at, actor_name, verb, noun, noun_id, summary)"
            " VALUES ('2026-03-17 10:00:00', 'system', 'activity_logged', 'activity', '1', 'A call')"
        )
