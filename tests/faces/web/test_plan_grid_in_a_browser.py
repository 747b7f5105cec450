"""The grid of a plan of two hundred people in a real browser: keys, ranges of a spreadsheet, and what goes wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from browsing import browser_type_launch_args, run, served, sign_in, violations

__all__ = ["browser_type_launch_args"]
pytestmark = pytest.mark.browser
HERE = Path(__file__).parent
PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1440, "height": 900}
PLAN = "/plans/1"
CELLS = "cells => cells.map(cell => cell.firstChild.data)"
JUNE = 6
"""The place of a month's cell in its row: the year stands at 0, January and February are closed."""


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data_dir = tmp_path_factory.mktemp("planned")
    run(data_dir, HERE / "plan_grid_stage.py")
    with served(data_dir, "quarterdeck.config.asgi:application", HERE) as address:
        yield address


@pytest.fixture(scope="module")
def signed(browser: Any, planned: str) -> Any:
    """Dana's browser, once it is signed in."""
    context = browser.new_context()
    sign_in(context.new_page(), planned, "dana@example.com")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def context(browser: Any, planned: str, signed: Any) -> Iterator[Any]:
    made = browser.new_context(
        base_url=planned, storage_state=signed, viewport=WIDE, permissions=["clipboard-read", "clipboard-write"]
    )
    yield made
    made.close()


@pytest.fixture
def page(context: Any) -> Iterator[Any]:
    """The plan, enhanced; anything that the policy refuses or a script throws fails the test."""
    faults: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Security Policy" in said.text else None)
    opened(page)
    yield page
    if page.locator("#plan-grid").count():
        page.evaluate(TAKEN_BACK)
    assert faults == []


TAKEN_BACK = """async () => {
  const { undoUrl, gridUrl } = document.getElementById("plan-grid").dataset;
  const headers = { "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value };
  for (let { version } = await (await fetch(gridUrl)).json(); ; version += 1) {
    const answer = await fetch(undoUrl, { method: "POST", headers, body: JSON.stringify({ version }) });
    if (!answer.ok) return;
  }
}"""
"""What a test changed is undone, step by step."""


def opened(page: Any) -> None:
    page.goto(PLAN)
    page.wait_for_selector("#plan-grid[role=grid]")


def cell(page: Any, who: str, place: int) -> Any:
    """A row's number: 0 the year, then the months."""
    row = page.locator(f"#plan-grid tr[data-node]:has(.name:text-is('{who}'))")
    return row.locator("td.num:not(.beside)").nth(place)


def at(page: Any, who: str, place: int) -> Any:
    """Go there with a click; the cell."""
    found = cell(page, who, place)
    found.click()
    return found


def said(page: Any, text: str) -> None:
    """Wait until the status line says it."""
    page.wait_for_function("text => document.getElementById('plan-say').textContent.includes(text)", arg=text)


