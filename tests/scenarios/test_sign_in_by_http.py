"""Signing in, being thrown out, resetting, being invited: as a browser does it, without scripts."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from quarterdeck.faces.web import clock
from quarterdeck.records.models import User
from quarterdeck.services import invitations
from small_company import PASSWORD, SmallCompany

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quarterdeck.services.actor import Actor

GOOD = "a long enough sentence"


@pytest.fixture(autouse=True)
def _no_attempts_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def company(small_made: SmallCompany) -> SmallCompany:
    return small_made


@pytest.fixture
def visitor(company: SmallCompany) -> Client:  # noqa: ARG001  there is somebody to sign in
    return Client(enforce_csrf_checks=False)


def sign_in(visitor: Client, email: str, password: str) -> bool:
    visitor.post(reverse("account_login"), {"login": email, "password": password})
    return "_auth_user_id" in visitor.session


def page(visitor: Client, name: str, *args: object) -> str:
    response = visitor.get(reverse(name, args=args))
    assert response.status_code == 200, (name, response.status_code)
    return response.content.decode()


@pytest.mark.parametrize("email", ["rita@small.example", "RITA@Small.Example"])
def test_the_right_password_opens_the_house_however_the_address_is_written(visitor: Client, email: str) -> None:
    assert sign_in(visitor, email, PASSWORD)


@pytest.mark.parametrize("email", ["rita@small.example", "nobody@small.example", "", "'; --", "é" * 500])
def test_the_wrong_password_opens_nothing_and_says_nothing_about_who_exists(visitor: Client, email: str) -> None:
    response = visitor.post(reverse("account_login"), {"login": email, "password": "wrong"})
    assert response.status_code == 200
    assert "_auth_user_id" not in visitor.session


def test_known_and_unknown_addresses_get_the_same_answer(visitor: Client) -> None:
    answers = [
        re.findall(
            r'class="errorlist.*?</ul>',
            visitor.post(
                reverse("account_login"), {"login": f"{who}@small.example", "password": "wrong"}
            ).content.decode(),
            re.DOTALL,
        )
        for who in ("rita", "nobody")
    ]
    assert answers[0] == answers[1] != []


def test_the_eleventh_wrong_password_in_a_minute_closes_the_door_even_to_the_right_one(visitor: Client) -> None:
    for at in range(10):
        assert not sign_in(visitor, f"guess{at}@small.example", "wrong")
    assert not sign_in(visitor, "rita@small.example", PASSWORD)
    response = visitor.post(reverse("account_login"), {"login": "rita@small.example", "password": PASSWORD})
    assert "Too many" in response.content.decode()


def test_five_wrong_passwords_for_one_address_close_it_wherever_they_come_from(visitor: Client) -> None:
    for at in range(5):
        Client(REMOTE_ADDR=f"192.0.2.{at}").post(
            reverse("account_login"), {"login": "rita@small.example", "password": "wrong"}
        )
    assert not sign_in(visitor, "rita@small.example", PASSWORD)
    assert sign_in(visitor, "raj@small.example", PASSWORD)


def test_a_deactivated_user_is_out_with_the_next_request(company: SmallCompany, visitor: Client) -> None:
    assert sign_in(visitor, "rita@small.example", PASSWORD)
    company.users["rita"].is_active = False
    company.users["rita"].save()
    assert visitor.get(reverse("account")).status_code == 302
    assert not sign_in(Client(), "rita@small.example", PASSWORD)


def test_signing_out_takes_a_post(visitor: Client) -> None:
    sign_in(visitor, "rita@small.example", PASSWORD)
    assert "Sign Out" in page(visitor, "account_logout")
    visitor.post(reverse("account_logout"))
    assert "_auth_user_id" not in visitor.session


def test_a_login_never_leads_to_another_site(visitor: Client) -> None:
    address = reverse("account_login") + "?next=https://evil.example/"
    response = visitor.post(
        address, {"login": "rita@small.example", "password": PASSWORD, "next": "https://evil.example/"}
    )
    assert response["Location"] == "/"


@pytest.mark.parametrize("name", ["account_signup", "socialaccount_signup", "mfa_signup_webauthn"])
def test_sign_up_is_closed_and_says_so(visitor: Client, name: str) -> None:
    try:
        address = reverse(name)
    except Exception:  # noqa: BLE001  the library offers the address only by settings
        return
    for response in (visitor.get(address), visitor.post(address, {"email": "x@x.example", "password1": GOOD})):
        assert response.status_code in (200, 302)
        assert response.status_code == 302 or "Nobody signs up here" in response.content.decode()
    assert "_auth_user_id" not in visitor.session


def test_a_password_is_reset_by_mail_once(visitor: Client) -> None:
    visitor.post(reverse("account_reset_password"), {"email": "rita@small.example"})
    (message,) = mail.outbox
    (address,) = re.findall(r"http://testserver(/\S+)", str(message.body))
    form = visitor.get(address, follow=True)
    done = visitor.post(form.redirect_chain[-1][0], {"password1": GOOD, "password2": GOOD}, follow=True)
    assert done.status_code == 200
    assert not sign_in(Client(), "rita@small.example", PASSWORD)
    assert sign_in(Client(), "rita@small.example", GOOD)
    assert "Bad Token" in Client().get(address, follow=True).content.decode()


def test_a_reset_answers_strangers_as_it_answers_users(visitor: Client) -> None:
    known = visitor.post(reverse("account_reset_password"), {"email": "rita@small.example"})
    unknown = visitor.post(reverse("account_reset_password"), {"email": "nobody@small.example"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_an_invited_person_sets_a_password_and_is_in(company: SmallCompany, visitor: Client) -> None:
    company.users["lena"].delete()
    invitations.person_invited(
        _now(company.actor("dana")), company.people["lena"].pk, lambda secret: reverse("invitation", args=[secret])
    )
    address = re.findall(r"^/\S+", str(mail.outbox[0].body), re.MULTILINE)[0]
    assert "Lena Gorsewhistle" in visitor.get(address).content.decode()
    assert visitor.get(address)["Referrer-Policy"] == "no-referrer"
    unlike = visitor.post(address, {"password": GOOD, "again": GOOD + "!"})
    assert "not the same" in unlike.content.decode()
    assert "_auth_user_id" not in visitor.session
    visitor.post(address, {"password": GOOD, "again": GOOD})
    assert visitor.session["_auth_user_id"] == str(User.objects.get(person=company.people["lena"]).pk)
    assert "used already" in Client().get(address).content.decode()


def _now(actor: Actor) -> Actor:
    """The same actor at the clock's time, since pages read the clock."""
    return dataclasses.replace(actor, now=clock.now())


