"""Worked examples of the planning formulas: the YAML files named planning_* beside this one."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pytest
import yaml

from quarterdeck.engine.capacity.chain import HeadcountDrivers, headcount
from quarterdeck.engine.capacity.ramp import ramped_heads
from quarterdeck.engine.capacity.response import marginal_sizing, square_root_sizing
from quarterdeck.engine.capacity.workload import AccountClass, workload
from quarterdeck.engine.fairness.statistics import variation
from quarterdeck.engine.goals.progress import goal_zones
from quarterdeck.engine.growth.market import share_after_growth, wallet
from quarterdeck.engine.growth.mix import price_volume_mix
from quarterdeck.engine.growth.retention import retention
from quarterdeck.engine.territories.indices import balance, territory_indices

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = [
    case for path in sorted(HERE.glob("planning_*.yaml")) for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]


def _workload(classes: list[tuple[int, float, float]], **more: Any) -> Any:
    rows = [AccountClass(n_accounts=n, calls_per_year=calls, minutes_per_call=long) for n, calls, long in classes]
    return workload(rows, **more)


def _balance(amounts: list[int]) -> dict[str, Any]:
    rows = {"account_id": list(range(len(amounts))), "territory_id": list(range(len(amounts))), "amount": amounts}
    accounts = nw.from_dict(rows, backend="polars")
    index = territory_indices(accounts, ["amount"])["index"].to_list()
    return {"index": index} | next(balance(accounts, ["amount"]).iter_rows(named=True))


def _retention(convention: Any, start: int, expansion: int, contraction: int, churn: int) -> Any:
    parts = {"start": start, "expansion": expansion, "contraction": -contraction, "churn": -churn}
    frame = nw.from_dict({"part": list(parts), "amount_minor": list(parts.values())}, backend="polars")
    return retention(frame, contraction=convention)


def _mix(products: list[list[Any]], joint: Any) -> dict[str, Any]:
    names = ("product_id", "units_before", "before_minor", "units_after", "after_minor")
    rows = {name: [row[at] for row in products] for at, name in enumerate(names)}
    found = price_volume_mix(nw.from_dict(rows, backend="polars"), joint=joint)
    parts: dict[str, Any] = {part: found[f"{part}_minor"].to_list() for part in ("price", "volume", "mix")}
    return parts | {"change": int(found["change_minor"].sum())}


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "balance": _balance,
    "goal_zones": lambda **given: dict(zip(("commit", "target"), goal_zones(**given), strict=True)),
    "headcount": lambda **given: headcount(HeadcountDrivers(**given)),
    "marginal_sizing": lambda **given: marginal_sizing(given.pop("brings_minor"), given.pop("cost_minor"), **given),
    "price_volume_mix": _mix,
    "ramped_heads": lambda cohorts: {"ramped_heads": ramped_heads(cohorts)},
    "retention": _retention,
    "share_after_growth": lambda **given: {"share": share_after_growth(**given)},
    "square_root_sizing": square_root_sizing,
    "variation": lambda values: {"cv": variation(np.array(values, dtype=float))},
    "wallet": lambda **given: dict(zip(("share", "elsewhere", "missing"), wallet(**given), strict=True)),
    "workload": _workload,
}


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_planning_formula_agrees_with_the_case(case: dict[str, Any]) -> None:
    result = FUNCTIONS[case["of"]](**case["given"])
    found = {
        name: _plain(result[name] if isinstance(result, dict) else getattr(result, name)) for name in case["expect"]
    }
    assert found == {name: _near(value) for name, value in case["expect"].items()}


def test_every_function_has_a_case_and_every_case_a_source() -> None:
    assert {case["of"] for case in CASES} == set(FUNCTIONS)
    assert all(case["source"] for case in CASES)


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Fraction) else value


def _near(value: Any) -> Any:
    return pytest.approx(value, rel=1e-6, abs=5e-5) if isinstance(value, float) else value
