"""Docs that know every metric, command, refusal and finding; the generated pages can be made."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATE = generator()


@pytest.mark.parametrize("name", GENERATE.PAGES)
def test_a_reference_page_can_be_made(name: str) -> None:
    page = GENERATE.PAGES[name]()
    assert page.startswith("# ")
    assert page.count("\n") > 10


def test_every_metric_has_a_method_page() -> None:
    from quarterdeck.engine.metrics.definitions import METRICS  # noqa: PLC0415  after Django is set up

    missing = [metric.name for metric in METRICS.values() if not (DOCS / "methods" / f"{metric.method}.md").is_file()]
    assert missing == []


def test_every_command_is_in_the_guide() -> None:
    guide = (DOCS / "guides" / "command-line.md").read_text()
    missing = [words for words in GENERATE.command_paths() if f"quarterdeck {' '.join(words)}" not in guide]
    assert missing == []


def test_every_refusal_is_in_the_guide() -> None:
    guide = (DOCS / "guides" / "refusals.md").read_text()
    missing = sorted({rule for rule, _, _ in GENERATE.refusals() if f"`{rule}`" not in guide})
    assert missing == []


def test_every_guide_is_reachable_from_the_readme() -> None:
    told = (ROOT / "README.md").read_text()
    missing = [path.name for path in (DOCS / "guides").glob("*.md") if f"docs/guides/{path.name}" not in told]
    assert missing == []
