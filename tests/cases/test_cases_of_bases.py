"""Worked examples of what a plan is shared by, in a form that a sales operations person could write."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pytest
import yaml

from laws.planned import months
from quarterdeck.engine.cascade.bases import Basis, based_weights
from quarterdeck.engine.cascade.plan import plan

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

CASES = yaml.safe_load((Path(__file__).parent / "cascade_bases.yaml").read_text(encoding="utf-8"))


def team(people: list[str]) -> Frame:
    rows = {"node_id": ["team", *people], "parent_id": [None, *["team"] * len(people)]}
    return nw.from_dict(rows, {"node_id": nw.String, "parent_id": nw.String}, backend="polars")


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_goal_is_shared_as_its_case_says(case: dict[str, Any]) -> None:
    last_year, potential = case.get("last_year", {}), case.get("potential", {})
    people = sorted(case.get("people") or {**last_year, **potential})
    ratios = {
        name: Fraction(case["basis"][name]) for name in ("history_share", "growth", "relief") if name in case["basis"]
    }
    basis = Basis(**case["basis"] | ratios)
    weighed = based_weights(team(people), case["goal"], basis, last_year, potential)
    found = plan(case["goal"], weighed, months(1), [1], basis=basis.kind)
    assert {node.node_id: year for node, year in zip(found.shape.nodes, found.years("plan"), strict=True)} == {
        "team": case["goal"], **case["years"],
    }  # fmt: skip
