"""Sign-in, security and invitation pages in a real Chromium: axe, a phone, passkeys, and no script refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browsing import run, served, sign_in, violations
from small_company import PASSWORD

pytestmark = pytest.mark.browser
HERE = Path(__file__).parent
ASIDE = (
    "/sign-in/login/",
    "/sign-in/password/reset/",
    "/sign-in/signup/",
    "/sign-in/password/reset/done/",
    "/invitation/x",
)
OWN = (
    "/account",
    "/account/tokens",
    "/sign-in/password/change/",
    "/sign-in/2fa/",
    "/sign-in/reauthenticate/",
    "/sign-in/2fa/totp/activate/",
    "/sign-in/2fa/webauthn/add/",
    "/sign-in/logout/",
    "/sign-in/email/",
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of the server, and that of Lena's invitation."""
    data_dir = tmp_path_factory.mktemp("sign-in")
    printed = run(data_dir, HERE / "sign_in_stage.py")
    with served(data_dir, "quarterdeck.config.asgi:application", HERE) as address:
        yield address, address + printed.split("address: ")[1].strip()


@pytest.fixture(params=["light", "dark"])
def page(browser: Any, house: tuple[str, str], request: pytest.FixtureRequest) -> Iterator[Any]:
    context = browser.new_context(base_url=house[0], color_scheme=request.param)
    faults: list[str] = []
    page = context.new_page()
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []


def looked_at(page: Any, path: str) -> list[str]:
    page.goto(path)
    page.set_viewport_size({"width": 390, "height": 844})
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"{path} {found}" for found in [*violations(page), *([f"{wide} pixels wide"] if wide > 390 else [])]]


def test_pages_for_strangers_are_fit_for_everybody(page: Any, house: tuple[str, str]) -> None:
    assert [found for path in (*ASIDE, house[1]) for found in looked_at(page, path)] == []


def test_pages_of_ones_own_security_are_fit_for_everybody(page: Any, house: tuple[str, str]) -> None:
    sign_in(page, house[0], "rita@small.example", PASSWORD)
    page.goto("/sign-in/reauthenticate/?next=/account")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/account")
    assert [found for path in OWN for found in looked_at(page, path)] == []


def test_a_refused_password_is_said_next_to_the_form(page: Any) -> None:
    page.goto("/sign-in/login/")
    page.fill("input[name=login]", "nobody@small.example")
    page.fill("input[name=password]", "wrong")
    page.press("input[name=password]", "Enter")
    assert "not correct" in page.text_content("[role=alert]")
    assert violations(page) == []


def test_a_passkey_is_made_and_then_opens_the_door(browser: Any, house: tuple[str, str]) -> None:
    # WebAuthn works for host names only, so the loopback address is called by its name.
    address = house[0].replace("127.0.0.1", "localhost")
    context = browser.new_context(base_url=address)
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**kind, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    sign_in(page, address, "raj@small.example", PASSWORD)
    page.goto("/sign-in/reauthenticate/?next=/sign-in/2fa/webauthn/add/")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/webauthn/add/")
    page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "/webauthn/add/" not in url)
    context.clear_cookies()
    page.goto("/sign-in/login/")
    page.click("#passkey_login")
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    context.close()
