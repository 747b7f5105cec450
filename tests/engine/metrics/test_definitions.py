"""Definitions are data: each is whole, each names measures that exist, and each can say why."""

import datetime as dt
import json
from pathlib import Path

import pytest

from quarterdeck.engine.metrics.because import because
from quarterdeck.engine.metrics.definitions import METRICS, Metric
from quarterdeck.engine.metrics.measures import MEASURES

ROW = {"holder_kind": "team", "holder_id": 1, "starts_on": dt.date(2025, 3, 1), "ends_on": dt.date(2025, 4, 1),
    "slice": "", "value": 0.25, "numerator": 1.0, "denominator": 4.0}  # fmt: skip
METHODS = Path(__file__).resolve().parents[3] / "docs" / "methods"


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_a_metric_is_computed_in_exactly_one_way(metric: Metric) -> None:
    ways = [bool(metric.terms), bool(metric.factors), bool(metric.text)]
    assert sum(ways) == 1
    assert (metric.kind == "derived") == (not metric.terms)
    assert (metric.kind == "ratio") == bool(metric.denominator)


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_a_metric_reads_measures_and_metrics_that_exist(metric: Metric) -> None:
    assert {term.measure for term in metric.terms} <= set(MEASURES)
    assert {name for name, _ in metric.factors} <= set(METRICS)


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_a_metric_has_a_page_that_says_what_it_is(metric: Metric) -> None:
    page = (METHODS / f"{metric.method}.md").read_text()
    assert page.startswith("# ")
    assert "Formula" in page
    assert "xample" in page


@pytest.mark.parametrize("metric", METRICS)
def test_a_reason_can_be_given_and_sent(metric: str) -> None:
    why = because(metric, ROW, as_of=dt.date(2025, 4, 1), tree="now")
    assert json.loads(json.dumps(why)) == why
    assert METRICS[metric].title in why["sentence"]
    assert "on the as-of day" in why["whose"]


def test_a_reason_of_a_value_that_is_not_defined_says_so() -> None:
    why = because("win_rate", ROW | {"value": None, "numerator": 0.0, "denominator": 0.0}, as_of=dt.date(2025, 4, 1))
    assert "not defined = 0 / 0" in why["sentence"]


def test_every_measure_feeds_a_metric_or_says_what_else_it_is_for() -> None:
    read = {term.measure for metric in METRICS.values() for term in metric.terms}
    assert set(MEASURES) - read == {"activity_minutes", "stage_entered"}
