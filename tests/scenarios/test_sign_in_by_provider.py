"""Single sign-on: a configured provider shows a button, and only people who are users come in by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from allauth.account.middleware import AccountMiddleware
from allauth.core import context
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from quarterdeck.records.models import User
from small_company import PASSWORD, SmallCompany

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

PROVIDER = {
    "provider_id": "hub",
    "name": "Hub of Identities",
    "client_id": "quarterdeck",
    "secret": "s",
    "settings": {"server_url": "https://id.small.example/.well-known/openid-configuration"},
}


@pytest.fixture
def company(small_made: SmallCompany, settings: SettingsWrapper) -> SmallCompany:
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [PROVIDER]}}
    return small_made


def come_back(email: str, verified: object) -> tuple[HttpResponse, Any]:
    """What happens when the provider sends somebody back to us with these claims."""
    request: Any = RequestFactory().get("/sign-in/oidc/hub/login/callback/")
    for middleware in (SessionMiddleware, MessageMiddleware):
        middleware(lambda _: HttpResponse()).process_request(request)
    request.user, request.allauth = AnonymousUser(), AccountMiddleware(lambda _: HttpResponse())
    claims = {"sub": f"uid-{email}", "email": email, "email_verified": verified}
    with context.request_context(request):
        login = get_adapter().get_provider(request, "hub").sociallogin_from_response(request, {"userinfo": claims})
        login.state = {"process": "login"}
        return complete_social_login(request, login), request


@pytest.mark.django_db
def test_without_a_provider_there_is_no_button() -> None:
    assert "Continue with" not in Client().get(reverse("account_login")).content.decode()


def test_a_configured_provider_shows_a_button(company: SmallCompany) -> None:
    assert company
    shown = Client().get(reverse("account_login")).content.decode()
    assert "Continue with Hub of Identities" in shown
    assert reverse("openid_connect_login", args=["hub"]) in shown


def test_a_verified_address_of_a_user_is_connected_and_signed_in(company: SmallCompany) -> None:
    response, request = come_back("Rita@Small.example", verified=True)
    assert response.status_code == 302
    assert request.session["_auth_user_id"] == str(company.users["rita"].pk)
    assert SocialAccount.objects.get().user == company.users["rita"]
    assert User.objects.get(pk=company.users["rita"].pk).check_password(PASSWORD)


@pytest.mark.parametrize(
    ("email", "verified", "why"),
    [
        ("stranger@small.example", True, "Nobody here signs in with stranger@small.example."),
        ("rita@small.example", "false", "does not say that your address is verified"),
        ("rita@small.example", None, "does not say that your address is verified"),
        ("rita@small.example", False, "does not say that your address is verified"),
        ("", True, "does not say that your address is verified"),
    ],
)
def test_anybody_else_is_refused_with_a_clear_sentence(
    company: SmallCompany,
    email: str,
    verified: object,
    why: str,
) -> None:
    response, request = come_back(email, verified=verified)
    assert response.status_code == 403
    assert why in response.content.decode()
    assert "_auth_user_id" not in request.session
    assert User.objects.count() == len(company.users)
    assert not SocialAccount.objects.exists()


def test_a_deactivated_user_does_not_come_in_by_the_provider(company: SmallCompany) -> None:
    come_back("rita@small.example", verified=True)
    User.objects.filter(pk=company.users["rita"].pk).update(is_active=False)
    _, request = come_back("rita@small.example", verified=True)
    assert "_auth_user_id" not in request.session
