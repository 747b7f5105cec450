"""A small company behind the API, and programs that ask it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from quarterdeck.faces.api import clock
from quarterdeck.services.rights import SCOPES
from quarterdeck.services.tokens import token_made
from small_company import NOW, TODAY, SmallCompany


@dataclass
class Program:
    """A program with a token of somebody's."""

    secret: str

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer to a request."""
        more = {} if body is None else {"data": body, "content_type": "application/json"}
        sent = {"Authorization": f"Bearer {self.secret}"} | {
            name.replace("_", "-"): text for name, text in headers.items()
        }
        return getattr(Client(), method)(f"/api/v1{path}", headers=sent, **more)

    def get(self, path: str, **query: Any) -> Any:
        """What a reading answers; the request must succeed."""
        response = Client().get(f"/api/v1{path}", query, headers={"Authorization": f"Bearer {self.secret}"})
        assert response.status_code == 200, response.content
        return response.json()


@pytest.fixture
def made(small_made: SmallCompany, monkeypatch: pytest.MonkeyPatch) -> SmallCompany:
    """The small company, on the morning of 30 June 2025."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    cache.clear()
    return small_made


@pytest.fixture
def program(made: SmallCompany) -> Callable[..., Program]:
    """Programs by the person whose token they have."""

    def of(who: str, *scopes: str) -> Program:
        expires_on = TODAY + dt.timedelta(days=30)
        _, secret = token_made(made.actor(who), name="test", scopes=scopes or tuple(SCOPES), expires_on=expires_on)
        return Program(secret)

    return of
