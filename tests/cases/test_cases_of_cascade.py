"""Worked examples of spreads, pins, margins, quotas and re-plans: the YAML files beside this one."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from quarterdeck.engine.cascade.margins import two_margins
from quarterdeck.engine.cascade.spread import spread

Case = dict[str, Any]


def _cases(name: str) -> pytest.MarkDecorator:
    cases = yaml.safe_load(Path(__file__).with_name(f"{name}.yaml").read_text(encoding="utf-8"))
    return pytest.mark.parametrize("case", cases, ids=[case["id"] for case in cases])


@_cases("cascade_spread")
def test_a_whole_is_split_into_parts(case: Case) -> None:
    bounds = {name: case.get(name) for name in ("pins", "minimum", "maximum")}
    assert spread(case["total"], case["weights"], **bounds).amounts == case["parts"]


@_cases("cascade_margins")
def test_a_table_meets_both_margins(case: Case) -> None:
    assert two_margins(case["seed"], case["rows"], case["columns"]) == case["table"]
