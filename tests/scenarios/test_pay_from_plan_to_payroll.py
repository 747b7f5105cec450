"""Pay in a real browser: a plan is drafted and published, March is run, approved, locked, asked about and paid.

Operations hands in a new version of the reps' plan, which is refused until its examples hold, and runs March; finance
approves, locks and pays it; Rita reads her statement and asks; finance resolves it with a credit.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browsing import browser_type_launch_args, served, sign_in, staged, violations

__all__ = ["browser_type_launch_args"]
pytestmark = pytest.mark.browser
HERE = Path(__file__).parent
PASSWORD = "harbour-and-hale"  # noqa: S105  printed by the demo
OPERATIONS, FINANCE, REP, MANAGER = "ines@example.com", "arthur@example.com", "rita@example.com", "priya@example.com"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data_dir = tmp_path_factory.mktemp("pay")
    staged(data_dir, HERE / "demo_stage.py")
    with served(data_dir, "quarterdeck.config.asgi:application", HERE) as found:
        yield found


def looking(browser: Any, address: str, email: str) -> Any:
    page = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900}).new_page()
    sign_in(page, address, email, PASSWORD)
    return page


def said(page: Any) -> str:
    return str(page.inner_text("main"))


def pressed(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def drafted(page: Any, text: str) -> None:
    page.goto("/comp-plans")
    page.fill("#plan-text", text)
    pressed(page, "Keep it as a draft")


def published(operations: Any) -> None:
    """A version whose example fails is refused; the same file with its own numbers is published."""
    operations.goto("/comp-plans")
    operations.get_by_role("link", name="reps", exact=True).click()
    text = operations.inner_text("pre")
    drafted(operations, text.replace("default: 4%", "default: 5%"))
    pressed(operations, "Check and publish version 2")
    assert "amount is 3000, not 2400" in said(operations)
    drafted(operations, text)
    pressed(operations, "Check and publish version 3")
    assert "Version 3 is published; its examples hold." in said(operations)
    assert violations(operations) == []


def test_from_a_plan_file_to_the_payroll_file(browser: Any, address: str) -> None:
    operations = looking(browser, address, OPERATIONS)
    published(operations)
    operations.goto("/pay")
    pressed(operations, "Run March 2026")
    assert "March 2026 is computed" in said(operations)
    run_address = operations.url
    assert operations.get_by_role("button", name="Approve", exact=True).count() == 0

    finance = looking(browser, address, FINANCE)
    finance.goto(run_address)
    assert "what changed since February 2026" in said(finance)
    if finance.locator("#approve-note[required]").count():
        finance.fill("#approve-note", "Looked at.")
    pressed(finance, "Approve")
    finance.click("text=Lock…")
    finance.check("input[name=is_sure]")
    pressed(finance, "Lock March 2026")
    pressed(finance, "Compute it again and compare")
    assert "every byte is the same" in said(finance)

    rep = looking(browser, address, REP)
    rep.goto("/pay")
    rep.click("text=March 2026")
    assert "the lines below sum to it" in said(rep)
    statement = rep.url
    rep.fill("#ask-text", "An order of 12 March is missing.")
    rep.fill("#ask-event", "o-12")
    pressed(rep, "Ask")
    assert "An order of 12 March is missing." in said(rep)

    manager = looking(browser, address, MANAGER)
    assert manager.goto(statement).status == 404

    finance.goto("/pay")
    finance.click("text=An order of 12 March is missing.")
    finance.fill("#answer-text", "It was hers.")
    finance.fill("#answer-amount", "10,000")
    finance.fill("#answer-on", "2026-03-12")
    pressed(finance, "Resolve")
    assert "Approved credit: 10,000.00 USD" in said(finance)

    finance.goto(run_address)
    pressed(finance, "Make the payroll batch")
    finance.get_by_role("link", name="Payroll").click()
    body = finance.request.get(finance.url + "?format=csv").body().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(body)))
    assert rows
    assert all(float(row["paid"]) > 0 for row in rows)
    assert violations(finance) == []
