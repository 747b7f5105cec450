from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from quarterdeck.records.models import Company, Person, Position, Seat, Team, User

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
OWN_DOORS = ("api/", "sign-in/")
"""What asks for itself who is there: tokens, and the sign-in pages."""


def routes(patterns: list[Any], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route.replace("<int:", "<").replace("^", "").replace("$", "")


def filled(route: str) -> str:
    parts = route.split("<")
    return "/" + parts[0] + "".join("1" + part.split(">", 1)[1] for part in parts[1:])


def test_every_page_sends_a_stranger_to_sign_in(client: Client) -> None:
    pages = [route for route in routes(get_resolver().url_patterns) if not route.startswith(OWN_DOORS)]
    # An invitation is for somebody who cannot sign in yet; its secret is the key.
    asked = [filled(route) for route in pages if "invitation" not in route]
    answers = {url: client.get(url) for url in asked}
    assert len(answers) > 5
    open_doors = [
        url
        for url, answer in answers.items()
        if not (answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in/login/"))
    ]
    assert open_doors == []


@pytest.fixture
def rita(client: Client) -> Client:
    """A rep who is signed in; the company looks from a day of its own."""
    Company.objects.create(name="Ours", shows_as_of=dt.date(2026, 3, 17))
    team, person = Team.objects.create(code="east", name="East"), Person.objects.create(code="rita", name="Rita <b>")
    position = Position.objects.create(code="east-1", name="East 1", team=team, hat="rep")
    known = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    Seat.objects.create(position=position, person=person, source_system="test", source_id="1", known_at=known)
    user = User.objects.create_user("rita@example.com", "quarterdeck-demo", person=person)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_first_page_is_the_desk_of_the_first_hat(rita: Client) -> None:
    person = Person.objects.get(code="rita")
    assert rita.get("/?as_of=2026-02-01").headers["Location"] == f"/desk/rep/{person.pk}?as_of=2026-02-01"


def test_without_a_hat_the_first_page_says_what_to_do(rita: Client) -> None:
    Seat.objects.all().delete()
    answer = rita.get("/")
    assert answer.status_code == 200
    assert "Ask operations or your director" in answer.content.decode()


def test_a_name_with_markup_stays_a_name(rita: Client) -> None:
    assert "Rita &lt;b&gt;" in rita.get("/deals").content.decode()


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "9999-12-31", "0001-01-01", "2026-03-17'--", "\u0661"])
def test_a_day_that_is_none_is_refused_with_the_next_step(rita: Client, day: str) -> None:
    answer = rita.get("/deals", {"as_of": day})
    assert answer.status_code == 409
    assert "Write it as 2017-12-31." in answer.content.decode()


def test_a_page_of_a_list_that_is_no_number_is_refused(rita: Client) -> None:
    assert rita.get("/deals", {"page": "-1"}).status_code == 409
    assert rita.get("/deals", {"page": "9" * 40}).status_code == 409


def test_a_script_that_asks_for_a_part_gets_the_part_only(rita: Client) -> None:
    part = rita.get("/deals", headers={"HX-Request": "true"}).content.decode()
    assert "<h1>Deals</h1>" in part
    assert "<html" not in part


@pytest.mark.parametrize("path", ["/deals", "/nothing-here", "/sign-in/login/"])
def test_every_answer_allows_only_our_own_scripts_and_styles(rita: Client, path: str) -> None:
    policy = rita.get(path).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_an_unknown_theme_in_the_cookie_is_ignored(rita: Client) -> None:
    rita.cookies["theme"] = '"><script>'
    assert "data-theme" not in rita.get("/deals").content.decode()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_list_is_handed_out_as_a_file(rita: Client, form: str) -> None:
    answer = rita.get("/deals", {"format": form})
    assert answer.status_code == 200
    assert f'deals-2026-03-17.{form}"' in answer.headers["Content-Disposition"]


def test_the_templates_carry_no_inline_script_or_style() -> None:
    templates = Path(__file__).parents[3] / "src" / "quarterdeck" / "faces" / "web" / "templates"
    files = list(templates.rglob("*.html"))
    assert len(files) > 20
    guilty = [
        str(path.relative_to(templates))
        for path in files
        if any(word in path.read_text() for word in (" style=", "<style", "<script>", " onclick=", " onchange="))
    ]
    assert guilty == []


def test_a_part_asked_for_by_a_stranger_leads_the_page_to_sign_in_and_back(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/desk/rep/1?as_of=2026-01-01"}
    answer = client.post("/log/activity", headers=headers)
    assert answer.headers["HX-Redirect"] == "/sign-in/login/?next=/desk/rep/1%3Fas_of%3D2026-01-01"


def test_a_current_page_elsewhere_is_cut_to_its_path(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "https://evil.example//evil.example/desk"}
    assert client.get("/deals", headers=headers).headers["HX-Redirect"] == "/sign-in/login/?next=/evil.example/desk"


def test_a_form_posted_by_a_stranger_does_not_come_back_to_the_form(client: Client) -> None:
    assert client.post("/log/activity").headers["Location"] == "/sign-in/login/?next=/"
