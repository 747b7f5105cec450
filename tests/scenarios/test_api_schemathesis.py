"""Every operation with data that fits its description and data that does not: never a fault of ours.

Answers also have the status, the content type and the shape that the description says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from secrets import token_hex
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from quarterdeck.faces.api import auth
from quarterdeck.faces.api.routes import api
from quarterdeck.services.rights import SCOPES
from small_company import small_company

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)


schema = schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"))))
schema.app = get_wsgi_application()
schema.config.phases.coverage.unexpected_methods = set()


@pytest.fixture
def headers(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, settings: Any) -> Iterator[dict[str, str]]:  # noqa: ARG001  opens the database
    """A program of operations with every scope; looking its token up each time would take half of the test's time."""
    actor = small_company().actor("olga", frozenset(SCOPES))
    monkeypatch.setattr(auth, "authenticate", lambda *_: replace(actor, memo={}))
    monkeypatch.setattr(auth, "RATE", 10**9)
    settings.MEDIA_ROOT = tmp_path
    ends = (request_started, request_finished)
    for signal in ends:  # a request would close the connection in whose transaction the test lives
        signal.disconnect(close_old_connections)
    yield {"Authorization": "Bearer any"}
    for signal in ends:
        signal.connect(close_old_connections)


@schema.parametrize()
@settings(
    max_examples=4, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip
def test_no_request_makes_the_server_fail(case: Any, headers: dict[str, str]) -> None:
    fresh = {"Idempotency-Key": token_hex()}  # the key that schemathesis sends is the same for every body
    case.call_and_validate(headers=headers | fresh, checks=CHECKS)
