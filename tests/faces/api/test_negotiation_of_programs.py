"""Numbers proposed and answered, cells explained and plans amended through the API, by whom they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from quarterdeck.records.models import Account, Amendment, Proposal
from small_company import SmallCompany, small_plan

Programs = Callable[..., Any]
MAY = "?as_of=2026-05-20"


@pytest.fixture
def at(made: SmallCompany) -> str:
    return f"/plans/{small_plan(made, 2026, 'draft').pk}"


def node(made: SmallCompany, who: str) -> str:
    return f"person:{made.people[who].pk}"


def published(program: Programs, at: str) -> None:
    for step in ("submit", "approve", "publish"):
        assert program("dana").ask("post", f"{at}/steps", {"step": step}).status_code == 200


def test_a_number_is_proposed_once_and_answered(program: Programs, made: SmallCompany, at: str) -> None:
    body = {"node": node(made, "walt"), "amount": 5_000, "reason": "two accounts left"}
    before = Proposal.objects.count()
    answers = [program("wim").ask("post", f"{at}/proposals", body, **{"Idempotency-Key": "p"}) for _ in range(2)]
    assert answers[0].status_code == 200, answers[0].content
    assert answers[0].json() == answers[1].json()
    assert Proposal.objects.count() == before + 1
    listed = program("mona").ask("get", f"{at}/proposals").json()["items"]
    assert {row["name"] for row in listed}.isdisjoint({"Walt Oystermoor"}), "not hers"
    found = f"/proposals/{answers[0].json()['id']}/answer"
    assert program("mona").ask("post", found, {"is_accepted": False, "reason": "no"}).status_code == 404
    assert program("dana").ask("post", found, {"is_accepted": False}).status_code == 422
    answer = program("dana").ask("post", found, {"is_accepted": False, "reason": "they came back"})
    assert answer.json() == {"is_accepted": False, "version": None}


def test_a_cell_says_why_and_not_what_is_above(program: Programs, made: SmallCompany, at: str) -> None:
    cell = f"{at}/cells/{node(made, 'rita')}?at=2026-01-01"
    assert program("dana").ask("get", cell).json()["steps"][-1]["name"] == "Team company"
    assert program("wim").ask("get", cell).status_code == 404
    assert program("dana").ask("get", f"{at}/cells/{node(made, 'rita')}?at=x").status_code == 422


def test_an_amendment_is_looked_at_then_made_once(program: Programs, made: SmallCompany, at: str) -> None:
    published(program, at)
    account = f"account:{Account.objects.get(code='acc-rita').pk}"
    move = {"what": account, "giver": node(made, "rita"), "receiver": node(made, "walt"), "share": "1/4"}
    body = {
        "kind": "account", "effective_on": "2026-05-16", "first_day": "counts", "share_by": "given",
        "handovers": [move], "trigger": "a new map",
    }  # fmt: skip
    dana = program("dana")
    seen = dana.ask("post", f"{at}/amendments/preview{MAY}", body)
    assert seen.status_code == 200, seen.content
    assert (seen.json()["n_told"], Amendment.objects.count()) == (2, 0)
    assert "the first day counts" in seen.json()["because"]
    answers = [dana.ask("post", f"{at}/amendments{MAY}", body, **{"Idempotency-Key": "a"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert Amendment.objects.count() == 1


@pytest.mark.parametrize("who", ["mona", "rita", "fred"])
def test_who_does_not_decide_amends_nothing(program: Programs, made: SmallCompany, at: str, who: str) -> None:
    published(program, at)
    body = {"kind": "leaver", "node": node(made, "rita"), "effective_on": "2026-05-16", "first_day": "counts"}
    for what in ("amendments", "amendments/preview"):
        answer = program(who).ask("post", f"{at}/{what}{MAY}", body)
        assert answer.status_code in {403, 404}
    assert program("dana", "read").ask("post", f"{at}/amendments{MAY}", body).status_code == 403
    assert Amendment.objects.count() == 0
