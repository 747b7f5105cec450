"""Tokens, sessions, scopes and how often."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from quarterdeck.faces.api import auth, clock
from quarterdeck.records.models import Activity, ApiToken
from small_company import NOW, TODAY, SmallCompany

Programs = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("made")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer qd_wrong", "Basic cml0YQ==", "Bearer \u00e9"])
def test_a_stranger_is_told_to_bring_a_token(header: str) -> None:
    response = Client().get("/api/v1/people", headers={"Authorization": header} if header else {})
    assert (response.status_code, response.headers["Content-Type"]) == (401, "application/problem+json")
    assert response.json()["rule"] == "not_signed_in"
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_stranger_who_posts_is_a_stranger_too() -> None:
    assert Client(enforce_csrf_checks=True).post("/api/v1/activities", {}).status_code == 401


def test_a_revoked_token_opens_nothing(program: Programs) -> None:
    rita = program("rita")
    ApiToken.objects.update(revoked_at=NOW)
    assert rita.ask("get", "/people").status_code == 401


def test_a_token_that_may_only_write_reads_nothing(program: Programs) -> None:
    response = program("dana", "write:facts").ask("get", "/people")
    assert (response.status_code, response.json()["rule"]) == (403, "needs_scope")


def test_a_token_that_may_only_read_writes_nothing(program: Programs) -> None:
    response = program("rita", "read").ask("post", "/activities", {"kind": "call"})
    assert (response.status_code, response.json()["rule"]) == (403, "needs_scope")
    assert Activity.objects.filter(source_system="quarterdeck").count() == 0


def test_a_person_in_the_browser_reads_with_their_session(made: SmallCompany) -> None:
    client = Client()
    client.force_login(made.users["rita"])
    names = [row["name"] for row in client.get("/api/v1/people").json()["items"]]
    assert names == ["Rita Brackenshaw"]


def test_a_session_without_its_csrf_token_writes_nothing(made: SmallCompany) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(made.users["rita"])
    response = client.post("/api/v1/activities", {"kind": "call"}, content_type="application/json")
    assert (response.status_code, response.json()["rule"]) == (403, "csrf")


def test_a_token_that_asks_too_often_is_told_how_long_to_wait(
    program: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "RATE", 2)
    rita, raj = program("rita"), program("raj")
    assert [rita.ask("get", "/metrics").status_code for _ in range(3)] == [200, 200, 429]
    response = rita.ask("get", "/metrics")
    assert (response.json()["rule"], response.headers["Retry-After"]) == ("too_many_requests", "60")
    assert raj.ask("get", "/metrics").status_code == 200
    monkeypatch.setattr(clock, "now", lambda: NOW + dt.timedelta(minutes=1))
    assert rita.ask("get", "/metrics").status_code == 200


def test_an_unknown_address_is_a_problem_like_any_other(program: Programs) -> None:
    response = program("rita").ask("get", "/people/999999")
    assert (response.status_code, response.json()["rule"]) == (404, "not_visible")


def test_the_last_use_of_a_token_is_noted(program: Programs) -> None:
    program("rita").ask("get", "/metrics")
    assert ApiToken.objects.get().last_used_at == NOW
    assert NOW.date() == TODAY