def pressed(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def shown(page: Any) -> list[str]:
    """Every number of the grid, as it is shown."""
    found: list[str] = page.eval_on_selector_all("#plan-grid tr[data-node] td.num:not(.beside)", CELLS)
    return found


def here(page: Any) -> tuple[str, str]:
    """The row and column where one is."""
    found = page.evaluate(
        """() => { const td = document.activeElement;
        return [td.parentElement.querySelector('.name').textContent, td.dataset.label ?? 'name']; }"""
    )
    return found[0], found[1]


def copies(page: Any, text: str) -> None:
    """Somebody copies this out of a spreadsheet."""
    page.evaluate("text => navigator.clipboard.writeText(text)", text)


def trouble(page: Any, text: str) -> str:
    page.wait_for_function("text => document.getElementById('plan-trouble').textContent.includes(text)", arg=text)
    return str(page.inner_text("#plan-trouble p"))


def clean(page: Any) -> list[str]:
    """What axe finds with most teams collapsed: three thousand cells alike take it a quarter of a minute."""
    page.click("[data-do=fold]")
    page.click("button[aria-label='Expand North']")
    page.click("button[aria-label='Expand North 01']")
    return violations(page)


def undone(page: Any) -> None:
    cell(page, "The whole", 0).click()
    page.keyboard.press("Control+z")
    said(page, "Undone")


# -- what is there


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_axe_finds_nothing(page: Any, theme: str, size: Any) -> None:
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size(size)
    opened(page)
    page.click("[data-do=keys]")
    page.click("[data-do=fold]")
    at(page, "The whole", 0)
    assert clean(page) == []
    page.goto("/plans")
    assert violations(page) == []


def test_a_phone_gets_a_card_a_row_and_no_sideways_scrolling(page: Any) -> None:
    page.set_viewport_size(PHONE)
    opened(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.locator("#plan-grid tr[data-node]:visible").count() == 3, "the teams first"
    page.click("button[aria-label='Expand North']")
    page.click("button[aria-label='Expand North 01']")
    card = page.locator("#plan-grid tr:has(.name:text-is('Rep 01.01'))")
    box = card.bounding_box()
    assert box["height"] > 150
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_without_scripts_the_table_is_a_table_with_its_sums(browser: Any, planned: str, signed: Any) -> None:
    context = browser.new_context(base_url=planned, storage_state=signed, java_script_enabled=False)
    page = context.new_page()
    page.goto(PLAN)
    assert page.locator("#plan-grid:not([role])").count() == 1
    assert page.locator("tr.is-sum").count() == 23
    assert "23 sums agree" in page.inner_text("#plan-say")
    assert not page.is_visible("#plan-bar")
    context.close()


def test_it_says_how_many_rows_and_columns_there_are_and_which_one_this_is(page: Any) -> None:
    grid = page.locator("#plan-grid")
    n_rows = page.locator("#plan-grid tr").count()
    assert int(grid.get_attribute("aria-rowcount")) == n_rows == 1 + 223 + 23
    assert page.get_attribute("#plan-grid tbody tr:last-child", "aria-rowindex") == str(n_rows)
    assert cell(page, "Rep 01.01", 1).get_attribute("aria-readonly") == "true", "January is closed"


# -- moving


def test_keys_lead_everywhere(page: Any) -> None:
    at(page, "North", 3)
    pressed(page, "ArrowDown", "ArrowDown", "ArrowRight")
    assert here(page) == ("Rep 01.01", "Apr 26")
    pressed(page, "End")
    assert here(page) == ("Rep 01.01", "Dec 26")
    pressed(page, "Home", "PageDown")
    assert here(page) == ("North 02", "Year")
    pressed(page, "Control+End")
    assert here(page) == ("Seat p19-9", "Dec 26")
    pressed(page, "Control+Home", "ArrowLeft", "ArrowLeft", "ArrowUp")
    assert here(page) == ("The whole", "name")
    pressed(page, "Control+ArrowDown", "Control+ArrowRight")
    assert here(page) == ("Seat p19-9", "Dec 26")


def test_where_one_goes_is_in_sight_beside_header_and_names(page: Any) -> None:
    at(page, "The whole", 12)
    pressed(page, "Control+End", "Home")
    here_box, names, head = (
        page.locator(where).bounding_box()
        for where in ("#plan-grid .is-here", "#plan-grid tbody tr:last-child th", "#plan-grid thead th >> nth=1")
    )
    assert here_box["x"] >= names["x"] + names["width"] - 1
    pressed(page, "Control+Home")
    here_box = page.locator("#plan-grid .is-here").bounding_box()
    assert here_box["y"] >= head["y"] + head["height"] - 1


def test_tab_leads_along_the_row_and_at_its_end_out_of_the_grid(page: Any) -> None:
    at(page, "Rep 02.01", 11)
    pressed(page, "Tab")
    assert here(page) == ("Rep 02.01", "Dec 26")
    pressed(page, "Tab")
    assert page.evaluate("document.getElementById('plan-grid').contains(document.activeElement)") is False
    pressed(page, "Shift+Tab")
    assert here(page) == ("Rep 02.01", "Dec 26"), "and back to where one was"


def test_a_team_collapses_and_its_sum_stays(page: Any) -> None:
    at(page, "North 01", 0)
    pressed(page, "ArrowLeft", "Enter")
    assert not cell(page, "Rep 01.01", 0).is_visible()
    assert page.is_visible("tr.is-sum:has-text('below North 01')")
    assert page.get_attribute("button[aria-label='Expand North 01']", "aria-expanded") == "false"
    pressed(page, "ArrowDown")
    assert here(page) == ("North 02", "name")
    page.click("[data-do=fold]")
    assert page.locator("#plan-grid tr[data-node]:visible").count() == 3
    assert page.locator("#plan-grid .is-here").evaluate("cell => cell.textContent") == "North"
    page.click("[data-do=unfold]")
    assert page.locator("#plan-grid tr[data-node]:visible").count() == 223


# -- changing


def test_typing_pins_a_cell_goes_down_and_every_sum_agrees(page: Any) -> None:
    before = shown(page)
    pin = at(page, "Rep 01.02", JUNE)
    page.keyboard.type("123,456.78")
    pressed(page, "Enter")
    assert here(page) == ("Rep 01.03", "Jun 26")
    said(page, "Saved")
    assert pin.inner_text().split() == ["123,457", "pinned"]
    said(page, "23 sums agree")
    answer = page.request.get(f"{PLAN}/grid.json").json()
    (row,) = (row for row in answer["rows"] if row["name"] == "Rep 01.02")
    assert (row["cells"][JUNE - 1], row["pins"][JUNE - 1]) == (12_345_678, True)
    assert shown(page) == [
        f"{(amount + 50) // 100:,}" for row in answer["rows"] for amount in (row["year"], *row["cells"])
    ]
    undone(page)
    assert shown(page) == before, "undoing restores every cell"
    pressed(page, "Control+Shift+z")
    said(page, "Done again")
    assert pin.inner_text().startswith("123,457")


def test_an_editor_opens_on_every_digit_and_escape_gives_it_up(page: Any) -> None:
    where = at(page, "Rep 01.03", JUNE)
    before = shown(page)
    pressed(page, "F2")
    assert page.input_value("#plan-grid input") == "100000.25"
    assert page.get_attribute("#plan-grid input", "aria-label") == "Rep 01.03, June 2026"
    page.keyboard.type("5")
    pressed(page, "Escape")
    assert (shown(page), here(page)) == (before, ("Rep 01.03", "Jun 26"))
    where.dblclick()
    assert page.is_visible("#plan-grid input")
    pressed(page, "Tab")
    assert here(page) == ("Rep 01.03", "Jul 26")
    assert page.locator("#plan-grid .is-pinned").count() == 0, "what was not changed is not pinned"


def test_growth_and_short_words_are_understood_and_delete_takes_pins_away(page: Any) -> None:
    before = shown(page)
    at(page, "Rep 03.01", JUNE)
    page.keyboard.type("+10%")
    pressed(page, "Tab")
    page.keyboard.type("90k")
    pressed(page, "Enter")
    said(page, "Saved")
    page.wait_for_function("() => !document.querySelector('#plan-grid .is-sent')")
    assert cell(page, "Rep 03.01", JUNE).inner_text().split()[0] == "110,000"
    assert cell(page, "Rep 03.01", JUNE + 1).inner_text().split()[0] == "90,000"
    at(page, "Rep 03.01", JUNE)
    pressed(page, "Shift+ArrowRight", "Delete")
    page.wait_for_function("() => !document.querySelector('#plan-grid .is-pinned, #plan-grid .is-sent')")
    assert shown(page) == before, "what is free is spread as if it had never been pinned"


def test_a_reason_goes_along(page: Any) -> None:
    page.fill("#plan-reason", "the new catalogue")
    at(page, "Rep 04.01", JUNE)
    page.keyboard.type("90000")
    pressed(page, "Enter")
    said(page, "Saved")
    undone(page)
    page.reload()
    assert page.locator(".plan-history td:text-is('the new catalogue')").count() == 1


def test_a_closed_month_says_why_it_stays(page: Any) -> None:
    at(page, "Rep 01.01", 1)
    page.keyboard.type("5")
    assert page.locator("#plan-grid input").count() == 0
    said(page, "January 2026 is over")


# -- ranges


def test_a_range_goes_to_a_spreadsheet_with_every_digit(page: Any) -> None:
    at(page, "Rep 01.01", 0)
    pressed(page, "ArrowLeft", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown")
    assert page.locator("#plan-grid [aria-selected=true]").count() == 4
    pressed(page, "Control+c")
    text = page.evaluate("() => navigator.clipboard.readText()")
    assert text == "Rep 01.01\t1200003\t100000.25\nRep 01.02\t1200003\t100000.25"


def test_a_paste_is_one_change_that_undoes_as_one(page: Any) -> None:
    before = shown(page)
    at(page, "Rep 05.01", JUNE)
    copies(page, "90,000.50\t91 000\r\n\t92.000,00\r\n$93,000\t(0)\r\n")
    pressed(page, "Control+v")
    said(page, "Saved")
    found = [[cell(page, f"Rep 05.0{n}", place).inner_text().split()[0] for place in (6, 7)] for n in (1, 2, 3)]
    assert [found[0], found[1][1], found[2]] == [["90,001", "91,000"], "92,000", ["93,000", "0"]]
    assert page.locator("#plan-grid .is-pinned").count() == 5
    undone(page)
    assert shown(page) == before
    assert page.locator("#plan-grid .is-pinned").count() == 0


def test_one_value_fills_the_range(page: Any) -> None:
    at(page, "Rep 05.01", JUNE)
    pressed(page, "Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowRight")
    copies(page, "77,000")
    pressed(page, "Control+v")
    said(page, "Saved")
    assert page.locator("#plan-grid .is-pinned").count() == 6


def test_what_was_copied_here_and_pasted_back_changes_nothing(page: Any) -> None:
    at(page, "Rep 05.01", JUNE)
    pressed(page, "Control+a", "Control+c", "Control+Home", "Control+v")
    said(page, "Nothing to change")
    assert page.locator("#plan-grid .is-pinned").count() == 0


def test_nothing_of_a_paste_with_a_fault_is_sent_until_somebody_says_so(page: Any) -> None:
    before = shown(page)
    at(page, "Rep 06.01", 2)
    copies(page, "1\t90,000\tabc\n\t91,000\tEUR 5")
    pressed(page, "Control+v")
    text = trouble(page, "Nothing was pasted yet")
    assert "3 cells cannot take" in text
    assert shown(page) == before
    assert page.locator("#plan-grid [aria-invalid=true]").count() == 3
    page.click("#plan-trouble button:text-is('Paste the other 2')")
    said(page, "Saved")
    assert page.locator("#plan-grid .is-pinned").count() == 2


@pytest.mark.parametrize("text", ["1\t" * 20, "1\n" * 300])
def test_a_paste_beyond_the_grid_is_not_cut(page: Any, text: str) -> None:
    at(page, "Rep 06.01", JUNE)
    copies(page, text)
    pressed(page, "Control+v")
    said(page, "reach beyond the grid")
    assert page.locator("#plan-grid .is-pinned, #plan-grid .is-sent").count() == 0


def test_the_sheet_comes_back_changed_is_looked_at_and_becomes_one_change(page: Any, tmp_path: Path) -> None:
    before = shown(page)
    with page.expect_download() as begun:
        page.click("text=Take the sheet (XLSX)")
    begun.value.save_as(tmp_path / "plan.xlsx")
    rows = CalamineWorkbook.from_path(tmp_path / "plan.xlsx").get_sheet_by_index(0).to_python()
    at_july = next(n for n, title in enumerate(rows[0]) if str(title).startswith("July"))
    of_whom = next(row for row in rows if row[1] == "Rep 10.01")
    of_whom[at_july] = 91_000.5
    with xlsxwriter.Workbook(tmp_path / "changed.xlsx") as book:
        sheet = book.add_worksheet()
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)
    page.set_input_files("#plan-file", tmp_path / "changed.xlsx")
    page.click("text=Show what it would change")
    assert page.inner_text("main tbody").split("\t") == ["Rep 10.01", "July 2026", "100,000", "91,001"]
    assert violations(page) == []
    page.click("text=Pin these cells")
    page.wait_for_selector("#plan-grid[role=grid]")
    assert cell(page, "Rep 10.01", 7).inner_text().split() == ["91,001", "pinned"]
    undone(page)
    assert shown(page) == before


# -- what goes wrong


def test_what_cannot_be_read_stays_in_the_field_with_the_reason(page: Any) -> None:
    at(page, "Rep 07.01", JUNE)
    page.keyboard.type("12x")
    pressed(page, "Enter")
    assert page.input_value("#plan-grid input") == "12x"
    said(page, "is no amount")
    pressed(page, "Escape", "Escape")
    assert page.locator("#plan-grid [aria-invalid]").count() == 0


def test_a_refusal_is_said_at_the_cell_and_what_was_typed_is_there_to_change(page: Any) -> None:
    before = shown(page)
    at(page, "Rep 07.01", JUNE)
    page.keyboard.type("900m")
    pressed(page, "Enter")
    text = trouble(page, "was not taken")
    assert clean(page) == []
    assert text.startswith("Rep 07.01, June 2026: 900,000,000.00 was not taken.")
    assert shown(page) == before
    page.click("#plan-trouble button:text-is('Go to the cell')")
    assert page.is_visible(".says-why")
    pressed(page, "Enter")
    assert page.input_value("#plan-grid input") == "900000000"
    page.keyboard.type("95000")
    pressed(page, "Enter")
    said(page, "Saved")
    assert page.locator("#plan-grid [aria-invalid]").count() == 0


def test_an_answer_that_does_not_add_up_is_seen(page: Any) -> None:
    def wrong(route: Any) -> None:
        answer = route.fetch()
        body = answer.json()
        next(one for one in body["changed"] if one["node"].startswith("person:"))["amount"] += 1
        route.fulfill(response=answer, json=body)

    page.route("**/edits", wrong)
    at(page, "Rep 07.02", JUNE)
    page.keyboard.type("95000")
    pressed(page, "Enter")
    said(page, "▲ 1 of 23 sums differ")
    assert page.locator("tr.is-sum.is-off td.is-off").count() >= 1


def test_somebody_elses_change_is_loaded_and_ones_own_sent_on_top(page: Any, context: Any) -> None:
    other = context.new_page()
    opened(other)
    at(other, "Rep 08.01", JUNE)
    other.keyboard.type("91000")
    pressed(other, "Enter")
    said(other, "Saved")
    at(page, "Rep 08.02", JUNE)
    page.keyboard.type("92000")
    pressed(page, "Enter")
    assert "1 change of yours waits here" in trouble(page, "Somebody else changed this plan")
    page.click("#plan-trouble button:text-is('Load the newest and send mine again')")
    said(page, "Saved")
    assert cell(page, "Rep 08.01", JUNE).inner_text().split() == ["91,000", "pinned"]
    assert cell(page, "Rep 08.02", JUNE).inner_text().split() == ["92,000", "pinned"]


def test_without_a_connection_changes_wait_and_are_sent_when_it_is_back(page: Any, context: Any) -> None:
    context.set_offline(True)
    at(page, "Rep 09.01", JUNE)
    page.keyboard.type("91000")
    pressed(page, "Enter")
    page.keyboard.type("92000")
    pressed(page, "Enter")
    assert "wait" in trouble(page, "There is no connection")
    assert page.locator("#plan-grid .is-sent").count() == 2
    context.set_offline(False)
    said(page, "Saved")
    assert not page.is_visible("#plan-trouble")
    assert page.locator("#plan-grid .is-pinned").count() == 2


def test_who_was_signed_out_loses_nothing(page: Any, context: Any) -> None:
    (session,) = (cookie for cookie in context.cookies() if cookie["name"] == "sessionid")
    context.clear_cookies(name="sessionid")
    at(page, "Rep 09.01", JUNE)
    page.keyboard.type("91000")
    pressed(page, "Enter")
    trouble(page, "You are signed out")
    context.add_cookies([session])
    page.click("#plan-trouble button:text-is('Try again')")
    said(page, "Saved")


def test_a_server_in_trouble_is_asked_again(page: Any) -> None:
    page.route(
        "**/edits", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>", content_type="text/html")
    )
    at(page, "Rep 09.01", JUNE)
    page.keyboard.type("91000")
    pressed(page, "Enter")
    trouble(page, "could not answer (502)")
    page.unroute("**/edits")
    page.click("#plan-trouble button:text-is('Try again')")
    said(page, "Saved")


def test_a_manager_changes_her_part_and_reads_why_not_the_rest(browser: Any, planned: str) -> None:
    context = browser.new_context(base_url=planned, viewport=WIDE)
    page = context.new_page()
    sign_in(page, planned, "mona@example.com")
    opened(page)
    assert page.locator("#plan-grid tr[data-node]").count() == 111
    at(page, "North", 0)
    page.keyboard.type("5")
    said(page, "North's number is set above you")
    at(page, "Rep 01.01", JUNE)
    page.keyboard.type("90000")
    pressed(page, "Enter")
    said(page, "11 sums agree")
    said(page, "Saved")
    page.click("[data-do=undo]")
    said(page, "Undone")
    context.close()


# -- how fast

WATCH = """() => {
  window.spans = [];
  document.addEventListener("keydown", (event) => requestAnimationFrame(() => {
    const painted = new MessageChannel();
    painted.port1.onmessage = () => window.spans.push(performance.now() - event.timeStamp);
    painted.port2.postMessage(0);
  }), true);
}"""


def busy(session: Any) -> float:
    """Seconds of the processor that the page's thread has taken: what waiting for other programs does not add to."""
    found = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return float(found["ThreadTime"])


def test_moving_and_typing_touch_a_few_cells_of_three_thousand(page: Any, record_property: Any) -> None:
    """What is asserted is a count, which no busy machine changes; how long it took is printed."""
    page.evaluate(WATCH)
    page.evaluate(
        """() => { window.touched = new Set(); new MutationObserver((all) => {
        for (const one of all) window.touched.add(one.target);
        }).observe(document.getElementById("plan-grid"), { subtree: true, attributes: true, childList: true }); }"""
    )
    at(page, "Rep 01.01", JUNE)
    page.evaluate("() => window.touched.clear()")
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    before = busy(session)
    pressed(page, *["ArrowDown"] * 40, *["ArrowRight"] * 4)
    assert page.evaluate("() => window.touched.size") <= 45 + 1, "only the cells on the way"
    page.evaluate("() => window.touched.clear()")
    page.keyboard.type("91000")
    assert page.evaluate("() => window.touched.size") <= 2
    pressed(page, "Escape")
    spans = sorted(page.evaluate("() => window.spans"))
    n_slow = sum(span > 50 for span in spans)
    median, each = spans[len(spans) // 2], (busy(session) - before) * 1000 / len(spans)
    told = f"{len(spans)} keys, from key to paint: {median:.0f} ms, {n_slow} over 50 ms; {each:.0f} ms of work a key"
    record_property("keys", told)
    sys.stdout.write(told + "\n")