@pytest.mark.parametrize("secret", ["x", "é", "%00", "a" * 5000])
def test_a_made_up_invitation_is_refused_plainly(visitor: Client, secret: str) -> None:
    response = visitor.get(reverse("invitation", args=[secret]))
    assert response.status_code == 409
    assert "cannot be used" in response.content.decode()


def test_the_address_page_of_the_library_is_closed(visitor: Client) -> None:
    sign_in(visitor, "rita@small.example", PASSWORD)
    response = visitor.post(reverse("account_email"), {"action_add": "", "email": "olga@small.example"})
    assert response.status_code == 403
    assert "operations" in response.content.decode()


def test_pages_of_ones_own_security_are_there(visitor: Client) -> None:
    sign_in(visitor, "rita@small.example", PASSWORD)
    for name in ("account", "tokens", "account_change_password", "mfa_index", "account_reauthenticate"):
        assert "<h1>" in page(visitor, name), name
    assert "rep" in page(visitor, "account")


def test_a_second_step_is_set_up_only_after_the_password_is_given_again(visitor: Client) -> None:
    sign_in(visitor, "rita@small.example", PASSWORD)
    for name in ("mfa_activate_totp", "mfa_add_webauthn"):
        assert reverse("account_reauthenticate") in visitor.get(reverse(name))["Location"]
    visitor.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert "data:image/svg+xml" in page(visitor, "mfa_activate_totp")
    assert "creation_options" in page(visitor, "mfa_add_webauthn")


def test_a_second_step_is_asked_for_when_it_is_set_up(company: SmallCompany, visitor: Client) -> None:
    secret = generate_totp_secret()
    TOTP.activate(company.users["rita"], secret)
    assert not sign_in(visitor, "rita@small.example", PASSWORD)
    assert "Two-Factor" in page(visitor, "mfa_authenticate")
    assert "_auth_user_id" not in visitor.session
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    visitor.post(reverse("mfa_authenticate"), {"code": code})
    assert "_auth_user_id" in visitor.session


def test_a_token_is_shown_once_and_its_refusals_stay_on_the_page(visitor: Client) -> None:
    sign_in(visitor, "rita@small.example", PASSWORD)
    refused = visitor.post(reverse("tokens"), {"name": "warehouse", "expires_on": "2999-01-01", "scopes": "read"})
    assert refused.status_code == 409
    assert 'value="warehouse"' in refused.content.decode()
    tomorrow = clock.now().date().replace(day=1).isoformat()
    assert visitor.post(reverse("tokens"), {"name": "w", "expires_on": tomorrow, "scopes": "read"}).status_code == 409
    form = re.search(r'name="expires_on" type="date" required value="([\d-]+)"', page(visitor, "tokens"))
    assert form is not None
    made = visitor.post(reverse("tokens"), {"name": "w", "expires_on": form[1], "scopes": ["read"]}).content.decode()
    (secret,) = re.findall(r'value="(qd_[\w-]+)"', made)
    assert secret not in page(visitor, "tokens")
