"""Worked examples of metrics, from metrics.yaml and from the method pages: the engine says what they say."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from cases.metric_worlds import found, number
from quarterdeck.engine.metrics.definitions import METRICS

HERE = Path(__file__).parent
PAGES = HERE.parents[1] / "docs" / "methods"
CASES: list[dict[str, Any]] = yaml.safe_load((HERE / "metrics.yaml").read_text())
COMPUTED = [name for name, metric in METRICS.items() if metric.terms or metric.factors]


def expectations(case: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [(case, expected) for expected in case["expect"]]


def examples(page: Path) -> list[dict[str, Any]]:
    """The YAML blocks of a page."""
    blocks = page.read_text().split("```yaml\n")[1:]
    return [yaml.safe_load(block.split("```")[0]) for block in blocks]


OF_CASES = [pair for case in CASES for pair in expectations(case)]
OF_PAGES = [
    (page, *pair)
    for page in sorted({PAGES / f"{METRICS[name].method}.md" for name in COMPUTED})
    for example in examples(page)
    for pair in expectations(example)
]


@pytest.mark.parametrize(("case", "expected"), OF_CASES, ids=lambda part: str(part.get("case", part.get("metric"))))
def test_the_engine_agrees_with_the_case(case: dict[str, Any], expected: dict[str, Any]) -> None:
    assert found(case, expected) == (None if expected["value"] is None else pytest.approx(number(expected["value"])))


@pytest.mark.parametrize(("path", "case", "expected"), OF_PAGES, ids=lambda part: getattr(part, "stem", ""))
def test_the_engine_agrees_with_the_example_on_the_page(
    path: Path, case: dict[str, Any], expected: dict[str, Any]
) -> None:
    value = found(case, expected)
    assert value == (None if expected["value"] is None else pytest.approx(number(expected["value"]))), path.name


def test_every_computed_metric_has_a_case_and_an_example_on_its_page() -> None:
    assert {expected["metric"] for _, expected in OF_CASES} == set(COMPUTED)
    assert {expected["metric"] for _, _, expected in OF_PAGES} == set(COMPUTED)
