"""The worked example on every page of docs/methods says what the code computes."""

import doctest
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from quarterdeck.faces.cli.main import app
from quarterdeck.services.compute.planning import FUNCTIONS

PAGES = sorted((Path(__file__).resolve().parents[2] / "docs" / "methods").glob("*.md"))


@pytest.mark.parametrize("method", PAGES, ids=[page.stem for page in PAGES])
def test_the_example_of_a_method_page_is_true(method: Path) -> None:
    result = doctest.testfile(str(method), module_relative=False, encoding="utf-8")
    assert result.failed == 0


TRANSCRIPTS = [page for page in PAGES if "$ quarterdeck compute plan" in page.read_text(encoding="utf-8")]


@pytest.mark.parametrize("method", TRANSCRIPTS, ids=[page.stem for page in TRANSCRIPTS])
def test_the_commands_of_a_method_page_say_what_the_page_says(
    method: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = []
    for command, expected in _transcript(method.read_text(encoding="utf-8")):
        result = CliRunner().invoke(app, shlex.split(command)[1:], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        assert expected in result.output
        said += [expected] if expected else []
    assert said, "a page with commands says what one of them answers"


def test_every_page_that_a_function_names_shows_a_command() -> None:
    assert {each.method for each in FUNCTIONS.values()} == {page.stem for page in TRANSCRIPTS}


def _transcript(text: str) -> list[tuple[str, str]]:
    """Each command of a page with the line that it is to answer, if the page has one."""
    found: list[tuple[str, str]] = []
    lines = iter(text.replace(" \\\n", " ").splitlines())
    for line in lines:
        if line.startswith("    $ quarterdeck "):
            found.append((line.removeprefix("    $ "), ""))
        elif found and not found[-1][1] and line.startswith("    "):
            found[-1] = (found[-1][0], line.strip())
    return found


def test_the_pages_of_targets_all_have_an_example() -> None:
    ours = {
        "cascade", "seasonal-index", "needed-per-day", "reverse-funnel", "working-days", "fiscal-calendar", "spread",
        "pins", "two-margins", "quota-weights", "over-assignment", "proration", "goal-kinds", "re-plan",
    }  # fmt: skip
    told = {page.stem for page in PAGES if ">>>" in page.read_text(encoding="utf-8")}
    assert ours <= told
