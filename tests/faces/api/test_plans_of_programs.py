"""Plans through the API: the list, the grid, edits and steps, and notices, for whom they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from quarterdeck.records.models import PlanEdit
from small_company import SmallCompany, small_plan

Programs = Callable[..., Any]


@pytest.fixture
def at(made: SmallCompany) -> str:
    return f"/plans/{small_plan(made, 2026, 'draft').pk}"


def test_a_plan_is_listed_and_shown_to_who_sees_a_row(program: Programs, at: str) -> None:
    assert [line["state"] for line in program("mona").ask("get", "/plans").json()["items"]] == ["draft"]
    rows = program("mona").ask("get", at).json()["rows"]
    assert "Walt Oystermoor" not in {row["name"] for row in rows}
    assert program("rita").ask("get", "/plans").json()["items"] == []
    assert program("rita").ask("get", at).status_code == 404


def test_an_edit_answers_with_what_changed_and_is_made_once(program: Programs, made: SmallCompany, at: str) -> None:
    rita, raj = (f"person:{made.people[who].pk}" for who in ("rita", "raj"))
    edits = [{"node": node, "month": "2026-01-01", "amount": 1_000} for node in (rita, raj)]
    dana = program("dana")
    answers = [
        dana.ask("post", f"{at}/edits", {"version": 5, "edits": edits}, **{"Idempotency-Key": "k"}) for _ in range(2)
    ]
    assert answers[0].status_code == 200, answers[0].content
    assert answers[0].json() == answers[1].json()
    assert {"node": rita, "at": 0, "amount": 1_000, "is_pinned": True} in answers[0].json()["changed"]
    assert PlanEdit.objects.count() == 6
    late = dana.ask("post", f"{at}/edits", {"version": 5, "edits": edits})
    assert (late.status_code, late.json()["rule"]) == (409, "plan_version")


def test_a_plan_moves_on_by_who_may(program: Programs, at: str) -> None:
    refused = program("mona").ask("post", f"{at}/steps", {"step": "approve"})
    assert refused.status_code == 403
    for step in ("submit", "approve", "publish"):
        answer = program("dana").ask("post", f"{at}/steps", {"step": step, "note": "go \x01 on"})
        assert answer.status_code == 200, answer.content
    assert answer.json()["state"] == "published"
    told = program("rita").ask("get", "/notices").json()["items"]
    assert {line["person"] for line in told} == {"Rita Brackenshaw"}


def test_a_token_that_only_reads_edits_nothing(program: Programs, at: str) -> None:
    answer = program("dana", "read").ask("post", f"{at}/steps", {"step": "submit"})
    assert (answer.status_code, answer.json()["rule"]) == (403, "needs_scope")
