"""The worked example on every page of docs/methods says what the code computes."""

import doctest
from pathlib import Path

import pytest

PAGES = sorted((Path(__file__).resolve().parents[2] / "docs" / "methods").glob("*.md"))


@pytest.mark.parametrize("method", PAGES, ids=[page.stem for page in PAGES])
def test_the_example_of_a_method_page_is_true(method: Path) -> None:
    result = doctest.testfile(str(method), module_relative=False, encoding="utf-8")
    assert result.failed == 0


def test_the_pages_of_targets_all_have_an_example() -> None:
    ours = {
        "cascade", "seasonal-index", "needed-per-day", "reverse-funnel", "working-days", "fiscal-calendar", "spread",
        "pins", "two-margins", "quota-weights", "over-assignment", "proration", "goal-kinds", "re-plan",
    }  # fmt: skip
    told = {page.stem for page in PAGES if ">>>" in page.read_text(encoding="utf-8")}
    assert ours <= told
