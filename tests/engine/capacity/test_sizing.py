import json
from fractions import Fraction
from typing import Any

import pytest

from quarterdeck.engine.capacity.chain import HeadcountDrivers, headcount
from quarterdeck.engine.capacity.response import marginal_sizing, square_root_sizing
from quarterdeck.engine.capacity.sensitivity import sensitivity
from quarterdeck.engine.capacity.workload import AccountClass, workload
from quarterdeck.terms.errors import Refusal

TIME: dict[str, Any] = {"hours_per_year": 1000, "selling_share": 0.5}


def _drivers(**changed: Any) -> HeadcountDrivers:
    plain: dict[str, Any] = {"target_minor": 1000, "quota_minor": 100, "attainment": 1, "attrition": 0.5,
             "attrition_timing": "none", "share_ramping": 0, "ramping_productivity": 1}  # fmt: skip
    return HeadcountDrivers(**(plain | changed))


@pytest.mark.parametrize(("timing", "heads"), [("none", 10), ("end", 10), ("mid_year", 14), ("start", 20)])
def test_when_people_leave_decides_how_many_it_takes(timing: str, heads: int) -> None:
    found = headcount(_drivers(attrition_timing=timing))
    assert found.n_heads == heads
    assert json.loads(found.because)["attrition_timing"] == timing


@pytest.mark.parametrize(
    "wrong",
    [
        {"quota_minor": 0},
        {"target_minor": -1},
        {"attrition": 1, "attrition_timing": "start"},
        {"share_ramping": 1, "ramping_productivity": 0},
        {"attrition_timing": "sometimes"},
        {"attainment": float("inf")},
    ],
)
def test_a_chain_that_leads_nowhere_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        headcount(_drivers(**wrong))


@pytest.mark.parametrize(("rounding", "people"), [("up", 2), ("nearest", 1)])
def test_the_rounding_of_people_is_named(rounding: Any, people: int) -> None:
    classes = [AccountClass(n_accounts=700, calls_per_year=1, minutes_per_call=60)]
    found = workload(classes, rounding=rounding, **TIME)
    assert found.n_people == people
    assert json.loads(found.because)["rounding"] == rounding


def test_no_accounts_need_nobody() -> None:
    assert workload([], rounding="up", **TIME).n_people == 0


def test_work_that_cannot_be_is_refused() -> None:
    below = [AccountClass(n_accounts=-1, calls_per_year=1, minutes_per_call=1)]
    for classes, changed in ((below, {}), ([], {"selling_share": 0}), ([], {"rounding": "down"})):
        with pytest.raises(Refusal):
            workload(classes, **({"rounding": "up"} | TIME | changed))


def test_a_first_head_that_does_not_pay_ends_the_margin_but_not_the_total() -> None:
    brings = [0, 50, 300]
    assert marginal_sizing(brings, 100, rule="while_above").n_heads == 0
    assert marginal_sizing(brings, 100, rule="best_total").n_heads == 2


def test_the_marginal_because_names_rule_and_margins() -> None:
    why = json.loads(marginal_sizing([0, 10, 15], 6, rule="while_above").because)
    assert why == {"rule": "while_above", "cost_minor": 6, "adds": 10, "next_adds": 5}


def test_a_square_root_is_exact_beyond_floats() -> None:
    scale = 10**17 + 1
    assert square_root_sizing(scale, scale // 4).brings_minor == 2 * scale
    assert square_root_sizing(3, 1).n_heads == 2


@pytest.mark.parametrize("wrong", [(0, 1), (1, 0), (-1, 1)])
def test_a_response_without_scale_or_cost_is_refused(wrong: tuple[int, int]) -> None:
    with pytest.raises(Refusal):
        square_root_sizing(*wrong)
    with pytest.raises(Refusal):
        marginal_sizing([], 1, rule="best_total")


def test_sensitivity_leaves_empty_what_is_refused() -> None:
    found = sensitivity(lambda by: 10 / by["quota"], {"quota": 5}, [Fraction(1), -1])
    assert found["result"].to_list() == [1.0, None]


def test_the_driver_that_moves_most_comes_first() -> None:
    found = sensitivity(lambda by: by["a"] + 10 * by["b"], {"a": 1, "b": 1}, [0.1, -0.1])
    assert found["driver"].to_list() == ["b", "b", "a", "a"]
