"""Goals brought down, targets set cell by cell, and why a figure is what it is."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from quarterdeck.records.models import Goal, Target
from small_company import SmallCompany, amount_of

Programs = Callable[..., Any]


@pytest.fixture
def goal(made: SmallCompany) -> dict[str, Any]:
    return {"metric": "bookings", "team_id": made.teams["company"].pk, "fiscal_year": 2025, "amount": 1_000_003,
            "basis": "even"}  # fmt: skip


def test_a_preview_sums_exactly_on_every_level_and_writes_nothing(program: Programs, goal: dict[str, Any]) -> None:
    before = Target.objects.count()
    response = program("dana").ask("post", "/goals/preview", goal)
    assert response.status_code == 200, response.content
    cells = response.json()["cells"]
    amounts = {(cell["node_id"], cell["starts_on"]): cell["amount"] for cell in cells}
    below = defaultdict[tuple[str, str], int](int)
    for cell in cells:
        if cell["parent_id"]:
            below[cell["parent_id"], cell["starts_on"]] += cell["amount"]
    assert {key: amounts[key] for key in below} == below
    top = next(cell["node_id"] for cell in cells if cell["parent_id"] is None)
    assert sum(amount for (node, _), amount in amounts.items() if node == top) == 1_000_003
    assert (Goal.objects.count(), Target.objects.count()) == (0, before)


def test_a_goal_is_set_once_and_listed(program: Programs, goal: dict[str, Any]) -> None:
    dana = program("dana")
    first, again = (dana.ask("post", "/goals", goal, Idempotency_Key="g-1") for _ in range(2))
    assert (first.status_code, again.content) == (201, first.content)
    assert Goal.objects.count() == 1
    listed = dana.get("/goals", fiscal_year=2025)["items"]
    assert listed == [first.json()]


def test_a_goal_of_several_years_in_a_shape_says_how_it_came_about(program: Programs, goal: dict[str, Any]) -> None:
    more = {"quarters": [22, 24, 24, 30], "years": {"n_years": 2, "end": 2_000_000, "path": "linear"}}
    made = program("dana").ask("post", "/goals", goal | more)
    assert made.status_code == 201, made.content
    assert made.json()["how"]["quarters"] == ["22", "24", "24", "30"]
    later = program("dana").get("/goals", fiscal_year=2026)["items"]
    assert [(one["amount"], one["how"]["years"]["year"]) for one in later] == [(2_000_000, 2)]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"amount": None}, "goal_amount"),
        ({"relief": "0.1"}, "goal_relief"),
        ({"quarters": [1, 1, 1]}, "goal_amount"),
        ({"amount": None, "market": {"shares": [{"segment_id": 999_999, "share": "0.1"}]}}, "goal_market"),
        ({"mix": {"retained": "0.9"}}, "goal_amount"),
        ({"growth": "0.1"}, "goal_amount"),
        ({"metric": "win_rate"}, "goal_metric"),
        ({"metric": "wishes"}, "goal_metric"),
        ({"amount": 0}, "invalid"),
        ({"amount": 2**63}, "invalid"),
        ({"fiscal_year": 1066}, "invalid"),
        ({"basis": "weights"}, "goal_weights"),
        ({"basis": "weights", "weights": {"moon:1": 1}}, "invalid"),
        ({"amount": None, "growth": "NaN"}, "invalid"),
    ],
)
def test_a_goal_that_means_nothing_is_refused(
    program: Programs, goal: dict[str, Any], change: dict[str, Any], rule: str
) -> None:
    response = program("dana").ask("post", "/goals", goal | change)
    assert (response.status_code, response.json()["rule"]) == (422, rule)
    assert Goal.objects.count() == 0


def test_a_manager_sets_no_goal(program: Programs, goal: dict[str, Any]) -> None:
    response = program("mona").ask("post", "/goals", goal)
    assert (response.status_code, response.json()["rule"]) == (403, "needs_hat")


def test_a_target_that_is_put_stands_in_the_grid(program: Programs, made: SmallCompany) -> None:
    mona, rita = program("mona"), made.people["rita"].pk
    put = {"holder": f"person:{rita}", "starts_on": "2025-06-17", "amount": 77_00, "metric": "bookings"}
    response = mona.ask("put", "/targets", put)
    assert response.status_code == 200, response.content
    assert (response.json()["starts_on"], response.json()["amount"]) == ("2025-06-01", 77_00)
    grid = mona.get("/targets", team_id=made.teams["east"].pk, fiscal_year=2025, metric="bookings")
    row = next(row for row in grid["rows"] if row["holder"] == f"person:{rita}")
    assert (row["cells"][5]["amount"], row["cells"][5]["origin"]) == (77_00, "by hand")


def test_a_target_of_somebody_elses_person_is_not_put(program: Programs, made: SmallCompany) -> None:
    put = {"holder": f"person:{made.people['walt'].pk}", "starts_on": "2025-06-17", "amount": 1, "metric": "bookings"}
    assert program("mona").ask("put", "/targets", put).status_code == 404


def test_a_figure_opens_to_its_facts(program: Programs, made: SmallCompany, django_assert_max_num_queries: Any) -> None:
    rita, who = program("rita"), made.people["rita"].pk
    with django_assert_max_num_queries(15):
        found = rita.get(
            "/because", metric="bookings", holder=f"person:{who}", starts_on="2025-06-01", ends_on="2025-07-01"
        )
    assert [row["code"] for row in found["rows"]] == ["book-rita"]
    assert found["rows"][0]["amount_minor"] == amount_of("rita") * 100
    assert found["sentence"]
    assert json.dumps(found["formula"])


def test_a_figure_of_somebody_else_stays_closed(program: Programs, made: SmallCompany) -> None:
    query = f"metric=bookings&holder=person:{made.people['walt'].pk}&starts_on=2025-06-01&ends_on=2025-07-01"
    assert program("mona").ask("get", f"/because?{query}").status_code == 404


def test_the_grid_costs_few_queries(program: Programs, made: SmallCompany, django_assert_max_num_queries: Any) -> None:
    dana, team = program("dana"), made.teams["company"].pk
    dana.get("/metrics")  # notes the token's use, which happens once a minute
    with django_assert_max_num_queries(15):
        dana.get("/targets", team_id=team, fiscal_year=2025, metric="bookings")
