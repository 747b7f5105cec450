"""The page that shows the API knows every operation and every shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from quarterdeck.faces.api.routes import api

if TYPE_CHECKING:
    from small_company import SmallCompany


@pytest.fixture
def text(made: SmallCompany) -> str:
    client = Client()
    client.force_login(made.users["rita"])
    response = client.get("/api/v1/docs")
    assert response.status_code == 200
    return response.content.decode()


def test_every_operation_has_a_form(text: str) -> None:
    paths = api.get_openapi_schema()["paths"]
    missing = [
        f"{method} {path}"
        for path, operations in paths.items()
        for method in operations
        if f'data-method="{method}" data-path="{path}"' not in text
    ]
    assert missing == []
    assert len(paths) > 20


def test_every_link_to_a_shape_leads_somewhere(text: str) -> None:
    linked = {part.split('"')[0] for part in text.split('href="#shape-')[1:]}
    shown = {part.split('"')[0] for part in text.split('id="shape-')[1:]}
    assert linked <= shown


def test_nothing_comes_from_elsewhere(text: str) -> None:
    addresses = [part.split('"')[0] for kind in ('src="', 'rel="stylesheet" href="') for part in text.split(kind)[1:]]
    assert addresses
    assert all(address.startswith("/static/") for address in addresses)


@pytest.mark.usefixtures("made")
def test_the_description_is_there_for_tools_and_the_page_for_people() -> None:
    assert Client().get("/api/v1/openapi.json").status_code == 200
    response = Client().get("/api/v1/docs")
    assert response.headers["Location"].startswith("/sign-in/login/?next=/api/v1/docs")
