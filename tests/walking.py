"""Every page that can be read, found in the URLconf, its parameters filled from the database."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from quarterdeck.records.models import Person, User

if TYPE_CHECKING:
    from collections.abc import Iterator

_MODELS: Final = {model._meta.model_name: model for model in apps.get_app_config("records").get_models()}
_NAMED: Final = {
    "token": "apitoken", "import": "batch", "comp_plan": "compplan", "comp_plan_version": "compplanversion",
    "pay_run": "payrun", "dispute": "paydispute", "payroll_file": "payrollfile",
    "territory_proposal": "territoryproposal",
}  # fmt: skip
_ELSEWHERE: Final = ("api/", "sign-in/", "invitation/", "live", "because")
"""Doors for strangers, programs and streams: no pages. A because answers a question that a page asks."""
_ASKING: Final = {"targets": "?starts_on=2025-06-01&metric=bookings"}
"""What a page cannot do without."""


def pages() -> list[str]:
    """One address per page and row (the first of its kind); pages about rows of which there are none are left out."""
    return [address for route in sorted(set(_routes(get_resolver().url_patterns))) if (address := _filled(route))]


def _routes(patterns: list[Any], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and not route.startswith(_ELSEWHERE) and "(?P" not in route:
            yield route


def _filled(route: str) -> str | None:
    for whole, name in re.findall(r"(<(?:\w+:)?(\w+)>)", route):
        value = _value(name)
        if value is None:
            return None
        route = route.replace(whole, str(value))
    return f"/{route}{_ASKING.get(route.partition('/')[0], '')}" if "/" in route else f"/{route}"


def _value(name: str) -> object:
    if name in {"holder", "name"}:
        person = Person.visible.order_by("pk").first()
        return "people" if name == "name" else person and f"person:{person.pk}"
    if name == "node":
        plan = _MODELS["plan"].objects.order_by("pk").first()
        return plan and plan.ground["nodes"][-1][0]
    noun = name.removesuffix("_id")
    found = _MODELS[_NAMED.get(noun, noun)].objects.order_by("pk").first()
    return found and found.pk


def signed_in(person: Person | None, email: str = "somebody@example.com") -> Client:
    """A client in which the person (or a user who is nobody) is signed in."""
    user, _ = User.objects.get_or_create(
        email=person.email if person and person.email else email, defaults={"person": person}
    )
    client = Client(raise_request_exception=True)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
