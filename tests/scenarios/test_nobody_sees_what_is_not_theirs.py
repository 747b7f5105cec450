"""Every address of the house and every operation of the API, asked by every hat: nothing of anybody unseen comes out.

Addresses are taken from the URLconf and their parameters from the database, so a new page is walked by itself. Each
person's name, codes and amounts occur nowhere else; an answer that carries one of somebody unseen is a leak, whatever
page it stands on. A parameter whose name means nothing here fails the walk, so that nothing is skipped in silence.
"""

from __future__ import annotations

import copy
import io
import itertools
import re
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from pay_stage import paid, staged
from quarterdeck.engine.metrics.definitions import METRICS, SLICE_NAMES
from quarterdeck.records.models import ApiToken, Company, JournalEntry
from quarterdeck.services.actor import Actor
from quarterdeck.services.rights import SCOPES
from quarterdeck.services.tokens import hashed
from quarterdeck.services.totals import totals_rebuilt
from quarterdeck.terms.templates import TEMPLATES
from small_company import (
    CAST,
    NOW,
    SEEN,
    TODAY,
    SmallCompany,
    amount_of,
    small_amendment,
    small_plan,
    small_scenario,
)
from territory_stage import small_moves

if TYPE_CHECKING:
    from django.http import HttpResponseBase

THOROUGH = ("rita", "mona", "hans", "lena")
BRIEF = ("wim", "dana", "olga", "fred", "eva")
"""Asked every address too, with fewer questions behind it: their hats are worn by others or hide nothing."""
WALKERS = ("rita", "mona", "hans")
if "sqlite" not in settings.DATABASES["default"]["ENGINE"]:
    # The same code decides who sees what on every database: one hat shows that its questions mean the same here.
    THOROUGH, BRIEF, WALKERS = ("mona",), (), ("mona",)
METHODS = ("post", "put", "patch", "delete")
OPEN = ("sign-in/", "invitation/", "api/v1/openapi.json")
"""Doors for strangers: to come in, and the description of the API, which knows nothing of the company."""
MODELS = {model._meta.model_name: model for model in apps.get_app_config("records").get_models()}
MODELS |= {
    "deal": MODELS["opportunity"],
    "token": MODELS["apitoken"],
    "import": MODELS["batch"],
    "pk": MODELS["person"],
    "comp_plan": MODELS["compplan"],
    "comp_plan_version": MODELS["compplanversion"],
    "pay_run": MODELS["payrun"],
    "dispute": MODELS["paydispute"],
    "territory_proposal": MODELS["territoryproposal"],
    "payroll_file": MODELS["payrollfile"],
}
TEXTS = {
    "secret": ["made-up"],
    "key": ["made-up"],
    "uidb36": ["1"],
    "provider_id": ["hub"],
    "template": sorted(TEMPLATES),
    "metric": sorted(METRICS),
    "name": ["people", "bookings"],
    "kind": ["person", "team"],
    "code": ["p-walt", "p-rita", "team-west", "deal-walt"],
}


def dressed(made: SmallCompany) -> None:
    """Plans, an amendment and pay, so that every page has something to say."""
    small_scenario(made, small_plan(made, 2026, "draft", "submitted"))
    small_amendment(made, small_plan(made, 2025, "draft", "submitted", "approved", "published"))
    Company.objects.filter(pk=1).update(shows_as_of=TODAY)
    totals_rebuilt(Actor(now=NOW))
    paid(made)
    small_moves(made)


@pytest.fixture(scope="module")
def walked_company(django_db_setup: None, django_db_blocker: Any) -> Iterator[SmallCompany]:  # noqa: ARG001  the database first
    with staged(django_db_blocker, dressed) as made:
        yield made


@pytest.fixture
def company(db: None, walked_company: SmallCompany) -> SmallCompany:  # noqa: ARG001  a savepoint for each walk
    return copy.deepcopy(walked_company)


def addresses(patterns: list[Any], before: str = "") -> Iterator[str]:
    """Every address as a template such as desk/rep/{person_id}."""
    for pattern in patterns:
        route = before + re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", str(pattern.pattern)).replace("^", "").replace("$", "")
        route = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


ADDRESSES = sorted(set(addresses(get_resolver().url_patterns)))


def values(company: SmallCompany, name: str, hidden: list[str]) -> list[str]:
    """What a parameter is filled with: rows of the people hidden, of one seen by nearly nobody, and of none."""
    if name in TEXTS:
        return TEXTS[name]
    if name in {"holder", "node"}:
        seats = [company.positions[code].pk for code in hidden if code in company.positions]
        pks = [company.people[code].pk for code in hidden]
        return [f"person:{pks[-1]}", f"position:{seats[-1]}", f"team:{company.teams['west'].pk}", "nobody:1"]
    noun = name.removesuffix("_id")
    assert noun in MODELS, f"say in TEXTS or MODELS what {{{name}}} is"
    own = {"person": company.people, "opportunity": company.deals, "user": company.users, "team": company.teams}
    rows = own.get(MODELS[noun]._meta.model_name or "", {})
    named = [rows[code].pk for code in hidden if code in rows] or list(
        MODELS[noun].objects.order_by("-pk").values_list("pk", flat=True)[:2]
    )
    teams = [row.pk for code, row in rows.items() if code in company.teams] if noun == "team" else []
    return [str(pk) for pk in dict.fromkeys([*named, *teams, 987_654])]


