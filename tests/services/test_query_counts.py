"""No page and no reading of the API asks the database more than 15 times, whoever looks and however much there is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, resolve

from companies import DEMO_DAY, Loaded
from quarterdeck.faces.api.routes import api
from quarterdeck.records.models import Account, Batch, Opportunity, Person, Plan, Team, User
from quarterdeck.services.actor import actor_of
from quarterdeck.services.goals import GoalDraft, goal_set
from quarterdeck.services.plans.drafts import plan_made
from quarterdeck.services.tokens import token_made

pytestmark = pytest.mark.django_db
MOST = 15
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NOT_READ = {"home", "live", "because", "target", "import-template", "import-findings", "invitation"}
"""Redirects, streams and files; `because` and `target` are asked for with a question below."""
BECAUSE = (
    "bookings", "win_rate", "open_pipeline", "activities", "target", "pace", "growth", "coverage", "projected_finish",
)  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def _goal(demo_company: Loaded, django_db_blocker: Any) -> None:
    """This year's goal, and logins."""
    with django_db_blocker.unblock():
        root = Team.objects.get(code="company")
        draft = GoalDraft(metric="bookings", fiscal_year=DEMO_DAY.year, team_id=root.pk, amount=1_234_567_89)
        plan_made(demo_company.actor, goal_set(demo_company.actor, draft).pk)
        for person in Person.objects.filter(code__in=["dana", "priya", "rita", "ines"]):
            User.objects.create_user(person.email, person=person)


def looking(who: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(person__code=who), backend=BACKEND)
    return client


def ids() -> dict[str, int]:
    """What the parameters of addresses are filled with: what everybody below may see."""
    models = {"account_id": Account, "opportunity_id": Opportunity, "batch_id": Batch, "plan_id": Plan}
    found = {name: model.objects.latest("pk").pk for name, model in models.items()}
    return found | {"person_id": Person.objects.get(code="rita").pk, "team_id": Team.objects.get(code="company").pk}


def pages() -> Iterator[tuple[str, str]]:
    """Name and address of every page that can be read."""
    known = ids()
    for pattern in get_resolver().url_patterns[-1].url_patterns:
        if isinstance(pattern, URLPattern) and pattern.name not in NOT_READ:
            route = "/" + str(pattern.pattern)
            for name in pattern.pattern.converters:
                start, end = route.index("<"), route.index(">")
                route = f"{route[:start]}{known.get(name, 1)}{route[end + 1 :]}"
            yield str(pattern.name), f"{route}?as_of={DEMO_DAY}"


def questions() -> Iterator[tuple[str, str]]:
    year, rita, root = DEMO_DAY.year, ids()["person_id"], ids()["team_id"]
    days = f"starts_on={year}-01-01&ends_on={year + 1}-01-01&as_of={DEMO_DAY}&of=bookings"
    for metric in BECAUSE:
        for holder in (f"person:{rita}", f"team:{root}"):
            yield f"because {metric} {holder}", f"/because?metric={metric}&holder={holder}&{days}"
    yield "cell", f"/targets/person:{rita}?starts_on={year}-03-01&metric=bookings"


def too_many(client: Client, asked: Iterator[tuple[str, str]], **more: Any) -> tuple[dict[str, int], int]:
    """What took more queries than allowed, and how many addresses answered at all."""
    found, n_answered = {}, 0
    for name, address in asked:
        client.get(address, **more)  # what is looked up once a process is not the page's
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address, **more)
        if answer.status_code == 200:
            n_answered += 1
            if len(queries) > MOST:
                found[f"{name}: {address}"] = len(queries)
    return found, n_answered


@pytest.mark.parametrize(("who", "n_least"), [("dana", 20), ("priya", 15), ("rita", 15), ("ines", 25)])
def test_a_page_costs_at_most_fifteen_queries(who: str, n_least: int) -> None:
    found, n_answered = too_many(looking(who), pages())
    assert not found
    assert n_answered >= n_least


@pytest.mark.parametrize("who", ["dana", "priya", "rita"])
def test_a_because_costs_at_most_fifteen_queries(who: str) -> None:
    found, n_answered = too_many(looking(who), questions())
    assert not found
    assert n_answered >= len(BECAUSE)


def readings() -> Iterator[tuple[str, str]]:
    """Every reading of the API that needs no key, and values of metrics."""
    for path, operations in api.get_openapi_schema()["paths"].items():
        if "get" in operations and "{" not in path and not path.endswith("/values"):
            yield path, path
    year = DEMO_DAY.year
    days = f"starts_on={year}-01-01&ends_on={year + 1}-01-01&as_of={DEMO_DAY}&period=month"
    for metric in ("bookings", "win_rate", "attainment", "growth"):
        yield f"values of {metric}", f"/api/v1/metrics/values?metric={metric}&{days}"


@pytest.mark.parametrize("who", ["dana", "priya", "rita"])
def test_a_reading_of_the_api_costs_at_most_fifteen_queries(who: str) -> None:
    now = dt.datetime.now(dt.UTC)  # noqa: TID251  a token must not be over
    user = User.objects.get(person__code=who)
    expires_on = now.date() + dt.timedelta(days=1)
    _, secret = token_made(actor_of(user, now), name="count", scopes=["read"], expires_on=expires_on)
    found, n_answered = too_many(Client(), readings(), headers={"Authorization": f"Bearer {secret}"})
    assert not found
    assert n_answered >= 10


def test_desks_are_among_the_pages() -> None:
    named = {resolve(address.split("?")[0]).url_name for _, address in pages()}
    assert {"desk-rep", "desk-manager", "desk-director", "deals", "activities", "targets"} <= named