def filled(company: SmallCompany, route: str, hidden: list[str]) -> list[str]:
    names = re.findall(r"{(\w+)}", route)
    choices = [values(company, name, hidden) for name in names]
    return ["/" + route.format(**dict(zip(names, chosen, strict=True))) for chosen in itertools.product(*choices)]


def queries(company: SmallCompany, hidden: list[str]) -> list[dict[str, str]]:
    """What a curious person writes behind the question mark."""
    pk, deal = str(company.people[hidden[-1]].pk), str(company.deals[hidden[-1]].pk)
    team, code = str(company.teams["west"].pk), f"p-{hidden[-1]}"
    days = {"starts_on": "2025-06-01", "ends_on": "2025-07-01", "since": "2025-06-01", "as_of": str(TODAY)}
    people = dict.fromkeys(("person", "person_id", "owner", "owner_id", "people"), pk)
    return [
        {"q": "Deal", "text": "l"},
        {"format": "xlsx"},
        {"as_of": "2025-03-03"},
        people | days | {"holder": f"person:{pk}", "metric": "bookings"},
        {"deal": deal, "opportunity": deal, "opportunity_id": deal},
        {
            "team": team,
            "team_id": team,
            "holder": f"team:{team}",
            "metric": "bookings",
            "slice_by": "person_id",
            **days,
        },
        dict.fromkeys(("person", "owner", "holder", "actor", "code"), code),
    ]


def text_of(response: HttpResponseBase) -> str:
    """All that an answer says, spreadsheets unpacked; a stream without an end says nothing here."""
    if response.streaming:
        if "event-stream" in response.headers.get("Content-Type", ""):
            return ""
        body = b"".join(response)  # type: ignore[arg-type]
    else:
        body = response.content  # type: ignore[attr-defined]
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"\n".join(book.read(name) for name in book.namelist())
    return body.decode("utf-8", "replace") + str(dict(response.headers))


def marks(who: str) -> list[str]:
    """What only this person's rows carry."""
    amount = amount_of(who)
    return [
        CAST[who][0].split()[1],
        f"p-{who}",
        f"deal-{who}",
        f"{who}@small",
        f"{amount:,}",
        f"{amount}00",
        f"{amount}.00",
    ]


def leaks(text: str, hidden: list[str], allowed: str = "") -> list[str]:
    return [mark for who in hidden for mark in marks(who) if mark in text and mark not in allowed]


def hidden_from(who: str) -> list[str]:
    """People out of sight; who holds no seat comes first, since the last ones are asked about most."""
    return sorted((other for other in CAST if other not in SEEN.get(who, ())), key=lambda other: other != "lena")


def signed_in(company: SmallCompany, who: str) -> Client:
    client = Client(raise_request_exception=False)
    if who in company.users:
        client.force_login(company.users[who], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def program(company: SmallCompany, who: str) -> Client:
    """The same person by a token with every scope."""
    ApiToken.objects.create(
        user=company.users[who],
        name="walk",
        prefix="qd_walk",
        secret_hash=hashed(f"qd_walk_{who}"),
        scopes=list(SCOPES),
        created_at=NOW,
        expires_at=NOW.replace(year=NOW.year + 50),
    )
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer qd_walk_{who}"})


def asked(client: Client, url: str, query: dict[str, str], hidden: list[str]) -> list[str]:
    """What is wrong with the answer to one question."""
    response = client.get(url, query)
    if response.status_code >= 500:
        return [f"{url} {query}: {response.status_code}"]
    echoed = " ".join(query.values())
    return [f"{url} {query} shows {mark}" for mark in leaks(text_of(response), hidden, echoed)]


def walked(company: SmallCompany, client: Client, who: str, prefix: str = "", *, is_brief: bool = False) -> list[str]:
    hidden, wrong = hidden_from(who), []
    for route in ADDRESSES:
        if not route.startswith(prefix) or route.startswith(OPEN):
            continue
        for url in filled(company, route, hidden[-2:] or ["walt"]):
            asking = [] if is_brief or "{" in route else [{"format": "csv"}, *queries(company, hidden)]
            for query in [{}, *asking]:
                wrong += asked(client, url, query, hidden)
    return wrong


def test_the_walk_knows_where_it_goes() -> None:
    assert len(ADDRESSES) > 20
    assert "desk/rep/{person_id}" in ADDRESSES


def test_the_walk_would_notice_a_leak(company: SmallCompany) -> None:
    hidden = hidden_from("rita")
    url = f"/desk/rep/{company.people['walt'].pk}"
    assert asked(signed_in(company, "rita"), url, {}, hidden) == []
    assert asked(signed_in(company, "wim"), url, {}, hidden) != []


@pytest.mark.parametrize("who", [*THOROUGH, *BRIEF])
def test_no_page_shows_what_is_not_theirs(company: SmallCompany, who: str) -> None:
    assert walked(company, signed_in(company, who), who, is_brief=who in BRIEF) == []


@pytest.mark.parametrize("who", ["mona", "hans"])
def test_no_answer_to_a_program_shows_what_is_not_its_owners(company: SmallCompany, who: str) -> None:
    assert walked(company, program(company, who), who, "api/") == []


@pytest.mark.parametrize("who", WALKERS)
def test_no_figure_and_no_because_of_one_shows_what_is_not_theirs(company: SmallCompany, who: str) -> None:
    client, hidden, wrong = signed_in(company, who), hidden_from(who), []
    east, walt = f"team:{company.teams['east'].pk}", company.people["walt"].pk
    seats = [f"position:{company.positions[other].pk}" for other in ("raj", "walt")]
    month = {"starts_on": "2025-06-01", "ends_on": "2025-07-01", "as_of": str(TODAY), "of": "bookings"}
    whose = {"slice_by": "person_id", "slice_value": str(company.people["raj"].pk), "tree": "now"}
    for metric in [*METRICS, "target"]:
        for holder in (east, f"person:{walt}", *seats):
            wrong += asked(client, "/because", {"metric": metric, "holder": holder, **month}, hidden)
        wrong += asked(client, "/because", {"metric": metric, "holder": east, **month, **whose}, hidden)
        for slice_by in ("", *SLICE_NAMES):
            query = {"metric": metric, "holder": east, **month} | ({"slice_by": slice_by} if slice_by else {})
            wrong += asked(client, "/api/v1/metrics/values", query, hidden)
    assert wrong == []


def test_a_director_of_a_part_sees_the_part(company: SmallCompany) -> None:
    company.positions["mona"].hat = "director"
    company.positions["mona"].save()
    assert walked(company, signed_in(company, "mona"), "mona", is_brief=True) == []


def test_a_stranger_gets_nothing_but_the_sign_in_page(company: SmallCompany) -> None:
    client, wrong = signed_in(company, "nobody"), []
    for route in ADDRESSES:
        for url in filled(company, route, ["walt"]):
            for method in ("get", *METHODS):
                response = getattr(client, method)(url)
                is_open = route.startswith(OPEN) and response.status_code < 500
                to_sign_in = response.status_code == 302 and response.headers["Location"].startswith("/sign-in/")
                if not (is_open or to_sign_in or response.status_code in (401, 403, 404, 405)):
                    wrong.append(f"{method} {url}: {response.status_code}")
                wrong += [f"{method} {url} shows {mark}" for mark in leaks(text_of(response), list(CAST))]
    assert wrong == []


@pytest.mark.parametrize("who", WALKERS)
def test_no_write_touches_or_tells_of_what_is_not_theirs(company: SmallCompany, who: str) -> None:
    hidden, wrong = hidden_from(who), []
    client, victim = signed_in(company, who), hidden[-1]
    pk = str(company.people[victim].pk)
    deal = str(company.deals[victim].pk)
    names = {"person": pk, "person_id": pk, "deal": deal, "opportunity": deal, "holder": f"person:{pk}", "code": "p-x"}
    dull = {
        "kind": "call",
        "on": str(TODAY),
        "happened_on": str(TODAY),
        "text": "x",
        "amount": "1",
        "metric": "bookings",
    }
    for route, method in itertools.product(ADDRESSES, METHODS):
        if route.startswith("sign-in/"):
            continue
        for url, body in itertools.product(filled(company, route, [victim]), ({}, names | dull)):
            with transaction.atomic():
                before = JournalEntry.objects.count()
                response = getattr(client, method)(url, body, **_as_json(url, method))
                said = text_of(response)
                wrote = list(JournalEntry.objects.order_by("pk").values()[before:])
                transaction.set_rollback(True)
            if response.status_code >= 500:
                wrong.append(f"{method} {url} {body}: {response.status_code}")
            if who == "hans" and wrote:
                wrong.append(f"{method} {url} {body}: a hat without verbs wrote {wrote}")
            found = leaks(said + str(wrote), hidden, " ".join(body.values()))
            wrong += [f"{method} {url} {body} tells of {mark}" for mark in found]
            if response.status_code == 405:
                break  # the address does not know the method, whatever is asked of it
    assert wrong == []


def _as_json(url: str, method: str) -> dict[str, Any]:
    return {"content_type": "application/json"} if url.startswith("/api/") or method != "post" else {}
